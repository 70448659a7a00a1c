/* judge.c -- processor: hot is what is above `limit` in torvyn.yaml. */
#include "judge.h"

process_result process(const reading *event)
{
    if (event->device.len == 0)
        return reject(event->celsius, " degrees, but where?");

    return emit((judged){
        .reading = *event, /* its text, too: it stays valid for this call */
        .hot = event->celsius > cfg.limit,
    });
}
