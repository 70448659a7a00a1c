/* oracle.c -- lowers and lifts what tests/abi-oracle/run asks for, which
 * compares the outcome with the specification's executable definition.
 *
 * Reads batches from stdin and answers each, numbers little-endian:
 *
 *     batch  u32 bytes that follow, u32 cases, the cases one by one
 *     case   u8 mode (A, B, C, D, E), guest, [guest], types, what is asked
 *     guest  u8 encoding, source, keeps_width, knows_size; u32 size and that
 *            many bytes of memory; u32 next, u8 n, n times u8 code, u8 arg of
 *            its realloc (struct guest)
 *     types  u8 n, n times: u8 kind and what it has inside (read_type)
 *     A      lower parameters: the values
 *     B      lower a result: u32 ptr, the value
 *     C      lift from memory: u32 ptr
 *     D      lift from slots: u8 n, n times u64
 *     E      lift from the first guest and lower into the second: u32 ptr
 *
 *     answer u32 bytes that follow, then for each case
 *            u8 0: done, 1: trap, 2: too large
 *            A, B, E: u32 n, n times the 5 u32 of a call of realloc; u32 size
 *              and the bytes of memory; A, E if done: u8 n, n times u64
 *            C, D if done: the value
 *
 * A value: numbers as they are, a NaN as the canonical one; string and list
 * u32 length (TVN_TEXT_WIDE in it) and what is inside; case u32 and payload;
 * flags u32. */
#include "base/assert.h"
#include "base/buf.h"
#include "base/mem.h"
#include "value/plan.h"
#include "value/testing.h"

#include <stdio.h>

#define CAP     (1u << 17) /* bytes of memory at most */
#define VALUES  8u
#define MEMBERS 1024u

/* ------------------------------------------------------------------------
 * Reading. */

struct reader {
    const uint8_t *at;
    const uint8_t *end;
};

static const uint8_t *
get(struct reader *in, size_t len)
{
    const uint8_t *at = in->at;

    TVN_ASSERT((size_t)(in->end - at) >= len);
    in->at += len;
    return at;
}

static uint8_t
get_u8(struct reader *in)
{
    return *get(in, 1);
}

static uint32_t
get_u32(struct reader *in)
{
    uint32_t value;

    memcpy(&value, get(in, 4), 4);
    return value;
}

static void
put_u32(struct tvn_buf *out, uint32_t value)
{
    tvn_buf_append(out, &value, 4);
}

/* u8 kind; list, option: the type inside; result: u8 has, type, twice;
 * others: u16 members, each u8 has, type.  Their names are m0, m1, ... */
static const struct tvn_type *
read_type(struct reader *in, struct tvn_types *types)
{
    static char names[MEMBERS][16];
    enum tvn_kind kind = (enum tvn_kind)get_u8(in);
    const struct tvn_type *inner[2] = {NULL, NULL};
    const struct tvn_type *type = NULL;
    struct tvn_member *members;
    uint32_t count = 2;
    tvn_err err;

    if (kind <= TVN_KIND_STRING) {
        return tvn_testing_scalar(types, kind);
    }
    if (kind == TVN_KIND_LIST || kind == TVN_KIND_OPTION) {
        inner[0] = read_type(in, types);
        err = kind == TVN_KIND_LIST ? tvn_type_list(types, inner[0], &type)
                                    : tvn_type_option(types, inner[0], &type);
        TVN_ASSERT(err == TVN_OK);
        return type;
    }
    if (kind != TVN_KIND_RESULT) {
        count = get_u8(in);
        count |= (uint32_t)get_u8(in) << 8;
        TVN_ASSERT(count <= MEMBERS);
    }
    members = tvn_mem_new(count, sizeof(*members));
    TVN_ASSERT(members != NULL);
    for (uint32_t i = 0; i < count; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "m%u", (unsigned)i);
        if (kind != TVN_KIND_TUPLE) {
            members[i].name = tvn_str_of(names[i]);
        }
        members[i].type = get_u8(in) != 0 ? read_type(in, types) : NULL;
    }
    err = kind == TVN_KIND_RESULT
              ? tvn_type_result(types, members[0].type, members[1].type, &type)
              : tvn_type_members(types, kind, members, count, &type);
    TVN_ASSERT(err == TVN_OK);
    tvn_mem_free(members, count, sizeof(*members));
    return type;
}

