/* field.c -- paths to fields, keys and event times; see field.h. */
#include "connector/field.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NAMES_MAX   64u /* fields named in a help line */
#define SECOND_NS   UINT64_C(1000000000)
#define DAY_SECONDS INT64_C(86400)

/* ------------------------------------------------------------------------
 * Paths. */

static tvn_err
refuse(const struct tvn_type *record, struct tvn_str name,
    const struct tvn_place *place, const char *what, struct tvn_diag *diag)
{
    struct tvn_str names[NAMES_MAX];
    uint32_t count = record->count < NAMES_MAX ? record->count : NAMES_MAX;
    tvn_err err = tvn_diag_error(diag, TVN_ECONNECTOR_TYPE, place,
        "%s: there is no field '%.*s'", what, TVN_STR_ARG(name));

    for (uint32_t i = 0; i < count; i++) {
        names[i] = record->members[i].name;
    }
    tvn_diag_suggest(diag, name, names, count);
    return err;
}

/* Steps into options; false: there are too many. */
static bool
enter_options(struct tvn__field *field)
{
    while (field->type->kind == TVN_KIND_OPTION) {
        if (field->option_count == TVN__FIELD_OPTIONS_MAX) {
            return false;
        }
        field->options[field->option_count].type = field->type;
        field->options[field->option_count++].offset = field->offset;
        field->offset += field->type->payload_offset;
        field->type = field->type->members[1].type;
    }
    return true;
}

tvn_err
tvn__field_find(const struct tvn_type *type, struct tvn_str path,
    const struct tvn_place *place, const char *what, struct tvn__field *out,
    struct tvn_diag *diag)
{
    struct tvn__field field = {.type = type};
    struct tvn_str rest = path;

    for (;;) {
        const char *dot =
            rest.len == 0 ? NULL : memchr(rest.ptr, '.', rest.len);
        size_t len = dot == NULL ? rest.len : (size_t)(dot - rest.ptr);
        struct tvn_str name = {rest.ptr, len};
        int found;

        if (field.type->kind != TVN_KIND_RECORD) {
            return tvn_diag_error(diag, TVN_ECONNECTOR_TYPE, place,
                "%s: '%.*s' leads into what is no record", what,
                TVN_STR_ARG(path));
        }
        found = tvn_type_find(field.type, name);
        if (found < 0) {
            return refuse(field.type, name, place, what, diag);
        }
        field.offset += field.type->members[found].offset;
        field.type = field.type->members[found].type;
        if (!enter_options(&field)) {
            return tvn_diag_error(diag, TVN_ECONNECTOR_TYPE, place,
                "%s: '%.*s' leads through more than %u options", what,
                TVN_STR_ARG(path), TVN__FIELD_OPTIONS_MAX);
        }
        if (dot == NULL) {
            *out = field;
            return TVN_OK;
        }
        rest.ptr += len + 1;
        rest.len -= len + 1;
    }
}

const uint8_t *
tvn__field_at(const struct tvn__field *field, const uint8_t *data)
{
    for (uint32_t i = 0; i < field->option_count; i++) {
        if (data[field->options[i].offset] == 0) { /* an option has 2 cases */
            return NULL;
        }
    }
    return data + field->offset;
}

/* ------------------------------------------------------------------------
 * RFC 3339. */

/* `count` digits at the front of `text`; -1: there are not as many. */
static int64_t
take_digits(struct tvn_str *text, size_t count)
{
    int64_t value = 0;

    if (text->len < count) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (text->ptr[i] < '0' || text->ptr[i] > '9') {
            return -1;
        }
        value = value * 10 + (text->ptr[i] - '0');
    }
    text->ptr += count;
    text->len -= count;
    return value;
}

static bool
take_any(struct tvn_str *text, const char *bytes)
{
    if (text->len == 0 || strchr(bytes, text->ptr[0]) == NULL ||
        text->ptr[0] == '\0') {
        return false;
    }
    text->ptr++;
    text->len--;
    return true;
}

/* Days since 1970-01-01 of the Gregorian calendar: years are counted from
 * March, so that the leap day is a year's last. */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t m = month <= 2 ? month + 9 : month - 3;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 -
           719468;
}

