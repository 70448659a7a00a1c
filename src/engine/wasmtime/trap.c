/* trap.c -- what went wrong in a guest, put into words.
 *
 * An instance dies once and for one reason, the innermost: a realloc that
 * traps inside a host function inside a call.  The reason is kept in the
 * instance, since not everybody on the way has a diag, and moves to the
 * first caller that has.
 *
 * A guest that asks for too much memory does not trap by that: memory.grow
 * answers -1, and what the guest makes of it is, as a rule, an abort.  The
 * limit remembers the refusal, and a trap later in the same call is told as
 * its consequence: TVN_EGUEST_MEMORY. */
#include "engine/wasmtime/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FRAMES_MAX 32u
#define NAME_BYTES 128u /* bytes of a guest's name in a frame */

/* ------------------------------------------------------------------------
 * The engine's texts. */

/* `text` without blanks around it and without "0: " before. */
static struct tvn_str
trim(struct tvn_str text)
{
    size_t digits = 0;

    while (text.len > 0 && text.ptr[0] == ' ') {
        text.ptr++;
        text.len--;
    }
    while (digits < text.len && text.ptr[digits] >= '0' &&
           text.ptr[digits] <= '9') {
        digits++;
    }
    if (digits > 0 && digits + 1 < text.len && text.ptr[digits] == ':' &&
        text.ptr[digits + 1] == ' ') {
        text.ptr += digits + 2;
        text.len -= digits + 2;
    }
    while (text.len > 0 &&
           (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\0')) {
        text.len--;
    }
    return text;
}

/* The engine prints a chain of causes over several lines, before them the
 * backtrace: here it is one line, the backtrace becomes notes. */
static void
print_message(struct tvn_str message, struct tvn_buf *out)
{
    const char *line = message.ptr;
    const char *end = message.ptr + message.len;
    bool is_backtrace = false;

    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        struct tvn_str text;

        stop = stop == NULL ? end : stop;
        text = trim((struct tvn_str){line, (size_t)(stop - line)});
        line = stop + 1;
        if (tvn_str_is(text, "Caused by:")) {
            is_backtrace = false;
            continue;
        }
        if (tvn_str_is(text, "error while executing at wasm backtrace:")) {
            is_backtrace = true;
        }
        if (is_backtrace || text.len == 0) {
            continue;
        }
        if (text.len > 11 && memcmp(text.ptr, "wasm trap: ", 11) == 0) {
            text.ptr += 11;
            text.len -= 11;
        }
        if (out->len > 0) {
            tvn_buf_append_text(out, ": ");
        }
        tvn_buf_append_str(out, text);
    }
}

void
tvn__error_print(wasmtime_error_t *error, struct tvn_buf *out)
{
    wasm_byte_vec_t message;

    wasmtime_error_message(error, &message);
    print_message((struct tvn_str){message.data, message.size}, out);
    wasm_byte_vec_delete(&message);
    wasmtime_error_delete(error);
}

static void
trap_print(const wasm_trap_t *trap, struct tvn_buf *out)
{
    wasm_byte_vec_t message;

    wasm_trap_message(trap, &message);
    print_message((struct tvn_str){message.data, message.size}, out);
    wasm_byte_vec_delete(&message);
}

/* ------------------------------------------------------------------------
 * The backtrace. */

static void
print_name(const wasm_byte_vec_t *name, struct tvn_buf *out)
{
    size_t len = name->size;

    if (len > NAME_BYTES) {
        len = NAME_BYTES;
        while (len > 0 && ((uint8_t)name->data[len] & 0xC0) == 0x80) {
            len--; /* not inside of a character */
        }
    }
    tvn_buf_append(out, name->data, len);
    tvn_buf_append_text(out, len < name->size ? "..." : "");
}

static void
add_frame(struct tvn_diag *report, const wasm_frame_t *frame)
{
    const wasm_byte_vec_t *func = wasmtime_frame_func_name(frame);
    const wasm_byte_vec_t *module = wasmtime_frame_module_name(frame);
    struct tvn_buf text = {0};

    tvn_buf_append_text(&text, "in ");
    if (module != NULL) {
        print_name(module, &text);
        tvn_buf_append_byte(&text, '!');
    }
    if (func != NULL) {
        print_name(func, &text);
    } else {
        tvn_buf_printf(
            &text, "function %u", (unsigned)wasm_frame_func_index(frame));
    }
    tvn_buf_printf(&text, " at %#zx", wasm_frame_module_offset(frame));
    tvn_diag_note(report, NULL, "%s", tvn_buf_text(&text));
    tvn_buf_fini(&text);
}

/* Unless an inner call has left its own. */
static void
add_frames(struct tvn_diag *report, wasm_frame_vec_t *frames)
{
    bool has_notes = report->last == NULL || report->last->notes != NULL;

    for (size_t i = 0; !has_notes && i < frames->size; i++) {
        if (i == FRAMES_MAX) {
            tvn_diag_note(report, NULL, "and %zu more", frames->size - i);
            break;
        }
        add_frame(report, frames->data[i]);
    }
    wasm_frame_vec_delete(frames);
}

