/* sys.c -- the system calls of Linux that POSIX does not have.
 *
 * The only file of this folder that sees more than POSIX: the names are not
 * reserved for anything else here. */
#undef _POSIX_C_SOURCE
#define _GNU_SOURCE
#include "engine/wasi/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The kernel gives up with EAGAIN when something beneath was moved while it
 * was resolving a "..": that ends, unless another guest does nothing else. */
#define TRIES_MAX 64

int
tvn__wasi_open_beneath(int dir, const char *path, int flags, mode_t mode)
{
    struct open_how how = {
        .flags = (unsigned)flags | O_CLOEXEC,
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    long fd = -1;

    errno = EAGAIN;
    for (int i = 0;
         fd < 0 && i < TRIES_MAX && (errno == EAGAIN || errno == EINTR); i++) {
        fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));
    }
    if (fd < 0 && errno == EXDEV) {
        errno = EPERM; /* it would have left `dir` */
    }
    return (int)fd;
}

int
tvn__wasi_path_only(void)
{
    return O_PATH;
}

int
tvn__wasi_set_times(int fd, const struct timespec times[2])
{
    return utimensat(fd, "", times, AT_EMPTY_PATH);
}

ssize_t
tvn__wasi_append(int fd, const void *bytes, size_t len)
{
    /* iovec is for reading, too, and so has no const. */
    union {
        const void *in;
        void *out;
    } base = {.in = bytes};
    struct iovec vec = {.iov_base = base.out, .iov_len = len};

    return pwritev2(fd, &vec, 1, 0, RWF_APPEND);
}

bool
tvn__wasi_random_bytes(void *bytes, size_t len)
{
    uint8_t *next = bytes;

    while (len > 0) {
        long got = syscall(SYS_getrandom, next, len, 0);

        if (got > 0) {
            next += got;
            len -= (size_t)got;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}
