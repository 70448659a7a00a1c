/* bench_native.c -- the flights flow as plain C: structs, direct calls, no
 * sandbox, no queue, no account.  What a flow costs is seen against it. */
#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "host/bench_internal.h"
#include "host/internal.h"
#include "host/tables.h"

#include <stdio.h>
#include <string.h>

#define WINDOW       10000u
#define CARRIERS_MAX 64u

struct departure {
    uint64_t id;
    uint64_t time;
    struct tvn_str carrier;
    struct tvn_str origin;
    struct tvn_str dest;
    bool has_delay;
    int32_t delay;
    uint32_t distance;
};

struct airline {
    struct tvn_str carrier;
    struct tvn_str name;
    uint8_t kind;
};

struct enriched {
    struct departure flight;
    struct tvn_str airline;
    uint8_t kind;
    bool late;
};

struct totals {
    struct tvn_str carrier;
    uint64_t flights;
    int64_t sum;
    int32_t max;
};

struct tvn__native {
    struct tvn_arena arena;
    struct departure *events;
    uint64_t count;
    struct airline airlines[CARRIERS_MAX];
    uint32_t airline_count;
    struct totals rows[CARRIERS_MAX];
    uint32_t row_count;
    uint64_t in_window;
};

/* ------------------------------------------------------------------------
 * The five stages. */

static bool
validate(const struct departure *event)
{
    return event->id != 0 && event->distance > 0 && event->has_delay;
}

static struct enriched
enrich(const struct tvn__native *self, const struct departure *event)
{
    struct enriched out = {
        .flight = *event,
        .airline = TVN_STR("unknown"),
        .kind = 2,
        .late = event->has_delay && event->delay > 15,
    };

    for (uint32_t i = 0; i < self->airline_count; i++) {
        if (tvn_str_equal(self->airlines[i].carrier, event->carrier)) {
            out.airline = self->airlines[i].name;
            out.kind = self->airlines[i].kind;
            break;
        }
    }
    return out;
}

static void
flush(struct tvn__native *self, struct tvn__sums *sums)
{
    for (uint32_t i = 0; i < self->row_count; i++) {
        sums->flights += self->rows[i].flights;
        sums->delay_sum += self->rows[i].sum;
        sums->totals++;
    }
    self->row_count = 0;
    self->in_window = 0;
}

static void
tally(struct tvn__native *self, const struct enriched *event,
    struct tvn__sums *sums)
{
    struct totals *row = self->rows;
    struct totals *end = row + self->row_count;

    while (row < end && !tvn_str_equal(row->carrier, event->flight.carrier)) {
        row++;
    }
    if (row == end) {
        *row = (struct totals){.carrier = event->flight.carrier};
        self->row_count++;
    }
    if (row->flights == 0 || event->flight.delay > row->max) {
        row->max = event->flight.delay;
    }
    row->flights++;
    row->sum += event->flight.delay;
    if (++self->in_window == WINDOW) {
        flush(self, sums);
    }
}

static void
announce(const struct enriched *event, struct tvn__sums *sums)
{
    char text[256];
    int len = snprintf(text, sizeof(text),
        "%.*s flight %.*s to %.*s leaves %d min late",
        TVN_STR_ARG(event->airline), TVN_STR_ARG(event->flight.origin),
        TVN_STR_ARG(event->flight.dest), (int)event->flight.delay);

    sums->text_bytes += (uint64_t)(len < 0 ? 0 : len);
    sums->notices++;
}

double
tvn__native_run(struct tvn__native *native, struct tvn__sums *sums)
{
    uint64_t began = tvn_clock_monotonic_ns();

    *sums = (struct tvn__sums){0};
    for (uint64_t i = 0; i < native->count; i++) {
        struct enriched event;

        if (!validate(&native->events[i])) {
            continue;
        }
        event = enrich(native, &native->events[i]);
        tally(native, &event, sums);
        if (event.late) {
            announce(&event, sums);
        }
    }
    flush(native, sums);
    return (double)(tvn_clock_monotonic_ns() - began);
}

uint64_t
tvn__native_count(const struct tvn__native *native)
{
    return native->count;
}

/* ------------------------------------------------------------------------
 * Its data: a sink that keeps every event as a struct. */

struct keeper {
    struct tvn__native *native;
    uint64_t cap;
    struct tvn_stage_counts counts;
};

static struct tvn_str
text_at(struct tvn__native *native, const uint8_t *data, uint32_t offset)
{
    uint32_t pair[2];

    memcpy(pair, data + offset, sizeof(pair));
    return tvn_arena_str(&native->arena,
        (struct tvn_str){(const char *)data + pair[0], pair[1]});
}

