/* imports.c -- what a stage asks of its host: tables, torvyn:stage, and what
 * nothing implements; see role.h.
 *
 *     world-level    NAME: func(key: K) -> option<R>      a table
 *     torvyn:stage   log, clock, metrics, version 0.1.x   host functions
 *     wasi:cli, io, ..., version 0.2.x                    component/wasi.h
 *     an interface of types only                          nothing to do
 *     anything else                                       unknown           */
#include "contract/internal.h"

struct host_row {
    const char *interface;
    const char *name;
    enum tvn_host_func_kind kind;
    char params[3]; /* L level, S string, U u64, F f64 */
    char result;    /* as above; 0: none */
};

static const struct host_row host_rows[] = {
    {"log", "log", TVN_HOST_LOG, "LS", 0},
    {"clock", "now-ns", TVN_HOST_CLOCK_NOW, "", 'U'},
    {"clock", "monotonic-ns", TVN_HOST_CLOCK_MONOTONIC, "", 'U'},
    {"metrics", "add", TVN_HOST_METRICS_ADD, "SU", 0},
    {"metrics", "set", TVN_HOST_METRICS_SET, "SF", 0},
};
#define HOST_ROWS (sizeof(host_rows) / sizeof(host_rows[0]))

static const struct {
    const char *name;
    unsigned grant;
} grant_rows[] = {
    {"log", TVN_GRANT_LOG},
    {"clock", TVN_GRANT_CLOCK},
    {"metrics", TVN_GRANT_METRICS},
};
#define GRANT_ROWS (sizeof(grant_rows) / sizeof(grant_rows[0]))

unsigned
tvn_grant_find(struct tvn_str name)
{
    unsigned own = 0;

    for (size_t i = 0; i < GRANT_ROWS; i++) {
        if (tvn_str_is(name, grant_rows[i].name)) {
            own = grant_rows[i].grant;
        }
    }
    return own | TVN_GRANT_OF_WASI(tvn_wasi_grant_from(name));
}

const char *
tvn_grant_name(unsigned grant)
{
    for (size_t i = 0; i < GRANT_ROWS; i++) {
        if (grant == grant_rows[i].grant) {
            return grant_rows[i].name;
        }
    }
    return "";
}

unsigned
tvn_grant_of(enum tvn_host_func_kind kind)
{
    switch (kind) {
    case TVN_HOST_LOG:
        return TVN_GRANT_LOG;
    case TVN_HOST_CLOCK_NOW:
    case TVN_HOST_CLOCK_MONOTONIC:
        return TVN_GRANT_CLOCK;
    case TVN_HOST_METRICS_ADD:
    case TVN_HOST_METRICS_SET:
        return TVN_GRANT_METRICS;
    }
    return 0;
}

/* ------------------------------------------------------------------------
 * torvyn:stage. */

static bool
starts_with(struct tvn_str text, struct tvn_str head)
{
    return text.len >= head.len && memcmp(text.ptr, head.ptr, head.len) == 0;
}

/* "torvyn:stage/log@0.1.0" -> "log" and "0.1.0"; false: another package. */
static bool
cut_stage_name(
    struct tvn_str full, struct tvn_str *interface, struct tvn_str *version)
{
    const struct tvn_str package = TVN_STR("torvyn:stage/");
    const char *at;

    if (!starts_with(full, package)) {
        return false;
    }
    full.ptr += package.len;
    full.len -= package.len;
    at = memchr(full.ptr, '@', full.len);
    *interface = full;
    *version = (struct tvn_str){0};
    if (at != NULL) {
        interface->len = (size_t)(at - full.ptr);
        *version = (struct tvn_str){at + 1, full.len - interface->len - 1};
    }
    return true;
}

static const struct tvn_type *
type_of_letter(const struct tvn_stage_types *std, char letter)
{
    switch (letter) {
    case 'L':
        return std->level;
    case 'S':
        return std->string;
    case 'U':
        return std->u64;
    case 'F':
        return std->f64;
    default:
        return NULL;
    }
}

static bool
has_type(const struct tvn_stage_types *std, const struct host_row *row,
    const struct tvn_func_type *func)
{
    uint32_t count = (uint32_t)strlen(row->params);

    if (func->param_count != count ||
        func->result != type_of_letter(std, row->result)) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (func->params[i].type != type_of_letter(std, row->params[i])) {
            return false;
        }
    }
    return true;
}

