# app.py -- adds the airline's name and kind, and whether it is late.
import wit_world
from componentize_py_types import Err
from wit_world.imports.events import CarrierKind, Enriched

config = None


class WitWorld(wit_world.WitWorld):
    def init(self, given):
        global config
        config = given

    def process(self, e):
        # As in C: bytes of UTF-8 count, not characters.
        if len(e.carrier.encode()) != 2:
            raise Err(f"carrier '{e.carrier}' is not two letters")

        known = wit_world.airlines(e.carrier)  # the table; None: not in it
        return Enriched(
            flight=e,
            airline=known.name if known else config.default_airline,
            kind=known.kind if known else CarrierKind.OTHER,
            late=e.dep_delay is not None and e.dep_delay > config.late_after)
