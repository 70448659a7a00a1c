/* debug_test.c -- sdk/c/torvyn.c as `torvyn build --debug` has it: memory of a
 * call that is done is 0xDD, and the next call's lies elsewhere. */
#include "base/assert.h"

/* It is written for clang and wasm32. */
#pragma GCC diagnostic ignored "-Wattributes"
#define TORVYN_DEBUG
#include "../../sdk/c/torvyn.c"

unsigned char __heap_base;

void
torvyn_log_write(unsigned level, const char *ptr, size_t len)
{
    TVN_ASSERT(level + len == 0 && ptr == NULL); /* nothing logs here */
}

static bool
is_filled(const char *ptr, size_t size, char with)
{
    for (size_t i = 0; i < size; i++) {
        if (ptr[i] != with) {
            return false;
        }
    }
    return true;
}

static char *
filled(size_t size, char with)
{
    return memset(cabi_realloc(NULL, 0, 1, size), with, size);
}

static void
test_memory_of_the_call_before_is_poisoned(void)
{
    for (uint32_t round = 0; round < 5; round++) {
        char *small = filled(1000, 's');
        char *second = filled(100, 'S');
        char *large = filled(100000, 'l'); /* a chunk of its own */
        char *more = filled(50000, 'm');   /* and another */

        torvyn_enter();
        TVN_ASSERT(is_filled(small, 1000, 's') && is_filled(second, 100, 'S'));
        TVN_ASSERT(is_filled(large, 100000, 'l'));
        torvyn_leave();
        TVN_ASSERT(is_filled(large, 100000, 'l')); /* the host reads it now */
        torvyn_enter();
        TVN_ASSERT(is_filled(small, 1000, (char)0xDD));
        TVN_ASSERT(is_filled(second, 100, (char)0xDD));
        TVN_ASSERT(is_filled(large, 100000, (char)0xDD));
        TVN_ASSERT(is_filled(more, 50000, (char)0xDD));
        torvyn_leave();
    }
}

/* Or the new event's bytes would stand where a kept pointer points. */
static void
test_the_next_calls_memory_lies_elsewhere(void)
{
    for (uint32_t round = 0; round < 10; round++) {
        size_t size = round % 2 == 0 ? 30000 : 200000;
        char *before = filled(size, 'b');
        char *now;

        torvyn_leave();
        now = filled(size, 'n');
        TVN_ASSERT(is_filled(before, size, (char)0xDD));
        TVN_ASSERT(is_filled(now, size, 'n'));
        torvyn_leave();
    }
}

static void
test_what_is_sealed_is_not_poisoned(void)
{
    char *config;

    torvyn_enter();
    torvyn_leave();
    config = filled(5000, 'c');
    torvyn_seal();
    torvyn_leave();
    for (uint32_t round = 0; round < 5; round++) {
        char *event = filled(90000, 'e');

        torvyn_leave();
        torvyn_enter();
        TVN_ASSERT(is_filled(event, 90000, (char)0xDD));
        TVN_ASSERT(is_filled(config, 5000, 'c'));
        torvyn_leave();
    }
}

int
main(void)
{
    test_memory_of_the_call_before_is_poisoned();
    test_the_next_calls_memory_lies_elsewhere();
    test_what_is_sealed_is_not_poisoned();
    return 0;
}
