/* import_test.c -- functions that guests import: values, limits, failures. */
#include "engine/rig.h"

/* `ask` hands its arguments on to the host and returns what that says. */
#define TABLE(libc)                                                            \
    "(component"                                                               \
    "  (import \"test:table/api@0.1.0\" (instance $api"                        \
    "    (type $k (record (field \"id\" u64) (field \"name\" string)))"        \
    "    (export \"key\" (type $key (eq $k)))"                                 \
    "    (type $r (record (field \"city\" string) (field \"n\" u32)))"         \
    "    (export \"row\" (type $row (eq $r)))"                                 \
    "    (export \"find\""                                                     \
    "      (func (param \"key\" $key) (result (option $row))))))" libc         \
    "  (core func $find (canon lower (func $api \"find\")"                     \
    "    (memory (core memory $libc \"memory\")) (realloc (core func $libc "   \
    "\"realloc\"))))"                                                          \
    "  (core module $M"                                                        \
    "    (import \"libc\" \"memory\" (memory 1))"                              \
    "    (import \"api\" \"find\" (func $find (param i64 i32 i32 i32)))"       \
    "    (func $ask (export \"ask\") (param i64 i32 i32 i32) (result i32)"     \
    "      (call $find (local.get 0) (local.get 1) (local.get 2)"              \
    "        (local.get 3))"                                                   \
    "      (local.get 3)))"                                                    \
    "  (core instance $m (instantiate $M (with \"libc\" (instance $libc))"     \
    "    (with \"api\" (instance (export \"find\" (func $find))))))"           \
    "  (func (export \"ask\") (param \"id\" u64) (param \"ptr\" u32)"          \
    "    (param \"len\" u32) (param \"to\" u32) (result u32)"                  \
    "    (canon lift (core func $m \"ask\"))))"

struct table {
    uint32_t calls;
    uint64_t id;
    char name[16];
    uint32_t name_len;
    tvn_err err;
    bool is_some;
    struct tvn_instance *kill;
};

/* some({city: "Oslo", n: 7}) and none, as an image has them */
static const uint8_t some_row[] = {
    1, 0, 0, 0, 16, 0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 'O', 's', 'l', 'o'};
static const uint8_t no_row[16] = {0};

static tvn_err
find(void *env, const uint8_t *args, const uint8_t **result,
    uint32_t *result_root, struct tvn_diag *diag)
{
    struct table *table = env;
    uint32_t offset;

    memcpy(&table->id, args, 8);
    memcpy(&offset, args + 8, 4);
    memcpy(&table->name_len, args + 12, 4);
    TVN_ASSERT(table->name_len <= sizeof(table->name));
    memcpy(table->name, args + offset, table->name_len);
    table->calls++;
    if (table->kill != NULL) {
        tvn_instance_kill(table->kill);
    }
    if (table->err != TVN_OK) {
        return tvn_diag_error(diag, table->err, NULL, "the table is on fire");
    }
    *result = table->is_some ? some_row : no_row;
    *result_root = 0;
    return TVN_OK;
}

static void
open_table(struct rig *rig, const char *text, struct table *table)
{
    struct tvn_host_func host = {
        .interface = TVN_STR("test:table/api"),
        .name = TVN_STR("find"),
        .call = find,
        .env = table,
    };

    rig_compile(rig, text, NULL);
    rig->opts.imports = &host;
    rig->opts.import_count = 1;
    RIG_OK(rig,
        tvn_instance_new(rig->code, &rig->opts, &rig->instance, &rig->diag));
    rig->opts.imports = NULL;
}

/* Asks for the name at `ptr`, the answer goes to `to`. */
static tvn_err
ask(struct rig *rig, uint32_t ptr, uint32_t len, uint32_t to)
{
    struct tvn_call call;

    rig_call(rig, "ask", &call);
    call.slots[0].u64 = 99;
    call.slots[1].u64 = ptr;
    call.slots[2].u64 = len;
    call.slots[3].u64 = to;
    return tvn_call_run(&call, &rig->diag);
}

#define LIBC(data, body)                                                       \
    "(core module $Libc (memory (export \"memory\") 1)"                        \
    "  (data (i32.const 256) \"" data "\")"                                    \
    "  (data (i32.const 64) \"\\a5\\a5\\a5\\a5\\a5\\a5\\a5\\a5\")"             \
    "  (func (export \"peek\") (param i32) (result i32)"                       \
    "    (i32.load (local.get 0)))"                                            \
    "  (func $realloc (export \"realloc\")"                                    \
    "    (param i32 i32 i32 i32) (result i32) " body "))"                      \
    "(core instance $libc (instantiate $Libc))"                                \
    "(func (export \"peek\") (param \"at\" u32) (result u32)"                  \
    "  (canon lift (core func $libc \"peek\")))"

