/* error.h -- the one error type: a small enum, made from errors.def.
 *
 * A function that can fail for more than one reason returns `tvn_err`; 0 is
 * success.  What a person needs beyond the code (file, line, which name did
 * not match) goes into an optional `struct tvn_diag *diag`, last argument. */
#ifndef TVN_BASE_ERROR_H
#define TVN_BASE_ERROR_H

typedef enum tvn_err {
    TVN_OK = 0,
#define TVN_ERR(name, code, exit, text) TVN_E##name,
#include "base/errors.def"
#undef TVN_ERR
    TVN_ERR_COUNT
} tvn_err;

/* The sentence of errors.def.  Never NULL; lives as long as the process. */
const char *tvn_err_text(tvn_err err);

/* The number in `error[E0101]`; 0 for TVN_OK. */
unsigned tvn_err_code(tvn_err err);

/* The CLI's exit status for this error; 0 for TVN_OK. */
int tvn_err_exit(tvn_err err);

/* The error with this number, TVN_OK when there is none. */
tvn_err tvn_err_from_code(unsigned code);

/* The first error of two steps that are both taken. */
static inline tvn_err
tvn_err_first(tvn_err a, tvn_err b)
{
    return a == TVN_OK ? b : a;
}

#endif
