/* golden_test.c -- headers and glue as they are printed, whole, for the
 * flights worlds and for worlds that are hard to print.
 *
 *     TVN_GOLDEN_WRITE=1   writes tests/golden/bindgen anew: read the diff
 *
 * What lies there also compiles without a warning: the glue as C17, a file
 * that includes the header as C17 and C++17. */
#include "base/assert.h"
#include "base/mem.h"
#include "bindgen/bindgen.h"
#include "toolchain/toolchain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN "tests/golden/bindgen/"

struct package {
    struct tvn_wit_text text;
    struct tvn_types *types;
    struct tvn_wit *wit;
};

static unsigned differing;

static void
die(struct tvn_diag *diag, const char *what)
{
    struct tvn_buf text = {0};

    tvn_diag_print(diag, &text);
    (void)fprintf(stderr, "%s:\n%s\n", what, tvn_buf_text(&text));
    abort();
}

static struct package
read_package(const char *path)
{
    struct package package = {.types = tvn_types_new()};
    struct tvn_diag diag = {0};

    if (tvn_toolchain_encode(path, &package.text, &diag) != TVN_OK ||
        tvn_wit_decode(package.text.bytes, package.text.len, path,
            package.types, &package.wit, &diag) != TVN_OK) {
        die(&diag, path);
    }
    tvn_diag_fini(&diag);
    return package;
}

static void
package_fini(struct package *package)
{
    tvn_wit_free(package->wit);
    tvn_wit_text_fini(&package->text);
    tvn_types_free(package->types);
}

static struct tvn_str
docs(const void *env, struct tvn_str path)
{
    return tvn_wit_docs_find(env, path);
}

static void
write_file(const char *path, struct tvn_str text)
{
    FILE *file = fopen(path, "w");

    TVN_ASSERT(file != NULL);
    TVN_ASSERT(fwrite(text.ptr, 1, text.len, file) == text.len);
    TVN_ASSERT(fclose(file) == 0);
}

/* The first line that differs is what a person wants to see. */
static void
print_difference(const char *path, struct tvn_str want, struct tvn_str have)
{
    size_t i = 0;
    size_t line = 1;
    size_t start = 0;

    while (i < want.len && i < have.len && want.ptr[i] == have.ptr[i]) {
        if (want.ptr[i] == '\n') {
            line++;
            start = i + 1;
        }
        i++;
    }
    (void)fprintf(stderr, "%s:%zu: differs\n  there: %.*s\n  made:  %.*s\n",
        path, line, (int)strcspn(want.ptr + start, "\n"), want.ptr + start,
        (int)strcspn(have.ptr + start, "\n"), have.ptr + start);
}

static void
compare(struct tvn_str base, const char *suffix, struct tvn_buf *have)
{
    struct tvn_buf want = {0};
    char path[256];

    (void)snprintf(
        path, sizeof(path), GOLDEN "%.*s%s", TVN_STR_ARG(base), suffix);
    (void)tvn_buf_text(have); /* a NUL behind it */
    if (getenv("TVN_GOLDEN_WRITE") != NULL) {
        write_file(path, tvn_buf_str(have));
        return;
    }
    if (tvn_buf_read_file(&want, path, 1u << 20) != TVN_OK) {
        (void)fprintf(stderr, "%s: cannot be read\n", path);
        differing++;
    } else if (!tvn_str_equal(tvn_buf_str(&want), tvn_buf_str(have))) {
        (void)tvn_buf_text(&want);
        print_difference(path, tvn_buf_str(&want), tvn_buf_str(have));
        differing++;
    }
    tvn_buf_fini(&want);
}

static void
compare_worlds(const char *wit, uint32_t count)
{
    struct package package = read_package(wit);

    TVN_ASSERT(package.wit->world_count == count);
    for (uint32_t i = 0; i < count; i++) {
        struct tvn_bindgen_opts opts = {
            .wit = package.wit,
            .world = &package.wit->worlds[i],
            .docs = docs,
            .docs_env = package.text.places,
        };
        struct tvn_bindgen made = {0};
        struct tvn_diag diag = {0};

        if (tvn_bindgen_make(&opts, &made, &diag) != TVN_OK) {
            die(&diag, wit);
        }
        compare(made.base, ".h", &made.header);
        compare(made.base, "_glue.c", &made.glue);
        tvn_diag_fini(&diag);
        tvn_bindgen_fini(&made);
    }
    package_fini(&package);
}

static void
test_headers_and_glue_are_as_they_were(void)
{
    compare_worlds("examples/flights/wit", 5);
    compare_worlds(GOLDEN "wit", 9);
    if (differing > 0) {
        (void)fprintf(stderr,
            "%u files differ; TVN_GOLDEN_WRITE=1 writes them anew\n",
            differing);
    }
    TVN_ASSERT(differing == 0);
    TVN_ASSERT(tvn_mem_live() == 0);
}

/* ------------------------------------------------------------------------
 * Compilers. */

#define FLAGS                                                                  \
    " --target=wasm32-wasi -fsyntax-only -nostdlibinc "                        \
    "-isystem /usr/include/wasm32-wasi -Isdk/c -Wall -Wextra -Wconversion "    \
    "-Wshadow -Werror "

static void
run_each(const char *pattern, const char *command)
{
    char script[1024];

    (void)snprintf(script, sizeof(script),
        "for f in " GOLDEN "%s; do %s || { echo \"$f\" >&2; exit 1; }; done",
        pattern, command);
    TVN_ASSERT(system(script) == 0);
}

static void
test_they_compile_without_a_warning(void)
{
    if (system("test -d /usr/include/wasm32-wasi && "
               "clang-19 --version >/dev/null 2>&1 && "
               "clang++-19 --version >/dev/null 2>&1") != 0) {
        (void)printf("SKIP compiling: no clang-19 with wasi-libc here\n");
        return;
    }
    run_each("*_glue.c", "clang-19 -std=c17" FLAGS "\"$f\"");
    run_each("*.h",
        "echo '#include \"'$f'\"' | clang-19 -std=c17 -x c -I." FLAGS "-");
    run_each("*.h", "echo '#include \"'$f'\"' | clang++-19 -std=c++17 -x c++ "
                    "-fno-exceptions -I." FLAGS "-");
}

int
main(void)
{
    test_headers_and_glue_are_as_they_were();
    test_they_compile_without_a_warning();
    return 0;
}
