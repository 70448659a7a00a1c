/* literal.c -- a literal goes out; with wit-bindgen this traps. */
#include "literal.h"

part process(const item *event)
{
    return (part){.id = event->id, .name = T("literally")};
}
