// enrich.js -- adds the airline's name and kind, and whether it is late.
import airlines from "airlines";

let config;

export function init(given) {
  config = given;
}

// Two bytes of UTF-8, as in C: two ASCII characters, or one below U+0800.
const twoBytes = /^([\x00-\x7f]{2}|[\x80-\u07ff])$/;

export function process(e) {
  if (!twoBytes.test(e.carrier))
    throw `carrier '${e.carrier}' is not two letters`;

  const known = airlines(e.carrier); // the table; undefined: not in it
  return {
    flight: e, // id and time are BigInts: no bit is lost
    airline: known ? known.name : config.defaultAirline,
    kind: known ? known.kind : "other",
    late: e.depDelay !== undefined && e.depDelay > config.lateAfter,
  };
}
