/* reserved.c -- names that a generated header keeps away from.
 *
 * Keywords of C17, C23, C++17 and C++20; functions, types and macros of libc's
 * headers and every symbol of its library (a function of the user's with such
 * a name would take its place); the SDK's.  Only names that a WIT name can
 * become are here: lower case, or upper case with an underscore. */
#include "bindgen/internal.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */

/* Sorted.  Headers that the folder of the generated one would hide. */
static const char *const of_headers[] = {
    "algorithm", "alloca", "ar", "array", "assert", "atomic", "bitset",
    "byteswap", "chrono", "complex", "cpio", "crypt", "ctype", "dirent",
    "dlfcn", "elf", "endian", "err", "errno", "exception", "fcntl", "features",
    "fenv", "float", "fmtmsg", "fnmatch", "ftw", "functional", "getopt", "glob",
    "grp", "iconv", "ifaddrs", "initializer_list", "inttypes", "iosfwd",
    "iso646", "iterator", "langinfo", "libgen", "limits", "link", "list",
    "locale", "malloc", "map", "math", "memory", "monetary", "netdb", "new",
    "nl_types", "numeric", "optional", "paths", "poll", "pthread", "pty", "pwd",
    "queue", "regex", "resolv", "sched", "search", "semaphore", "set", "setjmp",
    "signal", "spawn", "stack", "stdalign", "stdarg", "stdatomic", "stdbool",
    "stddef", "stdint", "stdio", "stdlib", "stdnoreturn", "string",
    "string_view", "strings", "stropts", "syscall", "sysexits", "syslog", "tar",
    "termios", "tgmath", "threads", "time", "torvyn", "tuple", "type_traits",
    "uchar", "ucontext", "ulimit", "unistd", "utility", "utime", "utmp",
    "values", "variant", "vector", "version", "wait", "wchar", "wctype",
};

/* Sorted.  What cannot name a field: keywords, macros without parameters, and
 * types that the fields beside it may need. */
static const char *const in_fields[] = {
    "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor",
    "bool", "break", "case", "catch", "char", "char16_t", "char32_t", "char8_t",
    "class", "co_await", "co_return", "co_yield", "compl", "complex", "concept",
    "const", "const_cast", "consteval", "constexpr", "constinit", "continue",
    "decltype", "default", "delete", "do", "double", "dynamic_cast", "else",
    "enum", "environ", "errno", "explicit", "export", "extern", "false",
    "float", "for", "friend", "goto", "if", "imaginary", "inline", "int",
    "int16_t", "int32_t", "int64_t", "int8_t", "linux", "long",
    "math_errhandling", "mutable", "namespace", "new", "noexcept", "noreturn",
    "not", "not_eq", "nullptr", "operator", "or", "or_eq", "private",
    "protected", "ptrdiff_t", "public", "register", "reinterpret_cast",
    "requires", "restrict", "return", "short", "signed", "size_t", "sizeof",
    "st_atime", "st_ctime", "st_mtime", "static", "static_assert",
    "static_cast", "stderr", "stdin", "stdout", "struct", "switch", "template",
    "this", "thread_local", "throw", "true", "try", "typedef", "typeid",
    "typename", "typeof", "typeof_unqual", "uint16_t", "uint32_t", "uint64_t",
    "uint8_t", "union", "unix", "unsigned", "using", "virtual", "void",
    "volatile", "wchar_t", "while", "xor", "xor_eq",
};

