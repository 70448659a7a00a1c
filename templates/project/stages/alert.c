/* alert.c -- sink: a line in the log for each reading that is hot. */
#include "alert.h"

void push(const judged *event)
{
    log_warn(event->reading.device, ": ", event->reading.celsius, " degrees");
}
