/* enrich.c -- adds the airline's name and kind, and whether it is late.
 *
 * The event's strings are ours (cabi_realloc made them): they move into the
 * result, which post-return frees. */
#include "enrich.h"

static enrich_config_t config; /* its strings live as long as the instance */

bool
exports_enrich_init(enrich_config_t *given, enrich_string_t *err)
{
    (void)err;
    config = *given;
    return true;
}

bool
exports_enrich_process(enrich_departure_t *event, enrich_option_enriched_t *ret,
    enrich_string_t *err)
{
    enrich_airline_t airline;

    if (event->carrier.len != 2) {
        enrich_departure_free(event);
        enrich_string_dup(err, "the carrier is not two letters");
        return false;
    }
    if (!enrich_airlines(&event->carrier, &airline)) {
        enrich_string_dup_n(&airline.name,
            (const char *)config.default_airline.ptr,
            config.default_airline.len);
        airline.kind = SHOP_FLIGHTS_EVENTS_CARRIER_KIND_OTHER;
    }
    ret->is_some = true;
    ret->val = (enrich_enriched_t){
        .flight = *event,
        .airline = airline.name,
        .kind = airline.kind,
        .late = event->dep_delay.is_some &&
                event->dep_delay.val > config.late_after,
    };
    return true;
}
