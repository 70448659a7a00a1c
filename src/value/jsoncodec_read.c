/* jsoncodec_read.c -- JSON records into images; see jsoncodec.h.
 *
 * yyjson checks the syntax and makes a flat array of values in a scratch that
 * is used again for each record; the tree of nodes says where each goes.
 * Keys mostly come in the order of the fields: the next one is tried first.
 * Byte and path are worked out only after something went wrong, from the
 * value's number and the text. */
#include "value/jsoncodec.h"

#include "base/assert.h"
#include "base/mem.h"
#include "value/copy.h"
#include "value/internal.h"
#include "value/jsoncodec_read.h"

#include <inttypes.h>
#include <stdio.h>

static tvn_err read_value(struct tvn__json_read *read,
    const struct tvn__json_node *node, yyjson_val *val, uint32_t at);

/* ------------------------------------------------------------------------
 * Integers, strings and lists. */

static inline tvn_err
read_integer(struct tvn__json_read *read, const struct tvn__json_node *node,
    yyjson_val *val, uint8_t *dst)
{
    uint8_t tag = unsafe_yyjson_get_tag(val);

    if (tag == (YYJSON_TYPE_NUM | YYJSON_SUBTYPE_UINT)) {
        if (val->uni.u64 > node->max) {
            return tvn__json_out_of_range(read, node, val);
        }
    } else if (tag == (YYJSON_TYPE_NUM | YYJSON_SUBTYPE_SINT)) {
        if (val->uni.i64 < node->min) {
            return tvn__json_out_of_range(read, node, val);
        }
    } else {
        return tvn__json_read_odd_integer(read, node, val, dst);
    }
    tvn__store(dst, node->type->size, val->uni.u64);
    return TVN_OK;
}

static inline tvn_err
read_string(struct tvn__json_read *read, const struct tvn__json_node *node,
    yyjson_val *val, uint32_t at)
{
    struct tvn_builder *builder = read->builder;
    uint32_t offset;
    size_t len;
    tvn_err err;

    if (!yyjson_is_str(val)) {
        return tvn__json_wrong_type(read, node, val);
    }
    len = unsafe_yyjson_get_len(val);
    if (len == 0) {
        return TVN_OK;
    }
    err = tvn__builder_take(builder, len, 1, &offset);
    if (err != TVN_OK) {
        return tvn__json_no_room(read, err, val);
    }
    tvn__copy(builder->data + offset,
        (const uint8_t *)unsafe_yyjson_get_str(val), len);
    tvn__store32(builder->data + at, offset);
    tvn__store32(builder->data + at + 4, (uint32_t)len);
    read->bytes += len;
    return TVN_OK;
}

static tvn_err
read_bytes(struct tvn__json_read *read, const struct tvn__json_node *node,
    yyjson_val *val, uint32_t at)
{
    struct tvn_builder *builder = read->builder;
    const char *text;
    uint32_t offset;
    size_t len;
    size_t size;
    tvn_err err;

    if (!yyjson_is_str(val)) {
        return tvn__json_wrong_type(read, node, val);
    }
    text = unsafe_yyjson_get_str(val);
    len = unsafe_yyjson_get_len(val);
    size = tvn__base64_size(text, len);
    err = tvn_builder_alloc(builder, size, 1, &offset);
    if (err != TVN_OK) {
        return tvn__json_no_room(read, err, val);
    }
    if (!tvn__base64_decode(text, len, builder->data + offset)) {
        return tvn__json_wrong_type(read, node, val);
    }
    tvn__store32(builder->data + at, offset);
    tvn__store32(builder->data + at + 4, (uint32_t)size);
    read->bytes += size;
    return TVN_OK;
}

static tvn_err
read_list(struct tvn__json_read *read, const struct tvn__json_node *node,
    yyjson_val *val, uint32_t at)
{
    struct tvn_builder *builder = read->builder;
    uint32_t size = node->type->elem->size;
    yyjson_val *elem;
    uint32_t first;
    uint32_t count;
    tvn_err err;

    if (!yyjson_is_arr(val)) {
        return tvn__json_wrong_type(read, node, val);
    }
    count = (uint32_t)unsafe_yyjson_get_len(val);
    err = tvn_builder_alloc(
        builder, (uint64_t)count * size, node->type->elem->align, &first);
    if (err != TVN_OK) {
        return tvn__json_no_room(read, err, val);
    }
    tvn__store32(builder->data + at, first);
    tvn__store32(builder->data + at + 4, count);
    read->bytes += (uint64_t)count * size;
    elem = unsafe_yyjson_get_first(val);
    for (uint32_t i = 0; i < count; i++) {
        err = read_value(read, node->elem, elem, first + i * size);
        if (err != TVN_OK) {
            return tvn__json_at_index(read, i, err);
        }
        elem = unsafe_yyjson_get_next(elem);
    }
    return TVN_OK;
}

