/* jsoncodec.c -- makes the tree of nodes that reading and writing walk; see
 * jsoncodec.h. */
#include "value/jsoncodec.h"

#include "base/assert.h"
#include "base/jsonout.h"
#include "base/map.h"
#include "base/mem.h"
#include "value/jsoncodec_node.h"

#include <ctype.h>
#include <stdlib.h>

#define POOL_FIRST 16384u

struct make {
    struct tvn_jsoncodec *codec;
    const struct tvn_jsoncodec_opts *opts;
    struct tvn_map shared; /* type id -> node, of places without a path */
    struct tvn_buf path;   /* WIT names down to the node at hand */
    struct tvn_buf text;   /* scratch */
    bool *used;            /* of each rename */
    struct tvn_diag *diag;
};

static tvn_err make_node(struct make *make, const struct tvn_type *type,
    const struct tvn__json_node **out);

/* ------------------------------------------------------------------------
 * Names. */

void
tvn__json_spell(
    struct tvn_buf *out, struct tvn_str name, enum tvn_json_names names)
{
    bool starts_word = names == TVN_JSON_PASCAL;

    if (names == TVN_JSON_KEBAB) {
        tvn_buf_append_str(out, name);
        return;
    }
    for (size_t i = 0; i < name.len; i++) {
        int byte = (unsigned char)name.ptr[i];

        if (byte == '-') {
            starts_word = names != TVN_JSON_SNAKE;
            if (names == TVN_JSON_SNAKE) {
                tvn_buf_append_byte(out, '_');
            }
            continue;
        }
        byte = starts_word ? toupper(byte) : tolower(byte);
        starts_word = false;
        tvn_buf_append_byte(out, (char)byte);
    }
}

/* Compares keys: length first. */
static int
compare_keys(struct tvn_str a, const char *ptr, size_t len)
{
    return a.len != len ? (a.len > len) - (a.len < len)
                        : memcmp(a.ptr, ptr, len);
}