/* ------------------------------------------------------------------------
 * Reasons. */

static tvn_err
fail(struct tvn_instance *instance, tvn_err err, const char *what,
    const char *text)
{
    struct tvn_place place = {.path = instance->code->name, .what = what};

    instance->state = TVN__DEAD;
    if (instance->report.first != NULL) {
        return instance->report.first->err;
    }
    return tvn_diag_error(&instance->report, err, &place, "%s", text);
}

tvn_err
tvn__fail(struct tvn_instance *instance, tvn_err err, const char *what,
    const char *format, ...)
{
    struct tvn_buf text = {0};
    va_list args;

    va_start(args, format);
    tvn_buf_vprintf(&text, format, args);
    va_end(args);
    err = fail(instance, err, what, tvn_buf_text(&text));
    tvn_buf_fini(&text);
    return err;
}

static tvn_err
fail_late(struct tvn_instance *instance, const char *what)
{
    uint64_t ns = instance->deadline_ns;
    char text[96];

    (void)snprintf(text, sizeof(text),
        "ran longer than its deadline of %llu.%03u ms",
        (unsigned long long)(ns / 1000000), (unsigned)(ns / 1000 % 1000));
    return fail(instance, TVN_EDEADLINE, what, text);
}

void
tvn__refusal_print(const struct tvn_instance *instance, struct tvn_buf *out)
{
    uint64_t max = instance->limit.refused_max;

    if (max == UINT64_MAX) {
        tvn_buf_append_text(out, "asked for more memory than the system has");
        return;
    }
    tvn_buf_append_text(out, "asked for more than ");
    tvn_buf_append_text(out,
        max == instance->limit.memory_max ? "its " : "its own maximum of ");
    if (max % (1u << 20) == 0) {
        tvn_buf_printf(out, "%llu MiB", (unsigned long long)(max >> 20));
    } else if (max % (1u << 10) == 0) {
        tvn_buf_printf(out, "%llu KiB", (unsigned long long)(max >> 10));
    } else {
        tvn_buf_printf(out, "%llu bytes", (unsigned long long)max);
    }
    tvn_buf_append_text(out, " of memory");
}

static tvn_err
fail_trap(
    struct tvn_instance *instance, const char *what, const wasm_trap_t *trap)
{
    bool was_refused = instance->limit.was_refused;
    struct tvn_buf text = {0};
    tvn_err err;

    if (was_refused) {
        tvn__refusal_print(instance, &text);
        tvn_buf_append_text(&text, " (memory.grow was refused), then");
    }
    trap_print(trap, &text); /* joins with ": " */
    err = fail(instance, was_refused ? TVN_EGUEST_MEMORY : TVN_ETRAP, what,
        tvn_buf_text(&text));
    tvn_buf_fini(&text);
    return err;
}

tvn_err
tvn__fail_call(struct tvn_instance *instance, const char *what,
    wasmtime_error_t *error, wasm_trap_t *trap)
{
    wasm_frame_vec_t frames;
    struct tvn_buf text = {0};
    tvn_err err;

    if (trap != NULL) {
        err = fail_trap(instance, what, trap);
        wasm_trap_trace(trap, &frames);
        add_frames(&instance->report, &frames);
        wasm_trap_delete(trap);
        return err;
    }
    if (instance->is_overdue) {
        err = fail_late(instance, what);
    } else {
        wasm_byte_vec_t message;

        wasmtime_error_message(error, &message);
        print_message((struct tvn_str){message.data, message.size}, &text);
        wasm_byte_vec_delete(&message);
        err = fail(instance, TVN_ETRAP, what, tvn_buf_text(&text));
        tvn_buf_fini(&text);
    }
    wasmtime_error_wasm_trace(error, &frames);
    add_frames(&instance->report, &frames);
    wasmtime_error_delete(error);
    return err;
}

tvn_err
tvn__tell(
    struct tvn_instance *instance, const char *what, struct tvn_diag *diag)
{
    const struct tvn_finding *reason = instance->report.first;
    struct tvn_place place = {.path = instance->code->name, .what = what};
    tvn_err err;

    if (reason == NULL) {
        return tvn_diag_error(
            diag, TVN_ETRAP, &place, "not called: the instance is dead");
    }
    err = reason->err;
    if (diag != NULL) {
        (void)tvn_diag_error(diag, err, &reason->place, "%s", reason->text);
        for (const struct tvn_note *note = reason->notes; note != NULL;
             note = note->next) {
            tvn_diag_note(diag, &note->place, "%s", note->text);
        }
        if (reason->help != NULL) {
            tvn_diag_help(diag, "%s", reason->help);
        }
        tvn_diag_fini(&instance->report);
    }
    return err;
}
