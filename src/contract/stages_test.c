/* stages_test.c -- what stages ask of the file, and the size of images, every
 * rule with the text of its finding; see link.h. */
#include "contract/link.h"

#include "base/mem.h"
#include "contract/testing_link.h"

#define R TVN_TESTING_PAIR

static void
test_the_largest_image_is_exact_without_pointers(void)
{
    static const struct {
        const char *type;
        uint32_t capacity;
        uint64_t bytes, image_max, memory_max;
    } rows[] = {
        {"u64", 256, 4u << 20, 128, 256 * 128},
        {"record { a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: "
         "u64, i: u8 }", /* 64 + 72 */
            10, 4u << 20, 192, 1920},
        {"u64", 256, 1000, 128, 1000}, /* bytes is the lower bound */
        {"string", 256, 4u << 20, 1u << 20, 4u << 20},
        {"string", 2, 4u << 20, 1u << 20, 2u << 20},
        {"record { a: option<list<u8>> }", 1, 1u << 20, 1u << 20, 1u << 20},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_testing_flow flow;

        tvn_testing_flow_init(&flow);
        tvn_testing_source(&flow, "in", rows[i].type);
        tvn_testing_sink(&flow, "out");
        tvn_testing_edge(&flow, "in -> out")->capacity = rows[i].capacity;
        flow.edges[0].bytes = rows[i].bytes;
        tvn_testing_check_ok(&flow);
        TVN_ASSERT(flow.link.edges[0].image_max == rows[i].image_max);
        TVN_ASSERT(flow.link.edges[0].memory_max == rows[i].memory_max);
        TVN_ASSERT(flow.link.stages[0].image_max == rows[i].image_max);
        tvn_testing_flow_fini(&flow);
    }
}

static void
test_bytes_below_the_largest_image(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "a", "string");
    tvn_testing_source(&flow, "b", "u64");
    tvn_testing_sink(&flow, "out");
    tvn_testing_edge(&flow, "a -> out")->bytes = 65536;
    tvn_testing_edge(&flow, "b -> out")->bytes = 127;
    tvn_testing_expect(&flow, TVN_ELINK_BYTES,
        "torvyn.yaml:40:5: error[E0220]: a -> out: its bytes are 64 KiB; its "
        "largest image takes 1 MiB\n"
        "help: set `bytes:` to 1 MiB or more, or `max-event:` lower\n"
        "torvyn.yaml:41:5: error[E0220]: b -> out: its bytes are 127 B; its "
        "largest image takes 128 B\n"
        "help: set `bytes:` to 128 B or more\n");
}

static void
test_max_event_has_a_smallest_value(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    flow.input.max_event = 0;
    tvn_testing_source(&flow, "in", "string");
    tvn_testing_sink(&flow, "out");
    tvn_testing_edge(&flow, "in -> out");
    tvn_testing_check_ok(&flow);
    TVN_ASSERT(flow.link.edges[0].image_max == TVN_IMAGE_MIN);
    tvn_testing_flow_fini(&flow);
}

static void
test_an_image_above_max_event(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    flow.input.max_event = 128;
    tvn_testing_source(&flow, "in",
        "record { a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: "
        "u64, i: u64 }");
    tvn_testing_guest1(
        &flow, "keep", "evaluate: func(event: record { a: u64 }) -> bool");
    tvn_testing_sink(&flow, "out");
    tvn_testing_edge(&flow, "in -> keep");
    tvn_testing_edge(&flow, "keep -> out");
    tvn_testing_expect(&flow, TVN_ELINK_BYTES,
        "torvyn.yaml:10:3: error[E0220]: stage in: an image of record { a: "
        "u64, b: u64, c: u64, d: u64, ... } takes 136 B; max-event is 128 "
        "B\n"
        "help: set `max-event:` to that or more\n");
}

static void
test_imports_without_grant_or_implementation(void)
{
    static const char *const exports[] = {
        "process: func(event: " R ") -> " R, NULL};
    static const char *const imports[] = {"@torvyn:stage/metrics@0.1.0",
        "add: func(name: string, by: u64)",
        "set: func(name: string, value: f64)", "@torvyn:stage/clock@0.1.0",
        "now-ns: func() -> u64", "@wasi:sockets/tcp@0.2.0",
        "get-random-u64: func() -> u64", "@torvyn:stage/log@0.1.0",
        "logg: func()", NULL};
    struct tvn_testing_flow flow;
    struct tvn_link_stage copy;

    tvn_testing_chain(&flow);
    copy = *tvn_testing_guest(&flow, "copy", exports, imports);
    copy.place = flow.stages[1].place;
    flow.stages[1] = copy;
    flow.input.stage_count--;
    tvn_testing_chain_edges(&flow);
    tvn_testing_expect(&flow, TVN_ELINK_IMPORT,
        "torvyn.yaml:11:3: error[E0217]: stage copy: it imports "
        "wasi:sockets/tcp@0.2.0: guests have no network: let a source or a "
        "sink of the flow fetch and send\n"
        "torvyn.yaml:11:3: error[E0217]: stage copy: it imports "
        "torvyn:stage/log@0.1.0.logg: torvyn:stage@0.1.0 has no such "
        "function\n"
        "torvyn.yaml:11:3: error[E0217]: stage copy: it imports "
        "torvyn:stage/metrics@0.1.0, which is not granted\n"
        "help: add `grants: [metrics]` to the stage\n");
}

