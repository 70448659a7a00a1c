/* embed_host_test.c -- the component library from outside: what a host gives,
 * resources of both sides, WASI, and memory that runs out. */
#include "embed/testing.h"

/* ------------------------------------------------------------------------
 * Hosts. */
#define ASK                                                                    \
    "(component"                                                               \
    "  (import \"test:host/names@0.2.3\" (instance $names"                     \
    "    (export \"find\" (func (param \"id\" u32) (param \"kind\" string)"    \
    "      (result string)))"                                                  \
    "    (export \"note\" (func (param \"id\" u32)))))"                        \
    "  (core module $Libc (memory (export \"memory\") 1)"                      \
    "    (data (i32.const 16) \"city\")"                                       \
    "    (func (export \"realloc\") (param i32 i32 i32 i32) (result i32)"      \
    "      (i32.const 1024)))"                                                 \
    "  (core instance $libc (instantiate $Libc))"                              \
    "  (core func $find (canon lower (func $names \"find\")"                   \
    "    (memory (core memory $libc \"memory\"))"                              \
    "    (realloc (core func $libc \"realloc\"))))"                            \
    "  (core func $note (canon lower (func $names \"note\")))"                 \
    "  (core module $M"                                                        \
    "    (import \"h\" \"find\" (func $find (param i32 i32 i32 i32)))"         \
    "    (import \"h\" \"note\" (func $note (param i32)))"                     \
    "    (func (export \"ask\") (param i32) (result i32)"                      \
    "      (call $note (local.get 0))"                                         \
    "      (call $find (local.get 0) (i32.const 16) (i32.const 4)"             \
    "        (i32.const 8))"                                                   \
    "      (i32.const 8)))"                                                    \
    "  (core instance $m (instantiate $M (with \"h\" (instance"                \
    "    (export \"find\" (func $find)) (export \"note\" (func $note))))))"    \
    "  (func (export \"ask\") (param \"id\" u32) (result string)"              \
    "    (canon lift (core func $m \"ask\")"                                   \
    "      (memory (core memory $libc \"memory\")))))"

struct host {
    struct world *world;
    char notes[64];
    int mode;
};

enum { ANSWERS, IS_SILENT, ANSWERS_NUMBER, FAILS, FAILS_SILENTLY, CALLS };

static int
find_name(void *env, const char *args, struct tvc_reply *reply)
{
    struct host *host = env;
    unsigned id = 0;
    struct tvc_error error;

    TVN_ASSERT(sscanf(args, "[%u,\"city\"]", &id) == 1);
    switch (host->mode) {
    case ANSWERS:
        tvc_reply(reply, "\"not %d\"", 1); /* the last one counts */
        tvc_reply_string(reply, "Os\"lo\n", 6);
        return 0;
    case ANSWERS_NUMBER:
        tvc_reply(reply, "%u", id);
        return 0;
    case FAILS:
        tvc_reply_error(reply, "the names are on fire");
        return 1;
    case FAILS_SILENTLY:
        return -1;
    case CALLS:
        TVN_ASSERT(tvc_call(host->world->instance, "ask", "[1]", NULL,
                       &error) == TVC_INVAL);
        TVN_ASSERT(strstr(error.text, "in a call") != NULL);
        tvc_reply(reply, "\"\"");
        return 0;
    default:
        return 0;
    }
}

static int
note(void *env, const char *args, struct tvc_reply *reply)
{
    struct host *host = env;

    (void)reply;
    (void)strncat(host->notes, args, 8);
    return 0;
}