/* ------------------------------------------------------------------------
 * Values. */

/* Writes the value at `at` of the builder. */
static void
read_value(struct reader *in, struct tvn_builder *builder,
    const struct tvn_type *type, uint32_t at)
{
    uint32_t offset = 0;

    if (type->kind == TVN_KIND_STRING) {
        uint32_t word = get_u32(in);
        uint32_t len = word & ~TVN_TEXT_WIDE;

        TVN_ASSERT(tvn_builder_alloc(builder, len, 1, &offset) == TVN_OK);
        if (len > 0) {
            memcpy(builder->data + offset, get(in, len), len);
        }
        memcpy(builder->data + at, (uint32_t[]){offset, word}, 8);
    } else if (type->kind == TVN_KIND_LIST) {
        uint32_t count = get_u32(in);

        TVN_ASSERT(
            tvn_builder_alloc(builder, (uint64_t)count * type->elem->size,
                type->elem->align, &offset) == TVN_OK);
        memcpy(builder->data + at, (uint32_t[]){offset, count}, 8);
        for (uint32_t i = 0; i < count; i++) {
            read_value(in, builder, type->elem, offset + i * type->elem->size);
        }
    } else if (tvn_type_has_cases(type)) {
        uint32_t disc = get_u32(in);
        const struct tvn_member *active = &type->members[disc];

        memcpy(builder->data + at, &disc, type->disc_size);
        if (active->type != NULL) {
            read_value(in, builder, active->type, at + active->offset);
        }
    } else if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        for (uint32_t i = 0; i < type->count; i++) {
            read_value(in, builder, type->members[i].type,
                at + type->members[i].offset);
        }
    } else {
        uint32_t size = type->kind == TVN_KIND_FLAGS ? 4 : type->size;

        memcpy(builder->data + at, get(in, size), type->size);
    }
}

static void
write_scalar(
    struct tvn_buf *out, const struct tvn_type *type, const uint8_t *at)
{
    uint64_t bits = 0;

    memcpy(&bits, at, type->size);
    if (type->kind == TVN_KIND_F32 && (bits & 0x7FFFFFFF) > 0x7F800000) {
        bits = 0x7FC00000;
    } else if (type->kind == TVN_KIND_F64 &&
               (bits & (UINT64_MAX >> 1)) > UINT64_C(0x7FF0000000000000)) {
        bits = UINT64_C(0x7FF8000000000000);
    }
    tvn_buf_append(out, &bits, type->kind == TVN_KIND_FLAGS ? 4 : type->size);
}

static void
write_value(struct tvn_buf *out, const struct tvn_type *type,
    const uint8_t *data, uint32_t at)
{
    uint32_t far[2];

    if (type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_LIST) {
        memcpy(far, data + at, 8);
        put_u32(out, far[1]);
        if (type->kind == TVN_KIND_STRING) {
            tvn_buf_append(out, data + far[0], far[1] & ~TVN_TEXT_WIDE);
            return;
        }
        for (uint32_t i = 0; i < far[1]; i++) {
            write_value(out, type->elem, data, far[0] + i * type->elem->size);
        }
    } else if (tvn_type_has_cases(type)) {
        const struct tvn_member *active;
        uint32_t disc = 0;

        memcpy(&disc, data + at, type->disc_size);
        put_u32(out, disc);
        active = &type->members[disc];
        if (active->type != NULL) {
            write_value(out, active->type, data, at + active->offset);
        }
    } else if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_TUPLE) {
        for (uint32_t i = 0; i < type->count; i++) {
            write_value(
                out, type->members[i].type, data, at + type->members[i].offset);
        }
    } else {
        write_scalar(out, type, data + at);
    }
}

/* ------------------------------------------------------------------------
 * The guest.  Call i of its realloc does what step i (modulo n) says. */

enum code {
    BUMP,     /* goes upwards; a block that is there is copied */
    IN_PLACE, /* where it is when it shrinks or is the last one, else BUMP */
    FORGETS,  /* BUMP without the copy */
    GROWS,    /* BUMP, and the memory grows for it */
    AT_END,   /* ends where the memory ends, aligned; at 0 if too large */
    ODD,      /* BUMP and one more */
    OUTSIDE,  /* by `arg`: just too far, at the last address, behind the end */
    TRAPS,
};

