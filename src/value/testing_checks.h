/* testing_checks.h -- proof that each check of guest data is needed: with it
 * switched off, a test fails.
 *
 * Header only.  Threads: none (it forks). */
#ifndef TVN_VALUE_TESTING_CHECKS_H
#define TVN_VALUE_TESTING_CHECKS_H

#include "base/assert.h"
#include "base/guest_check.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef TVN_GUEST_CHECKS_OFF

/* Runs the tests once for each number, whose check is off then: asserted that
 * they do not pass. */
static inline void
tvn_testing_miss_checks(const int *numbers, size_t count, void (*run_all)(void))
{
    for (size_t i = 0; i < count; i++) {
        int status = 0;
        pid_t child = fork();

        TVN_ASSERT(child >= 0);
        if (child == 0) {
            TVN_ASSERT(freopen("/dev/null", "w", stderr) != NULL);
            (void)alarm(20); /* a walk that went astray need not end */
            tvn_guest_check_off = numbers[i];
            (*run_all)();
            _exit(0);
        }
        TVN_ASSERT(waitpid(child, &status, 0) == child);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
            fprintf(stderr, "no test misses check %d\n", numbers[i]);
            abort();
        }
    }
}

#else

static inline void
tvn_testing_miss_checks(const int *numbers, size_t count, void (*run_all)(void))
{
    (void)numbers; /* the switch is not built in: configure with TVN_FAULTS */
    (void)count;
    (void)run_all;
}

#endif
#endif
