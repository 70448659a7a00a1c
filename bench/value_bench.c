/* value_bench.c -- what values cost: lift, lower, convert, compare, JSON.
 *
 *     value_bench [rounds]      the fastest of 40 runs each, in ns a call
 *
 * The guest is pretended: its realloc is a bump pointer, so the figures are
 * the host's share alone. */
#include "base/clock.h"
#include "value/jsoncodec.h"
#include "value/plan.h"
#include "value/testing.h"
#include "value/testing_guest.h"

#include <stdio.h>
#include <stdlib.h>

#define RUNS 40

struct world {
    struct tvn_types *types;
    struct tvn_pool *pool;
    struct tvn_builder builder;
    struct tvn_testing_guest guest;
    struct tvn_arena arena;
    uint32_t rounds;
};

struct json;

struct job {
    const char *name;
    const struct tvn_plan *lower;
    const struct tvn_plan *lift;
    const struct tvn_image *image;
    uint32_t ptr; /* of a value in the guest */
    struct json *json;
};

static const char departure[] =
    "record { id: u64, time: u64, carrier: string, origin: string, "
    "dest: string, dep-delay: option<s32>, distance: u32 }";
static const char brief[] =
    "record { id: u64, dep-delay: option<s32>, distance: u32 }";

/* ------------------------------------------------------------------------
 * One call of each kind. */

static void
run_flat(struct world *world, const struct job *job)
{
    union tvn_slot slots[TVN_FLAT_PARAMS_MAX];
    uint64_t bytes = 0;

    world->guest.next = 1024;
    TVN_ASSERT(tvn_lower_flat(job->lower, job->image->data, 0,
                   &world->guest.memory, slots, &bytes, NULL) == TVN_OK);
    __asm__ volatile("" : : "r"(slots) : "memory");
}

static void
run_store(struct world *world, const struct job *job)
{
    uint64_t bytes = 0;

    world->guest.next = 1024;
    TVN_ASSERT(tvn_lower_store(job->lower, job->image->data, 0,
                   &world->guest.memory, 64, &bytes, NULL) == TVN_OK);
}

static void
run_lift(struct world *world, const struct job *job)
{
    uint64_t bytes = 0;

    TVN_ASSERT(tvn_builder_begin(&world->builder, job->image->type) == TVN_OK);
    TVN_ASSERT(tvn_lift_load(job->lift, &world->guest.memory, job->ptr,
                   &world->builder, 0, &bytes, NULL) == TVN_OK);
}

static void
run_lift_and_finish(struct world *world, const struct job *job)
{
    struct tvn_image *image = NULL;

    run_lift(world, job);
    TVN_ASSERT(tvn_builder_finish(&world->builder, &image) == TVN_OK);
    tvn_image_unref(image);
}

static void
run_convert(struct world *world, const struct job *job)
{
    uint64_t bytes = 0;

    TVN_ASSERT(tvn_builder_begin(&world->builder, tvn_plan_type(job->lower)) ==
               TVN_OK);
    TVN_ASSERT(tvn_plan_convert(job->lower, job->image->data, 0,
                   &world->builder, 0, &bytes) == TVN_OK);
}

static void
run_equal(struct world *world, const struct job *job)
{
    (void)world;
    TVN_ASSERT(tvn_value_equal(
        job->image->type, job->image->data, 0, job->image->data, 0));
}

static void
run_bytes(struct world *world, const struct job *job)
{
    (void)world;
    TVN_ASSERT(tvn_value_bytes(job->image->type, job->image->data, 0) > 0);
}

/* ------------------------------------------------------------------------
 * JSON. */

static const char flight_json[] =
    "{\"id\":1,\"time\":1357034400000000000,\"carrier\":\"UA\","
    "\"origin\":\"EWR\",\"dest\":\"IAH\",\"dep_delay\":2,\"distance\":1400}";
static const char spaced_json[] =
    "{\"id\": 1, \"time\": 1357034400000000000, \"carrier\": \"UA\", "
    "\"origin\": \"EWR\", \"dest\": \"IAH\", \"dep_delay\": 2, "
    "\"distance\": 1400, \"tailnum\": \"N14228\"}\r";

