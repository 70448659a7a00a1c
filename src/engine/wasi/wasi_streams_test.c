/* wasi_streams_test.c -- standard streams, polling, clocks, random bytes. */
#include "engine/wasi/testing.h"

#include <signal.h>

#define MS UINT64_C(1000000)

/* ------------------------------------------------------------------------
 * a host that gives and takes bytes */
struct host {
    char out[3][300000];
    size_t out_len[3];
    const char *in;
    bool is_closed; /* for writing */
};

static bool
host_write(void *env, int fd, const uint8_t *bytes, size_t len)
{
    struct host *host = env;

    TVN_ASSERT(fd == 1 || fd == 2);
    TVN_ASSERT(host->out_len[fd] + len <= sizeof(host->out[fd]));
    if (host->is_closed) {
        return false;
    }
    memcpy(host->out[fd] + host->out_len[fd], bytes, len);
    host->out_len[fd] += len;
    return true;
}

/* Three bytes at most; "!" fails. */
static ptrdiff_t
host_read(void *env, uint8_t *bytes, size_t len)
{
    struct host *host = env;
    size_t n = strlen(host->in) < 3 ? strlen(host->in) : 3;

    if (host->in[0] == '!') {
        return -1;
    }
    n = n < len ? n : len;
    memcpy(bytes, host->in, n);
    host->in += n;
    return (ptrdiff_t)n;
}

static struct host host;

static struct tvn_wasi *
hosted(unsigned grants, const char *in)
{
    memset(&host, 0, sizeof(host));
    host.in = in;
    return wasi_new(&(struct tvn_wasi_opts){.grants = grants,
        .write = host_write,
        .read = host_read,
        .env = &host});
}

static uint32_t
get_out(struct tvn_wasi *wasi)
{
    return get_u32(call(wasi, "wasi:cli/stdout@0.2", "get-stdout", NULL));
}

static uint32_t
get_in(struct tvn_wasi *wasi)
{
    return get_u32(call(wasi, "wasi:cli/stdin@0.2", "get-stdin", NULL));
}

#define IN(n)  "[method]input-stream." n
#define OUT(n) "[method]output-stream." n

static void
test_what_is_written_arrives(void)
{
    struct tvn_wasi *wasi = hosted(ALL, "");
    uint32_t out = get_out(wasi);
    uint32_t err =
        get_u32(call(wasi, "wasi:cli/stderr@0.2", "get-stderr", NULL));
    const uint8_t *r = call(wasi, STREAMS, OUT("check-write"), self(out));

    TVN_ASSERT(r[0] == 0 && get_u64(r + 8) == 65536);
    r = call(wasi, STREAMS, OUT("write"), arg_text(self(out), 4, "one "));
    TVN_ASSERT(r[0] == 0);
    r = call(wasi, STREAMS, OUT("blocking-write-and-flush"),
        arg_text(self(err), 4, "two"));
    TVN_ASSERT(r[0] == 0);
    r = call(wasi, STREAMS, OUT("write"), arg_text(self(out), 4, ""));
    TVN_ASSERT(r[0] == 0);
    TVN_ASSERT(
        call(wasi, STREAMS, OUT("write-zeroes"), self_len(out, 2))[0] == 0);
    TVN_ASSERT(call(wasi, STREAMS, OUT("blocking-write-zeroes-and-flush"),
                   self_len(out, 4096))[0] == 0);
    TVN_ASSERT(call(wasi, STREAMS, OUT("flush"), self(out))[0] == 0);
    TVN_ASSERT(call(wasi, STREAMS, OUT("blocking-flush"), self(out))[0] == 0);
    TVN_ASSERT(host.out_len[1] == 4 + 2 + 4096);
    TVN_ASSERT(memcmp(host.out[1], "one \0\0\0", 7) == 0);
    TVN_ASSERT(host.out_len[2] == 3 && memcmp(host.out[2], "two", 3) == 0);
    tvn_wasi_free(wasi);
}

