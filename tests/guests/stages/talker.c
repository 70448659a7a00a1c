/* talker.c -- logs, asks the clocks, counts; traps when what it is told
 * cannot be. */
#include "talker.h"

static uint64_t last_monotonic;

bool
exports_talker_evaluate(talker_brief_t *event, talker_seen_t *meta)
{
    talker_string_t text;
    uint64_t now = torvyn_stage_clock_monotonic_ns();

    if (now < last_monotonic || torvyn_stage_clock_now_ns() == 0) {
        __builtin_trap();
    }
    last_monotonic = now;
    if (meta->event_time_ns == 0) {
        __builtin_trap();
    }
    talker_string_set(&text, "seen");
    torvyn_stage_metrics_add(&text, 1);
    torvyn_stage_metrics_set(&text, (double)meta->sequence);
    if (event->id == 1) {
        talker_string_set(&text, "first\n\x1b[31mred");
        torvyn_stage_log_log(TORVYN_STAGE_LOG_LEVEL_WARN, &text);
    }
    return true;
}
