/* yaml_quantity.c -- scalars that are a number, a size, a duration or a rate;
 * see yaml.h.
 *
 * Where the writer most likely only left out or misspelled a unit, the help is
 * the value written out. */
#include "config/internal.h"

#include "base/buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct unit {
    const char *name;
    uint64_t factor;
    bool is_known; /* else: what people write instead */
};

static const struct unit size_units[] = {
    {"B", 1, true},
    {"KiB", UINT64_C(1) << 10, true},
    {"MiB", UINT64_C(1) << 20, true},
    {"GiB", UINT64_C(1) << 30, true},
    {"b", 1, false},
    {"byte", 1, false},
    {"bytes", 1, false},
    {"k", UINT64_C(1) << 10, false},
    {"K", UINT64_C(1) << 10, false},
    {"kb", UINT64_C(1) << 10, false},
    {"kB", UINT64_C(1) << 10, false},
    {"KB", UINT64_C(1) << 10, false},
    {"kib", UINT64_C(1) << 10, false},
    {"Ki", UINT64_C(1) << 10, false},
    {"m", UINT64_C(1) << 20, false},
    {"M", UINT64_C(1) << 20, false},
    {"mb", UINT64_C(1) << 20, false},
    {"MB", UINT64_C(1) << 20, false},
    {"mib", UINT64_C(1) << 20, false},
    {"Mi", UINT64_C(1) << 20, false},
    {"g", UINT64_C(1) << 30, false},
    {"G", UINT64_C(1) << 30, false},
    {"gb", UINT64_C(1) << 30, false},
    {"GB", UINT64_C(1) << 30, false},
    {"gib", UINT64_C(1) << 30, false},
    {"Gi", UINT64_C(1) << 30, false},
    {"TiB", UINT64_C(1) << 40, false},
    {NULL, 0, false},
};

#define SECOND UINT64_C(1000000000)
static const struct unit duration_units[] = {
    {"ns", 1, true},
    {"us", 1000, true},
    {"ms", 1000000, true},
    {"s", SECOND, true},
    {"m", 60 * SECOND, true},
    {"h", 3600 * SECOND, true},
    {"\xC2\xB5s", 1000, false}, /* micro sign */
    {"\xCE\xBCs", 1000, false}, /* mu */
    {"usec", 1000, false},
    {"msec", 1000000, false},
    {"millis", 1000000, false},
    {"sec", SECOND, false},
    {"secs", SECOND, false},
    {"second", SECOND, false},
    {"seconds", SECOND, false},
    {"S", SECOND, false},
    {"min", 60 * SECOND, false},
    {"mins", 60 * SECOND, false},
    {"minute", 60 * SECOND, false},
    {"minutes", 60 * SECOND, false},
    {"hour", 3600 * SECOND, false},
    {"hours", 3600 * SECOND, false},
    {"H", 3600 * SECOND, false},
    {"d", 24 * 3600 * SECOND, false},
    {"day", 24 * 3600 * SECOND, false},
    {"days", 24 * 3600 * SECOND, false},
    {NULL, 0, false},
};

/* What a quantity is, for the one reader of both. */
struct quantity {
    const char *noun;
    const char *units_text;
    const struct unit *units;
    void (*print)(uint64_t value, struct tvn_buf *out);
    uint64_t round; /* a bare multiple of it is meant in the least unit */
    const char *bare_unit; /* what others are shown with */
};

static const struct quantity a_size = {
    "a size", "B, KiB, MiB or GiB", size_units, tvn_size_print, 1024, "MiB"};
static const struct quantity a_duration = {"a duration",
    "ns, us, ms, s, m or h", duration_units, tvn_duration_print, 1000000, "ms"};

/* ------------------------------------------------------------------------
 * Numbers, sizes, durations. */

/* Digits at the start of `text`: their number; false when there are none or
 * they do not fit. */
