/* fixed_test.c -- events that random worlds meet too seldom, through every
 * role: 1, 15, 16 and 17 flat parameters, joined variants, large types.
 *
 * TVN_SEED repeats a run's other types and values. */
#include "bindgen/harness.h"

#define E(body) "  record event-type { " body " }\n"
#define U5(p)   p "1: u8, " p "2: s16, " p "3: u32, " p "4: u64, " p "5: bool, "
#define T15                                                                    \
    U5("a")                                                                    \
    "b: string, c: f32, d: f64, e: char, f: list<u8>, "                        \
    "g: s8, h: s64, k: u16"

static struct tvn_buf enum_257;
static struct tvn_buf record_300;

static void
make_large(void)
{
    tvn_buf_append_text(&enum_257, "  enum fixed-big { ");
    for (unsigned i = 0; i < 257; i++) {
        tvn_buf_printf(&enum_257, "case-n%u, ", i);
    }
    tvn_buf_append_text(
        &enum_257, "}\n" E("a: fixed-big, b: list<fixed-big>, c: u8"));
    tvn_buf_append_text(&record_300, "  record event-type {\n");
    for (unsigned i = 0; i < 300; i++) {
        static const char *const types[] = {"u8", "string", "option<s64>",
            "f32", "list<u16>", "bool", "result<u8, f64>"};

        tvn_buf_printf(&record_300, "    field-n%u: %s,\n", i, types[i % 7]);
    }
    tvn_buf_append_text(&record_300, "  }\n");
}

int
main(int argc, char **argv)
{
    struct world_fixed rows[] = {
        {"1 flat: u64", "  type event-type = u64;\n", 1, false},
        {"1 flat: f32 in a record", E("a: f32"), 1, false},
        {"15 flat", E(T15), 15, true},
        {"16 flat", E(T15 ", i: u16"), 16, true},
        {"17 flat", E(T15 ", i: u16, j: f32"), 17, true},
        {"16 flat of variants",
            "  variant fixed-v { a(f32), b(u64), c(tuple<s8, f64, string>), d "
            "}\n" E("a: fixed-v, b: fixed-v, c: option<string>, d: option<s8>, "
                    "e: u8"),
            16, true},
        {"joined: f32 and u32, f32 and f64, all and u64",
            "  variant fixed-v { a(f32), b(u32), c(f32) }\n"
            "  variant fixed-w { a(tuple<f32, f64, u32, f32>), "
            "b(tuple<f64, f64, f32, u64>), c(tuple<u64, f32, f64, string>) }\n"
            "  variant fixed-x { a(fixed-v), b(fixed-w), c(f64), "
            "d(list<fixed-w>), e }\n" E("a: fixed-x"),
            0, true},
        {"slots of f32 and f64 that stay so",
            "  variant fixed-v { a(f32), b }\n"
            "  variant fixed-w { a(tuple<f64, f32>), b(f64), c }\n" E(
                "a: fixed-v, b: fixed-w, c: result<f32, f32>, d: option<f64>"),
            0, false},
        {"32 flags",
            "  flags fixed-big { a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, "
            "b1, b2, "
            "b3, b4, b5, b6, b7, b8, b9, c0, c1, c2, c3, c4, c5, c6, c7, c8, "
            "c9, d0, d1 }\n" E(
                "a: fixed-big, b: option<fixed-big>, c: list<fixed-big>"),
            0, true},
        {"an enum of 257", NULL, 0, true},
        {"a record of 300", NULL, 0, true},
        {"a variant in every size",
            "  variant event-type { a(u8), b(u16), c(u32), d(u64), e(bool), "
            "f(result<f32, s64>), g(option<option<option<u8>>>), h }\n",
            0, false},
        {"nothing but empty types",
            "  enum fixed-one { a }\n  flags fixed-f { a }\n"
            "  variant fixed-v { a }\n" E(
                "a: fixed-one, b: fixed-f, c: fixed-v, d: result, e: "
                "option<result>, "
                "f: list<list<string>>"),
            0, true},
    };
    uint64_t only = harness_setting("TVN_BINDGEN_WORLDS", 0);
    uint64_t index = harness_setting("TVN_BINDGEN_FIRST", 0);
    struct tvn_engine *engine = NULL;
    struct shop shop;
    uint64_t done = 0;

    (void)argc;
    make_large();
    rows[9].decls = tvn_buf_text(&enum_257);
    rows[10].decls = tvn_buf_text(&record_300);
    harness_open(&shop, argv[0], &engine);
    for (uint64_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t first = i * TVN_ROLE_COUNT;

        if (only == 0) {
            harness_batch(&shop, engine, first, TVN_ROLE_COUNT, &rows[i]);
            done += TVN_ROLE_COUNT;
        } else if (index / TVN_ROLE_COUNT == i) {
            harness_batch(&shop, engine, index, 1, &rows[i]);
            done++;
        }
    }
    tvn_buf_fini(&enum_257);
    tvn_buf_fini(&record_300);
    return harness_close(&shop, engine, done);
}
