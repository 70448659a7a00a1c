/* file_sink_pipe_test.c -- the sink `file` on pipes: full ones, closed ones,
 * and a stdout that is shared with others. */
#include "connector/testing_run.h"

#define ROW "record { id: u32, name: string }"

static void
test_a_closed_reader_is_told_as_such(void)
{
    struct rig rig;
    int fd;

    rig_init(&rig, ROW);
    TVN_ASSERT(mkfifo(rig_path(&rig, "pipe"), 0600) == 0);
    fd = open(rig_path(&rig, "pipe"), O_RDONLY | O_NONBLOCK);
    rig_make(&rig, "file", true, "pipe");
    rig_start(&rig);
    rig_event(&rig, "{\"id\":1,\"name\":\"a\"}");
    TVN_ASSERT(rig_push(&rig) == TVN_OK && rig.burst.consumed == 1);
    TVN_ASSERT(close(fd) == 0);
    rig_event(&rig, "{\"id\":3,\"name\":\"d\"}");
    TVN_ASSERT(rig_push(&rig) == TVN_EPIPE && rig.burst.consumed == 0);
    TVN_ASSERT(tvn_err_exit(TVN_EPIPE) == 4);
    TVN_ASSERT(rig.burst.fault.kind == TVN_FAULT_WRITE);
    TVN_ASSERT(
        rig_fault_is(&rig, "cannot write pipe: its reader has closed it"));
    rig_fini(&rig);
}

/* Pushes until the pipe is full: the last event is torn or did not go in. */
static void
fill_pipe(struct rig *rig, size_t size, struct tvn_buf *sent)
{
    char json[16384];
    uint32_t id = 0;
    tvn_err err = TVN_OK;

    while (err == TVN_OK) {
        int len = snprintf(json, sizeof(json), "{\"id\":%u,\"name\":\"", id++);

        memset(json + len, 'x', size);
        (void)snprintf(json + (size_t)len + size, 4, "\"}");
        rig_event(rig, json);
        tvn_buf_append_text(sent, json);
        tvn_buf_append_byte(sent, '\n');
        err = rig_push(rig);
        TVN_ASSERT(rig->event_count <= 1);
    }
    TVN_ASSERT(err == TVN_EAGAIN && rig->event_count == 1);
    TVN_ASSERT(rig->burst.wake.fd >= 0 && rig->burst.wake.for_writing);
}

static void
drain(int fd, struct tvn_buf *got)
{
    char piece[65536];
    ssize_t len;

    while ((len = read(fd, piece, sizeof(piece))) > 0) {
        tvn_buf_append(got, piece, (size_t)len);
    }
}

/* As stdout, the descriptor is shared and blocking.  A write above PIPE_BUF
 * may be short: those records are torn. */
static void
check_full_pipe(bool as_stdout, bool drops, size_t size)
{
    struct rig rig;
    struct tvn_buf sent = {0};
    struct tvn_buf got = {0};
    int saved = -1;
    int ends[2] = {-1, -1};

    rig_init(&rig, ROW);
    if (as_stdout) {
        saved = dup(STDOUT_FILENO);
        TVN_ASSERT(pipe(ends) == 0 && dup2(ends[1], STDOUT_FILENO) == 1);
        TVN_ASSERT(close(ends[1]) == 0);
        TVN_ASSERT(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    } else {
        TVN_ASSERT(mkfifo(rig_path(&rig, "pipe"), 0600) == 0);
        ends[0] = open(rig_path(&rig, "pipe"), O_RDONLY | O_NONBLOCK);
    }
    rig_make(&rig, "file", true, as_stdout ? "stdout" : "pipe");
    TVN_ASSERT(rig.info.uses_stdout == as_stdout);
    rig_start(&rig);
    fill_pipe(&rig, size, &sent);
    TVN_ASSERT(!as_stdout || (fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK) == 0);
    if (drops) {
        rig_pass(&rig, 1); /* the flow gave the event up */
        rig_event(&rig, "{\"id\":77,\"name\":\"z\"}");
    }
    drain(ends[0], &got);
    TVN_ASSERT((got.ptr[got.len - 1] != '\n') == (size > 4096));
    TVN_ASSERT(rig_push(&rig) == TVN_OK && rig.burst.consumed == 1);
    TVN_ASSERT(rig_complete(&rig, true) == TVN_OK);
    drain(ends[0], &got);
    TVN_ASSERT(got.ptr[got.len - 1] == '\n');
    if (drops) {
        /* A torn record is finished; one not begun is not written. */
        struct tvn_str end = TVN_STR("{\"id\":77,\"name\":\"z\"}\n");
        size_t before = got.len - end.len;

        TVN_ASSERT(memcmp(got.ptr + before, end.ptr, end.len) == 0);
        TVN_ASSERT(got.ptr[before - 1] == '\n');
        TVN_ASSERT(before <= sent.len);
        TVN_ASSERT(memcmp(got.ptr, sent.ptr, before) == 0);
    } else {
        TVN_ASSERT(tvn_str_equal(tvn_buf_str(&got), tvn_buf_str(&sent)));
        TVN_ASSERT(rig.copies.rows[TVN_COPY_CONNECTOR].bytes == sent.len);
        TVN_ASSERT(
            rig_counts(&rig).ok == rig.copies.rows[TVN_COPY_CODEC_OUT].count);
        TVN_ASSERT(rig.copies.rows[TVN_COPY_CODEC_OUT].bytes ==
                   rig_counts(&rig).ok * (12 + size));
    }
    rig_end(&rig);
    if (as_stdout) {
        TVN_ASSERT(dup2(saved, STDOUT_FILENO) == 1 && close(saved) == 0);
    }
    TVN_ASSERT(close(ends[0]) == 0);
    tvn_buf_fini(&sent);
    tvn_buf_fini(&got);
    rig_fini(&rig);
}

static void
test_a_full_pipe_is_waited_for_and_nothing_is_written_twice(void)
{
    for (unsigned i = 0; i < 8; i++) {
        check_full_pipe((i & 1) != 0, (i & 2) != 0, (i & 4) != 0 ? 9000 : 3000);
    }
}

static void
test_what_went_into_a_full_pipe_is_finished_before_it_waits(void)
{
    struct rig rig;
    char json[4096];
    int fd;

    rig_init(&rig, ROW);
    TVN_ASSERT(mkfifo(rig_path(&rig, "pipe"), 0600) == 0);
    fd = open(rig_path(&rig, "pipe"), O_RDONLY | O_NONBLOCK);
    rig_make(&rig, "file", true, "pipe");
    rig_start(&rig);
    (void)snprintf(json, sizeof(json), "{\"id\":1,\"name\":\"%3000s\"}", "x");
    for (int i = 0; i < 64; i++) {
        rig_event(&rig, json);
    }
    TVN_ASSERT(rig_push(&rig) == TVN_OK);
    TVN_ASSERT(rig.burst.consumed > 0 && rig.event_count > 0);
    TVN_ASSERT(rig_push(&rig) == TVN_EAGAIN && rig.burst.consumed == 0);
    TVN_ASSERT(rig.burst.wake.for_writing);
    TVN_ASSERT(close(fd) == 0);
    rig_fini(&rig);
}

int
main(void)
{
    test_a_closed_reader_is_told_as_such();
    test_a_full_pipe_is_waited_for_and_nothing_is_written_twice();
    test_what_went_into_a_full_pipe_is_finished_before_it_waits();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
