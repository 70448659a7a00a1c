/* pipeline_threads.c -- `threads:`: which stages run beside the flow's own
 * thread.
 *
 *     threads: { slow: [announce, delivery], other: tally }
 */
#include "config/internal.h"

#include "base/map.h"

#define SUGGESTIONS_MAX 64u /* in one file: each walks over all names */

struct threads {
    struct tvn__reader *reader;
    struct tvn_pipeline_stage *stages; /* the pipeline's, still ours */
    struct tvn_map by_name;
    struct tvn_str *names;    /* of all stages */
    struct tvn_place *places; /* by stage: where a thread names it */
    uint32_t suggestions;
};

static tvn_err
begin(struct threads *threads)
{
    struct tvn__reader *reader = threads->reader;
    uint32_t count = reader->pipeline->stage_count;
    tvn_err err = TVN_OK;

    threads->names =
        tvn_arena_new(reader->arena, count, sizeof(*threads->names));
    threads->places =
        tvn_arena_new(reader->arena, count, sizeof(*threads->places));
    if (threads->names == NULL || threads->places == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; err == TVN_OK && i < count; i++) {
        threads->names[i] = threads->stages[i].name.text;
        err = tvn_map_add(
            &threads->by_name, threads->names[i], &threads->stages[i]);
    }
    return err;
}

static void
refuse_unknown(struct threads *threads, const struct tvn_pipeline_name *thread,
    const struct tvn_pipeline_name *name)
{
    struct tvn__reader *reader = threads->reader;

    tvn__fail(reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_THREAD,
                          &name->place, "thread '%s': there is no stage '%s'",
                          tvn__show_text(thread->text).text,
                          tvn__show_text(name->text).text));
    if (threads->suggestions++ < SUGGESTIONS_MAX) {
        tvn_diag_suggest(reader->diag, name->text, threads->names,
            reader->pipeline->stage_count);
    }
}

/* Puts the stage on the thread of that number. */
static void
place_stage(
    struct threads *threads, uint32_t number, const struct tvn_yaml *node)
{
    struct tvn__reader *reader = threads->reader;
    const struct tvn_pipeline_name *all = reader->pipeline->threads;
    struct tvn_pipeline_name name =
        tvn__text_of(reader, node, "a stage of a thread");
    struct tvn_pipeline_stage *stage;
    uint32_t index;

    if (name.text.len == 0) {
        return;
    }
    stage = tvn_map_find(&threads->by_name, name.text);
    if (stage == NULL) {
        refuse_unknown(threads, &all[number], &name);
        return;
    }
    index = (uint32_t)(stage - threads->stages);
    if (stage->thread == 0) {
        stage->thread = number + 1;
        threads->places[index] = name.place;
        return;
    }
    if (stage->thread == number + 1) {
        tvn__fail(
            reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_THREAD,
                        &name.place, "thread '%s' names stage '%.*s' twice",
                        tvn__show_text(all[number].text).text,
                        TVN_STR_ARG(stage->name.text)));
    } else {
        tvn__fail(reader,
            tvn_diag_error(reader->diag, TVN_EPIPELINE_THREAD, &name.place,
                "stage '%.*s' is on two threads, '%s' and '%s'",
                TVN_STR_ARG(stage->name.text),
                tvn__show_text(all[stage->thread - 1].text).text,
                tvn__show_text(all[number].text).text));
    }
    tvn_diag_note(reader->diag, &threads->places[index], "the first one");
}

static void
read_thread(struct threads *threads, uint32_t number,
    const struct tvn_yaml_pair *pair, struct tvn_pipeline_name *out)
{
    struct tvn__reader *reader = threads->reader;
    const struct tvn_yaml *list = pair->value;
    bool is_one = list->kind == TVN_YAML_SCALAR && !tvn__is_null(list);

    *out = (struct tvn_pipeline_name){pair->key->text, pair->key->place};
    if (!tvn__is_name(out->text)) {
        tvn__fail(reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_THREAD,
                              &out->place, "'%s' is not a name of a thread",
                              tvn__show_text(out->text).text));
        tvn_diag_help(reader->diag, TVN__NAME_HELP);
    }
    if (list->kind == TVN_YAML_MAPPING) {
        tvn__fail(reader, tvn__expect(list, TVN_YAML_SEQUENCE,
                              "a thread's stages", reader->diag));
        return;
    }
    if (!is_one && list->count == 0) {
        tvn__fail(reader,
            tvn_diag_error(reader->diag, TVN_EPIPELINE_THREAD, &out->place,
                "thread '%s' has no stages", tvn__show_text(out->text).text));
        tvn_diag_help(
            reader->diag, "name them: threads: { NAME: [STAGE, ...] }");
        return;
    }
    for (uint32_t i = 0; !is_one && i < list->count; i++) {
        place_stage(threads, number, list->items[i]);
    }
    if (is_one) {
        place_stage(threads, number, list);
    }
}

void
tvn__read_threads(struct tvn__reader *reader, const struct tvn_yaml *node)
{
    struct tvn_pipeline *pipeline = reader->pipeline;
    struct threads threads = {.reader = reader, .stages = reader->stages};
    tvn_err err = tvn__expect(node, TVN_YAML_MAPPING, "threads", reader->diag);
    struct tvn_pipeline_name *names;

    if (err != TVN_OK && !node->is_broken) {
        tvn_diag_help(reader->diag,
            "a thread has a name: threads: { NAME: [STAGE, ...] }");
    } else if (err == TVN_OK && node->count > TVN_PIPELINE_THREADS_MAX) {
        err = tvn_diag_error(reader->diag, TVN_EYAML_LIMIT, &node->place,
            "the file has more than %u threads", TVN_PIPELINE_THREADS_MAX);
    }
    tvn__fail(reader, err);
    if (err != TVN_OK || reader->stages == NULL) {
        return; /* without stages there is nothing to put anywhere */
    }
    names = tvn_arena_new(reader->arena, node->count, sizeof(*names));
    err = names == NULL ? TVN_ENOMEM : begin(&threads);
    pipeline->threads = names;
    for (uint32_t i = 0; err == TVN_OK && i < node->count; i++) {
        read_thread(&threads, i, &node->pairs[i], &names[i]);
    }
    pipeline->thread_count = err == TVN_OK ? node->count : 0;
    tvn__fail(reader, err);
    tvn_map_fini(&threads.by_name);
}
