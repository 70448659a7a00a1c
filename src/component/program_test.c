/* program_test.c -- tvn_program_run against an engine that writes down what
 * it is asked; core signatures. */
#include "component/program.h"

#include "component/testing.h"

/* An engine of two modules: 0 exports memory and realloc; 1 imports what
 * `imports` lists and exports run and post. */
struct fake {
    struct tvn_buf log;
    struct tvn_str imports[4][2];
    uint32_t import_count;
    uint32_t instances;
    const char *missing; /* an export that is not there */
    bool fails_instantiate;
    bool wrong_sort;
};

static tvn_err
fake_import_count(void *store, uint32_t module, uint32_t *out)
{
    struct fake *fake = store;

    *out = module == 1 ? fake->import_count : 0;
    return TVN_OK;
}

static tvn_err
fake_import_name(void *store, uint32_t module, uint32_t i,
    struct tvn_str *module_name, struct tvn_str *name)
{
    struct fake *fake = store;

    TVN_ASSERT(module == 1 && i < fake->import_count);
    *module_name = fake->imports[i][0];
    *name = fake->imports[i][1];
    return TVN_OK;
}

/* An item's first bytes are its text. */
static struct tvn_core_item
make_item(enum tvn_core_sort sort, const char *format, unsigned n)
{
    struct tvn_core_item item = {.sort = sort};

    (void)snprintf((char *)item.raw, sizeof(item.raw), format, n);
    return item;
}

static const char *
text_of(const struct tvn_core_item *item)
{
    return item == NULL ? "-" : (const char *)item->raw;
}

static tvn_err
fake_instantiate(void *store, uint32_t module,
    const struct tvn_core_item *imports, uint32_t count, uint32_t *instance,
    struct tvn_diag *diag)
{
    struct fake *fake = store;

    (void)diag;
    tvn_buf_printf(&fake->log, "new %u(", (unsigned)module);
    for (uint32_t i = 0; i < count; i++) {
        tvn_buf_printf(&fake->log, " %s", text_of(&imports[i]));
    }
    tvn_buf_append_text(&fake->log, " ); ");
    *instance = 100 + fake->instances++;
    return fake->fails_instantiate ? TVN_ETRAP : TVN_OK;
}

static tvn_err
fake_get_export(void *store, uint32_t instance, struct tvn_str name,
    struct tvn_core_item *out, struct tvn_diag *diag)
{
    struct fake *fake = store;

    if (fake->missing != NULL && tvn_str_is(name, fake->missing)) {
        return tvn_diag_error(diag, TVN_EMALFORMED, NULL, "no such export");
    }
    *out = make_item(tvn_str_is(name, "memory") && !fake->wrong_sort
                         ? TVN_CORE_MEMORY
                         : TVN_CORE_FUNC,
        "i%u", (unsigned)instance);
    memcpy(out->raw + strlen((char *)out->raw), name.ptr, name.len);
    return TVN_OK;
}

static tvn_err
fake_new_lower(void *store, const struct tvn_lower *lower,
    const struct tvn_core_item *memory, const struct tvn_core_item *realloc,
    struct tvn_core_item *out, struct tvn_diag *diag)
{
    struct fake *fake = store;

    (void)diag;
    tvn_buf_printf(&fake->log, "lower %u %s %s; ", (unsigned)lower->import,
        text_of(memory), text_of(realloc));
    *out = make_item(TVN_CORE_FUNC, "lowered%u", (unsigned)lower->import);
    return TVN_OK;
}

static tvn_err
fake_add_lift(void *store, uint32_t index, const struct tvn_lift *lift,
    const struct tvn_core_item *func, const struct tvn_core_item *memory,
    const struct tvn_core_item *realloc,
    const struct tvn_core_item *post_return, struct tvn_diag *diag)
{
    struct fake *fake = store;

    (void)diag;
    tvn_buf_printf(&fake->log, "lift %u %.*s %s %s %s %s; ", (unsigned)index,
        TVN_STR_ARG(lift->name), text_of(func), text_of(memory),
        text_of(realloc), text_of(post_return));
    return TVN_OK;
}

static const struct tvn_core_ops ops = {
    .import_count = fake_import_count,
    .import_name = fake_import_name,
    .instantiate = fake_instantiate,
    .get_export = fake_get_export,
    .new_lower = fake_new_lower,
    .add_lift = fake_add_lift,
};

static struct fake
make_fake(void)
{
    return (struct fake){
        .imports = {{TVN_STR("a:b/log@0.1.0"), TVN_STR("mem")},
            {TVN_STR("a:b/log@0.1.0"), TVN_STR("say")}},
        .import_count = 2,
    };
}