static void
test_a_host_answers(void)
{
    static const struct {
        int mode;
        int code;
        const char *words; /* of the result or the error */
    } rows[] = {
        {ANSWERS, 0, "\"Os\\\"lo\\n\""},
        {CALLS, 0, "\"\""},
        {IS_SILENT, TVC_TRAP, "find: the host function gave no answer"},
        {ANSWERS_NUMBER, TVC_TRAP, "find: the host function's answer: $: "},
        {FAILS, TVC_TRAP, "find: the names are on fire"},
        {FAILS_SILENTLY, TVC_TRAP, "find: the host function failed"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvc_instance_opts opts = tvc_instance_defaults();
        struct world world;
        struct host host = {.world = &world, .mode = rows[i].mode};
        const struct tvc_func funcs[] = {
            {"test:host/names@0.2.3", "find", find_name, &host},
            {"test:host/names", "note", note, &host},
            {NULL, "not-imported", note, &host},
        };

        opts.funcs = funcs;
        opts.func_count = 3;
        start(&world, ASK, &opts);
        if (rows[i].code == 0) {
            check(&world, "ask", "[7]", rows[i].words);
            check(&world, "ask", "[70]", rows[i].words);
            TVN_ASSERT(strcmp(host.notes, "[7][70]") == 0);
        } else {
            check_fails(&world, "ask", "[7]", rows[i].code, rows[i].words);
            TVN_ASSERT(tvc_instance_is_dead(world.instance));
        }
        stop(&world);
    }
}

static void
test_a_missing_import_is_named(void)
{
    struct world world;

    load(&world, ASK);
    TVN_ASSERT(strcmp(tvc_component_import(world.component, 0)->signature,
                   "func(id: u32, kind: string) -> string") == 0);
    TVN_ASSERT(tvc_instance_new(world.component, NULL, &world.instance,
                   &world.error) == TVC_MALFORMED);
    TVN_ASSERT(strstr(world.error.text, "test:host/names@0.2.3.find") != NULL);
    stop(&world);
}

/* ------------------------------------------------------------------------
 * Resources: `blob` is the host's, `counter` the guest's. */
#define RESOURCES                                                              \
    "(component"                                                               \
    "  (import \"test:r/blobs\" (instance $b"                                  \
    "    (export \"blob\" (type $blob (sub resource)))"                        \
    "    (export \"[constructor]blob\""                                        \
    "      (func (param \"n\" u32) (result (own $blob))))"                     \
    "    (export \"[method]blob.size\""                                        \
    "      (func (param \"self\" (borrow $blob)) (result u32)))))"             \
    "  (alias export $b \"blob\" (type $blob))"                                \
    "  (core func $new (canon lower (func $b \"[constructor]blob\")))"         \
    "  (core func $size (canon lower (func $b \"[method]blob.size\")))"        \
    "  (core func $drop (canon resource.drop $blob))"                          \
    "  (core module $D (global $gone (mut i32) (i32.const 0))"                 \
    "    (func (export \"dtor\") (param i32)"                                  \
    "      (if (i32.eq (local.get 0) (i32.const 666)) (then unreachable))"     \
    "      (global.set $gone (i32.add (global.get $gone) (local.get 0))))"     \
    "    (func (export \"gone\") (result i32) (global.get $gone)))"            \
    "  (core instance $d (instantiate $D))"                                    \
    "  (type $counter' (resource (rep i32) (dtor (core func $d \"dtor\"))))"   \
    "  (core func $make (canon resource.new $counter'))"                       \
    "  (core module $M"                                                        \
    "    (import \"h\" \"new\" (func $new (param i32) (result i32)))"          \
    "    (import \"h\" \"size\" (func $size (param i32) (result i32)))"        \
    "    (import \"h\" \"drop\" (func $drop (param i32)))"                     \
    "    (import \"h\" \"make\" (func $make (param i32) (result i32)))"        \
    "    (func (export \"use\") (param i32) (result i32)"                      \
    "      (local $h i32) (local $n i32)"                                      \
    "      (local.set $h (call $new (local.get 0)))"                           \
    "      (local.set $n (call $size (local.get $h)))"                         \
    "      (call $drop (local.get $h)) (local.get $n))"                        \
    "    (func (export \"keep\") (param i32)"                                  \
    "      (drop (call $new (local.get 0))))"                                  \
    "    (func (export \"make\") (param i32) (result i32)"                     \
    "      (call $make (local.get 0)))"                                        \
    "    (func (export \"value\") (param i32) (result i32)"                    \
    "      (i32.mul (local.get 0) (i32.const 2))))"                            \
    "  (core instance $m (instantiate $M (with \"h\" (instance"                \
    "    (export \"new\" (func $new)) (export \"size\" (func $size))"          \
    "    (export \"drop\" (func $drop)) (export \"make\" (func $make))))))"    \
    "  (export $counter \"counter\" (type $counter'))"                         \
    "  (func (export \"use\") (param \"n\" u32) (result u32)"                  \
    "    (canon lift (core func $m \"use\")))"                                 \
    "  (func (export \"keep\") (param \"n\" u32)"                              \
    "    (canon lift (core func $m \"keep\")))"                                \
    "  (func (export \"make\") (param \"n\" u32) (result (own $counter))"      \
    "    (canon lift (core func $m \"make\")))"                                \
    "  (func (export \"value\") (param \"c\" (borrow $counter)) (result u32)"  \
    "    (canon lift (core func $m \"value\")))"                               \
    "  (func (export \"gone\") (result u32)"                                   \
    "    (canon lift (core func $d \"gone\"))))"

static int
blob_new(void *env, const char *args, struct tvc_reply *reply)
{
    unsigned n = 0;

    (void)env;
    TVN_ASSERT(sscanf(args, "[%u]", &n) == 1);
    tvc_reply(reply, "%u", n + 100);
    return 0;
}

static int
blob_size(void *env, const char *args, struct tvc_reply *reply)
{
    unsigned n = 0;

    (void)env;
    TVN_ASSERT(sscanf(args, "[%u]", &n) == 1);
    tvc_reply(reply, "%u", (n - 100) * 10);
    return 0;
}

static void
blob_drop(void *env, uint32_t rep)
{
    *(uint32_t *)env += rep;
}

static void
test_resources_of_both_sides(void)
{
    static const struct tvc_func funcs[] = {
        {"test:r/blobs", "[constructor]blob", blob_new, NULL},
        {"test:r/blobs", "[method]blob.size", blob_size, NULL},
    };
    uint32_t dropped = 0;
    const struct tvc_resource blob = {
        "test:r/blobs", "blob", blob_drop, &dropped};
    struct tvc_instance_opts opts = tvc_instance_defaults();
    struct world world;

    opts.funcs = funcs;
    opts.func_count = 2;
    opts.resources = &blob;
    opts.resource_count = 1;
    start(&world, RESOURCES, &opts);
    check(&world, "use", "[5]", "50");
    TVN_ASSERT(dropped == 105);
    check(&world, "keep", "[6]", "null");
    TVN_ASSERT(dropped == 105);

    check(&world, "make", "[21]", "21");
    check(&world, "value", "[21]", "42");
    OK(&world, tvc_drop(world.instance, "counter", 21, &world.error));
    check(&world, "gone", NULL, "21");
    TVN_ASSERT(
        tvc_drop(world.instance, "count", 21, &world.error) == TVC_INVAL);
    TVN_ASSERT(strstr(world.error.text, "did you mean 'counter'") != NULL);
    TVN_ASSERT(
        tvc_drop(world.instance, "counter", 666, &world.error) == TVC_TRAP);
    TVN_ASSERT(strstr(world.error.text, "a destructor: ") != NULL);
    stop(&world);
    TVN_ASSERT(dropped == 105 + 106);
}

/* ------------------------------------------------------------------------
 * WASI. */
#define EXITS                                                                  \
    "(component"                                                               \
    "  (import \"wasi:cli/exit@0.2.3\" (instance $e"                           \
    "    (export \"exit\" (func (param \"status\" (result))))))"               \
    "  (import \"wasi:clocks/monotonic-clock@0.2.3\" (instance $c"             \
    "    (export \"now\" (func (result u64)))))"                               \
    "  (core func $exit (canon lower (func $e \"exit\")))"                     \
    "  (core func $now (canon lower (func $c \"now\")))"                       \
    "  (core module $M"                                                        \
    "    (import \"h\" \"exit\" (func $exit (param i32)))"                     \
    "    (import \"h\" \"now\" (func $now (result i64)))"                      \
    "    (func (export \"exit\") (param i32) (call $exit (local.get 0)))"      \
    "    (func (export \"now\") (result i32)"                                  \
    "      (i64.ne (call $now) (i64.const 0))))"                               \
    "  (core instance $m (instantiate $M (with \"h\" (instance"                \
    "    (export \"exit\" (func $exit)) (export \"now\" (func $now))))))"      \
    "  (func (export \"exit\") (param \"s\" u32)"                              \
    "    (canon lift (core func $m \"exit\")))"                                \
    "  (func (export \"now\") (result bool)"                                   \
    "    (canon lift (core func $m \"now\"))))"

static void
test_wasi_is_granted_or_not(void)
{
    struct tvc_instance_opts opts = tvc_instance_defaults();
    struct world world;
    int status = -1;

    start(&world, EXITS, NULL);
    check_fails(&world, "now", NULL, TVC_TRAP, "clock");
    TVN_ASSERT(!tvc_instance_has_exited(world.instance, &status));
    stop(&world);

    opts.wasi_grants = TVC_WASI_CLOCK;
    start(&world, EXITS, &opts);
    check(&world, "now", NULL, "true");
    check_fails(&world, "exit", "[1]", TVC_TRAP, "exit");
    TVN_ASSERT(tvc_instance_has_exited(world.instance, &status));
    TVN_ASSERT(status == 1);
    stop(&world);
}

/* From nothing to a result, with the n-th allocation failing. */
static int
whole(struct world *world, const struct tvc_instance_opts *opts)
{
    const char *result = NULL;
    int code = tvc_engine_new(NULL, &world->engine, &world->error);

    code = code != 0 ? code
                     : tvc_component_new(world->engine, ASK, strlen(ASK), "x",
                           &world->component, &world->error);
    code = code != 0 ? code
                     : tvc_instance_new(world->component, opts,
                           &world->instance, &world->error);
    code = code != 0 ? code
                     : tvc_call(world->instance, "ask", "[7]", &result,
                           &world->error);
    if (code == 0) {
        TVN_ASSERT(strcmp(result, "\"Os\\\"lo\\n\"") == 0);
    }
    return code;
}

static void
test_memory_may_run_out_anywhere(void)
{
    struct host host = {.mode = ANSWERS};
    const struct tvc_func funcs[] = {
        {"test:host/names", "find", find_name, &host},
        {"test:host/names", "note", note, &host},
    };
    struct tvc_instance_opts opts = tvc_instance_defaults();
    int failures = 0;

    opts.funcs = funcs;
    opts.func_count = 2;
    /* Some failures are survived (a value's own scratch is tried again), so
     * that the first success is not the end. */
    for (int64_t n = 0; n < 120; n++) {
        struct world world = {.engine = NULL};
        int code;

        host.notes[0] = '\0';
        tvn_mem_fail_after(n);
        code = whole(&world, &opts);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(code == 0 || code == TVC_NOMEM);
        failures += code != 0;
        stop(&world);
    }
    TVN_ASSERT(failures > 50);
}

int
main(void)
{
    test_a_host_answers();
    test_a_missing_import_is_named();
    test_resources_of_both_sides();
    test_wasi_is_granted_or_not();
    test_memory_may_run_out_anywhere();
    return 0;
}