static bool
take_digits(struct tvn_str *text, uint64_t *out)
{
    uint64_t value = 0;
    size_t i = 0;

    for (; i < text->len && text->ptr[i] >= '0' && text->ptr[i] <= '9'; i++) {
        uint64_t digit = (uint64_t)(text->ptr[i] - '0');

        if (value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    text->ptr += i;
    text->len -= i;
    *out = value;
    return i > 0;
}

tvn_err
tvn_yaml_read_u64(const struct tvn_yaml *node, const char *what, uint64_t min,
    uint64_t max, uint64_t *out, struct tvn_diag *diag)
{
    struct tvn_str rest = node->text;
    char wanted[64];
    uint64_t value;

    if (node->kind != TVN_YAML_SCALAR || node->is_broken ||
        !take_digits(&rest, &value) || rest.len > 0 || value < min ||
        value > max) {
        (void)snprintf(wanted, sizeof(wanted),
            "a number from %" PRIu64 " to %" PRIu64, min, max);
        return tvn__refuse_value(node, what, wanted, diag);
    }
    *out = value;
    return TVN_OK;
}

static const struct unit *
find_unit(const struct unit *units, struct tvn_str name)
{
    while (units->name != NULL && !tvn_str_is(name, units->name)) {
        units++;
    }
    return units->name == NULL ? NULL : units;
}

static void
help_value(
    const struct quantity *quantity, uint64_t value, struct tvn_diag *diag)
{
    struct tvn_buf text = {0};

    quantity->print(value, &text);
    tvn_diag_help(diag, "write %s", tvn_buf_text(&text));
    tvn_buf_fini(&text);
}

/* Says why `node` is no quantity, and how it is written if that can be
 * guessed: "4M", "5 sec", "1.5s". */
static tvn_err
refuse_quantity(const struct quantity *quantity, const struct tvn_yaml *node,
    const char *what, struct tvn_diag *diag)
{
    struct tvn_str rest = node->text;
    const struct unit *unit;
    uint64_t value = 0;
    uint64_t tenths = 0;
    char wanted[64];

    (void)snprintf(wanted, sizeof(wanted), "%s with a unit (%s)",
        quantity->noun, quantity->units_text);
    (void)tvn__refuse_value(node, what, wanted, diag);
    if (node->kind != TVN_YAML_SCALAR || node->is_broken || node->is_secret ||
        !take_digits(&rest, &value)) {
        return TVN_EPIPELINE_VALUE;
    }
    if (rest.len == 0 && value > 0 &&
        (value % quantity->round == 0 || value > 99999)) {
        help_value(quantity, value, diag); /* surely counted in the least */
    } else if (rest.len == 0) {
        tvn_diag_help(diag, "write %" PRIu64 "%s, or the unit that is meant",
            value, quantity->bare_unit);
    }
    if (rest.len > 2 && rest.ptr[0] == '.' && rest.ptr[1] >= '0' &&
        rest.ptr[1] <= '9') {
        tenths = (uint64_t)(rest.ptr[1] - '0');
        rest.ptr += 2;
        rest.len -= 2;
    }
    while (rest.len > 0 && *rest.ptr == ' ') {
        rest.ptr++;
        rest.len--;
    }
    unit = find_unit(quantity->units, rest);
    if (unit != NULL && value <= UINT64_MAX / unit->factor / 2) {
        help_value(quantity,
            value * unit->factor + unit->factor / 10 * tenths +
                unit->factor % 10 * tenths / 10,
            diag);
    }
    return TVN_EPIPELINE_VALUE;
}

static tvn_err
refuse_range(const struct quantity *quantity, const struct tvn_yaml *node,
    const char *what, uint64_t min, uint64_t max, struct tvn_diag *diag)
{
    struct tvn_buf wanted = {0};
    tvn_err err;

    tvn_buf_append_text(&wanted, "from ");
    quantity->print(min, &wanted);
    tvn_buf_append_text(&wanted, " to ");
    quantity->print(max, &wanted);
    err = tvn__refuse_value(node, what, tvn_buf_text(&wanted), diag);
    tvn_buf_fini(&wanted);
    return err;
}

static tvn_err
read_quantity(const struct quantity *quantity, const struct tvn_yaml *node,
    const char *what, const uint64_t bounds[2], uint64_t *out,
    struct tvn_diag *diag)
{
    struct tvn_str rest = node->text;
    const struct unit *unit;
    uint64_t value;

    if (node->kind != TVN_YAML_SCALAR || node->is_broken ||
        !take_digits(&rest, &value)) {
        return refuse_quantity(quantity, node, what, diag);
    }
    unit = find_unit(quantity->units, rest);
    if (unit == NULL || !unit->is_known) {
        return refuse_quantity(quantity, node, what, diag);
    }
    if (value > UINT64_MAX / unit->factor || value * unit->factor < bounds[0] ||
        value * unit->factor > bounds[1]) {
        return refuse_range(quantity, node, what, bounds[0], bounds[1], diag);
    }
    *out = value * unit->factor;
    return TVN_OK;
}

tvn_err
tvn_yaml_read_size(const struct tvn_yaml *node, const char *what, uint64_t min,
    uint64_t max, uint64_t *out, struct tvn_diag *diag)
{
    const uint64_t bounds[2] = {min, max};

    return read_quantity(&a_size, node, what, bounds, out, diag);
}

tvn_err
tvn_yaml_read_duration(const struct tvn_yaml *node, const char *what,
    uint64_t min, uint64_t max, uint64_t *out, struct tvn_diag *diag)
{
    const uint64_t bounds[2] = {min, max};

    return read_quantity(&a_duration, node, what, bounds, out, diag);
}

/* ------------------------------------------------------------------------
 * Spans and rates. */

/* Two durations with `separator` between them; false when it is not there or
 * one of them is none. */
static bool
cut_span(struct tvn_str text, const char *separator, struct tvn_str parts[2])
{
    size_t len = strlen(separator);

    for (size_t i = 0; i + len <= text.len; i++) {
        if (memcmp(text.ptr + i, separator, len) == 0) {
            parts[0] = (struct tvn_str){text.ptr, i};
            parts[1] = (struct tvn_str){text.ptr + i + len, text.len - i - len};
            return true;
        }
    }
    return false;
}

/* A text that stands in the node's place. */
static struct tvn_yaml
part_of(const struct tvn_yaml *node, struct tvn_str text)
{
    struct tvn_yaml part = *node;

    while (text.len > 0 && *text.ptr == ' ') {
        text.ptr++;
        text.len--;
    }
    while (text.len > 0 && text.ptr[text.len - 1] == ' ') {
        text.len--;
    }
    if (node->is_verbatim && part.place.line > 0) {
        part.place.column +=
            (uint32_t)(text.ptr - node->text.ptr) + (node->is_plain ? 0 : 1);
    }
    part.text = text;
    return part;
}

/* What people write for `..`, and a list of two. */
static void
help_span(const struct tvn_yaml *node, struct tvn_diag *diag)
{
    static const char *const others[] = {
        "...", "\xE2\x80\xA6", "-", "to", "->", ",", ":"};
    const uint64_t bounds[2] = {0, UINT64_MAX};
    struct tvn_str parts[2] = {{0}};
    bool is_found = false;
    uint64_t value;

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]) && !is_found &&
                       node->kind == TVN_YAML_SCALAR && !node->is_secret;
         i++) {
        is_found = cut_span(node->text, others[i], parts);
    }
    if (node->kind == TVN_YAML_SEQUENCE && node->count == 2 &&
        node->items[0]->kind == TVN_YAML_SCALAR &&
        node->items[1]->kind == TVN_YAML_SCALAR && !node->items[0]->is_secret &&
        !node->items[1]->is_secret) {
        parts[0] = node->items[0]->text;
        parts[1] = node->items[1]->text;
        is_found = true;
    }
    for (int i = 0; i < 2 && is_found; i++) {
        struct tvn_yaml part = {.text = parts[i]};

        part = part_of(&part, parts[i]);
        parts[i] = part.text;
        is_found = read_quantity(
                       &a_duration, &part, "", bounds, &value, NULL) == TVN_OK;
    }
    if (is_found) {
        tvn_diag_help(diag, "write %.*s..%.*s", TVN_STR_ARG(parts[0]),
            TVN_STR_ARG(parts[1]));
    } else if (node->kind != TVN_YAML_SCALAR) {
        tvn_diag_help(diag, "write 10ms..1s, or one duration");
    }
}