static bool
take_date(struct tvn_str *text, int64_t *days)
{
    static const int64_t lengths[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t year = take_digits(text, 4);
    int64_t month = year >= 0 && take_any(text, "-") ? take_digits(text, 2) : 0;
    int64_t day = month > 0 && take_any(text, "-") ? take_digits(text, 2) : 0;
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    if (year < 1 || month < 1 || month > 12 || day < 1 ||
        day > lengths[month - 1] + (month == 2 && is_leap ? 1 : 0)) {
        return false;
    }
    *days = days_of(year, month, day);
    return true;
}

static bool
take_clock(struct tvn_str *text, int64_t *seconds, uint64_t *ns)
{
    int64_t hour = take_digits(text, 2);
    int64_t minute =
        hour >= 0 && take_any(text, ":") ? take_digits(text, 2) : -1;
    int64_t second =
        minute >= 0 && take_any(text, ":") ? take_digits(text, 2) : -1;
    uint64_t scale = SECOND_NS;

    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
        second > 60) { /* 60: a leap second, the next one's 0 */
        return false;
    }
    *seconds = hour * 3600 + minute * 60 + second;
    *ns = 0;
    if (!take_any(text, ".")) {
        return true;
    }
    for (int64_t digit = take_digits(text, 1); digit >= 0;
         digit = take_digits(text, 1)) {
        scale /= 10; /* from the tenth on: nothing */
        *ns += (uint64_t)digit * scale;
    }
    return scale < SECOND_NS;
}

static bool
take_offset(struct tvn_str *text, int64_t *seconds)
{
    bool is_behind = text->len > 0 && text->ptr[0] == '-';
    int64_t hour;
    int64_t minute;

    *seconds = 0;
    if (take_any(text, "Zz")) {
        return true;
    }
    if (!take_any(text, "+-")) {
        return false;
    }
    hour = take_digits(text, 2);
    minute = hour >= 0 && take_any(text, ":") ? take_digits(text, 2) : -1;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        return false;
    }
    *seconds = (hour * 3600 + minute * 60) * (is_behind ? -1 : 1);
    return true;
}

bool
tvn__time_parse(struct tvn_str text, uint64_t *time_ns)
{
    int64_t days = 0;
    int64_t seconds = 0;
    int64_t offset = 0;
    uint64_t ns = 0;
    int64_t unix_seconds;

    if (!take_date(&text, &days) || !take_any(&text, "Tt ") ||
        !take_clock(&text, &seconds, &ns) || !take_offset(&text, &offset) ||
        text.len > 0) {
        return false;
    }
    unix_seconds = days * DAY_SECONDS + seconds - offset;
    if (unix_seconds < 0 ||
        (uint64_t)unix_seconds > UINT64_MAX / SECOND_NS - 1) {
        return false;
    }
    *time_ns = (uint64_t)unix_seconds * SECOND_NS + ns;
    return true;
}

/* ------------------------------------------------------------------------
 * Meta. */

static bool
is_bytes(const struct tvn_type *type)
{
    return type->kind == TVN_KIND_STRING ||
           (type->kind == TVN_KIND_LIST && type->elem->kind == TVN_KIND_U8);
}

static tvn_err
init_key(struct tvn__meta *meta, const struct tvn_type *type,
    const struct tvn_pipeline_name *name, struct tvn_diag *diag)
{
    struct tvn__field field;
    tvn_err err =
        tvn__field_find(type, name->text, &name->place, "key", &field, diag);

    if (err != TVN_OK) {
        return err;
    }
    if (field.type->kind > TVN_KIND_STRING && !is_bytes(field.type) &&
        field.type->kind != TVN_KIND_ENUM &&
        field.type->kind != TVN_KIND_FLAGS) {
        return tvn_diag_error(diag, TVN_ECONNECTOR_TYPE, &name->place,
            "key: '%.*s' is no scalar, string, list<u8>, enum or flags",
            TVN_STR_ARG(name->text));
    }
    meta->key = field;
    return TVN_OK;
}

static tvn_err
init_time(struct tvn__meta *meta, const struct tvn_type *type,
    const struct tvn_pipeline_stage *spec, struct tvn_diag *diag)
{
    const struct tvn_pipeline_name *name = &spec->event_time;
    struct tvn__field field;
    bool is_integer;
    tvn_err err = tvn__field_find(
        type, name->text, &name->place, "event-time", &field, diag);

    if (err != TVN_OK) {
        return err;
    }
    is_integer =
        field.type->kind >= TVN_KIND_S8 && field.type->kind <= TVN_KIND_U64;
    if (!is_integer && field.type->kind != TVN_KIND_STRING) {
        return tvn_diag_error(diag, TVN_ECONNECTOR_TYPE, &name->place,
            "event-time: '%.*s' is neither an integer nor a string",
            TVN_STR_ARG(name->text));
    }
    if (is_integer && spec->event_time_unit_ns == 0) {
        err = tvn_diag_error(diag, TVN_ECONNECTOR_OPTION, &name->place,
            "event-time: '%.*s' is an integer and its unit is not given",
            TVN_STR_ARG(name->text));
        tvn_diag_help(diag,
            "write `event-time: { field: %.*s, unit: ns }` "
            "(or us, ms, s)",
            TVN_STR_ARG(name->text));
        return err;
    }
    if (!is_integer && spec->event_time_unit_ns != 0) {
        return tvn_diag_error(diag, TVN_ECONNECTOR_OPTION, &name->place,
            "event-time: '%.*s' is a string, which is RFC 3339 and has no "
            "unit",
            TVN_STR_ARG(name->text));
    }
    meta->time = field;
    meta->unit_ns = spec->event_time_unit_ns;
    return TVN_OK;
}

