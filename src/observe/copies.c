/* copies.c -- the names of the copy ledger's reasons. */
#include "observe/copies.h"

const char *
tvn_copy_name(enum tvn_copy reason)
{
    static const char *const names[TVN_COPY_COUNT] = {
        [TVN_COPY_LIFT] = "lift",
        [TVN_COPY_LOWER] = "lower",
        [TVN_COPY_CODEC_IN] = "codec-in",
        [TVN_COPY_CODEC_OUT] = "codec-out",
        [TVN_COPY_SPILL] = "spill",
        [TVN_COPY_CONNECTOR] = "connector",
        [TVN_COPY_CONTROL] = "control",
    };

    return names[reason];
}
