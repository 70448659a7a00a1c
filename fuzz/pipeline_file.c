/* pipeline_file.c -- fuzz target: any bytes as a torvyn.yaml. */
#include "base/assert.h"
#include "base/buf.h"
#include "base/mem.h"
#include "config/pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char *
get_variable(void *env, const char *name)
{
    (void)env;
    return name[0] == 'A' ? "1" : NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static char path[] = "/tmp/torvyn-fuzz-XXXXXX";
    static int file = -1;
    const struct tvn_pipeline_opts opts = {.yaml = {.get = get_variable}};
    struct tvn_pipeline *pipeline = NULL;
    struct tvn_diag diag = {0};
    struct tvn_buf text = {0};
    tvn_err err;

    if (file < 0) {
        file = mkstemp(path);
        TVN_ASSERT(file >= 0);
    }
    TVN_ASSERT(ftruncate(file, 0) == 0);
    TVN_ASSERT(pwrite(file, bytes, len, 0) == (ssize_t)len);
    err = tvn_pipeline_read(path, &opts, &pipeline, &diag);
    TVN_ASSERT((err == TVN_OK) == (pipeline != NULL));
    TVN_ASSERT((err == TVN_OK) == (diag.errors == 0));
    tvn_diag_print(&diag, &text);
    tvn_buf_fini(&text);
    tvn_diag_fini(&diag);
    tvn_pipeline_free(pipeline);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
