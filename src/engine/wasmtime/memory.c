/* memory.c -- guest memory as plans see it, and the realloc behind it.
 *
 * Most stages in C have the SDK's realloc, which moves a pointer on in an
 * arena; to enter the guest for that costs ten times the work.  So the guest
 * exports where its arena's struct is (sdk/c/torvyn.h), and the host moves the
 * pointer itself, as cabi_realloc(0, 0, align, size) would:
 *
 *     0  next      4  end         free memory of the chunk in use
 *     8  base      12 base_end    where a new call begins
 *     16 chunks                   not 0: more chunks, the guest's to free
 *     20 is_done                  not 0: a call has ended
 *
 * Whatever the guest writes there, what comes out is checked as any realloc's
 * result.  Where the arena has no room, or chunks to free, the guest is
 * called. */
#include "base/assert.h"
#include "base/guest_check.h"
#include "engine/wasmtime/internal.h"

#include <string.h>

/* A size that has grown since is found out when a check fails (plan.h). */
static void
refresh(struct tvn_memory *memory)
{
    struct tvn__guest_memory *guest = memory->guest;
    wasmtime_context_t *context = guest->instance->context;

    if (!guest->has_memory) {
        return;
    }
    memory->base = wasmtime_memory_data(context, &guest->handle);
    memory->size = wasmtime_memory_data_size(context, &guest->handle);
}

tvn_err
tvn__guest_call(struct tvn_instance *instance, struct tvn__part *part,
    const wasmtime_func_t *func, union tvn_slot *slots, uint32_t count,
    bool is_new, const char *what)
{
    bool is_outer = instance->state == TVN__READY;
    wasm_trap_t *trap = NULL;
    wasmtime_error_t *error;

    if (is_outer) {
        instance->state = TVN__INSIDE;
        instance->limit.was_refused = instance->limit.was_refused && !is_new;
        tvn__pulse_begin(instance->ticker, &instance->pulse, is_new);
    }
    part->may_leave = false;
    error = wasmtime_func_call_unchecked(
        instance->context, func, tvn__raw(slots), count, &trap);
    part->may_leave = true;
    if (is_outer) {
        tvn__pulse_end(&instance->pulse);
        instance->state = TVN__READY; /* no import ran that could kill it */
    }
    if (error != NULL || trap != NULL) {
        return tvn__fail_call(instance, what, error, trap);
    }
    return TVN_OK;
}

#define ARENA_SIZE 24u

/* False when the guest has to do it. */
static inline bool
alloc_in_arena(struct tvn__guest_memory *guest, uint32_t align, uint32_t size,
    uint32_t *ptr)
{
    const struct tvn_memory *memory = &guest->memory;
    uint8_t *arena;
    uint32_t words[6];
    uint64_t at;

    if (!guest->has_arena ||
        !TVN_GUEST_CHECK(
            308, (uint64_t)guest->arena + ARENA_SIZE <= memory->size)) {
        return false;
    }
    arena = memory->base + guest->arena;
    memcpy(words, arena, ARENA_SIZE);
    if (words[5] != 0) { /* begins anew */
        if (words[4] != 0) {
            return false;
        }
        words[0] = words[2];
        words[1] = words[3];
        words[5] = 0;
    }
    at = ((uint64_t)words[0] + align - 1) & ~(uint64_t)(align - 1);
    if (at + size > words[1]) {
        return false;
    }
    *ptr = (uint32_t)at;
    words[0] = (uint32_t)(at + size);
    memcpy(arena, words, ARENA_SIZE);
    return true;
}

/* The first one for a call starts the call's time. */
static tvn_err
resize_in_guest(struct tvn_memory *memory, uint32_t old, uint32_t old_size,
    uint32_t align, uint32_t size, uint32_t *ptr)
{
    struct tvn__guest_memory *guest = memory->guest;
    struct tvn_instance *instance = guest->instance;
    bool is_new = !instance->is_lowering;
    union tvn_slot slots[4];
    tvn_err err;

    TVN_ASSERT(guest->has_realloc);
    if (instance->state == TVN__DEAD) {
        return TVN_ETRAP;
    }
    slots[0].u64 = old;
    slots[1].u64 = old_size;
    slots[2].u64 = align;
    slots[3].u64 = size;
    if (instance->state == TVN__READY) {
        instance->is_lowering = true;
    }
    err = tvn__guest_call(instance, guest->part, &guest->realloc, slots, 4,
        is_new, "cabi_realloc");
    *ptr = slots[0].u32;
    return err;
}

