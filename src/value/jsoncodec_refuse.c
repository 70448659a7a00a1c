/* jsoncodec_refuse.c -- what is wrong with a record, in words; see
 * jsoncodec_read.h. */
#include "value/jsoncodec_read.h"

#include "base/jsonout.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define SHOWN_MAX 40 /* bytes of a value shown in a text */
#define NAMED_MAX 12 /* cases listed in a text */
#define KEYS_MAX  64 /* keys of a record looked at for a misspelling */

/* ------------------------------------------------------------------------
 * Failing: all cold. */

struct tvn_str
tvn__json_text(struct tvn__json_read *read, const yyjson_val *val)
{
    return tvn__json_token(&read->scan, (uint32_t)(val - read->first));
}

tvn_err
tvn__json_fail(struct tvn__json_read *read, tvn_err err, const yyjson_val *val,
    const char *format, ...)
{
    struct tvn_json_fault *fault = read->fault;
    va_list args;

    if (fault != NULL) {
        fault->byte = (size_t)(tvn__json_text(read, val).ptr - read->scan.text);
        va_start(args, format);
        (void)vsnprintf(fault->text, sizeof(fault->text), format, args);
        va_end(args);
    }
    return err;
}

static void help(struct tvn__json_read *read, const char *format, ...)
    __attribute__((format(printf, 2, 3), cold, noinline));

static void
help(struct tvn__json_read *read, const char *format, ...)
{
    va_list args;

    if (read->fault != NULL) {
        va_start(args, format);
        (void)vsnprintf(
            read->fault->help, sizeof(read->fault->help), format, args);
        va_end(args);
    }
}

static struct tvn_str
string_of(yyjson_val *val)
{
    return (struct tvn_str){
        unsafe_yyjson_get_str(val), unsafe_yyjson_get_len(val)};
}

/* How much of it is shown: whole characters. */
static size_t
shown_len(struct tvn_str text)
{
    size_t len = text.len;

    if (len > SHOWN_MAX) {
        len = SHOWN_MAX - 5;
        while (len > 0 && ((unsigned char)text.ptr[len] & 0xC0) == 0x80) {
            len--;
        }
    }
    return len;
}

/* `string "abc"`, `number 12`, `an object` */
static void
describe(struct tvn__json_read *read, yyjson_val *val, char out[SHOWN_MAX + 32])
{
    struct tvn_str token = tvn__json_text(read, val);
    const char *what = yyjson_is_str(val)                         ? "string "
                       : yyjson_is_obj(val)                       ? "an object"
                       : yyjson_is_arr(val)                       ? "an array"
                       : yyjson_is_num(val) || yyjson_is_raw(val) ? "number "
                                                                  : "";
    size_t len = yyjson_is_ctn(val) ? 0 : shown_len(token);

    (void)snprintf(out, SHOWN_MAX + 32, "%s%.*s%s", what, (int)len, token.ptr,
        len < token.len && len > 0 ? "..." : "");
}

/* What the type asks for, in words of JSON. */
static const char *
wanted(const struct tvn__json_node *node)
{
    static const char *const words[TVN_KIND_COUNT] = {
        [TVN_KIND_BOOL] = "bool",
        [TVN_KIND_S8] = "s8",
        [TVN_KIND_U8] = "u8",
        [TVN_KIND_S16] = "s16",
        [TVN_KIND_U16] = "u16",
        [TVN_KIND_S32] = "s32",
        [TVN_KIND_U32] = "u32",
        [TVN_KIND_S64] = "s64",
        [TVN_KIND_U64] = "u64",
        [TVN_KIND_F32] = "f32",
        [TVN_KIND_F64] = "f64",
        [TVN_KIND_CHAR] = "a string of one character",
        [TVN_KIND_STRING] = "string",
        [TVN_KIND_LIST] = "an array",
        [TVN_KIND_RECORD] = "an object",
        [TVN_KIND_TUPLE] = "an array",
        [TVN_KIND_VARIANT] = "a case: \"case\" or {\"case\": ...}",
        [TVN_KIND_ENUM] = "a case's name",
        [TVN_KIND_FLAGS] = "an array of names",
        [TVN_KIND_OPTION] = "null or {\"some\": ...}",
        [TVN_KIND_RESULT] = "{\"ok\": ...} or {\"err\": ...}",
    };

    return node->is_bytes ? "a base64 string" : words[node->kind];
}

tvn_err
tvn__json_wrong_type(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *val)
{
    char found[SHOWN_MAX + 32];

    if (read->fault != NULL) {
        describe(read, val, found);
        (void)tvn__json_fail(read, TVN_EJSON_TYPE, val, "expected %s, found %s",
            wanted(node), found);
        if (yyjson_is_null(val)) {
            help(read, "only an option reads null: option<%s>",
                node->kind <= TVN_KIND_STRING ? wanted(node) : "...");
        }
    }
    return TVN_EJSON_TYPE;
}

tvn_err
tvn__json_out_of_range(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *val)
{
    char found[SHOWN_MAX + 32];

    if (read->fault == NULL) {
        return TVN_EJSON_RANGE;
    }
    describe(read, val, found);
    if (node->max == 0) {
        return tvn__json_fail(read, TVN_EJSON_RANGE, val,
            "%s is out of range for %s", found, wanted(node));
    }
    return tvn__json_fail(read, TVN_EJSON_RANGE, val,
        "%s is out of range for %s (%" PRId64 " to %" PRIu64 ")", found,
        wanted(node), node->min, node->max);
}

