/* {{name}}.c -- filter: TODO, which events it keeps. */
#include "{{base}}.h"

{{main}}
{
    (void){{param}};
    return true; /* TODO: false for what is to be left out */
}
