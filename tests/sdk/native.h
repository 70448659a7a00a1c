/* native.h -- sdk/c/torvyn.c on this machine: what it logs is looked at, and
 * where it would trap, a process ends.
 *
 * Header only, for one file a program.  Threads: none. */
#ifndef TVN_SDK_NATIVE_H
#define TVN_SDK_NATIVE_H

#include "base/assert.h"
#include "base/rng.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* It is written for clang and wasm32. */
#pragma GCC diagnostic ignored "-Wattributes"
#define TORVYN_LOG
#include "../../sdk/c/torvyn.c"

unsigned char __heap_base; /* what lies below is never dropped */

static size_t logged;
static unsigned logged_level;
static text logged_last; /* kept */

void
torvyn_log_write(unsigned level, const char *ptr, size_t len)
{
    text_set(&logged_last, (text){ptr, len});
    logged_level = level;
    logged++;
}

static inline bool
has_logged(unsigned level, const char *line)
{
    return logged_level == level && text_is(logged_last, line);
}

/* Whether the process ends by a signal, as a stage does by a trap. */
static inline bool
does_stop(void (*run)(void))
{
    pid_t child = fork();
    int status = 0;

    TVN_ASSERT(child >= 0);
    if (child == 0) {
        (void)signal(SIGILL, SIG_DFL);
        (void)signal(SIGTRAP, SIG_DFL);
        run();
        _exit(0);
    }
    TVN_ASSERT(waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status);
}

/* The seed of random tests; prints it. */
static inline uint64_t
seed_of_run(void)
{
    const char *given = getenv("TVN_SEED");
    uint64_t seed = given == NULL ? 1 : strtoull(given, NULL, 0);

    (void)fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
    return seed;
}

#endif
