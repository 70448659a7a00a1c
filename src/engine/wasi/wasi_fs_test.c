/* wasi_fs_test.c -- files and directories as a guest uses them. */
#include "engine/wasi/testing_calls.h"

static struct tree tree;

static void
test_open_and_read(void)
{
    uint32_t file = opened(&tree, tree.ro, "f", 0, READ);
    const uint8_t *r = read_at(&tree, file, 5, 6);

    TVN_ASSERT(r[0] == 0 && tvn_str_is(get_text(r, 4), "world"));
    TVN_ASSERT(r[12] == 0);
    r = read_at(&tree, file, UINT64_MAX, 6);
    TVN_ASSERT(r[0] == 0 && tvn_str_is(get_text(r, 4), "world"));
    r = read_at(&tree, file, 5, 11);
    TVN_ASSERT(r[0] == 0 && get_u32(r + 8) == 0 && r[12] == 1); /* its end */
    r = read_at(&tree, file, 0, 0);
    TVN_ASSERT(r[0] == 0 && get_u32(r + 8) == 0 && r[12] == 0);
    r = read_at(&tree, file, 1, UINT64_MAX);
    TVN_ASSERT(code_at(r, 4) == INVALID);
    r = read_at(&tree, file, 1, INT64_MAX);
    TVN_ASSERT(code_at(r, 4) == INVALID);
    TVN_ASSERT(write_at(&tree, file, "x", 0) == READ_ONLY);
    drop(tree.wasi, "descriptor", file);
    TVN_ASSERT(code_at(read_at(&tree, tree.ro, 1, 0), 4) == IS_DIRECTORY);
}

static void
test_a_read_is_cut_at_64_kib(void)
{
    uint32_t file = opened(&tree, tree.rw, "big", CREATE, READ | WRITE);
    static uint8_t bytes[70000];
    const uint8_t *r;

    TVN_ASSERT(of_file(&tree, D("set-size"), file, 1 << 20, 1) == OK);
    r = read_at(&tree, file, 1 << 20, 0);
    TVN_ASSERT(r[0] == 0 && get_u32(r + 8) == 65536);
    r = call(tree.wasi, FILES, D("write"),
        arg_u32(arg_bytes(args_new_for(sizeof(bytes)), 4, bytes, sizeof(bytes)),
            0, file));
    TVN_ASSERT(r[0] == 0 && get_u64(r + 8) == 65536);
    drop(tree.wasi, "descriptor", file);
    TVN_ASSERT(at_path(&tree, D("unlink-file-at"), tree.rw, "big") == OK);
}

