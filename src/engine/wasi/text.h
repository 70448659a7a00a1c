/* text.h -- types of WASI as tvn_type_print prints them. */
#ifndef TVN_ENGINE_WASI_TEXT_H
#define TVN_ENGINE_WASI_TEXT_H

#define TVN__ERROR      "wasi:io/error.error"
#define TVN__POLLABLE   "wasi:io/poll.pollable"
#define TVN__INPUT      "wasi:io/streams.input-stream"
#define TVN__OUTPUT     "wasi:io/streams.output-stream"
#define TVN__TERM_IN    "wasi:cli/terminal-input.terminal-input"
#define TVN__TERM_OUT   "wasi:cli/terminal-output.terminal-output"
#define TVN__DESCRIPTOR "wasi:filesystem/types.descriptor"
#define TVN__ENTRIES    "wasi:filesystem/types.directory-entry-stream"

#define TVN__STREAM_ERROR                                                      \
    "variant { last-operation-failed(own<" TVN__ERROR ">), closed }"

#define TVN__DATETIME "record { seconds: u64, nanoseconds: u32 }"

/* error-code, in its order: X(name, errno); `access` is the first. */
#define TVN__CODES(X)                                                          \
    X("would-block", EAGAIN)                                                   \
    X("already", EALREADY)                                                     \
    X("bad-descriptor", EBADF)                                                 \
    X("busy", EBUSY)                                                           \
    X("deadlock", EDEADLK)                                                     \
    X("quota", EDQUOT)                                                         \
    X("exist", EEXIST)                                                         \
    X("file-too-large", EFBIG)                                                 \
    X("illegal-byte-sequence", EILSEQ)                                         \
    X("in-progress", EINPROGRESS)                                              \
    X("interrupted", EINTR)                                                    \
    X("invalid", EINVAL)                                                       \
    X("io", EIO)                                                               \
    X("is-directory", EISDIR)                                                  \
    X("loop", ELOOP)                                                           \
    X("too-many-links", EMLINK)                                                \
    X("message-size", EMSGSIZE)                                                \
    X("name-too-long", ENAMETOOLONG)                                           \
    X("no-device", ENODEV)                                                     \
    X("no-entry", ENOENT)                                                      \
    X("no-lock", ENOLCK)                                                       \
    X("insufficient-memory", ENOMEM)                                           \
    X("insufficient-space", ENOSPC)                                            \
    X("not-directory", ENOTDIR)                                                \
    X("not-empty", ENOTEMPTY)                                                  \
    X("not-recoverable", ENOTRECOVERABLE)                                      \
    X("unsupported", ENOTSUP)                                                  \
    X("no-tty", ENOTTY)                                                        \
    X("no-such-device", ENXIO)                                                 \
    X("overflow", EOVERFLOW)                                                   \
    X("not-permitted", EPERM)                                                  \
    X("pipe", EPIPE)                                                           \
    X("read-only", EROFS)                                                      \
    X("invalid-seek", ESPIPE)                                                  \
    X("text-file-busy", ETXTBSY)                                               \
    X("cross-device", EXDEV)
#define TVN__CODE_TEXT(name, number) ", " name

#define TVN__CODE "enum { access" TVN__CODES(TVN__CODE_TEXT) " }"

#define TVN__TYPE                                                              \
    "enum { unknown, block-device, character-device, directory, fifo, "        \
    "symbolic-link, regular-file, socket }"
#define TVN__FLAGS                                                             \
    "flags { read, write, file-integrity-sync, data-integrity-sync, "          \
    "requested-write-sync, mutate-directory }"
#define TVN__PATH_FLAGS "flags { symlink-follow }"
#define TVN__OPEN_FLAGS "flags { create, directory, exclusive, truncate }"
#define TVN__ADVICE                                                            \
    "enum { normal, sequential, random, will-need, dont-need, no-reuse }"
#define TVN__STAT                                                              \
    "record { type: " TVN__TYPE ", link-count: u64, size: u64, "               \
    "data-access-timestamp: option<" TVN__DATETIME ">, "                       \
    "data-modification-timestamp: option<" TVN__DATETIME ">, "                 \
    "status-change-timestamp: option<" TVN__DATETIME "> }"
#define TVN__STAMP "variant { no-change, now, timestamp(" TVN__DATETIME ") }"
#define TVN__HASH  "record { lower: u64, upper: u64 }"
#define TVN__ENTRY "record { type: " TVN__TYPE ", name: string }"

#endif
