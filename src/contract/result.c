/* result.c -- takes a result type apart; see result.h. */
#include "contract/result.h"

#define PRINTED_MAX 6u /* members of a type in a message */

bool
tvn_type_is_bytes(const struct tvn_type *type)
{
    return type->kind == TVN_KIND_LIST && type->elem->kind == TVN_KIND_U8;
}

const char *
tvn_event_type_refusal(const struct tvn_type *type)
{
    if (type->kind == TVN_KIND_OPTION) {
        return "an option is no event type: wrap it in a record";
    }
    if (type->kind == TVN_KIND_RESULT) {
        return "a result is no event type: wrap it in a record";
    }
    if (type->kind == TVN_KIND_LIST && !tvn_type_is_bytes(type)) {
        return "a list other than list<u8> is no event type: wrap it in a "
               "record";
    }
    return NULL;
}

/* ------------------------------------------------------------------------
 * Faults. */

static int
class_of_case(struct tvn_str name)
{
    static const char *const names[] = {
        [TVN_FAULT_CLASS_RETRY] = "retry",
        [TVN_FAULT_CLASS_REJECT] = "reject",
        [TVN_FAULT_CLASS_FATAL] = "fatal",
    };

    for (int i = 0; i < (int)(sizeof(names) / sizeof(names[0])); i++) {
        if (tvn_str_is(name, names[i])) {
            return i;
        }
    }
    return -1;
}

/* Fills the cases; false when one of them is no fault's. */
static bool
read_fault_cases(const struct tvn_type *type, struct tvn_fault_shape *fault)
{
    if (type->kind != TVN_KIND_VARIANT && type->kind != TVN_KIND_ENUM) {
        return false;
    }
    if (type->count > TVN_FAULT_CASES_MAX) {
        return false; /* names are unique, so some are not ours */
    }
    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_member *member = &type->members[i];
        int class = class_of_case(member->name);

        if (class < 0 ||
            (member->type != NULL && member->type->kind != TVN_KIND_STRING)) {
            return false;
        }
        fault->classes[i] = (enum tvn_fault_class) class;
        fault->has_text[i] = member->type != NULL;
    }
    fault->count = type->count;
    fault->disc_size = type->disc_size;
    return true;
}

static tvn_err
refuse_fault(
    const struct tvn_type *type, struct tvn_arena *arena, const char **why)
{
    struct tvn_buf text = {0};
    const char *copy;

    if (type == NULL) {
        *why = "a result without an error type cannot say what went wrong";
        return TVN_EFAULT_TYPE;
    }
    tvn_type_print(type, PRINTED_MAX, &text);
    copy = text.failed ? NULL
                       : tvn_arena_printf(arena, "%.*s is no fault",
                             TVN_STR_ARG(tvn_buf_str(&text)));
    tvn_buf_fini(&text);
    if (copy == NULL) {
        return TVN_ENOMEM;
    }
    *why = copy;
    return TVN_EFAULT_TYPE;
}

/* `offset`: of the payload of the result. */
static bool
read_fault(
    const struct tvn_type *type, uint32_t offset, struct tvn_fault_shape *fault)
{
    if (type == NULL) {
        return false;
    }
    fault->type = type;
    fault->offset = offset;
    if (type->kind == TVN_KIND_STRING) {
        fault->is_string = true;
        fault->text_offset = offset;
        return true;
    }
    fault->text_offset = offset + type->payload_offset;
    return read_fault_cases(type, fault);
}

/* ------------------------------------------------------------------------
 * What is left. */

/* True, and the shape filled, when `type` at `offset` is a poll. */
static bool
read_poll(const struct tvn_type *type, uint32_t offset,
    struct tvn_result_shape *shape)
{
    int event;
    int wait;
    int done;

    if (type->kind != TVN_KIND_VARIANT || type->count != 3) {
        return false;
    }
    event = tvn_type_find(type, TVN_STR("event"));
    wait = tvn_type_find(type, TVN_STR("wait"));
    done = tvn_type_find(type, TVN_STR("done"));
    if (event < 0 || wait < 0 || done < 0 ||
        type->members[event].type == NULL || type->members[wait].type == NULL ||
        type->members[wait].type->kind != TVN_KIND_U64 ||
        type->members[done].type != NULL) {
        return false;
    }
    shape->many = TVN_MANY_POLL;
    shape->many_offset = offset;
    shape->many_size = type->disc_size;
    shape->value = type->members[event].type;
    shape->value_offset = offset + type->payload_offset;
    shape->wait_offset = offset + type->payload_offset;
    shape->poll_event = (uint32_t)event;
    shape->poll_wait = (uint32_t)wait;
    shape->poll_done = (uint32_t)done;
    return true;
}

/* The layer that says how many, and the value. */
static void
read_many(const struct tvn_type *type, uint32_t offset,
    struct tvn_result_shape *shape)
{
    if (type == NULL) {
        shape->many = TVN_MANY_NOTHING;
        return;
    }
    shape->many_offset = offset;
    if (type->kind == TVN_KIND_OPTION) {
        shape->many = TVN_MANY_OPTION;
        shape->many_size = type->disc_size;
        shape->value = type->members[1].type;
        shape->value_offset = offset + type->payload_offset;
    } else if (type->kind == TVN_KIND_LIST && !tvn_type_is_bytes(type)) {
        shape->many = TVN_MANY_LIST;
        shape->value = type->elem;
    } else {
        shape->many = TVN_MANY_ONE;
        shape->value = type;
        shape->value_offset = offset;
    }
}

static tvn_err
read_layers(const struct tvn_type *type, bool may_poll, struct tvn_arena *arena,
    struct tvn_result_shape *out, const char **why)
{
    struct tvn_result_shape shape = {.type = type};
    const struct tvn_type *inner = type;
    uint32_t offset = 0;

    if (type != NULL && type->kind == TVN_KIND_RESULT) {
        offset = type->payload_offset;
        inner = type->members[0].type;
        shape.has_fault = true;
        if (!read_fault(type->members[1].type, offset, &shape.fault)) {
            return refuse_fault(type->members[1].type, arena, why);
        }
    }
    if (!may_poll || inner == NULL || !read_poll(inner, offset, &shape)) {
        read_many(inner, offset, &shape);
    }
    shape.is_flat = type != NULL && type->flat_count == 1;
    *out = shape;
    return TVN_OK;
}

tvn_err
tvn_result_read(const struct tvn_type *type, struct tvn_arena *arena,
    struct tvn_result_shape *out, const char **why)
{
    return read_layers(type, false, arena, out, why);
}

tvn_err
tvn_result_read_poll(const struct tvn_type *type, struct tvn_arena *arena,
    struct tvn_result_shape *out, const char **why)
{
    return read_layers(type, true, arena, out, why);
}
