/* wasi_escape_test.c -- no path, link, right or race leads out of what was
 * given. */
#include "engine/wasi/testing_calls.h"

#include <pthread.h>
#include <stdatomic.h>

/* Paths that leave, whatever is done at their end. */
static const char *const leaving[] = {
    "..",
    "../",
    "../outside",
    "../outside/secret",
    "../outside/new",
    "../rw/f", /* it would come back in */
    "d/../../outside/secret",
    "d/../..",
    "dl/../../outside/secret",
    "/",
    "//",
    "/etc/passwd",
    "/tmp",
    "outdir/secret",
    "outdir/new",
    "outdir/.",
    "outdir/..",
    "outdir/../rw/f",
    "chain/secret",
    "chain/new",
    "abs/secret",
    "abs/new",
    "proc/0",
    "proc/../environ",
    "loop/x",
    "out/",
    "out/x",
    "outdir/",
    "chain/",
    "abs/",
    "proc/",
    "loop/",
};
#define LEAVING (sizeof(leaving) / sizeof(leaving[0]))

/* Links that leave when they are followed. */
static const char *const links[] = {
    "out", "outdir", "chain", "c2", "abs", "proc", "loop"};
#define LINKS (sizeof(links) / sizeof(links[0]))

static void
check_outside(const struct tree *tree)
{
    struct stat stat_dir;
    struct stat stat_file;

    TVN_ASSERT(file_is(in_tree(tree, "outside/secret"), "secret"));
    TVN_ASSERT(stat(in_tree(tree, "outside"), &stat_dir) == 0);
    TVN_ASSERT(stat(in_tree(tree, "outside/secret"), &stat_file) == 0);
    TVN_ASSERT(stat_file.st_nlink == 1 && stat_dir.st_nlink == 2);
    TVN_ASSERT(stat_file.st_mtim.tv_sec != 4242);
    TVN_ASSERT(stat_dir.st_mtim.tv_sec != 4242);
}

static bool
opens(const struct tree *tree, uint32_t dir, const char *path,
    unsigned path_flags)
{
    static const unsigned flags[] = {0, READ, WRITE, READ | WRITE, MUTATE};
    bool has_opened = false;

    for (unsigned open_flags = 0; open_flags < 16; open_flags++) {
        for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
            uint32_t rep;

            if (open_at(tree, dir, path, path_flags, open_flags, flags[i],
                    &rep) == OK) {
                has_opened = true;
                drop(tree->wasi, "descriptor", rep);
            }
        }
    }
    return has_opened;
}

static void
test_no_function_leaves(void)
{
    static const char *const names[] = {D("create-directory-at"),
        D("remove-directory-at"), D("unlink-file-at"), D("readlink-at")};
    struct tree tree;

    tree_make(&tree);
    for (size_t i = 0; i < LEAVING; i++) {
        const char *path = leaving[i];
        uint32_t rw = tree.rw;

        for (unsigned follow = 0; follow < 2; follow++) {
            TVN_ASSERT(!opens(&tree, rw, path, follow));
            TVN_ASSERT(look_at(&tree, D("stat-at"), rw, path, follow) != OK);
            TVN_ASSERT(
                look_at(&tree, D("metadata-hash-at"), rw, path, follow) != OK);
            TVN_ASSERT(times_at(&tree, rw, path, follow, 2, 4242) != OK);
            TVN_ASSERT(link_at(&tree, rw, follow, path, rw, "x") != OK);
        }
        for (size_t k = 0; k < 4; k++) {
            TVN_ASSERT(at_path(&tree, names[k], rw, path) != OK);
        }
        TVN_ASSERT(rename_at(&tree, rw, path, rw, "x") != OK);
        TVN_ASSERT(link_at(&tree, rw, 0, "f", rw, path) != OK);
        TVN_ASSERT(symlink_at(&tree, rw, "f", path) != OK);
        TVN_ASSERT(rename_at(&tree, rw, "f", rw, path) != OK);
        TVN_ASSERT(rename_at(&tree, rw, "d", rw, path) != OK);
        check_outside(&tree);
    }
    TVN_ASSERT(file_is(in_tree(&tree, "rw/f"), "hello world"));
    TVN_ASSERT(tvn_wasi_objects(tree.wasi) == 2);
    tree_drop(&tree);
}

