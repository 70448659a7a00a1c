/* tables_test.c -- table files: rows found by key, and what is refused. */
#include "host/tables.h"

#include "base/assert.h"
#include "base/mem.h"
#include "value/testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char row_type[] =
    "option<record { name: string, kind: enum { major, regional }, since: "
    "option<u32> }>";

struct rig {
    struct tvn_types *types;
    struct tvn_pool *pool;
    struct tvn_diag diag;
    struct tvn_buf text;
    char path[64];
};

static void
rig_init(struct rig *rig)
{
    *rig =
        (struct rig){.types = tvn_types_new(), .pool = tvn_pool_new(4096, 0)};
    TVN_ASSERT(rig->types != NULL && rig->pool != NULL);
}

static void
rig_fini(struct rig *rig)
{
    tvn_diag_fini(&rig->diag);
    tvn_buf_fini(&rig->text);
    tvn_pool_free(rig->pool);
    tvn_types_free(rig->types);
    TVN_ASSERT(tvn_mem_live() == 0);
}

/* Writes `text` to a file with that ending and reads it as a table. */
static struct tvn_table *
load(struct rig *rig, const char *ending, const char *text, const char *key)
{
    struct tvn_pipeline_table spec = {.key = tvn_str_of(key)};
    struct tvn_table *table = NULL;
    char folder[] = "/tmp/torvyn-tables-XXXXXX";
    FILE *file;

    TVN_ASSERT(mkdtemp(folder) != NULL);
    (void)snprintf(rig->path, sizeof(rig->path), "%s/t%s", folder, ending);
    file = fopen(rig->path, "w");
    TVN_ASSERT(file != NULL);
    TVN_ASSERT(fputs(text, file) >= 0 && fclose(file) == 0);
    spec.file = tvn_str_of(rig->path);
    tvn_diag_fini(&rig->diag);
    tvn_buf_clear(&rig->text);
    if (tvn_table_read(&spec, rig->path,
            tvn_testing_parse(rig->types, "string"),
            tvn_testing_parse(rig->types, row_type), rig->pool, &table,
            &rig->diag) != TVN_OK) {
        TVN_ASSERT(table == NULL);
        tvn_diag_print(&rig->diag, &rig->text);
    }
    (void)unlink(rig->path);
    (void)rmdir(folder);
    return table;
}

/* The row's name, or "" for none. */
static struct tvn_str
name_of(const struct tvn_table *table, const char *key)
{
    uint8_t data[64] = {0};
    uint32_t pair[2] = {8, (uint32_t)strlen(key)};
    const struct tvn_image *row;
    uint32_t name[2];

    memcpy(data, pair, sizeof(pair));
    memcpy(data + 8, key, strlen(key));
    row = tvn_table_find(table, data, 0);
    if (row->data[0] == 0) {
        return (struct tvn_str){0};
    }
    memcpy(name, row->data + row->type->payload_offset, sizeof(name));
    return (struct tvn_str){(const char *)row->data + name[0], name[1]};
}

static void
test_all_three_formats_give_the_same_rows(void)
{
    static const struct {
        const char *ending;
        const char *text;
    } rows[] = {
        {".csv", "code,name,kind,since,extra\nAA,\"American, Inc.\",major,"
                 "1930,x\r\nMQ,Envoy,regional,,y\n"},
        {".ndjson", "{\"code\":\"AA\",\"name\":\"American, Inc.\",\"kind\":"
                    "\"major\",\"since\":1930}\n\n{\"code\":\"MQ\",\"name\":"
                    "\"Envoy\",\"kind\":\"regional\"}\n"},
        {".json", "[{\"code\":\"AA\",\"name\":\"American, Inc.\",\"kind\":"
                  "\"major\",\"since\":1930}, {\"code\":\"MQ\",\"name\":"
                  "\"Envoy\",\"kind\":\"regional\"}]"},
    };
    struct rig rig;

    rig_init(&rig);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_table *table =
            load(&rig, rows[i].ending, rows[i].text, "code");

        TVN_ASSERT(table != NULL);
        TVN_ASSERT(tvn_table_count(table) == 2);
        TVN_ASSERT(tvn_str_is(name_of(table, "AA"), "American, Inc."));
        TVN_ASSERT(tvn_str_is(name_of(table, "MQ"), "Envoy"));
        TVN_ASSERT(name_of(table, "ZZ").len == 0);
        tvn_table_free(table);
    }
    rig_fini(&rig);
}

static void
test_without_key_the_first_column_is_it(void)
{
    struct rig rig;
    struct tvn_table *table;

    rig_init(&rig);
    table = load(&rig, ".csv", "name,kind\nEnvoy,major\n", "");
    TVN_ASSERT(table != NULL);
    TVN_ASSERT(tvn_str_is(name_of(table, "Envoy"), "Envoy"));
    tvn_table_free(table);
    rig_fini(&rig);
}

static void
expect(
    struct rig *rig, const char *ending, const char *text, const char *finding)
{
    struct tvn_buf wanted = {0};

    TVN_ASSERT(load(rig, ending, text, "code") == NULL);
    tvn_buf_printf(&wanted, "%s%s", rig->path, finding);
    if (strstr(tvn_buf_text(&rig->text), tvn_buf_text(&wanted)) == NULL) {
        printf("got      %s\nexpected %s\n", tvn_buf_text(&rig->text),
            tvn_buf_text(&wanted));
        TVN_ASSERT(false);
    }
    tvn_buf_fini(&wanted);
}

static void
test_what_does_not_read_is_named_with_line_and_column(void)
{
    struct rig rig;

    rig_init(&rig);
    expect(&rig, ".csv", "code,name,kind\nAA,American,major\nMQ,Envoy,local\n",
        ":3:10: error[E0241]: column 'kind': ");
    expect(&rig, ".csv", "code,name,kind\nAA,A,major\nAA,B,major\n",
        ":3:1: error[E0241]: this key stands in the table already");
    expect(&rig, ".csv", "code,title,kind\nAA,A,major\n",
        ":1:1: error[E0241]: column 'name': the header has no such column");
    expect(&rig, ".csv", "code,name,kind\nAA,A\n",
        ":2:6: error[E0241]: 2 cells, the header has 3");
    expect(&rig, ".csv", "", ":1:1: error[E0241]: the table has no header");
    expect(&rig, ".ndjson",
        "{\"code\":\"AA\",\"name\":\"A\",\"kind\":\"major\"}\n{\"code\":\n",
        ":2:");
    expect(&rig, ".ndjson", "{\"name\":\"A\",\"kind\":\"major\"}\n",
        ":1:1: error[E0241]: column 'code': the object has no such key");
    expect(&rig, ".json", "{}",
        ":1:1: error[E0241]: a .json table is an array of objects");
    TVN_ASSERT(load(&rig, ".txt", "x", "code") == NULL);
    TVN_ASSERT(strstr(tvn_buf_text(&rig.text),
                   "a table is a .csv, .json or .ndjson file") != NULL);
    rig_fini(&rig);
}

int
main(void)
{
    test_all_three_formats_give_the_same_rows();
    test_without_key_the_first_column_is_it();
    test_what_does_not_read_is_named_with_line_and_column();
    return 0;
}
