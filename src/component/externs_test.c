/* externs_test.c -- tvn_extern_find by name, without version, by track. */
#include "component/component.h"

#include "base/assert.h"

static void
test_names_are_found_exactly_then_by_version(void)
{
    static const char *const names[] = {"run", "a:b/log@0.1.0", "a:b/log@0.2.0",
        "a:b/io@1.4.2", "a:b/zero@0.0.3", "a:b/pre@1.0.0-rc.1", "a:b/plain",
        "a:b/log@0.1.1"};
    static const struct {
        const char *name;
        int found;
    } rows[] = {
        {"run", 0},
        {"runs", -1},
        {"", -1},
        {"a:b/log", 1},
        {"a:b/log@0.1.0", 1},
        {"a:b/log@0.1.1", 7}, /* exact before compatible */
        {"a:b/log@0.1.2", 1},
        {"a:b/log@0.2.9", 2},
        {"a:b/log@0.3.0", -1},
        {"a:b/io@1.0.0", 3},
        {"a:b/io@2.0.0", -1},
        {"a:b/io@10.4.2", -1},
        {"a:b/io", 3},
        {"a:b/zero@0.0.3", 4},
        {"a:b/zero@0.0.4", -1},
        {"a:b/zero", 4},
        {"a:b/pre@1.0.0", -1},
        {"a:b/pre@1.0.0-rc.1", 5},
        {"a:b/plain@1.0.0", -1},
        {"a:b/plain", 6},
        {"a:b/io@", 3},
        {"a:b/io@1", 3}, /* a track by its own name */
        {"a:b/log@0.2", 2},
    };
    struct tvn_extern externs[sizeof(names) / sizeof(names[0])] = {0};
    uint32_t count = sizeof(names) / sizeof(names[0]);

    for (uint32_t i = 0; i < count; i++) {
        externs[i].name = tvn_str_of(names[i]);
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct tvn_extern *found =
            tvn_extern_find(externs, count, tvn_str_of(rows[i].name));

        TVN_ASSERT(rows[i].found < 0 ? found == NULL
                                     : found == &externs[rows[i].found]);
    }
    TVN_ASSERT(tvn_extern_find(NULL, 0, TVN_STR("run")) == NULL);
}

int
main(void)
{
    test_names_are_found_exactly_then_by_version();
    return 0;
}
