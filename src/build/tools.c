/* tools.c -- the compiler for stages: where it is, with what options, and what
 * to install when something is missing.
 *
 *     $TORVYN_CC, $TORVYN_CXX   words: `clang-19`, `python3 -m ziglang cc`
 *     $TORVYN_SYSROOT           folder with wasi-libc's headers
 *
 * Without them clang-19, else clang, and Debian's wasi-libc. */
#include "build/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INCLUDE "/usr/include/wasm32-wasi"
#define INSTALL                                                                \
    "apt-get install clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32"

/* Options that all steps have.  With link-time optimisation the user's
 * function is in line in the glue: a quarter of the time of a short one. */
static const char *const common[] = {"--target=wasm32-wasi"};
static const char *const release[] = {"-O2"};
static const char *const debug[] = {"-O1", "-g", "-DTORVYN_DEBUG"};
static const char *const c_only[] = {"-std=gnu17"};
static const char *const cpp_only[] = {
    "-std=gnu++17", "-fno-exceptions", "-fno-rtti", "-Wno-c++11-narrowing"};
static const char *const warnings[] = {"-Wall", "-Wextra"};
static const char *const link_only[] = {
    "-Wl,--export-if-defined=torvyn_arena_v1"};
static const char *const link_release[] = {"-Wl,--strip-debug"};
/* Its linker knows fewer options, and its stack is 16 MiB by itself. */
static const char *const link_zig[] = {"-Wl,--export=torvyn_arena_v1",
    "-Wl,-z,stack-size=65536", "-Wl,--strip-debug"};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* ------------------------------------------------------------------------
 * Which. */

static bool
is_program(const char *name)
{
    const char *path = getenv("PATH");
    struct tvn_buf full = {0};
    bool found = strchr(name, '/') != NULL && access(name, X_OK) == 0;

    while (!found && path != NULL && *path != '\0') {
        size_t len = strcspn(path, ":");

        tvn_buf_clear(&full);
        tvn_buf_append(&full, path, len);
        tvn_buf_printf(&full, "%s%s", len == 0 ? "" : "/", name);
        found = access(tvn_buf_text(&full), X_OK) == 0;
        path += len + (path[len] == ':');
    }
    tvn_buf_fini(&full);
    return found;
}

static tvn_err
split(struct tvn_arena *arena, const char *text, const char **words)
{
    uint32_t count = 0;

    while (count < TVN__WORDS_MAX) {
        size_t len;

        text += strspn(text, " ");
        len = strcspn(text, " ");
        if (len == 0) {
            break;
        }
        words[count] = tvn_arena_copy(arena, text, len);
        if (words[count++] == NULL) {
            return TVN_ENOMEM;
        }
        text += len;
    }
    words[count] = NULL;
    return TVN_OK;
}

static const char *
choose(const char *variable, const char *first, const char *second)
{
    const char *given = getenv(variable);

    if (given != NULL && given[strspn(given, " ")] != '\0') {
        return given;
    }
    return is_program(first) || !is_program(second) ? first : second;
}

/* `zig cc` is `zig c++` for the other language. */
static tvn_err
use_zig_for_cpp(struct tvn_build *build, const char *c)
{
    struct tvn_str words = tvn_str_of(c);
    char *cpp;

    while (words.len > 0 && words.ptr[words.len - 1] == ' ') {
        words.len--;
    }
    if (words.len > 2 && memcmp(words.ptr + words.len - 2, "cc", 2) == 0) {
        words.len -= 2;
    }
    cpp = tvn_arena_printf(&build->arena, "%.*sc++", TVN_STR_ARG(words));
    return cpp == NULL ? TVN_ENOMEM
                       : split(&build->arena, cpp, build->tools.words[1]);
}

tvn_err
tvn__tools_read(struct tvn_build *build)
{
    struct tvn__tools *tools = &build->tools;
    const char *c = choose("TORVYN_CC", "clang-19", "clang");
    const char *cpp = choose("TORVYN_CXX", "clang++-19", "clang++");
    const char *root = getenv("TORVYN_SYSROOT");
    tvn_err err = split(&build->arena, c, tools->words[0]);

    tools->is_zig = strstr(c, "zig") != NULL;
    if (err == TVN_OK) {
        err = tools->is_zig && getenv("TORVYN_CXX") == NULL
                  ? use_zig_for_cpp(build, c)
                  : split(&build->arena, cpp, tools->words[1]);
    }
    tools->include = root != NULL && root[0] != '\0' ? root
                     : tools->is_zig                 ? NULL
                                                     : INCLUDE;
    return err;
}

/* ------------------------------------------------------------------------
 * What is missing. */

static tvn_err
refuse(const struct tvn__item *item, const char *help, struct tvn_diag *diag,
    const char *what, const char *name)
{
    tvn_err err = tvn_diag_error(diag, TVN_EBUILD_TOOL, &item->stage->place,
        "stage %.*s cannot be built: %s%s", TVN_STR_ARG(item->stage->name),
        what, name);

    tvn_diag_help(diag, "%s", help);
    return err;
}

tvn_err
tvn__tools_check(struct tvn_build *build, const struct tvn__item *item,
    struct tvn_diag *diag)
{
    const struct tvn__tools *tools = &build->tools;
    unsigned which = item->language == TVN__CPP ? 1 : 0;
    const char *program = tools->words[which][0];
    struct tvn_buf path = {0};
    const char *help = INSTALL;
    const char *what = NULL;
    const char *name = program;

