/* shape.c -- one function of a stage, held against the shape it should have;
 * see role.h.
 *
 * All rules are rows of one table: what a form takes, how many it gives, of
 * what.  Whatever does not fit gets one sentence that says why, the function
 * as it was found, and the form as it should be. */
#include "contract/internal.h"

#define MANY(kind) (1u << TVN_MANY_##kind)

enum takes {
    TAKES_NOTHING,
    TAKES_EVENT,         /* event [, meta] */
    TAKES_EVENT_OR_META, /* event [, meta], or meta */
    TAKES_WINDOW,        /* [window] */
    TAKES_CONFIG,        /* one parameter */
};

enum gives {
    GIVES_NOTHING,
    GIVES_EVENT,
    GIVES_BOOL,
    GIVES_PORTS,
};

struct form_row {
    const char *name;
    enum takes takes;
    unsigned many; /* MANY() of each that is allowed */
    enum gives gives;
    const char *shape; /* the help line */
};

#define MAY_FAIL "; the result may stand in result<..., fault>"

static const struct form_row forms[TVN__FORM_COUNT] = {
    [TVN__FORM_PULL] = {"pull", TAKES_NOTHING, MANY(OPTION) | MANY(POLL),
        GIVES_EVENT,
        "a source is pull: func() -> option<T>, or a variant of event(T), "
        "wait(u64) and done" MAY_FAIL},
    [TVN__FORM_PROCESS] = {"process", TAKES_EVENT,
        MANY(ONE) | MANY(OPTION) | MANY(LIST), GIVES_EVENT,
        "a processor is process: func(event: T [, meta: M]) -> U, option<U> "
        "or list<U>" MAY_FAIL},
    [TVN__FORM_EVALUATE] = {"evaluate", TAKES_EVENT_OR_META, MANY(ONE),
        GIVES_BOOL,
        "a filter is evaluate: func(event: T [, meta: M]) -> bool, or "
        "func(meta: M) -> bool" MAY_FAIL},
    [TVN__FORM_ROUTE] = {"route", TAKES_EVENT_OR_META, MANY(ONE) | MANY(OPTION),
        GIVES_PORTS,
        "a router is route: func(event: T [, meta: M]) or func(meta: M), "
        "-> an enum, an option of an enum, or flags" MAY_FAIL},
    [TVN__FORM_INGEST] = {"ingest", TAKES_EVENT,
        MANY(NOTHING) | MANY(OPTION) | MANY(LIST), GIVES_EVENT,
        "an aggregator's ingest is func(event: T [, meta: M]) -> nothing, "
        "option<U> or list<U>" MAY_FAIL},
    [TVN__FORM_PUSH] = {"push", TAKES_EVENT, MANY(NOTHING), GIVES_NOTHING,
        "a sink is push: func(event: T [, meta: M]), with no result or "
        "result<_, fault>"},
    [TVN__FORM_FLUSH] = {"flush", TAKES_WINDOW,
        MANY(ONE) | MANY(OPTION) | MANY(LIST), GIVES_EVENT,
        "an aggregator's flush is func([window: W]) -> U, option<U> or "
        "list<U>" MAY_FAIL},
    [TVN__FORM_COMPLETE] = {"complete", TAKES_NOTHING, MANY(NOTHING),
        GIVES_NOTHING,
        "a sink's complete is func(), with no result or result<_, fault>"},
    [TVN__FORM_INIT] = {"init", TAKES_CONFIG, MANY(NOTHING), GIVES_NOTHING,
        "init is func(config: C), with no result or result<_, fault>"},
    [TVN__FORM_TEARDOWN] = {"teardown", TAKES_NOTHING, MANY(NOTHING),
        GIVES_NOTHING, "teardown is func()"},
};

const char *
tvn__form_name(enum tvn__form form)
{
    return forms[form].name;
}

/* ------------------------------------------------------------------------
 * Messages. */

