/* copies.h -- the copy ledger of one stage: how often bytes were copied, how
 * many, and why.
 *
 * Bytes are the canonical memory size of the value handed over plus its
 * out-of-line bytes, whether it went flat or through memory; CONNECTOR counts
 * bytes read or written, newlines included; CONTROL is everything that is no
 * event (meta, verdicts, faults, answers of tables and of the host's own
 * functions) and is reported apart.
 *
 * Threads: the one that runs the stage. */
#ifndef TVN_OBSERVE_COPIES_H
#define TVN_OBSERVE_COPIES_H

#include <stdint.h>

enum tvn_copy {
    TVN_COPY_LIFT,      /* out of a guest: one per event it produced */
    TVN_COPY_LOWER,     /* into a guest: one per event handed over */
    TVN_COPY_CODEC_IN,  /* text -> image */
    TVN_COPY_CODEC_OUT, /* image -> text */
    TVN_COPY_SPILL,
    TVN_COPY_CONNECTOR, /* read from or written to the outside */
    TVN_COPY_CONTROL,
};
#define TVN_COPY_COUNT (TVN_COPY_CONTROL + 1)

struct tvn_copies {
    struct {
        uint64_t count;
        uint64_t bytes;
    } rows[TVN_COPY_COUNT]; /* by enum tvn_copy */
};

static inline void
tvn_copies_add(struct tvn_copies *copies, enum tvn_copy reason, uint64_t count,
    uint64_t bytes)
{
    copies->rows[reason].count += count;
    copies->rows[reason].bytes += bytes;
}

/* "lift", "codec-in", ... */
const char *tvn_copy_name(enum tvn_copy reason);

#endif
