/* {{name}}.c -- processor: TODO, what it makes of an event. */
#include "{{base}}.h"

{{main}}
{
    /* TODO: skip() lets nothing out, reject("why") makes a dead letter. */
    return emit({{event}});
}
