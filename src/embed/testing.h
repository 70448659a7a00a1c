/* testing.h -- for the library's tests: an instance of a text, and calls whose
 * outcome is known.  From outside: the library's header alone. */
#ifndef TVN_EMBED_TESTING_H
#define TVN_EMBED_TESTING_H

#include "base/assert.h"
#include "base/mem.h"

#include <string.h>
#include <torvyn/component.h>

struct world {
    struct tvc_engine *engine;
    struct tvc_component *component;
    struct tvc_instance *instance;
    struct tvc_error error;
};

#define OK(world, call)                                                        \
    do {                                                                       \
        int ok_code = (call);                                                  \
        if (ok_code != 0) {                                                    \
            (void)fprintf(stderr, "%s\n", (world)->error.text);                \
        }                                                                      \
        TVN_ASSERT(ok_code == 0);                                              \
    } while (0)

static inline void
load(struct world *world, const char *text)
{
    *world = (struct world){.engine = NULL};
    OK(world, tvc_engine_new(NULL, &world->engine, &world->error));
    OK(world, tvc_component_new(world->engine, text, strlen(text), "test.wat",
                  &world->component, &world->error));
}

static inline void
start(
    struct world *world, const char *text, const struct tvc_instance_opts *opts)
{
    load(world, text);
    OK(world, tvc_instance_new(
                  world->component, opts, &world->instance, &world->error));
}

static inline void
stop(struct world *world)
{
    tvc_instance_free(world->instance);
    tvc_component_free(world->component);
    tvc_engine_free(world->engine);
    TVN_ASSERT(tvn_mem_live() == 0);
}

/* Is the result that text? */
static inline void
check(
    struct world *world, const char *func, const char *args, const char *wanted)
{
    const char *result = NULL;

    OK(world, tvc_call(world->instance, func, args, &result, &world->error));
    if (strcmp(result, wanted) != 0) {
        (void)fprintf(stderr, "%s%s is %s\n", func, args, result);
    }
    TVN_ASSERT(strcmp(result, wanted) == 0);
}

/* Does it fail with that code, and say so? */
static inline void
check_fails(struct world *world, const char *func, const char *args, int code,
    const char *words)
{
    const char *result = "untouched";
    int got = tvc_call(world->instance, func, args, &result, &world->error);

    if (got != code || strstr(world->error.text, words) == NULL) {
        (void)fprintf(stderr, "%s%s: %d: %s\n", func, args == NULL ? "" : args,
            got, world->error.text);
    }
    TVN_ASSERT(got == code && world->error.code == code);
    TVN_ASSERT(strstr(world->error.text, words) != NULL);
    TVN_ASSERT(strcmp(result, "untouched") == 0);
}

#endif