tvn_err
tvn__json_no_room(
    struct tvn__json_read *read, tvn_err err, const yyjson_val *val)
{
    return err == TVN_ENOMEM ? tvn__json_fail(read, err, val, "memory ran out")
                             : tvn__json_fail(read, err, val,
                                   "the record is larger than max-event");
}

tvn_err
tvn__json_at_key(struct tvn__json_read *read, struct tvn_str key, tvn_err err)
{
    tvn__json_mark(&read->trail, key, 0);
    return err;
}

tvn_err
tvn__json_at_index(struct tvn__json_read *read, uint32_t index, tvn_err err)
{
    tvn__json_mark(&read->trail, (struct tvn_str){NULL, 0}, index);
    return err;
}

/* The members' keys as candidates for a suggestion. */
static void
suggest(struct tvn__json_read *read, const struct tvn__json_node *node,
    struct tvn_str word)
{
    struct tvn_buf list = {0};

    for (uint32_t near = 1; near <= 2; near++) {
        for (uint32_t i = 0; i < node->count; i++) {
            struct tvn_str key = node->members[i].key;

            if (tvn_str_suggest(word, &key, 1) == 0 &&
                tvn_str_distance(word, key) == near) {
                help(read, "did you mean \"%.*s\"?", TVN_STR_ARG(key));
                return;
            }
        }
    }
    for (uint32_t i = 0; i < node->count && i < NAMED_MAX; i++) {
        tvn_buf_printf(&list, "%s\"%.*s\"", i == 0 ? "" : ", ",
            TVN_STR_ARG(node->members[i].key));
    }
    help(read, "there is: %s%s", tvn_buf_text(&list),
        node->count > NAMED_MAX ? ", ..." : "");
    tvn_buf_fini(&list);
}

tvn_err
tvn__json_no_case(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *val)
{
    char found[SHOWN_MAX + 32];

    if (read->fault != NULL) {
        describe(read, val, found);
        (void)tvn__json_fail(read, TVN_EJSON_TYPE, val, "there is no %s for %s",
            node->kind == TVN_KIND_FLAGS ? "flag" : "case", found);
        suggest(read, node, string_of(val));
    }
    return TVN_EJSON_TYPE;
}

static tvn_err
refuse_key(struct tvn__json_read *read, yyjson_val *key, const char *what)
{
    struct tvn_str token = tvn__json_text(read, key); /* escaped as it was */
    size_t len = shown_len(token);

    if (read->fault != NULL) {
        (void)tvn__json_fail(read, TVN_EJSON_FIELD, key, "%s field %.*s%s",
            what, (int)len, token.ptr, len < token.len ? "..." : "");
    }
    return tvn__json_at_key(read, string_of(key), TVN_EJSON_FIELD);
}

tvn_err
tvn__json_unknown(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *key)
{
    tvn_err err = refuse_key(read, key, "unknown");

    suggest(read, node, string_of(key));
    return err;
}

tvn_err
tvn__json_duplicate(struct tvn__json_read *read, yyjson_val *key)
{
    return refuse_key(read, key, "duplicate");
}

/* The key of `obj` that the field may have meant: in another spelling, or
 * misspelt. */
static void
help_missing(struct tvn__json_read *read, const struct tvn__json_node *node,
    uint32_t index, yyjson_val *obj)
{
    static const char *const words[TVN_JSON_NAMES_COUNT] = {
        "snake", "kebab", "camel", "pascal"};
    struct tvn_buf other = {0};
    yyjson_obj_iter iter = yyjson_obj_iter_with(obj);

    for (unsigned i = 0; i < TVN_JSON_NAMES_COUNT; i++) {
        tvn_buf_clear(&other);
        tvn__json_spell(
            &other, node->type->members[index].name, (enum tvn_json_names)i);
        if (i != (unsigned)read->codec->names && !other.failed &&
            yyjson_obj_getn(obj, other.ptr, other.len) != NULL) {
            help(read, "the record has \"%.*s\": set `names: %s`",
                TVN_STR_ARG(tvn_buf_str(&other)), words[i]);
            tvn_buf_fini(&other);
            return;
        }
    }
    tvn_buf_clear(&other);
    for (int i = 0; i < KEYS_MAX; i++) {
        yyjson_val *key = yyjson_obj_iter_next(&iter);
        struct tvn_str name = {yyjson_get_str(key), yyjson_get_len(key)};

        if (key == NULL) {
            break;
        }

        if (tvn__json_find(node, name.ptr, name.len) == UINT32_MAX &&
            tvn_str_suggest(node->members[index].key, &name, 1) == 0) {
            tvn_json_quote(&other, name);
            help(read, "the record has %s", tvn_buf_text(&other));
            break;
        }
    }
    tvn_buf_fini(&other);
}

tvn_err
tvn__json_missing(struct tvn__json_read *read,
    const struct tvn__json_node *node, uint32_t index, yyjson_val *obj)
{
    struct tvn_str key = node->members[index].key;

    if (read->fault != NULL) {
        (void)tvn__json_fail(read, TVN_EJSON_FIELD, obj,
            "the field \"%.*s\" is missing", TVN_STR_ARG(key));
        help_missing(read, node, index, obj);
    }
    return tvn__json_at_key(read, key, TVN_EJSON_FIELD);
}