static void
test_write_and_size(void)
{
    uint32_t file =
        opened(&tree, tree.rw, "new", CREATE | EXCLUSIVE, READ | WRITE);
    uint32_t other;

    TVN_ASSERT(open_at(&tree, tree.rw, "new", 0, CREATE | EXCLUSIVE, WRITE,
                   &other) == EXIST);
    TVN_ASSERT(write_at(&tree, file, "abc", 2) == OK);
    TVN_ASSERT(tvn_str_equal(get_text(read_at(&tree, file, 9, 0), 4),
        (struct tvn_str){"\0\0abc", 5}));
    TVN_ASSERT(write_at(&tree, file, "abc", INT64_MAX) == TOO_LARGE);
    TVN_ASSERT(write_at(&tree, file, "abc", UINT64_MAX) == TOO_LARGE);
    TVN_ASSERT(of_file(&tree, D("set-size"), file, 3, 1) == OK);
    TVN_ASSERT(of_file(&tree, D("set-size"), file, UINT64_MAX, 1) == TOO_LARGE);
    TVN_ASSERT(get_u32(read_at(&tree, file, 9, 0) + 8) == 3);
    TVN_ASSERT(of_file(&tree, D("sync"), file, 0, 1) == OK);
    TVN_ASSERT(of_file(&tree, D("sync-data"), file, 0, 1) == OK);
    drop(tree.wasi, "descriptor", file);

    file = opened(&tree, tree.rw, "new", TRUNCATE, WRITE);
    TVN_ASSERT(code_at(read_at(&tree, file, 9, 0), 4) == BAD_DESCRIPTOR);
    TVN_ASSERT(
        of_file(&tree, D("read-via-stream"), file, 0, 4) == BAD_DESCRIPTOR);
    drop(tree.wasi, "descriptor", file);
    TVN_ASSERT(file_is(in_tree(&tree, "rw/new"), ""));
    file = opened(&tree, tree.rw, "new", 0, READ);
    TVN_ASSERT(write_at(&tree, file, "x", 0) == BAD_DESCRIPTOR);
    TVN_ASSERT(of_file(&tree, D("set-size"), file, 0, 1) == BAD_DESCRIPTOR);
    TVN_ASSERT(
        of_file(&tree, D("write-via-stream"), file, 0, 4) == BAD_DESCRIPTOR);
    TVN_ASSERT(
        of_file(&tree, D("append-via-stream"), file, 0, 4) == BAD_DESCRIPTOR);
    TVN_ASSERT(of_file(&tree, D("sync"), file, 0, 1) == OK);
    drop(tree.wasi, "descriptor", file);
    TVN_ASSERT(write_at(&tree, tree.rw, "x", 0) == IS_DIRECTORY);
    TVN_ASSERT(of_file(&tree, D("sync"), tree.rw, 0, 1) == OK);
    TVN_ASSERT(of_file(&tree, D("sync"), tree.ro, 0, 1) == OK);
    TVN_ASSERT(at_path(&tree, D("unlink-file-at"), tree.rw, "new") == OK);
}

static uint32_t
stream(const char *name, uint32_t file, uint64_t offset)
{
    const uint8_t *r = call(tree.wasi, FILES, name, self_len(file, offset));

    TVN_ASSERT(r[0] == 0);
    return get_u32(r + 4);
}

static void
test_streams_of_a_file_outlive_its_descriptor(void)
{
    uint32_t file = opened(&tree, tree.rw, "s", CREATE, READ | WRITE);
    uint32_t out = stream(D("write-via-stream"), file, 3);
    uint32_t end = stream(D("append-via-stream"), file, 0);
    uint32_t in = stream(D("read-via-stream"), file, 1);
    uint32_t ready;
    const uint8_t *r;

    drop(tree.wasi, "descriptor", file);
    r = call(tree.wasi, STREAMS, "[method]output-stream.write",
        arg_text(self(out), 4, "abc"));
    TVN_ASSERT(r[0] == 0);
    r = call(tree.wasi, STREAMS, "[method]output-stream.write",
        arg_text(self(end), 4, "END"));
    TVN_ASSERT(r[0] == 0);
    r = call(tree.wasi, STREAMS, "[method]output-stream.write",
        arg_text(self(out), 4, "def"));
    TVN_ASSERT(r[0] == 0);
    ready = stream(
        D("read-via-stream"), opened(&tree, tree.rw, "s", 0, READ), INT64_MAX);
    r = call(
        tree.wasi, STREAMS, "[method]input-stream.read", self_len(ready, 9));
    TVN_ASSERT(r[0] == 1 && r[4] == 1);
    ready = get_u32(
        call(tree.wasi, STREAMS, "[method]input-stream.subscribe", self(in)));
    (void)call(tree.wasi, POLL, "[method]pollable.block", self(ready));
    r = call(tree.wasi, STREAMS, "[method]input-stream.blocking-read",
        self_len(in, 100));
    TVN_ASSERT(r[0] == 0);
    TVN_ASSERT(
        tvn_str_equal(get_text(r, 4), (struct tvn_str){"\0\0abcdef", 8}));
    r = call(tree.wasi, STREAMS, "[method]input-stream.read", self_len(in, 9));
    TVN_ASSERT(r[0] == 1 && r[4] == 1);
    out = stream(D("write-via-stream"), opened(&tree, tree.rw, "s", 0, WRITE),
        INT64_MAX);
    r = call(tree.wasi, STREAMS, "[method]output-stream.write",
        arg_text(self(out), 4, "x"));
    TVN_ASSERT(r[0] == 1 && r[4] == 0);
    r = call(tree.wasi, FILES, "filesystem-error-code", self(get_u32(r + 8)));
    TVN_ASSERT(r[0] == 1 && r[1] == TOO_LARGE);
    TVN_ASSERT(at_path(&tree, D("unlink-file-at"), tree.rw, "s") == OK);
}

