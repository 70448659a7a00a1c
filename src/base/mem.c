/* mem.c -- counting wrapper round the C allocator. */
#include "base/mem.h"

#include "base/assert.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static _Atomic uint64_t live;
static _Atomic int64_t fail_after = -1;

static bool
must_fail(void)
{
    return fail_after >= 0 && fail_after-- == 0;
}

void *
tvn_mem_new(size_t count, size_t size)
{
    void *ptr;

    TVN_ASSERT(count > 0);
    TVN_ASSERT(size > 0);
    if (count > SIZE_MAX / size || must_fail()) {
        return NULL;
    }
    ptr = calloc(count, size);
    if (ptr != NULL) {
        live += count * size;
    }
    return ptr;
}

void
tvn_mem_free(void *ptr, size_t count, size_t size)
{
    if (ptr == NULL) {
        return;
    }
    TVN_ASSERT(live >= count * size);
    live -= count * size;
    free(ptr);
}

void *
tvn_mem_new_aligned(size_t align, size_t size)
{
    void *ptr;

    TVN_ASSERT(align >= sizeof(void *) && (align & (align - 1)) == 0);
    TVN_ASSERT(size > 0);
    if (must_fail() || posix_memalign(&ptr, align, size) != 0) {
        return NULL;
    }
    live += size;
    return ptr;
}

void *
tvn_mem_resize(void *ptr, size_t old_count, size_t new_count, size_t size)
{
    void *grown;

    if (ptr == NULL) {
        return tvn_mem_new(new_count, size);
    }
    TVN_ASSERT(new_count > 0);
    TVN_ASSERT(size > 0);
    if (new_count > SIZE_MAX / size || must_fail()) {
        return NULL;
    }
    grown = realloc(ptr, new_count * size);
    if (grown == NULL) {
        return NULL;
    }
    live += new_count * size;
    live -= old_count * size;
    if (new_count > old_count) {
        memset((char *)grown + old_count * size, 0,
            (new_count - old_count) * size);
    }
    return grown;
}

uint64_t
tvn_mem_live(void)
{
    return live;
}

void
tvn_mem_fail_after(int64_t n)
{
    fail_after = n;
}
