/* copy.h -- memcpy for the data path: short runs in line, long ones in pieces.
 *
 * Why: most copies here are 4 to 64 bytes, where the call costs more than the
 * copying; and glibc's memcpy turns to `rep movsb` at about 2 KiB, which on
 * some processors is 20 times slower when dst is a few bytes above src modulo
 * 4096.  Pieces of 1 KiB never get there. */
#ifndef TVN_VALUE_COPY_H
#define TVN_VALUE_COPY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define TVN__COPY_PIECE 1024u

static inline void
tvn__copy_long(uint8_t *dst, const uint8_t *src, size_t len)
{
    while (len > 2 * TVN__COPY_PIECE) {
        memcpy(dst, src, TVN__COPY_PIECE);
        dst += TVN__COPY_PIECE;
        src += TVN__COPY_PIECE;
        len -= TVN__COPY_PIECE;
    }
    memcpy(dst, src, len);
}

/* 16 to 32, 8 to 16 and 4 to 8 bytes as two halves that may overlap. */
#define TVN__COPY_HALVES(dst, src, len, half)                                  \
    do {                                                                       \
        uint8_t front[half];                                                   \
        uint8_t back[half];                                                    \
        memcpy(front, (src), half);                                            \
        memcpy(back, (src) + (len) - (half), half);                            \
        memcpy((dst), front, half);                                            \
        memcpy((dst) + (len) - (half), back, half);                            \
    } while (0)

/* dst and src must not overlap. */
static inline void
tvn__copy(uint8_t *dst, const uint8_t *src, size_t len)
{
    if (len > 32) {
        tvn__copy_long(dst, src, len);
    } else if (len >= 16) {
        TVN__COPY_HALVES(dst, src, len, 16);
    } else if (len >= 8) {
        TVN__COPY_HALVES(dst, src, len, 8);
    } else if (len >= 4) {
        TVN__COPY_HALVES(dst, src, len, 4);
    } else if (len > 0) {
        dst[0] = src[0];
        dst[len / 2] = src[len / 2];
        dst[len - 1] = src[len - 1];
    }
}

#endif
