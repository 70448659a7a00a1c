/* trap_test.c -- what guests do wrong, and how it is told. */
#include "engine/rig.h"

#include "base/clock.h"

#include <time.h>

#define BAD                                                                    \
    "(component"                                                               \
    "  (core module $M (memory (export \"memory\") 1)"                         \
    "    (func $inner unreachable)"                                            \
    "    (func $outer (export \"crash\") (call $inner))"                       \
    "    (func (export \"fault\") (result i32)"                                \
    "      (i32.load (i32.const 0x7000000)))"                                  \
    "    (func (export \"spin\") (loop (br 0)))"                               \
    "    (func $deep (export \"deep\") (call $deep))"                          \
    "    (func (export \"eat\")"                                               \
    "      (loop"                                                              \
    "        (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1))"          \
    "          (then unreachable))"                                            \
    "        (br 0)))"                                                         \
    "    (func (export \"fine\") (result i32) (i32.const 5)))"                 \
    "  (core instance $m (instantiate $M))"                                    \
    "  (func (export \"crash\") (canon lift (core func $m \"crash\")))"        \
    "  (func (export \"fault\") (result u32)"                                  \
    "    (canon lift (core func $m \"fault\")))"                               \
    "  (func (export \"spin\") (canon lift (core func $m \"spin\")))"          \
    "  (func (export \"deep\") (canon lift (core func $m \"deep\")))"          \
    "  (func (export \"eat\") (canon lift (core func $m \"eat\")))"            \
    "  (func (export \"fine\") (result u32)"                                   \
    "    (canon lift (core func $m \"fine\"))))"

static void
test_a_trap_says_where_and_kills(void)
{
    struct rig rig;

    rig_open(&rig, BAD);
    TVN_ASSERT(rig_number(&rig, "fine") == 5);
    TVN_ASSERT(rig_run(&rig, "crash") == TVN_ETRAP);
    TVN_ASSERT(rig.diag.errors == 1);
    TVN_ASSERT(rig_said(&rig, "test.wasm: error[E0401]: crash: wasm "
                              "`unreachable` instruction executed\n"));
    TVN_ASSERT(rig_said(&rig, "in M!inner at 0x"));
    TVN_ASSERT(rig_said(&rig, "in M!outer at 0x"));
    TVN_ASSERT(tvn_instance_is_dead(rig.instance));
    TVN_ASSERT(rig_run(&rig, "fine") == TVN_ETRAP);
    TVN_ASSERT(rig_said(&rig, "fine: not called: the instance is dead"));
    TVN_ASSERT(rig_run(&rig, "spin") == TVN_ETRAP);
    rig_close(&rig);
}

static void
test_every_kind_of_trap_comes_back(void)
{
    static const char *const rows[][2] = {
        {"fault", "out of bounds memory access"},
        {"deep", "call stack exhausted"},
    };

    for (size_t i = 0; i < 2; i++) {
        struct rig rig;

        rig_open(&rig, BAD);
        TVN_ASSERT(rig_run(&rig, rows[i][0]) == TVN_ETRAP);
        TVN_ASSERT(rig_said(&rig, rows[i][1]));
        rig_close(&rig);
    }
}

/* Of this thread alone: other programs run on the machine, too. */
static uint64_t
cpu_ns(void)
{
    struct timespec at;

    TVN_ASSERT(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at) == 0);
    return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

/* After `before` calls that ended in time. */
static void
end_a_loop(uint32_t before)
{
    struct rig rig;
    uint64_t begin;
    uint64_t cpu;
    uint64_t took;

    rig_open(&rig, BAD);
    tvn_instance_set_deadline(rig.instance, 50000000);
    for (uint32_t i = 0; i < before; i++) {
        TVN_ASSERT(rig_number(&rig, "fine") == 5);
    }
    begin = tvn_clock_monotonic_ns();
    cpu = cpu_ns();
    TVN_ASSERT(rig_run(&rig, "spin") == TVN_EDEADLINE);
    cpu = cpu_ns() - cpu;
    took = tvn_clock_monotonic_ns() - begin;
    (void)printf(
        "a deadline of 50 ms came after %.1f ms\n", (double)took / 1e6);
    TVN_ASSERT(took >= 50000000 && cpu < 150000000);
    TVN_ASSERT(
        rig_said(&rig, "spin: ran longer than its deadline of 50.000 ms"));
    TVN_ASSERT(tvn_instance_is_dead(rig.instance));
    TVN_ASSERT(rig_run(&rig, "fine") == TVN_ETRAP);
    rig_close(&rig);
}