struct guest {
    struct tvn_memory memory; /* first */
    uint8_t bytes[CAP];
    uint32_t size;
    uint32_t next;
    const uint8_t *steps; /* code, arg */
    uint32_t step_count;
    uint32_t calls;
    struct tvn_buf log;
};

static void
refresh(struct tvn_memory *memory)
{
    memory->size = ((struct guest *)(void *)memory)->size;
}

static uint32_t
place_outside(
    const struct guest *guest, uint32_t arg, uint32_t align, uint32_t size)
{
    uint32_t mask = ~(align - 1);

    return arg == 0   ? (guest->size - size + align) & mask
           : arg == 1 ? UINT32_MAX & mask
                      : (guest->size + align) & mask;
}

static uint32_t
place_upwards(
    struct guest *guest, enum code code, uint32_t align, uint32_t size)
{
    uint32_t ptr = (guest->next + align - 1) & ~(align - 1);
    uint32_t end = ptr + size;

    if (code == ODD) {
        ptr++;
        end++;
    }
    if (code == GROWS && end > guest->size && end <= CAP) {
        guest->size = end;
    }
    guest->next = end;
    return ptr;
}

static tvn_err
resize(struct tvn_memory *memory, uint32_t old, uint32_t old_size,
    uint32_t align, uint32_t size, uint32_t *out)
{
    struct guest *guest = (void *)memory;
    const uint8_t *step = guest->steps + 2 * (guest->calls % guest->step_count);
    enum code code = (enum code)step[0];
    uint32_t kept = old_size < size ? old_size : size;
    uint32_t call[5] = {old, old_size, align, size, 0};
    uint32_t ptr;

    guest->calls++;
    if (code == TRAPS) {
        tvn_buf_append(&guest->log, call, sizeof(call));
        return TVN_ETRAP;
    }
    if (code == IN_PLACE && old_size > 0 &&
        (size <= old_size || old + old_size == guest->next)) {
        ptr = old;
        guest->next = size > old_size ? old + size : guest->next;
    } else if (code == OUTSIDE) {
        ptr = place_outside(guest, step[1], align, size);
    } else if (code == AT_END) {
        ptr = size <= guest->size ? (guest->size - size) & ~(align - 1) : 0;
    } else {
        ptr = place_upwards(guest, code, align, size);
    }
    if (code != FORGETS && (uint64_t)ptr + kept <= guest->size) {
        memmove(guest->bytes + ptr, guest->bytes + old, kept);
    }
    call[4] = ptr;
    tvn_buf_append(&guest->log, call, sizeof(call));
    *out = ptr;
    return TVN_OK;
}

static tvn_err
allocate(
    struct tvn_memory *memory, uint32_t align, uint32_t size, uint32_t *ptr)
{
    return resize(memory, 0, 0, align, size, ptr);
}

static void
read_guest(struct reader *in, struct guest *guest)
{
    struct tvn_memory *memory = &guest->memory;
    struct tvn_buf log = guest->log;
    bool knows_size;
    uint32_t old = guest->size;

    tvn_buf_clear(&log);
    *memory = (struct tvn_memory){.base = guest->bytes,
        .refresh = refresh,
        .realloc = allocate,
        .resize = resize};
    memory->encoding = (enum tvn_encoding)get_u8(in);
    memory->source = (enum tvn_encoding)get_u8(in);
    memory->keeps_width = get_u8(in) != 0;
    knows_size = get_u8(in) != 0;
    guest->size = get_u32(in);
    TVN_ASSERT(guest->size <= CAP);
    memory->size = knows_size ? guest->size : 0;
    memset(guest->bytes, 0, old);
    memcpy(guest->bytes, get(in, guest->size), guest->size);
    guest->next = get_u32(in);
    guest->step_count = get_u8(in);
    guest->steps = get(in, 2 * (size_t)guest->step_count);
    guest->calls = 0;
    guest->log = log;
}

/* ------------------------------------------------------------------------
 * Cases. */

