/* hostile_test.c -- components that attack: each is refused in words, dies
 * alone and leaves nothing behind.
 *
 *     hostile_test [NAME...]     those guests; else all of guests.def
 *
 * A guest is decoded, compiled, made and called, all of it twice.  Then
 *
 *     what it came to is the row's error, and its words are there
 *     where a deadline ends it, little more time was used than that
 *     no function of the instance, no realloc of it, runs any more
 *     an instance of parts/good.wat, in the same engine, works
 *     each resource that the host handed out came back exactly once
 *     before it is freed, the host keeps less than LIVE_MAX for it; then
 *     memory and open files are what they were
 *
 * A row with TVN_OK is a guest that does what only looks wrong: it checks by
 * itself what the host made of it, traps when that is not right, and lives. */
#include "base/assert.h"
#include "base/mem.h"
#include "hostile/round.h"
#include "support/call.h"
#include "value/jsoncodec.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LATE_MS     150 /* beyond the deadline, of CPU time */
#define SECONDS_MAX 120 /* of one guest; then this program ends */
#define LIVE_MAX    (UINT64_C(64) << 20) /* what one makes the host keep */
#define SAID_MAX    16384 /* bytes of one diagnostic with its backtrace */

struct guest {
    const char *name; /* guests/NAME.wat */
    const char *call; /* an export */
    const char *args; /* NULL: none; JSON; "@": made by their types */
    tvn_err err;
    unsigned ms; /* deadline of each call, and of start; 0: ROUND_LONG_MS */
    const char *said;
};

#define GUEST(name, call, args, err, ms, said)                                 \
    {name, call, args, err, ms, said},
static const struct guest guests[] = {
#include "hostile/guests.def"
};
#undef GUEST
#define GUESTS (sizeof(guests) / sizeof(guests[0]))

/* ------------------------------------------------------------------------
 * Calls. */

static tvn_err
read_json(struct round *round, const struct tvn_type *tuple, const char *json,
    struct tvn_image **out)
{
    const struct tvn_jsoncodec_opts opts = {.names = TVN_JSON_KEBAB};
    struct tvn_jsoncodec *codec = NULL;
    uint64_t bytes = 0;
    tvn_err err = tvn_jsoncodec_new(tuple, &opts, &codec, &round->diag);

    TVN_ASSERT(err == TVN_OK);
    err = tvn_jsoncodec_read(
        codec, json, strlen(json), &round->builder, out, &bytes, NULL);
    tvn_jsoncodec_free(codec);
    return err;
}

/* A resource for each handle, HOST_TEXT for each string. */
static tvn_err
make_args(
    struct round *round, const struct tvn_type *tuple, struct tvn_image **out)
{
    struct tvn_builder *builder = &round->builder;
    tvn_err err = tvn_builder_begin(builder, tuple);

    for (uint32_t i = 0; err == TVN_OK && i < tuple->count; i++) {
        const struct tvn_member *member = &tuple->members[i];
        uint32_t words[2] = {0, sizeof(HOST_TEXT) - 1};

        if (member->type->kind == TVN_KIND_STRING) {
            err = tvn_builder_alloc(builder, words[1], 1, &words[0]);
            TVN_ASSERT(err == TVN_OK);
            memcpy(builder->data + words[0], HOST_TEXT, words[1]);
            memcpy(builder->data + member->offset, words, 8);
        } else {
            TVN_ASSERT(member->type->kind == TVN_KIND_OWN ||
                       member->type->kind == TVN_KIND_BORROW);
            TVN_ASSERT(round->kept_count < ROUND_KEPT_MAX);
            words[0] = host_make(round->host);
            round->kept[round->kept_count++] = words[0];
            memcpy(builder->data + member->offset, words, 4);
        }
    }
    return err == TVN_OK ? tvn_builder_finish(builder, out) : err;
}

