/* test_account.c -- the dead letters and the ledger that a test expects. */
#include "host/test_internal.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

/* ------------------------------------------------------------------------
 * Dead letters. */

static void
note_letter(struct tvn__test *test, const struct tvn__test_letter *letter)
{
    struct tvn_buf event = {0};

    if (letter->image != NULL) {
        tvn_buf_append_text(&event, ", event: ");
        tvn__test_print(letter->image->type, letter->image->data, 0, &event);
    }
    tvn_diag_note(test->diag, NULL,
        "got      { stage: %.*s, cause: %s, message: \"%.*s\", attempts: %u%s "
        "}",
        TVN_STR_ARG(letter->stage), tvn_fault_name(letter->kind),
        TVN_STR_ARG(letter->message), (unsigned)letter->attempts,
        tvn_buf_text(&event));
    tvn_buf_fini(&event);
}

static tvn_err
letter_differs(struct tvn__test *test, uint32_t number, const char *key,
    const struct tvn_yaml *wanted, struct tvn_str got)
{
    return tvn_diag_error(test->diag, TVN_ETEST_DIFFERS, &wanted->place,
        "dead[%u].%s: expected %.*s, got %.*s", (unsigned)number, key,
        TVN_STR_ARG(wanted->text), TVN_STR_ARG(got));
}

static tvn_err
check_event(struct tvn__test *test, uint32_t number,
    const struct tvn_yaml *wanted, const struct tvn_image *got)
{
    struct tvn_buf text = {0};
    bool does = false;
    tvn_err err;

    if (got == NULL) {
        return tvn_diag_error(test->diag, TVN_ETEST_DIFFERS, &wanted->place,
            "dead[%u].event: expected one, got a record that was not decoded",
            (unsigned)number);
    }
    err = tvn__test_matches(test, got->type, got, wanted, &does);
    if (err == TVN_OK && !does) {
        tvn__test_print_yaml(wanted, &text);
        err = tvn_diag_error(test->diag, TVN_ETEST_DIFFERS, &wanted->place,
            "dead[%u].event: expected one with %s", (unsigned)number,
            tvn_buf_text(&text));
        tvn_buf_fini(&text);
    }
    return err;
}

static tvn_err
check_attempts(struct tvn__test *test, uint32_t number,
    const struct tvn_yaml *node, uint32_t got)
{
    uint64_t wanted = 0;
    tvn_err err =
        tvn_yaml_read_u64(node, "attempts", 1, UINT32_MAX, &wanted, test->diag);

    if (err != TVN_OK || wanted == got) {
        return err;
    }
    return tvn_diag_error(test->diag, TVN_ETEST_DIFFERS, &node->place,
        "dead[%u].attempts: expected %" PRIu64 ", got %u", (unsigned)number,
        wanted, (unsigned)got);
}

static tvn_err
check_letter(
    struct tvn__test *test, uint32_t number, const struct tvn__test_letter *got)
{
    const struct tvn__test_dead *wanted = &test->spec->dead[number];
    struct tvn_str cause = tvn_str_of(tvn_fault_name(got->kind));
    tvn_err err = TVN_OK;

    if (wanted->stage != NULL && tvn__test_find(test, wanted->stage) < 0) {
        return TVN_ETEST_STAGE;
    }
    if (wanted->stage != NULL &&
        !tvn_str_equal(wanted->stage->text, got->stage)) {
        err = letter_differs(test, number, "stage", wanted->stage, got->stage);
    } else if (wanted->cause != NULL &&
               !tvn_str_equal(wanted->cause->text, cause)) {
        err = letter_differs(test, number, "cause", wanted->cause, cause);
    } else if (wanted->message != NULL &&
               !tvn_str_contains(got->message, wanted->message->text)) {
        err = letter_differs(
            test, number, "message", wanted->message, got->message);
    } else if (wanted->event != NULL) {
        err = check_event(test, number, wanted->event, got->image);
    }
    if (err == TVN_OK && wanted->attempts != NULL) {
        err = check_attempts(test, number, wanted->attempts, got->attempts);
    }
    if (err == TVN_ETEST_DIFFERS) {
        note_letter(test, got);
    }
    return err;
}