static void
test_an_endless_loop_ends_at_the_deadline(void)
{
    end_a_loop(0);
    end_a_loop(100000);
}

/* Half a second is spent in calls that are each far below the deadline; none may
 * inherit the time of those before. */
static void
test_the_deadline_is_of_each_call(void)
{
    struct rig rig;
    struct tvn_call call;
    uint64_t begin;

    rig_open(&rig, BAD);
    tvn_instance_set_deadline(rig.instance, 200000000);
    rig_call(&rig, "fine", &call);
    begin = tvn_clock_monotonic_ns();
    while (tvn_clock_monotonic_ns() - begin < 500000000) {
        RIG_OK(&rig, tvn_call_run(&call, &rig.diag));
    }
    tvn_instance_set_deadline(rig.instance, 0);
    begin = tvn_clock_monotonic_ns();
    while (tvn_clock_monotonic_ns() - begin < 30000000) {
        RIG_OK(&rig, tvn_call_run(&call, &rig.diag));
    }
    rig_close(&rig);
}

static void
test_memory_beyond_the_limit(void)
{
    struct rig rig;

    rig_open(&rig, BAD);
    TVN_ASSERT(rig_run(&rig, "eat") == TVN_EGUEST_MEMORY);
    TVN_ASSERT(rig_said(&rig,
        "eat: asked for more than its 16 MiB of memory (memory.grow was "
        "refused), then: wasm `unreachable` instruction executed\n"));
    TVN_ASSERT(rig_said(&rig, "in M!"));
    TVN_ASSERT(tvn_instance_memory(rig.instance) == RIG_MEMORY_MAX);
    TVN_ASSERT(tvn_instance_is_dead(rig.instance));
    tvn_instance_free(rig.instance);
    rig.instance = NULL;

    rig.opts.memory_max = 65535;
    TVN_ASSERT(tvn_instance_new(rig.code, &rig.opts, &rig.instance,
                   &rig.diag) == TVN_EGUEST_MEMORY);
    TVN_ASSERT(rig_said(&rig, "its memory starts with 65536 bytes"));
    rig_close(&rig);
}

/* `grow` says how the memory.grow ended, the functions after it what the
 * guest does then. */
#define HUNGRY                                                                 \
    "(component"                                                               \
    "  (core module $M (memory (export \"memory\") 1 8)"                       \
    "    (func $grow (export \"grow\") (param i32) (result i32)"               \
    "      (memory.grow (local.get 0)))"                                       \
    "    (func (export \"grow-abort\") (param i32)"                            \
    "      (drop (memory.grow (local.get 0))) unreachable)"                    \
    "    (func (export \"grow-fault\") (param i32)"                            \
    "      (drop (memory.grow (local.get 0)))"                                 \
    "      (drop (i32.load (i32.const 0x7000000))))"                           \
    "    (func (export \"grow-spin\") (param i32)"                             \
    "      (drop (memory.grow (local.get 0))) (loop (br 0)))"                  \
    "    (func (export \"crash\") unreachable)"                                \
    "    (func (export \"f\") (param i32 i32) unreachable)"                    \
    "    (func (export \"realloc\")"                                           \
    "      (param i32 i32 i32 i32) (result i32)"                               \
    "      (drop (memory.grow (i32.const 5))) (i32.const 512)))"               \
    "  (core instance $m (instantiate $M))"                                    \
    "  (func (export \"grow\") (param \"n\" u32) (result s32)"                 \
    "    (canon lift (core func $m \"grow\")))"                                \
    "  (func (export \"grow-abort\") (param \"n\" u32)"                        \
    "    (canon lift (core func $m \"grow-abort\")))"                          \
    "  (func (export \"grow-fault\") (param \"n\" u32)"                        \
    "    (canon lift (core func $m \"grow-fault\")))"                          \
    "  (func (export \"grow-spin\") (param \"n\" u32)"                         \
    "    (canon lift (core func $m \"grow-spin\")))"                           \
    "  (func (export \"crash\") (canon lift (core func $m \"crash\")))"        \
    "  (func (export \"f\") (param \"a\" string)"                              \
    "    (canon lift (core func $m \"f\") (memory (core memory $m "            \
    "\"memory\"))"                                                             \
    "      (realloc (core func $m \"realloc\")))))"

static tvn_err
grow(struct rig *rig, const char *name, uint32_t pages, int32_t *got)
{
    struct tvn_call call;
    tvn_err err;

    rig_call(rig, name, &call);
    call.slots[0].u64 = pages;
    err = tvn_call_run(&call, &rig->diag);
    *got = call.slots[0].i32;
    return err;
}

