/* wasi.h -- WASI 0.2 for the guests of ordinary toolchains.
 *
 *     wasi:cli         environment exit stdin stdout stderr terminal-*
 *     wasi:io          error poll streams
 *     wasi:clocks      monotonic-clock wall-clock
 *     wasi:random      random insecure insecure-seed
 *     wasi:filesystem  types preopens
 *
 * of every 0.2.x; sockets, HTTP and what is unstable are not known.
 *
 * Deny by default.  Each of these interfaces links without its grant; what
 * its functions do then is what WASI itself has for it:
 *
 *     environment        empty lists
 *     stdin              the stream is closed
 *     stdout, stderr     the streams are closed
 *     clock, random      TVN_ETRAP that names the grant: these functions
 *                        cannot fail
 *     filesystem         no directory; without one nothing can be opened
 *
 * exit, io and the clockless part of poll need no grant.
 *
 * Files: a guest reaches what is beneath the directories it was given, never
 * above them: every path is resolved by the kernel (openat2, RESOLVE_BENEATH,
 * no magic links), so neither `..`, nor a symbolic link, nor a race of two
 * guests leads out.  What a descriptor may do comes from the directory it was
 * opened through, never from a path.  Only regular files and directories can
 * be opened.
 *
 * Bounds, each instance: 256 objects (streams, descriptors, pollables, errors)
 * and so at most as many open files; one read or write moves at most 64 KiB
 * (less than asked is an answer that WASI allows); 1 MiB of random bytes a
 * call; a wait of `wait_max_ns`, longer ones trap.  Host functions are not
 * interrupted: a deadline of the instance counts on after a wait, and a slow
 * disk is waited for.
 *
 * Threads: an instance's, the one that runs the guest; the tables, any. */
#ifndef TVN_ENGINE_WASI_WASI_H
#define TVN_ENGINE_WASI_WASI_H

#include "base/clock.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/own.h"
#include "base/str.h"
#include "component/wasi.h"
#include "engine/engine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ------------------------------------------------------------------------
 * Without an instance; names of interfaces and grants: component/wasi.h. */

/* The type of a function as tvn_func_type_print prints it; NULL when the
 * interface or the function is not known. */
const char *tvn_wasi_signature(struct tvn_str interface, struct tvn_str name);

/* ------------------------------------------------------------------------
 * One a guest instance. */
struct tvn_wasi;

struct tvn_wasi_var {
    const char *name;
    const char *value;
};

struct tvn_wasi_dir {
    const char *host_path;
    const char *guest_path; /* "/data", "." */
    bool can_write; /* else nothing beneath can be made, changed or removed
                     * through it */
};

struct tvn_wasi_opts {
    unsigned grants; /* TVN_WASI_* */
    const char *const *args;
    uint32_t arg_count;
    const struct tvn_wasi_var *vars;
    uint32_t var_count;
    const struct tvn_wasi_dir *dirs;
    uint32_t dir_count;

    /* What the guest writes to stdout (1) or stderr (2); false: nobody reads
     * it any more, and the guest's stream fails.  NULL: the process's own,
     * where SIGPIPE must be ignored.  The bytes are the guest's: whoever
     * shows them escapes them and bounds their number. */
    bool (*write)(void *env, int fd, const uint8_t *bytes, size_t len);
    /* Fills `bytes` with what the guest reads from stdin: how many, 0 at the
     * end, <0 failed.  NULL: the process's own. */
    ptrdiff_t (*read)(void *env, uint8_t *bytes, size_t len);
    void *env;

    const struct tvn_clock *clock; /* NULL: the machine's */
    uint64_t wait_max_ns;          /* 0: 10 s; at most an hour */
};
#define TVN_WASI_WAIT_MAX_NS UINT64_C(10000000000)

/* Opens the directories (only with their grant).  What `opts` points to is
 * kept until the free.  TVN_ENOTFOUND, TVN_EIO (a directory cannot be
 * opened), TVN_EUTF8 (an argument, variable or guest path is no UTF-8),
 * TVN_EUNSUPPORTED (a kernel without openat2), TVN_EINVAL (a wait that is too
 * long), TVN_ENOMEM. */
tvn_err tvn_wasi_new(TVN_KEPT const struct tvn_wasi_opts *opts,
    TVN_GIVE struct tvn_wasi **out, struct tvn_diag *diag);

/* Closes whatever the guest left open.  The instance must be gone, or dead. */
void tvn_wasi_free(struct tvn_wasi *wasi);

/* All functions and resources, for tvn_instance_opts; they live as long as
 * `wasi`.  A result is borrowed until the next call of any function of the
 * same tvn_wasi: a guest cannot call while a result is being lowered. */
const struct tvn_host_func *tvn_wasi_funcs(
    struct tvn_wasi *wasi, uint32_t *count);
const struct tvn_host_resource *tvn_wasi_resources(
    struct tvn_wasi *wasi, uint32_t *count);

/* True when the guest has called exit: its call returned TVN_ETRAP then, and
 * this tells that from a failure. */
bool tvn_wasi_has_exited(const struct tvn_wasi *wasi, int *status);

/* Objects that the guest holds now. */
uint32_t tvn_wasi_objects(const struct tvn_wasi *wasi);

#endif
