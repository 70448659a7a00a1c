/* plan_code.h -- what a plan is made of, and the helpers that write it.
 *
 * A plan is up to two programs in one array of steps: one that handles the
 * value in memory, one that handles it as flat slots.  Records and tuples
 * dissolve into the steps of their fields.  What a step has inside (list,
 * option, variant) stands right behind it:
 *
 *     list<record { id: u64, name: option<string> }>
 *
 *     0 LIST              ptr, len; runs 2 to 5 once an element
 *     1 JUMP  to 6
 *     2   COPY 8          id
 *     3   SOME  to 5      when none
 *     4     STRING        name's payload
 *     5   END             of the element
 *     6 END               of the program
 *
 * A variant's body holds one block a case, with JUMPs between them; its table
 * has two words a case: its number there, and where its block is.  Offsets
 * in steps count from the start of the value, in a list's body from the start
 * of the element. */
#ifndef TVN_VALUE_PLAN_CODE_H
#define TVN_VALUE_PLAN_CODE_H

#include "base/guest_check.h"
#include "value/internal.h"
#include "value/plan.h"

/* Canonical ABI: the most bytes that a string or list may have. */
#define TVN__FAR_MAX ((1u << 28) - 1)

/* src and dst: offset in the source and in the destination; in flat programs
 * the guest's side is the number of a slot. */
enum tvn__op {
    TVN__END,
    TVN__JUMP, /* skip */
    TVN__COPY, /* n bytes */
    TVN__COPY_1,
    TVN__COPY_4,
    TVN__COPY_8,
    TVN__COPY_16,
    TVN__STRING,
    TVN__LIST_PLAIN, /* n = element size, align */
    TVN__LIST,       /* n, m = element size here and there, align */
    TVN__SOME,       /* option: skip when none; flat: zero m slots then */
    TVN__HANDLE,     /* n = number in plan's handles */
    TVN__VARIANT,    /* size, to_size of discriminant, n = table, m = lift:
                      * cases; lower flat: slots in all */

    /* lower only */
    TVN__WIDEN, /* size = enum tvn_kind here, to_size = bytes there */
    TVN__MAP,   /* enum: as VARIANT, but one word a case */
    TVN__FLAGS, /* size, to_size, n = table of bits, m = labels */
    TVN__CONST, /* n, to_size */
    TVN__ZERO,  /* n bytes; flat: slots */

    /* lift only */
    TVN__BOOL,
    TVN__CHAR,
    TVN__CASE,      /* discriminant without payloads: size, m = cases */
    TVN__MASK,      /* flags: size, n = mask */
    TVN__SOME_COPY, /* option: n bytes at dst + m when some */
};

struct tvn__step {
    uint8_t op; /* enum tvn__op */
    uint8_t size;
    uint8_t to_size;
    uint8_t align;
    uint32_t src;
    uint32_t dst;
    uint32_t n;
    uint32_t m;
    uint32_t skip; /* JUMP, SOME: how many steps on */
};

struct tvn_plan {
    const struct tvn_type *from; /* lower only */
    const struct tvn_type *to;
    bool is_flat;
    const struct tvn__step *memory;
    const struct tvn__step *flat; /* NULL above TVN_FLAT_PARAMS_MAX slots */
    const uint32_t *table;
    const struct tvn_type *const *handles; /* own and borrow types */
};

/* ------------------------------------------------------------------------
 * Writing programs.  Out of memory is remembered in `failed`. */

struct tvn__code {
    struct tvn__step *steps;
    uint32_t count;
    uint32_t cap;
    uint32_t *table;
    uint32_t table_count;
    uint32_t table_cap;
    const struct tvn_type **handles;
    uint32_t handle_count;
    uint32_t handle_cap;
    uint32_t label;     /* steps from here on may grow by merging */
    uint32_t same_from; /* from here on gaps are padding on both sides */
    bool failed;
};

/* Appends a step and returns its number. */
uint32_t tvn__emit(struct tvn__code *code, struct tvn__step step);

/* Lets the JUMP or SOME at `at` lead here. */
void tvn__end_body(struct tvn__code *code, uint32_t at);

/* A case's block of the variant at `at`: the previous one gets its JUMP.
 * Returns the block's distance from the variant. */
uint32_t tvn__begin_block(struct tvn__code *code, uint32_t at);

/* Behind the last block: lets the JUMPs, and every case without a block (its
 * second word of `table` is 0), end up here. */
void tvn__end_blocks(
    struct tvn__code *code, uint32_t at, uint32_t table, uint32_t cases);

/* `count` zeroed words more in the table; the number of the first. */
uint32_t tvn__add_table(struct tvn__code *code, uint32_t count);

/* Appends a COPY or lets the last one grow over it. */
void tvn__emit_copy(
    struct tvn__code *code, uint32_t src, uint32_t dst, uint32_t size);

/* Appends the step of an own or a borrow. */
void tvn__emit_handle(struct tvn__code *code, const struct tvn_type *type,
    uint32_t src, uint32_t dst);

/* log2 of an alignment. */
uint8_t tvn__log2(uint32_t align);

/* Moves the code to a plan in the arena; `flat_from`: where the flat program
 * starts, 0 for none.  Frees the code in any case.  TVN_ENOMEM. */
tvn_err tvn__finish(struct tvn__code *code, struct tvn_arena *arena,
    struct tvn_plan draft, uint32_t flat_from, const struct tvn_plan **out);

/* ------------------------------------------------------------------------
 * Guest memory. */

/* Calls the guest's realloc and checks what it returns: TVN_EABI. */
tvn_err tvn__guest_alloc(struct tvn_memory *memory, uint32_t align,
    uint32_t size, uint32_t *offset, struct tvn_diag *diag);

/* The same with `old`, the block's pointer and size. */
tvn_err tvn__guest_resize(struct tvn_memory *memory, const uint32_t old[2],
    uint32_t align, uint32_t size, uint32_t *offset, struct tvn_diag *diag);

/* TVN_ETOOBIG: a string or list of that many bytes. */
tvn_err tvn__too_big(uint64_t size, struct tvn_diag *diag);

/* Looks again when the size known may be old. */
static inline bool
tvn__in_bounds(struct tvn_memory *memory, uint32_t ptr, uint64_t size)
{
    if (ptr + size <= memory->size) {
        return true;
    }
    memory->refresh(memory);
    return ptr + size <= memory->size;
}

/* ------------------------------------------------------------------------
 * Strings that are not UTF-8 in the guest or were not where they come from. */

#define TVN__WHY_SIZE 160u

/* Bytes that a string has in a guest that gives its length as `word`. */
static inline uint64_t
tvn__text_bytes(enum tvn_encoding encoding, uint32_t word)
{
    if (encoding == TVN_LATIN1_UTF16 && (word & TVN_TEXT_WIDE) != 0) {
        return 2 * (uint64_t)(word & ~TVN_TEXT_WIDE);
    }
    return encoding == TVN_UTF16 ? 2 * (uint64_t)word : word;
}

/* Lifts the string that the guest gives as pointer and length `far`; writes
 * both at `dst` in the builder.  TVN_EABI: `why` is written. */
tvn_err tvn__text_lift(struct tvn_memory *memory, struct tvn_builder *builder,
    const uint32_t far[2], uint32_t dst, char why[TVN__WHY_SIZE]);

/* Lowers the string at `src` whose length in the image is `*word`; `*word` and
 * `*ptr` are the guest's then. */
tvn_err tvn__text_lower(struct tvn_memory *memory, const uint8_t *src,
    uint32_t *word, uint32_t *ptr, struct tvn_diag *diag);

#endif
