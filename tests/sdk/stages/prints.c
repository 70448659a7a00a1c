/* prints.c -- printf, log and every kind of piece. */
#include "prints.h"

#include <stdio.h>

part process(const item *event)
{
    bool is_seven = event->id == 7;

    printf("%s %d", "a line", 1);
    printf(" ended\nand another\n");
    fprintf(stderr, "to stderr\n");
    log_info("id ", event->id, " is ", is_seven, " at ", 0.1, " ", -3, " ", 1e300, " ", 2.5f,
        " ", 120.0, " ", 0.1f);
    return (part){.id = event->id, .name = join((int8_t)-5, " ", UINT64_MAX, " ", INT64_MIN)};
}
