/* validate.c -- keeps flights that left. */
#include "validate.h"

bool
exports_validate_evaluate(validate_brief_t *event)
{
    return event->id != 0 && event->distance > 0 && event->dep_delay.is_some;
}
