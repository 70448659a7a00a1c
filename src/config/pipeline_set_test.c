/* pipeline_set_test.c -- what --set replaces and adds, and what it says of
 * paths that lead nowhere. */
#include "config/testing.h"

#include "base/mem.h"

static const char small[] = "flow: f\n"
                            "stages:\n"
                            "  in: { source: { file: data } }\n"
                            "  mid: { component: mid.wasm }\n"
                            "  out: { sink: { file: { path: x } } }\n"
                            "edges:\n"
                            "  - in -> mid -> out\n";

static const char shared[] =
    "flow: f\n"
    "stages:\n"
    "  enrich: { component: a.wasm, config: &c { late-after: 15 } }\n"
    "  tally: { component: b.wasm, config: *c }\n"
    "edges:\n"
    "  - enrich -> tally\n";

static const char *
get_variable(void *env, const char *name)
{
    (void)env;
    return strcmp(name, "SIZE") == 0 ? "8" : NULL;
}

static struct tvn_pipeline_opts
setting(struct tvn_pipeline_set *set, const char *path, const char *value)
{
    set->path = tvn_str_of(path);
    set->value = tvn_str_of(value);
    return (struct tvn_pipeline_opts){
        .sets = set, .set_count = 1, .yaml = {.get = get_variable}};
}

static void
test_set_replaces_and_adds(void)
{
    static const char *const rows[][2] = {
        {"stages.out.sink.file.path", "y"},
        {"stages.out.sink.file.mode", "new"},
        {"stages.mid.memory", "1MiB"},
        {"stages.mid.on-error.then", "drop"},
        {"stages.out.codec.json.names", "camel"},
        {"settings.burst", "${SIZE}"},
        {"defaults.edge.capacity", "3"},
        {"edges.0", "in -> out"},
        {"state", "'a: b'"},
    };
    struct tvn_pipeline_set sets[sizeof(rows) / sizeof(rows[0])];
    struct tvn_pipeline_opts opts = {.sets = sets, .yaml = {get_variable, 0}};
    const struct tvn_yaml *path;
    struct tvn_pipeline *p;

    for (; opts.set_count < sizeof(rows) / sizeof(rows[0]); opts.set_count++) {
        (void)setting(&sets[opts.set_count], rows[opts.set_count][0],
            rows[opts.set_count][1]);
    }
    p = tvn__testing_read_ok(small, &opts);
    path = tvn_yaml_get(p->stages[2].connector.options, "path");
    TVN_ASSERT(tvn_str_is(path->text, "y") && path->place.line == 0);
    TVN_ASSERT(strcmp(path->place.path, "--set") == 0);
    TVN_ASSERT(p->stages[2].connector.options->count == 2);
    TVN_ASSERT(p->stages[1].memory == 1u << 20);
    TVN_ASSERT(p->stages[1].on_error.then == TVN_PIPELINE_DROP);
    TVN_ASSERT(p->stages[2].codec.names == TVN_PIPELINE_CAMEL);
    TVN_ASSERT(p->burst == 8 && p->edge_count == 1);
    TVN_ASSERT(p->edges[0].capacity == 3 && tvn_str_is(p->state, "a: b"));
    tvn_pipeline_free(p);
}

static void
test_set_leaves_other_uses_of_an_alias_alone(void)
{
    struct tvn_pipeline_set set;
    struct tvn_pipeline_opts opts =
        setting(&set, "stages.tally.config.late-after", "99");
    struct tvn_pipeline *p = tvn__testing_read_ok(shared, &opts);

    TVN_ASSERT(tvn_str_is(
        tvn_yaml_get(p->stages[0].config, "late-after")->text, "15"));
    TVN_ASSERT(tvn_str_is(
        tvn_yaml_get(p->stages[1].config, "late-after")->text, "99"));
    tvn_pipeline_free(p);
}

static void
test_set_says_where_a_path_ends(void)
{
    static const char *const rows[][3] = {
        {"stages.inn.source", "x",
            "--set: error[E0115]: stages.inn.source: there is no 'inn' in "
            "stages\nhelp: did you mean 'in'?\n"},
        {"stages.new", "x",
            "--set: error[E0115]: stages.new: there is no 'new' in stages\n"
            "help: there is: in, mid, out\n"},
        {"stagse.in", "x",
            "--set: error[E0115]: stagse.in: there is no 'stagse' in the "
            "file\nhelp: did you mean 'stages'?\n"},
        {"settings.bust", "3",
            "--set: error[E0115]: settings.bust: there is no 'bust' in "
            "settings\nhelp: did you mean 'burst'?\n"},
        {"stages.in.source.file.path", "x",
            "--set: error[E0115]: stages.in.source.file.path: "
            "stages.in.source.file is a scalar, there is no 'path' in it\n"
            "help: set stages.in.source.file itself\n"},
        {"edges.7", "a -> b",
            "--set: error[E0115]: edges.7: '7' is not an item of edges: there "
            "are 1, counted from 0\n"},
        {"stages..in", "x",
            "--set: error[E0115]: stages..in: this is not a path of the file\n"
            "help: write keys with dots between them: "
            "stages.departures.source.file.path=x\n"},
        {"state", "{ a: b }",
            "--set: error[E0115]: state: a scalar can be set, not a mapping\n"
            "help: a text with ': ', '[' or '{' in it stands in quotes of its "
            "own\n"},
        {"settings.burst", "99",
            "--set: error[E0111]: settings.burst: burst must be a number from "
            "1 to 64, found '99'\n"},
        {"stages.mid.memory", "",
            "--set: error[E0111]: stages.mid.memory: memory must be a size "
            "with a unit (B, KiB, MiB or GiB), found nothing\n"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_pipeline_set set;
        struct tvn_pipeline_opts opts = setting(&set, rows[i][0], rows[i][1]);

        tvn__testing_refused(small, &opts, rows[i][2]);
    }
}

static void
test_out_of_memory_is_an_error(void)
{
    struct tvn_pipeline_set set;
    struct tvn_pipeline_opts opts =
        setting(&set, "stages.mid.on-error.then", "drop");
    tvn_err err = TVN_ENOMEM;

    tvn__testing_write("torvyn.yaml", tvn_str_of(small));
    for (int64_t n = 0; err != TVN_OK; n++) {
        struct tvn_pipeline *p = NULL;

        tvn_mem_fail_after(n);
        err = tvn_pipeline_read("torvyn.yaml", &opts, &p, NULL);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || (err == TVN_ENOMEM && p == NULL));
        tvn_pipeline_free(p);
        TVN_ASSERT(tvn_mem_live() == 0 && n < 1000);
    }
}

int
main(void)
{
    tvn__testing_enter();
    test_set_replaces_and_adds();
    test_set_leaves_other_uses_of_an_alias_alone();
    test_set_says_where_a_path_ends();
    test_out_of_memory_is_an_error();
    tvn__testing_leave();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
