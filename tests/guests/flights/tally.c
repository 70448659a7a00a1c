/* tally.c -- flights, sum and maximum of the delay per carrier and window. */
#include "tally.h"

#include <stdlib.h>
#include <string.h>

#define CARRIERS_MAX 256

static tally_totals_t rows[CARRIERS_MAX];
static size_t count;

/* Carriers are two letters: a loop beats a call of memcmp. */
static bool
is_same(const tally_string_t *a, const tally_string_t *b)
{
    for (size_t i = 0; i < a->len && i < b->len; i++) {
        if (a->ptr[i] != b->ptr[i]) {
            return false;
        }
    }
    return a->len == b->len;
}

/* The carrier's row; a new one takes the event's string over. */
static tally_totals_t *
find(tally_string_t *carrier)
{
    for (size_t i = 0; i < count; i++) {
        if (is_same(&rows[i].carrier, carrier)) {
            tally_string_free(carrier);
            return &rows[i];
        }
    }
    if (count == CARRIERS_MAX) {
        abort();
    }
    rows[count] = (tally_totals_t){.carrier = *carrier};
    return &rows[count++];
}

void
exports_tally_ingest(tally_row_t *event)
{
    tally_totals_t *row;
    int32_t delay = event->flight.dep_delay.val;

    if (!event->flight.dep_delay.is_some) {
        tally_row_free(event);
        return;
    }
    row = find(&event->flight.carrier);
    if (row->flights == 0 || delay > row->delay_max) {
        row->delay_max = delay;
    }
    row->flights++;
    row->delay_sum += delay;
}

void
exports_tally_flush(tally_window_t *window, tally_list_totals_t *ret)
{
    (void)window;
    ret->len = count;
    ret->ptr = count == 0 ? NULL : malloc(count * sizeof(*rows));
    if (count > 0 && ret->ptr == NULL) {
        abort();
    }
    memcpy(ret->ptr, rows, count * sizeof(*rows));
    count = 0;
}
