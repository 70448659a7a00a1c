/* guest.c -- the stage round a guest: made, started, replaced, counted. */
#include "flow/guest.h"

#include "base/assert.h"
#include "base/mem.h"
#include "flow/guest_internal.h"

#include <string.h>

/* ------------------------------------------------------------------------
 * The instance. */

void
tvn__guest_note_control(struct tvn__guest *guest)
{
    struct tvn_control_counts seen;

    if (guest->wasi.import_count == 0 || guest->instance == NULL) {
        return;
    }
    seen = tvn_instance_control(guest->instance);
    tvn_copies_add(guest->opts.copies, TVN_COPY_CONTROL,
        seen.count - guest->control_seen.count,
        seen.bytes - guest->control_seen.bytes);
    guest->control_seen = seen;
}

void
tvn__guest_drop(struct tvn__guest *guest)
{
    if (guest->instance == NULL) {
        return;
    }
    tvn__guest_note_control(guest);
    guest->counts.lost_state += guest->open_window;
    guest->open_window = 0;
    guest->outbox = (struct tvn__outbox){0};
    tvn_instance_free(guest->instance);
    guest->instance = NULL;
    tvn__guest_wasi_close(guest);
    guest->control_seen = (struct tvn_control_counts){0};
}

/* One line: the finding, then the frames ("in M!f at 0x2e" each). */
static void
fault_text(struct tvn__guest *guest)
{
    const struct tvn_finding *finding = guest->diag.first;

    tvn_buf_clear(&guest->text);
    if (finding == NULL) {
        return;
    }
    tvn_buf_append_text(&guest->text, finding->text);
    for (const struct tvn_note *note = finding->notes; note != NULL;
         note = note->next) {
        bool is_frame = strncmp(note->text, "in ", 3) == 0;

        tvn_buf_append_text(
            &guest->text, note == finding->notes ? " (in " : " < ");
        tvn_buf_append_text(&guest->text, note->text + (is_frame ? 3 : 0));
    }
    if (finding->notes != NULL) {
        tvn_buf_append_byte(&guest->text, ')');
    }
}

static enum tvn_fault_kind
kind_of(tvn_err err)
{
    if (err == TVN_EDEADLINE) {
        return TVN_FAULT_DEADLINE;
    }
    return err == TVN_ENOMEM ? TVN_FAULT_FATAL : TVN_FAULT_TRAP;
}

tvn_err
tvn__guest_died(struct tvn__guest *guest, tvn_err err, struct tvn_fault *fault)
{
    fault_text(guest);
    if (guest->text.len == 0) {
        tvn_buf_append_text(&guest->text, tvn_err_text(err));
    }
    tvn_diag_fini(&guest->diag);
    tvn__guest_drop(guest);
    *fault = (struct tvn_fault){
        .kind = kind_of(err),
        .err = err,
        .text = tvn_buf_str(&guest->text),
    };
    return err;
}

static tvn_err
ready(struct tvn__guest *guest, struct tvn__guest_func *func)
{
    if (func->role->func == NULL) {
        return TVN_OK;
    }
    return tvn_call_init(
        &func->call, guest->instance, func->role->func->index, &guest->diag);
}

static tvn_err
make_instance(struct tvn__guest *guest)
{
    struct tvn_instance_opts opts = {
        .memory_max = guest->opts.memory_max,
        .deadline_ns = guest->opts.deadline_ns,
        .init_deadline_ns = guest->opts.init_deadline_ns,
        .pool = guest->opts.pool,
    };
    tvn_err err = tvn__guest_wasi_open(guest);

    if (err == TVN_OK) {
        opts.imports = guest->wasi.imports;
        opts.import_count = guest->wasi.import_count;
        opts.resources = guest->wasi.resources;
        opts.resource_count = guest->wasi.resource_count;
        err = tvn_instance_new(
            guest->opts.code, &opts, &guest->instance, &guest->diag);
    }
    if (err == TVN_OK) {
        err = ready(guest, &guest->main);
    }
    if (err == TVN_OK) {
        err = ready(guest, &guest->flush);
    }
    if (err == TVN_OK) {
        err = ready(guest, &guest->complete);
    }
    if (err == TVN_OK) {
        err = ready(guest, &guest->init);
    }
    if (err == TVN_OK) {
        err = ready(guest, &guest->teardown);
    }
    return err;
}

/* Calls the guest's init; an answer of err(...) is a fault as well. */
static tvn_err
call_init(struct tvn__guest *guest, struct tvn_fault *fault)
{
    const struct tvn_image *config = guest->opts.config;
    enum tvn__outcome outcome;
    struct tvn__lowered lowered = {0};
    uint64_t wait = 0;
    uint32_t count = 0;
    uint32_t ptr = 0;
    tvn_err err;

    if (guest->init.role->func == NULL) {
        return TVN_OK;
    }
    TVN_ASSERT(guest->init.param_count == 0 || config != NULL);
    tvn_instance_set_deadline(guest->instance, guest->opts.init_deadline_ns);
    err = tvn__guest_run(guest, &guest->init,
        config == NULL ? NULL : config->data, NULL, &lowered, fault);
    if (guest->init.param_count > 0) {
        tvn_copies_add(
            guest->opts.copies, TVN_COPY_CONTROL, lowered.count, lowered.bytes);
    }
    if (err == TVN_OK) {
        err = tvn__guest_result(
            guest, &guest->init, &outcome, &ptr, &count, &wait, fault);
    }
    if (guest->instance != NULL) {
        tvn_err done = tvn__guest_finish(guest, &guest->init, NULL, fault);

        err = err == TVN_OK || done != TVN_OK ? done : err;
    }
    if (guest->instance != NULL) {
        tvn_instance_set_deadline(guest->instance, guest->opts.deadline_ns);
    }
    return err;
}