/* From here on the owns are the guest's, and the borrows still the host's. */
static void
give_away(struct round *round, const struct tvn_type *tuple)
{
    uint32_t kept = 0;
    uint32_t made = 0;

    for (uint32_t i = 0; round->kept_count > 0 && i < tuple->count; i++) {
        enum tvn_kind kind = tuple->members[i].type->kind;

        if (kind == TVN_KIND_BORROW) {
            round->kept[kept++] = round->kept[made];
        }
        made += kind == TVN_KIND_OWN || kind == TVN_KIND_BORROW;
    }
    round->kept_count = kept;
}

static tvn_err
lower(struct round *round, const struct tvn_func_type *type, const char *args,
    struct tvn_call *call)
{
    struct tvn_image *image = NULL;
    tvn_err err;

    TVN_ASSERT((args == NULL) == (type->tuple == NULL));
    if (args == NULL) {
        return TVN_OK;
    }
    err = args[0] == '@' ? make_args(round, type->tuple, &image)
                         : read_json(round, type->tuple, args, &image);
    TVN_ASSERT(err == TVN_OK);
    err = call_lower(call, image, &round->arena, &round->diag);
    if (err == TVN_OK) {
        give_away(round, type->tuple);
    } else if (round->diag.first == NULL) { /* realloc has no diag */
        err = tvn_instance_tell(round->instance, &round->diag);
    }
    tvn_image_unref(image);
    return err;
}

static tvn_err
lift(struct round *round, const struct tvn_func_type *type,
    const struct tvn_call *call, struct tvn_image **out)
{
    const struct tvn_plan *plan = NULL;
    tvn_err err;

    if (type->result == NULL) {
        return TVN_OK;
    }
    err = tvn_plan_lift(&round->arena, type->result, &plan);
    TVN_ASSERT(err == TVN_OK);
    err = call_lift(call, plan, &round->builder, out, &round->diag);
    if (err == TVN_OK) { /* reads all of it */
        TVN_ASSERT(
            tvn_value_equal(type->result, (*out)->data, 0, (*out)->data, 0));
    }
    return err;
}

/* As a flow does it: what does not read as its type kills. */
static tvn_err
call(struct round *round, const char *name, const char *args)
{
    const struct tvn_extern *func = tvn_extern_find(round->component->exports,
        round->component->export_count, tvn_str_of(name));
    struct tvn_image *result = NULL;
    struct tvn_call call;
    tvn_err err;

    TVN_ASSERT(func != NULL && func->kind == TVN_EXTERN_FUNC);
    err = tvn_call_init(&call, round->instance, func->index, &round->diag);
    TVN_ASSERT(err == TVN_OK);
    err = lower(round, func->func, args, &call);
    if (err == TVN_OK) {
        err = tvn_call_run(&call, &round->diag);
    }
    if (err == TVN_OK) {
        err = lift(round, func->func, &call, &result);
    }
    if (err == TVN_OK) {
        err = tvn_call_finish(&call, &round->diag);
    }
    if (err == TVN_OK && result != NULL &&
        func->func->result->kind == TVN_KIND_OWN) {
        host_drop(round->host, host_word(result->data, 0));
    }
    tvn_image_unref(result);
    if (err != TVN_OK) {
        tvn_instance_kill(round->instance);
    }
    return err;
}

/* ------------------------------------------------------------------------
 * Afterwards. */

/* Nothing of it runs: not a function, not a realloc, not a post-return. */
static void
check_poisoned(struct round *round)
{
    const struct tvn_component *component = round->component;

    TVN_ASSERT(tvn_instance_is_dead(round->instance));
    for (uint32_t i = 0; i < component->export_count; i++) {
        struct tvn_call call;
        struct tvn_diag diag = {0};
        uint32_t ptr = 0;

        if (component->exports[i].kind != TVN_EXTERN_FUNC) {
            continue;
        }
        TVN_ASSERT(tvn_call_init(&call, round->instance,
                       component->exports[i].index, &diag) == TVN_OK);
        if (call.memory != NULL && component->exports[i].func->tuple != NULL &&
            component->exports[i].func->tuple->has_pointer) {
            TVN_ASSERT(
                call.memory->realloc(call.memory, 1, 1, &ptr) == TVN_ETRAP);
        }
        TVN_ASSERT(tvn_call_run(&call, &diag) == TVN_ETRAP);
        TVN_ASSERT(tvn_call_finish(&call, &diag) == TVN_ETRAP);
        TVN_ASSERT(diag.first != NULL &&
                   strstr(diag.first->text, "the instance is dead") != NULL);
        tvn_diag_fini(&diag);
    }
}

