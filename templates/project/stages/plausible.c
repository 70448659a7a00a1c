/* plausible.c -- filter: keeps what a thermometer can have measured. */
#include "plausible.h"

bool evaluate(const brief *event)
{
    return event->celsius >= -60 && event->celsius <= 100;
}