tvn_err
tvn__guest_alive(struct tvn__guest *guest, struct tvn_fault *fault)
{
    tvn_err err;

    if (guest->instance != NULL) {
        return TVN_OK;
    }
    err = make_instance(guest);
    if (err != TVN_OK) {
        (void)tvn__guest_died(guest, err, fault);
    } else {
        err = call_init(guest, fault);
        if (err != TVN_OK) {
            tvn__guest_drop(guest);
        }
    }
    if (fault->kind == TVN_FAULT_REJECT) { /* of its config, not of an event */
        fault->kind = TVN_FAULT_FATAL;
    }
    return err;
}

/* ------------------------------------------------------------------------
 * The stage. */

static tvn_err
guest_start(void *self, struct tvn_diag *diag)
{
    struct tvn__guest *guest = self;
    const struct tvn_place file = {.path = guest->opts.path};
    const struct tvn_place *place =
        guest->opts.place.path == NULL ? &file : &guest->opts.place;
    struct tvn_fault fault = {0};
    tvn_err err = tvn__guest_alive(guest, &fault);

    if (err != TVN_OK) {
        return tvn_diag_error(diag,
            err == TVN_EGUEST_REJECT || err == TVN_EGUEST_RETRY ||
                    err == TVN_EGUEST_FATAL
                ? TVN_EGUEST_INIT
                : err,
            place, "stage %.*s: init: %.*s", TVN_STR_ARG(guest->opts.name),
            TVN_STR_ARG(fault.text));
    }
    return TVN_OK;
}

void
tvn__guest_retire(struct tvn__guest *guest)
{
    struct tvn_fault fault = {0};
    struct tvn__lowered lowered = {0};

    if (guest->instance == NULL) {
        return;
    }
    if (guest->teardown.role->func != NULL && guest->outbox.func == NULL &&
        tvn__guest_run(guest, &guest->teardown, NULL, NULL, &lowered, &fault) ==
            TVN_OK) {
        /* Best effort: a teardown that fails has nobody left to tell. */
        (void)tvn__guest_finish(guest, &guest->teardown, NULL, &fault);
    }
    if (guest->instance != NULL) {
        guest->counts.memory_bytes = tvn_instance_memory(guest->instance);
        guest->open_window = 0;
        tvn__guest_drop(guest);
    }
}

static void
guest_stop(void *self)
{
    tvn__guest_retire(self);
}

static void
guest_free(void *self)
{
    struct tvn__guest *guest = self;

    tvn_instance_free(guest->instance);
    tvn__guest_wasi_close(guest);
    tvn_builder_fini(&guest->builder);
    tvn_diag_fini(&guest->diag);
    tvn_buf_fini(&guest->text);
    tvn_arena_fini(&guest->arena);
    tvn_mem_free(guest, 1, sizeof(*guest));
}

static void
guest_counts(const void *self, struct tvn_stage_counts *out)
{
    const struct tvn__guest *guest = self;

    *out = guest->counts;
    if (guest->timed_calls > 0) {
        out->guest_ns =
            (uint64_t)((double)guest->timed_ns * (double)guest->counts.calls /
                       (double)guest->timed_calls);
    }
    if (guest->instance != NULL) {
        out->memory_bytes = tvn_instance_memory(guest->instance);
    }
}

static const struct tvn_stage_ops guest_ops = {
    .kind = "wasm",
    .start = guest_start,
    .run = tvn__guest_visit,
    .flush = tvn__guest_flush,
    .complete = tvn__guest_complete,
    .stop = guest_stop,
    .free = guest_free,
    .counts = guest_counts,
};

static tvn_err
prepare(struct tvn__guest *guest)
{
    const struct tvn_role_info *role = guest->opts.role;
    tvn_err err = tvn__guest_func_init(
        guest, &role->main, guest->opts.in, role->event, &guest->main);

    if (err == TVN_OK) {
        err = tvn__guest_func_init(
            guest, &role->flush, NULL, NULL, &guest->flush);
    }
    if (err == TVN_OK) {
        err = tvn__guest_func_init(
            guest, &role->complete, NULL, NULL, &guest->complete);
    }
    if (err == TVN_OK) {
        err =
            tvn__guest_func_init(guest, &role->init, NULL, NULL, &guest->init);
    }
    if (err == TVN_OK) {
        err = tvn__guest_func_init(
            guest, &role->teardown, NULL, NULL, &guest->teardown);
    }
    if (err == TVN_OK) {
        err = tvn_plan_lift(
            &guest->arena, guest->opts.std->string, &guest->text_plan);
    }
    return err == TVN_OK ? tvn__guest_hosts(guest) : err;
}

tvn_err
tvn_guest_new(const struct tvn_guest_opts *opts, TVN_GIVE struct tvn_stage *out,
    struct tvn_diag *diag)
{
    struct tvn__guest *guest = tvn_mem_new(1, sizeof(*guest));
    tvn_err err;

    if (guest == NULL) {
        return tvn_diag_error(diag, TVN_ENOMEM, NULL, "out of memory");
    }
    guest->opts = *opts;
    TVN_ASSERT(opts->std->meta->size <= sizeof(guest->meta));
    TVN_ASSERT(opts->std->window->size <= sizeof(guest->window));
    tvn_builder_init(&guest->builder, opts->pool);
    err = prepare(guest);
    if (err != TVN_OK) {
        guest_free(guest);
        return tvn_diag_error(diag, err, NULL, "stage %.*s: %s",
            TVN_STR_ARG(opts->name), tvn_err_text(err));
    }
    *out = (struct tvn_stage){&guest_ops, guest};
    return TVN_OK;
}
