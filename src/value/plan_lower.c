/* plan_lower.c -- compiles lower plans: an image's `a` handed over as `b`.
 *
 * What makes them short: an image's padding and inactive cases are zero.  So
 * the same type without pointers is one COPY, whatever is inside; and an
 * option<s32> goes flat as two plain loads, since `none` reads as 0, 0. */
#include "value/plan_code.h"

#include "base/assert.h"
#include "value/view.h"

static void memory_form(struct tvn__code *code, const struct tvn_type *a,
    const struct tvn_type *b, uint32_t src, uint32_t dst);
static void flat_form(struct tvn__code *code, const struct tvn_type *a,
    const struct tvn_type *b, uint32_t src, uint32_t slot);

/* The case, label or field of `b` that is a's member `index`. */
static uint32_t
member_of(const struct tvn_type *b, const struct tvn_type *a, uint32_t index)
{
    int found = a == b ? (int)index : tvn_type_find(b, a->members[index].name);

    TVN_ASSERT(found >= 0); /* the view was checked */
    return (uint32_t)found;
}

/* The other way round; -1 when `a` has no such field. */
static int
field_of(const struct tvn_type *a, const struct tvn_type *b, uint32_t index)
{
    return a == b || a->kind == TVN_KIND_TUPLE
               ? (int)index
               : tvn_type_find(a, b->members[index].name);
}

/* True when every member of `a` has the same number in `b`. */
static bool
keeps_order(const struct tvn_type *a, const struct tvn_type *b)
{
    for (uint32_t i = 0; a != b && i < a->count; i++) {
        if (member_of(b, a, i) != i) {
            return false;
        }
    }
    return true;
}

/* The type that case `index` of `a` is read as; NULL: no payload is read. */
static const struct tvn_type *
payload_of(const struct tvn_type *b, const struct tvn_type *a, uint32_t index)
{
    return a->members[index].type == NULL
               ? NULL
               : b->members[member_of(b, a, index)].type;
}

