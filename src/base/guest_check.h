/* guest_check.h -- a check of data that a guest handed over.
 *
 *     if (!TVN_GUEST_CHECK(3, in_bounds(memory, ptr, len))) { ...TVN_EABI }
 *
 * Each check has a number, unique in the project (value: 1-99), so that a
 * test build (TVN_GUEST_CHECKS_OFF defined) can switch one off and prove that
 * some test notices.  Otherwise it is the condition and nothing else.
 *
 * Threads: the switch is set before any guest runs. */
#ifndef TVN_BASE_GUEST_CHECK_H
#define TVN_BASE_GUEST_CHECK_H

#include <stdbool.h>

extern int tvn_guest_check_off; /* the number that is off; 0: none */

#ifdef TVN_GUEST_CHECKS_OFF
/* Also one that the environment names: TVN_GUEST_CHECK_OFF=3 (`make
 * guest-checks`), asked for at the first check. */
bool tvn_guest_check_is_off(int number);
#define TVN_GUEST_CHECK(n, cond) (tvn_guest_check_is_off(n) || (cond))
#else
#define TVN_GUEST_CHECK(n, cond) (cond)
#endif

#endif
