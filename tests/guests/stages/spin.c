/* spin.c -- never returns from id 1000. */
#include "spin.h"

bool
exports_spin_evaluate(spin_brief_t *event)
{
    volatile uint64_t turns = 0;

    while (event->id == 1000) {
        turns++;
    }
    return true;
}
