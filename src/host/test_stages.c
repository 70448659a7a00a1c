/* test_stages.c -- what stands in a test where connectors and mocked stages
 * were.
 *
 *     source   gives what the test says, at its times; a text is a record of
 *              the source's codec, and may be broken
 *     mock     answers in turn, the last answer stays
 *     quiet    a mock without answers: a source at its end, a sink that takes
 *              everything, a stage that nothing reaches */
#include "host/test_internal.h"

#include <stdio.h>

/* ------------------------------------------------------------------------
 * Sources. */

/* A block scalar ends with a newline that is no part of the record. */
static struct tvn_str
record_of(const struct tvn_yaml *node)
{
    struct tvn_str text = node->text;

    if (text.len > 0 && text.ptr[text.len - 1] == '\n') {
        text.len--;
    }
    return text;
}

static bool
is_record(
    const struct tvn__test_source *source, const struct tvn__test_item *item)
{
    return source->has_codec && item->value != NULL &&
           item->value->kind == TVN_YAML_SCALAR;
}

static tvn_err
init_codec(struct tvn__test_source *source,
    const struct tvn_pipeline_stage *spec, const struct tvn_type *type)
{
    struct tvn__test *test = source->test;
    tvn_err err = tvn__codec_init(&source->codec, &spec->codec, type,
        test->host->pipeline->max_event, test->diag);

    source->has_codec = err == TVN_OK;
    return err == TVN_OK ? tvn__meta_init(&source->meta, type, spec, test->diag)
                         : err;
}

tvn_err
tvn__test_source_init(struct tvn__test_source *source, struct tvn__test *test,
    const struct tvn__test_given *given, uint32_t number)
{
    const struct tvn_pipeline_stage *spec =
        &test->host->pipeline->stages[number];
    const struct tvn_type *type = test->stages[number].role == TVN_ROLE_SOURCE
                                      ? test->host->link.stages[number].out
                                      : tvn__test_type_in(test, number);
    tvn_err err = TVN_OK;

    source->test = test;
    source->given = given;
    tvn_builder_init(&source->builder, test->host->values);
    source->images =
        tvn_arena_new(&test->arena, given->count, sizeof(struct tvn_image *));
    if (source->images == NULL) {
        return TVN_ENOMEM;
    }
    if (type == NULL) {
        return tvn_diag_error(test->diag, TVN_ETEST_STAGE, &given->stage->place,
            "events of several types come to %.*s: give them at the stages "
            "before it",
            TVN_STR_ARG(given->stage->text));
    }
    if (spec->kind == TVN_PIPELINE_SOURCE) {
        err = init_codec(source, spec, type);
    }
    for (uint32_t i = 0; i < given->count; i++) {
        const struct tvn__test_item *item = &given->items[i];

        if (item->value != NULL && !is_record(source, item)) {
            err = tvn_err_first(err,
                tvn__test_value(test, type, item->value, &source->images[i]));
        }
    }
    return err;
}

void
tvn__test_source_fini(struct tvn__test_source *source)
{
    for (uint32_t i = 0; source->images != NULL && i < source->given->count;
         i++) {
        tvn_image_unref(source->images[i]);
    }
    tvn__codec_fini(&source->codec);
    tvn_builder_fini(&source->builder);
}

static tvn_err
fail_record(struct tvn__test_source *source, const struct tvn_yaml *node,
    tvn_err err, struct tvn_burst *burst)
{
    struct tvn_place place = node->place;
    const char *text = source->codec.text;
    const char *help = source->codec.fault.help;

    if (err == TVN_EEVENT_TIME) {
        text = source->text;
        help = "";
    } else if (node->is_verbatim) {
        place.column +=
            (uint32_t)source->codec.fault.byte + (node->is_plain ? 0 : 1);
    }
    source->counts.failed++;
    burst->fault = (struct tvn_fault){
        .kind = err == TVN_ENOMEM ? TVN_FAULT_FATAL : TVN_FAULT_RECORD,
        .err = err,
        .place = place,
        .text = tvn_str_of(text),
        .help = tvn_str_of(help),
        .raw = record_of(node),
    };
    return err;
}

static tvn_err
make_image(
    struct tvn__test_source *source, uint32_t number, struct tvn_image **out)
{
    const struct tvn__test_item *item = &source->given->items[number];
    uint64_t bytes = 0;

    if (!is_record(source, item)) {
        *out = tvn_image_ref(source->images[number]);
        return TVN_OK;
    }
    return tvn__codec_read(
        &source->codec, record_of(item->value), &source->builder, out, &bytes);
}

