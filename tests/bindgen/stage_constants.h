/* stage_constants.h -- asserts on what the header calls cases and labels.
 *
 * A constant is TYPE_CASE; one that collides has another name, so only those
 * are asserted that the header has and that can be but one type's.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_STAGE_CONSTANTS_H
#define TVN_TESTS_BINDGEN_STAGE_CONSTANTS_H

#include "bindgen/stage.h"

struct stage_constant {
    char name[2 * NAME_MAX_LEN];
    uint64_t value;
};

/* All that there could be, and what the header has. */
struct stage_constants {
    struct stage_constant *items;
    uint32_t count, max;
    bool is_counting; /* the first time: only count */
};

static inline void
stage_upper(struct tvn_str name, char *out)
{
    for (size_t i = 0; i < name.len; i++) {
        *out++ = name.ptr[i] == '-' ? '_'
                                    : (char)toupper((unsigned char)name.ptr[i]);
    }
    *out = '\0';
}

static inline void
stage_add_constants(
    struct stage_constants *all, const struct tvn_extern *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct tvn_type *type = items[i].type;

        if (items[i].kind != TVN_EXTERN_TYPE ||
            (type->kind != TVN_KIND_ENUM && type->kind != TVN_KIND_FLAGS &&
                type->kind != TVN_KIND_VARIANT)) {
            continue;
        }
        for (uint32_t k = 0; k < type->count; k++) {
            struct stage_constant *constant;

            if (all->is_counting) {
                all->count++;
                continue;
            }
            constant = &all->items[all->count++];
            TVN_ASSERT(all->count <= all->max);
            stage_upper(items[i].name, constant->name);
            (void)strncat(constant->name, "_", 2);
            stage_upper(
                type->members[k].name, constant->name + strlen(constant->name));
            constant->value =
                type->kind == TVN_KIND_FLAGS ? UINT64_C(1) << k : k;
        }
    }
}

static inline void
stage_find_constants(const struct tvn_wit *wit, struct stage_constants *all)
{
    all->count = 0;
    for (uint32_t i = 0; i < wit->interface_count; i++) {
        stage_add_constants(
            all, wit->interfaces[i].items, wit->interfaces[i].item_count);
    }
    for (uint32_t i = 0; i < wit->world_count; i++) {
        stage_add_constants(
            all, wit->worlds[i].types, wit->worlds[i].type_count);
    }
}

static inline int
stage_compare(const void *a, const void *b)
{
    const struct stage_constant *left = a;
    const struct stage_constant *right = b;

    return strcmp(left->name, right->name);
}

static inline bool
stage_has_word(const char *header, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = strstr(header, word); at != NULL;
         at = strstr(at + 1, word)) {
        if (!stage_is_word(at[-1]) && !stage_is_word(at[len])) {
            return true;
        }
    }
    return false;
}

/* Appends an assert for each; how many. */
static inline unsigned
stage_constants(struct stage *stage, const struct tvn_wit *wit)
{
    const char *header = tvn_buf_text(&stage->code->header);
    struct stage_constants all = {.is_counting = true};
    unsigned asserts = 0;

    stage_find_constants(wit, &all);
    if (all.count == 0) {
        return 0;
    }
    all.max = all.count;
    all.is_counting = false;
    all.items = tvn_mem_new(all.max, sizeof(*all.items));
    TVN_ASSERT(all.items != NULL);
    stage_find_constants(wit, &all);
    qsort(all.items, all.count, sizeof(*all.items), stage_compare);
    for (uint32_t i = 0, next; i < all.count; i = next) {
        bool is_single = true;

        for (next = i + 1; next < all.count &&
                           stage_compare(&all.items[i], &all.items[next]) == 0;
             next++) {
            is_single &= all.items[i].value == all.items[next].value;
        }
        if (is_single && stage_has_word(header, all.items[i].name)) {
            tvn_buf_printf(&stage->out,
                "SAME((uint64_t)%s == %lluu, \"%s\");\n", all.items[i].name,
                (unsigned long long)all.items[i].value, all.items[i].name);
            asserts++;
        }
    }
    tvn_mem_free(all.items, all.max, sizeof(*all.items));
    return asserts;
}

#endif