uint32_t
tvn__json_find(const struct tvn__json_node *node, const char *key, size_t len)
{
    uint32_t low = 0;
    uint32_t high = node->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t index = node->order[middle];
        int order = compare_keys(node->members[index].key, key, len);

        if (order == 0) {
            return index;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return UINT32_MAX;
}

static bool
is_path(struct tvn_str field)
{
    return memchr(field.ptr, '.', field.len) != NULL;
}

/* True when some rename's path leads below the path at hand. */
static bool
leads_below(const struct make *make)
{
    struct tvn_str path = tvn_buf_str(&make->path);

    for (uint32_t i = 0; i < make->opts->rename_count; i++) {
        struct tvn_str field = make->opts->renames[i].field;

        if (path.len == 0
                ? is_path(field)
                : field.len > path.len && field.ptr[path.len] == '.' &&
                      memcmp(field.ptr, path.ptr, path.len) == 0) {
            return true;
        }
    }
    return false;
}

/* The key that a rename gives the member whose path is in make->path; its
 * ptr is NULL when none does.  A path counts more than a bare name. */
static struct tvn_str
renamed(struct make *make, enum tvn_kind kind, struct tvn_str name)
{
    struct tvn_str key = {NULL, 0};

    for (uint32_t i = 0; i < make->opts->rename_count; i++) {
        const struct tvn_json_rename *rename = &make->opts->renames[i];

        if (tvn_str_equal(rename->field, tvn_buf_str(&make->path))) {
            make->used[i] = true;
            return rename->key;
        }
        if (kind == TVN_KIND_RECORD && tvn_str_equal(rename->field, name)) {
            make->used[i] = true;
            key = rename->key;
        }
    }
    return key;
}

/* ------------------------------------------------------------------------
 * Nodes. */

static tvn_err
make_key(struct make *make, const struct tvn_type *type, uint32_t index,
    struct tvn__json_member *member)
{
    struct tvn_arena *arena = &make->codec->arena;
    struct tvn_str name = type->members[index].name;
    struct tvn_str key = renamed(make, type->kind, name);

    tvn_buf_clear(&make->text);
    if (key.ptr != NULL) {
        tvn_buf_append_str(&make->text, key);
    } else if (type->kind == TVN_KIND_RESULT) {
        tvn_buf_append_text(&make->text, index == 0 ? "ok" : "err");
    } else {
        tvn__json_spell(&make->text, name,
            type->kind == TVN_KIND_RECORD ? make->opts->names : TVN_JSON_KEBAB);
    }
    if (make->text.failed || make->path.failed) {
        return TVN_ENOMEM;
    }
    member->key = tvn_arena_str(arena, tvn_buf_str(&make->text));
    tvn_buf_clear(&make->text);
    tvn_buf_append_byte(&make->text, ',');
    if (member->key.ptr != NULL) {
        tvn_json_quote(&make->text, member->key);
    }
    tvn_buf_append_byte(&make->text, ':');
    member->quoted = tvn_arena_str(arena, tvn_buf_str(&make->text));
    return make->text.failed || member->key.ptr == NULL ||
                   member->quoted.ptr == NULL
               ? TVN_ENOMEM
               : TVN_OK;
}

static tvn_err
make_member(struct make *make, const struct tvn_type *type, uint32_t index,
    struct tvn__json_member *member)
{
    size_t before = make->path.len;
    tvn_err err = TVN_OK;

    if (before > 0) {
        tvn_buf_append_byte(&make->path, '.');
    }
    if (type->kind == TVN_KIND_TUPLE) {
        tvn_buf_printf(&make->path, "%u", (unsigned)index);
    } else {
        tvn_buf_append_str(&make->path, type->members[index].name);
        err = make_key(make, type, index, member);
    }
    member->offset = type->members[index].offset;
    if (err == TVN_OK && type->members[index].type != NULL) {
        err = make_node(make, type->members[index].type, &member->node);
    }
    make->path.len = before;
    return err;
}

struct keyed {
    struct tvn_str key;
    uint32_t index;
};

static int
compare_keyed(const void *a, const void *b)
{
    const struct keyed *left = a;
    const struct keyed *right = b;

    return compare_keys(left->key, right->key.ptr, right->key.len);
}

static tvn_err
sort_keys(struct make *make, struct tvn__json_node *node)
{
    struct keyed *keyed = tvn_mem_new(node->count, sizeof(*keyed));
    uint32_t *order =
        tvn_arena_new(&make->codec->arena, node->count, sizeof(*order));
    tvn_err err = keyed == NULL || order == NULL ? TVN_ENOMEM : TVN_OK;

    for (uint32_t i = 0; err == TVN_OK && i < node->count; i++) {
        keyed[i] = (struct keyed){node->members[i].key, i};
    }
    if (err == TVN_OK) {
        qsort(keyed, node->count, sizeof(*keyed), compare_keyed);
    }
    for (uint32_t i = 0; err == TVN_OK && i < node->count; i++) {
        order[i] = keyed[i].index;
        if (i > 0 && compare_keyed(&keyed[i - 1], &keyed[i]) == 0) {
            const struct tvn_member *members = node->type->members;

            err = tvn_diag_error(make->diag, TVN_EJSON_NAMES, NULL,
                "'%.*s' and '%.*s' would both be \"%.*s\" in JSON",
                TVN_STR_ARG(members[keyed[i - 1].index].name),
                TVN_STR_ARG(members[keyed[i].index].name),
                TVN_STR_ARG(keyed[i].key));
        }
    }
    node->order = order;
    tvn_mem_free(keyed, node->count, sizeof(*keyed));
    return err;
}

static tvn_err
make_members(struct make *make, struct tvn__json_node *node)
{
    const struct tvn_type *type = node->type;
    struct tvn__json_member *members =
        tvn_arena_new(&make->codec->arena, type->count, sizeof(*members));
    tvn_err err = members == NULL ? TVN_ENOMEM : TVN_OK;

    node->members = members;
    node->count = type->count;
    for (uint32_t i = 0; err == TVN_OK && i < type->count; i++) {
        err = make_member(make, type, i, &members[i]);
        if (err == TVN_OK && members[i].node != NULL &&
            members[i].node->words > node->words) {
            node->words = members[i].node->words;
        }
    }
    if (type->kind == TVN_KIND_RECORD && type->count > 64) {
        node->words += (type->count + 63) / 64;
    }
    if (err == TVN_OK && type->kind != TVN_KIND_TUPLE) {
        err = sort_keys(make, node);
    }
    return err;
}

static tvn_err
make_node(struct make *make, const struct tvn_type *type,
    const struct tvn__json_node **out)
{
    struct tvn_str id = {(const char *)&type->id, sizeof(type->id)};
    bool is_shared = !leads_below(make) && make->path.len > 0;
    struct tvn__json_node *node;
    tvn_err err = TVN_OK;

    *out = is_shared ? tvn_map_find(&make->shared, id) : NULL;
    if (*out != NULL) {
        return TVN_OK;
    }
    node = tvn_arena_new(&make->codec->arena, 1, sizeof(*node));
    if (node == NULL) {
        return TVN_ENOMEM;
    }
    node->type = type;
    node->kind = type->kind;
    (void)tvn__json_limits(type->kind, &node->min, &node->max);
    if (type->kind == TVN_KIND_LIST || type->kind == TVN_KIND_OPTION) {
        const struct tvn_type *elem =
            type->kind == TVN_KIND_LIST ? type->elem : type->members[1].type;

        node->is_bytes =
            type->kind == TVN_KIND_LIST && elem->kind == TVN_KIND_U8;
        node->is_wrapped =
            type->kind == TVN_KIND_OPTION && elem->kind == TVN_KIND_OPTION;
        err = make_node(make, elem, &node->elem);
        node->words = err == TVN_OK ? node->elem->words : 0;
    } else if (type->count > 0) {
        err = make_members(make, node);
    }
    if (err == TVN_OK && is_shared) {
        err = tvn_map_add(&make->shared, id, node);
    }
    *out = node;
    return err;
}

/* ------------------------------------------------------------------------
 * Public. */

static tvn_err
check_renames(const struct make *make)
{
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; i < make->opts->rename_count; i++) {
        if (!make->used[i]) {
            err = tvn_diag_error(make->diag, TVN_EJSON_NAMES, NULL,
                "rename: the type has no field '%.*s'",
                TVN_STR_ARG(make->opts->renames[i].field));
        }
    }
    return err;
}