/* The next item, an event or a record. */
static tvn_err
give(struct tvn__test_source *source, struct tvn_burst *burst)
{
    const struct tvn__test_item *item = &source->given->items[source->next];
    struct tvn_image *image = NULL;
    tvn_err err = make_image(source, source->next++, &image);

    source->counts.calls++;
    source->counts.records++;
    if (err == TVN_OK && source->has_codec) {
        err = tvn__meta_put(
            &source->meta, image, burst, source->text, sizeof(source->text));
    }
    if (err != TVN_OK) {
        tvn_image_unref(image);
        return fail_record(source, item->value, err, burst);
    }
    burst->out[burst->outs++] = image;
    source->counts.ok++;
    source->counts.outs++;
    return TVN_OK;
}

static tvn_err
run_source(void *self, struct tvn_burst *burst)
{
    struct tvn__test_source *source = self;
    const struct tvn__test_given *given = source->given;
    tvn_err err = TVN_OK;

    burst->has_times = source->meta.time.type != NULL;
    burst->has_keys = source->meta.key.type != NULL;
    while (err == TVN_OK && burst->outs < burst->credit &&
           source->next < given->count) {
        const struct tvn__test_item *item = &given->items[source->next];
        uint64_t at_ns = TVN_TEST_MONOTONIC_NS + item->at_ns;

        if (at_ns > burst->now_ns) {
            burst->wake = (struct tvn_wake){.fd = -1, .at_ns = at_ns};
            return burst->outs > 0 ? TVN_OK : TVN_EAGAIN;
        }
        if (item->value == NULL) {
            source->next++;
        } else {
            err = give(source, burst);
        }
    }
    burst->is_end = source->next == given->count;
    return err;
}

static void
count_source(const void *self, struct tvn_stage_counts *out)
{
    *out = ((const struct tvn__test_source *)self)->counts;
}

const struct tvn_stage_ops tvn__test_source_ops = {
    .kind = "given",
    .start = tvn_stage_no_start,
    .run = run_source,
    .stop = tvn_stage_no_stop,
    .free = tvn_stage_no_stop, /* the test's */
    .counts = count_source,
};

/* ------------------------------------------------------------------------
 * Mocks. */

static const struct tvn__test_answer *
answer_of(const struct tvn__test_mock *mock)
{
    static const struct tvn__test_answer none;

    return mock->count == 0           ? &none
           : mock->next < mock->count ? &mock->answers[mock->next]
                                      : &mock->answers[mock->count - 1];
}

static void
end_answer(struct tvn__test_mock *mock)
{
    mock->next += mock->next < mock->count;
    mock->begun = 0;
}

/* False: there is more than the credit allows. */
static bool
produce(struct tvn__test_mock *mock, struct tvn_burst *burst, uint32_t from)
{
    const struct tvn__test_answer *answer = answer_of(mock);

    while (mock->begun < answer->count) {
        if (burst->outs == burst->credit) {
            burst->is_pending = true;
            return false;
        }
        burst->out_of[burst->outs] = (uint8_t)from;
        burst->out[burst->outs++] =
            tvn_image_ref(answer->images[mock->begun++]);
        mock->counts.outs++;
    }
    end_answer(mock);
    return true;
}

static tvn_err
run_mock(void *self, struct tvn_burst *burst)
{
    struct tvn__test_mock *mock = self;
    bool passes = tvn_role_passes(mock->role);

    for (uint32_t i = 0; i < burst->in_count; i++) {
        if (mock->role == TVN_ROLE_PROCESSOR) {
            if (answer_of(mock)->count > 0 && burst->outs == burst->credit &&
                mock->begun == 0) {
                break;
            }
            mock->counts.calls += mock->begun == 0;
            if (!produce(mock, burst, i)) {
                break;
            }
        } else {
            mock->counts.calls++;
        }
        if (passes) {
            uint32_t bits = answer_of(mock)->verdict;

            burst->verdicts[i] = bits;
            mock->counts.kept += bits != 0;
            mock->counts.routed += (uint64_t)__builtin_popcount(bits);
            end_answer(mock);
        }
        mock->counts.ok++;
        mock->counts.records += mock->role == TVN_ROLE_SINK;
        burst->consumed = i + 1;
    }
    burst->is_end = true; /* of a source that gives nothing */
    return TVN_OK;
}

static tvn_err
flush_mock(void *self, const struct tvn_window *window, struct tvn_burst *burst)
{
    struct tvn__test_mock *mock = self;

    mock->counts.calls += window != NULL;
    (void)produce(mock, burst, 0);
    return TVN_OK;
}

static void
count_mock(const void *self, struct tvn_stage_counts *out)
{
    *out = ((const struct tvn__test_mock *)self)->counts;
}

const struct tvn_stage_ops tvn__test_mock_ops = {
    .kind = "mock",
    .start = tvn_stage_no_start,
    .run = run_mock,
    .flush = flush_mock,
    .complete = tvn_stage_no_complete,
    .stop = tvn_stage_no_stop,
    .free = tvn_stage_no_stop, /* the test's */
    .counts = count_mock,
};

/* ------------------------------------------------------------------------
 * What a mock answers. */

