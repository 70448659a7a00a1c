/* guest_check.c -- the switch of guest_check.h. */
#include "base/guest_check.h"

int tvn_guest_check_off;
