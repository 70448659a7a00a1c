/* {{name}}.c -- router: TODO, which events go where. */
#include "{{base}}.h"

{{main}}
{
    (void){{param}};
    return PORT_FIRST; /* TODO: to both is PORT_FIRST | PORT_SECOND */
}