struct world {
    struct tvn_types *types;
    struct tvn_arena arena;
    struct tvn_pool *pool;
    struct tvn_builder builder;
    struct guest guests[2];
    const struct tvn_type *type[VALUES];
    uint32_t count;
    struct tvn_buf out;
};

static uint8_t
status_of(tvn_err err)
{
    TVN_ASSERT(err == TVN_OK || err == TVN_EABI || err == TVN_ETRAP ||
               err == TVN_ETOOBIG);
    return err == TVN_OK ? 0 : err == TVN_ETOOBIG ? 2 : 1;
}

static void
write_guest(struct world *world, struct guest *guest, tvn_err err)
{
    struct tvn_str log = tvn_buf_str(&guest->log);

    tvn_buf_append_byte(&world->out, (char)status_of(err));
    put_u32(&world->out, (uint32_t)log.len / 20);
    tvn_buf_append_str(&world->out, log);
    put_u32(&world->out, guest->size);
    tvn_buf_append(&world->out, guest->bytes, guest->size);
}

static void
write_slots(struct tvn_buf *out, const union tvn_slot *slots, uint32_t count)
{
    tvn_buf_append_byte(out, (char)count);
    for (uint32_t i = 0; i < count; i++) {
        tvn_buf_append(out, &slots[i].u64, 8);
    }
}

static const struct tvn_plan *
lower_plan(struct world *world, const struct tvn_type *type)
{
    const struct tvn_plan *plan = NULL;

    TVN_ASSERT(tvn_plan_lower(&world->arena, type, type, &plan) == TVN_OK);
    return plan;
}

static struct tvn_image *
read_image(struct world *world, struct reader *in, const struct tvn_type *type)
{
    struct tvn_image *image = NULL;

    TVN_ASSERT(tvn_builder_begin(&world->builder, type) == TVN_OK);
    read_value(in, &world->builder, type, 0);
    TVN_ASSERT(tvn_builder_finish(&world->builder, &image) == TVN_OK);
    return image;
}

/* Lowers the images as parameters into the guest. */
static void
lower_args(struct world *world, struct guest *guest, struct tvn_image **images)
{
    const struct tvn_plan *plans[VALUES];
    const uint8_t *data[VALUES];
    union tvn_slot slots[TVN_FLAT_PARAMS_MAX];
    struct tvn_args args;
    uint64_t bytes = 0;
    tvn_err err;

    for (uint32_t i = 0; i < world->count; i++) {
        plans[i] = lower_plan(world, world->type[i]);
        data[i] = images[i]->data;
    }
    TVN_ASSERT(
        tvn_args_make(&world->arena, plans, world->count, &args) == TVN_OK);
    memset(slots, 0xA5, sizeof(slots));
    err = tvn_args_lower(&args, data, &guest->memory, slots, &bytes, NULL);
    write_guest(world, guest, err);
    if (err == TVN_OK) {
        write_slots(&world->out, slots, args.slots);
    }
    for (uint32_t i = 0; i < world->count; i++) {
        tvn_image_unref(images[i]);
    }
}

static void
run_args(struct world *world, struct reader *in)
{
    struct tvn_image *images[VALUES];

    for (uint32_t i = 0; i < world->count; i++) {
        images[i] = read_image(world, in, world->type[i]);
    }
    lower_args(world, &world->guests[0], images);
}

static void
run_store(struct world *world, struct reader *in)
{
    struct guest *guest = &world->guests[0];
    uint32_t ptr = get_u32(in);
    struct tvn_image *image = read_image(world, in, world->type[0]);
    uint64_t bytes = 0;
    tvn_err err = tvn_lower_store(lower_plan(world, world->type[0]),
        image->data, 0, &guest->memory, ptr, &bytes, NULL);

    write_guest(world, guest, err);
    tvn_image_unref(image);
}