static void
test_what_a_refused_grow_leads_to(void)
{
    static const struct {
        const char *name;
        uint32_t pages;
        tvn_err err;
        const char *said;
    } rows[] = {
        {"grow-abort", 1, TVN_ETRAP, "grow-abort: wasm `unreachable`"},
        {"grow-abort", 4, TVN_EGUEST_MEMORY,
            "asked for more than its 256 KiB of memory (memory.grow was "
            "refused), then: wasm `unreachable`"},
        {"grow-fault", 4, TVN_EGUEST_MEMORY,
            "256 KiB of memory (memory.grow was refused), then: memory fault"},
        {"grow-abort", 65536, TVN_EGUEST_MEMORY, "than its 256 KiB of"},
        {"grow-abort", UINT32_MAX, TVN_EGUEST_MEMORY, "than its 256 KiB of"},
        {"grow-spin", 4, TVN_EDEADLINE, "grow-spin: ran longer"},
    };
    struct rig rig;
    int32_t got;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        rig_compile(&rig, HUNGRY, NULL);
        rig.opts.memory_max = 4 << 16;
        rig.opts.deadline_ns = 20000000;
        RIG_OK(&rig,
            tvn_instance_new(rig.code, &rig.opts, &rig.instance, &rig.diag));
        /* A refusal that the guest lives with is of its call alone. */
        RIG_OK(&rig, grow(&rig, "grow", 4, &got));
        TVN_ASSERT(got == -1 && tvn_instance_memory(rig.instance) == 65536);
        TVN_ASSERT(
            grow(&rig, rows[i].name, rows[i].pages, &got) == rows[i].err);
        TVN_ASSERT(rig_said(&rig, rows[i].said));
        rig_close(&rig);
    }
    /* Its module's own maximum is below the limit: 8 pages. */
    rig_open(&rig, HUNGRY);
    RIG_OK(&rig, grow(&rig, "grow", 7, &got));
    TVN_ASSERT(got == 1 && tvn_instance_memory(rig.instance) == 8 << 16);
    TVN_ASSERT(grow(&rig, "grow-abort", 1, &got) == TVN_EGUEST_MEMORY);
    TVN_ASSERT(rig_said(
        &rig, "asked for more than its own maximum of 512 KiB of memory"));
    TVN_ASSERT(tvn_instance_memory(rig.instance) == 8 << 16);
    rig_close(&rig);
}

/* The lowering of a call is part of it. */
static void
test_a_refusal_in_realloc_is_of_the_call(void)
{
    static const uint8_t data[] = {8, 0, 0, 0, 1, 0, 0, 0, 'x'};
    struct rig rig;
    struct tvn_call call;
    struct tvn_arena arena = {0};
    const struct tvn_type *string;
    const struct tvn_plan *lower;
    uint64_t bytes = 0;

    rig_compile(&rig, HUNGRY, NULL);
    rig.opts.memory_max = 4 << 16;
    RIG_OK(
        &rig, tvn_instance_new(rig.code, &rig.opts, &rig.instance, &rig.diag));
    TVN_ASSERT(tvn_type_scalar(rig.types, TVN_KIND_STRING, &string) == TVN_OK);
    TVN_ASSERT(tvn_plan_lower(&arena, string, string, &lower) == TVN_OK);
    rig_call(&rig, "f", &call);
    RIG_OK(&rig, tvn_lower_flat(lower, data, 0, call.memory, call.slots, &bytes,
                     &rig.diag));
    TVN_ASSERT(tvn_call_run(&call, &rig.diag) == TVN_EGUEST_MEMORY);
    TVN_ASSERT(rig_said(&rig, "f: asked for more than its 256 KiB"));
    tvn_arena_fini(&arena);
    rig_close(&rig);
}