static struct args *
bytes_args(uint32_t out, uint32_t len)
{
    static const uint8_t bytes[65537];

    return arg_u32(arg_bytes(args_new_for(len), 4, bytes, len), 0, out);
}

static void
test_more_than_is_permitted_traps(void)
{
    struct tvn_wasi *wasi = hosted(ALL, "");
    uint32_t out = get_out(wasi);

    TVN_ASSERT(
        call(wasi, STREAMS, OUT("write"), bytes_args(out, 65536))[0] == 0);
    TVN_ASSERT(call(wasi, STREAMS, OUT("blocking-write-and-flush"),
                   bytes_args(out, 4096))[0] == 0);
    call_traps(wasi, STREAMS, OUT("write"), bytes_args(out, 65537),
        "65536 are permitted");
    call_traps(wasi, STREAMS, OUT("blocking-write-and-flush"),
        bytes_args(out, 4097), "4096 are permitted");
    call_traps(wasi, STREAMS, OUT("write-zeroes"), self_len(out, UINT64_MAX),
        "65536 are permitted");
    call_traps(wasi, STREAMS, OUT("blocking-write-zeroes-and-flush"),
        self_len(out, 4097), "4096 are permitted");
    TVN_ASSERT(host.out_len[1] == 65536 + 4096);
    tvn_wasi_free(wasi);
}

static void
test_a_failed_write_tells_why_and_closes(void)
{
    struct tvn_wasi *wasi = hosted(ALL, "");
    uint32_t out = get_out(wasi);
    uint32_t error;
    const uint8_t *r;

    host.is_closed = true;
    r = call(wasi, STREAMS, OUT("write"), arg_text(self(out), 4, "x"));
    TVN_ASSERT(r[0] == 1 && r[4] == 0);
    error = get_u32(r + 8);
    r = call(wasi, ERRORS, "[method]error.to-debug-string", self(error));
    TVN_ASSERT(tvn_str_is(get_text(r, 0), "pipe"));
    r = call(wasi, FILES, "filesystem-error-code", self(error));
    TVN_ASSERT(r[0] == 1 && r[1] == 32);
    r = call(wasi, STREAMS, OUT("write"), arg_text(self(out), 4, "x"));
    TVN_ASSERT(r[0] == 1 && r[4] == 1); /* closed */
    r = call(wasi, STREAMS, OUT("check-write"), self(out));
    TVN_ASSERT(r[0] == 1 && r[8] == 1);
    drop(wasi, "error", error);
    drop(wasi, "output-stream", out);
    TVN_ASSERT(tvn_wasi_objects(wasi) == 0);
    tvn_wasi_free(wasi);
}

static void
test_what_is_given_can_be_read_and_skipped(void)
{
    struct tvn_wasi *wasi = hosted(ALL, "abcdefghijklm");
    uint32_t in = get_in(wasi);
    const uint8_t *r = call(wasi, STREAMS, IN("read"), self_len(in, 2));

    TVN_ASSERT(r[0] == 0 && tvn_str_is(get_text(r, 4), "ab"));
    r = call(wasi, STREAMS, IN("blocking-read"), self_len(in, UINT64_MAX));
    TVN_ASSERT(r[0] == 0 && tvn_str_is(get_text(r, 4), "cde"));
    r = call(wasi, STREAMS, IN("read"), self_len(in, 0));
    TVN_ASSERT(r[0] == 0 && get_u32(r + 4) == 0 && get_u32(r + 8) == 0);
    r = call(wasi, STREAMS, IN("skip"), self_len(in, 1));
    TVN_ASSERT(r[0] == 0 && get_u64(r + 8) == 1);
    r = call(wasi, STREAMS, IN("blocking-skip"), self_len(in, 5));
    TVN_ASSERT(r[0] == 0 && get_u64(r + 8) == 3);
    r = call(wasi, STREAMS, IN("read"), self_len(in, 9));
    TVN_ASSERT(r[0] == 0 && tvn_str_is(get_text(r, 4), "jkl"));
    r = call(wasi, STREAMS, IN("read"), self_len(in, 9));
    TVN_ASSERT(r[0] == 0 && tvn_str_is(get_text(r, 4), "m"));
    r = call(wasi, STREAMS, IN("read"), self_len(in, 9));
    TVN_ASSERT(r[0] == 1 && r[4] == 1); /* closed: at its end */
    host.in = "!";
    r = call(wasi, STREAMS, IN("skip"), self_len(in, 9));
    TVN_ASSERT(r[0] == 1 && r[8] == 0); /* failed, with an error */
    r = call(wasi, STREAMS, IN("skip"), self_len(in, 9));
    TVN_ASSERT(r[0] == 1 && r[8] == 1);
    tvn_wasi_free(wasi);
}

