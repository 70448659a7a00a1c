/* selftest.c -- source: one reading for each way through the flow. */
#include "selftest.h"

static const reading readings[] = {
    {.device = T("selftest"), .celsius = 20},   /* as they should be */
    {.device = T("selftest"), .celsius = 60},   /* hot: an alert */
    {.device = T("selftest"), .celsius = -300}, /* filtered out */
    {.device = T(""), .celsius = 20},           /* rejected: a dead letter */
};
static size_t next;

pull_result pull(void)
{
    if (next == sizeof(readings) / sizeof(readings[0]))
        return skip(); /* none: the source is at its end */
    return emit(readings[next++]);
}
