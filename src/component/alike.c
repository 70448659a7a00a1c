/* alike.c -- does an item fit what is declared of it?
 *
 * As far as it takes to run it: handles are compared by kind, not by whose
 * resource they are.  The whole answer is the validator's. */
#include "component/internal.h"

static bool
type_alike(const struct tvn_type *a, const struct tvn_type *b)
{
    if (a == b) {
        return true;
    }
    if (a == NULL || b == NULL || a->kind != b->kind || !a->has_handle ||
        !b->has_handle || a->count != b->count) {
        return false; /* interned */
    }
    if (a->elem != NULL && !type_alike(a->elem, b->elem)) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        if (!tvn_str_equal(a->members[i].name, b->members[i].name) ||
            !type_alike(a->members[i].type, b->members[i].type)) {
            return false;
        }
    }
    return true;
}

static bool
func_alike(const struct tvn_func_type *a, const struct tvn_func_type *b)
{
    if (a == b) {
        return true;
    }
    if (a == NULL || b == NULL || a->param_count != b->param_count ||
        !type_alike(a->result, b->result)) {
        return false;
    }
    for (uint32_t i = 0; i < a->param_count; i++) {
        if (!type_alike(a->params[i].type, b->params[i].type) ||
            !tvn_str_equal(a->params[i].name, b->params[i].name)) {
            return false;
        }
    }
    return true;
}

static bool
flat_item_fits(const struct tvn__item *item, const struct tvn__item *want)
{
    if (item->kind != want->kind) {
        return false;
    }
    switch (want->kind) {
    case TVN__ITEM_FUNC:
        return item->def.refused == want->def.refused &&
               func_alike(item->def.func, want->def.func);
    case TVN__ITEM_TYPE:
        return item->def.kind == want->def.kind &&
               item->def.refused == want->def.refused &&
               type_alike(item->def.value, want->def.value);
    case TVN__ITEM_INSTANCE:
    case TVN__ITEM_COMPONENT:
    case TVN__ITEM_MODULE:
        break; /* by how they are used */
    }
    return true;
}

bool
tvn__item_fits(struct tvn__decoder *d, const struct tvn__item *item,
    const struct tvn__item *want)
{
    const struct tvn__list *list = want->def.instance;

    if (!flat_item_fits(item, want)) {
        return false;
    }
    if (want->kind != TVN__ITEM_INSTANCE) {
        return true;
    }
    if (!tvn__spend(d, list->count)) {
        return false;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        const struct tvn__item *found =
            tvn__find(item->def.instance, list->items[i].name);

        if (found == NULL || !flat_item_fits(found, &list->items[i])) {
            return false;
        }
    }
    return true;
}
