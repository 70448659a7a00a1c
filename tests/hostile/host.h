/* host.h -- what the host offers to hostile guests: test:host/api@0.1.0.
 *
 *     resource res, other     counted: each that was handed out has to come
 *                             back exactly once
 *     make, make-other        -> own
 *     take, take2, take-many  own, two owns, list<own>: the host's from then
 *     look, look-many         borrow -> its number, list<borrow>
 *     look-take               a borrow and an own in one call
 *     take-string, -strings, -list (of u32), -lists (of list<u8>), -char,
 *     -chars, -bool, -flags, -enum, -variant, -variants, -option, -options,
 *     -result, -float         values; they are looked at to the last byte
 *     take-big, give-big      a record of sixteen u32 and a string: 18 flat
 *     give-string             "h\u00E9llo \u20AC": neither ASCII nor Latin-1
 *     give-list               list<u64> 1, 2, 3, 4
 *     give-pair               tuple<string, own<res>>
 *     tick                    nothing; it is counted
 *     fail                    the host says no
 *
 * The types stand in parts/host.wat.  What arrives here was checked by the
 * engine: a value that is none of its type is asserted.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_HOSTILE_HOST_H
#define TVN_TESTS_HOSTILE_HOST_H

#include "base/assert.h"
#include "base/str.h"
#include "engine/engine.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define HOST_INTERFACE "test:host/api@0.1.0"
#define HOST_MADE_MAX  ((1u << 20) + 64)

enum host_place { HOST_NEVER, HOST_OUT, HOST_BACK };

/* What the host gave away: representation n is place[n]. */
struct host {
    uint8_t place[HOST_MADE_MAX];
    uint32_t made; /* they are 1 ... made */
    uint32_t back;
    uint32_t twice; /* came back and were not out */
    uint32_t ticks;
};

static inline void
host_reset(struct host *host)
{
    memset(host->place, HOST_NEVER, (size_t)host->made + 1);
    host->made = 0;
    host->back = 0;
    host->twice = 0;
    host->ticks = 0;
}

static inline uint32_t
host_make(struct host *host)
{
    TVN_ASSERT(host->made + 1 < HOST_MADE_MAX);
    host->made++;
    host->place[host->made] = HOST_OUT;
    return host->made;
}

static inline bool
host_is_out(const struct host *host, uint32_t rep)
{
    return rep > 0 && rep <= host->made && host->place[rep] == HOST_OUT;
}

/* Of both resources: a guest has dropped one, or is gone. */
static inline void
host_drop(void *env, uint32_t rep)
{
    struct host *host = env;

    if (!host_is_out(host, rep)) {
        host->twice++;
        return;
    }
    host->place[rep] = HOST_BACK;
    host->back++;
}

/* ------------------------------------------------------------------------
 * Values. */

static inline uint32_t
host_word(const uint8_t *data, uint32_t at)
{
    uint32_t word;

    memcpy(&word, data + at, sizeof(word));
    return word;
}

/* The string whose pointer and length stand at `at`. */
static inline void
host_check_string(const uint8_t *data, uint32_t at)
{
    TVN_ASSERT(tvn_utf8_valid(
        data + host_word(data, at), host_word(data, at + 4), NULL));
}

static inline void
host_check_char(uint32_t value)
{
    TVN_ASSERT(value < 0xD800 || (value > 0xDFFF && value < 0x110000));
}

/* variant { a, b(u32), c(string) } */
static inline void
host_check_variant(const uint8_t *data, uint32_t at)
{
    TVN_ASSERT(data[at] < 3);
    if (data[at] == 2) {
        host_check_string(data, at + 4);
    }
}

#define HOST_FUNC(name)                                                        \
    static inline tvn_err name(void *env, const uint8_t *args,                 \
        const uint8_t **result, uint32_t *root, struct tvn_diag *diag)

/* What a function does not use. */
#define HOST_UNUSED()                                                          \
    ((void)env, (void)args, (void)result, (void)root, (void)diag)

static inline tvn_err
host_answer(uint32_t value, const uint8_t **result, uint32_t *root)
{
    static uint8_t answer[4];

    memcpy(answer, &value, sizeof(value));
    *result = answer;
    *root = 0;
    return TVN_OK;
}

HOST_FUNC(host_new)
{
    HOST_UNUSED();
    return host_answer(host_make(env), result, root);
}

