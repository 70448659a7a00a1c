/* buf_test.c -- appending, failing once and for all, reading files. */
#include "base/buf.h"

#include "base/assert.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static void
test_appending(void)
{
    struct tvn_buf buf = {0};

    tvn_buf_append(&buf, NULL, 0);
    TVN_ASSERT(buf.ptr == NULL && strcmp(tvn_buf_text(&buf), "") == 0);
    tvn_buf_append_text(&buf, "ab");
    tvn_buf_append_byte(&buf, '\0');
    tvn_buf_append_str(&buf, TVN_STR("cd"));
    tvn_buf_printf(&buf, "%s%d", "e", 12);
    TVN_ASSERT(tvn_str_equal(tvn_buf_str(&buf), TVN_STR("ab\0cde12")));
    TVN_ASSERT(memcmp(tvn_buf_text(&buf), "ab\0cde12", 9) == 0);
    TVN_ASSERT(buf.len == 8);
    for (int i = 0; i < 10000; i++) {
        tvn_buf_printf(&buf, "%04d", i);
    }
    TVN_ASSERT(buf.len == 40008 && !buf.failed);
    TVN_ASSERT(memcmp(buf.ptr + 8 + 4 * 1234, "1234", 4) == 0);
    tvn_buf_clear(&buf);
    TVN_ASSERT(buf.len == 0 && buf.cap > 40000);
    tvn_buf_fini(&buf);
    TVN_ASSERT(buf.ptr == NULL && buf.cap == 0);
    tvn_buf_fini(&buf);
}

static void
test_out_of_memory_is_remembered(void)
{
    struct tvn_buf buf = {0};

    tvn_buf_append_text(&buf, "kept");
    tvn_mem_fail_after(0);
    tvn_buf_append(&buf, (char[1000]){0}, 1000);
    tvn_mem_fail_after(-1);
    TVN_ASSERT(buf.failed && buf.len == 4);
    tvn_buf_append_text(&buf, "x");
    tvn_buf_printf(&buf, "x");
    TVN_ASSERT(buf.failed && buf.len == 4);
    TVN_ASSERT(strcmp(tvn_buf_text(&buf), "") == 0);
    tvn_buf_clear(&buf);
    tvn_buf_append_text(&buf, "x");
    TVN_ASSERT(strcmp(tvn_buf_text(&buf), "x") == 0);
    TVN_ASSERT(!tvn_buf_reserve(&buf, SIZE_MAX - 2) && buf.failed);
    tvn_buf_fini(&buf);
}

static void
test_reading_files(void)
{
    char path[] = "/tmp/tvn-buf-test-XXXXXX";
    int fd = mkstemp(path);
    struct tvn_buf buf = {0};

    TVN_ASSERT(fd >= 0 && write(fd, "hello", 5) == 5 && close(fd) == 0);
    tvn_buf_append_text(&buf, "> ");
    TVN_ASSERT(tvn_buf_read_file(&buf, path, 5) == TVN_OK);
    TVN_ASSERT(strcmp(tvn_buf_text(&buf), "> hello") == 0);
    TVN_ASSERT(tvn_buf_read_file(&buf, path, 4) == TVN_ELIMIT);
    tvn_buf_fini(&buf);
    tvn_mem_fail_after(0);
    TVN_ASSERT(tvn_buf_read_file(&buf, path, 5) == TVN_ENOMEM);
    tvn_mem_fail_after(-1);
    tvn_buf_fini(&buf);
    TVN_ASSERT(unlink(path) == 0);
    TVN_ASSERT(tvn_buf_read_file(&buf, path, 5) == TVN_ENOTFOUND);
    TVN_ASSERT(tvn_buf_read_file(&buf, "/tmp", 5) == TVN_EIO);
    TVN_ASSERT(errno == EISDIR);
    tvn_buf_fini(&buf);
}

int
main(void)
{
    test_appending();
    test_out_of_memory_is_remembered();
    test_reading_files();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
