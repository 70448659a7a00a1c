/* reject.c -- rejects id 1000. */
#include "reject.h"

bool
exports_reject_evaluate(reject_brief_t *event, bool *ret, reject_string_t *err)
{
    if (event->id == 1000) {
        reject_string_dup(err, "id 1000 is not wanted \xE2\x80\x93 never");
        return false;
    }
    *ret = true;
    return true;
}