static struct args *
splice_args(uint32_t out, uint32_t in, uint64_t len)
{
    return arg_u64(arg_u32(self(out), 4, in), 8, len);
}

static void
test_splice_moves_from_one_to_the_other(void)
{
    struct tvn_wasi *wasi = hosted(ALL, "abcdef");
    uint32_t in = get_in(wasi);
    uint32_t out = get_out(wasi);
    const uint8_t *r =
        call(wasi, STREAMS, OUT("splice"), splice_args(out, in, 2));

    TVN_ASSERT(r[0] == 0 && get_u64(r + 8) == 2);
    r = call(wasi, STREAMS, OUT("blocking-splice"),
        splice_args(out, in, UINT64_MAX));
    TVN_ASSERT(r[0] == 0 && get_u64(r + 8) == 3);
    TVN_ASSERT(memcmp(host.out[1], "abcde", 5) == 0);
    call_traps(wasi, STREAMS, OUT("splice"), splice_args(out, out, 2),
        " is no input-stream");
    r = call(wasi, STREAMS, OUT("splice"), splice_args(out, in, 2));
    TVN_ASSERT(r[0] == 0 && get_u64(r + 8) == 1);
    r = call(wasi, STREAMS, OUT("splice"), splice_args(out, in, 2));
    TVN_ASSERT(r[0] == 1 && r[8] == 1); /* nothing more to read */
    tvn_wasi_free(wasi);
}

static void
test_without_a_grant_streams_are_closed(void)
{
    static const char *const to_none[] = {OUT("flush"), OUT("blocking-flush"),
        OUT("write"), OUT("blocking-write-and-flush"), OUT("write-zeroes"),
        OUT("blocking-write-zeroes-and-flush")};
    static const char *const from[] = {IN("read"), IN("blocking-read")};
    static const char *const skip[] = {IN("skip"), IN("blocking-skip")};
    static const char *const splice[] = {OUT("splice"), OUT("blocking-splice")};
    struct tvn_wasi *wasi =
        hosted(ALL & ~(unsigned)(TVN_WASI_STDIN | TVN_WASI_STDOUT), "abc");
    uint32_t in = get_in(wasi);
    uint32_t out = get_out(wasi);
    uint32_t ready;
    const uint8_t *r = call(wasi, STREAMS, OUT("check-write"), self(out));

    TVN_ASSERT(r[0] == 1 && r[8] == 1);
    for (int i = 0; i < 6; i++) {
        r = call(wasi, STREAMS, to_none[i], self_len(out, 0));
        TVN_ASSERT(r[0] == 1 && r[4] == 1);
    }
    for (int i = 0; i < 2; i++) {
        r = call(wasi, STREAMS, from[i], self_len(in, 1));
        TVN_ASSERT(r[0] == 1 && r[4] == 1);
        r = call(wasi, STREAMS, skip[i], self_len(in, 0));
        TVN_ASSERT(r[0] == 1 && r[8] == 1);
        r = call(wasi, STREAMS, splice[i], splice_args(out, in, 1));
        TVN_ASSERT(r[0] == 1 && r[8] == 1);
    }
    ready = get_u32(call(wasi, STREAMS, IN("subscribe"), self(in)));
    TVN_ASSERT(call(wasi, POLL, "[method]pollable.ready", self(ready))[0] == 1);
    ready = get_u32(call(wasi, STREAMS, OUT("subscribe"), self(out)));
    TVN_ASSERT(call(wasi, POLL, "[method]pollable.ready", self(ready))[0] == 1);
    TVN_ASSERT(host.out_len[1] == 0 && strlen(host.in) == 3);
    /* stderr was granted on its own */
    out = get_u32(call(wasi, "wasi:cli/stderr@0.2", "get-stderr", NULL));
    TVN_ASSERT(
        call(wasi, STREAMS, OUT("write"), arg_text(self(out), 4, "x"))[0] == 0);
    TVN_ASSERT(host.out_len[2] == 1);
    tvn_wasi_free(wasi);
}

