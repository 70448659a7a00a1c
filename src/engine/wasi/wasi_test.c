/* wasi_test.c -- what is known, grants, environment, exit, and objects. */
#include "engine/wasi/testing.h"

#include "base/rng.h"

static void
test_what_is_known_and_what_it_asks_for(void)
{
    static const struct {
        const char *interface;
        bool is_known;
        unsigned grant;
    } rows[] = {
        {"wasi:io/poll@0.2.0", true, 0},
        {"wasi:io/poll@0.2.12", true, 0},
        {"wasi:io/poll@0.2", true, 0},
        {"wasi:io/streams@0.2.99", true, 0},
        {"wasi:cli/exit@0.2.3", true, 0},
        {"wasi:cli/environment@0.2.3", true, TVN_WASI_ENVIRONMENT},
        {"wasi:cli/terminal-stderr@0.2.3", true, TVN_WASI_STDERR},
        {"wasi:clocks/wall-clock@0.2.3", true, TVN_WASI_CLOCK},
        {"wasi:random/insecure-seed@0.2.3", true, TVN_WASI_RANDOM},
        {"wasi:filesystem/preopens@0.2.3", true, TVN_WASI_FILESYSTEM},
        {"wasi:io/poll", false, 0},
        {"wasi:io/poll@0.2.", false, 0},
        {"wasi:io/poll@0.20.0", false, 0},
        {"wasi:io/poll@0.3.0", false, 0},
        {"wasi:io/poll@0.2.0-rc-2023-11-10", false, 0},
        {"wasi:io/pol@0.2.0", false, 0},
        {"wasi:clocks/timezone@0.2.0", false, 0},
        {"wasi:sockets/tcp@0.2.0", false, 0},
        {"wasi:http/types@0.2.0", false, 0},
        {"", false, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_str interface = tvn_str_of(rows[i].interface);

        TVN_ASSERT(tvn_wasi_knows(interface) == rows[i].is_known);
        TVN_ASSERT(tvn_wasi_grant_of(interface) == rows[i].grant);
    }
}

static void
test_grants_have_names(void)
{
    for (unsigned i = 0; i < TVN_WASI_GRANTS; i++) {
        const char *name = tvn_wasi_grant_name(1u << i);

        TVN_ASSERT(name != NULL);
        TVN_ASSERT(tvn_wasi_grant_from(tvn_str_of(name)) == 1u << i);
    }
    TVN_ASSERT(tvn_wasi_grant_name(0) == NULL);
    TVN_ASSERT(tvn_wasi_grant_name(3) == NULL);
    TVN_ASSERT(tvn_wasi_grant_name(1u << TVN_WASI_GRANTS) == NULL);
    TVN_ASSERT(tvn_wasi_grant_from(TVN_STR("sockets")) == 0);
}

static void
test_every_function_is_of_a_known_interface_and_once(void)
{
    struct tvn_wasi *wasi = wasi_new(&(struct tvn_wasi_opts){0});
    uint32_t count;
    const struct tvn_host_func *funcs = tvn_wasi_funcs(wasi, &count);

    TVN_ASSERT(count == 71);
    for (uint32_t i = 0; i < count; i++) {
        TVN_ASSERT(tvn_wasi_knows(funcs[i].interface));
        TVN_ASSERT(tvn_wasi_signature(funcs[i].interface, funcs[i].name) ==
                   funcs[i].signature);
        for (uint32_t k = 0; k < i; k++) {
            TVN_ASSERT(!tvn_str_equal(funcs[i].name, funcs[k].name) ||
                       !tvn_str_equal(funcs[i].interface, funcs[k].interface));
        }
    }
    TVN_ASSERT(strcmp(tvn_wasi_signature(TVN_STR("wasi:io/streams@0.2.7"),
                          TVN_STR("[method]output-stream.check-write")),
                   "func(self: borrow<wasi:io/streams.output-stream>) -> "
                   "result<u64, variant { last-operation-failed(own<"
                   "wasi:io/error.error>), closed }>") == 0);
    TVN_ASSERT(tvn_wasi_signature(TVN_STR("wasi:io/streams@0.2.7"),
                   TVN_STR("check-write")) == NULL);
    tvn_wasi_free(wasi);
}

static const char *const two_args[] = {"stage", "-v"};
static const struct tvn_wasi_var two_vars[] = {{"LANG", "C"}, {"EMPTY", ""}};

static void
test_environment(void)
{
    struct tvn_wasi_opts opts = {.grants = TVN_WASI_ENVIRONMENT,
        .args = two_args,
        .arg_count = 2,
        .vars = two_vars,
        .var_count = 2};
    struct tvn_wasi *wasi = wasi_new(&opts);
    const uint8_t *r = call(wasi, ENVIRONMENT, "get-environment", NULL);
    uint32_t at = get_u32(r);

    TVN_ASSERT(get_u32(r + 4) == 2 && at % 4 == 0);
    TVN_ASSERT(tvn_str_is(get_text(r, at), "LANG"));
    TVN_ASSERT(tvn_str_is(get_text(r, at + 8), "C"));
    TVN_ASSERT(tvn_str_is(get_text(r, at + 16), "EMPTY"));
    TVN_ASSERT(get_u32(r + at + 24) == 0 && get_u32(r + at + 28) == 0);
    r = call(wasi, ENVIRONMENT, "get-arguments", NULL);
    TVN_ASSERT(get_u32(r + 4) == 2);
    TVN_ASSERT(tvn_str_is(get_text(r, get_u32(r) + 8), "-v"));
    TVN_ASSERT(call(wasi, ENVIRONMENT, "initial-cwd", NULL)[0] == 0);
    tvn_wasi_free(wasi);

    opts.grants = ALL & ~(unsigned)TVN_WASI_ENVIRONMENT;
    wasi = wasi_new(&opts);
    r = call(wasi, ENVIRONMENT, "get-environment", NULL);
    TVN_ASSERT(get_u32(r) == 0 && get_u32(r + 4) == 0);
    r = call(wasi, ENVIRONMENT, "get-arguments", NULL);
    TVN_ASSERT(get_u32(r) == 0 && get_u32(r + 4) == 0);
    TVN_ASSERT(call(wasi, ENVIRONMENT, "initial-cwd", NULL)[0] == 0);
    tvn_wasi_free(wasi);
}

static void
test_exit_is_a_trap_with_a_status(void)
{
    static const struct {
        const char *name;
        uint8_t said;
        int status;
    } rows[] = {{"exit", 0, 0}, {"exit", 1, 1}, {"exit-with-code", 42, 42}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_wasi *wasi = wasi_new(&(struct tvn_wasi_opts){0});
        char text[64];
        int status = -1;

        TVN_ASSERT(!tvn_wasi_has_exited(wasi, &status) && status == -1);
        (void)snprintf(text, sizeof(text), "the guest exited with status %d",
            rows[i].status);
        call_traps(wasi, "wasi:cli/exit@0.2", rows[i].name,
            arg_u8(args_new(), 0, rows[i].said), text);
        TVN_ASSERT(tvn_wasi_has_exited(wasi, &status));
        TVN_ASSERT(status == rows[i].status);
        tvn_wasi_free(wasi);
    }
}

static void
test_terminals_are_only_shown_to_those_who_have_the_stream(void)
{
    static const char *const names[] = {"stdin", "stdout", "stderr"};

    for (int granted = 0; granted < 2; granted++) {
        struct tvn_wasi *wasi = wasi_new(
            &(struct tvn_wasi_opts){.grants = granted == 1 ? ALL : DENIED});

        for (int i = 0; i < 3; i++) {
            char interface[64];
            char name[64];
            const uint8_t *r;

            (void)snprintf(interface, sizeof(interface),
                "wasi:cli/terminal-%s@0.2", names[i]);
            (void)snprintf(name, sizeof(name), "get-terminal-%s", names[i]);
            r = call(wasi, interface, name, NULL);
            TVN_ASSERT(r[0] == (granted == 1 && isatty(i) == 1));
            if (r[0] == 1) {
                drop(wasi, i == 0 ? "terminal-input" : "terminal-output",
                    get_u32(r + 4));
            }
        }
        TVN_ASSERT(tvn_wasi_objects(wasi) == 0);
        tvn_wasi_free(wasi);
    }
}

/* Every function whose first parameter is a handle, with every handle that
 * is of another kind, was dropped, or never was. */
static void
test_a_wrong_representation_traps(void)
{
    struct tvn_wasi *wasi = wasi_new(&(struct tvn_wasi_opts){.grants = ALL});
    uint32_t out =
        get_u32(call(wasi, "wasi:cli/stdout@0.2", "get-stdout", NULL));
    uint32_t in = get_u32(call(wasi, "wasi:cli/stdin@0.2", "get-stdin", NULL));
    uint32_t gone =
        get_u32(call(wasi, "wasi:cli/stdout@0.2", "get-stdout", NULL));
    uint32_t timer = get_u32(
        call(wasi, MONOTONIC, "subscribe-instant", arg_u64(args_new(), 0, 0)));
    uint32_t again;
    uint32_t count;
    const struct tvn_host_func *funcs = tvn_wasi_funcs(wasi, &count);
    struct tvn_rng rng = {1};

    drop(wasi, "output-stream", gone);
    drop(wasi, "output-stream", gone); /* twice is nothing */
    drop(wasi, "input-stream", out);   /* of another kind is nothing */
    again = get_u32(call(wasi, "wasi:cli/stdout@0.2", "get-stdout", NULL));
    TVN_ASSERT(again != gone);
    TVN_ASSERT(tvn_wasi_objects(wasi) == 4);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t reps[] = {0, 1, 255, 256, UINT32_MAX, gone, out, in, timer,
            (uint32_t)tvn_rng_next(&rng)};

        for (size_t k = 0; k < sizeof(reps) / sizeof(reps[0]); k++) {
            const char *text = funcs[i].signature;
            char name[64];

            if (strncmp(text, "func(self: ", 11) != 0 &&
                strncmp(text, "func(err: ", 10) != 0) {
                continue;
            }
            if ((reps[k] == out && strstr(text, "(self: borrow<wasi:io/"
                                                "streams.output")) ||
                (reps[k] == in && strstr(text, "(self: borrow<wasi:io/"
                                               "streams.input")) ||
                (reps[k] == timer && strstr(text, "pollable>)"))) {
                continue; /* right */
            }
            (void)snprintf(
                name, sizeof(name), "%.*s", TVN_STR_ARG(funcs[i].name));
            call_traps(
                wasi, funcs[i].interface.ptr, name, self(reps[k]), " is no ");
        }
    }
    tvn_wasi_free(wasi);
}

