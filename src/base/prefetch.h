/* prefetch.h -- a cache line, asked for before it is written.
 *
 * __builtin_prefetch for writing is one for reading on plain x86-64, which is
 * no help with a line that another processor has read: the store would still
 * wait for it.  Every x86-64 processor takes the instruction, if only as one
 * that does nothing.
 *
 * Threads: any. */
#ifndef TVN_BASE_PREFETCH_H
#define TVN_BASE_PREFETCH_H

static inline void
tvn_prefetch_to_write(const void *line)
{
#if defined(__x86_64__)
    __asm__ volatile("prefetchw %0" : : "m"(*(const char *)line));
#else
    __builtin_prefetch(line, 1);
#endif
}

#endif
