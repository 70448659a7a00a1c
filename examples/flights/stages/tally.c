/* tally.c -- flights, sum and maximum of the delay per carrier and window. */
#include "tally.h"

static struct torvyn_table by_carrier = TABLE(totals, carrier); /* kept between calls */

void ingest(const row *e)
{
    if (!e->flight.dep_delay.some)
        return;
    int32_t delay = e->flight.dep_delay.val;
    totals *t = totals_at(&by_carrier, e->flight.carrier); /* found, or new and zeroed */
    if (t->flights == 0 || delay > t->delay_max)
        t->delay_max = delay;
    t->flights += 1;
    t->delay_sum += delay;
}

totals_list flush(const window *w)
{
    (void)w;
    return totals_take(&by_carrier); /* out, and empty */
}
