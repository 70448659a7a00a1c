/* str.c -- edit distance, hashing and UTF-8; see str.h. */
#include "base/str.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#define WORD_MAX 64u

static size_t
min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

bool
tvn_str_contains(struct tvn_str text, struct tvn_str part)
{
    for (size_t i = 0; i + part.len <= text.len; i++) {
        if (part.len == 0 || memcmp(text.ptr + i, part.ptr, part.len) == 0) {
            return true;
        }
    }
    return part.len == 0;
}

size_t
tvn_str_distance(struct tvn_str a, struct tvn_str b)
{
    /* Three rows of the dynamic program: swaps look two rows back. */
    size_t rows[3][WORD_MAX + 1];

    if (a.len > WORD_MAX || b.len > WORD_MAX) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= b.len; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        const size_t *above2 = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = a.ptr[i - 1] == b.ptr[j - 1];

            row[j] = min_size(above[j] + 1, row[j - 1] + 1);
            row[j] = min_size(row[j], above[j - 1] + (same ? 0u : 1u));
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
                a.ptr[i - 2] == b.ptr[j - 1]) {
                row[j] = min_size(row[j], above2[j - 2] + 1);
            }
        }
    }
    return rows[a.len % 3][b.len];
}

int
tvn_str_suggest(
    struct tvn_str word, const struct tvn_str *candidates, size_t count)
{
    size_t best_distance = 3;
    int best = -1;

    for (size_t i = 0; i < count; i++) {
        size_t distance = tvn_str_distance(word, candidates[i]);

        if (distance < best_distance && distance < word.len) {
            best_distance = distance;
            best = (int)i;
        }
    }
    return best;
}

uint64_t
tvn_hash64(const void *ptr, size_t len)
{
    return XXH64(ptr, len, 0);
}

/* Length of the well-formed sequence at `p`, 0 when it is ill-formed.
 * Table 3-7 of the Unicode Standard. */
static size_t
sequence_len(const unsigned char *p, size_t left)
{
    unsigned char lead = p[0];
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    size_t len;

    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        len = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        len = 3;
        low = lead == 0xE0 ? 0xA0 : 0x80;
        high = lead == 0xED ? 0x9F : 0xBF;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        len = 4;
        low = lead == 0xF0 ? 0x90 : 0x80;
        high = lead == 0xF4 ? 0x8F : 0xBF;
    } else {
        return 0;
    }
    if (len > left || p[1] < low || p[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < len; i++) {
        if (p[i] < 0x80 || p[i] > 0xBF) {
            return 0;
        }
    }
    return len;
}

bool
tvn_utf8_valid(const void *ptr, size_t len, size_t *bad)
{
    const unsigned char *p = ptr;
    size_t i = 0;

    while (i < len) {
        uint64_t word;
        size_t step;

        /* Eight ASCII bytes at a time: what most strings are made of. */
        while (len - i >= sizeof(word)) {
            memcpy(&word, p + i, sizeof(word));
            if ((word & UINT64_C(0x8080808080808080)) != 0) {
                break;
            }
            i += sizeof(word);
        }
        if (i == len) {
            break;
        }
        step = sequence_len(p + i, len - i);
        if (step == 0) {
            if (bad != NULL) {
                *bad = i;
            }
            return false;
        }
        i += step;
    }
    return true;
}
