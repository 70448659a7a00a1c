/* cmd_doctor.c -- torvyn doctor: what this machine has, what is missing and
 * which command brings it. */
#include "cli/cli.h"

#include "base/arena.h"
#include "host/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct check {
    const char *name;
    const char *program; /* looked for on PATH; NULL: `path` is a file */
    const char *path;
    const char *needed_for;
    const char *package;
};

static const struct check checks[] = {
    {"clang-19", "clang-19", NULL, "building stages in C", "clang-19"},
    {"wasm-ld-19", "wasm-ld-19", NULL, "building stages in C", "lld-19"},
    {"wasi-libc", NULL, "/usr/include/wasm32-wasi/stdlib.h",
        "building stages in C", "wasi-libc"},
    {"compiler-rt for wasm32", NULL,
        "/usr/lib/llvm-19/lib/clang/19/lib/wasi/"
        "libclang_rt.builtins-wasm32.a",
        "building stages in C", "libclang-rt-19-dev-wasm32"},
};
#define CHECKS (sizeof(checks) / sizeof(checks[0]))

static bool
is_on_path(const char *program)
{
    const char *path = getenv("PATH");
    char full[4096];

    while (path != NULL && *path != '\0') {
        size_t len = strcspn(path, ":");
        int written =
            snprintf(full, sizeof(full), "%.*s/%s", (int)len, path, program);

        if (written > 0 && (size_t)written < sizeof(full) &&
            access(full, X_OK) == 0) {
            return true;
        }
        path += len + (path[len] == ':');
    }
    return false;
}

static bool
is_there(const struct check *check)
{
    return check->program != NULL ? is_on_path(check->program)
                                  : access(check->path, R_OK) == 0;
}

/* The folder, or the nearest one above it that exists, can be written. */
static bool
is_writable(const char *dir)
{
    char path[4096];
    size_t len = strlen(dir);

    if (len >= sizeof(path)) {
        return false;
    }
    memcpy(path, dir, len + 1);
    while (len > 1 && access(path, F_OK) != 0) {
        while (len > 1 && path[len - 1] != '/') {
            len--;
        }
        path[--len] = '\0';
    }
    return access(len == 0 ? "/" : path, W_OK) == 0;
}

static void
print(struct tvn_buf *out, const char *cache)
{
    tvn_buf_printf(out, "ok       torvyn %s, %s\n", TVN_VERSION,
        tvn_host_engine_version());
    tvn_buf_printf(
        out, "ok       %ld processors\n", sysconf(_SC_NPROCESSORS_ONLN));
    tvn_buf_printf(out, "%s module cache %s\n",
        cache != NULL && is_writable(cache) ? "ok      " : "missing ",
        cache == NULL ? "(set HOME or TORVYN_CACHE)" : cache);
    for (size_t i = 0; i < CHECKS; i++) {
        if (is_there(&checks[i])) {
            tvn_buf_printf(out, "ok       %s\n", checks[i].name);
        } else {
            tvn_buf_printf(out, "missing  %s, for %s: apt-get install -y %s\n",
                checks[i].name, checks[i].needed_for, checks[i].package);
        }
    }
}

static void
write_check(struct tvn_json *json, const char *name, bool is_ok,
    const char *needed_for, const char *package)
{
    tvn_json_object(json);
    tvn_json_key(json, "name");
    tvn_json_text(json, name);
    tvn_json_key(json, "ok");
    tvn_json_bool(json, is_ok);
    tvn_json_key(json, "needed_for");
    tvn_json_text(json, needed_for);
    tvn_json_key(json, "package");
    tvn_json_text(json, package);
    tvn_json_end(json);
}

static void
write_json(struct tvn_buf *out, const char *cache)
{
    struct tvn_json json;

    tvn_json_init(&json, out, true);
    tvn_json_object(&json);
    tvn_json_key(&json, "torvyn");
    tvn_json_text(&json, TVN_VERSION);
    tvn_json_key(&json, "engine");
    tvn_json_text(&json, tvn_host_engine_version());
    tvn_json_key(&json, "cache");
    tvn_json_text(&json, cache);
    tvn_json_key(&json, "checks");
    tvn_json_array(&json);
    write_check(&json, "module cache", cache != NULL && is_writable(cache),
        "a quick start", NULL);
    for (size_t i = 0; i < CHECKS; i++) {
        write_check(&json, checks[i].name, is_there(&checks[i]),
            checks[i].needed_for, checks[i].package);
    }
    tvn_json_end(&json);
    tvn_json_end(&json);
    tvn_buf_append_byte(out, '\n');
}

int
tvn__cmd_doctor(const struct tvn__args *args)
{
    struct tvn_arena arena = {0};
    struct tvn_buf out = {0};
    const char *cache = tvn_host_cache_dir(&arena);
    int status = 0;

    if (args->json) {
        write_json(&out, cache);
    } else {
        print(&out, cache);
    }
    for (size_t i = 0; i < CHECKS; i++) {
        status = is_there(&checks[i]) ? status : 3;
    }
    tvn_arena_fini(&arena);
    return tvn__print(&out, status);
}
