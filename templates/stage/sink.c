/* {{name}}.c -- sink: TODO, what becomes of its events. */
#include "{{base}}.h"

static unsigned so_far; /* kept between calls */

{{main}}
{
    (void){{param}};
    so_far += 1; /* TODO: reject("why") makes a dead letter */
    return ok();
}

{{complete}}
{
    log_info(so_far, " events");
}
