/* type.c -- makes types, once each; see type.h.
 *
 * A type's key is its structure written down with the ids of the types
 * inside, so one lookup tells whether it is there already. */
#include "value/type.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/map.h"
#include "base/mem.h"

#include <stdlib.h>

#define FLAT_KEPT 32u /* above it `flat` is NULL */

struct tvn_types {
    struct tvn_arena arena; /* owns types, members, names and keys */
    struct tvn_map map;     /* key -> type, in order of id */
    struct tvn_buf key;     /* scratch */
    uint32_t resource_count;
};

struct tvn_types *
tvn_types_new(void)
{
    return tvn_mem_new(1, sizeof(struct tvn_types));
}

void
tvn_types_free(struct tvn_types *types)
{
    if (types == NULL) {
        return;
    }
    tvn_map_fini(&types->map);
    tvn_arena_fini(&types->arena);
    tvn_buf_fini(&types->key);
    tvn_mem_free(types, 1, sizeof(*types));
}

/* ------------------------------------------------------------------------
 * Layout: size, alignment, offsets. */

static uint64_t
align_up(uint64_t offset, uint32_t align)
{
    return (offset + align - 1) & ~(uint64_t)(align - 1);
}

static uint32_t
disc_size(uint32_t cases)
{
    return cases <= 1u << 8 ? 1 : cases <= 1u << 16 ? 2 : 4;
}

static uint32_t
scalar_size(enum tvn_kind kind)
{
    static const uint8_t size[] = {
        [TVN_KIND_BOOL] = 1,
        [TVN_KIND_S8] = 1,
        [TVN_KIND_U8] = 1,
        [TVN_KIND_S16] = 2,
        [TVN_KIND_U16] = 2,
        [TVN_KIND_S32] = 4,
        [TVN_KIND_U32] = 4,
        [TVN_KIND_S64] = 8,
        [TVN_KIND_U64] = 8,
        [TVN_KIND_F32] = 4,
        [TVN_KIND_F64] = 8,
        [TVN_KIND_CHAR] = 4,
        [TVN_KIND_OWN] = 4,
        [TVN_KIND_BORROW] = 4,
    };

    return size[kind];
}

static tvn_err
lay_out_fields(struct tvn_type *type, struct tvn_member *members)
{
    uint64_t end = 0;
    uint64_t used = 0;

    type->align = 1;
    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_type *field = members[i].type;

        end = align_up(end, field->align);
        members[i].offset = (uint32_t)end;
        end += field->size;
        used += field->size;
        if (end >= TVN_TYPE_SIZE_MAX) {
            return TVN_ELIMIT;
        }
        if (field->align > type->align) {
            type->align = field->align;
        }
        type->is_plain_to_lift &= field->is_plain_to_lift;
    }
    end = align_up(end, type->align);
    type->is_plain_to_lift &= end == used; /* no padding */
    type->size = (uint32_t)end;
    return TVN_OK;
}

static void
lay_out_cases(struct tvn_type *type, struct tvn_member *members)
{
    uint32_t align = 1;
    uint32_t size = 0;

    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_type *payload = members[i].type;

        if (payload != NULL) {
            align = payload->align > align ? payload->align : align;
            size = payload->size > size ? payload->size : size;
        }
    }
    type->disc_size = disc_size(type->count);
    type->align = align > type->disc_size ? align : type->disc_size;
    type->payload_offset = (uint32_t)align_up(type->disc_size, align);
    type->size =
        (uint32_t)align_up((uint64_t)type->payload_offset + size, type->align);
    for (uint32_t i = 0; i < type->count; i++) {
        members[i].offset = members[i].type == NULL ? 0 : type->payload_offset;
    }
}