/* ------------------------------------------------------------------------
 * the process's own streams: pipes in their place */
struct pipes {
    int saved[2];
    int in;  /* what is written here is read from stdin */
    int out; /* what is written to stdout is read here */
};

static void
swap_in(struct pipes *pipes)
{
    int in[2];
    int out[2];

    TVN_ASSERT(pipe(in) == 0 && pipe(out) == 0);
    for (int i = 0; i < 2; i++) {
        pipes->saved[i] = dup(i);
    }
    TVN_ASSERT(dup2(in[0], 0) == 0 && dup2(out[1], 1) == 1);
    TVN_ASSERT(close(in[0]) == 0 && close(out[1]) == 0);
    pipes->in = in[1];
    pipes->out = out[0];
}

static void
swap_back(struct pipes *pipes)
{
    for (int i = 0; i < 2; i++) {
        TVN_ASSERT(dup2(pipes->saved[i], i) == i);
        TVN_ASSERT(close(pipes->saved[i]) == 0);
    }
    (void)close(pipes->in);
    (void)close(pipes->out);
}

static void
test_the_process_s_own_streams(void)
{
    struct tvn_wasi *wasi = wasi_new(
        &(struct tvn_wasi_opts){.grants = ALL, .wait_max_ns = 20 * MS});
    uint32_t in = get_in(wasi);
    uint32_t out = get_out(wasi);
    struct pipes pipes;
    char text[8];
    uint32_t ready;
    const uint8_t *r;

    swap_in(&pipes);
    ready = get_u32(call(wasi, STREAMS, IN("subscribe"), self(in)));
    r = call(wasi, STREAMS, IN("read"), self_len(in, 9));
    TVN_ASSERT(r[0] == 0 && get_u32(r + 8) == 0); /* nothing there yet */
    TVN_ASSERT(call(wasi, POLL, "[method]pollable.ready", self(ready))[0] == 0);
    call_traps(wasi, STREAMS, IN("blocking-read"), self_len(in, 9),
        "waits longer than 20 ms");
    call_traps(wasi, POLL, "[method]pollable.block", self(ready),
        "waits longer than 20 ms");
    TVN_ASSERT(write(pipes.in, "hello", 5) == 5);
    TVN_ASSERT(call(wasi, POLL, "[method]pollable.ready", self(ready))[0] == 1);
    (void)call(wasi, POLL, "[method]pollable.block", self(ready));
    r = call(wasi, STREAMS, IN("blocking-read"), self_len(in, 9));
    TVN_ASSERT(r[0] == 0 && tvn_str_is(get_text(r, 4), "hello"));
    TVN_ASSERT(close(pipes.in) == 0);
    r = call(wasi, STREAMS, IN("blocking-read"), self_len(in, 9));
    TVN_ASSERT(r[0] == 1 && r[4] == 1);

    ready = get_u32(call(wasi, STREAMS, OUT("subscribe"), self(out)));
    TVN_ASSERT(call(wasi, POLL, "[method]pollable.ready", self(ready))[0] == 1);
    r = call(wasi, STREAMS, OUT("write"), arg_text(self(out), 4, "bye"));
    TVN_ASSERT(r[0] == 0);
    TVN_ASSERT(read(pipes.out, text, 8) == 3 && memcmp(text, "bye", 3) == 0);
    swap_back(&pipes);
    tvn_wasi_free(wasi);
}

