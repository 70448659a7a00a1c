/* yaml_read.c -- scalars as what the file means by them; see yaml.h.
 *
 * A message says what is wanted and shows what stands there; where the writer
 * most likely only left out or misspelled a unit, the help is the value
 * written out. */
#include "config/internal.h"

#include "base/buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 40u
#define KEYS_MAX  64u
#define WORDS_MAX 16u

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
 * Nodes in messages. */

struct tvn__shown
tvn__show_text(struct tvn_str text)
{
    struct tvn__shown shown = {{0}};
    size_t len = text.len;

    if (len > SHOWN_MAX) {
        len = SHOWN_MAX;
        while (len > 0 && ((unsigned char)text.ptr[len] & 0xC0) == 0x80) {
            len--; /* not inside a character */
        }
    }
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        shown.text[i] = c < 0x20 || c == 0x7F ? ' ' : text.ptr[i];
    }
    if (len < text.len) {
        memcpy(shown.text + len, "...", 4);
    }
    return shown;
}

struct tvn__shown
tvn__show(const struct tvn_yaml *node)
{
    struct tvn__shown text = {{0}};
    struct tvn__shown shown = {{0}};
    struct tvn_str out = tvn_str_of(tvn_yaml_kind_name(node));

    if (node->kind != TVN_YAML_SCALAR) {
        memcpy(shown.text, out.ptr, out.len);
        return shown;
    }
    if (tvn__is_null(node)) {
        return (struct tvn__shown){"nothing"};
    }
    text = node->is_secret ? (struct tvn__shown){"***"}
                           : tvn__show_text(node->text);
    out = tvn_str_of(text.text);
    shown.text[0] = '\'';
    memcpy(shown.text + 1, out.ptr, out.len);
    shown.text[out.len + 1] = '\'';
    return shown;
}

bool
tvn__is_null(const struct tvn_yaml *node)
{
    return node->kind == TVN_YAML_SCALAR && node->is_plain &&
           !node->is_broken &&
           (node->text.len == 0 || tvn_str_is(node->text, "~") ||
               tvn_str_is(node->text, "null"));
}

const char *
tvn_yaml_kind_name(const struct tvn_yaml *node)
{
    switch (node->kind) {
    case TVN_YAML_SCALAR:
        return "a scalar";
    case TVN_YAML_SEQUENCE:
        return "a sequence";
    case TVN_YAML_MAPPING:
        return "a mapping";
    }
    return "";
}

const struct tvn_yaml *
tvn_yaml_get(const struct tvn_yaml *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != TVN_YAML_MAPPING) {
        return NULL;
    }
    for (uint32_t i = 0; i < mapping->count; i++) {
        if (tvn_str_is(mapping->pairs[i].key->text, key)) {
            return mapping->pairs[i].value;
        }
    }
    return NULL;
}

static tvn_err
refuse(const struct tvn_yaml *node, const char *what, const char *wanted,
    struct tvn_diag *diag)
{
    if (node->is_broken) {
        return TVN_EPIPELINE_VALUE;
    }
    return tvn_diag_error(diag, TVN_EPIPELINE_VALUE, &node->place,
        "%s must be %s, found %s", what, wanted, tvn__show(node).text);
}

tvn_err
tvn__expect(const struct tvn_yaml *node, enum tvn_yaml_kind kind,
    const char *what, struct tvn_diag *diag)
{
    const struct tvn_yaml wanted = {.kind = kind};

    if (node->kind == kind && !node->is_broken) {
        return TVN_OK;
    }
    return refuse(node, what, tvn_yaml_kind_name(&wanted), diag);
}

/* ------------------------------------------------------------------------
 * Numbers. */

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
        return refuse(node, what, wanted, diag);
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
    (void)refuse(node, what, wanted, diag);
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
    err = refuse(node, what, tvn_buf_text(&wanted), diag);
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

tvn_err
tvn_yaml_read_rate(const struct tvn_yaml *node, const char *what, uint64_t *out,
    struct tvn_diag *diag)
{
    struct tvn_str rest = node->text;
    uint64_t value = 0;
    bool has_digits = node->kind == TVN_YAML_SCALAR && !node->is_broken &&
                      take_digits(&rest, &value);