static tvn_err
lay_out(struct tvn_type *type, struct tvn_member *members)
{
    switch (type->kind) {
    case TVN_KIND_STRING:
    case TVN_KIND_LIST:
        type->size = 8;
        type->align = 4;
        break;
    case TVN_KIND_RECORD:
    case TVN_KIND_TUPLE:
        type->is_plain_to_lift = true;
        return lay_out_fields(type, members);
    case TVN_KIND_VARIANT:
    case TVN_KIND_ENUM:
    case TVN_KIND_OPTION:
    case TVN_KIND_RESULT:
        lay_out_cases(type, members);
        break;
    case TVN_KIND_FLAGS:
        type->size = type->count <= 8 ? 1 : type->count <= 16 ? 2 : 4;
        type->align = type->size;
        break;
    case TVN_KIND_BOOL:
    case TVN_KIND_S8:
    case TVN_KIND_U8:
    case TVN_KIND_S16:
    case TVN_KIND_U16:
    case TVN_KIND_S32:
    case TVN_KIND_U32:
    case TVN_KIND_S64:
    case TVN_KIND_U64:
    case TVN_KIND_F32:
    case TVN_KIND_F64:
    case TVN_KIND_CHAR:
    case TVN_KIND_OWN:
    case TVN_KIND_BORROW:
        type->size = scalar_size(type->kind);
        type->align = type->size;
        type->is_plain_to_lift =
            type->kind != TVN_KIND_BOOL && type->kind != TVN_KIND_CHAR;
        break;
    }
    return type->size < TVN_TYPE_SIZE_MAX ? TVN_OK : TVN_ELIMIT;
}

/* ------------------------------------------------------------------------
 * Flattening. */

static uint8_t
join(uint8_t a, uint8_t b)
{
    if (a == b) {
        return a;
    }
    if ((a == TVN_CORE_I32 || a == TVN_CORE_F32) &&
        (b == TVN_CORE_I32 || b == TVN_CORE_F32)) {
        return TVN_CORE_I32;
    }
    return TVN_CORE_I64;
}

static uint32_t
count_flat(const struct tvn_type *type)
{
    uint64_t sum = 0;
    uint64_t most = 0;

    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_type *inner = type->members[i].type;
        uint32_t flat = inner == NULL ? 0 : inner->flat_count;

        sum += flat;
        most = flat > most ? flat : most;
    }
    if (type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_LIST) {
        sum = 2;
    } else if (type->kind != TVN_KIND_RECORD && type->kind != TVN_KIND_TUPLE) {
        sum = 1 + most;
    }
    return sum < TVN_TYPE_FLAT_MAX ? (uint32_t)sum : TVN_TYPE_FLAT_MAX;
}

/* Writes the core types behind a discriminant: every case's, joined. */
static void
flatten_cases(const struct tvn_type *type, uint8_t *flat)
{
    uint32_t done = 0;

    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_type *payload = type->members[i].type;
        uint32_t count = payload == NULL ? 0 : payload->flat_count;

        for (uint32_t k = 0; k < count; k++) {
            flat[k] =
                k < done ? join(flat[k], payload->flat[k]) : payload->flat[k];
        }
        done = count > done ? count : done;
    }
}