static void
test_nobody_reads_the_process_s_stdout(void)
{
    struct tvn_wasi *wasi = wasi_new(
        &(struct tvn_wasi_opts){.grants = ALL, .wait_max_ns = 20 * MS});
    uint32_t out = get_out(wasi);
    struct pipes pipes;
    const uint8_t *r;

    swap_in(&pipes);
    r = call(wasi, STREAMS, OUT("write-zeroes"), self_len(out, 65536));
    TVN_ASSERT(r[0] == 0); /* a pipe takes that much */
    call_traps(wasi, STREAMS, OUT("write-zeroes"), self_len(out, 65536),
        "waits longer than 20 ms");
    TVN_ASSERT(close(pipes.out) == 0);
    r = call(wasi, STREAMS, OUT("write-zeroes"), self_len(out, 1));
    TVN_ASSERT(r[0] == 1 && r[4] == 0);
    swap_back(&pipes);
    tvn_wasi_free(wasi);
}

/* ------------------------------------------------------------------------
 * clocks and polls */
static uint64_t
clock_mono(void *env)
{
    return *(uint64_t *)env;
}

static uint64_t
clock_wall(void *env)
{
    (void)env;
    return UINT64_C(1700000000123456789);
}

static void
test_clocks(void)
{
    uint64_t now = 77;
    struct tvn_clock clock = {clock_mono, clock_wall, &now};
    struct tvn_wasi *wasi = wasi_new(
        &(struct tvn_wasi_opts){.grants = TVN_WASI_CLOCK, .clock = &clock});
    const uint8_t *r = call(wasi, MONOTONIC, "now", NULL);

    TVN_ASSERT(get_u64(r) == 77);
    TVN_ASSERT(get_u64(call(wasi, MONOTONIC, "resolution", NULL)) == 1);
    r = call(wasi, WALL, "now", NULL);
    TVN_ASSERT(get_u64(r) == 1700000000 && get_u32(r + 8) == 123456789);
    r = call(wasi, WALL, "resolution", NULL);
    TVN_ASSERT(get_u64(r) == 0 && get_u32(r + 8) == 1);
    tvn_wasi_free(wasi);

    wasi = wasi_new(&(struct tvn_wasi_opts){.grants = TVN_WASI_CLOCK});
    now = get_u64(call(wasi, MONOTONIC, "now", NULL));
    TVN_ASSERT(get_u64(call(wasi, MONOTONIC, "now", NULL)) >= now);
    tvn_wasi_free(wasi);
}

static void
test_clocks_that_are_not_granted_trap(void)
{
    static const char *const names[] = {
        "now", "resolution", "subscribe-instant", "subscribe-duration"};
    struct tvn_wasi *wasi = wasi_new(
        &(struct tvn_wasi_opts){.grants = ALL & ~(unsigned)TVN_WASI_CLOCK});

    for (int i = 0; i < 4; i++) {
        call_traps(wasi, MONOTONIC, names[i], self_len(0, 0),
            "wasi:clocks/monotonic-clock: not granted to this stage "
            "(grants: [clock])");
    }
    for (int i = 0; i < 2; i++) {
        call_traps(wasi, WALL, names[i], NULL,
            "wasi:clocks/wall-clock: not granted to this stage");
    }
    TVN_ASSERT(tvn_wasi_objects(wasi) == 0);
    tvn_wasi_free(wasi);
}

static uint32_t
timer(struct tvn_wasi *wasi, const char *name, uint64_t when)
{
    return get_u32(call(wasi, MONOTONIC, name, arg_u64(args_new(), 0, when)));
}

