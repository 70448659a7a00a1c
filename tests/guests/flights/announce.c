/* announce.c -- one notice per late flight. */
#include "announce.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 11 /* -2147483648 */

static size_t
print_number(int32_t number, char *out)
{
    char digits[NUMBER_MAX];
    size_t count = 0;
    size_t len = 0;
    uint32_t left = number < 0 ? 0u - (uint32_t)number : (uint32_t)number;

    do {
        digits[count++] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (number < 0) {
        out[len++] = '-';
    }
    while (count > 0) {
        out[len++] = digits[--count];
    }
    return len;
}

static void
append(announce_string_t *text, const void *ptr, size_t len)
{
    memcpy(text->ptr + text->len, ptr, len);
    text->len += len;
}

#define APPEND(text, literal) append(text, literal, sizeof(literal) - 1)

void
exports_announce_process(announce_enriched_t *event, announce_notice_t *ret)
{
    int32_t delay = event->flight.dep_delay.val;
    size_t room = event->airline.len + event->flight.origin.len +
                  event->flight.dest.len + NUMBER_MAX + 64;
    char number[NUMBER_MAX];

    *ret = (announce_notice_t){
        .id = event->flight.id,
        .text = {.ptr = malloc(room)},
        .priority = delay > 120 ? 2 : 1,
    };
    if (ret->text.ptr == NULL) {
        abort();
    }
    append(&ret->text, event->airline.ptr, event->airline.len);
    APPEND(&ret->text, " flight ");
    append(&ret->text, event->flight.origin.ptr, event->flight.origin.len);
    APPEND(&ret->text, " to ");
    append(&ret->text, event->flight.dest.ptr, event->flight.dest.len);
    APPEND(&ret->text, " leaves ");
    append(&ret->text, number, print_number(delay, number));
    APPEND(&ret->text, " min late");
    announce_enriched_free(event);
}
