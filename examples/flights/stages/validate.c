/* validate.c -- keeps flights that left. */
#include "validate.h"

bool evaluate(const brief *e)
{
    return e->id != 0 && e->distance > 0 && e->dep_delay.some;
}
