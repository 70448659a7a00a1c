/* cmd_build.c -- torvyn build: sources into components. */
#include "cli/cli.h"

#include "build/build.h"

static void
print(const struct tvn_build_stage *stages, uint32_t count, struct tvn_buf *out)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct tvn_build_stage *stage = &stages[i];

        if (stage->is_built) {
            tvn__built_print(stage, out);
            tvn_buf_printf(out, "  %s\n", stage->output);
        } else if (stage->state == TVN_BUILD_FRESH) {
            tvn_buf_printf(out, "fresh %-30.*s     %s\n",
                TVN_STR_ARG(stage->name), stage->output);
        }
    }
}

static void
write_stages(
    const struct tvn_build_stage *stages, uint32_t count, struct tvn_json *json)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct tvn_build_stage *stage = &stages[i];

        tvn_json_object(json);
        tvn_json_key(json, "name");
        tvn_json_str(json, stage->name);
        tvn_json_key(json, "source");
        tvn_json_text(json, stage->source);
        tvn_json_key(json, "component");
        tvn_json_text(json, stage->output);
        tvn_json_key(json, "state");
        tvn_json_text(json, stage->is_built                   ? "built"
                            : stage->state == TVN_BUILD_FRESH ? "fresh"
                                                              : "failed");
        tvn_json_key_u64(json, "bytes", stage->size);
        tvn_json_key(json, "seconds");
        tvn_json_f64(json, (double)stage->took_ns / 1e9);
        tvn_json_end(json);
    }
}

static void
write_json(const struct tvn_build *build, const struct tvn_diag *diag,
    struct tvn_buf *out)
{
    const struct tvn_build_stage *stages = NULL;
    struct tvn_json json;
    uint32_t count = 0;

    if (build != NULL) {
        stages = tvn_build_stages(build, &count);
    }
    tvn_json_init(&json, out, true);
    tvn_json_object(&json);
    tvn__verdict_json(diag, &json);
    tvn_json_key(&json, "stages");
    tvn_json_array(&json);
    write_stages(stages, count, &json);
    tvn_json_end(&json);
    tvn_json_end(&json);
    tvn_buf_append_byte(out, '\n');
}

int
tvn__cmd_build(const struct tvn__args *args)
{
    const char *file = args->file == NULL ? "torvyn.yaml" : args->file;
    const struct tvn_build_opts opts = {
        .is_debug = args->is_debug, .say = tvn__say};
    const struct tvn_pipeline_opts pipeline_opts = {0};
    struct tvn_pipeline *pipeline = NULL;
    struct tvn_build *build = NULL;
    struct tvn_diag diag = {0};
    struct tvn_buf out = {0};
    int status;
    tvn_err err = tvn_pipeline_read(file, &pipeline_opts, &pipeline, &diag);

    if (err == TVN_OK) {
        err = tvn_build_plan(pipeline, &opts, &build, &diag);
    }
    if (err == TVN_OK) {
        (void)tvn_build_make(build, &diag); /* the code is in the diag */
    }
    status = tvn__exit_of(&diag);
    if (args->json) {
        write_json(build, &diag, &out);
    } else {
        tvn__print_diag(&diag);
        if (build != NULL) {
            uint32_t count;
            const struct tvn_build_stage *stages =
                tvn_build_stages(build, &count);

            print(stages, count, &out);
        }
    }
    tvn_build_free(build);
    tvn_pipeline_free(pipeline);
    tvn_diag_fini(&diag);
    return tvn__print(&out, status);
}
