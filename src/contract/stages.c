/* stages.c -- what each stage asks of the file: grants, tables, config,
 * windows, a dead letter, a thread; see link.h. */
#include "contract/internal.h"

#include "base/map.h"

static const struct tvn_role_info *
role_of(const struct tvn__linker *linker, uint32_t stage)
{
    const struct tvn_link_stage *given = &linker->input->stages[stage];

    return given->kind == TVN_LINK_GUEST ? given->role : NULL;
}

/* ------------------------------------------------------------------------
 * Imports. */

static void
check_unknown(struct tvn__linker *linker, uint32_t stage)
{
    const struct tvn_role_info *role = role_of(linker, stage);

    for (uint32_t i = 0; i < role->unknown_count; i++) {
        const struct tvn_role_unknown *unknown = &role->unknown[i];
        struct tvn_place place = tvn__stage_place(linker, stage);
        bool is_both = unknown->interface.len > 0 && unknown->name.len > 0;

        tvn__found(linker,
            tvn_diag_error(linker->diag, TVN_ELINK_IMPORT, &place,
                "it imports %.*s%s%.*s: %s", TVN_STR_ARG(unknown->interface),
                is_both ? "." : "", TVN_STR_ARG(unknown->name), unknown->why));
    }
}

/* One finding a grant, however many functions need it. */
static void
check_grants(struct tvn__linker *linker, uint32_t stage)
{
    const struct tvn_role_info *role = role_of(linker, stage);
    unsigned granted = linker->input->stages[stage].grants;

    for (uint32_t i = 0; i < role->host_count; i++) {
        unsigned grant = tvn_grant_of(role->hosts[i].kind);
        struct tvn_place place;

        if ((granted & grant) != 0) {
            continue;
        }
        granted |= grant;
        place = tvn__stage_place(linker, stage);
        tvn__found(linker, tvn_diag_error(linker->diag, TVN_ELINK_IMPORT,
                               &place, "it imports %.*s, which is not granted",
                               TVN_STR_ARG(role->hosts[i].interface)));
        tvn_diag_help(linker->diag, "add `grants: [%s]` to the stage",
            tvn_grant_name(grant));
    }
}

static bool
binds_table(const struct tvn_link_stage *given, struct tvn_str name)
{
    for (uint32_t i = 0; i < given->table_count; i++) {
        if (tvn_str_equal(given->tables[i], name)) {
            return true;
        }
    }
    return false;
}

/* Bound and not imported; a misspelt one marks what was meant. */
static void
check_bound(struct tvn__linker *linker, uint32_t stage,
    const struct tvn_str *imported, bool *is_meant)
{
    const struct tvn_link_stage *given = &linker->input->stages[stage];
    const struct tvn_role_info *role = given->role;

    for (uint32_t i = 0; i < given->table_count; i++) {
        bool is_imported = false;
        struct tvn_place place;
        int meant;

        for (uint32_t k = 0; k < role->table_count && !is_imported; k++) {
            is_imported = tvn_str_equal(given->tables[i], imported[k]);
        }
        if (is_imported) {
            continue;
        }
        place = tvn__stage_place(linker, stage);
        tvn__found(linker, tvn_diag_error(linker->diag, TVN_ELINK_TABLE, &place,
                               "the table '%.*s' is bound and not imported",
                               TVN_STR_ARG(given->tables[i])));
        meant = tvn__link_suggest(
            linker, given->tables[i], imported, role->table_count);
        if (meant >= 0) {
            is_meant[meant] = true;
        }
    }
}