static tvn_err
flatten(struct tvn_types *types, struct tvn_type *type)
{
    uint32_t at = 0;
    uint8_t *flat;

    type->flat_count = count_flat(type);
    if (type->flat_count > FLAT_KEPT) {
        return TVN_OK;
    }
    flat = tvn_arena_new(&types->arena, type->flat_count, 1);
    if (flat == NULL) {
        return TVN_ENOMEM;
    }
    type->flat = flat;
    if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        for (uint32_t i = 0; i < type->count; i++) {
            const struct tvn_type *field = type->members[i].type;

            memcpy(flat + at, field->flat, field->flat_count);
            at += field->flat_count;
        }
    } else if (type->kind == TVN_KIND_S64 || type->kind == TVN_KIND_U64) {
        flat[0] = TVN_CORE_I64;
    } else if (type->kind == TVN_KIND_F32) {
        flat[0] = TVN_CORE_F32;
    } else if (type->kind == TVN_KIND_F64) {
        flat[0] = TVN_CORE_F64;
    } else if (type->flat_count > 1 && tvn_type_has_cases(type)) {
        flatten_cases(type, flat + 1); /* the discriminant is I32 = 0 */
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Interning. */

struct named {
    struct tvn_str name;
    uint32_t index;
};

static int
compare_str(struct tvn_str a, struct tvn_str b)
{
    int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
compare_named(const void *a, const void *b)
{
    return compare_str(
        ((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* Sets by_name.  TVN_EINVAL when two members have one name. */
static tvn_err
sort_names(struct tvn_types *types, struct tvn_type *type)
{
    struct named *named = tvn_mem_new(type->count, sizeof(*named));
    uint32_t *order = tvn_arena_new(&types->arena, type->count, sizeof(*order));
    tvn_err err = named == NULL || order == NULL ? TVN_ENOMEM : TVN_OK;

    for (uint32_t i = 0; err == TVN_OK && i < type->count; i++) {
        named[i] = (struct named){type->members[i].name, i};
    }
    if (err == TVN_OK) {
        qsort(named, type->count, sizeof(*named), compare_named);
    }
    for (uint32_t i = 0; err == TVN_OK && i < type->count; i++) {
        order[i] = named[i].index;
        if (i > 0 && tvn_str_equal(named[i - 1].name, named[i].name)) {
            err = TVN_EINVAL;
        }
    }
    type->by_name = order;
    tvn_mem_free(named, type->count, sizeof(*named));
    return err;
}

static void
key_u32(struct tvn_buf *key, uint32_t number)
{
    tvn_buf_append(key, &number, sizeof(number));
}

static void
write_key(struct tvn_types *types, const struct tvn_type *type)
{
    struct tvn_buf *key = &types->key;

    tvn_buf_clear(key);
    tvn_buf_append_byte(key, (char)type->kind);
    key_u32(key, type->elem == NULL ? 0 : type->elem->id + 1);
    key_u32(key, type->resource == NULL ? 0 : type->resource->id + 1);
    for (uint32_t i = 0; i < type->count; i++) {
        const struct tvn_member *member = &type->members[i];

        key_u32(key, member->type == NULL ? 0 : member->type->id + 1);
        key_u32(key, (uint32_t)member->name.len);
        tvn_buf_append_str(key, member->name);
    }
}

/* Sums up what is inside; asserts that it is of this table. */
static tvn_err
take_in(const struct tvn_types *types, struct tvn_type *type,
    const struct tvn_type *inner)
{
    if (inner == NULL) {
        type->nodes++;
        return TVN_OK;
    }
    TVN_ASSERT(inner->id < types->map.count);
    TVN_ASSERT(types->map.entries[inner->id].value == inner);
    type->nodes += inner->nodes;
    type->has_pointer |= inner->has_pointer;
    type->has_handle |= inner->has_handle;
    if (inner->depth >= type->depth) {
        type->depth = inner->depth + 1;
    }
    return type->depth > TVN_TYPE_DEPTH_MAX || type->nodes > TVN_TYPE_NODES_MAX
               ? TVN_ELIMIT
               : TVN_OK;
}

/* The copied members of `type`; names go to the arena too. */
static struct tvn_member *
copy_members(struct tvn_types *types, const struct tvn_type *type)
{
    struct tvn_member *members =
        tvn_arena_new(&types->arena, type->count, sizeof(*members));

    for (uint32_t i = 0; members != NULL && i < type->count; i++) {
        members[i].type = type->members[i].type;
        members[i].name = tvn_arena_str(&types->arena, type->members[i].name);
        if (members[i].name.ptr == NULL) {
            return NULL;
        }
    }
    return members;
}

/* A new type from a draft whose key is in types->key. */
static tvn_err
make(struct tvn_types *types, const struct tvn_type *draft,
    const struct tvn_type **out)
{
    struct tvn_type *type = tvn_arena_new(&types->arena, 1, sizeof(*type));
    struct tvn_member *members = copy_members(types, draft);
    struct tvn_str key = tvn_arena_str(&types->arena, tvn_buf_str(&types->key));
    tvn_err err = TVN_OK;

    if (type == NULL || members == NULL || key.ptr == NULL) {
        return TVN_ENOMEM;
    }
    *type = *draft;
    type->members = members;
    type->id = (uint32_t)types->map.count;
    type->depth = 1;
    type->nodes = 1;
    type->has_pointer =
        type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_LIST;
    type->has_handle = type->resource != NULL;
    if (type->elem != NULL) {
        err = take_in(types, type, type->elem);
    }
    for (uint32_t i = 0; err == TVN_OK && i < type->count; i++) {
        err = take_in(types, type, members[i].type);
    }
    if (err == TVN_OK && type->count > 0 && type->kind != TVN_KIND_TUPLE) {
        err = sort_names(types, type);
    }
    if (err == TVN_OK) {
        err = lay_out(type, members);
    }
    if (err == TVN_OK) {
        err = flatten(types, type);
    }
    type->is_plain_to_lower = !type->has_pointer && !type->has_handle;
    type->is_plain_to_lift &= type->is_plain_to_lower;
    if (err == TVN_OK) {
        err = tvn_map_add(&types->map, key, type);
    }
    if (err == TVN_OK) {
        *out = type;
    }
    return err;
}

static tvn_err
intern(struct tvn_types *types, const struct tvn_type *draft,
    const struct tvn_type **out)
{
    const struct tvn_type *found;

    write_key(types, draft);
    if (types->key.failed) {
        return TVN_ENOMEM;
    }
    found = tvn_map_find(&types->map, tvn_buf_str(&types->key));
    if (found != NULL) {
        *out = found;
        return TVN_OK;
    }
    return make(types, draft, out);
}

tvn_err
tvn_type_scalar(
    struct tvn_types *types, enum tvn_kind kind, const struct tvn_type **out)
{
    struct tvn_type draft = {.kind = kind};

    return kind > TVN_KIND_STRING ? TVN_EINVAL : intern(types, &draft, out);
}

tvn_err
tvn_type_list(struct tvn_types *types, const struct tvn_type *elem,
    const struct tvn_type **out)
{
    struct tvn_type draft = {.kind = TVN_KIND_LIST, .elem = elem};

    return elem == NULL ? TVN_EINVAL : intern(types, &draft, out);
}

tvn_err
tvn_type_option(struct tvn_types *types, const struct tvn_type *some,
    const struct tvn_type **out)
{
    struct tvn_member cases[] = {
        {.name = TVN_STR("none")},
        {.name = TVN_STR("some"), .type = some},
    };
    struct tvn_type draft = {
        .kind = TVN_KIND_OPTION, .members = cases, .count = 2};

    return some == NULL ? TVN_EINVAL : intern(types, &draft, out);
}

tvn_err
tvn_type_result(struct tvn_types *types, const struct tvn_type *ok,
    const struct tvn_type *error, const struct tvn_type **out)
{
    struct tvn_member cases[] = {
        {.name = TVN_STR("ok"), .type = ok},
        {.name = TVN_STR("error"), .type = error},
    };
    struct tvn_type draft = {
        .kind = TVN_KIND_RESULT, .members = cases, .count = 2};

    return intern(types, &draft, out);
}

tvn_err
tvn_type_members(struct tvn_types *types, enum tvn_kind kind,
    const struct tvn_member *members, uint32_t count,
    const struct tvn_type **out)
{
    bool has_labels = kind == TVN_KIND_ENUM || kind == TVN_KIND_FLAGS;
    bool has_fields = kind == TVN_KIND_RECORD || kind == TVN_KIND_TUPLE;
    struct tvn_type draft = {.kind = kind, .members = members, .count = count};

    if ((!has_labels && !has_fields && kind != TVN_KIND_VARIANT) ||
        count == 0) {
        return TVN_EINVAL;
    }
    if (count > TVN_TYPE_MEMBERS_MAX ||
        (kind == TVN_KIND_FLAGS && count > TVN_FLAGS_MAX)) {
        return TVN_ELIMIT;
    }
    for (uint32_t i = 0; i < count; i++) {
        if ((members[i].name.len == 0) != (kind == TVN_KIND_TUPLE) ||
            (has_labels && members[i].type != NULL) ||
            (has_fields && members[i].type == NULL)) {
            return TVN_EINVAL;
        }
    }
    return intern(types, &draft, out);
}

tvn_err
tvn_type_handle(struct tvn_types *types, enum tvn_kind kind,
    const struct tvn_resource *resource, const struct tvn_type **out)
{
    struct tvn_type draft = {.kind = kind, .resource = resource};

    TVN_ASSERT(kind == TVN_KIND_OWN || kind == TVN_KIND_BORROW);
    TVN_ASSERT(resource->id < types->resource_count);
    return intern(types, &draft, out);
}

tvn_err
tvn_type_resource(struct tvn_types *types, struct tvn_str name, uint32_t index,
    const struct tvn_resource **out)
{
    struct tvn_resource *made = tvn_arena_new(&types->arena, 1, sizeof(*made));
    struct tvn_str copy = tvn_arena_str(&types->arena, name);

    if (made == NULL || copy.ptr == NULL) {
        return TVN_ENOMEM;
    }
    *made = (struct tvn_resource){copy, types->resource_count++, index};
    *out = made;
    return TVN_OK;
}

int
tvn_type_find(const struct tvn_type *type, struct tvn_str name)
{
    uint32_t low = 0;
    uint32_t high = type->by_name == NULL ? 0 : type->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t index = type->by_name[middle];
        int order =
            name.len == 0 ? -1 : compare_str(name, type->members[index].name);

        if (order == 0) {
            return (int)index;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return -1;
}

bool
tvn_type_has_cases(const struct tvn_type *type)
{
    return type->kind == TVN_KIND_VARIANT || type->kind == TVN_KIND_ENUM ||
           type->kind == TVN_KIND_OPTION || type->kind == TVN_KIND_RESULT;
}
