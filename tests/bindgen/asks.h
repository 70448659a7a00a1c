/* asks.h -- what a stage's main function asks of the host, and the answers.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_ASKS_H
#define TVN_TESTS_BINDGEN_ASKS_H

#include "bindgen/run.h"

/* A tuple of the parameters with this text in member `text` (and the number
 * in member `number`, unless they are the same). */
static inline struct tvn_image *
visits_tuple(struct run *run, const struct tvn_type *tuple, uint32_t text,
    const char *words, uint32_t number, uint64_t value)
{
    uint32_t far[2] = {0, (uint32_t)strlen(words)};
    struct tvn_builder *builder = &run->builder;
    struct tvn_image *image = NULL;

    TVN_ASSERT(tvn_builder_begin(builder, tuple) == TVN_OK);
    TVN_ASSERT(tvn_builder_alloc(builder, far[1], 1, &far[0]) == TVN_OK);
    memcpy(builder->data + far[0], words, far[1]);
    memcpy(builder->data + tuple->members[text].offset, far, sizeof(far));
    memcpy(builder->data + tuple->members[number].offset, &value,
        tuple->members[number].type->size);
    TVN_ASSERT(tvn_builder_finish(builder, &image) == TVN_OK);
    TVN_ASSERT(run->image_count < RUN_IMAGES_MAX);
    run->images[run->image_count++] = image;
    return image;
}

static inline void
visits_host(struct run *run)
{
    const struct world *world = &run->job->world;
    char words[32];

    if (world->has_log) {
        const struct run_slot *slot = run_slot(run, "log");

        (void)snprintf(words, sizeof(words), "call %u", run->main.k);
        if (slot->type != NULL) {
            run_expect(run, "log",
                visits_tuple(run, slot->type->tuple, 1, words, 0, 1), NULL);
        }
    }
    if (world->has_metrics) {
        const struct run_slot *slot = run_slot(run, "add");
        const struct run_slot *clock = run_slot(run, "now-ns");
        uint64_t now;

        if (slot->type != NULL && clock->type != NULL) {
            struct tvn_image *answer = run_value(run, clock->type->result, 1);

            memcpy(&now, answer->data, sizeof(now));
            run_expect(run, "now-ns", NULL, answer);
            run_expect(run, "add",
                visits_tuple(run, slot->type->tuple, 0, "q_n", 1, now), NULL);
        }
    }
}

static inline void
visits_swap(struct run *run, unsigned number)
{
    const struct tvn_func_type *swap = run_slot(run, "swap")->type;
    struct tvn_image *args = NULL;
    struct tvn_image *result = NULL;

    if (swap == NULL) {
        return;
    }
    if (swap->tuple != NULL) {
        args = run_value(run, swap->tuple, number);
    }
    if (swap->result != NULL) {
        result = run_value(run, swap->result, number);
        run_expect(run, "take", result, NULL);
    }
    run_expect(run, "swap", args, result);
    for (uint32_t i = 0; i < swap->param_count; i++) {
        char give[16];

        (void)snprintf(give, sizeof(give), "give-%u", i);
        run_expect(run, give, NULL, args);
        run_slot(run, give)->root = swap->tuple->members[i].offset;
    }
}

static inline void
visits_find(struct run *run, unsigned number)
{
    const struct tvn_func_type *find = run_slot(run, "find")->type;
    struct tvn_image *key;
    struct tvn_image *row;

    if (find == NULL) {
        return;
    }
    key = run_value(run, find->params[0].type, number);
    row = run_value(run, find->result, number);
    run_expect(run, "give-key", NULL, key);
    run_expect(run, "find", key, row);
    if (row->data[0] == 0) {
        run_expect(run, "missed", NULL, NULL);
        return;
    }
    run_expect(run, "found", row, NULL);
    run_slot(run, "found")->want_root = find->result->payload_offset;
}

/* Sets up what the main function's next call asks for; its meta. */
static inline struct tvn_image *
visits_asks(struct run *run, unsigned number)
{
    const struct world *world = &run->job->world;
    struct tvn_image *meta = NULL;

    visits_host(run);
    if (run->role.main.meta_param == 1) {
        meta = run_value(run, run->role.meta, number);
        run_expect(run, "check-meta", meta, NULL);
    }
    if (world->has_config) {
        run_expect(run, "check-config", run->config, NULL);
    }
    if (world->has_swap) {
        visits_swap(run, number);
    }
    if (world->has_find) {
        visits_find(run, number);
    }
    return meta;
}

/* What probe answers: none, or some byte. */
static inline struct tvn_image *
visits_probe(struct run *run, const struct tvn_image *event)
{
    const struct run_slot *slot = run_slot(run, "probe");
    struct tvn_image *answer;

    if (slot->type == NULL) {
        return NULL;
    }
    answer = run_value(run, slot->type->result, 1);
    if (answer->data[0] == 1 && run->role.role == TVN_ROLE_FILTER) {
        answer->data[1] &= 1;
    }
    run_expect(run, "probe", event, answer);
    return answer;
}

#endif