    if (!has_digits || value == 0 || !tvn_str_is(rest, "/s")) {
        (void)refuse(node, what, "a rate such as 500/s", diag);
        if (has_digits && value > 0 && rest.len == 0 && !node->is_secret) {
            tvn_diag_help(diag, "write %" PRIu64 "/s", value);
        }
        return TVN_EPIPELINE_VALUE;
    }
    *out = value;
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Texts. */

tvn_err
tvn_yaml_read_str(const struct tvn_yaml *node, const char *what,
    struct tvn_str *out, struct tvn_diag *diag)
{
    if (node->kind != TVN_YAML_SCALAR || node->is_broken ||
        tvn__is_null(node)) {
        return refuse(node, what, "a text", diag);
    }
    *out = node->text;
    return TVN_OK;
}

tvn_err
tvn_yaml_read_bool(const struct tvn_yaml *node, const char *what, bool *out,
    struct tvn_diag *diag)
{
    static const char *const yes[] = {"yes", "on", "True", "TRUE", "y"};
    static const char *const no[] = {"no", "off", "False", "FALSE", "n"};

    if (node->kind == TVN_YAML_SCALAR && !node->is_broken &&
        (tvn_str_is(node->text, "true") || tvn_str_is(node->text, "false"))) {
        *out = tvn_str_is(node->text, "true");
        return TVN_OK;
    }
    (void)refuse(node, what, "true or false", diag);
    for (size_t i = 0; i < 5 && node->kind == TVN_YAML_SCALAR; i++) {
        if (tvn_str_is(node->text, yes[i])) {
            tvn_diag_help(diag, "write true");
        } else if (tvn_str_is(node->text, no[i])) {
            tvn_diag_help(diag, "write false");
        }
    }
    return TVN_EPIPELINE_VALUE;
}

tvn_err
tvn_yaml_read_word(const struct tvn_yaml *node, const char *what,
    const char *const *words, uint32_t *out, struct tvn_diag *diag)
{
    struct tvn_str known[WORDS_MAX];
    struct tvn_buf wanted = {0};
    uint32_t count = 0;
    int best;

    for (; words[count] != NULL && count < WORDS_MAX; count++) {
        known[count] = tvn_str_of(words[count]);
        if (node->kind == TVN_YAML_SCALAR && !node->is_broken &&
            tvn_str_equal(node->text, known[count])) {
            tvn_buf_fini(&wanted);
            *out = count;
            return TVN_OK;
        }
        tvn_buf_printf(&wanted, "%s%s",
            count == 0                 ? ""
            : words[count + 1] == NULL ? " or "
                                       : ", ",
            words[count]);
    }
    (void)refuse(node, what, tvn_buf_text(&wanted), diag);
    tvn_buf_fini(&wanted);
    if (node->kind == TVN_YAML_SCALAR && !node->is_broken) {
        best = tvn_str_suggest(node->text, known, count);
        if (best >= 0) {
            tvn_diag_help(diag, "did you mean '%s'?", words[best]);
        }
    }
    return TVN_EPIPELINE_VALUE;
}

tvn_err
tvn_yaml_check_keys(const struct tvn_yaml *node, const char *what,
    const char *const *keys, struct tvn_diag *diag)
{
    struct tvn_str known[KEYS_MAX];
    tvn_err err = tvn__expect(node, TVN_YAML_MAPPING, what, diag);
    uint32_t count = 0;

    if (err != TVN_OK) {
        return err;
    }
    for (; keys[count] != NULL && count < KEYS_MAX; count++) {
        known[count] = tvn_str_of(keys[count]);
    }
    for (uint32_t i = 0; i < node->count; i++) {
        const struct tvn_yaml *key = node->pairs[i].key;
        uint32_t k = 0;

        while (k < count && !tvn_str_equal(key->text, known[k])) {
            k++;
        }
        if (k == count) {
            err = tvn_diag_error(diag, TVN_EPIPELINE_KEY, &key->place,
                "'%s' is not a key of %s", tvn__show_text(key->text).text,
                what);
            tvn_diag_suggest(diag, key->text, known, count);
        }
    }
    return err;
}