tvn_err
tvn__meta_init(struct tvn__meta *meta, const struct tvn_type *type,
    const struct tvn_pipeline_stage *spec, struct tvn_diag *diag)
{
    tvn_err err = TVN_OK;
    tvn_err more = TVN_OK;

    *meta = (struct tvn__meta){0};
    if (type == NULL || spec == NULL) {
        return TVN_OK;
    }
    if (spec->key.text.len > 0) {
        err = init_key(meta, type, &spec->key, diag);
    }
    if (spec->event_time.text.len > 0) {
        more = init_time(meta, type, spec, diag);
    }
    return err == TVN_OK ? more : err;
}

static struct tvn_str
load_bytes(const uint8_t *at, const uint8_t *data)
{
    uint32_t words[2]; /* offset, length */

    memcpy(words, at, sizeof(words));
    return (struct tvn_str){(const char *)data + words[0], words[1]};
}

uint64_t
tvn__meta_key(const struct tvn__meta *meta, const uint8_t *data)
{
    const uint8_t *at = tvn__field_at(&meta->key, data);
    struct tvn_str bytes;

    if (at == NULL) {
        return 0;
    }
    if (!is_bytes(meta->key.type)) {
        return tvn_hash64(at, meta->key.type->size);
    }
    bytes = load_bytes(at, data);
    return tvn_hash64(bytes.ptr, bytes.len);
}

/* Any integer, widened; false: it is below 0. */
static bool
load_integer(const struct tvn_type *type, const uint8_t *at, uint64_t *value)
{
    bool is_signed = type->kind == TVN_KIND_S8 || type->kind == TVN_KIND_S16 ||
                     type->kind == TVN_KIND_S32 || type->kind == TVN_KIND_S64;

    *value = 0;
    memcpy(value, at, type->size); /* canonical memory is little-endian */
    return !is_signed || (*value >> (8 * type->size - 1)) == 0;
}

tvn_err
tvn__meta_time(const struct tvn__meta *meta, const uint8_t *data,
    uint64_t *time_ns, char *text, size_t text_size)
{
    const uint8_t *at = tvn__field_at(&meta->time, data);
    struct tvn_str bytes;
    uint64_t value;

    if (at == NULL) {
        return TVN_OK;
    }
    if (meta->unit_ns == 0) {
        bytes = load_bytes(at, data);
        if (tvn__time_parse(bytes, time_ns)) {
            return TVN_OK;
        }
        bytes.len = bytes.len > 64 ? 64 : bytes.len;
        (void)snprintf(text, text_size,
            "event-time: '%.*s' is no RFC 3339 time from 1970 to 2554",
            TVN_STR_ARG(bytes));
        return TVN_EEVENT_TIME;
    }
    if (!load_integer(meta->time.type, at, &value)) {
        (void)snprintf(text, text_size, "event-time: it is before 1970");
        return TVN_EEVENT_TIME;
    }
    if (value > UINT64_MAX / meta->unit_ns) {
        (void)snprintf(text, text_size,
            "event-time: %" PRIu64 " is after 2554 in this unit", value);
        return TVN_EEVENT_TIME;
    }
    *time_ns = value * meta->unit_ns;
    return TVN_OK;
}

tvn_err
tvn__meta_put(const struct tvn__meta *meta, const struct tvn_image *image,
    struct tvn_burst *burst, char *text, size_t text_size)
{
    uint32_t out = burst->outs;
    tvn_err err = TVN_OK;

    if (burst->has_times) {
        burst->out_time_ns[out] = burst->wall_ns;
        err = tvn__meta_time(
            meta, image->data, &burst->out_time_ns[out], text, text_size);
    }
    if (err == TVN_OK && burst->has_keys) {
        burst->out_key[out] = tvn__meta_key(meta, image->data);
    }
    return err;
}
