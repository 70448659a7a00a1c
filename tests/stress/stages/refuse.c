/* refuse.c -- rejects every seventh. */
#include "refuse.h"

process_result process(const ticket *e)
{
    if (e->id % 7 == 0)
        return reject("a seventh");
    return emit(*e);
}