HOST_FUNC(host_take)
{
    HOST_UNUSED();
    host_drop(env, host_word(args, 0));
    return TVN_OK;
}

HOST_FUNC(host_take2)
{
    HOST_UNUSED();
    host_drop(env, host_word(args, 0));
    host_drop(env, host_word(args, 4));
    return TVN_OK;
}

HOST_FUNC(host_take_many)
{
    HOST_UNUSED();
    for (uint32_t i = 0; i < host_word(args, 4); i++) {
        host_drop(env, host_word(args, host_word(args, 0) + 4 * i));
    }
    return TVN_OK;
}

HOST_FUNC(host_look)
{
    HOST_UNUSED();
    TVN_ASSERT(host_is_out(env, host_word(args, 0)));
    return host_answer(host_word(args, 0), result, root);
}

HOST_FUNC(host_look_take)
{
    HOST_UNUSED();
    TVN_ASSERT(host_is_out(env, host_word(args, 0)));
    host_drop(env, host_word(args, 4));
    return TVN_OK;
}

HOST_FUNC(host_look_many)
{
    HOST_UNUSED();
    for (uint32_t i = 0; i < host_word(args, 4); i++) {
        TVN_ASSERT(
            host_is_out(env, host_word(args, host_word(args, 0) + 4 * i)));
    }
    return TVN_OK;
}

HOST_FUNC(host_take_string)
{
    HOST_UNUSED();
    host_check_string(args, 0);
    return TVN_OK;
}

HOST_FUNC(host_take_strings)
{
    HOST_UNUSED();
    for (uint32_t i = 0; i < host_word(args, 4); i++) {
        host_check_string(args, host_word(args, 0) + 8 * i);
    }
    return TVN_OK;
}

HOST_FUNC(host_take_list)
{
    uint32_t sum = 0;

    HOST_UNUSED();
    for (uint32_t i = 0; i < host_word(args, 4); i++) {
        sum += host_word(args, host_word(args, 0) + 4 * i);
    }
    return host_answer(sum, result, root);
}

HOST_FUNC(host_take_lists)
{
    uint32_t sum = 0;

    HOST_UNUSED();
    for (uint32_t i = 0; i < host_word(args, 4); i++) {
        uint32_t at = host_word(args, 0) + 8 * i;

        for (uint32_t k = 0; k < host_word(args, at + 4); k++) {
            sum += args[host_word(args, at) + k];
        }
    }
    return host_answer(sum, result, root);
}

HOST_FUNC(host_take_char)
{
    HOST_UNUSED();
    host_check_char(host_word(args, 0));
    return TVN_OK;
}

HOST_FUNC(host_take_chars)
{
    HOST_UNUSED();
    for (uint32_t i = 0; i < host_word(args, 4); i++) {
        host_check_char(host_word(args, host_word(args, 0) + 4 * i));
    }
    return TVN_OK;
}

/* A bool and flags of three labels: their byte. */
HOST_FUNC(host_take_byte)
{
    HOST_UNUSED();
    return host_answer(args[0], result, root);
}

/* Also result<u8, u8>: two cases. */
HOST_FUNC(host_take_enum)
{
    HOST_UNUSED();
    TVN_ASSERT(args[0] < 2);
    return TVN_OK;
}

HOST_FUNC(host_take_variant)
{
    HOST_UNUSED();
    host_check_variant(args, 0);
    return TVN_OK;
}

HOST_FUNC(host_take_variants)
{
    HOST_UNUSED();
    for (uint32_t i = 0; i < host_word(args, 4); i++) {
        host_check_variant(args, host_word(args, 0) + 12 * i);
    }
    return TVN_OK;
}

HOST_FUNC(host_take_options)
{
    HOST_UNUSED();
    for (uint32_t i = 0; i < host_word(args, 4); i++) {
        TVN_ASSERT(args[host_word(args, 0) + 8 * i] < 2);
    }
    return TVN_OK;
}

/* The float's bits. */
HOST_FUNC(host_take_float)
{
    static uint8_t answer[8];

    HOST_UNUSED();
    memcpy(answer, args, sizeof(answer));
    *result = answer;
    *root = 0;
    return TVN_OK;
}

HOST_FUNC(host_take_big)
{
    HOST_UNUSED();
    host_check_string(args, 64);
    return TVN_OK;
}