static void
show(const struct guest *guest, const struct tvn_diag *diag, tvn_err err)
{
    struct tvn_buf text = {0};

    tvn_diag_print(diag, &text);
    fprintf(stderr, "%s: E%04u, want E%04u and \"%s\"\n%s", guest->name,
        tvn_err_code(err), tvn_err_code(guest->err), guest->said,
        tvn_buf_text(&text));
    tvn_buf_fini(&text);
}

/* Nothing that a terminal would obey. */
static bool
is_plain(const struct tvn_buf *text)
{
    for (size_t i = 0; i < text->len; i++) {
        unsigned char byte = (unsigned char)text->ptr[i];

        if ((byte < 0x20 && byte != '\n') || byte == 0x7F) {
            return false;
        }
    }
    return tvn_utf8_valid(text->ptr, text->len, NULL);
}

static void
check_words(const struct guest *guest, const struct tvn_diag *diag, tvn_err err)
{
    struct tvn_buf text = {0};
    bool is_good;

    tvn_diag_print(diag, &text);
    is_good = err == guest->err &&
              strstr(tvn_buf_text(&text), guest->said) != NULL &&
              diag->errors == (err == TVN_OK ? 0u : 1u) &&
              text.len < SAID_MAX && is_plain(&text);
    tvn_buf_fini(&text);
    if (!is_good) {
        show(guest, diag, err);
    }
    TVN_ASSERT(is_good);
}

static unsigned
open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    unsigned count = 0;

    TVN_ASSERT(dir != NULL);
    while (readdir(dir) != NULL) {
        count++;
    }
    (void)closedir(dir);
    return count;
}

/* Of this thread alone: other programs run on the machine, too. */
static uint64_t
cpu_ms(void)
{
    struct timespec at;

    TVN_ASSERT(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at) == 0);
    return (uint64_t)at.tv_sec * 1000 + (uint64_t)at.tv_nsec / 1000000;
}

/* ------------------------------------------------------------------------
 * Rounds. */

static void
check_good(struct round *good)
{
    host_reset(good->host);
    TVN_ASSERT(round_start(good, 0) == TVN_OK);
    TVN_ASSERT(call(good, "run", "[\"hello\"]") == TVN_OK);
    TVN_ASSERT(!tvn_instance_is_dead(good->instance));
    TVN_ASSERT(good->host->ticks == 1 && good->host->made == 2);
    tvn_instance_free(good->instance);
    good->instance = NULL;
    tvn_arena_fini(&good->arena);
    good->arena = (struct tvn_arena){0};
    round_check_ledger(good->host);
}

/* Both instances are of one code: what the first leaves is the second's. */
static void
attack(const struct guest *guest, struct round *good)
{
    struct round round = {.engine = good->engine, .host = good->host};
    struct tvn_buf path = {0};
    uint64_t live = tvn_mem_live();
    tvn_err loaded;

    tvn_buf_printf(&path, "tests/hostile/guests/%s.wat", guest->name);
    loaded = round_load(&round, tvn_buf_text(&path), "");
    tvn_buf_fini(&path);
    for (int i = 0; i < 2; i++) {
        uint64_t begin = cpu_ms();
        tvn_err err = loaded;

        host_reset(round.host);
        if (err == TVN_OK) {
            err = round_start(&round, guest->ms);
        }
        if (err == TVN_OK) {
            err = call(&round, guest->call, guest->args);
        }
        TVN_ASSERT(guest->ms == 0 || cpu_ms() - begin < guest->ms + LATE_MS);
        check_words(guest, &round.diag, err);
        TVN_ASSERT(tvn_mem_live() - live < LIVE_MAX);
        if (round.instance != NULL && err != TVN_OK) {
            check_poisoned(&round);
        }
        if (i == 1) {
            break;
        }
        round_stop(&round);
        round_check_ledger(round.host);
        if (loaded == TVN_OK) {
            tvn_diag_fini(&round.diag);
        }
    }
    round_finish(&round);
    round_check_ledger(good->host);
}

