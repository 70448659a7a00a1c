/* idle_test.c -- eight flows with nothing to do cost nothing: no time of a
 * processor, and nobody wakes up, be it to look, to count or to tick.
 *
 * Each is the flights flow with its five guests, on a thread of its own; its
 * source is a pipe.  The guests run first, so the engines' tickers have been
 * awake.  Then nothing comes for a second: that wait is the experiment. */
#include "base/assert.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "host/host.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FLOWS   8u
#define FLIGHTS "examples/flights/"
#define SETS    5u

struct idler {
    char path[80]; /* of its pipe */
    int write_end;
    struct tvn_arena arena;
    struct tvn_host *host;
    struct tvn_diag diag;
    tvn_err err;
    pthread_t thread;
};

struct used {
    uint64_t cpu_ns;
    long switches; /* that a thread made because it waited */
};

static struct used
use(void)
{
    struct rusage usage;

    TVN_ASSERT(getrusage(RUSAGE_SELF, &usage) == 0);
    return (struct used){tvn_clock_cpu_ns(), usage.ru_nvcsw};
}

static void
wait_ms(long ms)
{
    const struct timespec time = {ms / 1000, ms % 1000 * 1000000};

    (void)nanosleep(&time, NULL);
}

/* Ends the test with what is in the diag. */
static void
must(const struct idler *idler, tvn_err err)
{
    struct tvn_buf text = {0};

    if (err != TVN_OK) {
        tvn_diag_print(&idler->diag, &text);
        fprintf(stderr, "%s(the stages are built by `make`)\n",
            tvn_buf_text(&text));
        exit(1);
    }
}

static void
load(struct idler *idler)
{
    const struct tvn_pipeline_set sets[SETS] = {
        {TVN_STR("stages.departures.source.file.path"),
            tvn_str_of(idler->path)},
        {TVN_STR("stages.totals.sink.file.path"), TVN_STR("/dev/null")},
        {TVN_STR("stages.totals.sink.file.mode"), TVN_STR("append")},
        {TVN_STR("stages.delivery.sink.file.path"), TVN_STR("/dev/null")},
        {TVN_STR("stages.delivery.sink.file.mode"), TVN_STR("append")},
    };
    const struct tvn_host_opts opts = {
        .file = FLIGHTS "torvyn.yaml", .sets = sets, .set_count = SETS};

    TVN_ASSERT(mkfifo(idler->path, 0600) == 0);
    idler->write_end = open(idler->path, O_RDWR);
    TVN_ASSERT(idler->write_end >= 0);
    must(idler, tvn_host_load(&opts, &idler->host, &idler->diag));
}

static void *
run(void *self)
{
    struct idler *idler = self;
    const struct tvn_host_run_opts opts = {
        .cache_dir = tvn_host_cache_dir(&idler->arena)};

    idler->err = tvn_host_run(idler->host, &opts, &idler->diag);
    return NULL;
}

/* Until a tenth of a second brings nothing any more: the flows have read all
 * there is, and the tickers have parked. */
static void
wait_until_quiet(void)
{
    struct used before;
    struct used after = use();
    int looks = 0;

    do {
        TVN_ASSERT(++looks < 600);
        before = after;
        wait_ms(100);
        after = use();
    } while (after.switches - before.switches > 2);
}

static void
check_idle(void)
{
    struct used before = use();
    struct used after;

    wait_ms(1000);
    after = use();
    printf("idle for 1 s: %.0f us of a processor, %ld waits\n",
        (double)(after.cpu_ns - before.cpu_ns) / 1e3,
        after.switches - before.switches);
    TVN_ASSERT(after.cpu_ns - before.cpu_ns < 1000000);
    TVN_ASSERT(after.switches - before.switches <= 2); /* this one, and one */
}

int
main(void)
{
    static struct idler idlers[FLOWS];
    char dir[] = "/tmp/torvyn-idle-XXXXXX";
    struct tvn_buf sample = {0};

    TVN_ASSERT(mkdtemp(dir) != NULL);
    TVN_ASSERT(tvn_buf_read_file(
                   &sample, FLIGHTS "data/sample.ndjson", 1u << 24) == TVN_OK);
    for (uint32_t i = 0; i < FLOWS; i++) {
        (void)snprintf(
            idlers[i].path, sizeof(idlers[i].path), "%s/%u", dir, (unsigned)i);
        load(&idlers[i]);
        TVN_ASSERT(
            pthread_create(&idlers[i].thread, NULL, run, &idlers[i]) == 0);
    }
    for (uint32_t i = 0; i < FLOWS; i++) { /* waits for its reader */
        TVN_ASSERT(write(idlers[i].write_end, sample.ptr, sample.len) ==
                   (ssize_t)sample.len);
    }
    wait_until_quiet();
    check_idle();
    for (uint32_t i = 0; i < FLOWS; i++) {
        struct tvn_buf report = {0};

        (void)close(idlers[i].write_end);
        TVN_ASSERT(pthread_join(idlers[i].thread, NULL) == 0);
        must(&idlers[i], idlers[i].err);
        tvn_host_report_print(idlers[i].host, &report);
        TVN_ASSERT(strstr(tvn_buf_text(&report), "2,000 in") != NULL);
        tvn_buf_fini(&report);
        tvn_host_free(idlers[i].host);
        tvn_arena_fini(&idlers[i].arena);
        tvn_diag_fini(&idlers[i].diag);
        (void)unlink(idlers[i].path);
    }
    tvn_buf_fini(&sample);
    (void)rmdir(dir);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