/* Lifts from `ptr`, or from the slots when there are some, to the builder. */
static tvn_err
lift(struct world *world, uint32_t ptr, const union tvn_slot *slots)
{
    const struct tvn_type *type = world->type[0];
    struct guest *guest = &world->guests[0];
    const struct tvn_plan *plan = NULL;
    struct tvn_diag diag = {0};
    uint64_t bytes = 0;
    tvn_err err;

    TVN_ASSERT(tvn_plan_lift(&world->arena, type, &plan) == TVN_OK);
    TVN_ASSERT(tvn_builder_begin(&world->builder, type) == TVN_OK);
    err = slots == NULL ? tvn_lift_load(plan, &guest->memory, ptr,
                              &world->builder, 0, &bytes, &diag)
                        : tvn_lift_flat(plan, &guest->memory, slots,
                              &world->builder, 0, &bytes, &diag);
    TVN_ASSERT(err == tvn_diag_err(&diag));
    tvn_diag_fini(&diag);
    if (err == TVN_OK && !guest->memory.keeps_width) {
        TVN_ASSERT(bytes == tvn_value_bytes(type, world->builder.data, 0));
    }
    return err;
}

static void
run_lift(struct world *world, struct reader *in, bool is_flat)
{
    union tvn_slot slots[TVN_FLAT_PARAMS_MAX] = {{0}};
    uint32_t ptr = is_flat ? 0 : get_u32(in);
    uint32_t count = is_flat ? get_u8(in) : 0;
    tvn_err err;

    TVN_ASSERT(count <= TVN_FLAT_PARAMS_MAX);
    for (uint32_t i = 0; i < count; i++) {
        memcpy(&slots[i].u64, get(in, 8), 8);
    }
    err = lift(world, ptr, is_flat ? slots : NULL);
    tvn_buf_append_byte(&world->out, (char)status_of(err));
    if (err == TVN_OK) {
        write_value(&world->out, world->type[0], world->builder.data, 0);
    }
}

static void
run_pass(struct world *world, struct reader *in)
{
    uint32_t ptr = get_u32(in);
    struct tvn_image *image = NULL;
    tvn_err err = lift(world, ptr, NULL);

    if (err != TVN_OK) {
        write_guest(world, &world->guests[1], err);
        return;
    }
    TVN_ASSERT(tvn_builder_finish(&world->builder, &image) == TVN_OK);
    lower_args(world, &world->guests[1], &image);
}

static void
run_case(struct world *world, struct reader *in)
{
    uint8_t mode = get_u8(in);

    read_guest(in, &world->guests[0]);
    if (mode == 'E') {
        read_guest(in, &world->guests[1]);
    }
    world->count = get_u8(in);
    TVN_ASSERT(world->count >= 1 && world->count <= VALUES);
    for (uint32_t i = 0; i < world->count; i++) {
        world->type[i] = read_type(in, world->types);
    }
    if (mode == 'A') {
        run_args(world, in);
    } else if (mode == 'B') {
        run_store(world, in);
    } else if (mode == 'E') {
        run_pass(world, in);
    } else {
        TVN_ASSERT(mode == 'C' || mode == 'D');
        run_lift(world, in, mode == 'D');
    }
    tvn_arena_fini(&world->arena);
}

static void
run_batch(const uint8_t *bytes, uint32_t size)
{
    static struct world world;
    struct reader in = {bytes, bytes + size};
    uint32_t count = get_u32(&in);
    struct tvn_str out;
    uint32_t len;

    world.types = tvn_types_new();
    world.pool = tvn_pool_new(1u << 29, 1u << 20);
    tvn_builder_init(&world.builder, world.pool);
    while (count-- > 0) {
        run_case(&world, &in);
    }
    TVN_ASSERT(in.at == in.end);
    out = tvn_buf_str(&world.out);
    len = (uint32_t)out.len;
    TVN_ASSERT(fwrite(&len, 4, 1, stdout) == 1);
    TVN_ASSERT(fwrite(out.ptr, len, 1, stdout) == 1 && fflush(stdout) == 0);
    tvn_buf_fini(&world.out);
    tvn_buf_fini(&world.guests[0].log);
    tvn_buf_fini(&world.guests[1].log);
    tvn_builder_fini(&world.builder);
    tvn_pool_free(world.pool);
    tvn_types_free(world.types);
}

int
main(void)
{
    uint32_t size;

    while (fread(&size, 4, 1, stdin) == 1) {
        uint8_t *batch = tvn_mem_new(1, size);

        TVN_ASSERT(batch != NULL && fread(batch, size, 1, stdin) == 1);
        run_batch(batch, size);
        tvn_mem_free(batch, 1, size);
        TVN_ASSERT(tvn_mem_live() == 0);
    }
    return 0;
}
