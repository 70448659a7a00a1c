/* inflate.c -- a text as long as the ticket says. */
#include "inflate.h"

packet process(const ticket *e)
{
    char *text = torvyn_new(char, e->size);

    memset(text, 'a' + (int)(e->id % 26), e->size);
    return (packet){.id = e->id, .size = e->size, .text = {text, e->size}};
}