static void
test_the_limit_is_over_all_memories(void)
{
    struct rig rig;

    rig_compile(&rig,
        "(component"
        "  (core module $M (memory $a 1) (memory $b 2)"
        "    (func (export \"a\") (result i32)"
        "      (memory.grow $a (i32.const 1)))"
        "    (func (export \"b\") (result i32)"
        "      (memory.grow $b (i32.const 1))))"
        "  (core instance $m (instantiate $M))"
        "  (core instance $n (instantiate $M))"
        "  (func (export \"a\") (result u32)"
        "    (canon lift (core func $m \"a\")))"
        "  (func (export \"b\") (result u32)"
        "    (canon lift (core func $n \"b\"))))",
        NULL);
    rig.opts.memory_max = 8 << 16;
    RIG_OK(
        &rig, tvn_instance_new(rig.code, &rig.opts, &rig.instance, &rig.diag));
    TVN_ASSERT(tvn_instance_memory(rig.instance) == 6 << 16);
    TVN_ASSERT(rig_number(&rig, "a") == 1);
    TVN_ASSERT(rig_number(&rig, "b") == 2);
    TVN_ASSERT(tvn_instance_memory(rig.instance) == 8 << 16);
    TVN_ASSERT(rig_number(&rig, "a") == UINT32_MAX);
    TVN_ASSERT(rig_number(&rig, "b") == UINT32_MAX);
    TVN_ASSERT(tvn_instance_memory(rig.instance) == 8 << 16);
    tvn_instance_free(rig.instance);
    rig.instance = NULL;

    rig.opts.memory_max = (6 << 16) - 1;
    TVN_ASSERT(tvn_instance_new(rig.code, &rig.opts, &rig.instance,
                   &rig.diag) == TVN_EGUEST_MEMORY);
    TVN_ASSERT(rig_said(&rig, "its memory starts with 393216 bytes"));
    rig_close(&rig);
}

static void
test_a_start_section_leaves_no_memory_for_the_next(void)
{
    struct rig rig;

    rig_compile(&rig,
        "(component"
        "  (core module $M (memory 1)"
        "    (func $s (drop (memory.grow (i32.const 3)))) (start $s))"
        "  (core module $N (memory 1))"
        "  (core instance $m (instantiate $M))"
        "  (core instance $n (instantiate $N)))",
        NULL);
    rig.opts.memory_max = 4 << 16;
    TVN_ASSERT(tvn_instance_new(rig.code, &rig.opts, &rig.instance,
                   &rig.diag) == TVN_EGUEST_MEMORY);
    TVN_ASSERT(rig_said(&rig, "asked for more than its 256 KiB of memory\n"));
    rig.opts.memory_max = 5 << 16;
    RIG_OK(
        &rig, tvn_instance_new(rig.code, &rig.opts, &rig.instance, &rig.diag));
    rig_close(&rig);
}

static void
test_a_killed_instance_is_dead(void)
{
    struct rig rig;
    struct tvn_call call;

    rig_open(&rig, BAD);
    rig_call(&rig, "fine", &call);
    RIG_OK(&rig, tvn_call_run(&call, &rig.diag));
    tvn_instance_kill(rig.instance);
    TVN_ASSERT(tvn_call_finish(&call, NULL) == TVN_ETRAP);
    TVN_ASSERT(tvn_call_run(&call, NULL) == TVN_ETRAP);
    TVN_ASSERT(tvn_instance_tell(rig.instance, NULL) == TVN_ETRAP);
    rig_close(&rig);
}

static void
test_a_start_section_traps_or_never_ends(void)
{
    static const struct {
        const char *text;
        uint64_t deadline_ns;
        tvn_err err;
        const char *said;
    } rows[] = {
        {"(component (core module $M (func $s unreachable) (start $s))"
         " (core instance $m (instantiate $M)))",
            0, TVN_ETRAP, "in M!s at 0x"},
        {"(component (core module $M (func $s (loop (br 0))) (start $s))"
         " (core instance $m (instantiate $M)))",
            20000000, TVN_EDEADLINE,
            "start: ran longer than its deadline of 20.000 ms"},
    };

    for (size_t i = 0; i < 2; i++) {
        struct rig rig;

        rig_compile(&rig, rows[i].text, NULL);
        rig.opts.init_deadline_ns = rows[i].deadline_ns;
        TVN_ASSERT(tvn_instance_new(rig.code, &rig.opts, &rig.instance,
                       &rig.diag) == rows[i].err);
        TVN_ASSERT(rig.instance == NULL);
        TVN_ASSERT(rig_said(&rig, rows[i].said));
        rig_close(&rig);
    }
}

/* ------------------------------------------------------------------------
 * realloc. */

#define REALLOC(body)                                                          \
    "(component"                                                               \
    "  (core module $M (memory (export \"memory\") 1)"                         \
    "    (func (export \"f\") (param i32 i32))"                                \
    "    (func $realloc (export \"realloc\")"                                  \
    "      (param i32 i32 i32 i32) (result i32) " body "))"                    \
    "  (core instance $m (instantiate $M))"                                    \
    "  (func (export \"f\") (param \"a\" (list u32))"                          \
    "    (canon lift (core func $m \"f\") (memory (core memory $m "            \
    "\"memory\"))"                                                             \
    "      (realloc (core func $m \"realloc\")))))"