struct json {
    struct tvn_jsoncodec *codec;
    struct tvn_buf out;
    const char *text;
    size_t len;
};

static void
run_json_read(struct world *world, const struct job *job)
{
    struct tvn_image *image = NULL;
    struct tvn_json_fault fault;
    uint64_t bytes = 0;

    TVN_ASSERT(
        tvn_jsoncodec_read(job->json->codec, job->json->text, job->json->len,
            &world->builder, &image, &bytes, &fault) == TVN_OK);
    tvn_image_unref(image);
}

static void
run_json_write(struct world *world, const struct job *job)
{
    uint64_t bytes = 0;

    (void)world;
    tvn_buf_clear(&job->json->out);
    TVN_ASSERT(tvn_jsoncodec_write(job->json->codec, job->image->data, 0,
                   &job->json->out, &bytes, NULL) == TVN_OK);
}

/* ------------------------------------------------------------------------
 * Setting up and measuring. */

static void
measure(struct world *world, const struct job *job, const char *what,
    void (*run)(struct world *world, const struct job *job))
{
    double best = 0;

    for (int i = 0; i < RUNS; i++) {
        uint64_t start = tvn_clock_monotonic_ns();
        double ns;

        for (uint32_t k = 0; k < world->rounds; k++) {
            run(world, job);
        }
        ns = (double)(tvn_clock_monotonic_ns() - start) / world->rounds;
        best = i == 0 || ns < best ? ns : best;
    }
    printf("%-26s %-22s %8.1f ns\n", job->name, what, best);
}

static void
put_string(struct world *world, uint32_t at, const char *text)
{
    uint32_t len = (uint32_t)strlen(text);
    uint32_t offset = 0;

    TVN_ASSERT(tvn_builder_alloc(&world->builder, len, 1, &offset) == TVN_OK);
    memcpy(world->builder.data + offset, text, len);
    memcpy(world->builder.data + at, &offset, 4);
    memcpy(world->builder.data + at + 4, &len, 4);
}

/* Flights as they are: short codes, a name, some delay. */
static void
put_flight(struct world *world, bool is_enriched)
{
    static const uint64_t id = 4711;
    static const int32_t delay[] = {1, 33};

    put_string(world, 16, "UA");
    put_string(world, 24, "EWR");
    put_string(world, 32, "IAH");
    memcpy(world->builder.data, &id, sizeof(id));
    memcpy(world->builder.data + 40, delay, sizeof(delay));
    if (is_enriched) {
        put_string(world, 56, "United Air Lines Inc.");
        world->builder.data[64] = 1;
        world->builder.data[65] = 1;
    }
}

static struct tvn_image *
make_image(struct world *world, const struct tvn_type *type)
{
    struct tvn_image *image = NULL;
    struct tvn_rng rng = {11};

    TVN_ASSERT(tvn_builder_begin(&world->builder, type) == TVN_OK);
    if (type->kind == TVN_KIND_RECORD) {
        put_flight(world, type->size > 56);
    } else {
        tvn_testing_fill(&world->builder, type, 0, &rng);
    }
    TVN_ASSERT(tvn_builder_finish(&world->builder, &image) == TVN_OK);
    return image;
}

/* A value of `from`, read as `to`; also put in the guest. */
static struct job
prepare(struct world *world, const char *name, const char *from, const char *to)
{
    const struct tvn_type *a = tvn_testing_parse(world->types, from);
    const struct tvn_type *b = tvn_testing_parse(world->types, to);
    const struct tvn_plan *whole = NULL;
    struct job job = {.name = name};
    uint64_t bytes = 0;

    job.image = make_image(world, a);
    TVN_ASSERT(tvn_plan_lower(&world->arena, a, b, &job.lower) == TVN_OK &&
               tvn_plan_lower(&world->arena, a, a, &whole) == TVN_OK &&
               tvn_plan_lift(&world->arena, a, &job.lift) == TVN_OK);
    /* in the guest's upper half, where the runs do not write */
    world->guest.next = 1u << 20;
    TVN_ASSERT(tvn_testing_realloc(&world->guest.memory, a->align, a->size,
                   &job.ptr) == TVN_OK &&
               tvn_lower_store(whole, job.image->data, 0, &world->guest.memory,
                   job.ptr, &bytes, NULL) == TVN_OK);
    printf("%s: %u bytes as %u, %llu in all\n", name, (unsigned)a->size,
        (unsigned)b->size, (unsigned long long)bytes);
    return job;
}