static void
test_flags_and_types(void)
{
    uint32_t file = opened(&tree, tree.rw, "f", 0, READ | WRITE | 8);
    uint32_t dir = opened(&tree, tree.rw, "d", DIRECTORY, READ);
    const uint8_t *r = call(tree.wasi, FILES, D("get-flags"), self(file));

    TVN_ASSERT(r[0] == 0 && r[1] == (READ | WRITE | 8));
    TVN_ASSERT(call(tree.wasi, FILES, D("get-type"), self(file))[1] == 6);
    r = call(tree.wasi, FILES, D("get-flags"), self(dir));
    TVN_ASSERT(r[0] == 0 && r[1] == (READ | MUTATE));
    TVN_ASSERT(call(tree.wasi, FILES, D("get-type"), self(dir))[1] == 3);
    r = call(tree.wasi, FILES, D("get-flags"), self(tree.ro));
    TVN_ASSERT(r[0] == 0 && r[1] == READ);
    drop(tree.wasi, "descriptor", dir);
    drop(tree.wasi, "descriptor", file);
}

static void
test_stat_and_times(void)
{
    uint32_t file = opened(&tree, tree.rw, "f", 0, READ);
    struct args *args = self(file);
    const uint8_t *r;

    arg_stamp(arg_stamp(args, 8, 2, 1000, 5), 32, 2, 2000, 6);
    TVN_ASSERT(code_at(call(tree.wasi, FILES, D("set-times"), args), 1) == OK);
    r = call(tree.wasi, FILES, D("stat"), self(file));
    TVN_ASSERT(r[0] == 0 && r[8] == 6);
    TVN_ASSERT(get_u64(r + 16) == 1 && get_u64(r + 24) == 11);
    TVN_ASSERT(r[32] == 1 && get_u64(r + 40) == 1000 && get_u32(r + 48) == 5);
    TVN_ASSERT(r[56] == 1 && get_u64(r + 64) == 2000 && get_u32(r + 72) == 6);
    TVN_ASSERT(r[80] == 1 && get_u64(r + 88) > 1600000000);
    args = arg_stamp(arg_stamp(self(file), 8, 0, 0, 0), 32, 1, 0, 0);
    TVN_ASSERT(code_at(call(tree.wasi, FILES, D("set-times"), args), 1) == OK);
    r = call(tree.wasi, FILES, D("stat"), self(file));
    TVN_ASSERT(get_u64(r + 40) == 1000 && get_u64(r + 64) > 1600000000);
    args = arg_stamp(arg_stamp(self(file), 8, 2, 0, 1000000000), 32, 0, 0, 0);
    TVN_ASSERT(
        code_at(call(tree.wasi, FILES, D("set-times"), args), 1) == INVALID);
    args = arg_stamp(arg_stamp(self(file), 8, 2, UINT64_MAX, 0), 32, 0, 0, 0);
    TVN_ASSERT(
        code_at(call(tree.wasi, FILES, D("set-times"), args), 1) == OVERFLOW);
    drop(tree.wasi, "descriptor", file);

    /* of the link itself, then of what it is of */
    TVN_ASSERT(times_at(&tree, tree.rw, "l", 0, 2, 3000) == OK);
    TVN_ASSERT(times_at(&tree, tree.rw, "l", FOLLOW, 2, 4000) == OK);
    r = call(tree.wasi, FILES, D("stat-at"), arg_text(self(tree.rw), 8, "l"));
    TVN_ASSERT(r[8] == 5 && get_u64(r + 24) == 1 && get_u64(r + 64) == 3000);
    r = call(tree.wasi, FILES, D("stat-at"),
        arg_u8(arg_text(self(tree.rw), 8, "l"), 4, FOLLOW));
    TVN_ASSERT(r[8] == 6 && get_u64(r + 24) == 11 && get_u64(r + 64) == 4000);
    TVN_ASSERT(look_at(&tree, D("stat-at"), tree.ro, "d/g", 0) == OK);
    TVN_ASSERT(look_at(&tree, D("stat-at"), tree.ro, "no", 0) == NO_ENTRY);
    TVN_ASSERT(look_at(&tree, D("stat-at"), tree.ro, "loop", 1) == LOOP);
}