tvn_err
tvn_yaml_read_span(const struct tvn_yaml *node, const char *what, uint64_t min,
    uint64_t max, struct tvn_yaml_span *out, struct tvn_diag *diag)
{
    const uint64_t bounds[2] = {min, max};
    struct tvn_str parts[2] = {node->text, node->text};
    uint64_t values[2] = {0};
    bool is_range = node->kind == TVN_YAML_SCALAR && !node->is_broken &&
                    cut_span(node->text, "..", parts) &&
                    !cut_span(node->text, "...", (struct tvn_str[2]){0});

    if (!is_range && (node->kind != TVN_YAML_SCALAR ||
                         read_quantity(&a_duration, node, what, bounds, values,
                             NULL) != TVN_OK)) {
        (void)read_quantity(&a_duration, node, what, bounds, values, diag);
        help_span(node, diag);
        return TVN_EPIPELINE_VALUE;
    }
    for (int i = 0; i < 2 && is_range; i++) {
        struct tvn_yaml part = part_of(node, parts[i]);

        if (read_quantity(&a_duration, &part, what, bounds, &values[i], diag) !=
            TVN_OK) {
            return TVN_EPIPELINE_VALUE;
        }
        parts[i] = part.text;
    }
    if (is_range && values[0] > values[1]) {
        (void)tvn_diag_error(diag, TVN_EPIPELINE_VALUE, &node->place,
            "%s goes from the shorter to the longer, found %s", what,
            tvn__show(node).text);
        if (!node->is_secret) {
            tvn_diag_help(diag, "write %.*s..%.*s", TVN_STR_ARG(parts[1]),
                TVN_STR_ARG(parts[0]));
        }
        return TVN_EPIPELINE_VALUE;
    }
    *out = (struct tvn_yaml_span){values[0], values[is_range]};
    return TVN_OK;
}

