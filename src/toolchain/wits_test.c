/* wits_test.c -- one test per sentence of wits.h. */
#include "toolchain/wits.h"

#include "base/assert.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A WIT file of its own, removed by the caller. */
static void
write_wit(char path[64], const char *text)
{
    char made[] = "/tmp/torvyn-wits-XXXXXX";
    int fd = mkstemp(made);
    FILE *file;

    TVN_ASSERT(fd >= 0 && close(fd) == 0 && unlink(made) == 0);
    (void)snprintf(path, 64, "%s.wit", made);
    file = fopen(path, "w");
    TVN_ASSERT(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static void
test_worlds_and_places_are_found_in_all_of_them(void)
{
    const struct tvn_place named = {.path = "torvyn.yaml", .line = 2};
    struct tvn_wits wits;
    struct tvn_types *types = tvn_types_new();
    struct tvn_diag diag = {0};
    struct tvn_place place;
    char paths[3][64];
    uint32_t number = 9;

    write_wit(paths[0], "package a:a;\nworld one { export f: func(); }\n");
    write_wit(paths[1], "package b:b;\nworld two { export g: func(); }\n");
    write_wit(paths[2], "package c:c;\nworld three { export h }\n");
    TVN_ASSERT(tvn_wits_init(&wits, types, 3) == TVN_OK);
    TVN_ASSERT(tvn_wits_add(&wits, paths[0], &named, &diag) == TVN_OK);
    TVN_ASSERT(tvn_wits_add(&wits, paths[2], &named, &diag) == TVN_EWIT);
    TVN_ASSERT(diag.first->notes->place.line == 2);
    TVN_ASSERT(tvn_wits_add(&wits, paths[1], &named, &diag) == TVN_OK);
    TVN_ASSERT(wits.count == 2);

    TVN_ASSERT(tvn_wits_world(&wits, TVN_STR("two"), &number) != NULL);
    TVN_ASSERT(number == 1);
    TVN_ASSERT(tvn_wits_world(&wits, TVN_STR("one"), NULL) != NULL);
    TVN_ASSERT(tvn_wits_world(&wits, TVN_STR("three"), NULL) == NULL);
    TVN_ASSERT(tvn_wits_place(&wits, TVN_STR("b:b/two.g"), &place));
    TVN_ASSERT(strcmp(place.path, paths[1]) == 0 && place.line == 2);
    TVN_ASSERT(!tvn_wits_place(&wits, TVN_STR("c:c/three"), &place));
    tvn_diag_fini(&diag);

    (void)tvn_diag_error(&diag, TVN_EROLE, NULL, "no world");
    tvn_wits_suggest_world(&wits, TVN_STR("twoo"), &diag);
    TVN_ASSERT(strcmp(diag.first->help, "did you mean 'two'?") == 0);
    tvn_diag_fini(&diag);
    tvn_wits_fini(&wits);
    tvn_types_free(types);
    for (int i = 0; i < 3; i++) {
        TVN_ASSERT(unlink(paths[i]) == 0);
    }
}

int
main(void)
{
    test_worlds_and_places_are_found_in_all_of_them();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
