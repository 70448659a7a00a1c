/* testing_run.h -- visits of a test's stage, its events and its faults; see
 * testing.h.
 *
 * Threads: none. */
#ifndef TVN_CONNECTOR_TESTING_RUN_H
#define TVN_CONNECTOR_TESTING_RUN_H

#include "connector/testing.h"
#include "value/jsoncodec.h"

static inline struct tvn_stage_counts
rig_counts(struct rig *rig)
{
    struct tvn_stage_counts counts;

    rig->stage.ops->counts(rig->stage.self, &counts);
    return counts;
}

/* One visit of a source. */
static inline tvn_err
rig_run(struct rig *rig, uint32_t credit)
{
    uint64_t now = rig->burst.now_ns;
    uint64_t wall = rig->burst.wall_ns;

    rig->burst =
        (struct tvn_burst){.credit = credit, .now_ns = now, .wall_ns = wall};
    return rig->stage.ops->run(rig->stage.self, &rig->burst);
}

/* The image as JSON; it is let go. */
static inline const char *
rig_json(struct rig *rig, struct tvn_image *image)
{
    struct tvn_jsoncodec *codec = NULL;
    struct tvn_json_fault fault;
    uint64_t bytes = 0;

    TVN_ASSERT(tvn_jsoncodec_new(image->type, NULL, &codec, NULL) == TVN_OK);
    tvn_buf_clear(&rig->text);
    TVN_ASSERT(tvn_jsoncodec_write(codec, image->data, 0, &rig->text, &bytes,
                   &fault) == TVN_OK);
    tvn_jsoncodec_free(codec);
    tvn_image_unref(image);
    return tvn_buf_text(&rig->text);
}

static inline void
rig_drop_outs(struct rig *rig)
{
    for (uint32_t i = 0; i < rig->burst.outs; i++) {
        tvn_image_unref(rig->burst.out[i]);
    }
    rig->burst.outs = 0;
}

/* An event for a sink, of the type, from JSON; it waits in rig->events. */
static inline void
rig_event_of(struct rig *rig, const struct tvn_type *type, const char *json)
{
    struct tvn_event *event = &rig->events[rig->event_count++];
    struct tvn_jsoncodec *codec = NULL;
    struct tvn_json_fault fault;
    uint64_t bytes = 0;

    TVN_ASSERT(rig->event_count <= TVN_BURST_MAX);
    *event = (struct tvn_event){.sequence = rig->sequence++};
    TVN_ASSERT(tvn_jsoncodec_new(type, NULL, &codec, NULL) == TVN_OK);
    TVN_ASSERT(tvn_jsoncodec_read(codec, json, strlen(json), &rig->builder,
                   &event->image, &bytes, &fault) == TVN_OK);
    tvn_jsoncodec_free(codec);
}

static inline void
rig_event(struct rig *rig, const char *json)
{
    rig_event_of(rig, rig->opts.type, json);
}

/* One visit of a sink with all events that wait; consumed ones go. */
static inline tvn_err
rig_push(struct rig *rig)
{
    tvn_err err;

    rig->burst =
        (struct tvn_burst){.in = rig->events, .in_count = rig->event_count};
    err = rig->stage.ops->run(rig->stage.self, &rig->burst);
    rig_pass(rig, rig->burst.consumed);
    return err;
}

static inline tvn_err
rig_complete(struct rig *rig, bool is_ok)
{
    rig->burst = (struct tvn_burst){0};
    return rig->stage.ops->complete(rig->stage.self, is_ok, &rig->burst);
}

static inline bool
rig_fault_is(const struct rig *rig, const char *text)
{
    if (!tvn_str_is(rig->burst.fault.text, text)) {
        fprintf(stderr, "fault: %.*s\n", TVN_STR_ARG(rig->burst.fault.text));
        return false;
    }
    return true;
}

#endif