static void
test_what_realloc_does_wrong(void)
{
    static const struct {
        const char *text;
        tvn_err err;
        const char *said;
    } rows[] = {
        {REALLOC("(i32.const 0x7fffff00)"), TVN_EABI, "outside the guest"},
        {REALLOC("(i32.const 65532)"), TVN_EABI, "outside the guest"},
        {REALLOC("(i32.const -4)"), TVN_EABI, "outside the guest"},
        {REALLOC("(i32.const 66)"), TVN_EABI, "not aligned to 4"},
        {REALLOC("unreachable"), TVN_ETRAP, "in M!realloc at 0x"},
        {REALLOC("(loop (br 0)) (i32.const 0)"), TVN_EDEADLINE,
            "cabi_realloc: ran longer"},
    };
    static const uint8_t data[] = {
        8, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig rig;
        struct tvn_call call;
        struct tvn_arena arena = {0};
        const struct tvn_type *u32;
        const struct tvn_type *list;
        const struct tvn_plan *lower;
        uint64_t bytes = 0;

        rig_open(&rig, rows[i].text);
        tvn_instance_set_deadline(rig.instance, 20000000);
        TVN_ASSERT(tvn_type_scalar(rig.types, TVN_KIND_U32, &u32) == TVN_OK);
        TVN_ASSERT(tvn_type_list(rig.types, u32, &list) == TVN_OK);
        TVN_ASSERT(tvn_plan_lower(&arena, list, list, &lower) == TVN_OK);
        rig_call(&rig, "f", &call);
        TVN_ASSERT(tvn_lower_flat(lower, data, 0, call.memory, call.slots,
                       &bytes, &rig.diag) == rows[i].err);
        if (rows[i].err != TVN_EABI) {
            TVN_ASSERT(tvn_instance_is_dead(rig.instance));
            TVN_ASSERT(
                tvn_instance_tell(rig.instance, &rig.diag) == rows[i].err);
            TVN_ASSERT(tvn_instance_tell(rig.instance, &rig.diag) == TVN_ETRAP);
        }
        TVN_ASSERT(rig_said(&rig, rows[i].said));
        tvn_arena_fini(&arena);
        rig_close(&rig);
    }
}

/* What the lowering took is part of the call. */
static void
test_the_deadline_counts_from_the_first_realloc(void)
{
    static const uint8_t data[] = {8, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
    struct rig rig;
    struct tvn_call call;
    struct tvn_arena arena = {0};
    const struct tvn_type *u32;
    const struct tvn_type *list;
    const struct tvn_plan *lower;
    uint64_t bytes = 0;
    uint64_t begin;

    rig_open(&rig, REALLOC("(i32.const 512)"));
    TVN_ASSERT(tvn_type_scalar(rig.types, TVN_KIND_U32, &u32) == TVN_OK);
    TVN_ASSERT(tvn_type_list(rig.types, u32, &list) == TVN_OK);
    TVN_ASSERT(tvn_plan_lower(&arena, list, list, &lower) == TVN_OK);
    tvn_instance_set_deadline(rig.instance, 40000000);
    rig_call(&rig, "f", &call);
    for (uint32_t round = 0; round < 2; round++) {
        RIG_OK(&rig, tvn_lower_flat(lower, data, 0, call.memory, call.slots,
                         &bytes, &rig.diag));
        begin = tvn_clock_monotonic_ns();
        while (round == 1 && tvn_clock_monotonic_ns() - begin < 60000000) {
            /* the host takes its time */
        }
        TVN_ASSERT(tvn_call_run(&call, &rig.diag) ==
                   (round == 0 ? TVN_OK : TVN_EDEADLINE));
        begin = tvn_clock_monotonic_ns();
        while (round == 0 && tvn_clock_monotonic_ns() - begin < 60000000) {
            /* between calls it may */
        }
    }
    tvn_arena_fini(&arena);
    rig_close(&rig);
}

int
main(void)
{
    test_a_trap_says_where_and_kills();
    test_every_kind_of_trap_comes_back();
    test_an_endless_loop_ends_at_the_deadline();
    test_the_deadline_is_of_each_call();
    test_memory_beyond_the_limit();
    test_what_a_refused_grow_leads_to();
    test_a_refusal_in_realloc_is_of_the_call();
    test_the_limit_is_over_all_memories();
    test_a_start_section_leaves_no_memory_for_the_next();
    test_a_killed_instance_is_dead();
    test_a_start_section_traps_or_never_ends();
    test_what_realloc_does_wrong();
    test_the_deadline_counts_from_the_first_realloc();
    return 0;
}