static void
bench(struct world *world)
{
    char enriched[512];
    struct job job;

    (void)snprintf(enriched, sizeof(enriched),
        "record { flight: %s, airline: string, kind: enum { major, regional, "
        "other }, late: bool }",
        departure);
    job = prepare(world, "departure as brief", departure, brief);
    measure(world, &job, "lower flat", run_flat);
    measure(world, &job, "lower to memory", run_store);
    measure(world, &job, "convert", run_convert);
    tvn_image_unref((void *)(uintptr_t)job.image);

    job = prepare(world, "departure", departure, departure);
    measure(world, &job, "lower flat", run_flat);
    measure(world, &job, "lower to memory", run_store);
    measure(world, &job, "lift", run_lift);
    measure(world, &job, "lift and finish", run_lift_and_finish);
    measure(world, &job, "convert", run_convert);
    tvn_image_unref((void *)(uintptr_t)job.image);

    job = prepare(world, "enriched", enriched, enriched);
    measure(world, &job, "lower flat", run_flat);
    measure(world, &job, "lower to memory", run_store);
    measure(world, &job, "lift", run_lift);
    measure(world, &job, "lift and finish", run_lift_and_finish);
    measure(world, &job, "equal", run_equal);
    measure(world, &job, "bytes", run_bytes);
    tvn_image_unref((void *)(uintptr_t)job.image);

    job = prepare(world, "64 x { u64, option<s32> }",
        "tuple<list<record { a: u64, b: option<s32> }>>",
        "tuple<list<record { a: u64, b: option<s32> }>>");
    measure(world, &job, "lower flat", run_flat);
    measure(world, &job, "lift", run_lift);
    tvn_image_unref((void *)(uintptr_t)job.image);
}

static void
bench_json(struct world *world)
{
    struct json json = {.text = flight_json, .len = sizeof(flight_json) - 1};
    struct job job = {.name = "departure, as JSON", .json = &json};
    const struct tvn_type *type = tvn_testing_parse(world->types, departure);
    struct tvn_image *image = NULL;
    uint64_t bytes = 0;

    TVN_ASSERT(tvn_jsoncodec_new(type, NULL, &json.codec, NULL) == TVN_OK);
    TVN_ASSERT(tvn_jsoncodec_read(json.codec, json.text, json.len,
                   &world->builder, &image, &bytes, NULL) == TVN_OK);
    job.image = image;
    printf("%s: %zu bytes of text, %llu in all\n", job.name, json.len,
        (unsigned long long)bytes);
    measure(world, &job, "read", run_json_read);
    measure(world, &job, "write", run_json_write);
    TVN_ASSERT(json.out.len == json.len &&
               memcmp(json.out.ptr, json.text, json.len) == 0);
    job.name = "with blanks, one unknown";
    json.text = spaced_json;
    json.len = sizeof(spaced_json) - 1;
    measure(world, &job, "read", run_json_read);
    tvn_image_unref(image);
    tvn_buf_fini(&json.out);
    tvn_jsoncodec_free(json.codec);
}

int
main(int argc, char **argv)
{
    struct world world = {.rounds = 50000};

    if (argc > 1) {
        world.rounds = (uint32_t)strtoul(argv[1], NULL, 10);
    }
    world.types = tvn_types_new();
    world.pool = tvn_pool_new(1u << 20, 1u << 20);
    TVN_ASSERT(world.types != NULL && world.pool != NULL && world.rounds > 0);
    tvn_builder_init(&world.builder, world.pool);
    tvn_testing_guest_init(&world.guest, 1u << 21);
    bench(&world);
    bench_json(&world);
    tvn_testing_guest_fini(&world.guest);
    tvn_builder_fini(&world.builder);
    tvn_pool_free(world.pool);
    tvn_arena_fini(&world.arena);
    tvn_types_free(world.types);
    return 0;
}