static void
test_links_that_leave_are_not_followed(void)
{
    struct tree tree;

    tree_make(&tree);
    for (size_t i = 0; i < LINKS; i++) {
        for (unsigned follow = 0; follow < 2; follow++) {
            TVN_ASSERT(!opens(&tree, tree.rw, links[i], follow));
        }
        TVN_ASSERT(look_at(&tree, D("stat-at"), tree.rw, links[i], 1) ==
                   (strcmp(links[i], "loop") == 0 ? LOOP : NOT_PERMITTED));
        TVN_ASSERT(
            look_at(&tree, D("metadata-hash-at"), tree.rw, links[i], 1) != OK);
        TVN_ASSERT(times_at(&tree, tree.rw, links[i], 1, 2, 4242) != OK);
        TVN_ASSERT(link_at(&tree, tree.rw, 1, links[i], tree.rw, "x") != OK);
        /* the link itself is the guest's */
        TVN_ASSERT(look_at(&tree, D("stat-at"), tree.rw, links[i], 0) == OK);
        TVN_ASSERT(times_at(&tree, tree.rw, links[i], 0, 2, 4242) == OK);
        check_outside(&tree);
    }
    /* where the host's files are is not told */
    TVN_ASSERT(
        at_path(&tree, D("readlink-at"), tree.rw, "abs") == NOT_PERMITTED);
    TVN_ASSERT(
        at_path(&tree, D("readlink-at"), tree.rw, "proc") == NOT_PERMITTED);
    TVN_ASSERT(at_path(&tree, D("readlink-at"), tree.rw, "out") == OK);
    /* one that the guest makes is no better */
    TVN_ASSERT(symlink_at(&tree, tree.rw, "../outside/secret", "mine") == OK);
    TVN_ASSERT(!opens(&tree, tree.rw, "mine", 1));
    TVN_ASSERT(rename_at(&tree, tree.rw, "mine", tree.rw, "d/mine") == OK);
    TVN_ASSERT(!opens(&tree, tree.rw, "d/mine", 1));
    tree_drop(&tree);
}

/* From a directory further down the same holds: its own top is the top. */
static void
test_a_directory_that_was_opened_is_a_top_of_its_own(void)
{
    struct tree tree;
    uint32_t dir;
    uint32_t rep;

    tree_make(&tree);
    dir = opened(&tree, tree.rw, "d", DIRECTORY, READ | MUTATE);
    TVN_ASSERT(open_at(&tree, dir, "../f", 0, 0, READ, &rep) == NOT_PERMITTED);
    TVN_ASSERT(
        at_path(&tree, D("unlink-file-at"), dir, "../f") == NOT_PERMITTED);
    TVN_ASSERT(open_at(&tree, dir, "g", 0, 0, READ, &rep) == OK);
    /* moved away from under it, too */
    TVN_ASSERT(rename(in_tree(&tree, "rw/d"), in_tree(&tree, "moved")) == 0);
    TVN_ASSERT(open_at(&tree, dir, "../outside/secret", 0, 0, READ, &rep) ==
               NOT_PERMITTED);
    TVN_ASSERT(open_at(&tree, dir, "g", 0, 0, READ, &rep) == OK);
    tree_drop(&tree);
}

