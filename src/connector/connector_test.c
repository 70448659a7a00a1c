/* connector_test.c -- the list of connectors, options that are wrong, the sink
 * `null`. */
#include "connector/testing_run.h"

static void
test_the_list_is_in_order_of_name(void)
{
    for (size_t i = 0; tvn_connectors[i] != NULL; i++) {
        const struct tvn_connector *connector = tvn_connectors[i];

        TVN_ASSERT(
            i == 0 || strcmp(tvn_connectors[i - 1]->name, connector->name) < 0);
        TVN_ASSERT(connector->check != NULL && connector->text[0] != '\0');
        TVN_ASSERT((connector->source != NULL) == connector->is_source);
        TVN_ASSERT((connector->sink != NULL) == connector->is_sink);
    }
}

static void
test_wrong_files_are_told_with_the_fix(void)
{
    static const struct {
        const char *connector;
        bool as_sink;
        const char *yaml;
        tvn_err err;
        const char *said;
    } rows[] = {
        {"fiel", true, "", TVN_ECONNECTOR,
            "torvyn.yaml:7:5: error[E0600]: there is no connector 'fiel'\n"
            "help: did you mean 'file'?\n"},
        {"http", true, "", TVN_ECONNECTOR,
            "torvyn.yaml:7:5: error[E0600]: there is no connector 'http'\n"
            "help: there is: file, null\n"},
        {"generate", true, "", TVN_ECONNECTOR,
            "torvyn.yaml:7:5: error[E0600]: the connector 'generate' cannot be "
            "a sink\nhelp: there is: file, null\n"},
        {"file", true, "", TVN_ECONNECTOR_OPTION,
            "torvyn.yaml:7:5: error[E0601]: stage: file has no path\n"
            "help: write `file: { path: out/NAME.ndjson }`\n"},
        {"file", false, "{}", TVN_ECONNECTOR_OPTION,
            "torvyn.yaml:7:5: error[E0601]: stage: file has no path\n"
            "help: write `file: { path: data/NAME.ndjson }`\n"},
        {"file", false, "{ path: ~ }", TVN_ECONNECTOR_OPTION,
            "torvyn.yaml:1:9: error[E0601]: stage: file has no path\n"
            "help: write `file: { path: data/NAME.ndjson }`\n"},
        {"file", false, "stdout", TVN_ECONNECTOR_OPTION,
            "torvyn.yaml:1:1: error[E0601]: stage: a source cannot be stdout\n"
            "help: a file of that name is `./stdout`\n"},
        {"file", true, "{ path: stdin }", TVN_ECONNECTOR_OPTION,
            "torvyn.yaml:1:9: error[E0601]: stage: a sink cannot be stdin\n"
            "help: a file of that name is `./stdin`\n"},
        {"file", true, "{ path: stdout, mode: new }", TVN_ECONNECTOR_OPTION,
            "torvyn.yaml:1:23: error[E0601]: stage: stdout has no mode\n"},
        {"file", false, "{ path: x, follow: true }", TVN_ENOTYET,
            "torvyn.yaml:1:20: error[E0190]: 'follow' is not in this "
            "version\n"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig rig;

        rig_init(&rig, "u8");
        TVN_ASSERT(rig_try(&rig, rows[i].connector, rows[i].as_sink,
                       rows[i].yaml) == rows[i].err);
        TVN_ASSERT(tvn_err_exit(rows[i].err) == 1);
        if (strcmp(rig_said(&rig), rows[i].said) != 0) {
            fprintf(stderr, "%s", rig_said(&rig));
            abort();
        }
        rig_fini(&rig);
    }
}

static void
test_findings_are_told_together(void)
{
    struct rig rig;

    rig_init(&rig, "record { a: u8 }");
    rig.codec.name = rig_name("jsn");
    rig.stage_spec.key = rig_name("b");
    TVN_ASSERT(rig_try(&rig, "file", false, "{ paht: x, follow: maybe }") ==
               TVN_ECONNECTOR_OPTION);
    TVN_ASSERT(rig.diag.errors == 5); /* path, paht, maybe, jsn, b */
    TVN_ASSERT(strstr(rig_said(&rig), "did you mean 'path'?") != NULL);
    TVN_ASSERT(strstr(rig_said(&rig), "there is no codec 'jsn'\nhelp: did you "
                                      "mean 'json'?") != NULL);
    TVN_ASSERT(strstr(rig_said(&rig), "key: there is no field 'b'") != NULL);
    rig_fini(&rig);
}

static void
test_a_rename_of_nothing_is_told_at_link(void)
{
    static const struct tvn_pipeline_rename rename = {{"b", 1}, {"B", 1}};
    struct rig rig;

    for (int as_sink = 0; as_sink < 2; as_sink++) {
        rig_init(&rig, "record { a: u8 }");
        rig.codec.name = rig_name("json");
        rig.codec.renames = &rename;
        rig.codec.rename_count = 1;
        TVN_ASSERT(rig_try(&rig, "file", as_sink == 1, "x") == TVN_EJSON_NAMES);
        TVN_ASSERT(
            strstr(rig_said(&rig), "torvyn.yaml:7:5: of this codec") != NULL);
        rig_fini(&rig);
    }
}

static void
test_a_check_without_a_type_checks_the_rest(void)
{
    struct rig rig;

    rig_init(&rig, NULL);
    rig_options(&rig, "file", "{ path: x }");
    TVN_ASSERT(
        tvn_connector_find(&rig.spec, false, &rig.connector, NULL) == TVN_OK);
    TVN_ASSERT(
        rig.connector->check(&rig.opts, false, &rig.info, &rig.diag) == TVN_OK);
    TVN_ASSERT(strcmp(rig.info.codec, "json") == 0);
    TVN_ASSERT(rig.info.buffer_bytes > rig.opts.max_event);
    TVN_ASSERT(rig.info.is_lossy_on_death);
    TVN_ASSERT(strcmp(rig.info.promise_why, "file without checkpoint") == 0);
    TVN_ASSERT(
        rig.connector->check(&rig.opts, true, &rig.info, &rig.diag) == TVN_OK);
    rig_fini(&rig);
}

static void
test_null_takes_all_and_keeps_none(void)
{
    struct rig rig;

    rig_init(&rig, "u8");
    rig_make(&rig, "null", true, "");
    TVN_ASSERT(rig.info.codec == NULL && rig.info.buffer_bytes == 0);
    rig_start(&rig);
    for (int i = 0; i < 3; i++) {
        rig_event(&rig, "1");
    }
    TVN_ASSERT(rig_push(&rig) == TVN_OK && rig.burst.consumed == 3);
    TVN_ASSERT(rig_complete(&rig, true) == TVN_OK);
    TVN_ASSERT(rig_counts(&rig).ok == 3 && rig_counts(&rig).records == 3);
    for (int i = 0; i < TVN_COPY_COUNT; i++) {
        TVN_ASSERT(rig.copies.rows[i].count == 0);
    }
    rig_fini(&rig);
    rig_init(&rig, "u8");
    TVN_ASSERT(rig_try(&rig, "null", true, "{ path: x }") == TVN_EPIPELINE_KEY);
    rig_fini(&rig);
}

int
main(void)
{
    test_the_list_is_in_order_of_name();
    test_wrong_files_are_told_with_the_fix();
    test_findings_are_told_together();
    test_a_rename_of_nothing_is_told_at_link();
    test_a_check_without_a_type_checks_the_rest();
    test_null_takes_all_and_keeps_none();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
