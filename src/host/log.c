/* log.c -- what guests log, on stderr: one line a message.
 *
 * A guest's text is hostile: control bytes are escaped, so that it can
 * neither forge a second line nor drive a terminal, and a guest that logs
 * without end is cut to LINES_PER_S; what was left out is said once it may
 * speak again.
 *
 * Stages on several threads log: the lock keeps lines whole and the count
 * right.  The line is written under it; nothing else is locked then. */
#include "base/clock.h"
#include "base/mem.h"
#include "host/internal.h"

#include <pthread.h>
#include <stdio.h>

#define LINES_PER_S 1000u

struct tvn__log {
    pthread_mutex_t lock; /* of what follows */
    uint64_t second;      /* of the monotonic clock */
    uint32_t lines;       /* written in it */
    uint64_t left_out;
    struct tvn_buf line;
};

tvn_err
tvn__log_new(struct tvn__log **out)
{
    struct tvn__log *log = tvn_mem_new(1, sizeof(*log));

    if (log == NULL) {
        return TVN_ENOMEM;
    }
    if (pthread_mutex_init(&log->lock, NULL) != 0) {
        tvn_mem_free(log, 1, sizeof(*log));
        return TVN_ENOMEM;
    }
    *out = log;
    return TVN_OK;
}

void
tvn__log_free(struct tvn__log *log)
{
    if (log == NULL) {
        return;
    }
    if (log->left_out > 0) {
        fprintf(stderr, "torvyn: %llu log lines were left out\n",
            (unsigned long long)log->left_out);
    }
    tvn_buf_fini(&log->line);
    (void)pthread_mutex_destroy(&log->lock);
    tvn_mem_free(log, 1, sizeof(*log));
}

/* False: this second has had its lines.  Holds the lock, as below. */
static bool
may_speak(struct tvn__log *log)
{
    uint64_t second = tvn_clock_monotonic_ns() / 1000000000u;

    if (second != log->second) {
        log->second = second;
        log->lines = 0;
    }
    if (log->lines++ >= LINES_PER_S) {
        log->left_out++;
        return false;
    }
    return true;
}

void
tvn__log_line(struct tvn_str stage, enum tvn_log_level level,
    struct tvn_str message, struct tvn_buf *out)
{
    static const char *const names[] = {
        [TVN_LOG_DEBUG] = "debug",
        [TVN_LOG_INFO] = "info",
        [TVN_LOG_WARN] = "warn",
        [TVN_LOG_ERROR] = "error",
    };

    tvn_buf_printf(out, "%.*s: %s: ", TVN_STR_ARG(stage), names[level]);
    tvn_buf_append_escaped(out, message);
    tvn_buf_append_byte(out, '\n');
}

void
tvn__log_write(void *env, struct tvn_str stage, enum tvn_log_level level,
    struct tvn_str message)
{
    struct tvn_host *host = env;
    struct tvn__log *log = host->log;

    (void)pthread_mutex_lock(&log->lock);
    if (may_speak(log)) {
        tvn_buf_clear(&log->line);
        tvn__log_line(stage, level, message, &log->line);
        if (!log->line.failed) {
            (void)fwrite(log->line.ptr, 1, log->line.len, stderr);
        }
    }
    (void)pthread_mutex_unlock(&log->lock);
}