static tvn_err
check_tables(struct tvn__linker *linker, uint32_t stage)
{
    const struct tvn_link_stage *given = &linker->input->stages[stage];
    const struct tvn_role_info *role = given->role;
    uint32_t count = role->table_count;
    struct tvn_str *imported =
        tvn_arena_new(&linker->scratch, count, sizeof(*imported));
    bool *is_meant = tvn_arena_new(&linker->scratch, count, sizeof(*is_meant));

    if (imported == NULL || is_meant == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        imported[i] = role->tables[i].name;
    }
    check_bound(linker, stage, imported, is_meant);
    for (uint32_t i = 0; i < count; i++) {
        struct tvn_place place;

        if (is_meant[i] || binds_table(given, imported[i])) {
            continue;
        }
        place = tvn__stage_place(linker, stage);
        tvn__found(
            linker, tvn_diag_error(linker->diag, TVN_ELINK_TABLE, &place,
                        "it imports the table '%.*s', which is not bound",
                        TVN_STR_ARG(imported[i])));
        tvn_diag_help(linker->diag, "add `tables: { %.*s: FILE }` to the stage",
            TVN_STR_ARG(imported[i]));
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Config, windows, the dead letter. */

static void
check_config(struct tvn__linker *linker, uint32_t stage)
{
    const struct tvn_link_stage *given = &linker->input->stages[stage];
    const struct tvn_type *config = given->role->config;
    struct tvn_place place = tvn__stage_place(linker, stage);

    if (given->has_config && config == NULL) {
        tvn__found(linker,
            tvn_diag_error(linker->diag, TVN_ELINK_CONFIG, &place,
                "it takes no config: no init of that shape is exported"));
        tvn_diag_help(linker->diag,
            "take `config:` off the stage, or export init: func(config: C), "
            "with no result or result<_, fault>");
    } else if (!given->has_config && config != NULL &&
               !tvn_config_is_optional(config)) {
        tvn__found(
            linker, tvn_diag_error(linker->diag, TVN_ELINK_CONFIG, &place,
                        "it has no `config:` and its init takes one"));
        tvn_diag_help(linker->diag, "it is read as %s",
            tvn__type_text(&linker->scratch, config));
    }
}

/* Marks the stages from which an edge leads to `stage`, itself included. */
static void
mark_behind(const struct tvn__linker *linker, uint32_t stage, bool *is_behind)
{
    const struct tvn_link *link = linker->link;

    memset(is_behind, 0, linker->input->stage_count * sizeof(*is_behind));
    is_behind[stage] = true;
    for (uint32_t i = link->order_count; i-- > 0;) {
        uint32_t at = link->order[i];

        for (uint32_t k = linker->outs.first[at];
             k < linker->outs.first[at + 1]; k++) {
            is_behind[at] |= is_behind[link->edges[linker->outs.edges[k]].to];
        }
    }
}

static void
check_window(struct tvn__linker *linker, uint32_t stage, bool *is_behind)
{
    const struct tvn_link_stage *given = &linker->input->stages[stage];
    struct tvn_place place = tvn__stage_place(linker, stage);
    enum tvn_role role = given->role->role;

    if (given->has_window && role != TVN_ROLE_AGGREGATOR) {
        tvn__found(
            linker, tvn_diag_error(linker->diag, TVN_ELINK_WINDOW, &place,
                        "it has a `window:` and is a %s", tvn_role_name(role)));
        tvn_diag_help(
            linker->diag, "only an aggregator (ingest and flush) has windows");
        return;
    }
    if (given->state_is_window && role != TVN_ROLE_AGGREGATOR) {
        tvn__found(linker,
            tvn_diag_error(linker->diag, TVN_ELINK_WINDOW, &place,
                "its state is `window` and it is a %s", tvn_role_name(role)));
        tvn_diag_help(linker->diag,
            "only an aggregator (ingest and flush) has windows; others keep "
            "their state: `state: keep`");
        return;
    }
    if (given->window_count == 0) {
        return;
    }
    mark_behind(linker, stage, is_behind);
    for (uint32_t i = 0; i < linker->input->stage_count; i++) {
        uint32_t max = linker->input->stages[i].unacked_max;

        if (linker->link->stages[i].role != TVN_ROLE_SOURCE || !is_behind[i] ||
            max == 0 || given->window_count <= max) {
            continue;
        }
        tvn__found(linker,
            tvn_diag_error(linker->diag, TVN_ELINK_WINDOW, &place,
                "its window of %u events is larger than the %u records that "
                "'%.*s' has out at once: it would never fill",
                (unsigned)given->window_count, (unsigned)max,
                TVN_STR_ARG(linker->names[i])));
        tvn_diag_help(
            linker->diag, "set `window: { count: %u }` or less", (unsigned)max);
    }
}

static void
check_dead_letter(struct tvn__linker *linker, uint32_t stage)
{
    struct tvn_place place;

    if (linker->input->stages[stage].then != TVN_LINK_DEAD_LETTER ||
        linker->input->has_dead_letter) {
        return;
    }
    place = tvn__stage_place(linker, stage);
    tvn__found(
        linker, tvn_diag_error(linker->diag, TVN_ELINK_DEAD_LETTER, &place,
                    "its on-error is dead-letter and the file has no "
                    "`dead-letter:`"));
    tvn_diag_help(linker->diag,
        "add `dead-letter: { file: { path: out/dead.ndjson } }` to the file");
}

/* ------------------------------------------------------------------------
 * Threads. */

/* Fills linker->thread and the link's list. */
static tvn_err
number_threads(struct tvn__linker *linker)
{
    const struct tvn_link_input *input = linker->input;
    struct tvn_link *link = linker->link;
    struct tvn_map map = {0};
    tvn_err err = TVN_OK;

    linker->thread = tvn_arena_new(
        &linker->scratch, input->stage_count, sizeof(*linker->thread));
    link->threads =
        tvn_arena_new(&link->arena, input->stage_count, sizeof(*link->threads));
    if (linker->thread == NULL || link->threads == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; err == TVN_OK && i < input->stage_count; i++) {
        const char *name = input->stages[i].thread;
        const uint32_t *first =
            name == NULL ? NULL : tvn_map_find(&map, tvn_str_of(name));

        if (first != NULL) {
            linker->thread[i] = *first;
        } else if (name != NULL) {
            link->threads[link->thread_count++] = name;
            linker->thread[i] = link->thread_count;
            err = tvn_map_add(&map, tvn_str_of(name), &linker->thread[i]);
        }
    }
    tvn_map_fini(&map);
    return err;
}

static bool
is_same_thread(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Fed from two, and its own is not said. */
static void
check_thread(struct tvn__linker *linker, uint32_t stage)
{
    const struct tvn__edge_lists *ins = &linker->ins;
    const struct tvn_link_stage *stages = linker->input->stages;
    uint32_t start = ins->first[stage];

    if (stages[stage].thread != NULL) {
        return;
    }
    for (uint32_t k = start; k < ins->first[stage + 1]; k++) {
        uint32_t a = linker->link->edges[ins->edges[start]].from;
        uint32_t b = linker->link->edges[ins->edges[k]].from;
        const char *name_a = stages[a].thread;
        const char *name_b = stages[b].thread;
        struct tvn_place place;

        if (is_same_thread(name_a, name_b)) {
            continue;
        }
        place = tvn__stage_place(linker, stage);
        tvn__found(linker,
            tvn_diag_error(linker->diag, TVN_ELINK_THREAD, &place,
                "it is fed from two threads: '%.*s' runs on %s, '%.*s' on %s",
                TVN_STR_ARG(linker->names[a]),
                name_a == NULL ? "the flow's own" : name_a,
                TVN_STR_ARG(linker->names[b]),
                name_b == NULL ? "the flow's own" : name_b));
        tvn_diag_help(linker->diag, "put it on one under `threads:`");
        return;
    }
}

tvn_err
tvn__stages_check(struct tvn__linker *linker)
{
    uint32_t stages = linker->input->stage_count;
    bool *is_behind =
        tvn_arena_new(&linker->scratch, stages, sizeof(*is_behind));
    tvn_err err = is_behind == NULL ? TVN_ENOMEM : number_threads(linker);

    for (uint32_t i = 0; err == TVN_OK && i < stages; i++) {
        if (role_of(linker, i) != NULL) {
            check_unknown(linker, i);
            check_grants(linker, i);
            err = check_tables(linker, i);
            check_config(linker, i);
            check_window(linker, i, is_behind);
        }
        check_dead_letter(linker, i);
        check_thread(linker, i);
    }
    return err;
}
