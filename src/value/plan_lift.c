/* plan_lift.c -- compiles lift plans: a guest's value becomes an image's.
 *
 * Only fields are written, never padding or inactive cases, so copies merge
 * only where they touch. */
#include "value/plan_code.h"

static void memory_form(
    struct tvn__code *code, const struct tvn_type *type, uint32_t at);
static void flat_form(struct tvn__code *code, const struct tvn_type *type,
    uint32_t slot, uint32_t dst);

/* One step for a scalar, enum, flags or string; `src` is where the guest has
 * it: an offset or a slot. */
static void
scalar(struct tvn__code *code, enum tvn__op op, const struct tvn_type *type,
    uint32_t src, uint32_t dst)
{
    uint32_t mask = type->count >= 32 ? UINT32_MAX : (1u << type->count) - 1;

    (void)tvn__emit(code, (struct tvn__step){
                              .op = (uint8_t)op,
                              .size = (uint8_t)type->size,
                              .src = src,
                              .dst = dst,
                              .n = op == TVN__MASK ? mask : 0,
                              .m = type->count,
                          });
}

static void
list(struct tvn__code *code, const struct tvn_type *type, uint32_t src,
    uint32_t dst)
{
    bool is_plain = type->elem->is_plain_to_lift;
    (void)tvn__emit(
        code, (struct tvn__step){.op = is_plain ? TVN__LIST_PLAIN : TVN__LIST,
                  .align = tvn__log2(type->elem->align),
                  .src = src,
                  .dst = dst,
                  .n = type->elem->size});

    if (!is_plain) {
        uint32_t jump = tvn__emit(code, (struct tvn__step){.op = TVN__JUMP});

        memory_form(code, type->elem, 0);
        (void)tvn__emit(code, (struct tvn__step){.op = TVN__END});
        tvn__end_body(code, jump);
    }
}

static bool
has_payload(const struct tvn_type *type)
{
    for (uint32_t i = 0; i < type->count; i++) {
        if (type->members[i].type != NULL) {
            return true;
        }
    }
    return false;
}

/* Discriminant and payloads; `is_flat` says what the guest's side is. */
static void
cases(struct tvn__code *code, const struct tvn_type *type, uint32_t src,
    uint32_t dst, bool is_flat)
{
    bool is_option = type->kind == TVN_KIND_OPTION;
    struct tvn__step step = {
        .op = is_option           ? TVN__SOME
              : has_payload(type) ? TVN__VARIANT
                                  : TVN__CASE,
        .size = (uint8_t)type->disc_size,
        .src = src,
        .dst = dst,
        .m = type->count,
    };
    uint32_t table = 0;
    uint32_t at;

    if (step.op == TVN__VARIANT) {
        table = tvn__add_table(code, 2 * type->count);
        step.n = table;
    }
    at = tvn__emit(code, step);
    src += is_flat ? 1 : type->payload_offset;
    dst += type->payload_offset;
    for (uint32_t i = 0; !code->failed && i < type->count; i++) {
        const struct tvn_type *payload = type->members[i].type;

        if (payload == NULL) {
            continue;
        }
        if (!is_option) {
            code->table[table + 2 * i + 1] = tvn__begin_block(code, at);
        }
        if (is_flat) {
            flat_form(code, payload, src, dst);
        } else {
            memory_form(code, payload, dst);
        }
    }
    if (is_option) {
        tvn__end_body(code, at);
    } else if (step.op == TVN__VARIANT) {
        tvn__end_blocks(code, at, table, type->count);
    }
}

static void
memory_form(struct tvn__code *code, const struct tvn_type *type, uint32_t at)
{
    if (type->is_plain_to_lift) {
        tvn__emit_copy(code, at, at, type->size);
    } else if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        for (uint32_t i = 0; i < type->count; i++) {
            const struct tvn_member *field = &type->members[i];

            memory_form(code, field->type, at + field->offset);
        }
    } else if (type->kind == TVN_KIND_OPTION &&
               type->members[1].type->is_plain_to_lift) {
        (void)tvn__emit(code, (struct tvn__step){.op = TVN__SOME_COPY,
                                  .src = at,
                                  .dst = at,
                                  .n = type->members[1].type->size,
                                  .m = type->payload_offset});
    } else if (tvn_type_has_cases(type)) {
        cases(code, type, at, at, false);
    } else if (type->kind == TVN_KIND_LIST) {
        list(code, type, at, at);
    } else if (type->resource != NULL) {
        tvn__emit_handle(code, type, at, at);
    } else {
        scalar(code,
            type->kind == TVN_KIND_BOOL    ? TVN__BOOL
            : type->kind == TVN_KIND_CHAR  ? TVN__CHAR
            : type->kind == TVN_KIND_FLAGS ? TVN__MASK
                                           : TVN__STRING,
            type, at, at);
    }
}

static void
flat_form(struct tvn__code *code, const struct tvn_type *type, uint32_t slot,
    uint32_t dst)
{
    if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        for (uint32_t i = 0; i < type->count; i++) {
            const struct tvn_member *field = &type->members[i];

            flat_form(code, field->type, slot, dst + field->offset);
            slot += field->type->flat_count;
        }
    } else if (tvn_type_has_cases(type)) {
        cases(code, type, slot, dst, true);
    } else if (type->kind == TVN_KIND_LIST) {
        list(code, type, slot, dst);
    } else if (type->resource != NULL) {
        tvn__emit_handle(code, type, slot, dst);
    } else {
        scalar(code,
            type->kind == TVN_KIND_BOOL     ? TVN__BOOL
            : type->kind == TVN_KIND_CHAR   ? TVN__CHAR
            : type->kind == TVN_KIND_FLAGS  ? TVN__MASK
            : type->kind == TVN_KIND_STRING ? TVN__STRING
                                            : TVN__COPY,
            type, slot, dst);
    }
}

tvn_err
tvn_plan_lift(struct tvn_arena *arena, const struct tvn_type *type,
    const struct tvn_plan **out)
{
    struct tvn__code code = {.same_from = UINT32_MAX};
    uint32_t flat_from = 0;

    memory_form(&code, type, 0);
    (void)tvn__emit(&code, (struct tvn__step){.op = TVN__END});
    if (type->flat_count <= TVN_FLAT_PARAMS_MAX) {
        flat_from = code.count;
        code.label = code.count;
        flat_form(&code, type, 0, 0);
        (void)tvn__emit(&code, (struct tvn__step){.op = TVN__END});
    }
    return tvn__finish(
        &code, arena, (struct tvn_plan){.to = type}, flat_from, out);
}
