/* replay.c -- runs a fuzz target on each file of its corpus, once.
 *
 *     fuzz_NAME FOLDER-OR-FILE...
 *
 * For builds without libFuzzer: what fuzzing has found is tested everywhere. */
#include "base/assert.h"
#include "base/buf.h"

#include <dirent.h>
#include <string.h>

#define FILE_MAX ((size_t)16 << 20)

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* From a block of its own: a byte too far is seen. */
static void
replay(const char *path)
{
    struct tvn_buf bytes = {0};
    uint8_t *copy;
    size_t len;

    TVN_ASSERT(tvn_buf_read_file(&bytes, path, FILE_MAX) == TVN_OK);
    len = bytes.len;
    copy = malloc(len + 1);
    TVN_ASSERT(copy != NULL);
    if (len > 0) {
        memcpy(copy + 1, bytes.ptr, len);
    }
    tvn_buf_fini(&bytes); /* targets end with nothing left */
    printf("%s\n", path);
    (void)fflush(stdout);
    (void)LLVMFuzzerTestOneInput(copy + 1, len);
    free(copy);
}

static unsigned
replay_folder(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    unsigned count = 0;

    if (dir == NULL) {
        replay(path);
        return 1;
    }
    while ((entry = readdir(dir)) != NULL) {
        char file[4096];

        if (entry->d_name[0] != '.') {
            (void)snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
            replay(file);
            count++;
        }
    }
    (void)closedir(dir);
    return count;
}

int
main(int argc, char **argv)
{
    unsigned count = 0;

    if (LLVMFuzzerInitialize != NULL) {
        TVN_ASSERT(LLVMFuzzerInitialize(&argc, &argv) == 0);
    }
    for (int i = 1; i < argc; i++) {
        count += replay_folder(argv[i]);
    }
    printf("%u inputs\n", count);
    return count > 0 ? 0 : 1;
}