static void
keep(struct tvn__native *native, const struct tvn_image *image)
{
    const struct tvn_member *fields = image->type->members;
    struct departure *event = &native->events[native->count++];
    const uint8_t *data = image->data;

    memcpy(&event->id, data + fields[0].offset, sizeof(event->id));
    memcpy(&event->time, data + fields[1].offset, sizeof(event->time));
    event->carrier = text_at(native, data, fields[2].offset);
    event->origin = text_at(native, data, fields[3].offset);
    event->dest = text_at(native, data, fields[4].offset);
    event->has_delay = data[fields[5].offset] != 0;
    memcpy(&event->delay,
        data + fields[5].offset + fields[5].type->payload_offset,
        sizeof(event->delay));
    memcpy(&event->distance, data + fields[6].offset, sizeof(event->distance));
}

static tvn_err
load(struct tvn__native *native, struct tvn_host *host)
{
    struct tvn__memory_source from = {host, TVN_STR("departures")};
    struct tvn_burst burst = {0};
    struct tvn_stage stage;
    uint64_t cap = 0;
    tvn_err err;

    err = tvn__host_pools(host);
    if (err != TVN_OK) {
        return err;
    }
    err = tvn__memory_source_make(&from, host->pools[0], NULL, &stage);
    while (err == TVN_OK && !burst.is_end) {
        burst = (struct tvn_burst){.credit = TVN_BURST_MAX};
        err = stage.ops->run(stage.self, &burst);
        if (native->count + burst.outs > cap) {
            uint64_t more = cap == 0 ? 4096 : cap * 2;
            struct departure *grown = tvn_mem_resize(
                native->events, cap, more, sizeof(struct departure));

            if (grown == NULL) {
                err = TVN_ENOMEM;
                break;
            }
            native->events = grown;
            cap = more;
        }
        for (uint32_t i = 0; i < burst.outs; i++) {
            keep(native, burst.out[i]);
            tvn_image_unref(burst.out[i]);
        }
    }
    if (err == TVN_OK && cap > native->count) { /* exact: free states it */
        native->events = tvn_mem_resize(
            native->events, cap, native->count, sizeof(struct departure));
    }
    stage.ops->free(stage.self);
    return err;
}

/* The table's file, whose cells need no quotes: carrier,name,kind. */
static tvn_err
add_airlines(struct tvn__native *native, struct tvn_host *host)
{
    const char *path = tvn_pipeline_path(
        host->pipeline, &native->arena, TVN_STR("data/airlines.csv"));
    struct tvn_buf text = {0};
    tvn_err err = path == NULL
                      ? TVN_ENOMEM
                      : tvn_buf_read_file(&text, path, TVN_TABLE_FILE_MAX);
    const char *at = err == TVN_OK ? strchr(tvn_buf_text(&text), '\n') : NULL;

    while (
        at != NULL && at[1] != '\0' && native->airline_count < CARRIERS_MAX) {
        struct airline *row = &native->airlines[native->airline_count++];
        size_t carrier = strcspn(++at, ",");
        size_t name = strcspn(at + carrier + 1, ",");

        row->carrier =
            tvn_arena_str(&native->arena, (struct tvn_str){at, carrier});
        row->name = tvn_arena_str(
            &native->arena, (struct tvn_str){at + carrier + 1, name});
        row->kind = at[carrier + name + 2] == 'm' ? 0 : 1;
        at = strchr(at, '\n');
    }
    tvn_buf_fini(&text);
    return err;
}

tvn_err
tvn__native_new(
    const char *file, TVN_GIVE struct tvn__native **out, struct tvn_diag *diag)
{
    const struct tvn_host_opts opts = {.file = file};
    struct tvn__native *native = tvn_mem_new(1, sizeof(*native));
    struct tvn_host *host = NULL;
    tvn_err err;

    if (native == NULL) {
        return TVN_ENOMEM;
    }
    err = tvn_host_load(&opts, &host, diag);
    if (err == TVN_OK) {
        err = load(native, host);
    }
    if (err == TVN_OK) {
        err = add_airlines(native, host);
    }
    if (err == TVN_OK) {
        *out = native;
    } else {
        tvn__native_free(native);
    }
    tvn_host_free(host);
    return err;
}

void
tvn__native_free(struct tvn__native *native)
{
    if (native == NULL) {
        return;
    }
    tvn_mem_free(native->events, native->count, sizeof(struct departure));
    tvn_arena_fini(&native->arena);
    tvn_mem_free(native, 1, sizeof(*native));
}