static tvn_err
read_outputs(struct tvn__test_stage *stage, const struct tvn_yaml *node,
    struct tvn__test_answer *out)
{
    struct tvn__test *test = stage->test;
    const struct tvn_type *type = test->host->link.stages[stage->number].out;
    bool is_many = node->kind == TVN_YAML_SEQUENCE;
    uint32_t count = is_many ? node->count : 1;
    tvn_err err = TVN_OK;

    out->images =
        tvn_arena_new(&test->arena, count, sizeof(struct tvn_image *));
    if (out->images == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        out->count++;
        err = tvn_err_first(
            err, tvn__test_value(test, type, is_many ? node->items[i] : node,
                     &out->images[i]));
    }
    return err;
}

static tvn_err
refuse(struct tvn__test_stage *stage, const struct tvn_yaml *node,
    const struct tvn_str *words, uint32_t count)
{
    bool is_word = node->kind == TVN_YAML_SCALAR;
    struct tvn_str word = is_word ? node->text : TVN_STR("this");
    tvn_err err = tvn_diag_error(stage->test->diag, TVN_ETEST_STAGE,
        &node->place, "'%.*s' is no answer of a %s", TVN_STR_ARG(word),
        tvn_role_name(stage->role));

    tvn_diag_suggest(stage->test->diag, word, words, count);
    return err;
}

static tvn_err
read_port(
    struct tvn__test_stage *stage, const struct tvn_yaml *node, uint32_t *bits)
{
    const struct tvn_role_info *role =
        &stage->test->host->stages[stage->number].role;
    struct tvn_str words[TVN_PORTS_MAX + 1];

    for (uint32_t i = 0; i < role->port_count; i++) {
        words[i] = role->ports[i];
        if (node->kind == TVN_YAML_SCALAR &&
            tvn_str_equal(node->text, words[i])) {
            *bits |= UINT32_C(1) << i;
            return TVN_OK;
        }
    }
    words[role->port_count] = TVN_STR("none");
    return node->kind == TVN_YAML_SCALAR && tvn_str_is(node->text, "none")
               ? TVN_OK
               : refuse(stage, node, words, role->port_count + 1);
}

static tvn_err
read_verdict(struct tvn__test_stage *stage, const struct tvn_yaml *node,
    struct tvn__test_answer *out)
{
    const struct tvn_str filter[] = {TVN_STR("keep"), TVN_STR("drop")};
    bool is_word = node->kind == TVN_YAML_SCALAR;
    tvn_err err = TVN_OK;

    if (stage->role == TVN_ROLE_FILTER) {
        out->verdict = is_word && tvn_str_is(node->text, "keep");
        return out->verdict != 0 || (is_word && tvn_str_is(node->text, "drop"))
                   ? TVN_OK
                   : refuse(stage, node, filter, 2);
    }
    if (node->kind != TVN_YAML_SEQUENCE) {
        return read_port(stage, node, &out->verdict);
    }
    for (uint32_t i = 0; i < node->count; i++) {
        err =
            tvn_err_first(err, read_port(stage, node->items[i], &out->verdict));
    }
    return err;
}

tvn_err
tvn__test_mock_init(struct tvn__test_stage *stage, const struct tvn_yaml *node)
{
    struct tvn__test_mock *mock = &stage->mock;
    bool is_list = node->kind == TVN_YAML_SEQUENCE;
    uint32_t count = is_list ? node->count : 1;
    tvn_err err = TVN_OK;

    mock->role = stage->role;
    if (stage->role == TVN_ROLE_SINK || stage->role == TVN_ROLE_SOURCE) {
        if (tvn_str_is(node->text, "accept") && stage->role == TVN_ROLE_SINK) {
            return TVN_OK;
        }
        err = tvn_diag_error(stage->test->diag, TVN_ETEST_STAGE, &node->place,
            "a %s has no answers", tvn_role_name(stage->role));
        tvn_diag_help(stage->test->diag,
            stage->role == TVN_ROLE_SINK ? "the only one is `accept`"
                                         : "its events stand under `given:`");
        return err;
    }
    mock->answers =
        tvn_arena_new(&stage->test->arena, count, sizeof(*mock->answers));
    if (mock->answers == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct tvn_yaml *one = is_list ? node->items[i] : node;
        struct tvn__test_answer *answer = &mock->answers[mock->count++];

        err = tvn_err_first(err, tvn_role_passes(stage->role)
                                     ? read_verdict(stage, one, answer)
                                     : read_outputs(stage, one, answer));
    }
    return err;
}

void
tvn__test_mock_fini(struct tvn__test_mock *mock)
{
    for (uint32_t i = 0; i < mock->count; i++) {
        for (uint32_t k = 0; k < mock->answers[i].count; k++) {
            tvn_image_unref(mock->answers[i].images[k]);
        }
    }
}
