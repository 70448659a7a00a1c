/* arena_test.c -- room that the host takes from the SDK's arena by itself: the
 * same as the guest's realloc would give, whatever stands in the arena. */
#include "engine/rig.h"

/* `at` gives back the pointer of its string; realloc counts its calls and
 * always gives 4096. */
#define GUEST                                                                  \
    "(component"                                                               \
    "  (core module $M"                                                        \
    "    (memory (export \"memory\") 1)"                                       \
    "    (global $calls (mut i32) (i32.const 0))"                              \
    "    %s"                                                                   \
    "    (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32)" \
    "      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))"    \
    "      (i32.const 4096))"                                                  \
    "    (func (export \"at\") (param i32 i32) (result i32) (local.get 0))"    \
    "    (func (export \"calls\") (result i32) (global.get $calls)))"          \
    "  (core instance $m (instantiate $M))"                                    \
    "  (func (export \"at\") (param \"s\" string) (result u32)"                \
    "    (canon lift (core func $m \"at\") (memory (core memory $m "           \
    "\"memory\")) (realloc (core func $m \"cabi_realloc\"))))"                 \
    "  (func (export \"calls\") (result u32)"                                  \
    "    (canon lift (core func $m \"calls\"))))"

#define AT_256                                                                 \
    "(global (export \"torvyn_arena_v1\") i32 (i32.const 256)) (data "         \
    "(i32.const 256) \"%s\")"

/* A word of the data, as text. */
#define W(a, b) "\\" a "\\" b "\\00\\00"
#define ZERO    W("00", "00")

struct row {
    const char *arena;
    uint32_t len; /* of the string */
    uint32_t ptr; /* what it gets; 0: refused */
    uint32_t calls;
    const char *what;
};

/* words: next, end, base, base_end, chunks, is_done */
static const struct row rows[] = {
    {W("00", "08") W("00", "10") W("00", "08") W("00", "10") ZERO ZERO, 16,
        0x800, 0, "room"},
    {W("03", "08") W("00", "10") W("00", "08") W("00", "10") ZERO ZERO, 16,
        0x803, 0, "a string needs no alignment"},
    {W("00", "08") W("10", "08") W("00", "08") W("00", "10") ZERO ZERO, 16,
        0x800, 0, "just enough"},
    {W("01", "08") W("10", "08") W("00", "08") W("00", "10") ZERO ZERO, 16,
        4096, 1, "one too little"},
    {W("80", "08") W("00", "10") W("00", "09") W("00", "10") ZERO W("01", "00"),
        16, 0x900, 0, "a call was done: from the base again"},
    {W("80", "08") W("00", "10") W("00", "09") W("00", "10") W("01", "00")
            W("01", "00"),
        16, 4096, 1, "a call was done and there are chunks to free"},
    {W("00", "08") W("00", "10") W("00", "09") W("00", "10") W("01", "00") ZERO,
        16, 0x800, 0, "in a chunk"},
    {"\\f0\\ff\\ff\\ff\\ff\\ff\\ff\\ff" ZERO ZERO ZERO ZERO, 8, 0, 0,
        "outside of the memory"},
    {"\\f0\\ff\\ff\\ff\\ff\\ff\\ff\\ff" ZERO ZERO ZERO ZERO, 64, 4096, 1,
        "beyond 32 bits"},
    {W("00", "10") W("00", "08") ZERO ZERO ZERO ZERO, 1, 4096, 1,
        "the end before its begin"},
};