/* "500/min", "500 per second", "500": their number a second; 0: not one. */
static uint64_t
guess_rate(uint64_t value, struct tvn_str rest)
{
    static const struct unit units[] = {
        {"", 1, false},
        {"/s", 1, false},
        {"/ s", 1, false},
        {"s", 1, false},
        {"/sec", 1, false},
        {"/second", 1, false},
        {"ps", 1, false},
        {"per s", 1, false},
        {"per second", 1, false},
        {"hz", 1, false},
        {"Hz", 1, false},
        {"/ms", 0, false},
        {"/m", 60, false},
        {"/min", 60, false},
        {"/minute", 60, false},
        {"per minute", 60, false},
        {"/h", 3600, false},
        {"/hour", 3600, false},
        {"k/s", 0, false},
        {NULL, 0, false},
    };
    const struct unit *unit;

    while (rest.len > 0 && *rest.ptr == ' ') {
        rest.ptr++;
        rest.len--;
    }
    unit = find_unit(units, rest);
    if (unit == NULL) {
        return 0;
    }
    if (unit->factor == 0) { /* a thousandfold */
        return value > UINT64_MAX / 1000 ? 0 : value * 1000;
    }
    return value % unit->factor == 0 ? value / unit->factor : 0;
}

tvn_err
tvn_yaml_read_rate(const struct tvn_yaml *node, const char *what, uint64_t *out,
    struct tvn_diag *diag)
{
    struct tvn_str rest = node->text;
    uint64_t value = 0;
    bool has_digits = node->kind == TVN_YAML_SCALAR && !node->is_broken &&
                      take_digits(&rest, &value);

    if (!has_digits || value == 0 || !tvn_str_is(rest, "/s")) {
        (void)tvn__refuse_value(node, what, "a rate such as 500/s", diag);
        value = has_digits && !node->is_secret ? guess_rate(value, rest) : 0;
        if (value > 0) {
            tvn_diag_help(diag, "write %" PRIu64 "/s", value);
        }
        return TVN_EPIPELINE_VALUE;
    }
    *out = value;
    return TVN_OK;
}
