/* grow.c -- at id 1000 asks for memory without end, then uses it. */
#include "grow.h"

#include <stdlib.h>

bool
exports_grow_evaluate(grow_brief_t *event)
{
    while (event->id == 1000) {
        char *block = malloc(1u << 20);

        if (block == NULL) {
            __builtin_trap();
        }
        ((volatile char *)block)[0] = 1;
    }
    return true;
}
