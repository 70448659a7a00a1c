/* view.c -- fuzz: two types; what reads as the other is lowered through the
 * view, into a guest and into an image, and both are the same value.
 *
 *     | which b | seed, 8 | a | b, or the byte of a's that differs | realloc |
 */
#include "value/view.h"

#include "fuzz/values.h"
#include "value/testing_narrow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A type of the bytes `from` .. in->at, one of them changed. */
static const struct tvn_type *
changed(struct world *w, const uint8_t *from)
{
    uint8_t bytes[1024];
    size_t size = (size_t)(w->in.at - from);
    struct input copy = {.at = bytes, .end = bytes + sizeof(bytes)};
    uint32_t at = input_byte(&w->in) | (uint32_t)input_byte(&w->in) << 8;

    size = size < sizeof(bytes) ? size : sizeof(bytes);
    memset(bytes, 0, sizeof(bytes));
    memcpy(bytes, from, size);
    bytes[size == 0 ? 0 : at % size] = input_byte(&w->in);
    return input_type(&copy, w->types, 5);
}

static void
convert(struct world *w, const struct tvn_image *a, struct tvn_image **b)
{
    uint64_t bytes = 0;

    TVN_ASSERT(tvn_builder_begin(&w->builder, w->type) == TVN_OK);
    TVN_ASSERT(tvn_plan_convert(w->lower, a->data, 0, &w->builder, 0, &bytes) ==
               TVN_OK);
    TVN_ASSERT(tvn_builder_finish(&w->builder, b) == TVN_OK);
    TVN_ASSERT(tvn_testing_reads(a->type, a->data, 0, w->type, (*b)->data, 0));
    TVN_ASSERT(bytes == tvn_value_bytes(w->type, (*b)->data, 0));
}

static void
hand_over(struct world *w, const struct tvn_type *from,
    const struct tvn_type *to, struct tvn_rng *rng)
{
    static struct guest guest;
    struct tvn_image *a = tvn_testing_image(&w->builder, from, rng);
    struct tvn_image *b = NULL;
    struct tvn_image *back = NULL;
    uint8_t flags = input_byte(&w->in);
    uint64_t bytes = 0;

    world_plan(w, from, to);
    convert(w, a, &b);
    guest_init(&guest, &w->in);
    guest.memory.encoding = (enum tvn_encoding)(flags % 3);
    if (put(w, a, &guest, (flags & 4) != 0, PUT_WELL) == TVN_OK &&
        !guest.overlaps && !guest.forgets) {
        w->memory = &guest.memory;
        TVN_ASSERT(get(w, &back, w->put_at, &bytes) == TVN_OK);
        TVN_ASSERT(tvn_value_equal(to, b->data, 0, back->data, 0));
        tvn_image_unref(back);
    }
    tvn_image_unref(a);
    tvn_image_unref(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct tvn_plan *plan = NULL;
    struct tvn_view view = {0};
    const struct tvn_type *a, *b;
    const uint8_t *from;
    struct tvn_rng rng;
    struct world w;
    uint8_t which;

    world_open(&w, data, size);
    which = input_byte(&w.in) % 4;
    input_read(&w.in, &rng.state, 8);
    from = w.in.at;
    a = input_type(&w.in, w.types, 5);
    b = which == 0   ? tvn_testing_narrow(w.types, a, &rng)
        : which == 1 ? input_type(&w.in, w.types, 5)
                     : changed(&w, from);
    TVN_ASSERT(tvn_view_check(a, b, &w.arena, &view) == TVN_OK);
    TVN_ASSERT((a == b) == (view.verdict == TVN_VIEW_SAME));
    TVN_ASSERT(which != 0 || view.verdict != TVN_VIEW_INCOMPATIBLE);
    if (view.verdict != TVN_VIEW_INCOMPATIBLE) {
        hand_over(&w, a, b, &rng);
    } else {
        TVN_ASSERT(view.path != NULL && view.text_a[0] && view.text_b[0]);
        TVN_ASSERT(tvn_plan_lower(&w.arena, a, b, &plan) == TVN_EINVAL);
    }
    world_close(&w);
    return 0;
}