static const struct host_row *
find_host(struct tvn_str interface, struct tvn_str name)
{
    for (size_t i = 0; i < HOST_ROWS; i++) {
        if (tvn_str_is(interface, host_rows[i].interface) &&
            tvn_str_is(name, host_rows[i].name)) {
            return &host_rows[i];
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------------
 * Sorting.  `room` counts are filled first, so that nothing grows. */

struct sorter {
    const struct tvn_stage_types *std;
    struct tvn_role_table *tables;
    struct tvn_role_host *hosts;
    struct tvn_role_unknown *unknown;
    struct tvn_role_wasi *wasi;
    uint32_t table_count;
    uint32_t host_count;
    uint32_t wasi_count;
    uint32_t unknown_count;
};

static void
add_unknown(struct sorter *sorter, struct tvn_str interface,
    struct tvn_str name, const char *why)
{
    sorter->unknown[sorter->unknown_count++] =
        (struct tvn_role_unknown){interface, name, why};
}

static bool
is_key(const struct tvn_type *type)
{
    return type->kind <= TVN_KIND_U64 || type->kind == TVN_KIND_CHAR ||
           type->kind == TVN_KIND_STRING || type->kind == TVN_KIND_ENUM;
}

static void
sort_world_func(struct sorter *sorter, const struct tvn_extern *item)
{
    const struct tvn_func_type *func = item->func;
    const struct tvn_type *result = func->result;

    if (func->param_count != 1 || !is_key(func->params[0].type) ||
        result == NULL || result->kind != TVN_KIND_OPTION ||
        result->members[1].type->kind != TVN_KIND_RECORD) {
        add_unknown(sorter, (struct tvn_str){0}, item->name,
            "an imported function of the world is a table, NAME: func(key: "
            "K) -> option<R>, K a scalar, string or enum, R a record");
        return;
    }
    sorter->tables[sorter->table_count++] = (struct tvn_role_table){
        .name = item->name,
        .func = item,
        .key = func->params[0].type,
        .row = result->members[1].type,
    };
}

static void
sort_stage_func(struct sorter *sorter, const struct tvn_extern *instance,
    struct tvn_str interface, const struct tvn_extern *item)
{
    const struct host_row *row = find_host(interface, item->name);

    if (row == NULL) {
        add_unknown(sorter, instance->name, item->name,
            "torvyn:stage@0.1.0 has no such function");
    } else if (!has_type(sorter->std, row, item->func)) {
        add_unknown(sorter, instance->name, item->name,
            "torvyn:stage@0.1.0 declares it with another type");
    } else {
        sorter->hosts[sorter->host_count++] =
            (struct tvn_role_host){row->kind, instance->name, item};
    }
}

static uint32_t
count_funcs(const struct tvn_extern *instance)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < instance->item_count; i++) {
        count += instance->items[i].kind == TVN_EXTERN_FUNC;
    }
    return count;
}

static void
sort_instance(struct sorter *sorter, const struct tvn_extern *instance)
{
    struct tvn_str interface;
    struct tvn_str version;
    const char *why = "nothing implements this interface";

    if (count_funcs(instance) == 0) {
        return;
    }
    if (cut_stage_name(instance->name, &interface, &version)) {
        if (version.len == 0 || starts_with(version, TVN_STR("0.1."))) {
            for (uint32_t i = 0; i < instance->item_count; i++) {
                if (instance->items[i].kind == TVN_EXTERN_FUNC) {
                    sort_stage_func(
                        sorter, instance, interface, &instance->items[i]);
                }
            }
            return;
        }
        why = "this version of Torvyn has torvyn:stage@0.1.0";
    } else if (tvn_wasi_knows(instance->name)) {
        sorter->wasi[sorter->wasi_count++] =
            (struct tvn_role_wasi){instance, tvn_wasi_grant_of(instance->name)};
        return;
    } else if (starts_with(instance->name, TVN_STR("wasi:sockets/")) ||
               starts_with(instance->name, TVN_STR("wasi:http/"))) {
        why = "guests have no network: let a source or a sink of the flow "
              "fetch and send";
    } else if (starts_with(instance->name, TVN_STR("wasi:"))) {
        why = "of WASI there are cli, io, clocks, random and filesystem, 0.2";
    }
    add_unknown(sorter, instance->name, (struct tvn_str){0}, why);
}

tvn_err
tvn__imports_read(const struct tvn_stage_types *std, struct tvn_arena *arena,
    const struct tvn_role_face *face, struct tvn_role_info *info)
{
    struct sorter sorter = {.std = std};
    uint32_t room = 0;

    for (uint32_t i = 0; i < face->import_count; i++) {
        room += 1 + count_funcs(&face->imports[i]);
    }
    sorter.tables = tvn_arena_new(arena, room, sizeof(*sorter.tables));
    sorter.hosts = tvn_arena_new(arena, room, sizeof(*sorter.hosts));
    sorter.unknown = tvn_arena_new(arena, room, sizeof(*sorter.unknown));
    sorter.wasi = tvn_arena_new(arena, room, sizeof(*sorter.wasi));
    if (sorter.tables == NULL || sorter.hosts == NULL ||
        sorter.unknown == NULL || sorter.wasi == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < face->import_count; i++) {
        if (face->imports[i].kind == TVN_EXTERN_FUNC) {
            sort_world_func(&sorter, &face->imports[i]);
        } else if (face->imports[i].kind == TVN_EXTERN_INSTANCE) {
            sort_instance(&sorter, &face->imports[i]);
        }
    }
    info->tables = sorter.tables;
    info->table_count = sorter.table_count;
    info->hosts = sorter.hosts;
    info->host_count = sorter.host_count;
    info->wasi = sorter.wasi;
    info->wasi_count = sorter.wasi_count;
    info->unknown = sorter.unknown;
    info->unknown_count = sorter.unknown_count;
    return TVN_OK;
}
