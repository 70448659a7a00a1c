/* guest_test.c -- what a guest stage is given: tables, log, clocks, metrics,
 * a narrow view of its event; what it is measured by; no memory. */
#include "flow/guest_rig.h"

#define ASK_WIT                                                                \
    "import torvyn:stage/log@0.1.0; import torvyn:stage/clock@0.1.0;"          \
    "import torvyn:stage/metrics@0.1.0;"                                       \
    "record row { label: string, rank: u32 }"                                  \
    "import names: func(key: u32) -> option<row>;"                             \
    "export process: func(event: u32) -> u32;"

/* Looks its event up; a row is logged and measured.  The answer is both
 * clocks and the rank.  Event 9 logs 5000 bytes, 10 what is no text. */
#define ASK_WAT                                                                \
    CORE("(import \"torvyn:stage/log@0.1.0\" \"log\""                          \
         "  (func $log (param i32 i32 i32)))"                                  \
         "(import \"torvyn:stage/clock@0.1.0\" \"now-ns\""                     \
         "  (func $now (result i64)))"                                         \
         "(import \"torvyn:stage/clock@0.1.0\" \"monotonic-ns\""               \
         "  (func $mono (result i64)))"                                        \
         "(import \"torvyn:stage/metrics@0.1.0\" \"add\""                      \
         "  (func $add (param i32 i32 i64)))"                                  \
         "(import \"torvyn:stage/metrics@0.1.0\" \"set\""                      \
         "  (func $set (param i32 i32 f64)))"                                  \
         "(import \"$root\" \"names\" (func $names (param i32 i32)))",         \
        " (func (export \"process\") (param i32) (result i32)"                 \
        "   (if (i32.eq (local.get 0) (i32.const 9)) (then"                    \
        "     (call $log (i32.const 0) (i32.const 8192) (i32.const 5000))))"   \
        "   (if (i32.eq (local.get 0) (i32.const 10)) (then"                   \
        "     (call $log (i32.const 0) (i32.const 768) (i32.const 1))))"       \
        "   (if (i32.eq (local.get 0) (i32.const 11)) (then"                   \
        "     (call $log (i32.const 4) (i32.const 512) (i32.const 1))))"       \
        "   (i32.store (i32.const 76) (i32.const 0))"                          \
        "   (call $names (local.get 0) (i32.const 64))"                        \
        "   (if (i32.load8_u (i32.const 64)) (then"                            \
        "     (call $log (i32.const 2) (i32.load (i32.const 68))"              \
        "       (i32.load (i32.const 72)))"                                    \
        "     (call $add (i32.const 512) (i32.const 4) (i64.const 3))"         \
        "     (call $set (i32.const 516) (i32.const 4)"                        \
        "       (f64.convert_i32_u (i32.load (i32.const 76))))))"              \
        "   (i32.add (i32.load (i32.const 76)) (i32.wrap_i64"                  \
        "     (i64.add (call $now) (call $mono)))))" DATA("512", "hitsrank")   \
            DATA("768", "\\ff") DATA("12287", "\\c3\\a9"))

/* The table of one row, {7: {"seven", 70}}. */
static struct tvn_table *
open_ask(struct guest_rig *rig, const struct tvn_table **tables)
{
    static const uint32_t key = 7;
    const struct tvn_type *answer;
    struct tvn_table *table = NULL;
    struct tvn_image *image = NULL;
    uint32_t fields[3] = {0, 5, 70};

    guest_open(rig, ASK_WIT, ASK_WAT);
    TVN_ASSERT(rig->role.table_count == 1 && rig->role.host_count == 5);
    TVN_ASSERT(rig->role.unknown_count == 0);
    answer = rig->role.tables[0].func->func->result;
    GUEST_OK(rig, tvn_table_new(rig->role.tables[0].key, answer, &table));
    GUEST_OK(rig, tvn_builder_begin(&rig->builder, answer));
    GUEST_OK(rig, tvn_builder_alloc(&rig->builder, 5, 1, &fields[0]));
    rig->builder.data[0] = 1;
    memcpy(rig->builder.data + answer->payload_offset, fields, sizeof(fields));
    memcpy(rig->builder.data + fields[0], "seven", 5);
    GUEST_OK(rig, tvn_builder_finish(&rig->builder, &image));
    GUEST_OK(rig, tvn_table_add(table, (const uint8_t *)&key, 0, &image));
    TVN_ASSERT(image == NULL);
    *tables = table;
    rig->opts.tables = tables;
    return table;
}

static void
test_a_guest_asks_its_table_and_the_host(void)
{
    static const uint32_t ids[] = {7, 8};
    const struct tvn_table *tables[1];
    struct guest_rig rig;
    struct tvn_table *table = open_ask(&rig, tables);

    GUEST_OK(&rig, guest_try_start(&rig));
    GUEST_OK(&rig, guest_visit(&rig, ids, 2, 8));
    TVN_ASSERT(guest_out(&rig, 0) == 1005000 + 5000 + 70);
    TVN_ASSERT(guest_out(&rig, 1) == 1005000 + 5000);
    TVN_ASSERT(tvn_str_is(tvn_buf_str(&rig.said),
        "guest 2 seven\nguest add hits 3\nguest set rank 70\n"));
    /* names: 4 in, 16 and the label out; log, add and set with their texts;
     * the clocks' answers */
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_CONTROL, 7 + 4,
        (4 + 16 + 5) + (12 + 5) + 2 * (16 + 4) + 2 * 8 + (4 + 16) + 2 * 8));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LOWER, 2, 8));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LIFT, 2, 8));
    guest_close_with(&rig, table);
}