const char *
tvn__type_text(struct tvn_arena *arena, const struct tvn_type *type)
{
    struct tvn_buf buf = {0};
    const char *text;

    tvn_type_print(type, TVN__PRINTED_MAX, &buf);
    text = buf.failed ? NULL : tvn_arena_copy(arena, buf.ptr, buf.len);
    tvn_buf_fini(&buf);
    return text == NULL ? "..." : text;
}

void
tvn_role_print_func(
    struct tvn_str name, const struct tvn_func_type *func, struct tvn_buf *out)
{
    tvn_buf_append_str(out, name);
    tvn_buf_append_text(out, ": func(");
    for (uint32_t i = 0; i < func->param_count; i++) {
        tvn_buf_append_text(out, i == 0 ? "" : ", ");
        tvn_buf_append_str(out, func->params[i].name);
        tvn_buf_append_text(out, ": ");
        tvn_type_print(func->params[i].type, TVN__PRINTED_MAX, out);
    }
    tvn_buf_append_byte(out, ')');
    if (func->result != NULL) {
        tvn_buf_append_text(out, " -> ");
        tvn_type_print(func->result, TVN__PRINTED_MAX, out);
    }
}

/* The newest finding's note: the function as it was found. */
static void
note_found(const struct tvn__reader *reader, const struct tvn__site *site,
    const struct tvn_extern *item, struct tvn_diag *diag)
{
    struct tvn_place place = {0};
    struct tvn_buf found = {0};

    tvn_role_print_func(item->name, item->func, &found);
    (void)tvn_place_of_func(/* no place: the printed function stands alone */
        &reader->face->declared, site->interface, item->name, &place);
    tvn_diag_note(diag, &place, "%s", tvn_buf_text(&found));
    tvn_buf_fini(&found);
}

static const char *
help_for(tvn_err err, enum tvn__form form)
{
    if (err == TVN_EFAULT_TYPE) {
        return "a fault is string, or a variant of retry, reject and fatal, "
               "each with a string or nothing";
    }
    return forms[form].shape;
}

tvn_err
tvn__shape_refuse(const struct tvn__reader *reader,
    const struct tvn__site *site, const struct tvn_extern *item,
    enum tvn__form form, tvn_err err, const char *why, struct tvn_diag *diag)
{
    if (why == NULL) {
        return TVN_ENOMEM; /* it was to be printed into the arena */
    }
    if (diag != NULL) {
        (void)tvn_diag_error(diag, err, &reader->face->place, "%.*s: %s",
            TVN_STR_ARG(item->name), why);
        note_found(reader, site, item, diag);
        tvn_diag_help(diag, "%s", help_for(err, form));
    }
    return err;
}

/* ------------------------------------------------------------------------
 * One function being read. */

struct reading {
    const struct tvn__reader *reader;
    const struct tvn__site *site;
    const struct tvn_extern *item;
    enum tvn__form form;
    struct tvn_role_func *out;
    struct tvn_diag *diag;
};

static tvn_err
refuse(const struct reading *reading, tvn_err err, const char *why)
{
    return tvn__shape_refuse(reading->reader, reading->site, reading->item,
        reading->form, err, why, reading->diag);
}

/* A `meta` or `window` parameter: a record of fields that torvyn:stage's own
 * has, of the same types. */
static tvn_err
read_told(const struct reading *reading, uint32_t param)
{
    const struct tvn_stage_types *std = reading->reader->std;
    const struct tvn_member *told = &reading->item->func->params[param];
    const struct tvn_type *whole =
        tvn_str_is(told->name, "meta") ? std->meta : std->window;
    struct tvn_arena *arena = reading->reader->arena;
    struct tvn_str names[TVN_META_ATTRIBUTES + 1];
    tvn_err err;

    if (told->type->kind != TVN_KIND_RECORD) {
        return refuse(reading, TVN_EMETA_TYPE,
            tvn_arena_printf(
                arena, "%.*s is no record", TVN_STR_ARG(told->name)));
    }
    for (uint32_t i = 0; i < told->type->count; i++) {
        const struct tvn_member *field = &told->type->members[i];
        int index = tvn_type_find(whole, field->name);

        if (index < 0) {
            err = refuse(reading, TVN_EMETA_TYPE,
                tvn_arena_printf(arena,
                    "torvyn:stage/types.%.*s has no field '%.*s'",
                    TVN_STR_ARG(told->name), TVN_STR_ARG(field->name)));
            if (err == TVN_ENOMEM) {
                return err;
            }
            for (uint32_t k = 0; k < whole->count; k++) {
                names[k] = whole->members[k].name;
            }
            tvn_diag_suggest(reading->diag, field->name, names, whole->count);
            return err;
        }
        if (whole->members[index].type != field->type) {
            return refuse(reading, TVN_EMETA_TYPE,
                tvn_arena_printf(arena,
                    "%.*s.%.*s is %s; in torvyn:stage/types it is %s",
                    TVN_STR_ARG(told->name), TVN_STR_ARG(field->name),
                    tvn__type_text(arena, field->type),
                    tvn__type_text(arena, whole->members[index].type)));
        }
    }
    return TVN_OK;
}