/* Sorted.  What nothing at file scope may be called. */
static const char *const at_file_scope[] = {
    "ARG_MAX", "ATOMIC_BOOL_LOCK_FREE", "ATOMIC_CHAR16_T_LOCK_FREE",
    "ATOMIC_CHAR32_T_LOCK_FREE", "ATOMIC_CHAR_LOCK_FREE", "ATOMIC_FLAG_INIT",
    "ATOMIC_INT_LOCK_FREE", "ATOMIC_LLONG_LOCK_FREE", "ATOMIC_LONG_LOCK_FREE",
    "ATOMIC_POINTER_LOCK_FREE", "ATOMIC_SHORT_LOCK_FREE", "ATOMIC_VAR_INIT",
    "ATOMIC_WCHAR_T_LOCK_FREE", "CHARCLASS_NAME_MAX", "CHAR_BIT", "CHAR_MAX",
    "CHAR_MIN", "CLOCKS_PER_SEC", "CLOCK_MONOTONIC", "CLOCK_PROCESS_CPUTIME_ID",
    "CLOCK_REALTIME", "CLOCK_THREAD_CPUTIME_ID", "COLL_WEIGHTS_MAX",
    "DBL_DECIMAL_DIG", "DBL_DIG", "DBL_EPSILON", "DBL_HAS_SUBNORM",
    "DBL_MANT_DIG", "DBL_MAX", "DBL_MAX_10_EXP", "DBL_MAX_EXP", "DBL_MIN",
    "DBL_MIN_10_EXP", "DBL_MIN_EXP", "DBL_TRUE_MIN", "DECIMAL_DIG",
    "DELAYTIMER_MAX", "EXIT_FAILURE", "EXIT_SUCCESS", "FE_ALL_EXCEPT",
    "FE_DFL_ENV", "FE_TONEAREST", "FILENAME_MAX", "FLT_DECIMAL_DIG", "FLT_DIG",
    "FLT_EPSILON", "FLT_EVAL_METHOD", "FLT_HAS_SUBNORM", "FLT_MANT_DIG",
    "FLT_MAX", "FLT_MAX_10_EXP", "FLT_MAX_EXP", "FLT_MIN", "FLT_MIN_10_EXP",
    "FLT_MIN_EXP", "FLT_RADIX", "FLT_ROUNDS", "FLT_TRUE_MIN", "FOPEN_MAX",
    "FP_ILOGB0", "FP_ILOGBNAN", "FP_INFINITE", "FP_NAN", "FP_NORMAL",
    "FP_SUBNORMAL", "FP_ZERO", "HOST_NAME_MAX", "HUGE_VAL", "HUGE_VALF",
    "HUGE_VALL", "INT16_C", "INT16_MAX", "INT16_MIN", "INT32_C", "INT32_MAX",
    "INT32_MIN", "INT64_C", "INT64_MAX", "INT64_MIN", "INT8_C", "INT8_MAX",
    "INT8_MIN", "INTMAX_C", "INTMAX_MAX", "INTMAX_MIN", "INTPTR_MAX",
    "INTPTR_MIN", "INT_FAST16_MAX", "INT_FAST16_MIN", "INT_FAST32_MAX",
    "INT_FAST32_MIN", "INT_FAST64_MAX", "INT_FAST64_MIN", "INT_FAST8_MAX",
    "INT_FAST8_MIN", "INT_LEAST16_MAX", "INT_LEAST16_MIN", "INT_LEAST32_MAX",
    "INT_LEAST32_MIN", "INT_LEAST64_MAX", "INT_LEAST64_MIN", "INT_LEAST8_MAX",
    "INT_LEAST8_MIN", "INT_MAX", "INT_MIN", "IOV_MAX", "LC_ALL", "LC_ALL_MASK",
    "LC_COLLATE", "LC_COLLATE_MASK", "LC_CTYPE", "LC_CTYPE_MASK",
    "LC_GLOBAL_LOCALE", "LC_MESSAGES", "LC_MESSAGES_MASK", "LC_MONETARY",
    "LC_MONETARY_MASK", "LC_NUMERIC", "LC_NUMERIC_MASK", "LC_TIME",
    "LC_TIME_MASK", "LDBL_DECIMAL_DIG", "LDBL_DIG", "LDBL_EPSILON",
    "LDBL_HAS_SUBNORM", "LDBL_MANT_DIG", "LDBL_MAX", "LDBL_MAX_10_EXP",
    "LDBL_MAX_EXP", "LDBL_MIN", "LDBL_MIN_10_EXP", "LDBL_MIN_EXP",
    "LDBL_TRUE_MIN", "LLONG_MAX", "LLONG_MIN", "LONG_BIT", "LONG_MAX",
    "LONG_MIN", "MATH_ERREXCEPT", "MATH_ERRNO", "MB_CUR_MAX", "MB_LEN_MAX",
    "M_1_PI", "M_2_PI", "M_2_SQRTPI", "M_E", "M_LN10", "M_LN2", "M_LOG10E",
    "M_LOG2E", "M_PI", "M_PI_2", "M_PI_4", "M_SQRT1_2", "M_SQRT2", "NAME_MAX",
    "NGROUPS_MAX", "NL_ARGMAX", "NL_LANGMAX", "NL_MSGMAX", "NL_NMAX",
    "NL_SETMAX", "NL_TEXTMAX", "ONCE_FLAG_INIT", "PAGE_SIZE", "PATH_MAX",
    "PTRDIFF_MAX", "PTRDIFF_MIN", "RAND_MAX", "RE_DUP_MAX", "SCHAR_MAX",
    "SCHAR_MIN", "SEEK_CUR", "SEEK_END", "SEEK_SET", "SHRT_MAX", "SHRT_MIN",
    "SIG_ATOMIC_MAX", "SIG_ATOMIC_MIN", "SIG_DFL", "SIG_ERR", "SIG_IGN",
    "SIZE_MAX", "SSIZE_MAX", "SYMLOOP_MAX", "TABLE_MAX", "TIMER_ABSTIME",
    "TIME_UTC", "TSS_DTOR_ITERATIONS", "TTY_NAME_MAX", "TZNAME_MAX",
    "UCHAR_MAX", "UINT16_C", "UINT16_MAX", "UINT32_C", "UINT32_MAX", "UINT64_C",
    "UINT64_MAX", "UINT8_C", "UINT8_MAX", "UINTMAX_C", "UINTMAX_MAX",
    "UINTPTR_MAX", "UINT_FAST16_MAX", "UINT_FAST32_MAX", "UINT_FAST64_MAX",
    "UINT_FAST8_MAX", "UINT_LEAST16_MAX", "UINT_LEAST32_MAX",
    "UINT_LEAST64_MAX", "UINT_LEAST8_MAX", "UINT_MAX", "ULLONG_MAX",
    "ULONG_MAX", "USHRT_MAX", "WCHAR_MAX", "WCHAR_MIN", "WINT_MAX", "WINT_MIN",
    "WORD_BIT", "a64l", "abort", "abs", "acos", "acosf", "acosh", "acoshf",
    "acoshl", "acosl", "alignas", "aligned_alloc", "alignof", "alloca", "and",
    "and_eq", "arc4random", "arc4random_buf", "arc4random_uniform", "asctime",
    "asctime_r", "asin", "asinf", "asinh", "asinhf", "asinhl", "asinl", "asm",
    "asprintf", "assert", "at_quick_exit", "atan", "atan2", "atan2f", "atan2l",
    "atanf", "atanh", "atanhf", "atanhl", "atanl", "atexit", "atof", "atoi",
    "atol", "atoll", "atomic_bool", "atomic_char", "atomic_char16_t",
    "atomic_char32_t", "atomic_compare_exchange_strong",
    "atomic_compare_exchange_strong_explicit", "atomic_compare_exchange_weak",
    "atomic_compare_exchange_weak_explicit", "atomic_exchange",
    "atomic_exchange_explicit", "atomic_fetch_add", "atomic_fetch_add_explicit",
    "atomic_fetch_and", "atomic_fetch_and_explicit", "atomic_fetch_or",
    "atomic_fetch_or_explicit", "atomic_fetch_sub", "atomic_fetch_sub_explicit",
    "atomic_fetch_xor", "atomic_fetch_xor_explicit", "atomic_flag",
    "atomic_flag_clear", "atomic_flag_clear_explicit",
    "atomic_flag_test_and_set", "atomic_flag_test_and_set_explicit",
    "atomic_init", "atomic_int", "atomic_int_fast16_t", "atomic_int_fast32_t",
    "atomic_int_fast64_t", "atomic_int_fast8_t", "atomic_int_least16_t",
    "atomic_int_least32_t", "atomic_int_least64_t", "atomic_int_least8_t",
    "atomic_intmax_t", "atomic_intptr_t", "atomic_is_lock_free", "atomic_llong",
    "atomic_load", "atomic_load_explicit", "atomic_long", "atomic_ptrdiff_t",
    "atomic_schar", "atomic_short", "atomic_signal_fence", "atomic_size_t",
    "atomic_store", "atomic_store_explicit", "atomic_thread_fence",
    "atomic_uchar", "atomic_uint", "atomic_uint_fast16_t",
    "atomic_uint_fast32_t", "atomic_uint_fast64_t", "atomic_uint_fast8_t",
    "atomic_uint_least16_t", "atomic_uint_least32_t", "atomic_uint_least64_t",
    "atomic_uint_least8_t", "atomic_uintmax_t", "atomic_uintptr_t",
    "atomic_ullong", "atomic_ulong", "atomic_ushort", "atomic_wchar_t", "auto",
    "bcmp", "bcopy", "bitand", "bitor", "bool", "break", "bsd_signal",
    "bsearch", "btowc", "bzero", "c16rtomb", "c32rtomb", "cabi_realloc", "cabs",
    "cabsf", "cabsl", "cacos", "cacosf", "cacosh", "cacoshf", "cacoshl",
    "cacosl", "call_once", "calloc", "carg", "cargf", "cargl", "case", "casin",
    "casinf", "casinh", "casinhf", "casinhl", "casinl", "catan", "catanf",
    "catanh", "catanhf", "catanhl", "catanl", "catch", "cbrt", "cbrtf", "cbrtl",
    "ccos", "ccosf", "ccosh", "ccoshf", "ccoshl", "ccosl", "ceil", "ceilf",
    "ceill", "cexp", "cexpf", "cexpl", "cfg", "char", "char16_t", "char32_t",
    "char8_t", "cimag", "cimagf", "cimagl", "class", "clearenv", "clearerr",
    "clearerr_unlocked", "clock", "clock_getres", "clock_gettime",
    "clock_nanosleep", "clock_t", "clockid_t", "clog", "clogf", "clogl",
    "cnd_broadcast", "cnd_destroy", "cnd_init", "cnd_signal", "cnd_t",
    "cnd_timedwait", "cnd_wait", "co_await", "co_return", "co_yield", "compl",
    "complex", "concept", "conj", "conjf", "conjl", "const", "const_cast",
    "consteval", "constexpr", "constinit", "continue",
    "cookie_close_function_t", "cookie_io_functions_t",
    "cookie_read_function_t", "cookie_seek_function_t",
    "cookie_write_function_t", "copysign", "copysignf", "copysignl", "cos",
    "cosf", "cosh", "coshf", "coshl", "cosl", "cpow", "cpowf", "cpowl", "cproj",
    "cprojf", "cprojl", "creal", "crealf", "creall", "csin", "csinf", "csinh",
    "csinhf", "csinhl", "csinl", "csqrt", "csqrtf", "csqrtl", "ctan", "ctanf",
    "ctanh", "ctanhf", "ctanhl", "ctanl", "ctermid", "ctime", "ctime_r",
    "cuserid", "decltype", "default", "delete", "difftime", "div", "div_t",
    "do", "done", "double", "double_t", "dprintf", "drand48", "drem", "dremf",
    "duplocale", "dynamic_cast", "ecvt", "else", "emit", "enum", "environ",
    "erand48", "erf", "erfc", "erfcf", "erfcl", "erff", "erfl", "errno", "exit",
    "exp", "exp10", "exp10f", "exp10l", "exp2", "exp2f", "exp2l", "expf",
    "expl", "explicit", "explicit_bzero", "expm1", "expm1f", "expm1l", "export",
    "extern", "fabs", "fabsf", "fabsl", "fail", "false", "fatal", "fclose",
    "fcvt", "fdim", "fdimf", "fdiml", "fdopen", "feclearexcept", "fegetenv",
    "fegetexceptflag", "fegetround", "feholdexcept", "fenv_t", "feof",
    "feof_unlocked", "feraiseexcept", "ferror", "ferror_unlocked", "fesetenv",
    "fesetexceptflag", "fesetround", "fetestexcept", "feupdateenv", "fexcept_t",
    "fflush", "fflush_unlocked", "ffs", "ffsl", "ffsll", "fgetc",
    "fgetc_unlocked", "fgetln", "fgetpos", "fgetpos64", "fgets",
    "fgets_unlocked", "fgetwc", "fgetwc_unlocked", "fgetws", "fgetws_unlocked",
    "fileno", "fileno_unlocked", "finite", "finitef", "float", "float_t",
    "floor", "floorf", "floorl", "fma", "fmaf", "fmal", "fmax", "fmaxf",
    "fmaxl", "fmemopen", "fmin", "fminf", "fminl", "fmod", "fmodf", "fmodl",
    "fopen", "fopen64", "fopencookie", "for", "fpclassify", "fpos64_t",
    "fpos_t", "fprintf", "fputc", "fputc_unlocked", "fputs", "fputs_unlocked",
    "fputwc", "fputwc_unlocked", "fputws", "fputws_unlocked", "fread",
    "fread_unlocked", "free", "freelocale", "freopen", "freopen64", "frexp",
    "frexpf", "frexpl", "friend", "fscanf", "fseek", "fseeko", "fseeko64",
    "fsetpos", "fsetpos64", "ftell", "ftello", "ftello64", "fwide", "fwprintf",
    "fwrite", "fwrite_unlocked", "fwscanf", "gcvt", "getc", "getc_unlocked",
    "getchar", "getchar_unlocked", "getdate", "getdate_err", "getdelim",
    "getenv", "getline", "getsubopt", "getw", "getwc", "getwc_unlocked",
    "getwchar", "getwchar_unlocked", "gmtime", "gmtime_r", "goto", "hypot",
    "hypotf", "hypotl", "if", "ilogb", "ilogbf", "ilogbl", "imaginary",
    "imaxabs", "imaxdiv", "imaxdiv_t", "index", "initstate", "inline", "int",
    "int16_t", "int32_t", "int64_t", "int8_t", "int_fast16_t", "int_fast32_t",
    "int_fast64_t", "int_fast8_t", "int_least16_t", "int_least32_t",
    "int_least64_t", "int_least8_t", "intmax_t", "intptr_t", "isalnum",
    "isalnum_l", "isalpha", "isalpha_l", "isascii", "isblank", "isblank_l",
    "iscntrl", "iscntrl_l", "isdigit", "isdigit_l", "isfinite", "isgraph",
    "isgraph_l", "isgreater", "isgreaterequal", "isinf", "isless",
    "islessequal", "islessgreater", "islower", "islower_l", "isnan", "isnormal",
    "isprint", "isprint_l", "ispunct", "ispunct_l", "isspace", "isspace_l",
    "isunordered", "isupper", "isupper_l", "iswalnum", "iswalnum_l", "iswalpha",
    "iswalpha_l", "iswblank", "iswblank_l", "iswcntrl", "iswcntrl_l",
    "iswctype", "iswctype_l", "iswdigit", "iswdigit_l", "iswgraph",
    "iswgraph_l", "iswlower", "iswlower_l", "iswprint", "iswprint_l",
    "iswpunct", "iswpunct_l", "iswspace", "iswspace_l", "iswupper",
    "iswupper_l", "iswxdigit", "iswxdigit_l", "isxdigit", "isxdigit_l", "j0",
    "j0f", "j1", "j1f", "jn", "jnf", "join", "jrand48", "kill_dependency",
    "l64a", "labs", "lcong48", "ldexp", "ldexpf", "ldexpl", "ldiv", "ldiv_t",
    "lgamma", "lgamma_r", "lgammaf", "lgammaf_r", "lgammal", "lgammal_r",
    "linux", "llabs", "lldiv", "lldiv_t", "llrint", "llrintf", "llrintl",
    "llround", "llroundf", "llroundl", "locale_t", "localeconv", "localtime",
    "localtime_r", "log", "log10", "log10f", "log10l", "log1p", "log1pf",
    "log1pl", "log2", "log2f", "log2l", "log_debug", "log_error", "log_info",
    "log_warn", "logb", "logbf", "logbl", "logf", "logl", "long", "lrand48",
    "lrint", "lrintf", "lrintl", "lround", "lroundf", "lroundl", "main",
    "malloc", "math_errhandling", "max_align_t", "mblen", "mbrlen", "mbrtoc16",
    "mbrtoc32", "mbrtowc", "mbsinit", "mbsnrtowcs", "mbsrtowcs", "mbstate_t",
    "mbstowcs", "mbtowc", "memccpy", "memchr", "memcmp", "memcpy", "memmem",
    "memmove", "memory_order", "mempcpy", "memrchr", "memset", "mktime", "modf",
    "modff", "modfl", "mrand48", "mtx_destroy", "mtx_init", "mtx_lock", "mtx_t",
    "mtx_timedlock", "mtx_trylock", "mtx_unlock", "mutable", "namespace", "nan",
    "nanf", "nanl", "nanosleep", "nearbyint", "nearbyintf", "nearbyintl", "new",
    "newlocale", "nextafter", "nextafterf", "nextafterl", "nexttoward",
    "nexttowardf", "nexttowardl", "noexcept", "noreturn", "not", "not_eq",
    "nrand48", "nullptr", "off64_t", "off_t", "offsetof", "ok", "on_init",
    "once_flag", "open_memstream", "open_wmemstream", "operator", "or", "or_eq",
    "perror", "pid_t", "posix_memalign", "pow", "pow10", "pow10f", "pow10l",
    "powf", "powl", "printf", "private", "program_invocation_name",
    "program_invocation_short_name", "protected", "psignal", "ptrdiff_t",
    "public", "putc", "putc_unlocked", "putchar", "putchar_unlocked", "putenv",
    "puts", "putw", "putwc", "putwc_unlocked", "putwchar", "putwchar_unlocked",
    "qsort", "quick_exit", "raise", "rand", "rand_r", "random", "realloc",
    "reallocarray", "register", "reinterpret_cast", "reject", "remainder",
    "remainderf", "remainderl", "remove", "remquo", "remquof", "remquol",
    "rename", "renameat", "requires", "restrict", "retry", "return", "rewind",
    "rindex", "rint", "rintf", "rintl", "round", "roundf", "roundl", "scalb",
    "scalbf", "scalbln", "scalblnf", "scalblnl", "scalbn", "scalbnf", "scalbnl",
    "scanf", "secure_getenv", "seed48", "setbuf", "setbuffer", "setenv",
    "setkey", "setlinebuf", "setlocale", "setstate", "setvbuf", "short",
    "sig_atomic_t", "sig_t", "sighandler_t", "signal", "signbit", "signed",
    "signgam", "significand", "significandf", "sin", "sincos", "sincosf",
    "sincosl", "sinf", "sinh", "sinhf", "sinhl", "sinl", "size_t", "sizeof",
    "skip", "snprintf", "sprintf", "sqrt", "sqrtf", "sqrtl", "srand", "srand48",
    "srandom", "sscanf", "ssize_t", "st_atime", "st_ctime", "st_mtime",
    "static", "static_assert", "static_cast", "stderr", "stdin", "stdout",
    "stpcpy", "stpncpy", "strcasecmp", "strcasecmp_l", "strcasestr", "strcat",
    "strchr", "strchrnul", "strcmp", "strcoll", "strcoll_l", "strcpy",
    "strcspn", "strdup", "strdupa", "strerror", "strerror_l", "strerror_r",
    "strftime", "strftime_l", "strlcat", "strlcpy", "strlen", "strncasecmp",
    "strncasecmp_l", "strncat", "strncmp", "strncpy", "strndup", "strnlen",
    "strpbrk", "strptime", "strrchr", "strsep", "strsignal", "strspn", "strstr",
    "strtod", "strtod_l", "strtof", "strtof_l", "strtoimax", "strtok",
    "strtok_r", "strtol", "strtold", "strtold_l", "strtoll", "strtoul",
    "strtoull", "strtoumax", "struct", "strverscmp", "strxfrm", "strxfrm_l",
    "suseconds_t", "switch", "swprintf", "swscanf", "system", "tan", "tanf",
    "tanh", "tanhf", "tanhl", "tanl", "template", "text", "text_drop",
    "text_eq", "text_is", "text_keep", "text_of", "text_set", "tgamma",
    "tgammaf", "tgammal", "this", "thrd_create", "thrd_current", "thrd_detach",
    "thrd_equal", "thrd_exit", "thrd_join", "thrd_sleep", "thrd_start_t",
    "thrd_t", "thrd_yield", "thread_local", "throw", "time", "time_t", "timegm",
    "timer_t", "timespec_get", "tmpfile", "tmpnam", "toascii", "tolower",
    "tolower_l", "torvyn_new", "toupper", "toupper_l", "towctrans",
    "towctrans_l", "towlower", "towlower_l", "towupper", "towupper_l", "true",
    "trunc", "truncf", "truncl", "try", "tss_create", "tss_delete",
    "tss_dtor_t", "tss_get", "tss_set", "tss_t", "typedef", "typeid",
    "typename", "typeof", "typeof_unqual", "uint16_t", "uint32_t", "uint64_t",
    "uint8_t", "uint_fast16_t", "uint_fast32_t", "uint_fast64_t",
    "uint_fast8_t", "uint_least16_t", "uint_least32_t", "uint_least64_t",
    "uint_least8_t", "uintmax_t", "uintptr_t", "ungetc", "ungetwc", "union",
    "unix", "unsetenv", "unsigned", "uselocale", "using", "va_arg", "va_copy",
    "va_end", "va_list", "va_start", "vasprintf", "vdprintf", "vfprintf",
    "vfscanf", "vfwprintf", "vfwscanf", "virtual", "void", "volatile",
    "vprintf", "vscanf", "vsnprintf", "vsprintf", "vsscanf", "vswprintf",
    "vswscanf", "vwprintf", "vwscanf", "wait_ns", "wchar_t", "wcpcpy",
    "wcpncpy", "wcrtomb", "wcscasecmp", "wcscasecmp_l", "wcscat", "wcschr",
    "wcscmp", "wcscoll", "wcscoll_l", "wcscpy", "wcscspn", "wcsdup", "wcsftime",
    "wcsftime_l", "wcslen", "wcsncasecmp", "wcsncasecmp_l", "wcsncat",
    "wcsncmp", "wcsncpy", "wcsnlen", "wcsnrtombs", "wcspbrk", "wcsrchr",
    "wcsrtombs", "wcsspn", "wcsstr", "wcstod", "wcstof", "wcstoimax", "wcstok",
    "wcstol", "wcstold", "wcstoll", "wcstombs", "wcstoul", "wcstoull",
    "wcstoumax", "wcswcs", "wcswidth", "wcsxfrm", "wcsxfrm_l", "wctob",
    "wctomb", "wctrans", "wctrans_l", "wctrans_t", "wctype", "wctype_t",
    "wcwidth", "while", "wint_t", "wmemchr", "wmemcmp", "wmemcpy", "wmemmove",
    "wmemset", "wprintf", "wscanf", "xor", "xor_eq", "y0", "y0f", "y1", "y1f",
    "yn", "ynf",
};