static void
test_granted_imports_are_fine(void)
{
    static const char *const exports[] = {"push: func(event: u8)", NULL};
    static const char *const imports[] = {"@torvyn:stage/metrics@0.1.0",
        "add: func(name: string, by: u64)", NULL};
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "u8");
    tvn_testing_guest(&flow, "out", exports, imports)->grants =
        TVN_GRANT_METRICS;
    tvn_testing_edge(&flow, "in -> out");
    tvn_testing_check_ok(&flow);
    tvn_testing_flow_fini(&flow);
}

static void
test_tables_are_imported_and_bound(void)
{
    static const char *const exports[] = {"push: func(event: u8)", NULL};
    static const char *const imports[] = {
        "airlines: func(carrier: string) -> option<record { n: u8 }>",
        "zones: func(id: u32) -> option<record { n: u8 }>", NULL};
    static const struct tvn_str bound[] = {{"airline", 7}, {"planets", 7}};
    struct tvn_testing_flow flow;
    struct tvn_link_stage *stage;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "u8");
    stage = tvn_testing_guest(&flow, "out", exports, imports);
    stage->tables = bound;
    stage->table_count = 2;
    tvn_testing_edge(&flow, "in -> out");
    tvn_testing_expect(&flow, TVN_ELINK_TABLE,
        "torvyn.yaml:11:3: error[E0218]: stage out: the table 'airline' is "
        "bound and not imported\n"
        "help: did you mean 'airlines'?\n"
        "torvyn.yaml:11:3: error[E0218]: stage out: the table 'planets' is "
        "bound and not imported\n"
        "help: there is: airlines, zones\n"
        "torvyn.yaml:11:3: error[E0218]: stage out: it imports the table "
        "'zones', which is not bound\n"
        "help: add `tables: { zones: FILE }` to the stage\n");
}

static void
test_config_is_there_when_it_is_asked_for(void)
{
    static const char *const strict[] = {"push: func(event: u8)",
        "init: func(config: record { a: u8, b: option<u8> })", NULL};
    static const char *const lax[] = {"push: func(event: u8)",
        "init: func(config: record { b: option<u8> })", NULL};
    static const char *const none[] = {"push: func(event: u8)", NULL};
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "u8");
    tvn_testing_guest(&flow, "strict", strict, NULL);
    tvn_testing_guest(&flow, "given", strict, NULL)->has_config = true;
    tvn_testing_guest(&flow, "lax", lax, NULL);
    tvn_testing_guest(&flow, "none", none, NULL)->has_config = true;
    tvn_testing_edge(&flow, "in -> strict");
    tvn_testing_edge(&flow, "in -> given");
    tvn_testing_edge(&flow, "in -> lax");
    tvn_testing_edge(&flow, "in -> none");
    tvn_testing_expect(&flow, TVN_ELINK_CONFIG,
        "torvyn.yaml:11:3: error[E0219]: stage strict: it has no `config:` "
        "and its init takes one\n"
        "help: it is read as record { a: u8, b: option<u8> }\n"
        "torvyn.yaml:14:3: error[E0219]: stage none: it takes no config: no "
        "init of that shape is exported\n"
        "help: take `config:` off the stage, or export init: func(config: "
        "C), with no result or result<_, fault>\n");
}

static void
test_a_dead_letter_needs_its_section(void)
{
    struct tvn_testing_flow flow;

    tvn_testing_chain(&flow);
    tvn_testing_chain_edges(&flow);
    flow.stages[1].then = TVN_LINK_DEAD_LETTER;
    flow.stages[2].then = TVN_LINK_DEAD_LETTER;
    tvn_testing_expect(&flow, TVN_ELINK_DEAD_LETTER,
        "torvyn.yaml:11:3: error[E0221]: stage copy: its on-error is "
        "dead-letter and the file has no `dead-letter:`\n"
        "help: add `dead-letter: { file: { path: out/dead.ndjson } }` to the "
        "file\n"
        "torvyn.yaml:12:3: error[E0221]: stage out: its on-error is "
        "dead-letter and the file has no `dead-letter:`\n"
        "help: add `dead-letter: { file: { path: out/dead.ndjson } }` to the "
        "file\n");
}