static tvn_err
read_event(const struct reading *reading)
{
    const struct tvn_func_type *func = reading->item->func;
    const char *refusal = tvn_event_type_refusal(func->params[0].type);

    if (refusal != NULL) {
        return refuse(reading, TVN_EEVENT_TYPE,
            tvn_arena_printf(reading->reader->arena, "its event: %s", refusal));
    }
    reading->out->event_param = 0;
    return TVN_OK;
}

/* event [, meta], or meta alone when `may_lack_event`. */
static tvn_err
read_event_params(const struct reading *reading, bool may_lack_event)
{
    const struct tvn_func_type *func = reading->item->func;
    bool starts_with_meta =
        func->param_count > 0 && tvn_str_is(func->params[0].name, "meta");
    tvn_err err;

    if (func->param_count == 1 && starts_with_meta && may_lack_event) {
        reading->out->meta_param = 0;
        return read_told(reading, 0);
    }
    if (func->param_count == 0) {
        return refuse(reading, TVN_EROLE_SHAPE, "it takes no event");
    }
    if (starts_with_meta) {
        return refuse(reading, TVN_EROLE_SHAPE,
            "meta comes behind the event, not in its place");
    }
    err = read_event(reading);
    if (err != TVN_OK || func->param_count == 1) {
        return err;
    }
    if (func->param_count > 2) {
        return refuse(
            reading, TVN_EROLE_SHAPE, "it takes more than an event and meta");
    }
    if (!tvn_str_is(func->params[1].name, "meta")) {
        return refuse(reading, TVN_EROLE_SHAPE,
            "only a parameter named meta may follow the event");
    }
    reading->out->meta_param = 1;
    return read_told(reading, 1);
}

static tvn_err
read_window_param(const struct reading *reading)
{
    const struct tvn_func_type *func = reading->item->func;

    if (func->param_count == 0) {
        return TVN_OK;
    }
    if (func->param_count > 1 || !tvn_str_is(func->params[0].name, "window")) {
        return refuse(reading, TVN_EROLE_SHAPE,
            "its only parameter may be one named window");
    }
    reading->out->window_param = 0;
    return read_told(reading, 0);
}