static void
test_hashes_and_sameness(void)
{
    uint32_t a = opened(&tree, tree.rw, "f", 0, READ);
    uint32_t b = opened(&tree, tree.rw, "dl/../f", 0, READ | WRITE);
    uint64_t hash[2];
    const uint8_t *r = call(tree.wasi, FILES, D("metadata-hash"), self(a));

    TVN_ASSERT(r[0] == 0 && get_u64(r + 8) != get_u64(r + 16));
    hash[0] = get_u64(r + 8);
    hash[1] = get_u64(r + 16);
    r = call(tree.wasi, FILES, D("metadata-hash-at"),
        arg_u8(arg_text(self(tree.rw), 8, "l"), 4, FOLLOW));
    TVN_ASSERT(get_u64(r + 8) == hash[0] && get_u64(r + 16) == hash[1]);
    r = call(tree.wasi, FILES, D("is-same-object"), arg_u32(self(a), 4, b));
    TVN_ASSERT(r[0] == 1);
    r = call(
        tree.wasi, FILES, D("is-same-object"), arg_u32(self(a), 4, tree.rw));
    TVN_ASSERT(r[0] == 0);
    TVN_ASSERT(write_at(&tree, b, "hello world!", 0) == OK);
    r = call(tree.wasi, FILES, D("metadata-hash"), self(a));
    TVN_ASSERT(get_u64(r + 8) != hash[0] && get_u64(r + 16) != hash[1]);
    TVN_ASSERT(of_file(&tree, D("set-size"), b, 11, 1) == OK);
    drop(tree.wasi, "descriptor", a);
    drop(tree.wasi, "descriptor", b);
}

static int
advise(uint32_t file, uint64_t offset, uint8_t advice)
{
    struct args *args = arg_u8(self_len(file, offset), 24, advice);

    return code_at(call(tree.wasi, FILES, D("advise"), args), 1);
}

static void
test_advise(void)
{
    uint32_t file = opened(&tree, tree.ro, "f", 0, READ);

    for (uint8_t i = 0; i < 6; i++) {
        TVN_ASSERT(advise(file, 0, i) == OK);
    }
    TVN_ASSERT(advise(file, UINT64_MAX, 0) == INVALID);
    TVN_ASSERT(advise(file, 0, 6) == INVALID);
    TVN_ASSERT(advise(tree.ro, 0, 0) == BAD_DESCRIPTOR);
    drop(tree.wasi, "descriptor", file);
}

#define NEXT "[method]directory-entry-stream.read-directory-entry"

