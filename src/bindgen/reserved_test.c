/* reserved_test.c -- the tables of reserved.c are searched by halves: each
 * name here is near an end, or is one that people would use. */
#include "bindgen/internal.h"

#include "base/assert.h"

static void
test_fields_avoid_keywords_and_macros(void)
{
    static const char *const taken[] = {"alignas", "xor_eq", "int", "class",
        "errno", "stdin", "bool", "uint8_t", "requires"};
    static const char *const free_to_use[] = {
        "printf", "text", "emit", "time", "final", "alignas_", "a", "zz"};

    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        TVN_ASSERT(tvn__reserved_field(tvn_str_of(taken[i])));
    }
    for (size_t i = 0; i < sizeof(free_to_use) / sizeof(free_to_use[0]); i++) {
        TVN_ASSERT(!tvn__reserved_field(tvn_str_of(free_to_use[i])));
    }
}

static void
test_file_scope_avoids_libc_and_the_sdk(void)
{
    static const char *const taken[] = {"abort", "yn", "printf", "INT_MAX",
        "SEEK_SET", "SIG_ERR", "text", "cfg", "join", "emit", "skip", "reject",
        "retry", "fatal", "ok", "TABLE_MAX", "on_init", "log_warn", "main",
        "torvyn_alloc", "torvyn_whatever", "TORVYN_LOG", "size_t", "index",
        "while", "wait_ns", "done"};
    static const char *const free_to_use[] = {"departure", "poll", "window",
        "reason", "row", "config", "event", "torvyn", "torvyn_alloc_"};

    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        TVN_ASSERT(tvn__reserved(tvn_str_of(taken[i]), false));
        TVN_ASSERT(tvn__reserved(tvn_str_of(taken[i]), true));
    }
    for (size_t i = 0; i < sizeof(free_to_use) / sizeof(free_to_use[0]); i++) {
        TVN_ASSERT(!tvn__reserved(tvn_str_of(free_to_use[i]), false));
    }
}

static void
test_functions_avoid_what_only_the_library_has(void)
{
    static const char *const taken[] = {
        "read", "write", "poll", "send", "memory", "wait", "writev"};

    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        TVN_ASSERT(tvn__reserved(tvn_str_of(taken[i]), true));
        TVN_ASSERT(!tvn__reserved(tvn_str_of(taken[i]), false));
    }
    TVN_ASSERT(!tvn__reserved(TVN_STR("pull"), true));
    TVN_ASSERT(!tvn__reserved(TVN_STR("flush"), true));
}

static void
test_file_names_avoid_headers(void)
{
    TVN_ASSERT(tvn__reserved_file(TVN_STR("string")));
    TVN_ASSERT(tvn__reserved_file(TVN_STR("torvyn")));
    TVN_ASSERT(tvn__reserved_file(TVN_STR("algorithm")));
    TVN_ASSERT(tvn__reserved_file(TVN_STR("wctype")));
    TVN_ASSERT(!tvn__reserved_file(TVN_STR("enrich")));
}

int
main(void)
{
    test_fields_avoid_keywords_and_macros();
    test_file_scope_avoids_libc_and_the_sdk();
    test_functions_avoid_what_only_the_library_has();
    test_file_names_avoid_headers();
    return 0;
}
