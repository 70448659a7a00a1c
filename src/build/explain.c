/* explain.c -- what compilers, linkers and modules say, in a user's words. */
#include "build/internal.h"

#include <ctype.h>
#include <string.h>

#define WASI "wasi_snapshot_preview1\t"

/* ------------------------------------------------------------------------
 * The compiler's and the linker's errors. */

static const struct tvn_bindgen_func *
find_func(const struct tvn__item *item, struct tvn_str name)
{
    for (uint32_t i = 0; i < item->bindgen.func_count; i++) {
        if (tvn_str_equal(item->bindgen.funcs[i].name, name)) {
            return &item->bindgen.funcs[i];
        }
    }
    return NULL;
}

/* The C name that `text` begins with. */
static struct tvn_str
name_at(const char *text)
{
    size_t len = 0;

    while (isalnum((unsigned char)text[len]) || text[len] == '_') {
        len++;
    }
    return (struct tvn_str){text, len};
}

static const char *
find_in(const char *text, struct tvn_str part)
{
    for (; *text != '\0'; text++) {
        if (strncmp(text, part.ptr, part.len) == 0) {
            return text;
        }
    }
    return NULL;
}

/* A function of the user's whose form is wrong: what the header wants. */
static const struct tvn_bindgen_func *
find_conflict(const struct tvn__item *item)
{
    static const char *const words[] = {"conflicting types for '",
        "functions that differ only in their return type cannot be overloaded"};
    const char *said = tvn_buf_str(&item->said).ptr;
    const char *at;

    if (said == NULL) {
        return NULL;
    }
    at = strstr(said, words[0]);
    if (at != NULL) {
        return find_func(item, name_at(at + strlen(words[0])));
    }
    at = strstr(said, words[1]);
    for (uint32_t i = 0; at != NULL && i < item->bindgen.func_count; i++) {
        if (find_in(at, item->bindgen.funcs[i].name) != NULL) {
            return &item->bindgen.funcs[i];
        }
    }
    return NULL;
}

tvn_err
tvn__explain_compile(const struct tvn__item *item, struct tvn_diag *diag)
{
    const struct tvn_bindgen_func *func = find_conflict(item);
    const char *said = tvn_buf_str(&item->said).ptr;
    tvn_err err = tvn__tools_explain(item, diag);

    if (err != TVN_OK) {
        return err;
    }
    if (said == NULL || strstr(said, "error") == NULL) {
        err = tvn_diag_error(diag, TVN_EBUILD_TOOL, &item->stage->place,
            "stage %.*s cannot be built: the compiler does not run",
            TVN_STR_ARG(item->stage->name));
        tvn_diag_help(diag, "see what $TORVYN_CC and $TORVYN_CXX name; without "
                            "them clang-19 is used");
        return err;
    }
    err = tvn_diag_error(diag, TVN_EBUILD_COMPILE, &item->stage->place,
        "stage %.*s: %s does not compile", TVN_STR_ARG(item->stage->name),
        item->stage->source);
    if (func != NULL) {
        tvn_diag_help(diag, "%.*s.h has `%.*s`",
            TVN_STR_ARG(item->bindgen.base), TVN_STR_ARG(func->prototype));
    } else if (said != NULL && strstr(said, "file not found") != NULL) {
        tvn_diag_help(diag, "the header of world %.*s is %.*s.h",
            TVN_STR_ARG(item->world->name), TVN_STR_ARG(item->bindgen.base));
    }
    return err;
}

tvn_err
tvn__explain_link(
    struct tvn_build *build, struct tvn__item *item, struct tvn_diag *diag)
{
    static const char words[] = "undefined symbol: ";
    const char *at = tvn_buf_str(&item->said).ptr;
    const struct tvn_place place = {.path = item->stage->source};
    struct tvn_str seen[32];
    uint32_t count = 0;
    tvn_err err = tvn__tools_explain(item, diag);

