/* error.c -- numbers, exit statuses and sentences for tvn_err. */
#include "base/error.h"

#include "base/assert.h"

static const struct {
    const char *text;
    unsigned code;
    int exit;
} rows[TVN_ERR_COUNT] = {
    [TVN_OK] = {"Fine.", 0, 0},
#define TVN_ERR(name, number, status, sentence)                                \
    [TVN_E##name] = {(sentence), (number), (status)},
#include "base/errors.def"
#undef TVN_ERR
};

const char *
tvn_err_text(tvn_err err)
{
    TVN_ASSERT((unsigned)err < TVN_ERR_COUNT);
    return rows[err].text;
}

unsigned
tvn_err_code(tvn_err err)
{
    TVN_ASSERT((unsigned)err < TVN_ERR_COUNT);
    return rows[err].code;
}

int
tvn_err_exit(tvn_err err)
{
    TVN_ASSERT((unsigned)err < TVN_ERR_COUNT);
    return rows[err].exit;
}

tvn_err
tvn_err_from_code(unsigned code)
{
    for (unsigned i = 1; i < TVN_ERR_COUNT; i++) {
        if (rows[i].code == code) {
            return (tvn_err)i;
        }
    }
    return TVN_OK;
}
