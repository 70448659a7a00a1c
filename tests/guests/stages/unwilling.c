/* unwilling.c -- its init refuses every config. */
#include "unwilling.h"

bool
exports_unwilling_init(unwilling_config_t *config, unwilling_string_t *err)
{
    *err = config->wish;
    return false;
}

bool
exports_unwilling_evaluate(unwilling_brief_t *event)
{
    return event->id != 0;
}