/* Sorted.  What no function may be called besides: libc's symbols that its
 * headers do not always declare. */
static const char *const of_functions[] = {
    "accept", "accept4", "access", "alphasort", "alphasort64", "basename",
    "bind", "catclose", "catgets", "catopen", "chdir", "close", "closedir",
    "confstr", "connect", "creat", "creat64", "crypt", "crypt_r", "dirfd",
    "dirname", "dup", "dup2", "encrypt", "execv", "execve", "faccessat",
    "fcntl", "fdatasync", "fdclosedir", "fdopendir", "fmtmsg", "fnmatch",
    "fork", "fpathconf", "fpurge", "fstat", "fstatat", "fsync", "ftime",
    "ftruncate", "futimens", "futimesat", "get_avphys_pages", "get_nprocs",
    "get_nprocs_conf", "get_phys_pages", "getcwd", "getdomainname",
    "getentropy", "gethostid", "getopt", "getopt_long", "getopt_long_only",
    "getpid", "getppid", "getsockopt", "gettimeofday", "glob", "glob64",
    "globfree", "globfree64", "hcreate", "hcreate_r", "hdestroy", "hdestroy_r",
    "hsearch", "hsearch_r", "htonl", "htons", "iconv", "iconv_close",
    "iconv_open", "in6addr_any", "in6addr_loopback", "inet_aton", "inet_ntop",
    "inet_pton", "insque", "ioctl", "iprintf", "isatty", "jmp_buf", "kill",
    "lfind", "link", "linkat", "listen", "longjmp", "lsearch", "lseek", "lstat",
    "malloc_usable_size", "memory", "mkdir", "mkdirat", "mmap", "munmap",
    "nftw", "nftw64", "nl_langinfo", "nl_langinfo_l", "ntohl", "ntohs", "open",
    "openat", "opendir", "opendirat", "optarg", "opterr", "optind", "optopt",
    "optreset", "pathconf", "pclose", "pipe", "poll", "popen", "posix_close",
    "posix_fadvise", "posix_fallocate", "pread", "preadv", "pselect", "pwrite",
    "pwritev", "read", "readdir", "readlink", "readlinkat", "readv", "recv",
    "regcomp", "regerror", "regexec", "regfree", "remque", "rewinddir", "rmdir",
    "sbrk", "scandir", "scandirat", "sched_yield", "seekdir", "select", "send",
    "setjmp", "shutdown", "sigaction", "sleep", "socket", "stat", "strfmon",
    "strfmon_l", "swab", "symlink", "symlinkat", "sysconf", "tdelete",
    "tdestroy", "telldir", "tfind", "truncate", "tsearch", "twalk", "uname",
    "unlink", "unlinkat", "usleep", "utime", "utimensat", "utimes",
    "versionsort", "versionsort64", "wait", "waitpid", "wctype_l", "write",
    "writev",
};