static tvn_err
read_params(const struct reading *reading)
{
    const struct tvn_func_type *func = reading->item->func;

    switch (forms[reading->form].takes) {
    case TAKES_NOTHING:
        return func->param_count == 0
                   ? TVN_OK
                   : refuse(reading, TVN_EROLE_SHAPE, "it takes parameters");
    case TAKES_EVENT:
        return read_event_params(reading, false);
    case TAKES_EVENT_OR_META:
        return read_event_params(reading, true);
    case TAKES_WINDOW:
        return read_window_param(reading);
    case TAKES_CONFIG:
        return func->param_count == 1 ? TVN_OK
                                      : refuse(reading, TVN_EROLE_SHAPE,
                                            "it takes one parameter, the "
                                            "config");
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Results. */

static tvn_err
read_ports(const struct reading *reading)
{
    const struct tvn_result_shape *shape = &reading->out->result;
    const struct tvn_type *ports = shape->value;
    bool is_enum = ports->kind == TVN_KIND_ENUM;
    bool is_flags =
        ports->kind == TVN_KIND_FLAGS && shape->many == TVN_MANY_ONE;

    if (!is_enum && !is_flags) {
        return refuse(reading, TVN_EROLE_SHAPE,
            "its result is no enum, option of an enum, or flags");
    }
    if (ports->count > TVN_PORTS_MAX) {
        return refuse(reading, TVN_EROLE_PORTS,
            tvn_arena_printf(reading->reader->arena,
                "%u ports; a router has at most %u", (unsigned)ports->count,
                TVN_PORTS_MAX));
    }
    if (tvn_type_find(ports, TVN_STR("unrouted")) >= 0) {
        return refuse(reading, TVN_EROLE_PORTS,
            "a port may not be named unrouted: every router has that one");
    }
    return TVN_OK;
}

static tvn_err
read_value(const struct reading *reading)
{
    const struct tvn_result_shape *shape = &reading->out->result;
    const char *refusal;

    if (shape->value == NULL) {
        return TVN_OK; /* nothing, where that is allowed */
    }
    switch (forms[reading->form].gives) {
    case GIVES_NOTHING:
        return TVN_OK;
    case GIVES_EVENT:
        refusal = tvn_event_type_refusal(shape->value);
        return refusal == NULL ? TVN_OK
                               : refuse(reading, TVN_EEVENT_TYPE,
                                     tvn_arena_printf(reading->reader->arena,
                                         "its result: %s", refusal));
    case GIVES_BOOL:
        return shape->value->kind == TVN_KIND_BOOL
                   ? TVN_OK
                   : refuse(reading, TVN_EROLE_SHAPE, "its result is no bool");
    case GIVES_PORTS:
        return read_ports(reading);
    }
    return TVN_OK;
}

/* Why a form cannot give that many. */
static const char *
many_refusal(enum tvn__form form, enum tvn_many many)
{
    if (form == TVN__FORM_PULL) {
        return "its result is no option and no poll: it could never end";
    }
    if (many == TVN_MANY_NOTHING) {
        return "it gives no result";
    }
    switch (forms[form].gives) {
    case GIVES_NOTHING:
        return "it gives a value";
    case GIVES_BOOL:
        return "its result is no bool";
    case GIVES_PORTS:
        return "its result is no enum, option of an enum, or flags";
    case GIVES_EVENT:
        break;
    }
    return "it gives exactly one value for every event: that is a processor";
}

static tvn_err
read_result(const struct reading *reading)
{
    struct tvn_result_shape *shape = &reading->out->result;
    const struct tvn_type *type = reading->item->func->result;
    struct tvn_arena *arena = reading->reader->arena;
    const char *why = NULL;
    tvn_err err;

    err = reading->form == TVN__FORM_PULL
              ? tvn_result_read_poll(type, arena, shape, &why)
              : tvn_result_read(type, arena, shape, &why);
    if (err == TVN_EFAULT_TYPE) {
        return refuse(reading, err, why);
    }
    if (err != TVN_OK) {
        return err;
    }
    if ((forms[reading->form].many & (1u << shape->many)) == 0) {
        return refuse(
            reading, TVN_EROLE_SHAPE, many_refusal(reading->form, shape->many));
    }
    return read_value(reading);
}

tvn_err
tvn__shape_read(const struct tvn__reader *reader, const struct tvn__site *site,
    const struct tvn_extern *item, enum tvn__form form,
    struct tvn_role_func *out, struct tvn_diag *diag)
{
    struct tvn_role_func read = {
        .func = item, .event_param = -1, .meta_param = -1, .window_param = -1};
    struct reading reading = {reader, site, item, form, &read, diag};
    tvn_err err;

    if (tvn_func_has_handle(item->func)) {
        return refuse(&reading, TVN_EROLE_SHAPE,
            "it takes or gives handles of resources: what goes through a flow "
            "are values");
    }
    err = read_params(&reading);
    if (err == TVN_OK) {
        err = read_result(&reading);
    }
    if (err == TVN_OK) {
        *out = read;
    }
    return err;
}
