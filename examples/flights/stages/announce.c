/* announce.c -- one notice per late flight. */
#include "announce.h"

notice process(const enriched *e)
{
    int32_t delay = e->flight.dep_delay.val;
    return (notice){
        .id = e->flight.id,
        .text = join(e->airline, " flight ", e->flight.origin, " to ", e->flight.dest,
                     " leaves ", delay, " min late"),
        .priority = delay > 120 ? 2 : 1,
    };
}
