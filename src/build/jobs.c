/* jobs.c -- compilers and scripts as processes, several at once.
 *
 * What a process says goes through a pipe; its end is the end of the process,
 * so one poll waits for all of them and no signal is needed. */
#include "build/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID_MAX ((size_t)16 << 20) /* bytes of a process that are kept */

extern char **environ;

static tvn_err
spawn(struct tvn__item *item, const char *const *args, char *const *env, int to)
{
    posix_spawn_file_actions_t actions;
    const char *program = args[0];
    int failed;

    if (posix_spawn_file_actions_init(&actions) != 0) {
        return TVN_ENOMEM;
    }
    failed = posix_spawn_file_actions_addopen(
        &actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (failed == 0) {
        failed = posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
    }
    if (failed == 0) {
        failed = posix_spawn_file_actions_adddup2(&actions, to, STDERR_FILENO);
    }
    if (failed == 0) {
        char *const *argv = NULL;

        /* posix_spawn changes neither; its type is from before const. */
        memcpy(&argv, &args, sizeof(argv));
        failed = posix_spawnp(&item->pid, program, &actions, NULL, argv,
            env == NULL ? environ : env);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    errno = failed;
    return failed == 0 ? TVN_OK : TVN_EIO;
}

tvn_err
tvn__job_start(struct tvn__item *item, const char *const *args,
    char *const *env, struct tvn_diag *diag)
{
    int ends[2];
    tvn_err err;

    tvn_buf_clear(&item->said);
    if (pipe(ends) != 0) {
        return tvn_diag_error(diag, TVN_EIO, &item->stage->place,
            "cannot start %s: %s", args[0], strerror(errno));
    }
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC); /* not its two copies */
    err = spawn(item, args, env, ends[1]);
    if (err != TVN_OK) {
        err = tvn_diag_error(diag, TVN_EIO, &item->stage->place,
            "cannot start %s: %s", args[0], strerror(errno));
        (void)close(ends[0]);
    } else {
        item->fd = ends[0];
    }
    (void)close(ends[1]);
    return err;
}

/* False at the end of what it says. */
static bool
read_some(struct tvn__item *item)
{
    char bytes[16384];
    ssize_t got = read(item->fd, bytes, sizeof(bytes));

    if (got > 0 && item->said.len < SAID_MAX) {
        tvn_buf_append(&item->said, bytes, (size_t)got);
    }
    return got > 0 || (got < 0 && errno == EINTR);
}

static int
reap(struct tvn__item *item)
{
    int status = 0;

    (void)close(item->fd);
    item->fd = -1;
    while (waitpid(item->pid, &status, 0) < 0 && errno == EINTR) {
    }
    (void)tvn_buf_text(&item->said); /* a NUL behind it */
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct tvn__item *
tvn__job_wait(struct tvn_build *build, int *status)
{
    for (;;) {
        struct pollfd fds[TVN__JOBS_MAX];
        struct tvn__item *items[TVN__JOBS_MAX];
        nfds_t count = 0;

        for (uint32_t i = 0; i < build->count && count < TVN__JOBS_MAX; i++) {
            if (build->items[i].fd >= 0) {
                fds[count] =
                    (struct pollfd){.fd = build->items[i].fd, .events = POLLIN};
                items[count++] = &build->items[i];
            }
        }
        if (count == 0) {
            return NULL;
        }
        if (poll(fds, count, -1) < 0) {
            continue; /* a signal */
        }
        for (nfds_t i = 0; i < count; i++) {
            if (fds[i].revents != 0 && !read_some(items[i])) {
                *status = reap(items[i]);
                return items[i];
            }
        }
    }
}