static void
test_windows_belong_to_aggregators(void)
{
    static const char *const count[] = {
        "ingest: func(event: " R ")", "flush: func() -> u64", NULL};
    struct tvn_testing_flow flow;
    struct tvn_link_stage *stage;

    tvn_testing_chain(&flow);
    flow.stages[0].unacked_max = 1000;
    flow.stages[1].has_window = true;
    stage = tvn_testing_guest(&flow, "count", count, NULL);
    stage->has_window = true;
    stage->window_count = 1001;
    tvn_testing_source(&flow, "other", R)->unacked_max = 1; /* not behind */
    tvn_testing_source(&flow, "free", R);                   /* no limit */
    tvn_testing_chain_edges(&flow);
    tvn_testing_edge(&flow, "copy -> count");
    tvn_testing_edge(&flow, "count -> out");
    tvn_testing_edge(&flow, "other -> out");
    tvn_testing_edge(&flow, "free -> count");
    tvn_testing_expect(&flow, TVN_ELINK_WINDOW,
        "torvyn.yaml:11:3: error[E0222]: stage copy: it has a `window:` and "
        "is a processor\n"
        "help: only an aggregator (ingest and flush) has windows\n"
        "torvyn.yaml:13:3: error[E0222]: stage count: its window of 1001 "
        "events is larger than the 1000 records that 'in' has out at once: it "
        "would never fill\n"
        "help: set `window: { count: 1000 }` or less\n");
}

static void
test_only_an_aggregators_state_ends_with_its_window(void)
{
    static const char *const count[] = {
        "ingest: func(event: " R ")", "flush: func() -> u64", NULL};
    struct tvn_testing_flow flow;

    tvn_testing_chain(&flow);
    flow.stages[1].state_is_window = true;
    tvn_testing_guest(&flow, "count", count, NULL)->state_is_window = true;
    tvn_testing_chain_edges(&flow);
    tvn_testing_edge(&flow, "copy -> count");
    tvn_testing_edge(&flow, "count -> out");
    tvn_testing_expect(&flow, TVN_ELINK_WINDOW,
        "torvyn.yaml:11:3: error[E0222]: stage copy: its state is `window` "
        "and it is a processor\n"
        "help: only an aggregator (ingest and flush) has windows; others keep "
        "their state: `state: keep`\n");
}

static void
test_a_window_as_large_as_the_limit_is_fine(void)
{
    static const char *const count[] = {
        "ingest: func(event: u8)", "flush: func() -> u64", NULL};
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "in", "u8")->unacked_max = 1000;
    tvn_testing_guest(&flow, "count", count, NULL)->window_count = 1000;
    tvn_testing_sink(&flow, "out");
    tvn_testing_edge(&flow, "in -> count");
    tvn_testing_edge(&flow, "count -> out");
    tvn_testing_check_ok(&flow);
    tvn_testing_flow_fini(&flow);
}

static void
test_a_stage_fed_from_two_threads(void)
{
    static const char slow[2][5] = {"slow", "slow"}; /* by its name */
    struct tvn_testing_flow flow;

    tvn_testing_flow_init(&flow);
    tvn_testing_source(&flow, "a", "u8")->thread = slow[0];
    tvn_testing_source(&flow, "c", "u8")->thread = slow[1];
    tvn_testing_source(&flow, "b", "u8");
    tvn_testing_sink(&flow, "out");
    tvn_testing_sink(&flow, "said")->thread = "slow";
    tvn_testing_sink(&flow, "both");
    tvn_testing_edge(&flow, "a -> both");
    tvn_testing_edge(&flow, "c -> both");
    tvn_testing_edge(&flow, "a -> out");
    tvn_testing_edge(&flow, "b -> out");
    tvn_testing_edge(&flow, "a -> said");
    tvn_testing_edge(&flow, "b -> said");
    tvn_testing_expect(&flow, TVN_ELINK_THREAD,
        "torvyn.yaml:13:3: error[E0223]: stage out: it is fed from two "
        "threads: 'a' runs on slow, 'b' on the flow's own\n"
        "help: put it on one under `threads:`\n");
}

int
main(void)
{
    test_the_largest_image_is_exact_without_pointers();
    test_bytes_below_the_largest_image();
    test_max_event_has_a_smallest_value();
    test_an_image_above_max_event();
    test_imports_without_grant_or_implementation();
    test_granted_imports_are_fine();
    test_tables_are_imported_and_bound();
    test_config_is_there_when_it_is_asked_for();
    test_a_dead_letter_needs_its_section();
    test_windows_belong_to_aggregators();
    test_only_an_aggregators_state_ends_with_its_window();
    test_a_window_as_large_as_the_limit_is_fine();
    test_a_stage_fed_from_two_threads();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
