// enrich.js -- adds the airline's name and kind, and whether it is late.
import airlines from "airlines";

const utf8 = new TextEncoder();
let config;

export function init(given) {
  config = given;
}

export function process(e) {
  // As in C: bytes of UTF-8 count, not characters.
  if (utf8.encode(e.carrier).length !== 2)
    throw `carrier '${e.carrier}' is not two letters`;

  const known = airlines(e.carrier); // the table; undefined: not in it
  return {
    flight: e, // id and time are BigInts: no bit is lost
    airline: known ? known.name : config.defaultAirline,
    kind: known ? known.kind : "other",
    late: e.depDelay !== undefined && e.depDelay > config.lateAfter,
  };
}
