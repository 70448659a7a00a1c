/* visitor.c -- uses libc as a program does: prints, reads and writes files,
 * asks for time, randomness and the environment; logs what came of it. */
#include "visitor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void
try_open(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    char line[80] = "";

    if (file == NULL) {
        printf("open %s %s: %s\n", path, mode, strerror(errno));
        return;
    }
    if (mode[0] == 'r' && fgets(line, sizeof(line), file) == NULL) {
        (void)snprintf(line, sizeof(line), "nothing");
    }
    if (mode[0] != 'r' && fputs("from the guest\n", file) < 0) {
        (void)snprintf(line, sizeof(line), "cannot write");
    }
    printf("open %s %s: ok %s\n", path, mode,
        fclose(file) == 0 ? line : strerror(errno));
}

bool
exports_visitor_evaluate(visitor_brief_t *event)
{
    unsigned char bytes[4] = {0};

    (void)setvbuf(stdout, NULL, _IONBF, 0); /* nobody flushes at the end */
    if (event->id == 1) {
        const char *home = getenv("TORVYN_TEST_WORD");

        printf("word %s\n", home == NULL ? "none" : home);
        (void)fprintf(stderr, "to stderr\n");
        try_open("/in/hello.txt", "r");
        try_open("/in/made.txt", "w");
        try_open("/out/made.txt", "w");
        try_open("/in/../secret.txt", "r");
        try_open("/in/link", "r");
        printf("time %s\n", time(NULL) > 1700000000 ? "ok" : "none");
    }
    if (event->id == 2) {
        printf("random %d\n", getentropy(bytes, sizeof(bytes)));
    }
    if (event->id == 3) {
        exit(7);
    }
    return true;
}