static uint32_t
peek(struct rig *rig, uint32_t at)
{
    struct tvn_call call;

    rig_call(rig, "peek", &call);
    call.slots[0].u64 = at;
    RIG_OK(rig, tvn_call_run(&call, &rig->diag));
    return call.slots[0].u32;
}

static void
test_a_record_goes_out_and_an_option_comes_back(void)
{
    struct table table = {.is_some = true};
    struct tvn_control_counts counts;
    struct rig rig;

    open_table(&rig, TABLE(LIBC("Bergen", "(i32.const 512)")), &table);
    RIG_OK(&rig, ask(&rig, 256, 6, 64));
    TVN_ASSERT(table.calls == 1 && table.id == 99);
    TVN_ASSERT(table.name_len == 6 && memcmp(table.name, "Bergen", 6) == 0);
    TVN_ASSERT((peek(&rig, 64) & 0xFF) == 1);
    TVN_ASSERT(peek(&rig, 68) == 512 && peek(&rig, 72) == 4);
    TVN_ASSERT(peek(&rig, 76) == 7);
    TVN_ASSERT(peek(&rig, 512) == 0x6f6c734f);
    counts = tvn_instance_control(rig.instance);
    TVN_ASSERT(counts.count == 2 && counts.bytes == 16 + 6 + 16 + 4);

    table.is_some = false;
    RIG_OK(&rig, ask(&rig, 256, 3, 64));
    TVN_ASSERT(table.calls == 2 && table.name_len == 3);
    TVN_ASSERT((peek(&rig, 64) & 0xFF) == 0);
    counts = tvn_instance_control(rig.instance);
    TVN_ASSERT(counts.count == 4 && counts.bytes == 42 + 16 + 3 + 16);
    rig_close(&rig);
}

static void
test_a_call_of_an_import_allocates_nothing(void)
{
    struct table table = {.is_some = true};
    struct rig rig;

    open_table(&rig, TABLE(LIBC("Bergen", "(i32.const 512)")), &table);
    RIG_OK(&rig, ask(&rig, 256, 6, 64));
    tvn_mem_fail_after(0);
    for (uint32_t i = 0; i < 100; i++) {
        TVN_ASSERT(ask(&rig, 256, 6, 64) == TVN_OK);
    }
    tvn_mem_fail_after(-1);
    TVN_ASSERT(table.calls == 101);
    rig_close(&rig);
}