static tvn_err
run(struct fake *fake, const struct tvn_program *program, struct tvn_buf *text)
{
    struct tvn_diag diag = {0};
    tvn_err err = tvn_program_run(program, &ops, fake, "x.wasm", &diag);

    tvn_diag_print(&diag, text);
    tvn_diag_fini(&diag);
    return err;
}

static void
test_steps_run_in_order_and_lifts_follow(void)
{
    struct bytes b = {0};
    struct outcome outcome;
    struct fake fake = make_fake();
    struct tvn_buf text = {0};

    small_component(&b);
    outcome = decode(&b);
    TVN_ASSERT(outcome.err == TVN_OK);
    TVN_ASSERT(run(&fake, outcome.component->program, &text) == TVN_OK);
    TVN_ASSERT(tvn_str_is(tvn_buf_str(&fake.log),
        "new 0( ); lower 0 i100memory -; new 1( i100memory lowered0 ); "
        "lift 0 run i101run i100memory i100realloc i101post; "));
    tvn_buf_fini(&fake.log);
    tvn_buf_fini(&text);
    outcome_fini(&outcome);
    tvn_buf_fini(&b.buf);
}

static void
test_what_does_not_exist_is_an_error(void)
{
    static const struct {
        const char *module, *name; /* imported by module 1 */
        const char *part;
    } rows[] = {
        {"a:b/log@0.1.0", "shout", "core instance 1 has no 'shout'"},
        {"a:b/log@0.1.0", "a\x1b[31m\xc2\x9b", "has no 'a?[31m?"},
        {"other", "say",
            "core module 1 imports 'say' of 'other', and nothing is given"},
    };
    struct bytes b = {0};
    struct outcome outcome;

    small_component(&b);
    outcome = decode(&b);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake fake = make_fake();
        struct tvn_buf text = {0};

        fake.imports[1][0] = tvn_str_of(rows[i].module);
        fake.imports[1][1] = tvn_str_of(rows[i].name);
        TVN_ASSERT(
            run(&fake, outcome.component->program, &text) == TVN_EMALFORMED);
        TVN_ASSERT(strstr(tvn_buf_text(&text), rows[i].part) != NULL);
        TVN_ASSERT(strstr(tvn_buf_text(&text), "x.wasm") != NULL);
        tvn_buf_fini(&text);
        tvn_buf_fini(&fake.log);
    }
    outcome_fini(&outcome);
    tvn_buf_fini(&b.buf);
}

static void
test_errors_of_the_engine_come_through(void)
{
    struct bytes b = {0};
    struct outcome outcome;
    struct fake fake = make_fake();
    struct tvn_buf text = {0};

    small_component(&b);
    outcome = decode(&b);
    fake.fails_instantiate = true;
    TVN_ASSERT(run(&fake, outcome.component->program, &text) == TVN_ETRAP);
    fake = (struct fake){.log = fake.log};
    fake.missing = "realloc";
    TVN_ASSERT(run(&fake, outcome.component->program, &text) == TVN_EMALFORMED);
    fake.missing = NULL;
    fake.wrong_sort = true;
    TVN_ASSERT(run(&fake, outcome.component->program, &text) == TVN_EMALFORMED);
    TVN_ASSERT(strstr(tvn_buf_text(&text),
                   "'memory' of core instance 0 is of another sort") != NULL);
    tvn_buf_fini(&text);
    tvn_buf_fini(&fake.log);
    outcome_fini(&outcome);
    tvn_buf_fini(&b.buf);
}

/* A program is data: indexes that a decoder would not let pass. */
static void
test_indexes_of_a_made_up_program_are_checked(void)
{
    struct tvn_func_type type = {0};
    struct tvn_lower lower = {.import = 7, .lift = 7, .type = &type};
    struct tvn_resource_def resource = {.dtor = 9};
    struct tvn_lift lift = {.core_func = 3, .type = &type};
    struct tvn_core_ref ref = {TVN_STR("x"), TVN_CORE_FUNC, 9};
    struct tvn_step bag = {.kind = TVN_STEP_BAG, .refs = &ref, .ref_count = 1};
    struct tvn_step rows[] = {
        {.kind = TVN_STEP_INSTANTIATE, .index = 5},
        {.kind = TVN_STEP_ALIAS, .index = 5, .name = TVN_STR("x")},
        {.kind = TVN_STEP_LOWER, .index = 5},
        {.kind = TVN_STEP_LOWER, .index = 0},
        {.kind = TVN_STEP_LIFT, .index = 5},
        {.kind = TVN_STEP_LIFT, .index = 0},
        {.kind = TVN_STEP_RESOURCE, .index = 5},
        {.kind = TVN_STEP_RESOURCE, .index = 0},
        {.kind = TVN_STEP_DROP, .index = 5},
        {.kind = TVN_STEP_DROP, .index = 0, .part = 1},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_step steps[2] = {bag, rows[i]};
        struct tvn_program program = {.steps = steps,
            .step_count = 2,
            .lowers = &lower,
            .lower_count = 1,
            .lifts = &lift,
            .lift_count = 1,
            .resources = &resource,
            .resource_count = 1,
            .part_count = 1,
            .core_count = {1, 0, 0, 0, 0},
            .core_instance_count = 2};
        struct fake fake = {0};

        TVN_ASSERT(tvn_program_run(&program, &ops, &fake, "x", NULL) ==
                   TVN_EMALFORMED);
        steps[1] = (struct tvn_step){
            .kind = TVN_STEP_ALIAS, .index = 0, .name = TVN_STR("x")};
        TVN_ASSERT(tvn_program_run(&program, &ops, &fake, "x", NULL) ==
                   TVN_EMALFORMED); /* the bag's ref */
        program.step_count = 1;
        program.core_instance_count = 0;
        TVN_ASSERT(tvn_program_run(&program, &ops, &fake, "x", NULL) ==
                   TVN_EMALFORMED); /* more instances than counted */
        TVN_ASSERT(fake.log.len == 0);
    }
}