/* clang-format on */

static int
compare(const void *key, const void *item)
{
    const struct tvn_str *name = key;
    const char *const *text = item;
    size_t len = strlen(*text);
    size_t both = name->len < len ? name->len : len;
    int order = memcmp(name->ptr, *text, both);

    return order != 0 ? order : (name->len > len) - (name->len < len);
}

static bool
is_in(struct tvn_str name, const char *const *names, size_t count)
{
    return bsearch(&name, names, count, sizeof(names[0]), compare) != NULL;
}

bool
tvn__reserved_file(struct tvn_str name)
{
    return is_in(name, of_headers, sizeof(of_headers) / sizeof(of_headers[0]));
}

bool
tvn__reserved_field(struct tvn_str name)
{
    return is_in(name, in_fields, sizeof(in_fields) / sizeof(in_fields[0]));
}

bool
tvn__reserved(struct tvn_str name, bool is_func)
{
    static const char *const prefixes[] = {"torvyn_", "TORVYN_"};
    size_t len = strlen(prefixes[0]);

    for (int i = 0; i < 2; i++) {
        if (name.len >= len && memcmp(name.ptr, prefixes[i], len) == 0 &&
            name.ptr[name.len - 1] != '_') {
            return true;
        }
    }
    return is_in(name, at_file_scope,
               sizeof(at_file_scope) / sizeof(at_file_scope[0])) ||
           (is_func && is_in(name, of_functions,
                           sizeof(of_functions) / sizeof(of_functions[0])));
}
