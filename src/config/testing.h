/* testing.h -- for the tests of config/: files in a folder of their own. */
#ifndef TVN_CONFIG_TESTING_H
#define TVN_CONFIG_TESTING_H

#include "base/assert.h"
#include "base/buf.h"
#include "base/diag.h"
#include "config/pipeline.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char tvn__testing_folder[] = "/tmp/torvyn-config-XXXXXX";

static inline void
tvn__testing_enter(void)
{
    TVN_ASSERT(mkdtemp(tvn__testing_folder) != NULL);
    TVN_ASSERT(chdir(tvn__testing_folder) == 0);
}

static inline void
tvn__testing_write(const char *name, struct tvn_str text)
{
    FILE *file = fopen(name, "w");

    TVN_ASSERT(file != NULL);
    TVN_ASSERT(fwrite(text.ptr, 1, text.len, file) == text.len);
    TVN_ASSERT(fclose(file) == 0);
}

static inline void
tvn__testing_leave(void)
{
    (void)remove("torvyn.yaml");
    TVN_ASSERT(chdir("/") == 0);
    TVN_ASSERT(rmdir(tvn__testing_folder) == 0);
}

/* Reads the text as ./torvyn.yaml and appends what is printed. */
static inline struct tvn_pipeline *
tvn__testing_read(struct tvn_str text, const struct tvn_pipeline_opts *opts,
    struct tvn_buf *printed)
{
    struct tvn_pipeline *pipeline = NULL;
    struct tvn_diag diag = {0};
    tvn_err err;

    tvn__testing_write("torvyn.yaml", text);
    err = tvn_pipeline_read("torvyn.yaml", opts, &pipeline, &diag);
    TVN_ASSERT((err == TVN_OK) == (pipeline != NULL));
    TVN_ASSERT((err == TVN_OK) == (diag.errors == 0));
    tvn_diag_print(&diag, printed);
    tvn_diag_fini(&diag);
    return pipeline;
}

static inline bool
tvn__testing_fails(const char *text, const struct tvn_pipeline_opts *opts,
    struct tvn_buf *printed)
{
    struct tvn_pipeline *pipeline =
        tvn__testing_read(tvn_str_of(text), opts, printed);
    bool fails = pipeline == NULL;

    tvn_pipeline_free(pipeline);
    return fails;
}

static inline struct tvn_pipeline *
tvn__testing_read_ok(const char *text, const struct tvn_pipeline_opts *opts)
{
    struct tvn_buf printed = {0};
    struct tvn_pipeline *pipeline =
        tvn__testing_read(tvn_str_of(text), opts, &printed);

    if (pipeline == NULL) {
        fprintf(stderr, "%s", tvn_buf_text(&printed));
    }
    TVN_ASSERT(pipeline != NULL);
    tvn_buf_fini(&printed);
    return pipeline;
}

static inline void
tvn__testing_refused(
    const char *text, const struct tvn_pipeline_opts *opts, const char *wanted)
{
    struct tvn_buf printed = {0};

    TVN_ASSERT(tvn__testing_fails(text, opts, &printed));
    if (strcmp(tvn_buf_text(&printed), wanted) != 0) {
        fprintf(
            stderr, "wanted\n%s-- found\n%s", wanted, tvn_buf_text(&printed));
        TVN_ASSERT(false);
    }
    tvn_buf_fini(&printed);
}

struct tvn__testing_mistake {
    const char *name;
    const char *text;   /* of the file */
    const char *wanted; /* all that is printed */
};

static inline void
tvn__testing_mistakes(const struct tvn__testing_mistake *rows, size_t count)
{
    size_t wrong = 0;

    for (size_t i = 0; i < count; i++) {
        struct tvn_buf found = {0};

        TVN_ASSERT(tvn__testing_fails(rows[i].text, NULL, &found));
        if (strcmp(tvn_buf_text(&found), rows[i].wanted) != 0) {
            fprintf(stderr, "%s: wanted\n%s-- found\n%s\n", rows[i].name,
                rows[i].wanted, tvn_buf_text(&found));
            wrong++;
        }
        tvn_buf_fini(&found);
    }
    TVN_ASSERT(count > 0 && wrong == 0);
}

#endif
