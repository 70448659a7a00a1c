/* random_test.c -- a guest that does whatever it is told, told at random.
 *
 *     random_test [SEED [STEPS]]
 *
 * parts/any.wat calls any function of the host, and of a component beside
 * it, with any three numbers, out of a memory of any content, with a realloc
 * that returns any number; and it returns any number as any type.  Numbers
 * are chosen near what is allowed, so that about half of it is.  Whatever
 * comes of it is a value, TVN_EABI or TVN_ETRAP; no resource is lost. */
#include "base/mem.h"
#include "base/rng.h"
#include "hostile/round.h"
#include "support/call.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define STEPS   4000u
#define EXPORTS 64u

struct random {
    struct tvn_rng rng;
    struct round round;
    const struct tvn_plan *lifts[EXPORTS]; /* NULL: no result */
    unsigned returned, refused;
};

static uint32_t
number(struct tvn_rng *rng)
{
    uint32_t any = (uint32_t)tvn_rng_next(rng);

    switch (tvn_rng_below(rng, 8)) {
    case 0:
        return any;
    case 1:
        return 65536 + 8 - any % 80;
    case 2:
        return UINT32_MAX - any % 80;
    case 3:
        return UINT32_C(1) << any % 32;
    case 4:
    case 5:
        return any % 512 * 4;
    default:
        return any % 8;
    }
}

/* The owns of a result that has been lifted, and whose call is finished. */
static void
take_owns(struct random *random, const struct tvn_type *type,
    const struct tvn_image *image)
{
    const uint8_t *data = image->data;
    uint32_t count = 1;
    uint32_t at = 0;

    if (type->kind == TVN_KIND_LIST && type->has_handle) {
        at = host_word(data, 0);
        count = host_word(data, 4);
    } else if (!type->has_handle) {
        count = 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        TVN_ASSERT(
            host_is_out(random->round.host, host_word(data, at + 4 * i)));
        host_drop(random->round.host, host_word(data, at + 4 * i));
    }
}

static tvn_err
one_call(struct random *random, uint32_t which)
{
    struct round *round = &random->round;
    const struct tvn_extern *func = &round->component->exports[which];
    const struct tvn_type *type = func->func->result;
    struct tvn_image *image = NULL;
    struct tvn_call call;
    tvn_err err =
        tvn_call_init(&call, round->instance, func->index, &round->diag);

    TVN_ASSERT(err == TVN_OK);
    for (uint32_t i = 0; i < 3; i++) {
        call.slots[i].u64 = number(&random->rng);
    }
    err = tvn_call_run(&call, &round->diag);
    if (err == TVN_OK && type != NULL) {
        err = call_lift(
            &call, random->lifts[which], &round->builder, &image, &round->diag);
    }
    if (err == TVN_OK) {
        err = tvn_call_finish(&call, &round->diag);
    }
    if (err == TVN_OK && image != NULL) {
        TVN_ASSERT(tvn_value_equal(type, image->data, 0, image->data, 0));
        take_owns(random, type, image);
    }
    tvn_image_unref(image);
    return err;
}

/* The guest is gone: nothing that it had is out. */
static void
end_instance(struct random *random)
{
    tvn_instance_kill(random->round.instance);
    round_stop(&random->round);
    round_check_ledger(random->round.host);
    host_reset(random->round.host);
    tvn_diag_fini(&random->round.diag);
}

static void
run_steps(struct random *random, unsigned steps)
{
    struct round *round = &random->round;
    uint32_t count = round->component->export_count;

    TVN_ASSERT(count <= EXPORTS);
    for (uint32_t i = 0; i < count; i++) {
        const struct tvn_type *type = round->component->exports[i].func->result;

        TVN_ASSERT(type == NULL || tvn_plan_lift(&round->arena, type,
                                       &random->lifts[i]) == TVN_OK);
    }
    for (unsigned i = 0; i < steps; i++) {
        tvn_err err;

        if (round->instance == NULL) {
            TVN_ASSERT(round_start(round, 0) == TVN_OK);
        }
        err = one_call(random, (uint32_t)tvn_rng_below(&random->rng, count));
        TVN_ASSERT(err == TVN_OK || err == TVN_EABI || err == TVN_ETRAP ||
                   err == TVN_ETOOBIG);
        TVN_ASSERT((round->diag.errors == 0) == (err == TVN_OK));
        random->returned += err == TVN_OK;
        random->refused += err != TVN_OK;
        if (err != TVN_OK) {
            end_instance(random);
        }
    }
    if (round->instance != NULL) {
        end_instance(random);
    }
}

int
main(int argc, char **argv)
{
    static const char *const encodings[] = {
        "", "string-encoding=utf16", "string-encoding=latin1+utf16"};
    static struct host host;
    const struct tvn_engine_opts opts = {.cache_dir = NULL};
    const char *given = argc > 1 ? argv[1] : getenv("TVN_SEED");
    unsigned steps = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : STEPS;
    struct random random = {.rng = {given == NULL ? (uint64_t)time(NULL)
                                                  : strtoull(given, NULL, 10)}};
    struct tvn_engine *engine = NULL;

    printf("TVN_SEED=%llu\n", (unsigned long long)random.rng.state);
    (void)fflush(stdout);
    (void)alarm(280);
    TVN_ASSERT(tvn_engine_new(&opts, &engine, NULL) == TVN_OK);
    for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
        random.round = (struct round){.engine = engine, .host = &host};
        if (round_load(&random.round, "tests/hostile/parts/any.wat",
                encodings[i]) != TVN_OK) {
            fprintf(stderr, "%s\n", random.round.diag.first->text);
            abort();
        }
        run_steps(&random, steps);
        round_finish(&random.round);
    }
    tvn_engine_free(engine);
    printf("%u calls returned, %u were refused\n", random.returned,
        random.refused);
    TVN_ASSERT(steps < STEPS ||
               (random.returned > steps / 4 && random.refused > steps / 4));
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
