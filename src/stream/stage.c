/* stage.c -- the names of faults, and what many stages do alike. */
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

/* ------------------------------------------------------------------------
 * Nothing to do. */

tvn_err
tvn_stage_no_start(void *self, struct tvn_diag *diag)
{
    (void)self;
    (void)diag;
    return TVN_OK;
}

tvn_err
tvn_stage_no_complete(void *self, bool is_ok, struct tvn_burst *burst)
{
    (void)self;
    (void)is_ok;
    (void)burst;
    return TVN_OK;
}

void
tvn_stage_no_stop(void *self)
{
    (void)self;
}

/* ------------------------------------------------------------------------
 * In the place of another. */

tvn_err
tvn_stage_inner_start(void *self, struct tvn_diag *diag)
{
    const struct tvn_stage *inner = self;

    return inner->ops->start(inner->self, diag);
}

tvn_err
tvn_stage_inner_complete(void *self, bool is_ok, struct tvn_burst *burst)
{
    const struct tvn_stage *inner = self;

    return inner->ops->complete(inner->self, is_ok, burst);
}

void
tvn_stage_inner_stop(void *self)
{
    const struct tvn_stage *inner = self;

    inner->ops->stop(inner->self);
}

void
tvn_stage_inner_free(void *self)
{
    const struct tvn_stage *inner = self;

    inner->ops->free(inner->self);
}

void
tvn_stage_inner_counts(const void *self, struct tvn_stage_counts *out)
{
    const struct tvn_stage *inner = self;

    inner->ops->counts(inner->self, out);
}