static bool
reads_a_payload(const struct tvn_type *a, const struct tvn_type *b)
{
    for (uint32_t i = 0; i < a->count; i++) {
        if (payload_of(b, a, i) != NULL) {
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------------
 * Steps that differ only in how they are called for. */

/* A list's step and, unless its elements are plain, its body. */
static void
list(struct tvn__code *code, const struct tvn_type *a, const struct tvn_type *b,
    uint32_t src, uint32_t dst)
{
    bool is_plain = a->elem == b->elem && b->elem->is_plain_to_lower;
    uint32_t same_from = code->same_from;
    (void)tvn__emit(
        code, (struct tvn__step){.op = is_plain ? TVN__LIST_PLAIN : TVN__LIST,
                  .align = tvn__log2(b->elem->align),
                  .src = src,
                  .dst = dst,
                  .n = a->elem->size,
                  .m = b->elem->size});

    if (!is_plain) {
        uint32_t jump = tvn__emit(code, (struct tvn__step){.op = TVN__JUMP});

        code->same_from = UINT32_MAX;
        memory_form(code, a->elem, b->elem, 0, 0);
        (void)tvn__emit(code, (struct tvn__step){.op = TVN__END});
        code->same_from = same_from;
        tvn__end_body(code, jump);
    }
}

/* Enum or flags whose members have other numbers in `b`. */
static void
renumber(struct tvn__code *code, enum tvn__op op, const struct tvn_type *a,
    const struct tvn_type *b, uint32_t src, uint32_t dst)
{
    uint32_t table = tvn__add_table(code, a->count);

    for (uint32_t i = 0; !code->failed && i < a->count; i++) {
        code->table[table + i] = member_of(b, a, i);
    }
    (void)tvn__emit(code,
        (struct tvn__step){.op = (uint8_t)op,
            .size = (uint8_t)(op == TVN__FLAGS ? a->size : a->disc_size),
            .to_size = (uint8_t)(op == TVN__FLAGS ? b->size : b->disc_size),
            .src = src,
            .dst = dst,
            .n = table,
            .m = a->count});
}

/* A variant's step and a block for each case whose payload is read. */
static void
variant(struct tvn__code *code, const struct tvn_type *a,
    const struct tvn_type *b, uint32_t src, uint32_t dst, bool is_flat)
{
    uint32_t table = tvn__add_table(code, 2 * a->count);
    uint32_t at = tvn__emit(code, (struct tvn__step){.op = TVN__VARIANT,
                                      .size = (uint8_t)a->disc_size,
                                      .to_size = (uint8_t)b->disc_size,
                                      .src = src,
                                      .dst = dst,
                                      .n = table,
                                      .m = is_flat ? b->flat_count : 0});

    src += a->payload_offset;
    dst += is_flat ? 1 : b->payload_offset;
    for (uint32_t i = 0; !code->failed && i < a->count; i++) {
        const struct tvn_type *to = payload_of(b, a, i);

        code->table[table + 2 * i] = member_of(b, a, i);
        if (to != NULL) {
            code->table[table + 2 * i + 1] = tvn__begin_block(code, at);
            if (is_flat) {
                flat_form(code, a->members[i].type, to, src, dst);
            } else {
                memory_form(code, a->members[i].type, to, src, dst);
            }
        }
    }
    tvn__end_blocks(code, at, table, a->count);
}

/* ------------------------------------------------------------------------
 * Memory form. */

static void
memory_record(struct tvn__code *code, const struct tvn_type *a,
    const struct tvn_type *b, uint32_t src, uint32_t dst)
{
    uint32_t same_from = code->same_from;

    code->same_from = a == b ? code->count : UINT32_MAX;
    for (uint32_t i = 0; i < b->count; i++) {
        const struct tvn_member *to = &b->members[i];
        int index = field_of(a, b, i);

        if (index < 0) {
            (void)tvn__emit(code, (struct tvn__step){.op = TVN__ZERO,
                                      .dst = dst + to->offset,
                                      .n = to->type->size});
        } else {
            const struct tvn_member *from = &a->members[index];

            memory_form(code, from->type, to->type, src + from->offset,
                dst + to->offset);
        }
    }
    code->same_from = same_from;
}

static void
memory_option(struct tvn__code *code, const struct tvn_type *a,
    const struct tvn_type *b, uint32_t src, uint32_t dst)
{
    const struct tvn_type *to = b->members[1].type;
    uint32_t at;

    dst += b->payload_offset;
    if (a->kind != TVN_KIND_OPTION) {
        (void)tvn__emit(code, (struct tvn__step){.op = TVN__CONST,
                                  .to_size = 1,
                                  .dst = dst - b->payload_offset,
                                  .n = 1});
        memory_form(code, a, to, src, dst);
        return;
    }
    at = tvn__emit(
        code, (struct tvn__step){
                  .op = TVN__SOME, .src = src, .dst = dst - b->payload_offset});
    memory_form(code, a->members[1].type, to, src + a->payload_offset, dst);
    tvn__end_body(code, at);
}

static void
memory_cases(struct tvn__code *code, const struct tvn_type *a,
    const struct tvn_type *b, uint32_t src, uint32_t dst)
{
    if (reads_a_payload(a, b)) {
        variant(code, a, b, src, dst, false);
    } else if (keeps_order(a, b) && a->disc_size == b->disc_size) {
        tvn__emit_copy(code, src, dst, a->disc_size);
    } else {
        renumber(code, TVN__MAP, a, b, src, dst);
    }
}

static void
memory_form(struct tvn__code *code, const struct tvn_type *a,
    const struct tvn_type *b, uint32_t src, uint32_t dst)
{
    if (a == b && b->is_plain_to_lower) {
        tvn__emit_copy(code, src, dst, b->size);
    } else if (b->kind == TVN_KIND_OPTION) {
        memory_option(code, a, b, src, dst);
    } else if (b->kind == TVN_KIND_STRING) {
        (void)tvn__emit(code,
            (struct tvn__step){.op = TVN__STRING, .src = src, .dst = dst});
    } else if (b->kind == TVN_KIND_LIST) {
        list(code, a, b, src, dst);
    } else if (b->kind == TVN_KIND_RECORD || b->kind == TVN_KIND_TUPLE) {
        memory_record(code, a, b, src, dst);
    } else if (tvn_type_has_cases(b)) {
        memory_cases(code, a, b, src, dst);
    } else if (b->resource != NULL) {
        tvn__emit_handle(code, b, src, dst);
    } else if (b->kind == TVN_KIND_FLAGS) {
        renumber(code, TVN__FLAGS, a, b, src, dst);
    } else {
        (void)tvn__emit(code, (struct tvn__step){.op = TVN__WIDEN,
                                  .size = (uint8_t)a->kind,
                                  .to_size = (uint8_t)b->size,
                                  .src = src,
                                  .dst = dst});
    }
}

/* ------------------------------------------------------------------------
 * Flat form.  A slot is written as a whole u64: zero-extended bits are what
 * joining asks for, of i32 and f32 in an i64 too. */

/* Loads `size` bytes, zero-extended. */
static void
load(struct tvn__code *code, uint32_t size, uint32_t src, uint32_t slot)
{
    static const uint8_t op[9] = {[1] = TVN__COPY_1,
        [2] = TVN__WIDEN,
        [4] = TVN__COPY_4,
        [8] = TVN__COPY_8};

    (void)tvn__emit(code, (struct tvn__step){.op = op[size],
                              .size = TVN_KIND_U16,
                              .to_size = 4,
                              .src = src,
                              .dst = slot});
}

static void
flat_number(struct tvn__code *code, const struct tvn_type *a,
    const struct tvn_type *b, uint32_t src, uint32_t slot)
{
    bool is_wide = b->size == 8;
    bool is_as_is =
        a->kind != TVN_KIND_S8 && a->kind != TVN_KIND_S16 &&
        !(is_wide && (a->kind == TVN_KIND_S32 || a->kind == TVN_KIND_F32));

    if (is_as_is) {
        load(code, a->size, src, slot);
        return;
    }
    (void)tvn__emit(code, (struct tvn__step){.op = TVN__WIDEN,
                              .size = (uint8_t)a->kind,
                              .to_size = is_wide ? 8 : 4,
                              .src = src,
                              .dst = slot});
}

static void
zero_slots(struct tvn__code *code, uint32_t slot, uint32_t count)
{
    if (count > 0) {
        (void)tvn__emit(
            code, (struct tvn__step){.op = TVN__ZERO, .dst = slot, .n = count});
    }
}

static void
flat_record(struct tvn__code *code, const struct tvn_type *a,
    const struct tvn_type *b, uint32_t src, uint32_t slot)
{
    for (uint32_t i = 0; i < b->count; i++) {
        const struct tvn_type *to = b->members[i].type;
        int index = field_of(a, b, i);

        if (index < 0) {
            zero_slots(code, slot, to->flat_count);
        } else {
            flat_form(code, a->members[index].type, to,
                src + a->members[index].offset, slot);
        }
        slot += to->flat_count;
    }
}

/* True when every payload of `a` is `*from`, read as `*to`, and zero bytes
 * read as zero slots: then no one needs to look at the discriminant. */
static bool
has_one_payload(const struct tvn_type *a, const struct tvn_type *b,
    const struct tvn_type **from, const struct tvn_type **to)
{
    for (uint32_t i = 0; i < a->count; i++) {
        const struct tvn_type *payload = a->members[i].type;
        const struct tvn_type *reads = payload_of(b, a, i);

        if (payload == NULL) {
            continue;
        }
        if (reads == NULL || !reads->is_plain_to_lower ||
            (*to != NULL && (*from != payload || *to != reads))) {
            return false;
        }
        *from = payload;
        *to = reads;
    }
    return *from == *to ||
           ((*from)->kind <= TVN_KIND_CHAR && (*to)->kind <= TVN_KIND_CHAR);
}

static void
flat_some(struct tvn__code *code, const struct tvn_type *a,
    const struct tvn_type *b, uint32_t src, uint32_t slot)
{
    uint32_t at = tvn__emit(code,
        (struct tvn__step){
            .op = TVN__SOME, .src = src, .dst = slot, .m = b->flat_count});

    flat_form(code, a->members[1].type, b->members[1].type,
        src + a->payload_offset, slot + 1);
    tvn__end_body(code, at);
}

static void
flat_cases(struct tvn__code *code, const struct tvn_type *a,
    const struct tvn_type *b, uint32_t src, uint32_t slot)
{
    const struct tvn_type *from = NULL;
    const struct tvn_type *to = NULL;
    uint32_t done = 1;

    if (reads_a_payload(a, b) && !has_one_payload(a, b, &from, &to)) {
        if (b->kind == TVN_KIND_OPTION) {
            flat_some(code, a, b, src, slot);
        } else {
            variant(code, a, b, src, slot, true);
        }
        return;
    }
    if (keeps_order(a, b)) {
        load(code, a->disc_size, src, slot);
    } else {
        renumber(code, TVN__MAP, a, b, src, slot);
    }
    if (to != NULL) {
        flat_form(code, from, to, src + a->payload_offset, slot + 1);
        done += to->flat_count;
    }
    zero_slots(code, slot + done, b->flat_count - done);
}

static void
flat_form(struct tvn__code *code, const struct tvn_type *a,
    const struct tvn_type *b, uint32_t src, uint32_t slot)
{
    if (b->kind == TVN_KIND_OPTION && a->kind != TVN_KIND_OPTION) {
        (void)tvn__emit(
            code, (struct tvn__step){.op = TVN__CONST, .dst = slot, .n = 1});
        flat_form(code, a, b->members[1].type, src, slot + 1);
    } else if (b->kind == TVN_KIND_STRING) {
        (void)tvn__emit(code,
            (struct tvn__step){.op = TVN__STRING, .src = src, .dst = slot});
    } else if (b->kind == TVN_KIND_LIST) {
        list(code, a, b, src, slot);
    } else if (b->kind == TVN_KIND_RECORD || b->kind == TVN_KIND_TUPLE) {
        flat_record(code, a, b, src, slot);
    } else if (tvn_type_has_cases(b)) {
        flat_cases(code, a, b, src, slot);
    } else if (b->kind == TVN_KIND_FLAGS && !keeps_order(a, b)) {
        renumber(code, TVN__FLAGS, a, b, src, slot);
    } else if (b->resource != NULL) {
        tvn__emit_handle(code, b, src, slot);
    } else {
        flat_number(code, a, b, src, slot);
    }
}

static bool
can_read_as(const struct tvn_type *a, const struct tvn_type *b, tvn_err *err)
{
    struct tvn_arena arena = {0};
    struct tvn_view view = {0};

    *err = a == b ? TVN_OK : tvn_view_check(a, b, &arena, &view);
    tvn_arena_fini(&arena);
    return *err == TVN_OK && (a == b || view.verdict != TVN_VIEW_INCOMPATIBLE);
}

tvn_err
tvn_plan_lower(struct tvn_arena *arena, const struct tvn_type *from,
    const struct tvn_type *to, const struct tvn_plan **out)
{
    struct tvn__code code = {.same_from = UINT32_MAX};
    uint32_t flat_from = 0;
    tvn_err err;

    if (!can_read_as(from, to, &err)) {
        return err == TVN_OK ? TVN_EINVAL : err;
    }
    memory_form(&code, from, to, 0, 0);
    (void)tvn__emit(&code, (struct tvn__step){.op = TVN__END});
    if (to->flat_count <= TVN_FLAT_PARAMS_MAX) {
        flat_from = code.count;
        code.label = code.count;
        flat_form(&code, from, to, 0, 0);
        (void)tvn__emit(&code, (struct tvn__step){.op = TVN__END});
    }
    return tvn__finish(&code, arena, (struct tvn_plan){.from = from, .to = to},
        flat_from, out);
}