static void
check_read_only(const struct tree *tree)
{
    struct stat stat_file;

    TVN_ASSERT(file_is(in_tree(tree, "ro/f"), "hello world"));
    TVN_ASSERT(file_is(in_tree(tree, "ro/d/g"), "deep"));
    TVN_ASSERT(stat(in_tree(tree, "ro/f"), &stat_file) == 0);
    TVN_ASSERT(stat_file.st_nlink == 1 && stat_file.st_mtim.tv_sec != 4242);
    TVN_ASSERT(access(in_tree(tree, "ro/x"), F_OK) != 0);
    TVN_ASSERT(access(in_tree(tree, "rw/x"), F_OK) != 0);
}

/* Whatever flags a file is opened with, nothing can be changed through it. */
static void
try_to_change(const struct tree *tree, uint32_t rep)
{
    struct args *args = self(rep);

    arg_stamp(arg_stamp(args, 8, 2, 4242, 0), 32, 2, 4242, 0);
    TVN_ASSERT(
        code_at(call(tree->wasi, FILES, D("set-times"), args), 1) == READ_ONLY);
    TVN_ASSERT(write_at(tree, rep, "x", 0) == READ_ONLY);
    TVN_ASSERT(of_file(tree, D("set-size"), rep, 0, 1) == READ_ONLY);
    TVN_ASSERT(of_file(tree, D("write-via-stream"), rep, 0, 4) == READ_ONLY);
    TVN_ASSERT(of_file(tree, D("append-via-stream"), rep, 0, 4) == READ_ONLY);
    TVN_ASSERT(of_file(tree, D("sync"), rep, 0, 1) == OK);
    TVN_ASSERT(of_file(tree, D("sync-data"), rep, 0, 1) == OK);
}

static void
test_read_only_is_read_only(void)
{
    static const char *const paths[] = {"f", "d", "l", "x", "d/g", "dl/g"};
    struct tree tree;

    tree_make(&tree);
    for (unsigned n = 0; n < 2 * 16 * 64; n++) {
        unsigned open_flags = n / 2 % 16;
        unsigned flags = n / 32;
        bool changes = (open_flags & (CREATE | TRUNCATE)) != 0 ||
                       (flags & (WRITE | MUTATE)) != 0;

        for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
            uint32_t rep;
            int code = open_at(
                &tree, tree.ro, paths[i], n % 2, open_flags, flags, &rep);

            TVN_ASSERT(!changes || code == READ_ONLY);
            if (code == OK) {
                try_to_change(&tree, rep);
                drop(tree.wasi, "descriptor", rep);
            }
        }
    }
    check_read_only(&tree);
    tree_drop(&tree);
}

static void
test_no_name_changes_in_what_is_read_only(void)
{
    struct tree tree;
    uint32_t dirs[2];

    tree_make(&tree);
    dirs[0] = tree.ro;
    dirs[1] = opened(&tree, tree.ro, "d", DIRECTORY, READ);
    for (int i = 0; i < 2; i++) {
        uint32_t ro = dirs[i];
        const char *file = i == 0 ? "f" : "g";

        TVN_ASSERT(
            at_path(&tree, D("create-directory-at"), ro, "x") == READ_ONLY);
        TVN_ASSERT(
            at_path(&tree, D("remove-directory-at"), ro, "d") == READ_ONLY);
        TVN_ASSERT(at_path(&tree, D("unlink-file-at"), ro, file) == READ_ONLY);
        TVN_ASSERT(symlink_at(&tree, ro, "f", "x") == READ_ONLY);
        TVN_ASSERT(times_at(&tree, ro, file, 0, 2, 4242) == READ_ONLY);
        TVN_ASSERT(times_at(&tree, ro, file, 1, 1, 0) == READ_ONLY);
        /* nor does a second name make it writable */
        TVN_ASSERT(link_at(&tree, ro, 0, file, ro, "x") == READ_ONLY);
        TVN_ASSERT(link_at(&tree, ro, 0, file, tree.rw, "x") == READ_ONLY);
        TVN_ASSERT(link_at(&tree, tree.rw, 0, "f", ro, "x") == READ_ONLY);
        TVN_ASSERT(rename_at(&tree, ro, file, ro, "x") == READ_ONLY);
        TVN_ASSERT(rename_at(&tree, ro, file, tree.rw, "x") == READ_ONLY);
        TVN_ASSERT(rename_at(&tree, tree.rw, "f", ro, "x") == READ_ONLY);
        TVN_ASSERT(rename_at(&tree, tree.rw, "f", ro, file) == READ_ONLY);
        try_to_change(&tree, ro);
    }
    check_read_only(&tree);
    tree_drop(&tree);
}