static void
test_directories_are_read_without_dots(void)
{
    static const struct {
        const char *name;
        uint8_t type;
    } rows[] = {{"d", 3}, {"f", 6}, {"l", 5}, {"pipe", 4}};
    uint32_t found = 0;
    uint32_t count = 0;
    uint32_t entries;
    const uint8_t *r;

    TVN_ASSERT(mkfifo(in_tree(&tree, "rw/pipe"), 0600) == 0);
    entries = stream(D("read-directory"), tree.rw, 0);
    for (r = call(tree.wasi, FILES, NEXT, self(entries));
         r[0] == 0 && r[4] == 1;
         r = call(tree.wasi, FILES, NEXT, self(entries))) {
        struct tvn_str name = get_text(r, 12);

        TVN_ASSERT(!tvn_str_is(name, ".") && !tvn_str_is(name, ".."));
        for (uint32_t i = 0; i < 4; i++) {
            if (tvn_str_is(name, rows[i].name)) {
                TVN_ASSERT(r[8] == rows[i].type);
                found |= 1u << i;
            }
        }
        count++;
    }
    TVN_ASSERT(r[0] == 0 && r[4] == 0 && found == 15 && count == 13);
    r = call(tree.wasi, FILES, NEXT, self(entries));
    TVN_ASSERT(r[0] == 0 && r[4] == 0);
    drop(tree.wasi, "directory-entry-stream", entries);
    TVN_ASSERT(unlink(in_tree(&tree, "rw/pipe")) == 0);

    TVN_ASSERT(mkdir(in_tree(&tree, "rw/odd"), 0777) == 0);
    write_file(in_tree(&tree, "rw/odd/\xff"), "");
    entries = stream(
        D("read-directory"), opened(&tree, tree.rw, "odd", DIRECTORY, READ), 0);
    r = call(tree.wasi, FILES, NEXT, self(entries));
    TVN_ASSERT(code_at(r, 4) == ILLEGAL);
    r = call(tree.wasi, FILES, NEXT, self(entries));
    TVN_ASSERT(r[0] == 0 && r[4] == 0); /* and goes on */
    remove_all(in_tree(&tree, "rw/odd"));
    r = call(tree.wasi, FILES, D("read-directory"),
        self(opened(&tree, tree.rw, "f", 0, READ)));
    TVN_ASSERT(code_at(r, 4) == NOT_DIRECTORY);
}

