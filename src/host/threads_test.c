/* threads_test.c -- log lines, metrics and dead letters of several threads. */
#include "base/assert.h"
#include "base/mem.h"
#include "config/testing.h"
#include "host/internal.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define THREADS 4u
#define TURNS   500u

static const char pipeline_text[] =
    "flow: many\n"
    "wit: wit/\n"
    "stages:\n"
    "  from:\n"
    "    source: { file: { path: in.ndjson } }\n"
    "    codec: json\n"
    "    type: events.departure\n"
    "  to: { sink: 'null' }\n"
    "edges:\n"
    "  - from -> to\n"
    "dead-letter: { file: { path: dead.ndjson } }\n";

struct teller {
    struct tvn_host *host;
    char name[2];
    pthread_t thread;
};

static void *
tell(void *self)
{
    struct teller *teller = self;
    struct tvn_str stage = {teller->name, 1};
    char text[256];
    struct tvn_fault fault = {.text = {text, sizeof(text)}};
    struct tvn_dead dead = {.stage = stage, .fault = &fault};
    struct tvn_diag diag = {0};

    memset(text, teller->name[0], sizeof(text));
    for (uint32_t i = 0; i < TURNS; i++) {
        tvn__log_write(
            teller->host, stage, TVN_LOG_INFO, (struct tvn_str){text, 200});
        tvn__metrics_write(teller->host, stage, TVN_STR("own"), 1, i % 2 == 0);
        tvn__metrics_write(
            teller->host, TVN_STR("all"), TVN_STR("sum"), 1, true);
        TVN_ASSERT(
            tvn__dead_letter_write(teller->host, &dead, &diag) == TVN_OK);
        TVN_ASSERT(tvn__dead_letter_count(teller->host) > i);
    }
    TVN_ASSERT(diag.errors == 0);
    return NULL;
}

static void
tell_all(struct tvn_host *host)
{
    struct teller tellers[THREADS];

    for (uint32_t i = 0; i < THREADS; i++) {
        tellers[i] = (struct teller){.host = host, .name = {(char)('a' + i)}};
        TVN_ASSERT(
            pthread_create(&tellers[i].thread, NULL, tell, &tellers[i]) == 0);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        TVN_ASSERT(pthread_join(tellers[i].thread, NULL) == 0);
    }
}

/* How many lines there are; all of each is one thread's. */
static uint32_t
check_lines(const char *path, const char *before, size_t letters)
{
    FILE *file = fopen(path, "r");
    uint32_t count = 0;
    char line[1024];

    TVN_ASSERT(file != NULL);
    while (fgets(line, sizeof(line), file) != NULL) {
        char *at = strstr(line, before);

        if (strstr(line, "were left out") != NULL) {
            continue;
        }
        TVN_ASSERT(at != NULL);
        at += strlen(before);
        TVN_ASSERT(*at >= 'a' && *at < (char)('a' + THREADS));
        for (size_t i = 1; i < letters; i++) {
            TVN_ASSERT(at[i] == at[0]);
        }
        TVN_ASSERT(at[letters] == '\n' || at[letters] == '"');
        count++;
    }
    TVN_ASSERT(fclose(file) == 0);
    TVN_ASSERT(remove(path) == 0);
    return count;
}

static void
test_what_several_threads_tell_is_whole(void)
{
    struct tvn_buf out = {0};
    struct tvn_diag diag = {0};
    struct tvn_host host = {0};
    int kept = dup(2);

    host.pipeline = tvn__testing_read(tvn_str_of(pipeline_text), NULL, &out);
    (void)fputs(tvn_buf_text(&out), stderr);
    TVN_ASSERT(host.pipeline != NULL && out.len == 0);
    host.stages = tvn_mem_new(host.pipeline->stage_count, sizeof(*host.stages));
    for (uint32_t i = 0; i < host.pipeline->stage_count; i++) {
        host.stages[i].spec = &host.pipeline->stages[i];
    }
    TVN_ASSERT(tvn__log_new(&host.log) == TVN_OK);
    TVN_ASSERT(tvn__metrics_new(&host.metrics) == TVN_OK);
    TVN_ASSERT(tvn__dead_letter_open(&host, &diag) == TVN_OK);

    TVN_ASSERT(kept >= 0 && freopen("log.txt", "w", stderr) != NULL);
    tell_all(&host);
    tvn__log_free(host.log);
    TVN_ASSERT(fflush(stderr) == 0 && dup2(kept, 2) == 2 && close(kept) == 0);

    TVN_ASSERT(tvn__dead_letter_count(&host) == THREADS * TURNS);
    TVN_ASSERT(tvn__dead_letter_close(&host, true, &diag) == TVN_OK);
    tvn__metrics_print(host.metrics, &out);
    TVN_ASSERT(strstr(tvn_buf_text(&out), "metric of all: sum = 2000\n"));
    TVN_ASSERT(strstr(tvn_buf_text(&out), "metric of d: own = 1\n"));
    TVN_ASSERT(check_lines("log.txt", "info: ", 200) >= 1000);
    TVN_ASSERT(
        check_lines("dead.ndjson", "\"message\":\"", 256) == THREADS * TURNS);
    tvn__metrics_free(host.metrics);
    tvn_mem_free(host.stages, host.pipeline->stage_count, sizeof(*host.stages));
    tvn_pipeline_free(host.pipeline);
    tvn_buf_fini(&out);
    tvn_diag_fini(&diag);
}

int
main(void)
{
    tvn__testing_enter();
    test_what_several_threads_tell_is_whole();
    tvn__testing_leave();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