static void
test_objects_are_bounded_and_come_back(void)
{
    struct tvn_wasi *wasi = wasi_new(&(struct tvn_wasi_opts){0});
    uint32_t reps[256];

    for (int round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 256; i++) {
            reps[i] =
                get_u32(call(wasi, "wasi:cli/stderr@0.2", "get-stderr", NULL));
        }
        TVN_ASSERT(tvn_wasi_objects(wasi) == 256);
        call_traps(wasi, "wasi:cli/stderr@0.2", "get-stderr", NULL,
            "holds more than 256");
        call_traps(wasi, STREAMS, "[method]output-stream.subscribe",
            self(reps[0]), "holds more than 256");
        for (uint32_t i = 0; i < 256; i++) {
            drop(wasi, "output-stream", reps[i]);
        }
        TVN_ASSERT(tvn_wasi_objects(wasi) == 0);
    }
    tvn_wasi_free(wasi);
}

static void
test_options_that_are_refused(void)
{
    static const char *const bad_args[] = {"\xff"};
    static const struct tvn_wasi_var bad_vars[] = {{"A", "\xc0\x80"}};
    static const struct tvn_wasi_dir bad_dirs[] = {{"/", "\xff", false}};
    static const struct tvn_wasi_dir no_dirs[] = {
        {"/", "/", false}, {"/there/is/no/such/folder", "/", false}};
    static const struct tvn_wasi_dir file_dirs[] = {{"/dev/null", "/", false}};
    static const struct {
        struct tvn_wasi_opts opts;
        tvn_err err;
    } rows[] = {
        {{.args = bad_args, .arg_count = 1}, TVN_EUTF8},
        {{.vars = bad_vars, .var_count = 1}, TVN_EUTF8},
        {{.dirs = bad_dirs, .dir_count = 1}, TVN_EUTF8},
        {{.grants = ALL, .dirs = no_dirs, .dir_count = 2}, TVN_ENOTFOUND},
        {{.grants = ALL, .dirs = file_dirs, .dir_count = 1}, TVN_EIO},
        {{.grants = DENIED, .dirs = no_dirs, .dir_count = 2}, TVN_OK},
        {{.wait_max_ns = UINT64_C(3600000000001)}, TVN_EINVAL},
    };
    uint32_t fds = open_fds();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_wasi *wasi = NULL;

        TVN_ASSERT(tvn_wasi_new(&rows[i].opts, &wasi, NULL) == rows[i].err);
        TVN_ASSERT((wasi == NULL) == (rows[i].err != TVN_OK));
        tvn_wasi_free(wasi);
    }
    TVN_ASSERT(open_fds() == fds);
}

