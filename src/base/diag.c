/* diag.c -- findings in a list, texts in one arena; see diag.h.
 *
 * When memory runs out a text is lost, never the count: `errors` still says
 * that something was wrong. */
#include "base/diag.h"

#include "base/assert.h"

#include <stdarg.h>
#include <stdio.h>

#define LISTED_MAX 12u

void
tvn_diag_fini(struct tvn_diag *diag)
{
    tvn_arena_fini(&diag->arena);
    memset(diag, 0, sizeof(*diag));
}

static const char *
format_text(struct tvn_arena *arena, const char *format, va_list args)
{
    struct tvn_buf buf = {0};
    const char *text;

    tvn_buf_vprintf(&buf, format, args);
    text = buf.failed ? NULL : tvn_arena_copy(arena, buf.ptr, buf.len);
    tvn_buf_fini(&buf);
    return text == NULL ? "(out of memory)" : text;
}

static struct tvn_place
copy_place(struct tvn_arena *arena, const struct tvn_place *place)
{
    struct tvn_place copy = {0};

    if (place != NULL) {
        copy = *place;
        if (copy.path != NULL) {
            copy.path = tvn_arena_copy(arena, copy.path, strlen(copy.path));
        }
        if (copy.what != NULL) {
            copy.what = tvn_arena_copy(arena, copy.what, strlen(copy.what));
        }
    }
    return copy;
}

static void
add(struct tvn_diag *diag, enum tvn_severity severity, tvn_err err,
    const struct tvn_place *place, const char *format, va_list args)
{
    struct tvn_finding *finding;

    if (severity == TVN_SEVERITY_ERROR) {
        diag->errors++;
    } else {
        diag->warnings++;
    }
    finding = tvn_arena_new(&diag->arena, 1, sizeof(*finding));
    if (finding == NULL) {
        return;
    }
    finding->err = err;
    finding->severity = severity;
    finding->place = copy_place(&diag->arena, place);
    finding->text = format_text(&diag->arena, format, args);
    if (diag->last == NULL) {
        diag->first = finding;
    } else {
        diag->last->next = finding;
    }
    diag->last = finding;
}

tvn_err
tvn_diag_error(struct tvn_diag *diag, tvn_err err,
    const struct tvn_place *place, const char *format, ...)
{
    va_list args;

    TVN_ASSERT(err != TVN_OK);
    if (diag != NULL) {
        va_start(args, format);
        add(diag, TVN_SEVERITY_ERROR, err, place, format, args);
        va_end(args);
    }
    return err;
}

void
tvn_diag_warning(struct tvn_diag *diag, tvn_err err,
    const struct tvn_place *place, const char *format, ...)
{
    va_list args;

    if (diag != NULL) {
        va_start(args, format);
        add(diag, TVN_SEVERITY_WARNING, err, place, format, args);
        va_end(args);
    }
}

void
tvn_diag_note(struct tvn_diag *diag, const struct tvn_place *place,
    const char *format, ...)
{
    struct tvn_note *note;
    struct tvn_note **end;
    va_list args;

    if (diag == NULL || diag->last == NULL) {
        return;
    }
    note = tvn_arena_new(&diag->arena, 1, sizeof(*note));
    if (note == NULL) {
        return;
    }
    va_start(args, format);
    note->place = copy_place(&diag->arena, place);
    note->text = format_text(&diag->arena, format, args);
    va_end(args);
    end = &diag->last->notes;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = note;
}

void
tvn_diag_help(struct tvn_diag *diag, const char *format, ...)
{
    va_list args;

    if (diag != NULL && diag->last != NULL) {
        va_start(args, format);
        diag->last->help = format_text(&diag->arena, format, args);
        va_end(args);
    }
}

void
tvn_diag_suggest(struct tvn_diag *diag, struct tvn_str word,
    const struct tvn_str *candidates, size_t count)
{
    int best = tvn_str_suggest(word, candidates, count);
    struct tvn_buf list = {0};

    if (diag == NULL || count == 0) {
        return;
    }
    if (best >= 0) {
        tvn_diag_help(
            diag, "did you mean '%.*s'?", TVN_STR_ARG(candidates[best]));
        return;
    }
    for (size_t i = 0; i < count && i < LISTED_MAX; i++) {
        tvn_buf_printf(
            &list, "%s%.*s", i == 0 ? "" : ", ", TVN_STR_ARG(candidates[i]));
    }
    tvn_diag_help(diag, "there is: %s%s", tvn_buf_text(&list),
        count > LISTED_MAX ? ", ..." : "");
    tvn_buf_fini(&list);
}

void
tvn_diag_append(struct tvn_diag *diag, const struct tvn_diag *from)
{
    for (const struct tvn_finding *f = from->first; f != NULL; f = f->next) {
        if (f->severity == TVN_SEVERITY_ERROR) {
            (void)tvn_diag_error(diag, f->err, &f->place, "%s", f->text);
        } else {
            tvn_diag_warning(diag, f->err, &f->place, "%s", f->text);
        }
        for (const struct tvn_note *n = f->notes; n != NULL; n = n->next) {
            tvn_diag_note(diag, &n->place, "%s", n->text);
        }
        if (f->help != NULL) {
            tvn_diag_help(diag, "%s", f->help);
        }
    }
}

tvn_err
tvn_diag_err(const struct tvn_diag *diag)
{
    for (const struct tvn_finding *f = diag->first; f != NULL; f = f->next) {
        if (f->severity == TVN_SEVERITY_ERROR) {
            return f->err;
        }
    }
    return diag->errors > 0 ? TVN_ENOMEM : TVN_OK;
}

static void
print_place(const struct tvn_place *place, struct tvn_buf *out)
{
    if (place->path != NULL) {
        tvn_buf_append_text(out, place->path);
        if (place->line > 0) {
            tvn_buf_printf(out, ":%u", (unsigned)place->line);
        }
        if (place->line > 0 && place->column > 0) {
            tvn_buf_printf(out, ":%u", (unsigned)place->column);
        }
        tvn_buf_append_text(out, ": ");
    }
    if (place->what != NULL) {
        tvn_buf_printf(out, "%s: ", place->what);
    }
}

/* Texts may quote a guest or a file: nothing in them drives a terminal or
 * looks like a line of ours. */
static void
print_line(const char *text, struct tvn_buf *out)
{
    tvn_buf_append_escaped(out, tvn_str_of(text));
    tvn_buf_append_byte(out, '\n');
}

void
tvn_diag_print(const struct tvn_diag *diag, struct tvn_buf *out)
{
    for (const struct tvn_finding *f = diag->first; f != NULL; f = f->next) {
        struct tvn_place head = f->place;

        head.what = NULL; /* the stage or edge goes behind the code */
        print_place(&head, out);
        tvn_buf_printf(out, "%s[E%04u]: ",
            f->severity == TVN_SEVERITY_ERROR ? "error" : "warning",
            tvn_err_code(f->err));
        if (f->place.what != NULL) {
            tvn_buf_printf(out, "%s: ", f->place.what);
        }
        print_line(f->text, out);
        for (const struct tvn_note *n = f->notes; n != NULL; n = n->next) {
            tvn_buf_append_text(out, "  ");
            print_place(&n->place, out);
            print_line(n->text, out);
        }
        if (f->help != NULL) {
            tvn_buf_append_text(out, "help: ");
            print_line(f->help, out);
        }
    }
}
