/* handles.c -- fuzz: operations on a handle table, six bytes each, against a
 * model; allocations fail now and then. */
#include "component/handles.h"

#include "base/mem.h"
#include "fuzz/handles_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
step(struct rig *rig, const uint8_t op[6])
{
    struct entry *entry = &rig->model[op[1]];
    uint32_t handle = op[1] % 32 == 31 ? (uint32_t)op[1] << 24 : op[1];
    uint32_t r = op[2] % 2;
    bool is_there = handle < MODEL_MAX && entry->resource == r + 1;
    bool is_free = is_there && entry->lends[0] + entry->lends[1] == 0;
    uint32_t rep = (uint32_t)op[3] << 24 | op[4];
    uint32_t got = 0;
    bool is_own = false;
    const char *why;

    if (op[0] % 10 < 3 && rig->table.live == MODEL_MAX - 1) {
        return;
    }
    switch (op[0] % 10) {
    case 0:
        why = tvn_handle_new(&rig->table, rig->defs[r].type, rep, &got);
        came(rig, why, got, &(struct entry){r + 1, rep, {0, 0}, true, 0});
        break;
    case 1:
        why = give(rig, rig->own[r], rep, &got);
        came(rig, why, got, &(struct entry){r + 1, rep, {0, 0}, true, 0});
        break;
    case 2:
        why = give(rig, rig->borrow[r], rep, &got);
        if (r == 0) { /* of its own */
            TVN_ASSERT(why == NULL && got == rep);
        } else {
            came(rig, why, got,
                &(struct entry){2, rep, {0, 0}, false, rig->borrows});
        }
        break;
    case 3:
        is_free &= entry->is_own;
        why = take(rig, rig->own[r], handle, &got);
        went(rig, why, is_free, got, handle);
        break;
    case 4:
        why = take(rig, rig->borrow[r], handle, &got);
        TVN_ASSERT((why == NULL) == is_there || is_no_memory(why));
        TVN_ASSERT(why != NULL || got == entry->rep);
        entry->lends[rig->lends] += why == NULL;
        break;
    case 5:
        why = tvn_handle_drop(
            &rig->table, rig->defs[r].type, handle, &is_own, &got);
        TVN_ASSERT(why != NULL || is_own == entry->is_own);
        went(rig, why, is_free, got, handle);
        break;
    case 6:
        why = tvn_handle_rep(&rig->table, rig->defs[r].type, handle, &got);
        TVN_ASSERT((why == NULL) == is_there);
        TVN_ASSERT(why != NULL || got == entry->rep);
        break;
    case 7:
        end_scope(rig, r);
        break;
    case 8:
        rig->lends = r;
        break;
    default:
        rig->borrows = r;
        break;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rig rig;

    rig_open(&rig);
    for (; size >= 6; data += 6, size -= 6) {
        rig.table.lends = &rig.scopes[rig.lends];
        rig.table.borrows = &rig.scopes[rig.borrows];
        tvn_mem_fail_after(data[5] > 250 ? 0 : -1);
        step(&rig, data);
        tvn_mem_fail_after(-1);
        rig_check(&rig);
    }
    rig_close(&rig);
    return 0;
}
