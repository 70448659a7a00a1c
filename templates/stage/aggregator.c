/* {{name}}.c -- aggregator: TODO, what it makes of a window of events. */
#include "{{base}}.h"

static total so_far; /* kept between calls */

{{main}}
{
    (void){{param}};
    so_far.events += 1; /* TODO */
}

/* Called at the end of each window: see `window:` in torvyn.yaml. */
{{flush}}
{
    total out = so_far;

    so_far = (total){0};
    return out;
}
