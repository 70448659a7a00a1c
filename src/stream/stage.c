/* stage.c -- the names of faults. */
#include "stream/stage.h"

const char *
tvn_fault_name(enum tvn_fault_kind kind)
{
    static const char *const names[] = {
        [TVN_FAULT_NONE] = "none",
        [TVN_FAULT_RETRY] = "retry",
        [TVN_FAULT_REJECT] = "reject",
        [TVN_FAULT_FATAL] = "fatal",
        [TVN_FAULT_TRAP] = "trap",
        [TVN_FAULT_DEADLINE] = "deadline",
        [TVN_FAULT_RECORD] = "record",
        [TVN_FAULT_WRITE] = "write",
        [TVN_FAULT_OVERFLOW] = "overflow",
    };

    return names[kind];
}
