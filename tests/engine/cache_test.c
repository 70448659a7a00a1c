/* cache_test.c -- compiled modules on disk: hits, damage, foreign hands. */
#include "engine/rig.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT                                                                   \
    "(component"                                                               \
    "  (core module $M (func $inner unreachable)"                              \
    "    (func $n (export \"n\") (result i32) (i32.const 3))"                  \
    "    (func $bad (export \"bad\") (call $inner)))"                          \
    "  (core instance $m (instantiate $M))"                                    \
    "  (func (export \"n\") (result u32) (canon lift (core func $m \"n\")))"   \
    "  (func (export \"bad\") (canon lift (core func $m \"bad\"))))"

static char base[256];
static char dir[300];

static void
make_dir(void)
{
    const char *tmp = getenv("TMPDIR");

    (void)snprintf(
        base, sizeof(base), "%s/tvn-cache-XXXXXX", tmp == NULL ? "/tmp" : tmp);
    TVN_ASSERT(mkdtemp(base) != NULL);
    (void)snprintf(dir, sizeof(dir), "%s/a/b", base);
}

/* The only file in the cache; the number of files there. */
static uint32_t
find_file(char *path, size_t size)
{
    DIR *stream = opendir(dir);
    uint32_t count = 0;

    TVN_ASSERT(stream != NULL);
    for (struct dirent *entry = readdir(stream); entry != NULL;
         entry = readdir(stream)) {
        if (entry->d_name[0] != '.') {
            (void)snprintf(path, size, "%s/%.250s", dir, entry->d_name);
            count++;
        }
    }
    (void)closedir(stream);
    return count;
}

static void
remove_all(void)
{
    char path[600];

    while (find_file(path, sizeof(path)) > 0) {
        TVN_ASSERT(unlink(path) == 0);
    }
    TVN_ASSERT(rmdir(dir) == 0);
    (void)snprintf(path, sizeof(path), "%s/a", base);
    TVN_ASSERT(rmdir(path) == 0 && rmdir(base) == 0);
}

/* Compiles with a fresh engine and runs; was it in the cache? */
static bool
is_hit(void)
{
    struct rig rig;
    bool was_cached;

    rig_compile(&rig, TEXT, dir);
    TVN_ASSERT(rig.diag.warnings == 0);
    was_cached = tvn_code_was_cached(rig.code);
    RIG_OK(
        &rig, tvn_instance_new(rig.code, &rig.opts, &rig.instance, &rig.diag));
    TVN_ASSERT(rig_number(&rig, "n") == 3);
    TVN_ASSERT(rig_run(&rig, "bad") == TVN_ETRAP);
    TVN_ASSERT(rig_said(&rig, "in M!inner at 0x")); /* names are kept */
    rig_close(&rig);
    return was_cached;
}

static void
test_the_second_time_is_a_hit(void)
{
    char path[600];
    struct stat status;

    TVN_ASSERT(!is_hit());
    TVN_ASSERT(find_file(path, sizeof(path)) == 1);
    TVN_ASSERT(stat(path, &status) == 0);
    TVN_ASSERT((status.st_mode & 07777) == 0600);
    TVN_ASSERT(stat(dir, &status) == 0);
    TVN_ASSERT((status.st_mode & 07777) == 0700);
    TVN_ASSERT(is_hit());
    TVN_ASSERT(is_hit());
}

static void
flip(const char *path, long at)
{
    FILE *file = fopen(path, "r+b");
    int byte;

    TVN_ASSERT(file != NULL);
    TVN_ASSERT(fseek(file, at, at < 0 ? SEEK_END : SEEK_SET) == 0);
    byte = fgetc(file);
    TVN_ASSERT(byte != EOF);
    TVN_ASSERT(fseek(file, -1, SEEK_CUR) == 0);
    TVN_ASSERT(fputc(byte ^ 1, file) != EOF);
    TVN_ASSERT(fclose(file) == 0);
}

static void
test_a_damaged_file_is_made_anew(void)
{
    static const long places[] = {0, 31, 32, 40, 1000, -1, -1000};
    char path[600];

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        TVN_ASSERT(find_file(path, sizeof(path)) == 1);
        flip(path, places[i]);
        TVN_ASSERT(!is_hit());
        TVN_ASSERT(is_hit());
    }
    for (long size = 0; size < 1000; size += 31) {
        TVN_ASSERT(find_file(path, sizeof(path)) == 1);
        TVN_ASSERT(truncate(path, size) == 0);
        TVN_ASSERT(!is_hit());
        size *= 2;
    }
    TVN_ASSERT(is_hit());
}

static void
test_a_file_that_others_could_write_is_not_read(void)
{
    char path[600];
    char other[600];
    struct stat status;

    TVN_ASSERT(find_file(path, sizeof(path)) == 1);
    TVN_ASSERT(chmod(path, 0620) == 0);
    TVN_ASSERT(!is_hit());
    TVN_ASSERT(stat(path, &status) == 0); /* replaced */
    TVN_ASSERT((status.st_mode & 07777) == 0600);
    TVN_ASSERT(is_hit());

    (void)snprintf(other, sizeof(other), "%s/other", base);
    TVN_ASSERT(rename(path, other) == 0);
    TVN_ASSERT(symlink(other, path) == 0);
    TVN_ASSERT(!is_hit());
    TVN_ASSERT(lstat(path, &status) == 0 && S_ISREG(status.st_mode));
    TVN_ASSERT(is_hit());

    TVN_ASSERT(unlink(path) == 0 && mkfifo(path, 0600) == 0);
    TVN_ASSERT(!is_hit());
    TVN_ASSERT(is_hit());
    TVN_ASSERT(unlink(other) == 0);
}

static void
test_a_directory_that_others_could_write_is_not_used(void)
{
    struct rig rig;

    TVN_ASSERT(chmod(dir, 0770) == 0);
    rig_compile(&rig, TEXT, dir);
    TVN_ASSERT(!tvn_code_was_cached(rig.code));
    TVN_ASSERT(rig.diag.errors == 0 && rig.diag.warnings == 1);
    TVN_ASSERT(rig_said(&rig, "not this user's alone"));
    rig_close(&rig);
    TVN_ASSERT(chmod(dir, 0700) == 0);
    TVN_ASSERT(is_hit());
}

int
main(void)
{
    make_dir();
    test_the_second_time_is_a_hit();
    test_a_damaged_file_is_made_anew();
    test_a_file_that_others_could_write_is_not_read();
    test_a_directory_that_others_could_write_is_not_used();
    remove_all();
    return 0;
}