static void
test_what_goes_wrong_around_a_host_function(void)
{
    static const struct {
        const char *text;
        uint32_t ptr, len, to;
        tvn_err host, err;
        const char *said;
    } rows[] = {
        {TABLE(LIBC("Ber\\ffen", "(i32.const 512)")), 256, 6, 64, TVN_OK,
            TVN_EABI,
            "test:table/api@0.1.0.find: its arguments: .0.name is not UTF-8 "
            "(0xFF at byte 3)"},
        {TABLE(LIBC("Bergen", "(i32.const 512)")), 65530, 7, 64, TVN_OK,
            TVN_EABI, "outside the guest's memory"},
        {TABLE(LIBC("Bergen", "(i32.const 512)")), 256, 6, 66, TVN_OK, TVN_EABI,
            "its result: the pointer 0x42 for a result is not"},
        {TABLE(LIBC("Bergen", "(i32.const 512)")), 256, 6, 65524, TVN_OK,
            TVN_EABI, "its result: the pointer"},
        {TABLE(LIBC("Bergen", "(i32.const 65533)")), 256, 6, 64, TVN_OK,
            TVN_EABI, "cabi_realloc returned 0xfffd"},
        {TABLE(LIBC("Bergen", "unreachable")), 256, 6, 64, TVN_OK, TVN_ETRAP,
            "in Libc!realloc at 0x"},
        {TABLE(LIBC("Bergen", "(loop (br 0)) (i32.const 0)")), 256, 6, 64,
            TVN_OK, TVN_EDEADLINE, "cabi_realloc: ran longer"},
        {TABLE(LIBC("Bergen", "(i32.const 512)")), 256, 6, 64, TVN_EIO,
            TVN_ETRAP, "find: the table is on fire"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct table table = {.is_some = true, .err = rows[i].host};
        struct rig rig;

        open_table(&rig, rows[i].text, &table);
        tvn_instance_set_deadline(rig.instance, 20000000);
        TVN_ASSERT(
            ask(&rig, rows[i].ptr, rows[i].len, rows[i].to) == rows[i].err);
        TVN_ASSERT(rig.diag.errors == 1);
        TVN_ASSERT(rig_said(&rig, rows[i].said));
        TVN_ASSERT(tvn_instance_is_dead(rig.instance));
        if (rows[i].err == TVN_EABI) {
            TVN_ASSERT(rig_said(&rig, "in M!ask at 0x"));
        }
        rig_close(&rig);
    }
}

static void
test_a_host_function_may_kill(void)
{
    struct table table = {.is_some = false};
    struct rig rig;

    open_table(&rig, TABLE(LIBC("Bergen", "(i32.const 512)")), &table);
    table.kill = rig.instance;
    TVN_ASSERT(ask(&rig, 256, 6, 64) == TVN_ETRAP);
    TVN_ASSERT(tvn_instance_is_dead(rig.instance));
    rig_close(&rig);
}

static void
test_an_import_without_a_host_function_is_named(void)
{
    struct tvn_host_func host = {
        .interface = TVN_STR("test:table/other"),
        .name = TVN_STR("find"),
        .call = find,
    };
    static const struct tvn_func_type other = {0};
    struct rig rig;

    rig_compile(&rig, TABLE(LIBC("", "(i32.const 512)")), NULL);
    rig.opts.imports = &host;
    rig.opts.import_count = 1;
    TVN_ASSERT(tvn_instance_new(rig.code, &rig.opts, &rig.instance,
                   &rig.diag) == TVN_EMALFORMED);
    TVN_ASSERT(rig_said(&rig, "test:table/api@0.1.0.find: it is imported and "
                              "the host does not have it"));
    host.interface = TVN_STR("test:table/api@0.1.0");
    host.type = &other;
    TVN_ASSERT(tvn_instance_new(rig.code, &rig.opts, &rig.instance,
                   &rig.diag) == TVN_EMALFORMED);
    TVN_ASSERT(rig_said(&rig, "with another type"));
    host.type = NULL;
    RIG_OK(
        &rig, tvn_instance_new(rig.code, &rig.opts, &rig.instance, &rig.diag));
    rig.opts.imports = NULL;
    rig_close(&rig);
}

/* ------------------------------------------------------------------------
 * Where no import may be called. */

static tvn_err
tick(void *env, const uint8_t *args, const uint8_t **result,
    uint32_t *result_root, struct tvn_diag *diag)
{
    uint32_t *ticks = env;

    (void)diag;
    (void)result;
    (void)result_root;
    TVN_ASSERT(args == NULL);
    (*ticks)++;
    return TVN_OK;
}

#define TICKS                                                                  \
    "(component"                                                               \
    "  (import \"tick\" (func $tick))"                                         \
    "  (core func $tick (canon lower (func $tick)))"                           \
    "  (core module $M"                                                        \
    "    (import \"host\" \"tick\" (func $tick))"                              \
    "    (memory (export \"memory\") 1)"                                       \
    "    (func $realloc (export \"realloc\")"                                  \
    "      (param i32 i32 i32 i32) (result i32)"                               \
    "      (call $tick) (i32.const 512))"                                      \
    "    (func (export \"take\") (param i32 i32))"                             \
    "    (func $post (export \"post\") (call $tick))"                          \
    "    (func (export \"go\") (call $tick))"                                  \
    "    (func $start (call $tick)) (start $start))"                           \
    "  (core instance $m (instantiate $M"                                      \
    "    (with \"host\" (instance (export \"tick\" (func $tick))))))"          \
    "  (func (export \"take\") (param \"s\" string)"                           \
    "    (canon lift (core func $m \"take\") (memory (core memory $m "         \
    "\"memory\"))"                                                             \
    "      (realloc (core func $m \"realloc\"))))"                             \
    "  (func (export \"go\") (canon lift (core func $m \"go\")"                \
    "    (post-return (core func $m \"post\")))))"

static void
open_ticks(struct rig *rig, uint32_t *ticks)
{
    struct tvn_host_func host = {
        .name = TVN_STR("tick"),
        .call = tick,
        .env = ticks,
    };

    rig_compile(rig, TICKS, NULL);
    rig->opts.imports = &host;
    rig->opts.import_count = 1;
    RIG_OK(rig,
        tvn_instance_new(rig->code, &rig->opts, &rig->instance, &rig->diag));
    rig->opts.imports = NULL;
}

static void
test_imports_are_called_in_start_and_call_but_not_in_post_return(void)
{
    struct rig rig;
    struct tvn_call call;
    uint32_t ticks = 0;

    open_ticks(&rig, &ticks);
    TVN_ASSERT(ticks == 1);
    rig_call(&rig, "go", &call);
    RIG_OK(&rig, tvn_call_run(&call, &rig.diag));
    TVN_ASSERT(ticks == 2);
    TVN_ASSERT(tvn_call_finish(&call, &rig.diag) == TVN_ETRAP);
    TVN_ASSERT(ticks == 2);
    TVN_ASSERT(
        rig_said(&rig, "tick: called from inside realloc or post-return"));
    TVN_ASSERT(rig_said(&rig, "in M!post at 0x"));
    TVN_ASSERT(tvn_instance_is_dead(rig.instance));
    rig_close(&rig);
}

static void
test_imports_are_not_called_in_realloc(void)
{
    static const uint8_t data[] = {8, 0, 0, 0, 1, 0, 0, 0, 'x'};
    struct tvn_arena arena = {0};
    const struct tvn_type *string;
    const struct tvn_plan *lower;
    struct tvn_call call;
    struct rig rig;
    uint32_t ticks = 0;
    uint64_t bytes = 0;

    open_ticks(&rig, &ticks);
    TVN_ASSERT(tvn_type_scalar(rig.types, TVN_KIND_STRING, &string) == TVN_OK);
    TVN_ASSERT(tvn_plan_lower(&arena, string, string, &lower) == TVN_OK);
    rig_call(&rig, "take", &call);
    TVN_ASSERT(tvn_lower_flat(lower, data, 0, call.memory, call.slots, &bytes,
                   &rig.diag) == TVN_ETRAP);
    TVN_ASSERT(ticks == 1);
    TVN_ASSERT(tvn_instance_tell(rig.instance, &rig.diag) == TVN_ETRAP);
    TVN_ASSERT(rig_said(&rig, "in M!realloc at 0x"));
    TVN_ASSERT(tvn_instance_is_dead(rig.instance));
    tvn_arena_fini(&arena);
    rig_close(&rig);
}

/* 17 flat values: the parameters come as one pointer to their tuple. */
static tvn_err
sum(void *env, const uint8_t *args, const uint8_t **result,
    uint32_t *result_root, struct tvn_diag *diag)
{
    static _Alignas(8) uint8_t answer[8];
    uint64_t total = 0;
    uint64_t one;

    (void)env;
    (void)diag;
    for (uint32_t i = 0; i < 17; i++) {
        memcpy(&one, args + 8 * i, 8);
        total += one << i;
    }
    memcpy(answer, &total, 8);
    *result = answer;
    *result_root = 0;
    return TVN_OK;
}

static void
test_many_parameters_come_through_memory(void)
{
    struct tvn_host_func host = {.name = TVN_STR("sum"), .call = sum};
    struct rig rig;
    struct tvn_call call;

    rig_compile(&rig,
        "(component"
        "  (type $t (tuple u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64"
        "    u64 u64 u64 u64 u64))"
        "  (import \"sum\" (func $sum (param \"all\" $t) (result u64)))"
        "  (core module $Libc (memory (export \"memory\") 1)"
        "    (data (i32.const 8) \"\\01\") (data (i32.const 136) \"\\01\"))"
        "  (core instance $libc (instantiate $Libc))"
        "  (core func $sum"
        "    (canon lower (func $sum) (memory (core memory $libc \"memory\"))))"
        "  (core module $M"
        "    (import \"host\" \"sum\" (func $sum (param i32) (result i64)))"
        "    (func (export \"go\") (param i32) (result i64)"
        "      (call $sum (local.get 0))))"
        "  (core instance $m (instantiate $M"
        "    (with \"host\" (instance (export \"sum\" (func $sum))))))"
        "  (func (export \"go\") (param \"at\" u32) (result u64)"
        "    (canon lift (core func $m \"go\"))))",
        NULL);
    rig.opts.imports = &host;
    rig.opts.import_count = 1;
    RIG_OK(
        &rig, tvn_instance_new(rig.code, &rig.opts, &rig.instance, &rig.diag));
    rig_call(&rig, "go", &call);
    call.slots[0].u64 = 8;
    RIG_OK(&rig, tvn_call_run(&call, &rig.diag));
    TVN_ASSERT(call.slots[0].u64 == 1 + (1u << 16));
    call.slots[0].u64 = 65536 - 16 * 8;
    TVN_ASSERT(tvn_call_run(&call, &rig.diag) == TVN_EABI);
    rig_close(&rig);
}

int
main(void)
{
    test_a_record_goes_out_and_an_option_comes_back();
    test_a_call_of_an_import_allocates_nothing();
    test_what_goes_wrong_around_a_host_function();
    test_a_host_function_may_kill();
    test_an_import_without_a_host_function_is_named();
    test_imports_are_called_in_start_and_call_but_not_in_post_return();
    test_imports_are_not_called_in_realloc();
    test_many_parameters_come_through_memory();
    return 0;
}
