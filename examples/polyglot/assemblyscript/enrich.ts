// enrich.ts -- adds the airline's name and kind, and whether it is late.
import { airlines, config, Departure, emit, Kind, reject } from "./abi";

export function process(e: Departure): usize {
  // As in C: bytes of UTF-8 count, not characters.
  if (String.UTF8.byteLength(e.carrier) != 2)
    return reject("carrier '" + e.carrier + "' is not two letters");

  const known = airlines(e.carrier); // the table; null: not in it
  const late = e.hasDelay && e.delay > config.lateAfter;
  return known
    ? emit(e, known.name, known.kind, late)
    : emit(e, config.defaultAirline, Kind.other, late);
}