    if (err != TVN_OK) {
        return err;
    }
    while (at != NULL && (at = strstr(at, words)) != NULL && count < 32) {
        struct tvn_str name = name_at(at + sizeof(words) - 1);
        const struct tvn_bindgen_func *func = find_func(item, name);
        bool is_new = true;

        at += sizeof(words) - 1;
        for (uint32_t i = 0; i < count; i++) {
            is_new = is_new && !tvn_str_equal(seen[i], name);
        }
        if (!is_new) {
            continue;
        }
        seen[count++] = name;
        if (func != NULL) {
            err = tvn_diag_error(diag, TVN_EBUILD_FUNCTION, &place,
                "stage %.*s must define `%.*s`", TVN_STR_ARG(item->stage->name),
                TVN_STR_ARG(func->prototype));
        } else {
            err = tvn_diag_error(diag, TVN_EBUILD_COMPILE, &place,
                "stage %.*s uses '%.*s', which is defined nowhere",
                TVN_STR_ARG(item->stage->name), TVN_STR_ARG(name));
        }
    }
    if (err != TVN_OK) {
        return err;
    }
    if (build->opts.say != NULL && item->said.len > 0) { /* in its own words */
        build->opts.say(build->opts.env, item->said.ptr, item->said.len);
    }
    return tvn_diag_error(diag, TVN_EBUILD_COMPILE, &item->stage->place,
        "stage %.*s: %s does not link", TVN_STR_ARG(item->stage->name),
        item->stage->source);
}

/* ------------------------------------------------------------------------
 * Imports that need a system. */

static const struct need {
    const char *import; /* of preview1; the first of these that is there */
    const char *does;
    const char *functions; /* of libc that lead there */
    const char *help;
} needs[] = {
    {"path_open", "opens files",
        " fopen freopen open openat creat tmpfile opendir ",
        "what a stage has to know comes as events, `config:` or `tables:`"},
    {"path_unlink_file", "removes files", " remove unlink unlinkat ",
        "a stage has no files"},
    {"path_remove_directory", "removes folders", " rmdir remove ",
        "a stage has no files"},
    {"path_rename", "renames files", " rename renameat ",
        "a stage has no files"},
    {"path_create_directory", "makes folders", " mkdir mkdirat ",
        "a stage has no files"},
    {"path_filestat_get", "looks at files", " stat lstat fstatat access ",
        "a stage has no files"},
    {"fd_read", "reads standard input or files",
        " fread fgets fgetc getc getchar scanf fscanf getline read gets ",
        "a stage reads its events, nothing else"},
    {"clock_time_get", "reads the clock",
        " time clock clock_gettime gettimeofday ",
        "add `import torvyn:stage/clock@0.1.0;` to the world and call "
        "clock_now_ns(): that clock stands still in tests"},
    {"clock_res_get", "asks for the clock", " clock_getres ",
        "add `import torvyn:stage/clock@0.1.0;` to the world"},
    {"poll_oneoff", "waits",
        " sleep usleep nanosleep clock_nanosleep poll select ",
        "a stage returns, and is called with the next event; a source returns "
        "`wait`"},
    {"random_get", "asks for randomness",
        " getentropy arc4random arc4random_buf arc4random_uniform ",
        "a seed can come as `config:`; the same input then gives the same "
        "output"},
    {"environ_get", "reads the environment", " getenv ",
        "give it as `config:`, where ${NAME} is a variable"},
    {"environ_sizes_get", "reads the environment", " getenv ",
        "give it as `config:`, where ${NAME} is a variable"},
    {"args_get", "reads the command line", " main ", "give it as `config:`"},
    {"args_sizes_get", "reads the command line", " main ",
        "give it as `config:`"},
    {"proc_exit", "ends the process", " exit _Exit _exit quick_exit ",
        "return fatal(...) to stop the flow, reject(...) for one event"},
    {"proc_raise", "raises signals", " raise kill ",
        "return fatal(...) to stop the flow"},
    {"sock_accept", "uses sockets", " accept socket ",
        "what comes from outside is a source's, what goes there a sink's"},
    {"sock_send", "uses sockets", " send sendto ",
        "what goes outside is a sink's"},
    {"sock_recv", "uses sockets", " recv recvfrom ",
        "what comes from outside is a source's"},
};

static bool
has_word(const char *list, struct tvn_str word)
{
    for (const char *at = list; (at = find_in(at, word)) != NULL; at++) {
        if (at > list && at[-1] == ' ' && at[word.len] == ' ') {
            return true;
        }
    }
    return false;
}

