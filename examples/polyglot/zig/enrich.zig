// enrich.zig -- adds the airline's name and kind, and whether it is late.
const std = @import("std");
const c = @import("enrich_c.zig"); // wit-bindgen's enrich.h, translated

var config: c.enrich_config_t = undefined;

export fn exports_enrich_init(
    given: *c.enrich_config_t,
    _: *c.enrich_string_t,
) bool {
    config = given.*;
    return true;
}

// What is handed in is ours, and what we return is freed by the glue once the
// host has read it: the texts of the event move on as they are.
export fn exports_enrich_process(
    e: *c.enrich_departure_t,
    out: *c.enrich_option_enriched_t,
    err: *c.enrich_string_t,
) bool {
    if (e.carrier.len != 2) {
        const carrier = e.carrier.ptr[0..e.carrier.len];
        reject(err, "carrier '{s}' is not two letters", .{carrier});
        c.enrich_departure_free(e);
        return false;
    }

    var known: c.enrich_airline_t = undefined;
    if (!c.enrich_airlines(&e.carrier, &known)) { // not in the table
        const name = config.default_airline;
        c.enrich_string_dup_n(&known.name, name.ptr, name.len);
        known.kind = c.SHOP_FLIGHTS_EVENTS_CARRIER_KIND_OTHER;
    }
    out.* = .{ .is_some = true, .val = .{
        .flight = e.*,
        .airline = known.name,
        .kind = known.kind,
        .late = e.dep_delay.is_some and e.dep_delay.val > config.late_after,
    } };
    return true;
}

fn reject(
    err: *c.enrich_string_t,
    comptime format: []const u8,
    args: anytype,
) void {
    const heap = std.heap.c_allocator; // what the glue frees
    const text = std.fmt.allocPrint(heap, format, args) catch @trap();
    err.* = .{ .ptr = text.ptr, .len = text.len };
}
