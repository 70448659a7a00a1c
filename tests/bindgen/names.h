/* names.h -- random WIT names, among them those that C would rather not see.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_NAMES_H
#define TVN_TESTS_BINDGEN_NAMES_H

#include "base/assert.h"
#include "base/buf.h"
#include "base/rng.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_LEN 96u

static const char *const names_plain[] = {"flight", "carrier", "amount",
    "origin", "delay", "batch", "sensor", "level", "colour", "note", "price",
    "unit", "a", "b", "c", "d", "x", "y", "id", "n1", "v2", "kind", "status"};

/* Words of C, C++, libc, the SDK, WIT and of what is generated. */
static const char *const names_nasty[] = {"int", "for", "class", "new",
    "template", "default", "register", "typedef", "struct", "union", "enum",
    "static", "const", "void", "double", "float", "long", "short", "signed",
    "unsigned", "while", "do", "if", "else", "switch", "case", "break", "goto",
    "return", "sizeof", "volatile", "auto", "extern", "inline", "restrict",
    "this", "virtual", "operator", "delete", "namespace", "private", "public",
    "try", "catch", "throw", "typename", "using", "bool", "true", "false",
    "nullptr", "and", "or", "not", "xor", "bitand", "compl", "errno", "stdin",
    "stdout", "printf", "malloc", "free", "abs", "div", "exit", "time",
    "signal", "index", "remove", "y0", "text", "cfg", "join", "emit", "skip",
    "reject", "retry", "fatal", "ok", "T", "TABLE", "table", "ptr", "len",
    "some", "val", "tag", "err", "is-err", "size-t", "uint8-t", "int32-t",
    "ptrdiff-t", "max", "min", "NULL", "assert", "offsetof", "opt-u8",
    "u8-list", "opt-text", "text-list", "tuple-u8-u8", "res-u8-text", "event",
    "process-result", "pull-result", "flush-result", "process", "flush",
    "ingest", "push", "pull", "route", "evaluate", "complete", "init",
    "on-init", "unix", "linux", "wasm", "asm", "typeof", "constexpr", "char8-t",
    "wchar-t", "static-assert", "alignas", "thread-local", "memcpy", "memset",
    "strlen", "main", "log", "log-info", "torvyn-new", "torvyn-table", "EOF",
    "BUFSIZ", "INT8-MAX", "noreturn", "complex", "concept", "requires",
    "co-await", "import", "module", "override", "use", "type", "func", "u8",
    "s32", "u64", "f64", "chr", "list", "option", "result", "string", "record",
    "flags", "variant", "tuple", "world", "interface", "package", "char",
    "uint8-max", "int32-max", "size", "uint64-t", "size-max", "f0", "f1", "opt",
    "tuple1", "opt1", "text-of", "text-keep", "text-eq", "e", "row", "key",
    "out", "ret", "args", "value", "i", "n", "p", "slot", "it", "self"};

#define NAMES_PLAIN (sizeof(names_plain) / sizeof(names_plain[0]))
#define NAMES_NASTY (sizeof(names_nasty) / sizeof(names_nasty[0]))

/* What a scope has: ";a;b;", in small letters and without hyphens, as WIT
 * compares them. */
struct names {
    struct tvn_buf taken;
};

/* False when the name was there before. */
static inline bool
names_take(struct names *names, const char *name)
{
    char entry[NAME_MAX_LEN + 3];
    size_t len = 0;

    TVN_ASSERT(strlen(name) < NAME_MAX_LEN);
    entry[len++] = ';';
    for (; *name != '\0'; name++) {
        if (*name != '-') {
            entry[len++] = (char)tolower((unsigned char)*name);
        }
    }
    entry[len++] = ';';
    entry[len] = '\0';
    if (strstr(tvn_buf_text(&names->taken), entry) != NULL) {
        return false;
    }
    tvn_buf_append_text(&names->taken, entry);
    return true;
}

/* A new name of this scope in `out`. */
static inline void
names_random(struct names *names, struct tvn_rng *rng, char *out)
{
    for (unsigned tries = 0;; tries++) {
        unsigned words = 1 + (unsigned)tvn_rng_below(rng, tries < 4 ? 2 : 4);
        size_t len = 0;

        if (tvn_rng_below(rng, 60) == 0) {
            words = 5;
        }
        for (unsigned i = 0; i < words; i++) {
            const char *word =
                tvn_rng_below(rng, 3) == 0
                    ? names_nasty[tvn_rng_below(rng, NAMES_NASTY)]
                    : names_plain[tvn_rng_below(rng, NAMES_PLAIN)];

            len += (size_t)snprintf(
                out + len, NAME_MAX_LEN - len, "%s%s", i == 0 ? "" : "-", word);
        }
        if (tries > 6) {
            len +=
                (size_t)snprintf(out + len, NAME_MAX_LEN - len, "-k%u", tries);
        }
        TVN_ASSERT(len < NAME_MAX_LEN);
        if (names_take(names, out)) {
            return;
        }
    }
}

/* "some-Name" as C writes it: "some_name". */
static inline void
names_c(const char *name, char *out)
{
    do {
        *out++ = *name == '-' ? '_' : (char)tolower((unsigned char)*name);
    } while (*name++ != '\0');
}

#endif
