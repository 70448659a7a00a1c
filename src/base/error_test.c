/* error_test.c -- every row of errors.def has a number of its own, a known
 * exit status and a sentence. */
#include "base/error.h"

#include "base/assert.h"

#include <string.h>

static void
test_rows(void)
{
    TVN_ASSERT(tvn_err_code(TVN_OK) == 0 && tvn_err_exit(TVN_OK) == 0);
    for (int i = 1; i < TVN_ERR_COUNT; i++) {
        tvn_err err = (tvn_err)i;
        const char *text = tvn_err_text(err);

        TVN_ASSERT(tvn_err_code(err) > 0 && tvn_err_code(err) < 10000);
        TVN_ASSERT(tvn_err_from_code(tvn_err_code(err)) == err);
        TVN_ASSERT((tvn_err_exit(err) >= 1 && tvn_err_exit(err) <= 4) ||
                   tvn_err_exit(err) == 130); /* interrupted */
        TVN_ASSERT(strlen(text) > 10 && text[strlen(text) - 1] == '.');
    }
    TVN_ASSERT(tvn_err_from_code(0) == TVN_OK);
    TVN_ASSERT(tvn_err_from_code(9999) == TVN_OK);
}

int
main(void)
{
    test_rows();
    return 0;
}