static void
test_names_are_made_moved_and_removed(void)
{
    uint32_t rw = tree.rw;
    const uint8_t *r;

    TVN_ASSERT(at_path(&tree, D("create-directory-at"), rw, "n") == OK);
    TVN_ASSERT(at_path(&tree, D("create-directory-at"), rw, "n/m/") == OK);
    TVN_ASSERT(at_path(&tree, D("create-directory-at"), rw, "n") == EXIST);
    TVN_ASSERT(at_path(&tree, D("create-directory-at"), rw, "x/y") == NO_ENTRY);
    TVN_ASSERT(at_path(&tree, D("remove-directory-at"), rw, "n") == NOT_EMPTY);
    TVN_ASSERT(at_path(&tree, D("unlink-file-at"), rw, "n") == IS_DIRECTORY);
    TVN_ASSERT(at_path(&tree, D("unlink-file-at"), rw, "n/") == IS_DIRECTORY);
    TVN_ASSERT(at_path(&tree, D("unlink-file-at"), rw, "f/") == NOT_DIRECTORY);
    TVN_ASSERT(
        at_path(&tree, D("remove-directory-at"), rw, "f") == NOT_DIRECTORY);
    TVN_ASSERT(
        at_path(&tree, D("remove-directory-at"), rw, "dl") == NOT_DIRECTORY);
    TVN_ASSERT(rename_at(&tree, rw, "n/m", rw, "k/") == OK);
    TVN_ASSERT(rename_at(&tree, rw, "f", rw, "n/f/") == NOT_DIRECTORY);
    TVN_ASSERT(rename_at(&tree, rw, "f/", rw, "n/f") == NOT_DIRECTORY);
    TVN_ASSERT(rename_at(&tree, rw, "f", rw, "n/f") == OK);
    TVN_ASSERT(rename_at(&tree, rw, "n/f", rw, "f") == OK);
    TVN_ASSERT(at_path(&tree, D("remove-directory-at"), rw, "n/") == OK);
    TVN_ASSERT(at_path(&tree, D("remove-directory-at"), rw, "k") == OK);

    TVN_ASSERT(link_at(&tree, rw, 0, "f", rw, "d/h") == OK);
    TVN_ASSERT(link_at(&tree, rw, 0, "f", rw, "d/h") == EXIST);
    TVN_ASSERT(link_at(&tree, rw, 0, "no", rw, "x") == NO_ENTRY);
    TVN_ASSERT(link_at(&tree, rw, 0, "d", rw, "x") == NOT_PERMITTED);
    TVN_ASSERT(link_at(&tree, rw, 0, "l", rw, "x") == NOT_PERMITTED);
    TVN_ASSERT(link_at(&tree, rw, FOLLOW, "l", rw, "x") == INVALID);
    TVN_ASSERT(link_at(&tree, rw, 0, "f/", rw, "x") == NOT_DIRECTORY);
    TVN_ASSERT(link_at(&tree, rw, 0, "f", rw, "x/") == NO_ENTRY);
    TVN_ASSERT(at_path(&tree, D("unlink-file-at"), rw, "d/h") == OK);

    TVN_ASSERT(symlink_at(&tree, rw, "d/g", "sl") == OK);
    TVN_ASSERT(symlink_at(&tree, rw, "d/g", "sl") == EXIST);
    TVN_ASSERT(symlink_at(&tree, rw, "/etc", "sl2") == NOT_PERMITTED);
    TVN_ASSERT(symlink_at(&tree, rw, "", "sl2") == NO_ENTRY);
    TVN_ASSERT(symlink_at(&tree, rw, "d", "sl2/") == NO_ENTRY);
    r = call(tree.wasi, FILES, D("readlink-at"), arg_text(self(rw), 4, "sl"));
    TVN_ASSERT(r[0] == 0 && tvn_str_is(get_text(r, 4), "d/g"));
    TVN_ASSERT(at_path(&tree, D("readlink-at"), rw, "f") == INVALID);
    TVN_ASSERT(at_path(&tree, D("unlink-file-at"), rw, "sl") == OK);
}

static void
test_links_are_followed_only_when_asked(void)
{
    uint32_t rep;

    TVN_ASSERT(open_at(&tree, tree.ro, "l", 0, 0, READ, &rep) == LOOP);
    TVN_ASSERT(open_at(&tree, tree.ro, "l", FOLLOW, 0, READ, &rep) == OK);
    TVN_ASSERT(tvn_str_is(get_text(read_at(&tree, rep, 5, 0), 4), "hello"));
    TVN_ASSERT(open_at(&tree, tree.ro, "dl", 0, DIRECTORY, READ, &rep) ==
               NOT_DIRECTORY);
    TVN_ASSERT(open_at(&tree, tree.ro, "dl/g", 0, 0, READ, &rep) == OK);
    TVN_ASSERT(
        open_at(&tree, tree.ro, "gone", FOLLOW, 0, READ, &rep) == NO_ENTRY);
    TVN_ASSERT(open_at(&tree, tree.rw, "gone", FOLLOW, CREATE, WRITE, &rep) ==
               OK); /* what it is of */
    TVN_ASSERT(at_path(&tree, D("unlink-file-at"), tree.rw, "nothing") == OK);
}