static tvn_err
make_all(struct make *make, const struct tvn_type *type)
{
    struct tvn_jsoncodec *codec = make->codec;
    tvn_err err;

    codec->pool = tvn_mem_new(1, POOL_FIRST);
    codec->pool_size = POOL_FIRST;
    make->used = tvn_arena_new(
        &codec->arena, make->opts->rename_count, sizeof(*make->used));
    if (codec->pool == NULL || make->used == NULL) {
        return TVN_ENOMEM;
    }
    err = make_node(make, type, &codec->root);
    if (err == TVN_OK) {
        err = check_renames(make);
    }
    if (err == TVN_OK) {
        codec->seen = tvn_arena_new(
            &codec->arena, codec->root->words, sizeof(*codec->seen));
        err = codec->seen == NULL ? TVN_ENOMEM : TVN_OK;
    }
    return err;
}

tvn_err
tvn_jsoncodec_new(TVN_KEPT const struct tvn_type *type,
    const struct tvn_jsoncodec_opts *opts, TVN_GIVE struct tvn_jsoncodec **out,
    struct tvn_diag *diag)
{
    static const struct tvn_jsoncodec_opts none = {.names = TVN_JSON_SNAKE};
    struct make make = {.opts = opts == NULL ? &none : opts, .diag = diag};
    tvn_err err;

    TVN_ASSERT((unsigned)make.opts->names < TVN_JSON_NAMES_COUNT);
    if (type->has_handle) {
        return tvn_diag_error(diag, TVN_EUNSUPPORTED, NULL,
            "the type has handles of resources, which JSON cannot write");
    }
    make.codec = tvn_mem_new(1, sizeof(*make.codec));
    if (make.codec == NULL) {
        return TVN_ENOMEM;
    }
    make.codec->names = make.opts->names;
    make.codec->refuse_unknown = make.opts->refuse_unknown;
    make.codec->max_event = make.opts->max_event;
    err = make_all(&make, type);
    tvn_map_fini(&make.shared);
    tvn_buf_fini(&make.path);
    tvn_buf_fini(&make.text);
    if (err != TVN_OK) {
        tvn_jsoncodec_free(make.codec);
        return err;
    }
    *out = make.codec;
    return TVN_OK;
}

void
tvn_jsoncodec_free(struct tvn_jsoncodec *codec)
{
    if (codec != NULL) {
        tvn_mem_free(codec->pool, codec->pool_size, 1);
        tvn_arena_fini(&codec->arena);
        tvn_mem_free(codec, 1, sizeof(*codec));
    }
}

uint64_t
tvn_jsoncodec_unknown(const struct tvn_jsoncodec *codec)
{
    return codec->unknown;
}
