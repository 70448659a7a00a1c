/* enrich.c -- adds the airline's name and kind, and whether it is late. */
#include "enrich.h"

process_result process(const departure *e)
{
    if (e->carrier.len != 2)
        return reject("carrier '", e->carrier, "' is not two letters");

    const airline *known = airlines(e->carrier); /* the table; NULL: not in it */
    return emit((enriched){
        .flight = *e,
        .airline = known ? known->name : cfg.default_airline,
        .kind = known ? known->kind : CARRIER_KIND_OTHER,
        .late = e->dep_delay.some && e->dep_delay.val > cfg.late_after,
    });
}