    if (!is_program(program)) {
        what = "there is no program ";
        if (getenv(which == 1 ? "TORVYN_CXX" : "TORVYN_CC") != NULL) {
            help = "it is what $TORVYN_CC (for C++ $TORVYN_CXX) names; "
                   "without that clang-19 is used";
        }
    } else if (tools->include != NULL) {
        tvn_buf_printf(&path, "%s/stdlib.h", tools->include);
        if (access(tvn_buf_text(&path), R_OK) != 0) {
            what = "wasi-libc is missing, no stdlib.h in ";
            name = tools->include;
            help = INSTALL ", or set $TORVYN_SYSROOT";
        }
        tvn_buf_fini(&path);
    }
    if (what == NULL) {
        return TVN_OK;
    }
    if (build->is_told[which]) {
        return TVN_EBUILD_TOOL;
    }
    build->is_told[which] = true;
    return refuse(item, help, diag, what, name);
}

tvn_err
tvn__tools_explain(const struct tvn__item *item, struct tvn_diag *diag)
{
    static const struct {
        const char *said;
        const char *missing;
    } rows[] = {
        {"Executable \"wasm-ld", "the linker wasm-ld"},
        {"invalid linker name", "the linker wasm-ld"},
        {"libclang_rt.builtins", "clang's run-time library for wasm32"},
        {"crt1-reactor.o: No such file", "wasi-libc"},
        {"cannot open crt1-reactor.o", "wasi-libc"},
        {"unable to find library -lc", "wasi-libc"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        if (item->said.len > 0 &&
            strstr(item->said.ptr, rows[i].said) != NULL) {
            return refuse(item, INSTALL, diag, rows[i].missing, " is missing");
        }
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Arguments. */

struct args {
    const char **list;
    uint32_t count;
};

static void
add(struct args *args, const char *word)
{
    if (args->count + 1 < TVN__ARGS_MAX) {
        args->list[args->count++] = word;
    }
    args->list[args->count] = NULL;
}

static void
add_all(struct args *args, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count && words[i] != NULL; i++) {
        add(args, words[i]);
    }
}

static struct args
begin(const struct tvn_build *build, enum tvn__language language, bool is_debug,
    const char **list)
{
    const struct tvn__tools *tools = &build->tools;
    struct args args = {list, 0};

    add_all(&args, tools->words[language == TVN__CPP ? 1 : 0], TVN__WORDS_MAX);
    add_all(&args, common, COUNT(common));
    if (is_debug) {
        add_all(&args, debug, COUNT(debug));
    } else {
        add_all(&args, release, COUNT(release));
        if (!tools->is_zig) { /* its libc then asks for randomness */
            add(&args, "-flto");
        }
    }
    if (tools->include != NULL) {
        add(&args, "-nostdlibinc");
        add(&args, "-isystem");
        add(&args, tools->include);
    }
    return args;
}

/* Ours stay quiet: a user's warnings are his own. */
void
tvn__tools_compile(
    struct tvn_build *build, const struct tvn__item *item, const char **list)
{
    struct args args = begin(build, item->language, build->opts.is_debug, list);

    if (item->language == TVN__CPP) {
        add_all(&args, cpp_only, COUNT(cpp_only));
    } else {
        add_all(&args, c_only, COUNT(c_only));
    }
    add_all(&args, warnings, COUNT(warnings));
    add(&args, "-I");
    add(&args, item->dir);
    add(&args, "-I");
    add(&args, tvn_arena_printf(&build->arena, "%s/gen/sdk", build->dir));
    add(&args, "-MMD");
    add(&args, "-MF");
    add(&args, item->deps);
    add(&args, "-c");
    add(&args, item->stage->source);
    add(&args, "-o");
    add(&args, item->object);
}

void
tvn__tools_link(
    struct tvn_build *build, const struct tvn__item *item, const char **list)
{
    struct tvn_arena *arena = &build->arena;
    struct args args = begin(build, TVN__C, build->opts.is_debug, list);

    add_all(&args, c_only, COUNT(c_only));
    add(&args, "-mexec-model=reactor");
    if (build->tools.is_zig) {
        add_all(&args, link_zig, COUNT(link_zig));
    } else {
        add_all(&args, link_only, COUNT(link_only));
    }
    if (!build->tools.is_zig && !build->opts.is_debug) {
        add_all(&args, link_release, COUNT(link_release));
    }
    add(&args, "-I");
    add(&args, item->dir);
    add(&args, "-I");
    add(&args, tvn_arena_printf(arena, "%s/gen/sdk", build->dir));
    add(&args, item->object);
    add(&args, tvn_arena_printf(arena, "%s/%.*s_glue.c", item->dir,
                   TVN_STR_ARG(item->bindgen.base)));
    add(&args, tvn_arena_printf(arena, "%s/gen/sdk/torvyn.c", build->dir));
    add(&args, "-o");
    add(&args, item->core);
}

/* Of what does not depend on where the pipeline is. */
uint64_t
tvn__tools_hash(
    const struct tvn_build *build, enum tvn__language language, bool is_debug)
{
    const char *list[TVN__ARGS_MAX];
    struct args args;
    struct tvn_buf text = {0};
    uint64_t hash;

    if (language == TVN__SCRIPT) {
        return is_debug ? 2 : 1; /* its own tools are its own affair */
    }
    args = begin(build, language, is_debug, list);
    add_all(&args, c_only, COUNT(c_only));
    add_all(&args, cpp_only, COUNT(cpp_only));
    add_all(&args, link_only, COUNT(link_only));
    add_all(&args, link_zig, COUNT(link_zig));
    for (uint32_t i = 0; i < args.count; i++) {
        tvn_buf_printf(&text, "%s\n", list[i]);
    }
    hash = tvn_hash64(text.ptr == NULL ? "" : text.ptr, text.len);
    tvn_buf_fini(&text);
    return hash;
}
