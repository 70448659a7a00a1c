/* settings_test.c -- the table is whole, and docs/pipeline-file.md has it.
 *
 * `settings_test --print` prints the part of the page between its marks. */
#include "config/settings.h"

#include "base/assert.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_MAX (1u << 20)

static void
test_every_row_is_whole(void)
{
    for (int i = 0; i < TVN_SETTING_COUNT; i++) {
        const struct tvn_setting *row = &tvn_settings[i];
        bool is_number = row->type == TVN_SETTING_TYPE_NUMBER ||
                         row->type == TVN_SETTING_TYPE_SIZE ||
                         row->type == TVN_SETTING_TYPE_DURATION ||
                         row->type == TVN_SETTING_TYPE_RATE ||
                         row->type == TVN_SETTING_TYPE_SPAN;

        TVN_ASSERT(row->key[0] != '\0' && row->on != 0);
        TVN_ASSERT(row->text[strlen(row->text) - 1] == '.');
        TVN_ASSERT(tvn_setting_find(row->section, tvn_str_of(row->key)) == i);
        TVN_ASSERT(!is_number || row->min < row->max);
        TVN_ASSERT(!is_number || row->fallback == TVN_SETTING_NONE ||
                   (row->fallback >= row->min && row->fallback <= row->max));
        TVN_ASSERT(row->type != TVN_SETTING_TYPE_WORD || row->words[0] != '\0');
    }
    TVN_ASSERT(tvn_setting_find(TVN_SECTION_FILE, TVN_STR("capacity")) < 0);
}

static void
test_values_print_as_they_are_written(void)
{
    static const struct {
        uint64_t value;
        const char *size, *duration;
    } rows[] = {
        {0, "0B", "0s"},
        {1, "1B", "1ns"},
        {1024, "1KiB", "1024ns"},
        {UINT64_C(3) << 30, "3GiB", "3221225472ns"},
        {UINT64_C(1) << 40, "1024GiB", "1099511627776ns"},
        {90000000000, "87890625KiB", "90s"},
        {3600000000000, "3515625000KiB", "1h"},
        {1500000, "1500000B", "1500us"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_buf text = {0};

        tvn_size_print(rows[i].value, &text);
        TVN_ASSERT(tvn_str_is(tvn_buf_str(&text), rows[i].size));
        tvn_buf_clear(&text);
        tvn_duration_print(rows[i].value, &text);
        TVN_ASSERT(tvn_str_is(tvn_buf_str(&text), rows[i].duration));
        tvn_buf_fini(&text);
    }
}

static void
test_the_page_is_made_from_the_table(void)
{
    static const char here[] = "src/config/settings_test.c";
    static const char begin[] = "<!-- settings.def: begin -->\n\n";
    static const char end[] = "<!-- settings.def: end -->\n";
    struct tvn_buf path = {0};
    struct tvn_buf page = {0};
    struct tvn_buf wanted = {0};
    const char *start;
    const char *stop;

    tvn_buf_append(&path, __FILE__, strlen(__FILE__) - (sizeof(here) - 1));
    tvn_buf_append_text(&path, "docs/pipeline-file.md");
    TVN_ASSERT(
        tvn_buf_read_file(&page, tvn_buf_text(&path), PAGE_MAX) == TVN_OK);
    tvn_settings_print(&wanted);
    start = strstr(tvn_buf_text(&page), begin);
    TVN_ASSERT(start != NULL);
    start += sizeof(begin) - 1;
    stop = strstr(start, end);
    TVN_ASSERT(stop != NULL);
    if ((size_t)(stop - start) != wanted.len ||
        memcmp(start, wanted.ptr, wanted.len) != 0) {
        fprintf(stderr,
            "docs/pipeline-file.md differs from src/config/settings.def: put "
            "what config_settings_test --print prints between its marks\n");
        exit(1);
    }
    tvn_buf_fini(&path);
    tvn_buf_fini(&page);
    tvn_buf_fini(&wanted);
}

int
main(int argc, char **argv)
{
    struct tvn_buf text = {0};

    if (argc > 1 && strcmp(argv[1], "--print") == 0) {
        tvn_settings_print(&text);
        fputs(tvn_buf_text(&text), stdout);
        tvn_buf_fini(&text);
        return 0;
    }
    test_every_row_is_whole();
    test_values_print_as_they_are_written();
    test_the_page_is_made_from_the_table();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
