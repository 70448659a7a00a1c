/* random.c -- wasi:random: the kernel's random bytes under three names.
 *
 * What WASI calls insecure may be as good as it likes. */
#include "engine/wasi/internal.h"

#include <string.h>

static tvn_err
get_bytes(struct tvn__wasi_call *call)
{
    struct tvn__wasi_text list = {0};
    uint64_t len;
    tvn_err err = tvn__wasi_need(call);

    if (err != TVN_OK) {
        return err;
    }
    memcpy(&len, call->args, sizeof(len));
    if (len > TVN__WASI_RANDOM_MAX) {
        return tvn__wasi_trap(call,
            "%llu random bytes in one call: at most %u are given",
            (unsigned long long)len, TVN__WASI_RANDOM_MAX);
    }
    list.len = (uint32_t)len;
    err = tvn__wasi_more(call, len, 1, &list.at);
    if (err != TVN_OK) {
        return err;
    }
    if (!tvn__wasi_random_bytes(call->wasi->answer + list.at, list.len)) {
        return tvn__wasi_trap(call, "the system has no random bytes");
    }
    tvn__wasi_put(call, &list, sizeof(list));
    return TVN_OK;
}

/* One u64 or a pair of them: the whole result. */
static tvn_err
get_numbers(struct tvn__wasi_call *call)
{
    tvn_err err = tvn__wasi_need(call);

    if (err == TVN_OK &&
        !tvn__wasi_random_bytes(call->wasi->answer, call->row->size)) {
        err = tvn__wasi_trap(call, "the system has no random bytes");
    }
    return err;
}

static const struct tvn__wasi_row rows[] = {
    {"wasi:random/random@0.2", "get-random-bytes", "func(len: u64) -> list<u8>",
        get_bytes, 8, 0},
    {"wasi:random/random@0.2", "get-random-u64", "func() -> u64", get_numbers,
        8, 0},
    {"wasi:random/insecure@0.2", "get-insecure-random-bytes",
        "func(len: u64) -> list<u8>", get_bytes, 8, 0},
    {"wasi:random/insecure@0.2", "get-insecure-random-u64", "func() -> u64",
        get_numbers, 8, 0},
    {"wasi:random/insecure-seed@0.2", "insecure-seed",
        "func() -> tuple<u64, u64>", get_numbers, 16, 0},
};

const struct tvn__wasi_part tvn__wasi_random = {
    rows, sizeof(rows) / sizeof(rows[0])};