static struct args *
poll_args(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t reps[3] = {a, b, c};

    return arg_u32(arg_bytes(args_new(), 0, reps, sizeof(reps)), 4, 3);
}

/* The clock stands still: what counts is that as much real time passed. */
static void
test_polls_wait_for_the_earliest(void)
{
    uint64_t now = 1000 * MS;
    struct tvn_clock clock = {clock_mono, clock_wall, &now};
    struct tvn_wasi *wasi =
        wasi_new(&(struct tvn_wasi_opts){.grants = ALL, .clock = &clock});
    uint32_t past = timer(wasi, "subscribe-instant", 999 * MS);
    uint32_t soon = timer(wasi, "subscribe-duration", 2 * MS);
    uint32_t later = timer(wasi, "subscribe-instant", 1003 * MS);
    uint32_t never = timer(wasi, "subscribe-duration", UINT64_MAX);
    uint64_t begin = tvn_clock_monotonic_ns();
    const uint8_t *r;

    TVN_ASSERT(call(wasi, POLL, "[method]pollable.ready", self(past))[0] == 1);
    TVN_ASSERT(call(wasi, POLL, "[method]pollable.ready", self(soon))[0] == 0);
    r = call(wasi, POLL, "poll", poll_args(soon, past, past));
    TVN_ASSERT(get_u32(r + 4) == 2 && get_u32(r) % 4 == 0);
    TVN_ASSERT(get_u32(r + get_u32(r)) == 1);
    TVN_ASSERT(get_u32(r + get_u32(r) + 4) == 2);
    r = call(wasi, POLL, "poll", poll_args(never, later, soon));
    TVN_ASSERT(tvn_clock_monotonic_ns() >= begin + 2 * MS);
    TVN_ASSERT(get_u32(r + 4) == 1 && get_u32(r + get_u32(r)) == 2);
    begin = tvn_clock_monotonic_ns();
    (void)call(wasi, POLL, "[method]pollable.block", self(later));
    TVN_ASSERT(tvn_clock_monotonic_ns() >= begin + 3 * MS);
    now += 5 * MS;
    (void)call(wasi, POLL, "[method]pollable.block", self(later));
    TVN_ASSERT(call(wasi, POLL, "[method]pollable.ready", self(later))[0] == 1);
    tvn_wasi_free(wasi);
}

static void
test_waits_are_bounded(void)
{
    struct tvn_wasi *wasi =
        wasi_new(&(struct tvn_wasi_opts){.grants = ALL, .wait_max_ns = 5 * MS});
    uint32_t never = timer(wasi, "subscribe-duration", UINT64_MAX);
    uint32_t late = timer(wasi, "subscribe-duration", 3600 * 1000 * MS);
    static const uint32_t reps[4097];

    call_traps(wasi, POLL, "[method]pollable.block", self(late),
        "wasi:io/poll: the stage waits longer than 5 ms");
    call_traps(wasi, POLL, "poll", poll_args(never, late, never),
        "waits longer than 5 ms");
    call_traps(wasi, POLL, "poll", arg_bytes(args_new(), 0, "", 0),
        "poll of 0 pollables");
    call_traps(wasi, POLL, "poll",
        arg_u32(arg_bytes(args_new_for(sizeof(reps)), 0, reps, sizeof(reps)), 4,
            4097),
        "poll of 4097");
    call_traps(wasi, POLL, "poll", poll_args(late, 0, 0), "0 is no pollable");
    tvn_wasi_free(wasi);
}

