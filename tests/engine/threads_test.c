/* threads_test.c -- one engine and one code, an instance a thread. */
#include "engine/rig.h"

#include <pthread.h>

#define THREADS 4
#define CALLS   20000u

#define TEXT                                                                   \
    "(component"                                                               \
    "  (core module $M (memory (export \"memory\") 1)"                         \
    "    (func (export \"count\") (result i32)"                                \
    "      (i32.store (i32.const 8)"                                           \
    "        (i32.add (i32.load (i32.const 8)) (i32.const 1)))"                \
    "      (i32.load (i32.const 8)))"                                          \
    "    (func (export \"spin\") (loop (br 0))))"                              \
    "  (core instance $m (instantiate $M))"                                    \
    "  (func (export \"count\") (result u32)"                                  \
    "    (canon lift (core func $m \"count\")))"                               \
    "  (func (export \"spin\") (canon lift (core func $m \"spin\"))))"

struct worker {
    const struct rig *rig;
    uint64_t deadline_ns;
    uint32_t count;
    tvn_err err;
    pthread_t thread;
};

static void *
work(void *self)
{
    struct worker *worker = self;
    struct rig rig = *worker->rig; /* its own instance and diag */

    RIG_OK(
        &rig, tvn_instance_new(rig.code, &rig.opts, &rig.instance, &rig.diag));
    for (uint32_t i = 0; i < CALLS; i++) {
        worker->count = rig_number(&rig, "count");
    }
    tvn_instance_set_deadline(rig.instance, worker->deadline_ns);
    worker->err = rig_run(&rig, "spin");
    tvn_instance_free(rig.instance);
    tvn_diag_fini(&rig.diag);
    return NULL;
}

static void
test_threads_share_an_engine_and_its_deadlines(void)
{
    struct worker workers[THREADS];
    struct rig rig;

    rig_compile(&rig, TEXT, NULL);
    rig.opts.pool = NULL; /* a pool belongs to one thread */
    for (uint32_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){
            .rig = &rig, .deadline_ns = (10 + 10 * i) * UINT64_C(1000000)};
        TVN_ASSERT(
            pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        TVN_ASSERT(pthread_join(workers[i].thread, NULL) == 0);
        TVN_ASSERT(workers[i].count == CALLS);
        TVN_ASSERT(workers[i].err == TVN_EDEADLINE);
    }
    rig_close(&rig);
}

int
main(void)
{
    test_threads_share_an_engine_and_its_deadlines();
    return 0;
}