static void
test_out_of_memory_while_running(void)
{
    struct bytes b = {0};
    struct outcome outcome;
    tvn_err err = TVN_ENOMEM;

    small_component(&b);
    outcome = decode(&b);
    for (int64_t n = 0; err != TVN_OK; n++) {
        struct fake fake = make_fake();

        TVN_ASSERT(tvn_buf_reserve(&fake.log, 4096));
        tvn_mem_fail_after(n);
        err =
            tvn_program_run(outcome.component->program, &ops, &fake, "x", NULL);
        tvn_mem_fail_after(-1);
        TVN_ASSERT(err == TVN_OK || err == TVN_ENOMEM);
        TVN_ASSERT(n < 100);
        tvn_buf_fini(&fake.log);
    }
    outcome_fini(&outcome);
    tvn_buf_fini(&b.buf);
}

/* The type of `func(a: A) -> R`, both made of `count` u64. */
static struct tvn_func_type
make_func(struct tvn_types *types, uint32_t params, uint32_t results)
{
    struct tvn_member members[20] = {0};
    struct tvn_func_type type = {0};

    TVN_ASSERT(params <= 20 && results <= 20);
    for (int i = 0; i < 20; i++) {
        TVN_ASSERT(
            tvn_type_scalar(types, TVN_KIND_U64, &members[i].type) == TVN_OK);
    }
    if (params > 0) {
        TVN_ASSERT(tvn_type_members(types, TVN_KIND_TUPLE, members, params,
                       &type.tuple) == TVN_OK);
    }
    if (results > 0) {
        TVN_ASSERT(tvn_type_members(types, TVN_KIND_TUPLE, members, results,
                       &type.result) == TVN_OK);
    }
    return type;
}

static void
test_core_signatures_spill_where_they_must(void)
{
    static const struct {
        uint32_t params, results;
        uint32_t lift, lower;    /* core parameters */
        int lift_out, lower_out; /* core results, -1: none */
    } rows[] = {
        {0, 0, 0, 0, -1, -1},
        {1, 1, 1, 1, TVN_CORE_I64, TVN_CORE_I64},
        {16, 0, 16, 16, -1, -1},
        {17, 0, 1, 1, -1, -1},
        {2, 2, 2, 3, TVN_CORE_I32, -1},
        {16, 2, 16, 17, TVN_CORE_I32, -1},
        {17, 2, 1, 2, TVN_CORE_I32, -1},
    };
    struct tvn_types *types = tvn_types_new();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tvn_func_type type =
            make_func(types, rows[i].params, rows[i].results);
        struct tvn_core_sig sig;

        tvn_sig_of_lift(&type, &sig);
        TVN_ASSERT(sig.param_count == rows[i].lift);
        TVN_ASSERT((sig.has_result ? sig.result : -1) == rows[i].lift_out);
        tvn_sig_of_lower(&type, &sig);
        TVN_ASSERT(sig.param_count == rows[i].lower);
        TVN_ASSERT((sig.has_result ? sig.result : -1) == rows[i].lower_out);
        if (rows[i].results == 2) {
            TVN_ASSERT(sig.params[sig.param_count - 1] == TVN_CORE_I32);
        }
        if (rows[i].params == 2) {
            TVN_ASSERT(sig.params[0] == TVN_CORE_I64);
        }
    }
    tvn_types_free(types);
}

int
main(void)
{
    test_steps_run_in_order_and_lifts_follow();
    test_what_does_not_exist_is_an_error();
    test_errors_of_the_engine_come_through();
    test_indexes_of_a_made_up_program_are_checked();
    test_out_of_memory_while_running();
    test_core_signatures_spill_where_they_must();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
