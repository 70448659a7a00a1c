/* guest_check.c -- the switch of guest_check.h. */
#include "base/guest_check.h"

int tvn_guest_check_off;

#ifdef TVN_GUEST_CHECKS_OFF

#include <stdatomic.h>
#include <stdlib.h>

#define NOT_ASKED (-1)

bool
tvn_guest_check_is_off(int number)
{
    static atomic_int named = NOT_ASKED;
    int off = atomic_load_explicit(&named, memory_order_relaxed);

    if (off == NOT_ASKED) {
        const char *text = getenv("TVN_GUEST_CHECK_OFF");

        off = text == NULL ? 0 : (int)strtol(text, NULL, 10);
        atomic_store_explicit(&named, off, memory_order_relaxed);
    }
    return number == tvn_guest_check_off || number == off;
}

#endif