static bool
is_imported(const char *imports, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = imports; (at = strstr(at, WASI)) != NULL;) {
        at += sizeof(WASI) - 1;
        if (strncmp(at, name, len) == 0 && at[len] == '\n') {
            return true;
        }
    }
    return false;
}

/* Behind the comment or literal that begins at `at`; `at` when none does. */
static const char *
skip_quoted(const char *at)
{
    const char *end = at[0] == '/' && at[1] == '*'   ? strstr(at + 2, "*/")
                      : at[0] == '/' && at[1] == '/' ? strchr(at, '\n')
                                                     : at;

    if (end == NULL) {
        return at + strlen(at);
    }
    if (end != at) {
        return *end == '*' ? end + 2 : end;
    }
    if (*at != '"' && *at != '\'') {
        return at;
    }
    for (end = at + 1; *end != '\0' && *end != *at && *end != '\n'; end++) {
        end += *end == '\\' && end[1] != '\0' ? 1 : 0;
    }
    return *end == *at ? end + 1 : end;
}

/* The first call in the source of one of `functions`: name and place. */
static struct tvn_str
find_call(const char *source, const char *functions, struct tvn_place *place)
{
    const char *start = source; /* of the line */
    const char *at = source;

    place->line = 1;
    while (*at != '\0') {
        struct tvn_str name = name_at(at);
        const char *next = name.len == 0 ? skip_quoted(at) : at + name.len;

        next = next == at ? at + 1 : next;
        if (name.len > 0 && next[strspn(next, " \t")] == '(' &&
            has_word(functions, name)) {
            place->column = (uint32_t)(at - start) + 1;
            return name;
        }
        for (; at < next; at++) {
            place->line += *at == '\n';
            start = *at == '\n' ? at + 1 : start;
        }
    }
    place->line = 0;
    return (struct tvn_str){NULL, 0};
}

static tvn_err
refuse_call(const struct tvn__item *item, const struct need *need,
    const char *source, struct tvn_diag *diag)
{
    struct tvn_place place = {.path = item->stage->source};
    struct tvn_str call = find_call(source, need->functions, &place);
    tvn_err err;

    if (call.len == 0) {
        return TVN_OK;
    }
    err = tvn_diag_error(diag, TVN_EBUILD_IMPORT, &place,
        "stage %.*s %s: %.*s() needs a system, and a stage has none",
        TVN_STR_ARG(item->stage->name), need->does, TVN_STR_ARG(call));
    tvn_diag_help(diag, "%s", need->help);
    return err;
}

tvn_err
tvn__explain_imports(
    const struct tvn__item *item, const char *imports, struct tvn_diag *diag)
{
    const struct tvn_place place = {.path = item->stage->source};
    const struct need *need = NULL;
    struct tvn_buf source = {0};
    const char *any = strstr(imports, WASI);
    const char *said = ""; /* several imports of one function are one error */
    tvn_err err = TVN_OK;

    if (any == NULL) {
        return TVN_OK;
    }
    (void)tvn_buf_read_file(&source, item->stage->source, TVN__SOURCE_MAX);
    for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
        if (is_imported(imports, needs[i].import)) {
            need = need == NULL ? &needs[i] : need;
            if (strcmp(said, needs[i].does) != 0 &&
                refuse_call(item, &needs[i], tvn_buf_text(&source), diag) !=
                    TVN_OK) {
                err = TVN_EBUILD_IMPORT;
                said = needs[i].does;
            }
        }
    }
    tvn_buf_fini(&source);
    if (err != TVN_OK) {
        return err;
    }
    any += sizeof(WASI) - 1;
    err = tvn_diag_error(diag, TVN_EBUILD_IMPORT, &place,
        "stage %.*s %s, which needs a system, and a stage has none (%.*s)",
        TVN_STR_ARG(item->stage->name),
        need == NULL ? "calls WASI" : need->does, (int)strcspn(any, "\n"), any);
    if (need != NULL) {
        tvn_diag_help(diag, "%s", need->help);
    }
    return err;
}
