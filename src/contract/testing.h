/* testing.h -- faces of stages for tests, here and above.
 *
 *     func = tvn_testing_func(&kit, "process: func(event: u64) -> string");
 *     item = tvn_testing_instance(&kit, "a:b/c", texts);
 *     face = tvn_testing_face(&kit, exports, imports);
 *
 * A text without ": func(" names a type: "departure = record { id: u64 }".
 * Everything asserts instead of failing.  Threads: none. */
#ifndef TVN_CONTRACT_TESTING_H
#define TVN_CONTRACT_TESTING_H

#include "base/arena.h"
#include "contract/role.h"
#include "value/testing.h"

#define TVN_TESTING_ITEMS_MAX 8u

struct tvn_testing_kit {
    struct tvn_types *types;
    struct tvn_arena arena;
};

static inline void
tvn_testing_kit_init(struct tvn_testing_kit *kit)
{
    memset(kit, 0, sizeof(*kit));
    kit->types = tvn_types_new();
    TVN_ASSERT(kit->types != NULL);
}

static inline void
tvn_testing_kit_fini(struct tvn_testing_kit *kit)
{
    tvn_types_free(kit->types);
    tvn_arena_fini(&kit->arena);
}

static inline struct tvn_extern
tvn_testing_func(struct tvn_testing_kit *kit, const char *text)
{
    struct tvn_member *params =
        tvn_arena_new(&kit->arena, TVN_TESTING_ITEMS_MAX, sizeof(*params));
    struct tvn_func_type *func = tvn_arena_new(&kit->arena, 1, sizeof(*func));
    struct tvn_extern item = {.kind = TVN_EXTERN_FUNC};

    TVN_ASSERT(params != NULL && func != NULL);
    item.name = tvn_testing_name(&text);
    if (tvn_testing_eat(&text, "=")) {
        item.kind = TVN_EXTERN_TYPE;
        item.type = tvn_testing_parse(kit->types, text);
        return item;
    }
    TVN_ASSERT(tvn_testing_eat(&text, ": func("));
    func->params = params;
    while (!tvn_testing_eat(&text, ")")) {
        struct tvn_member *param = &params[func->param_count++];

        TVN_ASSERT(func->param_count <= TVN_TESTING_ITEMS_MAX);
        param->name = tvn_testing_name(&text);
        TVN_ASSERT(tvn_testing_eat(&text, ":"));
        param->type = tvn_testing_parse_at(kit->types, &text);
        (void)tvn_testing_eat(&text, ",");
    }
    if (tvn_testing_eat(&text, "->")) {
        func->result = tvn_testing_parse_at(kit->types, &text);
    }
    TVN_ASSERT(*text == '\0');
    item.func = func;
    return item;
}

/* `texts` end with NULL; `*count` is how many there are. */
static inline const struct tvn_extern *
tvn_testing_items(
    struct tvn_testing_kit *kit, const char *const *texts, uint32_t *count)
{
    struct tvn_extern *items;

    for (*count = 0; texts[*count] != NULL; (*count)++) {
    }
    items = tvn_arena_new(&kit->arena, *count, sizeof(*items));
    TVN_ASSERT(items != NULL);
    for (uint32_t i = 0; i < *count; i++) {
        items[i] = tvn_testing_func(kit, texts[i]);
    }
    return items;
}

static inline struct tvn_extern
tvn_testing_instance(
    struct tvn_testing_kit *kit, const char *name, const char *const *texts)
{
    struct tvn_extern item = {
        .name = tvn_str_of(name), .kind = TVN_EXTERN_INSTANCE};

    item.items = tvn_testing_items(kit, texts, &item.item_count);
    return item;
}

/* Texts of items; one that starts with '@' opens an interface of that name,
 * to which the following ones belong: "@shop:flights/stage@1.0.0". */
static inline const struct tvn_extern *
tvn_testing_externs(
    struct tvn_testing_kit *kit, const char *const *texts, uint32_t *count)
{
    struct tvn_extern *items =
        tvn_arena_new(&kit->arena, 2 * TVN_TESTING_ITEMS_MAX, sizeof(*items));
    const char *inner[TVN_TESTING_ITEMS_MAX + 1];

    TVN_ASSERT(items != NULL);
    *count = 0;
    while (texts != NULL && *texts != NULL) {
        const char *text = *texts++;
        uint32_t k = 0;

        TVN_ASSERT(*count < 2 * TVN_TESTING_ITEMS_MAX);
        if (text[0] != '@') {
            items[(*count)++] = tvn_testing_func(kit, text);
            continue;
        }
        while (*texts != NULL && (*texts)[0] != '@') {
            TVN_ASSERT(k < TVN_TESTING_ITEMS_MAX);
            inner[k++] = *texts++;
        }
        inner[k] = NULL;
        items[(*count)++] = tvn_testing_instance(kit, text + 1, inner);
    }
    return items;
}

/* Either may be NULL: none. */
static inline struct tvn_role_face
tvn_testing_face(struct tvn_testing_kit *kit, const char *const *exports,
    const char *const *imports)
{
    struct tvn_role_face face = {
        .place = {
            .path = "torvyn.yaml", .line = 7, .column = 3, .what = "stage s"}};

    face.exports = tvn_testing_externs(kit, exports, &face.export_count);
    face.imports = tvn_testing_externs(kit, imports, &face.import_count);
    return face;
}

/* Prints what differs and asserts. */
static inline void
tvn_testing_same_text(struct tvn_str got, const char *want)
{
    if (!tvn_str_is(got, want)) {
        fprintf(
            stderr, "--- got:\n%.*s\n--- want:\n%s\n", TVN_STR_ARG(got), want);
        abort();
    }
}

/* The findings, as they are printed. */
static inline void
tvn_testing_same_diag(const struct tvn_diag *diag, const char *want)
{
    struct tvn_buf buf = {0};

    tvn_diag_print(diag, &buf);
    tvn_testing_same_text(tvn_buf_str(&buf), want);
    tvn_buf_fini(&buf);
}

/* The type printed whole; "-" stands for NULL. */
static inline void
tvn_testing_same_type(const struct tvn_type *type, const char *want)
{
    struct tvn_buf buf = {0};

    if (type == NULL) {
        tvn_buf_append_text(&buf, "-");
    } else {
        tvn_type_print(type, 0, &buf);
    }
    tvn_testing_same_text(tvn_buf_str(&buf), want);
    tvn_buf_fini(&buf);
}

#endif
