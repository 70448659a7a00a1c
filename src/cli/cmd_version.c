/* cmd_version.c -- torvyn version. */
#include "cli/cli.h"

#include "host/host.h"
#include "toolchain/toolchain.h"

int
tvn__cmd_version(const struct tvn__args *args)
{
    struct tvn_buf out = {0};
    struct tvn_json json;

    if (!args->json) {
        tvn_buf_printf(&out, "torvyn %s\n%s\n", TVN_VERSION,
            tvn_toolchain_version()); /* the engine's is in it */
        return tvn__print(&out, 0);
    }
    tvn_json_init(&json, &out, true);
    tvn_json_object(&json);
    tvn_json_key(&json, "torvyn");
    tvn_json_text(&json, TVN_VERSION);
    tvn_json_key(&json, "engine");
    tvn_json_text(&json, tvn_host_engine_version());
    tvn_json_key(&json, "toolchain");
    tvn_json_text(&json, tvn_toolchain_version());
    tvn_json_end(&json);
    tvn_buf_append_byte(&out, '\n');
    return tvn__print(&out, 0);
}