static void
lower_string(struct rig *rig, struct tvn_call *call, uint32_t len, tvn_err want)
{
    uint8_t data[8 + 64] = {8, 0, 0, 0, (uint8_t)len};
    struct tvn_arena arena = {0};
    const struct tvn_plan *plan;
    const struct tvn_type *type;
    uint64_t bytes = 0;
    tvn_err err;

    TVN_ASSERT(len <= 64);
    memset(data + 8, 'x', len);
    TVN_ASSERT(tvn_type_scalar(rig->types, TVN_KIND_STRING, &type) == TVN_OK);
    TVN_ASSERT(tvn_plan_lower(&arena, type, type, &plan) == TVN_OK);
    err = tvn_lower_flat(
        plan, data, 0, call->memory, call->slots, &bytes, &rig->diag);
    TVN_ASSERT(err == want);
    tvn_arena_fini(&arena);
}

static void
test_room_comes_from_the_arena_or_from_the_guest(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        struct rig rig;
        struct tvn_call call;
        char arena[256];
        char text[4096];

        (void)snprintf(arena, sizeof(arena), AT_256, row->arena);
        (void)snprintf(text, sizeof(text), GUEST, arena);
        rig_open(&rig, text);
        rig_call(&rig, "at", &call);
        if (row->ptr == 0) {
            lower_string(&rig, &call, row->len, TVN_EABI);
            TVN_ASSERT(strstr(rig.diag.first->text, "outside") != NULL);
        } else {
            lower_string(&rig, &call, row->len, TVN_OK);
            RIG_OK(&rig, tvn_call_run(&call, &rig.diag));
            if (call.slots[0].u32 != row->ptr) {
                (void)fprintf(stderr, "%s: %#x\n", row->what,
                    (unsigned)call.slots[0].u32);
            }
            TVN_ASSERT(call.slots[0].u32 == row->ptr);
            RIG_OK(&rig, tvn_call_finish(&call, &rig.diag));
            TVN_ASSERT(rig_number(&rig, "calls") == row->calls);
        }
        rig_close(&rig);
    }
}

/* One string behind the other, as calls of realloc would put them. */
static void
test_the_arena_moves_on(void)
{
    struct rig rig;
    struct tvn_call call;
    char arena[256];
    char text[4096];

    (void)snprintf(arena, sizeof(arena), AT_256, rows[0].arena);
    (void)snprintf(text, sizeof(text), GUEST, arena);
    rig_open(&rig, text);
    rig_call(&rig, "at", &call);
    for (uint32_t i = 0; i < 32; i++) { /* 2 KiB are full then */
        lower_string(&rig, &call, 64, TVN_OK);
        TVN_ASSERT(call.slots[0].u32 == 0x800 + 64 * i);
    }
    lower_string(&rig, &call, 64, TVN_OK);
    TVN_ASSERT(call.slots[0].u32 == 4096);
    rig_close(&rig);
}

static void
test_what_is_no_arena_is_not_used(void)
{
    static const char *const globals[] = {
        "",
        "(global (export \"torvyn_arena_v1\") i64 (i64.const 256))",
        "(global (export \"torvyn_arena_v1\") funcref (ref.null func))",
        "(global (export \"torvyn_arena_v1\") v128 (v128.const i64x2 256 1))",
        "(func (export \"torvyn_arena_v1\"))",
        "(global (export \"torvyn_arena_v2\") i32 (i32.const 256))",
        "(global (export \"torvyn_arena_v1\") i32 (i32.const -4))",
        "(global (export \"torvyn_arena_v1\") i32 (i32.const 65520))",
    };

    for (size_t i = 0; i < sizeof(globals) / sizeof(globals[0]); i++) {
        struct rig rig;
        struct tvn_call call;
        char text[4096];

        (void)snprintf(text, sizeof(text), GUEST, globals[i]);
        rig_open(&rig, text);
        rig_call(&rig, "at", &call);
        lower_string(&rig, &call, 8, TVN_OK);
        TVN_ASSERT(call.slots[0].u32 == 4096);
        TVN_ASSERT(rig_number(&rig, "calls") == 1);
        rig_close(&rig);
    }
}

int
main(void)
{
    test_room_comes_from_the_arena_or_from_the_guest();
    test_the_arena_moves_on();
    test_what_is_no_arena_is_not_used();
    return 0;
}