static tvn_err
read_tuple(struct tvn__json_read *read, const struct tvn__json_node *node,
    yyjson_val *val, uint32_t at)
{
    yyjson_val *elem;
    tvn_err err;

    if (!yyjson_is_arr(val)) {
        return tvn__json_wrong_type(read, node, val);
    }
    if (unsafe_yyjson_get_len(val) != node->count) {
        return tvn__json_fail(read, TVN_EJSON_TYPE, val,
            "expected an array of %" PRIu32 ", found one of %zu", node->count,
            unsafe_yyjson_get_len(val));
    }
    elem = unsafe_yyjson_get_first(val);
    for (uint32_t i = 0; i < node->count; i++) {
        const struct tvn__json_member *member = &node->members[i];

        err = read_value(read, member->node, elem, at + member->offset);
        if (err != TVN_OK) {
            return tvn__json_at_index(read, i, err);
        }
        elem = unsafe_yyjson_get_next(elem);
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Records. */

static inline bool
same_key(struct tvn_str key, yyjson_val *val)
{
    const char *text = unsafe_yyjson_get_str(val);
    uint64_t a[2];
    uint64_t b[2];
    uint32_t c[2];
    uint32_t d[2];

    if (unsafe_yyjson_get_len(val) != key.len) {
        return false;
    }
    /* 8 to 16 and 4 to 8 bytes as two halves that may overlap. */
    if (key.len >= 8 && key.len <= 16) {
        memcpy(&a[0], key.ptr, 8);
        memcpy(&b[0], text, 8);
        memcpy(&a[1], key.ptr + key.len - 8, 8);
        memcpy(&b[1], text + key.len - 8, 8);
        return ((a[0] ^ b[0]) | (a[1] ^ b[1])) == 0;
    }
    if (key.len >= 4 && key.len < 8) {
        memcpy(&c[0], key.ptr, 4);
        memcpy(&d[0], text, 4);
        memcpy(&c[1], key.ptr + key.len - 4, 4);
        memcpy(&d[1], text + key.len - 4, 4);
        return ((c[0] ^ d[0]) | (c[1] ^ d[1])) == 0;
    }
    return memcmp(key.ptr, text, key.len) == 0;
}

/* Fields that were not there: options are none, others are an error. */
static tvn_err
check_missing(struct tvn__json_read *read, const struct tvn__json_node *node,
    const uint64_t *seen, yyjson_val *obj)
{
    for (uint32_t i = 0; i < node->count; i++) {
        if ((seen[i / 64] >> i % 64 & 1) == 0 &&
            node->members[i].node->kind != TVN_KIND_OPTION) {
            return tvn__json_missing(read, node, i, obj);
        }
    }
    return TVN_OK;
}

static tvn_err
read_fields(struct tvn__json_read *read, const struct tvn__json_node *node,
    yyjson_val *obj, uint32_t at, uint64_t *seen)
{
    yyjson_val *key = unsafe_yyjson_get_first(obj);
    uint32_t next = 0;
    uint32_t found = 0;

    for (size_t left = unsafe_yyjson_get_len(obj); left > 0; left--) {
        const struct tvn__json_member *member;
        yyjson_val *val = key + 1;
        tvn_err err;

        if (next >= node->count || !same_key(node->members[next].key, key)) {
            next = tvn__json_find(
                node, unsafe_yyjson_get_str(key), unsafe_yyjson_get_len(key));
        }
        if (next == UINT32_MAX) {
            if (read->codec->refuse_unknown) {
                return tvn__json_unknown(read, node, key);
            }
            read->codec->unknown++;
            key = unsafe_yyjson_get_next(val);
            continue;
        }
        if ((seen[next / 64] >> next % 64 & 1) != 0) {
            return tvn__json_duplicate(read, key);
        }
        seen[next / 64] |= UINT64_C(1) << next % 64;
        member = &node->members[next];
        err = read_value(read, member->node, val, at + member->offset);
        if (err != TVN_OK) {
            return tvn__json_at_key(read, member->key, err);
        }
        found++;
        next++;
        key = unsafe_yyjson_get_next(val);
    }
    return found == node->count ? TVN_OK : check_missing(read, node, seen, obj);
}

static tvn_err
read_record(struct tvn__json_read *read, const struct tvn__json_node *node,
    yyjson_val *val, uint32_t at)
{
    uint32_t words = (node->count + 63) / 64;
    uint64_t few = 0;
    uint64_t *seen = &few;
    tvn_err err;

    if (!yyjson_is_obj(val)) {
        return tvn__json_wrong_type(read, node, val);
    }
    if (words == 1) {
        return read_fields(read, node, val, at, seen);
    }
    seen = read->seen;
    read->seen += words;
    memset(seen, 0, words * sizeof(*seen));
    err = read_fields(read, node, val, at, seen);
    read->seen = seen;
    return err;
}

/* ------------------------------------------------------------------------
 * Cases and flags. */

static tvn_err
read_case(struct tvn__json_read *read, const struct tvn__json_node *node,
    yyjson_val *val, uint32_t at)
{
    const struct tvn__json_member *member;
    yyjson_val *key = val;
    yyjson_val *payload = NULL;
    uint32_t index;
    tvn_err err;

    if (yyjson_is_obj(val) && unsafe_yyjson_get_len(val) == 1) {
        key = unsafe_yyjson_get_first(val);
        payload = key + 1;
    } else if (!yyjson_is_str(val)) {
        return tvn__json_wrong_type(read, node, val);
    }
    index = tvn__json_find(
        node, unsafe_yyjson_get_str(key), unsafe_yyjson_get_len(key));
    if (index == UINT32_MAX) {
        return tvn__json_no_case(read, node, key);
    }
    member = &node->members[index];
    tvn__store(read->builder->data + at, node->type->disc_size, index);
    if (member->node == NULL) {
        return payload == NULL || yyjson_is_null(payload)
                   ? TVN_OK
                   : tvn__json_at_key(read, member->key,
                         tvn__json_fail(read, TVN_EJSON_TYPE, payload,
                             "the case \"%.*s\" has no payload: expected null",
                             TVN_STR_ARG(member->key)));
    }
    if (payload == NULL) {
        return tvn__json_fail(read, TVN_EJSON_TYPE, val,
            "the case \"%.*s\" has a payload: expected {\"%.*s\": ...}",
            TVN_STR_ARG(member->key), TVN_STR_ARG(member->key));
    }
    err = read_value(read, member->node, payload, at + member->offset);
    return err == TVN_OK ? err : tvn__json_at_key(read, member->key, err);
}

static tvn_err
read_option(struct tvn__json_read *read, const struct tvn__json_node *node,
    yyjson_val *val, uint32_t at)
{
    uint32_t offset = node->type->payload_offset;
    yyjson_val *some;
    tvn_err err;

    if (yyjson_is_null(val)) {
        return TVN_OK;
    }
    read->builder->data[at] = 1;
    if (!node->is_wrapped) {
        return read_value(read, node->elem, val, at + offset);
    }
    some = yyjson_obj_get(val, "some");
    if (some == NULL || unsafe_yyjson_get_len(val) != 1) {
        return tvn__json_wrong_type(read, node, val);
    }
    err = read_value(read, node->elem, some, at + offset);
    return err == TVN_OK ? err : tvn__json_at_key(read, TVN_STR("some"), err);
}

static tvn_err
read_flags(struct tvn__json_read *read, const struct tvn__json_node *node,
    yyjson_val *val, uint32_t at)
{
    yyjson_val *name;
    uint32_t bits = 0;
    size_t count;

    if (!yyjson_is_arr(val)) {
        return tvn__json_wrong_type(read, node, val);
    }
    count = unsafe_yyjson_get_len(val);
    name = unsafe_yyjson_get_first(val);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = UINT32_MAX;
        tvn_err err = TVN_OK;

        if (!yyjson_is_str(name)) {
            err = tvn__json_wrong_type(read, node, name);
        } else {
            index = tvn__json_find(
                node, unsafe_yyjson_get_str(name), unsafe_yyjson_get_len(name));
            if (index == UINT32_MAX) {
                err = tvn__json_no_case(read, node, name);
            }
        }
        if (err != TVN_OK) {
            return tvn__json_at_index(read, i, err);
        }
        bits |= 1u << index;
        name = unsafe_yyjson_get_next(name);
    }
    tvn__store(read->builder->data + at, node->type->size, bits);
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Any value. */

static tvn_err
read_value(struct tvn__json_read *read, const struct tvn__json_node *node,
    yyjson_val *val, uint32_t at)
{
    uint8_t *dst = read->builder->data + at;

    switch (node->kind) {
    case TVN_KIND_BOOL:
        if (!yyjson_is_bool(val)) {
            return tvn__json_wrong_type(read, node, val);
        }
        *dst = unsafe_yyjson_get_bool(val);
        return TVN_OK;
    case TVN_KIND_S8:
    case TVN_KIND_U8:
    case TVN_KIND_S16:
    case TVN_KIND_U16:
    case TVN_KIND_S32:
    case TVN_KIND_U32:
    case TVN_KIND_S64:
    case TVN_KIND_U64:
        return read_integer(read, node, val, dst);
    case TVN_KIND_F32:
    case TVN_KIND_F64:
        return tvn__json_read_float(read, node, val, dst);
    case TVN_KIND_CHAR:
        return tvn__json_read_char(read, node, val, dst);
    case TVN_KIND_STRING:
        return read_string(read, node, val, at);
    case TVN_KIND_LIST:
        return node->is_bytes ? read_bytes(read, node, val, at)
                              : read_list(read, node, val, at);
    case TVN_KIND_RECORD:
        return read_record(read, node, val, at);
    case TVN_KIND_TUPLE:
        return read_tuple(read, node, val, at);
    case TVN_KIND_VARIANT:
    case TVN_KIND_ENUM:
    case TVN_KIND_RESULT:
        return read_case(read, node, val, at);
    case TVN_KIND_FLAGS:
        return read_flags(read, node, val, at);
    case TVN_KIND_OPTION:
        return read_option(read, node, val, at);
    case TVN_KIND_OWN:
    case TVN_KIND_BORROW:
        break; /* refused when the codec is made */
    }
    return TVN_EINVAL;
}

/* ------------------------------------------------------------------------
 * Public. */

/* Memory for parsing `len` bytes. */
static tvn_err
make_room(struct tvn_jsoncodec *codec, size_t len)
{
    size_t need = yyjson_read_max_memory_usage(len, 0);
    size_t size = codec->pool_size;
    void *grown;

    if (need <= size) {
        return TVN_OK;
    }
    size = need + need / 4;       /* records that grow slowly */
    grown = tvn_mem_new(1, size); /* what was in the old one is not wanted */
    if (grown == NULL) {
        return TVN_ENOMEM;
    }
    tvn_mem_free(codec->pool, codec->pool_size, 1);
    codec->pool = grown;
    codec->pool_size = size;
    return TVN_OK;
}

static tvn_err
refuse_whole(struct tvn_json_fault *fault, tvn_err err, const char *text)
{
    if (fault != NULL) {
        fault->byte = 0;
        (void)snprintf(fault->path, sizeof(fault->path), "$");
        (void)snprintf(fault->text, sizeof(fault->text), "%s", text);
        fault->help[0] = '\0';
    }
    return err;
}

static tvn_err
read_root(struct tvn__json_read *read, const struct tvn__json_node *root,
    yyjson_val *val, struct tvn_image **image)
{
    tvn_err err = tvn_builder_begin(read->builder, root->type);

    if (err != TVN_OK) {
        return tvn__json_no_room(read, err, val);
    }
    err = read_value(read, root, val, 0);
    if (err != TVN_OK) {
        return err;
    }
    err = tvn_builder_finish(read->builder, image);
    return err == TVN_OK ? err : tvn__json_no_room(read, err, val);
}

tvn_err
tvn_jsoncodec_read(struct tvn_jsoncodec *codec, const char *text, size_t len,
    struct tvn_builder *builder, TVN_GIVE struct tvn_image **image,
    uint64_t *bytes, struct tvn_json_fault *fault)
{
    yyjson_read_err error;
    yyjson_alc alc;
    yyjson_doc *doc;
    struct tvn__json_read read;
    tvn_err err;

    if ((codec->max_event > 0 && len > codec->max_event) || len > UINT32_MAX) {
        return refuse_whole(
            fault, TVN_ETOOBIG, "the record is longer than max-event");
    }
    if (make_room(codec, len) != TVN_OK ||
        !yyjson_alc_pool_init(&alc, codec->pool, codec->pool_size)) {
        return refuse_whole(fault, TVN_ENOMEM, "memory ran out");
    }
    /* not in place: `text` stays as it is */
    doc = yyjson_read_opts(
        (char *)(uintptr_t)text, len, YYJSON_READ_BIGNUM_AS_RAW, &alc, &error);
    if (doc == NULL) {
        return tvn__json_syntax(text, len, &error, fault);
    }
    read.codec = codec;
    read.builder = builder;
    read.first = yyjson_doc_get_root(doc);
    read.bytes = codec->root->type->size;
    read.seen = codec->seen;
    read.scan = (struct tvn__json_scan){.text = text, .len = len};
    read.trail.count = 0;
    read.fault = fault;
    if (fault != NULL) {
        fault->help[0] = '\0';
    }
    err = read_root(&read, codec->root, read.first, image);
    if (err == TVN_OK) {
        *bytes += read.bytes;
    } else if (fault != NULL) {
        tvn__json_path(&read.trail, fault->path);
    }
    return err;
}