static void
test_a_log_line_is_cut_and_checked(void)
{
    const struct tvn_table *tables[1];
    struct guest_rig rig;
    struct tvn_table *table = open_ask(&rig, tables);

    GUEST_OK(&rig, guest_try_start(&rig));
    GUEST_OK(&rig, guest_event(&rig, 9));
    TVN_ASSERT(rig.said.len == strlen("guest 0 ") + 4095 + 1);
    /* What is no string, and what is no level. */
    for (uint32_t id = 10; id <= 11; id++) {
        TVN_ASSERT(guest_event(&rig, id) == TVN_EABI);
        TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_TRAP);
        TVN_ASSERT(guest_has_said(&rig, "its arguments: "));
    }
    GUEST_OK(&rig, guest_event(&rig, 7));
    guest_close_with(&rig, table);
}

static void
test_nobody_listens(void)
{
    const struct tvn_table *tables[1];
    struct guest_rig rig;
    struct tvn_table *table = open_ask(&rig, tables);

    rig.opts.log = NULL;
    rig.opts.metric = NULL;
    GUEST_OK(&rig, guest_try_start(&rig));
    GUEST_OK(&rig, guest_event(&rig, 7));
    TVN_ASSERT(guest_out(&rig, 0) == 1005000 + 5000 + 70);
    TVN_ASSERT(rig.said.len == 0);
    guest_close_with(&rig, table);
}

/* The edge carries four fields; the guest sees two, in its own order. */
static void
test_a_guest_sees_what_it_declares(void)
{
    static const uint32_t ids[] = {9, 8};
    const struct tvn_member fields[] = {
        {.name = TVN_STR("more"), .type = NULL},
        {.name = TVN_STR("id"), .type = NULL},
        {.name = TVN_STR("at"), .type = NULL},
        {.name = TVN_STR("name"), .type = NULL},
    };
    struct tvn_member members[4];
    struct guest_rig rig;
    const struct tvn_type *u32;

    guest_open(&rig,
        "record view { name: string, id: u32 }"
        "record m { attempt: u32 }"
        "export evaluate: func(event: view, meta: m) -> bool;",
        CORE("", " (func (export \"evaluate\") (param i32 i32 i32 i32)"
                 "   (result i32)"
                 "   (i32.and (i32.eq (i32.load (local.get 0))"
                 "       (i32.const 0x616e6e61))" /* "anna" */
                 "     (i32.and (i32.eq (local.get 1) (i32.const 4))"
                 "       (i32.eq (i32.add (local.get 2) (local.get 3))"
                 "         (i32.const 9)))))"));
    TVN_ASSERT(tvn_type_scalar(rig.types, TVN_KIND_U32, &u32) == TVN_OK);
    memcpy(members, fields, sizeof(members));
    members[0].type = rig.std.string;
    members[1].type = u32;
    members[2].type = rig.std.u64;
    members[3].type = rig.std.string;
    GUEST_OK(&rig,
        tvn_type_members(rig.types, TVN_KIND_RECORD, members, 4, &rig.opts.in));
    rig.name = "anna";
    GUEST_OK(&rig, guest_try_start(&rig));
    GUEST_OK(&rig, guest_visit(&rig, ids, 2, 0));
    TVN_ASSERT(rig.burst.verdicts[0] == 1 && rig.burst.verdicts[1] == 1);
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_LOWER, 2, 2 * (12 + 4)));
    TVN_ASSERT(guest_copied(&rig, TVN_COPY_CONTROL, 4, 2 * (4 + 1)));
    guest_close(&rig);
}

static void
test_time_is_measured_in_sampled_visits(void)
{
    static const uint32_t ids[] = {1, 2, 3, 4};
    struct guest_rig rig;
    uint64_t inside;

    guest_start(&rig, "export evaluate: func(event: u32) -> bool;",
        CORE("", " (func (export \"evaluate\") (param i32) (result i32)"
                 "   (local.set 0 (i32.const 10000))"
                 "   (loop"
                 "     (local.set 0 (i32.sub (local.get 0) (i32.const 1)))"
                 "     (br_if 0 (local.get 0)))"
                 "   (i32.const 1))"));
    GUEST_OK(&rig, guest_visit(&rig, ids, 4, 0));
    TVN_ASSERT(rig.burst.inside_ns == 0 && rig.counts.guest_ns == 0);
    rig.is_sampled = true;
    GUEST_OK(&rig, guest_visit(&rig, ids, 4, 0));
    inside = rig.burst.inside_ns;
    /* Four of eight calls were measured. */
    TVN_ASSERT(inside > 0 && rig.counts.guest_ns >= 2 * inside - 2);
    TVN_ASSERT(rig.counts.guest_ns <= 2 * inside + 2);
    guest_close(&rig);
}

static void
test_no_memory(void)
{
    const struct tvn_table *tables[1];
    struct guest_rig rig;
    struct tvn_table *table = open_ask(&rig, tables);
    tvn_err err = TVN_ENOMEM;

    rig.opts.pool = rig.pool;
    for (int64_t n = 0; err != TVN_OK; n++) {
        tvn_mem_fail_after(n);
        err = tvn_guest_new(&rig.opts, &rig.stage, NULL);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        TVN_ASSERT((rig.stage.ops != NULL) == (err == TVN_OK));
    }
    err = TVN_ENOMEM;
    for (int64_t n = 0; err != TVN_OK; n++) {
        tvn_mem_fail_after(n);
        err = rig.stage.ops->start(rig.stage.self, NULL);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
    }
    GUEST_OK(&rig, guest_event(&rig, 7));
    guest_close_with(&rig, table);
}

int
main(void)
{
    test_a_guest_asks_its_table_and_the_host();
    test_a_log_line_is_cut_and_checked();
    test_nobody_listens();
    test_a_guest_sees_what_it_declares();
    test_time_is_measured_in_sampled_visits();
    test_no_memory();
    return 0;
}