tvn_err
tvn__test_check_dead(struct tvn__test *test)
{
    const struct tvn__test_case *spec = test->spec;
    const struct tvn__test_letter *letter = test->letters;
    struct tvn_place place =
        spec->dead_place.line > 0 ? spec->dead_place : spec->place;
    uint32_t number = 0;
    tvn_err err = TVN_OK;

    for (; err == TVN_OK && letter != NULL && number < spec->dead_count;
         letter = letter->next) {
        err = check_letter(test, number++, letter);
    }
    if (err != TVN_OK || test->letter_count == spec->dead_count) {
        return err;
    }
    if (number < spec->dead_count) {
        place = spec->dead[number].node->place;
    }
    err = tvn_diag_error(test->diag, TVN_ETEST_DIFFERS, &place,
        "dead: expected %u dead letters, got %u", (unsigned)spec->dead_count,
        (unsigned)test->letter_count);
    if (letter != NULL) {
        note_letter(test, letter);
    }
    return err;
}

/* ------------------------------------------------------------------------
 * The ledger, by way of the report, so that its keys are the report's. */

static void
suggest(struct tvn__test *test, struct tvn_str word, json_t *const *objects,
    uint32_t count)
{
    struct tvn_str names[64];
    size_t total = 0;

    for (uint32_t i = 0; i < count; i++) {
        const char *key;
        json_t *value;

        json_object_foreach(objects[i], key, value)
        {
            if (total < 64) {
                names[total++] = tvn_str_of(key);
            }
        }
    }
    tvn_diag_suggest(test->diag, word, names, total);
}

static json_t *
get(json_t *object, struct tvn_str key)
{
    return json_object_getn(object, key.ptr, key.len);
}

static tvn_err
check_number(struct tvn__test *test, const struct tvn_yaml *row, json_t *found,
    const struct tvn_yaml_pair *pair)
{
    json_t *number = get(found, pair->key->text);
    uint64_t wanted = 0;
    tvn_err err;

    if (!json_is_integer(number)) {
        err = tvn_diag_error(test->diag, TVN_ETEST_STAGE, &pair->key->place,
            "the ledger of %.*s has no number '%.*s'", TVN_STR_ARG(row->text),
            TVN_STR_ARG(pair->key->text));
        suggest(test, pair->key->text, &found, 1);
        return err;
    }
    err = tvn_yaml_read_u64(
        pair->value, "a number", 0, UINT64_MAX, &wanted, test->diag);
    if (err != TVN_OK || wanted == (uint64_t)json_integer_value(number)) {
        return err;
    }
    return tvn_diag_error(test->diag, TVN_ETEST_DIFFERS, &pair->value->place,
        "ledger, %.*s.%.*s: expected %" PRIu64 ", got %" JSON_INTEGER_FORMAT,
        TVN_STR_ARG(row->text), TVN_STR_ARG(pair->key->text), wanted,
        json_integer_value(number));
}

static tvn_err
check_row(struct tvn__test *test, json_t *report, const struct tvn_yaml *row,
    const struct tvn_yaml *numbers)
{
    json_t *const all[] = {
        json_object_get(report, "stages"), json_object_get(report, "edges")};
    json_t *found = tvn_str_is(row->text, "flow")
                        ? json_object_get(report, "events")
                        : get(all[0], row->text);
    tvn_err err = TVN_OK;

    if (found == NULL) {
        found = get(all[1], row->text);
    }
    if (found == NULL) {
        err = tvn_diag_error(test->diag, TVN_ETEST_STAGE, &row->place,
            "the ledger has no stage or edge '%.*s'", TVN_STR_ARG(row->text));
        suggest(test, row->text, all, 2);
        return err;
    }
    for (uint32_t i = 0; i < numbers->count; i++) {
        err = tvn_err_first(
            err, check_number(test, row, found, &numbers->pairs[i]));
    }
    return err;
}

tvn_err
tvn__test_check_ledger(struct tvn__test *test)
{
    const struct tvn_yaml *ledger = test->spec->ledger;
    struct tvn_buf text = {0};
    struct tvn_json json;
    json_t *report;
    tvn_err err = TVN_OK;

    if (ledger == NULL) {
        return TVN_OK;
    }
    tvn_json_init(&json, &text, false);
    tvn_host_report_json(test->host, &json);
    report = text.failed ? NULL : json_loadb(text.ptr, text.len, 0, NULL);
    if (report == NULL) {
        err = TVN_ENOMEM;
    }
    for (uint32_t i = 0; report != NULL && i < ledger->count; i++) {
        err = tvn_err_first(err, check_row(test, report, ledger->pairs[i].key,
                                     ledger->pairs[i].value));
    }
    json_decref(report);
    tvn_buf_fini(&text);
    return err;
}
