/* world_text.h -- the last interfaces of a package, and its world.
 *
 * Header only.  Threads: none. */
#ifndef TVN_TESTS_BINDGEN_WORLD_TEXT_H
#define TVN_TESTS_BINDGEN_WORLD_TEXT_H

#include "bindgen/worlds.h"

/* `interface NAME` of the package, or `import NAME: interface` of the world. */
static inline void
world_interface(struct world *world, unsigned number, const char *verb)
{
    const struct tvn_buf *body =
        number == WORLD_HOST ? &world->imports : &world->exports;
    struct tvn_buf *text = &world->text;

    tvn_buf_printf(text,
        verb == NULL ? "interface %s%%%s {\n" : "  %s %%%s: interface {\n",
        verb == NULL ? "" : verb, world->ifaces[number]);
    world_uses(world, WORLD_HOST, text);
    tvn_buf_append_str(text, tvn_buf_str(body));
    tvn_buf_append_text(text, "}\n");
}

/* What the world imports, or exports. */
static inline void
world_side(struct world *world, unsigned number, const char *verb)
{
    bool is_there = number == WORLD_HOST ? world->has_host : world->has_stage;
    const struct tvn_buf *body =
        number == WORLD_HOST ? &world->imports : &world->exports;

    if (!is_there) {
        tvn_buf_append_str(&world->text, tvn_buf_str(body));
    } else if (world->is_inline) {
        world_interface(world, number, verb);
    } else {
        tvn_buf_printf(
            &world->text, "  %s %%%s;\n", verb, world->ifaces[number]);
    }
}

/* The last interfaces and the world itself. */
static inline void
world_finish(struct world *world)
{
    struct tvn_buf *text = &world->text;
    unsigned end = world->has_roles ? WORLD_HOST : WORLD_ROLES;

    if (world->has_roles) {
        tvn_buf_printf(text, "interface %%%s {\n", world->ifaces[WORLD_ROLES]);
        world_uses(world, WORLD_ROLES, text);
        tvn_buf_append_str(text, tvn_buf_str(&world->decls));
        tvn_buf_append_text(text, "}\n");
    }
    if (world->has_host && !world->is_inline) {
        world_interface(world, WORLD_HOST, NULL);
    }
    if (world->has_stage && !world->is_inline) {
        world_interface(world, WORLD_STAGE, NULL);
    }
    tvn_buf_printf(text, "world %%%s {\n", world->name);
    if (!world->has_host || !world->has_stage) {
        world_uses(world, end, text);
    }
    if (!world->has_roles) {
        tvn_buf_append_str(text, tvn_buf_str(&world->decls));
    }
    if (world->has_log) {
        tvn_buf_append_text(text, "  import torvyn:stage/log@0.1.0;\n");
    }
    if (world->has_metrics) {
        tvn_buf_append_text(text, "  import torvyn:stage/clock@0.1.0;\n"
                                  "  import torvyn:stage/metrics@0.1.0;\n");
    }
    world_side(world, WORLD_HOST, "import");
    world_side(world, WORLD_STAGE, "export");
    tvn_buf_append_text(text, "}\n");
}

#endif
