/* {{name}}.c -- source: TODO, where its events are from. */
#include "{{base}}.h"

{{main}}
{
    static const {{result}} blank;
    static unsigned so_far; /* kept between calls */

    if (so_far == 3)
        return skip(); /* none: the source is at its end */
    so_far += 1;
    return emit(blank.val); /* TODO: an event that is not blank */
}
