/* plan.c -- writes programs, and answers about plans; see plan_code.h. */
#include "value/plan_code.h"

#include "base/assert.h"
#include "base/mem.h"

/* Doubles an array; false when memory is out. */
static bool
grow(void **array, uint32_t *cap, uint32_t need, size_t size)
{
    uint32_t more = *cap == 0 ? 32 : *cap;
    void *grown;

    while (more < need) {
        more *= 2;
    }
    if (more == *cap) {
        return true;
    }
    grown = tvn_mem_resize(*array, *cap, more, size);
    if (grown == NULL) {
        return false;
    }
    *array = grown;
    *cap = more;
    return true;
}

uint32_t
tvn__emit(struct tvn__code *code, struct tvn__step step)
{
    void *steps = code->steps;

    if (!grow(&steps, &code->cap, code->count + 1, sizeof(step))) {
        code->failed = true;
        return 0;
    }
    code->steps = steps;
    code->steps[code->count] = step;
    return code->count++;
}

void
tvn__end_body(struct tvn__code *code, uint32_t at)
{
    if (!code->failed) {
        code->steps[at].skip = code->count - at;
    }
    code->label = code->count;
}

uint32_t
tvn__begin_block(struct tvn__code *code, uint32_t at)
{
    if (code->count > at + 1) {
        (void)tvn__emit(code, (struct tvn__step){.op = TVN__JUMP});
    }
    code->label = code->count;
    return code->count - at;
}

void
tvn__end_blocks(
    struct tvn__code *code, uint32_t at, uint32_t table, uint32_t cases)
{
    tvn__end_body(code, at);
    for (uint32_t i = at + 1; !code->failed && i < code->count; i++) {
        /* JUMPs of variants inside have found their target already. */
        if (code->steps[i].op == TVN__JUMP && code->steps[i].skip == 0) {
            code->steps[i].skip = code->count - i;
        }
    }
    for (uint32_t i = 0; !code->failed && i < cases; i++) {
        if (code->table[table + 2 * i + 1] == 0) {
            code->table[table + 2 * i + 1] = code->count - at;
        }
    }
}

uint32_t
tvn__add_table(struct tvn__code *code, uint32_t count)
{
    void *table = code->table;
    uint32_t first = code->table_count;

    if (!grow(&table, &code->table_cap, first + count, sizeof(uint32_t))) {
        code->failed = true;
        return 0;
    }
    code->table = table;
    code->table_count += count;
    return first;
}

void
tvn__emit_copy(
    struct tvn__code *code, uint32_t src, uint32_t dst, uint32_t size)
{
    struct tvn__step *last =
        code->count > code->label ? &code->steps[code->count - 1] : NULL;

    if (last != NULL && last->op == TVN__COPY && src >= last->src + last->n &&
        src - last->src == dst - last->dst &&
        (src == last->src + last->n || code->count - 1 >= code->same_from)) {
        last->n = src + size - last->src;
        return;
    }
    (void)tvn__emit(code,
        (struct tvn__step){.op = TVN__COPY, .src = src, .dst = dst, .n = size});
}

void
tvn__emit_handle(struct tvn__code *code, const struct tvn_type *type,
    uint32_t src, uint32_t dst)
{
    void *handles = code->handles;

    if (!grow(&handles, &code->handle_cap, code->handle_count + 1,
            sizeof(const struct tvn_type *))) {
        code->failed = true;
        return;
    }
    code->handles = handles;
    code->handles[code->handle_count] = type;
    (void)tvn__emit(code, (struct tvn__step){.op = TVN__HANDLE,
                              .size = sizeof(uint32_t),
                              .src = src,
                              .dst = dst,
                              .n = code->handle_count++});
}

uint8_t
tvn__log2(uint32_t align)
{
    return (uint8_t)__builtin_ctz(align);
}

/* The sizes that have a step of their own. */
static void
specialise(struct tvn__step *step)
{
    if (step->op != TVN__COPY) {
        return;
    }
    if (step->n == 1) {
        step->op = TVN__COPY_1;
    } else if (step->n == 4) {
        step->op = TVN__COPY_4;
    } else if (step->n == 8) {
        step->op = TVN__COPY_8;
    } else if (step->n == 16) {
        step->op = TVN__COPY_16;
    }
}

tvn_err
tvn__finish(struct tvn__code *code, struct tvn_arena *arena,
    struct tvn_plan draft, uint32_t flat_from, const struct tvn_plan **out)
{
    struct tvn_plan *plan = tvn_arena_new(arena, 1, sizeof(*plan));
    struct tvn__step *steps = tvn_arena_new(arena, code->count, sizeof(*steps));
    uint32_t *table = tvn_arena_new(arena, code->table_count, sizeof(*table));
    const struct tvn_type **handles =
        tvn_arena_new(arena, code->handle_count, sizeof(*handles));
    bool ok = !code->failed && plan != NULL && steps != NULL && table != NULL &&
              handles != NULL;

    for (uint32_t i = 0; ok && i < code->count; i++) {
        steps[i] = code->steps[i];
        specialise(&steps[i]);
    }
    if (ok && code->table_count > 0) {
        memcpy(table, code->table, code->table_count * sizeof(*table));
    }
    for (uint32_t i = 0; ok && i < code->handle_count; i++) {
        handles[i] = code->handles[i];
    }
    if (ok) {
        *plan = draft;
        plan->is_flat = draft.to->is_plain_to_lower;
        plan->memory = steps;
        plan->flat = flat_from == 0 ? NULL : steps + flat_from;
        plan->table = table;
        plan->handles = handles;
        *out = plan;
    }
    tvn_mem_free(code->steps, code->cap, sizeof(*code->steps));
    tvn_mem_free(code->table, code->table_cap, sizeof(*code->table));
    tvn_mem_free(code->handles, code->handle_cap, sizeof(*code->handles));
    return ok ? TVN_OK : TVN_ENOMEM;
}

const struct tvn_type *
tvn_plan_type(const struct tvn_plan *plan)
{
    return plan->to;
}

bool
tvn_plan_is_flat(const struct tvn_plan *plan)
{
    return plan->is_flat;
}
