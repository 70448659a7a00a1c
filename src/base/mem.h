/* mem.h -- the only place that calls malloc.
 *
 * A free states the size it frees, so the live total is exact, costs nothing
 * per block, and a test can end with `tvn_mem_live() == 0`.  A test can also
 * ask for the n-th allocation to fail, which is how every out-of-memory path
 * gets run (loop n upward until the operation succeeds).
 *
 * Threads: any.  Memory may be freed by another thread than its maker's. */
#ifndef TVN_BASE_MEM_H
#define TVN_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

/* `count` zeroed items of `size` bytes each; NULL when memory is out or the
 * product does not fit.  Neither argument may be 0. */
void *tvn_mem_new(size_t count, size_t size);

/* Same `count` and `size` as at birth.  NULL is allowed and does nothing. */
void tvn_mem_free(void *ptr, size_t count, size_t size);

/* `size` bytes at a multiple of `align` (a power of two), not zeroed; NULL
 * when memory is out.  Freed with tvn_mem_free(ptr, 1, size). */
void *tvn_mem_new_aligned(size_t align, size_t size);

/* Moves a block of `old_count` items to `new_count` items of `size` bytes;
 * what is new is zero.  NULL when memory is out, then the old block stands.
 * A NULL `ptr` with old_count 0 is tvn_mem_new. */
void *tvn_mem_resize(
    void *ptr, size_t old_count, size_t new_count, size_t size);

/* Bytes allocated and not yet freed, over all threads. */
uint64_t tvn_mem_live(void);

/* Tests only: let `n` more allocations through, fail the next; <0: never. */
void tvn_mem_fail_after(int64_t n);

#endif