static bool
is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(name, argv[i]) == 0) {
            return true;
        }
    }
    return argc == 1;
}

static void
run_guests(struct round *good, int argc, char **argv)
{
    for (size_t i = 0; i < GUESTS; i++) {
        uint64_t live = tvn_mem_live();
        unsigned files = open_files();

        if (!is_wanted(guests[i].name, argc, argv)) {
            continue;
        }
        printf("%s\n", guests[i].name);
        (void)fflush(stdout); /* the one that brings this program down, too */
        (void)alarm(SECONDS_MAX);
        attack(&guests[i], good);
        check_good(good);
        TVN_ASSERT(tvn_mem_live() == live);
        TVN_ASSERT(open_files() == files);
    }
    (void)alarm(0);
}

/* With the host's n-th allocation failing: no resource is lost, and the next
 * instance lives. */
static void
starve(const char *name, struct round *good)
{
    struct round round = {.engine = good->engine, .host = good->host};
    uint64_t live = tvn_mem_live();
    struct tvn_buf path = {0};
    bool is_enough = false;

    tvn_buf_printf(&path, "tests/hostile/guests/%s.wat", name);
    TVN_ASSERT(round_load(&round, tvn_buf_text(&path), "") == TVN_OK);
    tvn_buf_fini(&path);
    printf("%s, without memory\n", name);
    (void)fflush(stdout);
    for (int64_t n = 0; !is_enough; n++) {
        tvn_err err;

        host_reset(round.host);
        TVN_ASSERT(round_start(&round, 0) == TVN_OK);
        tvn_mem_fail_after(n);
        err = call(&round, "run", NULL);
        tvn_mem_fail_after(-1);
        is_enough = err == TVN_OK;
        TVN_ASSERT(is_enough || tvn_instance_is_dead(round.instance));
        TVN_ASSERT(n < 1000);
        round_stop(&round);
        tvn_diag_fini(&round.diag);
        round_check_ledger(round.host);
    }
    round_finish(&round);
    TVN_ASSERT(tvn_mem_live() == live);
}

static void
test_memory_runs_out_at_every_place(struct round *good)
{
    static const char *const names[] = {"callee-honest", "maker-honest",
        "pair-honest", "handles-honest", "lent-twice", "owns-cross"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        starve(names[i], good);
    }
}

/* Each file is a row, each row has its own file. */
static void
check_table(void)
{
    DIR *dir = opendir("tests/hostile/guests");
    const struct dirent *entry;
    size_t files = 0;

    TVN_ASSERT(dir != NULL);
    while ((entry = readdir(dir)) != NULL) {
        files += strstr(entry->d_name, ".wat") != NULL;
    }
    (void)closedir(dir);
    TVN_ASSERT(files == GUESTS);
    for (size_t i = 0; i < GUESTS; i++) {
        for (size_t k = 0; k < i; k++) {
            TVN_ASSERT(strcmp(guests[i].name, guests[k].name) != 0);
        }
    }
}

int
main(int argc, char **argv)
{
    static struct host host;
    const struct tvn_engine_opts opts = {.cache_dir = NULL};
    struct round good = {.host = &host};

    check_table();
    TVN_ASSERT(tvn_engine_new(&opts, &good.engine, &good.diag) == TVN_OK);
    TVN_ASSERT(round_load(&good, "tests/hostile/parts/good.wat", "") == TVN_OK);
    check_good(&good);
    check_good(&good);
    run_guests(&good, argc, argv);
    if (argc == 1) {
        test_memory_runs_out_at_every_place(&good);
    }
    round_finish(&good);
    tvn_engine_free(good.engine);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
