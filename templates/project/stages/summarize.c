/* summarize.c -- aggregator: a row per device, out at the end of a window. */
#include "summarize.h"

/* Kept between calls: rows are found by `device`, which is copied. */
static struct torvyn_table devices = TABLE(summary, device);

void ingest(const judged *event)
{
    int32_t celsius = event->reading.celsius;
    summary *row = summary_at(&devices, event->reading.device);

    if (row->readings == 0 || celsius < row->lowest) /* new rows are zeroed */
        row->lowest = celsius;
    if (row->readings == 0 || celsius > row->highest)
        row->highest = celsius;
    row->readings += 1;
}

summary_list flush(void)
{
    return summary_take(&devices); /* all rows; the table is empty then */
}
