/* testing_files.h -- a small tree of files, given to a guest twice.
 *
 *     rw/, ro/   f "hello world", d/g "deep", and links: l -> f, dl -> d,
 *                out -> ../outside/secret, outdir -> ../outside,
 *                chain -> c2 -> outdir, abs -> ROOT/outside, loop -> loop,
 *                proc -> /proc/self/fd, gone -> nothing
 *     outside/   secret "secret": must never be reached
 *
 * Only for *_test.c of this folder. */
#ifndef TVN_ENGINE_WASI_TESTING_FILES_H
#define TVN_ENGINE_WASI_TESTING_FILES_H

#include "engine/wasi/testing.h"

#include <stdarg.h>

struct tree {
    char root[64];
    struct tvn_wasi *wasi;
    uint32_t rw;
    uint32_t ro;
    struct tvn_wasi_dir dirs[2];
    char host_paths[2][80];
    uint32_t fds; /* open before */
};

static inline const char *
in_tree(const struct tree *tree, const char *format, ...)
{
    static char paths[4][256];
    static int next;
    char *path = paths[next++ % 4];
    size_t len = (size_t)snprintf(path, 256, "%s/", tree->root);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(path + len, 256 - len, format, args);
    va_end(args);
    return path;
}

static inline void
write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    TVN_ASSERT(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

/* Whether the host's file has that text. */
static inline bool
file_is(const char *path, const char *text)
{
    struct tvn_buf buf = {0};
    bool is_same = tvn_buf_read_file(&buf, path, 1 << 20) == TVN_OK &&
                   tvn_str_is(tvn_buf_str(&buf), text);

    tvn_buf_fini(&buf);
    return is_same;
}

static inline void
make_side(const struct tree *tree, const char *side)
{
    const char *links[][2] = {
        {"l", "f"},
        {"dl", "d"},
        {"out", "../outside/secret"},
        {"outdir", "../outside"},
        {"chain", "c2"},
        {"c2", "outdir"},
        {"abs", in_tree(tree, "outside")},
        {"loop", "loop"},
        {"proc", "/proc/self/fd"},
        {"gone", "nothing"},
    };
    char path[256];

    TVN_ASSERT(mkdir(in_tree(tree, "%s", side), 0777) == 0);
    TVN_ASSERT(mkdir(in_tree(tree, "%s/d", side), 0777) == 0);
    write_file(in_tree(tree, "%s/f", side), "hello world");
    write_file(in_tree(tree, "%s/d/g", side), "deep");
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        (void)snprintf(
            path, sizeof(path), "%s/%s/%s", tree->root, side, links[i][0]);
        TVN_ASSERT(symlink(links[i][1], path) == 0);
    }
}

static inline void
tree_make(struct tree *tree)
{
    const char *tmp = getenv("TMPDIR");
    const uint8_t *r;
    uint32_t at;

    memset(tree, 0, sizeof(*tree));
    tree->fds = open_fds();
    (void)snprintf(tree->root, sizeof(tree->root), "%.40s/wasi-XXXXXX",
        tmp == NULL ? "/tmp" : tmp);
    TVN_ASSERT(mkdtemp(tree->root) != NULL);
    TVN_ASSERT(mkdir(in_tree(tree, "outside"), 0777) == 0);
    write_file(in_tree(tree, "outside/secret"), "secret");
    make_side(tree, "rw");
    make_side(tree, "ro");
    for (int i = 0; i < 2; i++) {
        const char *path = in_tree(tree, "%s", i == 0 ? "rw" : "ro");

        TVN_ASSERT(strlen(path) < sizeof(tree->host_paths[i]));
        memcpy(tree->host_paths[i], path, strlen(path) + 1);
        tree->dirs[i] = (struct tvn_wasi_dir){
            tree->host_paths[i], i == 0 ? "/work" : "/data", i == 0};
    }
    tree->wasi = wasi_new(&(struct tvn_wasi_opts){
        .grants = TVN_WASI_FILESYSTEM, .dirs = tree->dirs, .dir_count = 2});
    r = call(tree->wasi, PREOPENS, "get-directories", NULL);
    at = get_u32(r);
    TVN_ASSERT(get_u32(r + 4) == 2);
    TVN_ASSERT(tvn_str_is(get_text(r, at + 4), "/work"));
    TVN_ASSERT(tvn_str_is(get_text(r, at + 16), "/data"));
    tree->rw = get_u32(r + at);
    tree->ro = get_u32(r + at + 12);
}

static inline void
remove_all(const char *path)
{
    char inner[512];
    struct dirent *entry;
    DIR *dir;

    if (unlink(path) == 0) {
        return;
    }
    dir = opendir(path);
    TVN_ASSERT(dir != NULL);
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 &&
            strcmp(entry->d_name, "..") != 0) {
            TVN_ASSERT(snprintf(inner, sizeof(inner), "%s/%s", path,
                           entry->d_name) < (int)sizeof(inner));
            remove_all(inner);
        }
    }
    TVN_ASSERT(closedir(dir) == 0 && rmdir(path) == 0);
}

/* Whatever happened: nothing outside has changed, no file is left open. */
static inline void
tree_drop(struct tree *tree)
{
    TVN_ASSERT(file_is(in_tree(tree, "outside/secret"), "secret"));
    TVN_ASSERT(unlink(in_tree(tree, "outside/secret")) == 0);
    TVN_ASSERT(rmdir(in_tree(tree, "outside")) == 0);
    tvn_wasi_free(tree->wasi);
    TVN_ASSERT(open_fds() == tree->fds);
    remove_all(tree->root);
}

#endif
