/* component.c -- tvn_component_decode and its opposite; see component.h. */
#include "component/component.h"

#include "base/mem.h"
#include "component/internal.h"

static const struct tvn_program *
make_program(struct tvn__decoder *d, const struct tvn__steps *steps)
{
    struct tvn_program *program = tvn__new(d, 1, sizeof(*program));

    if (program == NULL) {
        return NULL;
    }
    *program = (struct tvn_program){
        .modules = steps->modules.items,
        .module_count = steps->modules.count,
        .steps = steps->steps.items,
        .step_count = steps->steps.count,
        .lifts = steps->lifts.items,
        .lift_count = steps->lifts.count,
        .lowers = steps->lowers.items,
        .lower_count = steps->lowers.count,
        .imports = steps->imports.items,
        .import_count = steps->imports.count,
        .resources = steps->resources.items,
        .resource_count = steps->resources.count,
        .gated = steps->gated.items,
        .gated_count = steps->gated.count,
        .part_count = steps->instances,
        .core_instance_count = steps->core_instances,
        .unmet = steps->unmet,
    };
    for (int sort = 0; sort < TVN_CORE_SORTS; sort++) {
        program->core_count[sort] = steps->core_count[sort];
    }
    return program;
}

static void
decode(struct tvn__decoder *d, struct tvn_component *out)
{
    struct tvn__steps steps = {.instances = 1};
    struct tvn__scope scope = {.kind = TVN__SCOPE_COMPONENT, .steps = &steps};
    struct tvn_lift none;

    tvn__component(d, &scope);
    if (!tvn__ok(d)) {
        return;
    }
    /* for duplicates of names */
    (void)tvn__list_of(d, &scope.imports);
    (void)tvn__list_of(d, &scope.exports);
    out->imports = tvn__externs(
        d, "imports", scope.imports.items, scope.imports.count, NULL);
    out->import_count = scope.imports.count;
    out->exports =
        tvn__externs(d, "exports", scope.exports.items, scope.exports.count,
            steps.lifts.items == NULL ? &none : steps.lifts.items);
    out->export_count = scope.exports.count;
    out->program = make_program(d, &steps);
}

tvn_err
tvn_component_decode(const uint8_t *bytes, size_t len, const char *name,
    struct tvn_types *types, struct tvn_component **out, struct tvn_diag *diag)
{
    struct tvn_component *component = tvn_mem_new(1, sizeof(*component));
    struct tvn__decoder d = {
        .bytes = bytes,
        .end = len,
        .name = name,
        .types = types,
        .diag = diag,
    };

    if (component == NULL) {
        tvn__no_memory(&d);
        return d.err;
    }
    d.arena = &component->arena;
    decode(&d, component);
    if (!tvn__ok(&d)) {
        tvn_component_free(component);
        return d.err;
    }
    *out = component;
    return TVN_OK;
}

void
tvn_component_free(struct tvn_component *component)
{
    if (component != NULL) {
        tvn_arena_fini(&component->arena);
        tvn_mem_free(component, 1, sizeof(*component));
    }
}