static tvn_err
realloc_in_guest(
    struct tvn_memory *memory, uint32_t align, uint32_t size, uint32_t *ptr)
{
    struct tvn__guest_memory *guest = memory->guest;

    if (guest->instance->state != TVN__DEAD &&
        alloc_in_arena(guest, align, size, ptr)) {
        return TVN_OK;
    }
    return resize_in_guest(memory, 0, 0, align, size, ptr);
}

/* ------------------------------------------------------------------------
 * Records. */

static bool
is_same(const struct tvn__guest_memory *guest,
    const struct tvn__options *options, const wasmtime_memory_t *handle,
    const wasmtime_func_t *realloc)
{
    return guest->part == options->part &&
           guest->memory.encoding == options->encoding &&
           guest->has_memory == (options->memory != NULL) &&
           guest->handle.__private1 == handle->__private1 &&
           guest->handle.__private2 == handle->__private2 &&
           guest->has_realloc == (options->realloc != NULL) &&
           guest->realloc.__private == realloc->__private;
}

static tvn_err
make(struct tvn_instance *instance, const struct tvn__options *options,
    const wasmtime_memory_t *handle, const wasmtime_func_t *realloc,
    struct tvn__guest_memory **out)
{
    struct tvn__guest_memory *guest =
        tvn_arena_new(&instance->arena, 1, sizeof(*guest));

    if (guest == NULL) {
        return TVN_ENOMEM;
    }
    guest->memory = (struct tvn_memory){
        .refresh = refresh,
        .realloc = realloc_in_guest,
        .resize = resize_in_guest,
        .encoding = options->encoding,
        .handles = &options->part->table.handles,
        .guest = guest,
    };
    guest->instance = instance;
    guest->part = options->part;
    guest->handle = *handle;
    guest->realloc = *realloc;
    guest->has_memory = options->memory != NULL;
    guest->has_realloc = options->realloc != NULL;
    guest->has_arena = guest->has_realloc && instance->has_arena &&
                       instance->arena_realloc.__private == realloc->__private;
    guest->arena = instance->arena_at;
    guest->next = instance->memories;
    instance->memories = guest;
    refresh(&guest->memory);
    *out = guest;
    return TVN_OK;
}

/* The decoder has looked already; a program that was made by hand has not
 * been through it. */
static tvn_err
check_needs(const struct tvn_instance *instance,
    const struct tvn__options *options, const char *what, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = instance->code->name, .what = what};
    struct tvn_canon_needs needs =
        tvn_canon_needs_of(options->type, options->is_lift);

    if (needs.memory && options->memory == NULL) {
        return tvn_diag_error(diag, TVN_EMALFORMED, &place,
            "it needs a memory and has no such option");
    }
    if (needs.realloc && options->realloc == NULL) {
        return tvn_diag_error(diag, TVN_EMALFORMED, &place,
            "it needs a realloc and has no such option");
    }
    return TVN_OK;
}

tvn_err
tvn__memory_get(struct tvn_instance *instance,
    const struct tvn__options *options, struct tvn__guest_memory **out,
    const char *what, struct tvn_diag *diag)
{
    static const struct tvn_core_sig sig = {
        .params = {TVN_CORE_I32, TVN_CORE_I32, TVN_CORE_I32, TVN_CORE_I32},
        .param_count = 4,
        .result = TVN_CORE_I32,
        .has_result = true,
    };
    struct tvn__guest_memory *guest = instance->memories;
    wasmtime_memory_t handle = {0};
    wasmtime_func_t func = {0};
    tvn_err err;

    *out = NULL;
    if (options->memory == NULL && !tvn_func_has_handle(options->type)) {
        return check_needs(instance, options, what, diag);
    }
    if (options->memory != NULL) {
        handle = tvn__handle(options->memory).of.memory;
    }
    if (options->realloc != NULL) {
        func = tvn__handle(options->realloc).of.func;
        err = tvn__check_sig(instance, &func, &sig, what, diag);
        if (err != TVN_OK) {
            return err;
        }
    }
    while (guest != NULL && !is_same(guest, options, &handle, &func)) {
        guest = guest->next;
    }
    if (guest == NULL) {
        err = make(instance, options, &handle, &func, &guest);
        if (err != TVN_OK) {
            return tvn_diag_error(diag, TVN_ENOMEM, NULL, "no memory");
        }
    }
    *out = guest;
    return check_needs(instance, options, what, diag);
}
