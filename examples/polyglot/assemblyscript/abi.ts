// abi.ts -- the world `enrich` by hand: there is no WIT generator for
// AssemblyScript.
//
// Strings are UTF-16 in AssemblyScript and may be in a component.  The host's
// allocations are made as string objects, so what it writes is a string without
// being copied.  The runtime is `minimal`: nothing is freed but in __collect,
// which is called once the host has read a result.
import { process as enrich } from "./enrich";

export enum Kind { major, regional, other }

export class Departure {
  constructor(
    public id: u64, public time: u64,
    public carrier: string, public origin: string, public dest: string,
    public hasDelay: bool, public delay: i32, public distance: u32) {}
}

export class Airline {
  constructor(public name: string, public kind: Kind) {}
}

export class Config {
  constructor(public defaultAirline: string, public lateAfter: i32) {}
}

export let config: Config = new Config("", 0);

// What the host reads of a result, and writes of the import's.
const area = memory.data(88, 8);
const found = memory.data(16, 4);

function lift(at: usize, length: i32): string {
  if (length == 0) return "";
  const text = changetype<string>(at);
  return text.length == length ? text : text.substr(0, length);
}

function lower(at: usize, text: string): void {
  store<usize>(at, changetype<usize>(text));
  store<i32>(at, text.length, 4);
}

@external("$root", "airlines")
declare function import_airlines(text: usize, length: i32, to: usize): void;

export function airlines(carrier: string): Airline | null {
  import_airlines(changetype<usize>(carrier), carrier.length, found);
  if (!load<u8>(found)) return null;
  return new Airline(lift(load<usize>(found, 4), load<i32>(found, 8)),
    load<u8>(found, 12));
}

export function reject(why: string): usize {
  store<u8>(area, 1);
  lower(area + 8, why);
  return area;
}

export function emit(
  e: Departure, airline: string, kind: Kind, late: bool): usize {
  store<u8>(area, 0); // ok
  store<u8>(area, 1, 8); // some
  store<u64>(area, e.id, 16);
  store<u64>(area, e.time, 24);
  lower(area + 32, e.carrier);
  lower(area + 40, e.origin);
  lower(area + 48, e.dest);
  store<u8>(area, e.hasDelay, 56);
  store<i32>(area, e.delay, 60);
  store<u32>(area, e.distance, 64);
  lower(area + 72, airline);
  store<u8>(area, kind, 80);
  store<u8>(area, late, 81);
  return area;
}

export function init(airline: usize, length: i32, lateAfter: i32): usize {
  config = new Config(lift(airline, length), lateAfter);
  store<u8>(area, 0); // ok
  return area;
}

export function process(
  id: u64, time: u64, carrier: usize, carrierLength: i32,
  origin: usize, originLength: i32, dest: usize, destLength: i32,
  hasDelay: i32, delay: i32, distance: u32): usize {
  return enrich(new Departure(id, time, lift(carrier, carrierLength),
    lift(origin, originLength), lift(dest, destLength),
    hasDelay != 0, delay, distance));
}

export function cabi_post_process(result: usize): void {
  __collect();
}

export function cabi_realloc(
  at: usize, old: usize, align: usize, size: usize): usize {
  return at && old ? __renew(at, size) : __new(size, idof<string>());
}

export function abort(
  why: string | null, file: string | null, line: u32, column: u32): void {
  unreachable();
}
