/* table_file.c -- fuzz target: any bytes as a table, the first byte says of
 * which format. */
#include "base/assert.h"
#include "base/mem.h"
#include "host/tables.h"
#include "value/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char row[] =
    "option<record { name: string, kind: enum { major, regional }, since: "
    "option<u32>, raw: list<u8> }>";

static void
write_file(const char *path, const uint8_t *bytes, size_t len)
{
    FILE *file = fopen(path, "w");

    TVN_ASSERT(file != NULL);
    TVN_ASSERT(fwrite(bytes, 1, len, file) == len);
    TVN_ASSERT(fclose(file) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char *const endings[] = {"csv", "json", "ndjson"};
    static char folder[] = "/tmp/torvyn-fuzz-XXXXXX";
    static bool has_folder;
    struct tvn_pipeline_table spec = {.key = TVN_STR("code")};
    struct tvn_types *types = tvn_types_new();
    struct tvn_pool *pool = tvn_pool_new(4096, 0);
    struct tvn_table *table = NULL;
    struct tvn_diag diag = {0};
    char path[64];
    tvn_err err;

    has_folder = has_folder || mkdtemp(folder) != NULL;
    TVN_ASSERT(has_folder && types != NULL && pool != NULL);
    (void)snprintf(path, sizeof(path), "%s/t.%s", folder,
        endings[len == 0 ? 0 : bytes[0] % 3]);
    write_file(path, bytes + (len > 0), len - (len > 0));
    err = tvn_table_read(&spec, path, tvn_testing_parse(types, "string"),
        tvn_testing_parse(types, row), pool, &table, &diag);
    TVN_ASSERT((err == TVN_OK) == (table != NULL));
    TVN_ASSERT((err == TVN_OK) == (diag.errors == 0));
    tvn_table_free(table);
    tvn_diag_fini(&diag);
    tvn_pool_free(pool);
    tvn_types_free(types);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
