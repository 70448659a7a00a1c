/* object.c -- the table of what a guest holds.
 *
 * A representation is a slot and how often the slot was taken before: one
 * that was dropped, or that never was, finds nothing.  Whatever number comes
 * in, the worst is another object of the same guest and of the same kind. */
#include "engine/wasi/internal.h"

#include "base/assert.h"

#include <string.h>
#include <unistd.h>

#define SLOT_BITS       8u
#define GENERATION_MASK (UINT32_MAX >> SLOT_BITS)
_Static_assert(TVN__WASI_OBJECTS_MAX == 1u << SLOT_BITS, "slots");

static const char *const kinds[] = {
    [TVN__WASI_FREE] = "nothing",
    [TVN__WASI_ERROR] = "error",
    [TVN__WASI_POLLABLE] = "pollable",
    [TVN__WASI_INPUT] = "input-stream",
    [TVN__WASI_OUTPUT] = "output-stream",
    [TVN__WASI_TERMINAL_IN] = "terminal-input",
    [TVN__WASI_TERMINAL_OUT] = "terminal-output",
    [TVN__WASI_DESCRIPTOR] = "descriptor",
    [TVN__WASI_ENTRIES] = "directory-entry-stream",
};

static struct tvn__wasi_object *
find(struct tvn_wasi *wasi, uint32_t rep, enum tvn__wasi_kind kind)
{
    struct tvn__wasi_object *object =
        &wasi->objects[rep & (TVN__WASI_OBJECTS_MAX - 1)];

    return object->kind == kind && object->generation == rep >> SLOT_BITS
               ? object
               : NULL;
}

tvn_err
tvn__wasi_get(struct tvn__wasi_call *call, uint32_t rep,
    enum tvn__wasi_kind kind, struct tvn__wasi_object **out)
{
    struct tvn__wasi_object *object = find(call->wasi, rep, kind);

    if (object == NULL) {
        return tvn__wasi_trap(call, "%u is no %s", rep, kinds[kind]);
    }
    *out = object;
    return TVN_OK;
}

tvn_err
tvn__wasi_get_self(struct tvn__wasi_call *call, enum tvn__wasi_kind kind,
    struct tvn__wasi_object **out)
{
    struct tvn__wasi_self args;

    memcpy(&args, call->args, sizeof(args));
    return tvn__wasi_get(call, args.self, kind, out);
}

struct tvn__wasi_object *
tvn__wasi_object_new(
    struct tvn_wasi *wasi, enum tvn__wasi_kind kind, uint32_t *rep)
{
    struct tvn__wasi_object *object = wasi->objects;
    uint32_t slot = 0;

    if (wasi->object_count == TVN__WASI_OBJECTS_MAX) {
        return NULL;
    }
    while (object->kind != TVN__WASI_FREE) {
        object++;
        slot++;
    }
    /* Never 0, so that no representation is. */
    object->generation = object->generation % GENERATION_MASK + 1;
    object->kind = kind;
    object->fd = -1;
    memset(&object->u, 0, sizeof(object->u));
    wasi->object_count++;
    *rep = object->generation << SLOT_BITS | slot;
    return object;
}

tvn_err
tvn__wasi_make(struct tvn__wasi_call *call, enum tvn__wasi_kind kind,
    struct tvn__wasi_object **out, uint32_t *rep)
{
    struct tvn__wasi_object *object =
        tvn__wasi_object_new(call->wasi, kind, rep);

    if (object == NULL) {
        return tvn__wasi_trap(call,
            "the stage holds more than %u streams, descriptors and pollables",
            TVN__WASI_OBJECTS_MAX);
    }
    *out = object;
    return TVN_OK;
}

struct result_handle {
    uint8_t is_error;
    uint8_t pad[3];
    uint32_t rep;
};
_Static_assert(sizeof(struct result_handle) == 8, "result<own<..>, ..>");

tvn_err
tvn__wasi_end_new(struct tvn__wasi_call *call, uint32_t rep,
    enum tvn__wasi_kind kind, int error)
{
    const struct result_handle out = {.rep = rep};

    if (error != 0) {
        tvn__wasi_drop(call->wasi, rep, kind);
        return tvn__wasi_end(call, error);
    }
    tvn__wasi_put(call, &out, sizeof(out));
    return TVN_OK;
}

static void
release(struct tvn_wasi *wasi, struct tvn__wasi_object *object)
{
    TVN_ASSERT(wasi->object_count > 0);

    if (object->kind == TVN__WASI_ENTRIES && object->u.entries != NULL) {
        (void)closedir(object->u.entries); /* only read */
    }
    if (object->fd >= 0) {
        (void)close(object->fd); /* writes have told their errors before */
    }
    object->kind = TVN__WASI_FREE;
    object->fd = -1;
    wasi->object_count--;
}

void
tvn__wasi_drop(struct tvn_wasi *wasi, uint32_t rep, enum tvn__wasi_kind kind)
{
    struct tvn__wasi_object *object = find(wasi, rep, kind);

    if (object != NULL) {
        release(wasi, object);
    }
}

void
tvn__wasi_drop_all(struct tvn_wasi *wasi)
{
    for (uint32_t i = 0; i < TVN__WASI_OBJECTS_MAX; i++) {
        if (wasi->objects[i].kind != TVN__WASI_FREE) {
            release(wasi, &wasi->objects[i]);
        }
    }
}