static void
test_what_open_at_refuses(void)
{
    uint32_t file = opened(&tree, tree.rw, "f", 0, READ);
    char path[5000];
    uint32_t rep;

    TVN_ASSERT(open_at(&tree, tree.rw, "new", 0, CREATE | DIRECTORY, READ,
                   &rep) == INVALID);
    TVN_ASSERT(open_at(&tree, tree.rw, "d", 0, 0, WRITE, &rep) == IS_DIRECTORY);
    TVN_ASSERT(open_at(&tree, tree.rw, "f", 0, DIRECTORY, READ, &rep) ==
               NOT_DIRECTORY);
    TVN_ASSERT(
        open_at(&tree, tree.rw, "f/", 0, 0, READ, &rep) == NOT_DIRECTORY);
    TVN_ASSERT(
        open_at(&tree, tree.rw, "f/x", 0, 0, READ, &rep) == NOT_DIRECTORY);
    TVN_ASSERT(open_at(&tree, tree.rw, "new/", 0, CREATE, WRITE, &rep) ==
               IS_DIRECTORY);
    TVN_ASSERT(open_at(&tree, file, "x", 0, 0, READ, &rep) == NOT_DIRECTORY);
    TVN_ASSERT(open_at(&tree, tree.rw, "", 0, 0, READ, &rep) == NO_ENTRY);
    memset(path, 'a', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    TVN_ASSERT(open_at(&tree, tree.rw, path, 0, 0, READ, &rep) == TOO_LONG);
    path[300] = '\0';
    TVN_ASSERT(open_at(&tree, tree.rw, path, 0, 0, READ, &rep) == TOO_LONG);
    TVN_ASSERT(
        at_path(&tree, D("create-directory-at"), tree.rw, path) == TOO_LONG);
    TVN_ASSERT(code_at(call(tree.wasi, FILES, D("open-at"),
                           arg_bytes(self(tree.rw), 8, "f\0g", 3)),
                   4) == INVALID);

    /* a pipe neither opens nor blocks */
    TVN_ASSERT(mkfifo(in_tree(&tree, "rw/pipe"), 0600) == 0);
    TVN_ASSERT(
        open_at(&tree, tree.rw, "pipe", 0, 0, READ, &rep) == NOT_PERMITTED);
    TVN_ASSERT(
        open_at(&tree, tree.rw, "pipe", 0, 0, WRITE, &rep) == NO_SUCH_DEVICE);
    TVN_ASSERT(open_at(&tree, tree.rw, "pipe", 0, 0, READ | WRITE, &rep) ==
               NOT_PERMITTED);
    TVN_ASSERT(unlink(in_tree(&tree, "rw/pipe")) == 0);
    drop(tree.wasi, "descriptor", file);
}

static void
test_more_objects_than_256_are_over_quota(void)
{
    uint32_t before = tvn_wasi_objects(tree.wasi);
    uint32_t reps[256];
    uint32_t count = 0;
    uint32_t rep;

    while (open_at(&tree, tree.ro, "f", 0, 0, READ, &rep) == OK) {
        reps[count++] = rep;
        TVN_ASSERT(count <= 256);
    }
    TVN_ASSERT(count + before == 256);
    TVN_ASSERT(open_at(&tree, tree.ro, "f", 0, 0, READ, &rep) == QUOTA);
    TVN_ASSERT(of_file(&tree, D("read-directory"), tree.ro, 0, 4) == QUOTA);
    TVN_ASSERT(of_file(&tree, D("read-via-stream"), reps[0], 0, 4) == QUOTA);
    call_traps(tree.wasi, PREOPENS, "get-directories", NULL,
        "wasi:filesystem/preopens: the stage holds more than 256");
    TVN_ASSERT(open_fds() < tree.fds + 270);
    while (count > 0) {
        drop(tree.wasi, "descriptor", reps[--count]);
    }
    TVN_ASSERT(tvn_wasi_objects(tree.wasi) == before);
}

static void
test_memory_runs_out_in_a_read(void)
{
    uint32_t file = opened(&tree, tree.rw, "big", CREATE, READ | WRITE);
    const struct tvn_host_func *func = find_func(tree.wasi, FILES, D("read"));
    struct args *args = self_len(file, 65536);
    struct tvn_wasi *wasi = wasi_new(&(struct tvn_wasi_opts){
        .grants = TVN_WASI_FILESYSTEM, .dirs = tree.dirs, .dir_count = 2});
    const uint8_t *r = call(wasi, PREOPENS, "get-directories", NULL);
    uint32_t root;

    drop(tree.wasi, "descriptor", file);
    file = get_u32(r + get_u32(r));
    r = call(wasi, FILES, D("open-at"),
        arg_u8(arg_text(self(file), 8, "big"), 17, READ));
    arg_u32(args, 0, get_u32(r + 4));
    func = find_func(wasi, FILES, D("read"));
    tvn_mem_fail_after(0);
    TVN_ASSERT(
        func->call(func->env, args->data, &r, &root, NULL) == TVN_ENOMEM);
    tvn_mem_fail_after(-1);
    TVN_ASSERT(func->call(func->env, args->data, &r, &root, NULL) == TVN_OK);
    args_free(args);
    tvn_wasi_free(wasi);
    TVN_ASSERT(at_path(&tree, D("unlink-file-at"), tree.rw, "big") == OK);
}

static void
test_without_the_grant_there_is_no_directory(void)
{
    struct tvn_wasi *wasi = wasi_new(
        &(struct tvn_wasi_opts){.grants = ALL & ~(unsigned)TVN_WASI_FILESYSTEM,
            .dirs = tree.dirs,
            .dir_count = 2});
    const uint8_t *r = call(wasi, PREOPENS, "get-directories", NULL);

    TVN_ASSERT(get_u32(r) == 0 && get_u32(r + 4) == 0);
    call_traps(wasi, FILES, D("open-at"), arg_text(self(tree.rw), 8, "f"),
        " is no descriptor");
    tvn_wasi_free(wasi);
}

static void
test_every_drop_closes(void)
{
    struct tvn_wasi *wasi = wasi_new(&(struct tvn_wasi_opts){
        .grants = TVN_WASI_FILESYSTEM, .dirs = tree.dirs, .dir_count = 2});
    uint32_t fds = open_fds();
    const uint8_t *r = call(wasi, PREOPENS, "get-directories", NULL);
    uint32_t dirs[2] = {get_u32(r + get_u32(r)), get_u32(r + get_u32(r) + 12)};
    uint32_t file;
    uint32_t made[4];

    r = call(wasi, FILES, D("open-at"),
        arg_u8(arg_text(self(dirs[0]), 8, "f"), 17, READ | WRITE));
    file = get_u32(r + 4);
    made[0] =
        get_u32(call(wasi, FILES, D("read-via-stream"), self_len(file, 0)) + 4);
    made[1] = get_u32(
        call(wasi, FILES, D("write-via-stream"), self_len(file, 0)) + 4);
    made[2] =
        get_u32(call(wasi, FILES, D("append-via-stream"), self(file)) + 4);
    made[3] =
        get_u32(call(wasi, FILES, D("read-directory"), self(dirs[1])) + 4);
    TVN_ASSERT(open_fds() == fds + 7 && tvn_wasi_objects(wasi) == 7);
    drop(wasi, "input-stream", made[0]);
    drop(wasi, "output-stream", made[1]);
    drop(wasi, "output-stream", made[2]);
    drop(wasi, "directory-entry-stream", made[3]);
    drop(wasi, "descriptor", file);
    drop(wasi, "descriptor", dirs[0]);
    drop(wasi, "descriptor", dirs[1]);
    TVN_ASSERT(open_fds() == fds && tvn_wasi_objects(wasi) == 0);
    tvn_wasi_free(wasi);
}

int
main(void)
{
    tree_make(&tree);
    test_open_and_read();
    test_a_read_is_cut_at_64_kib();
    test_write_and_size();
    test_streams_of_a_file_outlive_its_descriptor();
    test_flags_and_types();
    test_stat_and_times();
    test_hashes_and_sameness();
    test_advise();
    test_directories_are_read_without_dots();
    test_names_are_made_moved_and_removed();
    test_links_are_followed_only_when_asked();
    test_what_open_at_refuses();
    test_more_objects_than_256_are_over_quota();
    test_memory_runs_out_in_a_read();
    test_without_the_grant_there_is_no_directory();
    test_every_drop_closes();
    tree_drop(&tree);
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
