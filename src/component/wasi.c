/* wasi.c -- the interfaces of WASI 0.2 and their grants; see wasi.h. */
#include "component/wasi.h"

#include "component/component.h"

static const struct {
    const char *interface;
    unsigned grant;
} interfaces[] = {
    {"wasi:cli/environment@0.2", TVN_WASI_ENVIRONMENT},
    {"wasi:cli/exit@0.2", 0},
    {"wasi:cli/stdin@0.2", TVN_WASI_STDIN},
    {"wasi:cli/stdout@0.2", TVN_WASI_STDOUT},
    {"wasi:cli/stderr@0.2", TVN_WASI_STDERR},
    {"wasi:cli/terminal-input@0.2", 0},
    {"wasi:cli/terminal-output@0.2", 0},
    {"wasi:cli/terminal-stdin@0.2", TVN_WASI_STDIN},
    {"wasi:cli/terminal-stdout@0.2", TVN_WASI_STDOUT},
    {"wasi:cli/terminal-stderr@0.2", TVN_WASI_STDERR},
    {"wasi:io/error@0.2", 0},
    {"wasi:io/poll@0.2", 0},
    {"wasi:io/streams@0.2", 0},
    {"wasi:clocks/monotonic-clock@0.2", TVN_WASI_CLOCK},
    {"wasi:clocks/wall-clock@0.2", TVN_WASI_CLOCK},
    {"wasi:random/random@0.2", TVN_WASI_RANDOM},
    {"wasi:random/insecure@0.2", TVN_WASI_RANDOM},
    {"wasi:random/insecure-seed@0.2", TVN_WASI_RANDOM},
    {"wasi:filesystem/types@0.2", TVN_WASI_FILESYSTEM},
    {"wasi:filesystem/preopens@0.2", TVN_WASI_FILESYSTEM},
};
#define INTERFACES (sizeof(interfaces) / sizeof(interfaces[0]))

static size_t
find_interface(struct tvn_str interface)
{
    size_t i = 0;

    while (i < INTERFACES &&
           !tvn_name_reads_as(interface, tvn_str_of(interfaces[i].interface))) {
        i++;
    }
    return i;
}

bool
tvn_wasi_knows(struct tvn_str interface)
{
    return find_interface(interface) < INTERFACES;
}

unsigned
tvn_wasi_grant_of(struct tvn_str interface)
{
    size_t i = find_interface(interface);

    return i < INTERFACES ? interfaces[i].grant : 0;
}

static const char *const grant_names[TVN_WASI_GRANTS] = {
    "environment",
    "stdin",
    "stdout",
    "stderr",
    "clock",
    "random",
    "filesystem",
};

const char *
tvn_wasi_grant_name(unsigned grant)
{
    for (unsigned i = 0; i < TVN_WASI_GRANTS; i++) {
        if (grant == 1u << i) {
            return grant_names[i];
        }
    }
    return NULL;
}

unsigned
tvn_wasi_grant_from(struct tvn_str name)
{
    for (unsigned i = 0; i < TVN_WASI_GRANTS; i++) {
        if (tvn_str_is(name, grant_names[i])) {
            return 1u << i;
        }
    }
    return 0;
}