/* ------------------------------------------------------------------------
 * Another thread turns rw/swap from a directory into a link that leads out,
 * and back, all the time. */
#define ROUNDS 4000

struct swapper {
    char here[256];
    char away[256];
    char out[256]; /* a link to ../outside */
    atomic_bool is_over;
};

static void *
run_swapper(void *env)
{
    struct swapper *swapper = env;

    while (!atomic_load(&swapper->is_over)) {
        TVN_ASSERT(rename(swapper->here, swapper->away) == 0);
        TVN_ASSERT(rename(swapper->out, swapper->here) == 0);
        TVN_ASSERT(rename(swapper->here, swapper->out) == 0);
        TVN_ASSERT(rename(swapper->away, swapper->here) == 0);
    }
    return NULL;
}

static void
path_in(char out[256], const struct tree *tree, const char *name)
{
    (void)snprintf(out, 256, "%s/rw/%s", tree->root, name);
}

static void
test_a_race_does_not_lead_out(void)
{
    struct swapper swapper = {0};
    struct tree tree;
    pthread_t thread;
    uint32_t reached = 0;

    tree_make(&tree);
    path_in(swapper.here, &tree, "swap");
    path_in(swapper.away, &tree, "away");
    path_in(swapper.out, &tree, "leads-out");
    TVN_ASSERT(mkdir(swapper.here, 0777) == 0);
    write_file(in_tree(&tree, "rw/swap/secret"), "public");
    TVN_ASSERT(symlink("../outside", swapper.out) == 0);
    TVN_ASSERT(pthread_create(&thread, NULL, run_swapper, &swapper) == 0);
    for (int i = 0; i < ROUNDS; i++) {
        static const char *const paths[] = {
            "swap/secret", "d/../swap/secret", "swap/../swap/secret"};
        const char *path = paths[i % 3];
        uint32_t rep;

        if (open_at(&tree, tree.rw, path, (unsigned)i % 2, 0, READ | WRITE,
                &rep) == OK) {
            TVN_ASSERT(
                tvn_str_is(get_text(read_at(&tree, rep, 9, 0), 4), "public"));
            drop(tree.wasi, "descriptor", rep);
            reached++;
        }
        (void)at_path(&tree, D("create-directory-at"), tree.rw, "swap/new");
        (void)at_path(&tree, D("remove-directory-at"), tree.rw, "swap/new");
        (void)symlink_at(&tree, tree.rw, "x", "swap/new");
        (void)at_path(&tree, D("unlink-file-at"), tree.rw, "swap/new");
        (void)link_at(&tree, tree.rw, 0, "f", tree.rw, "swap/new");
        (void)rename_at(&tree, tree.rw, "swap/new", tree.rw, "d/new");
        (void)at_path(&tree, D("unlink-file-at"), tree.rw, "d/new");
        (void)times_at(&tree, tree.rw, path, 1, 2, 4242);
    }
    atomic_store(&swapper.is_over, true);
    TVN_ASSERT(pthread_join(thread, NULL) == 0);
    check_outside(&tree);
    TVN_ASSERT(reached > 0);
    tree_drop(&tree); /* asserts that outside/ has nothing new */
}

int
main(void)
{
    test_no_function_leaves();
    test_links_that_leave_are_not_followed();
    test_a_directory_that_was_opened_is_a_top_of_its_own();
    test_read_only_is_read_only();
    test_no_name_changes_in_what_is_read_only();
    test_a_race_does_not_lead_out();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