static void
test_a_poll_of_stdin_and_a_timer(void)
{
    struct tvn_wasi *wasi = wasi_new(&(struct tvn_wasi_opts){.grants = ALL});
    struct pipes pipes;
    uint32_t in = get_in(wasi);
    uint32_t stdin_ready;
    uint32_t soon;
    uint32_t late;
    const uint8_t *r;

    swap_in(&pipes);
    stdin_ready = get_u32(call(wasi, STREAMS, IN("subscribe"), self(in)));
    soon = timer(wasi, "subscribe-duration", 2 * MS);
    late = timer(wasi, "subscribe-duration", UINT64_MAX);
    r = call(wasi, POLL, "poll", poll_args(stdin_ready, late, soon));
    TVN_ASSERT(get_u32(r + 4) == 1 && get_u32(r + get_u32(r)) == 2);
    TVN_ASSERT(write(pipes.in, "x", 1) == 1);
    r = call(wasi, POLL, "poll", poll_args(stdin_ready, late, late));
    TVN_ASSERT(get_u32(r + 4) == 1 && get_u32(r + get_u32(r)) == 0);
    swap_back(&pipes);
    tvn_wasi_free(wasi);
}

/* ------------------------------------------------------------------------
 * random */
static void
test_random_bytes(void)
{
    static const struct {
        const char *interface;
        const char *bytes;
        const char *number;
    } rows[] = {
        {"wasi:random/random@0.2", "get-random-bytes", "get-random-u64"},
        {"wasi:random/insecure@0.2", "get-insecure-random-bytes",
            "get-insecure-random-u64"},
    };
    struct tvn_wasi *wasi =
        wasi_new(&(struct tvn_wasi_opts){.grants = TVN_WASI_RANDOM});
    struct tvn_wasi *denied = wasi_new(
        &(struct tvn_wasi_opts){.grants = ALL & ~(unsigned)TVN_WASI_RANDOM});
    const uint8_t *r;
    uint64_t first;

    for (int i = 0; i < 2; i++) {
        r = call(wasi, rows[i].interface, rows[i].bytes, self_len(0, 0));
        TVN_ASSERT(get_u32(r) == 0 && get_u32(r + 4) == 0);
        r = call(wasi, rows[i].interface, rows[i].bytes,
            arg_u64(args_new(), 0, 1 << 20));
        TVN_ASSERT(get_u32(r + 4) == 1 << 20);
        TVN_ASSERT(
            get_u64(r + get_u32(r)) != get_u64(r + get_u32(r) + (1 << 20) - 8));
        call_traps(wasi, rows[i].interface, rows[i].bytes,
            arg_u64(args_new(), 0, (1 << 20) + 1), "at most 1048576");
        first = get_u64(call(wasi, rows[i].interface, rows[i].number, NULL));
        TVN_ASSERT(first != get_u64(call(wasi, rows[i].interface,
                                rows[i].number, NULL)));
        call_traps(denied, rows[i].interface, rows[i].bytes, self_len(0, 0),
            ": not granted to this stage (grants: [random])");
        call_traps(denied, rows[i].interface, rows[i].number, NULL,
            ": not granted to this stage (grants: [random])");
    }
    r = call(wasi, "wasi:random/insecure-seed@0.2", "insecure-seed", NULL);
    TVN_ASSERT(get_u64(r) != get_u64(r + 8));
    call_traps(denied, "wasi:random/insecure-seed@0.2", "insecure-seed", NULL,
        "wasi:random/insecure-seed: not granted to this stage");
    tvn_wasi_free(wasi);
    tvn_wasi_free(denied);
}

int
main(void)
{
    uint32_t fds = open_fds();

    (void)signal(SIGPIPE, SIG_IGN);
    test_what_is_written_arrives();
    test_more_than_is_permitted_traps();
    test_a_failed_write_tells_why_and_closes();
    test_what_is_given_can_be_read_and_skipped();
    test_splice_moves_from_one_to_the_other();
    test_without_a_grant_streams_are_closed();
    test_the_process_s_own_streams();
    test_nobody_reads_the_process_s_stdout();
    test_clocks();
    test_clocks_that_are_not_granted_trap();
    test_polls_wait_for_the_earliest();
    test_waits_are_bounded();
    test_a_poll_of_stdin_and_a_timer();
    test_random_bytes();
    TVN_ASSERT(open_fds() == fds);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