#define HOST_TEXT "h\xC3\xA9llo \xE2\x82\xAC"

HOST_FUNC(host_give_string)
{
    static const uint8_t answer[] = "\x08\0\0\0\x0A\0\0\0" HOST_TEXT;

    HOST_UNUSED();
    *result = answer;
    *root = 0;
    return TVN_OK;
}

HOST_FUNC(host_give_list)
{
    static const _Alignas(8) uint8_t answer[8 + 32] = {
        8, 0, 0, 0, 4, 0, 0, 0, [8] = 1, [16] = 2, [24] = 3, [32] = 4};

    HOST_UNUSED();
    *result = answer;
    *root = 0;
    return TVN_OK;
}

HOST_FUNC(host_give_big)
{
    static const uint8_t answer[72 + 4] = {[0] = 1,
        [60] = 16,
        [64] = 72,
        [68] = 4,
        [72] = 'l',
        [73] = 'a',
        [74] = 's',
        [75] = 't'};

    HOST_UNUSED();
    *result = answer;
    *root = 0;
    return TVN_OK;
}

HOST_FUNC(host_give_pair)
{
    static uint8_t answer[] = "\x0C\0\0\0\x0A\0\0\0____" HOST_TEXT;
    uint32_t rep = host_make(env);

    HOST_UNUSED();
    memcpy(answer + 8, &rep, sizeof(rep));
    *result = answer;
    *root = 0;
    return TVN_OK;
}

HOST_FUNC(host_tick)
{
    HOST_UNUSED();
    ((struct host *)env)->ticks++;
    return TVN_OK;
}

HOST_FUNC(host_fail)
{
    HOST_UNUSED();
    return tvn_diag_error(diag, TVN_EIO, NULL, "the host says no");
}

/* ------------------------------------------------------------------------
 * What an instance is given. */

#define HOST_ROW(text, function)                                               \
    {                                                                          \
        .interface = TVN_STR(HOST_INTERFACE), .name = TVN_STR(text),           \
        .call = function                                                       \
    }
#define HOST_FUNCS 30

struct host_offer {
    struct tvn_host_func funcs[HOST_FUNCS];
    struct tvn_host_resource resources[2];
};

static inline void
host_offer(struct host *host, struct host_offer *offer)
{
    *offer = (struct host_offer){
        .funcs = {HOST_ROW("make", host_new), HOST_ROW("make-other", host_new),
            HOST_ROW("take", host_take), HOST_ROW("take2", host_take2),
            HOST_ROW("take-many", host_take_many), HOST_ROW("look", host_look),
            HOST_ROW("look-take", host_look_take),
            HOST_ROW("look-many", host_look_many),
            HOST_ROW("take-string", host_take_string),
            HOST_ROW("take-strings", host_take_strings),
            HOST_ROW("take-list", host_take_list),
            HOST_ROW("take-lists", host_take_lists),
            HOST_ROW("take-char", host_take_char),
            HOST_ROW("take-chars", host_take_chars),
            HOST_ROW("take-bool", host_take_byte),
            HOST_ROW("take-flags", host_take_byte),
            HOST_ROW("take-enum", host_take_enum),
            HOST_ROW("take-variant", host_take_variant),
            HOST_ROW("take-variants", host_take_variants),
            HOST_ROW("take-option", host_take_enum),
            HOST_ROW("take-options", host_take_options),
            HOST_ROW("take-result", host_take_enum),
            HOST_ROW("take-float", host_take_float),
            HOST_ROW("take-big", host_take_big),
            HOST_ROW("give-big", host_give_big),
            HOST_ROW("give-string", host_give_string),
            HOST_ROW("give-list", host_give_list),
            HOST_ROW("give-pair", host_give_pair), HOST_ROW("tick", host_tick),
            HOST_ROW("fail", host_fail)},
        .resources = {{.interface = TVN_STR(HOST_INTERFACE),
                          .name = TVN_STR("res"),
                          .drop = host_drop},
            {.interface = TVN_STR(HOST_INTERFACE),
                .name = TVN_STR("other"),
                .drop = host_drop}},
    };
    for (size_t i = 0; i < HOST_FUNCS; i++) {
        TVN_ASSERT(offer->funcs[i].call != NULL);
        offer->funcs[i].env = host;
    }
    offer->resources[0].env = host;
    offer->resources[1].env = host;
}

#endif