static void
test_every_allocation_fails_once(void)
{
    static const struct tvn_wasi_dir dirs[] = {{"/", "/", false}};
    struct tvn_wasi_opts opts = {.grants = ALL,
        .args = two_args,
        .arg_count = 2,
        .dirs = dirs,
        .dir_count = 1};
    uint32_t fds = open_fds();
    int failed = 0;

    for (int64_t n = 0;; n++) {
        const struct tvn_host_func *func;
        struct tvn_wasi *wasi = NULL;
        _Alignas(8) uint64_t len = 200000;
        const uint8_t *result;
        uint32_t root;
        tvn_err err;

        tvn_mem_fail_after(n);
        err = tvn_wasi_new(&opts, &wasi, NULL);
        if (err == TVN_OK) {
            func =
                find_func(wasi, "wasi:random/random@0.2", "get-random-bytes");
            err = func->call(func->env, (uint8_t *)&len, &result, &root, NULL);
        }
        tvn_mem_fail_after(-1);
        tvn_wasi_free(wasi);
        TVN_ASSERT(open_fds() == fds);
        if (err == TVN_OK) {
            break;
        }
        TVN_ASSERT(err == TVN_ENOMEM);
        failed++;
    }
    TVN_ASSERT(failed >= 5);
}

int
main(void)
{
    test_what_is_known_and_what_it_asks_for();
    test_grants_have_names();
    test_every_function_is_of_a_known_interface_and_once();
    test_environment();
    test_exit_is_a_trap_with_a_status();
    test_terminals_are_only_shown_to_those_who_have_the_stream();
    test_a_wrong_representation_traps();
    test_objects_are_bounded_and_come_back();
    test_options_that_are_refused();
    test_every_allocation_fails_once();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
