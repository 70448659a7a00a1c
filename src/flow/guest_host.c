/* guest_host.c -- what a guest may import: torvyn:stage/{log,clock,metrics}
 * and its tables.
 *
 * The engine has lifted and checked the parameters; they stand as a value of
 * their tuple. */
#include "flow/guest_internal.h"

#include <string.h>

static struct tvn_str
text_at(const uint8_t *args, uint32_t offset)
{
    uint32_t pair[2];

    memcpy(pair, args + offset, sizeof(pair));
    return (struct tvn_str){(const char *)args + pair[0], pair[1]};
}

static tvn_err
ask_table(void *env, const uint8_t *args, const uint8_t **result,
    uint32_t *result_root, struct tvn_diag *diag)
{
    const struct tvn__host_env *self = env;

    (void)diag;
    *result = tvn_table_find(self->table, args, self->params->members[0].offset)
                  ->data;
    *result_root = 0;
    return TVN_OK;
}

static struct tvn_str
cut(struct tvn_str text)
{
    size_t bad = 0;

    if (text.len > TVN__TEXT_MAX) {
        text.len = TVN__TEXT_MAX;
        if (!tvn_utf8_valid(text.ptr, text.len, &bad)) {
            text.len = bad; /* the cut went through a character */
        }
    }
    return text;
}

static tvn_err
call_log(void *env, const uint8_t *args, const uint8_t **result,
    uint32_t *result_root, struct tvn_diag *diag)
{
    const struct tvn__host_env *self = env;
    const struct tvn_guest_opts *opts = &self->guest->opts;
    const struct tvn_member *params = self->params->members;

    (void)result;
    (void)result_root;
    (void)diag;
    if (opts->log != NULL) {
        opts->log(opts->env, opts->name,
            (enum tvn_log_level)args[params[0].offset],
            cut(text_at(args, params[1].offset)));
    }
    return TVN_OK;
}

static tvn_err
ask_clock(void *env, const uint8_t *args, const uint8_t **result,
    uint32_t *result_root, struct tvn_diag *diag)
{
    struct tvn__host_env *self = env;
    const struct tvn_clock *clock = self->guest->opts.clock;

    (void)args;
    (void)diag;
    self->answer = self->kind == TVN_HOST_CLOCK_NOW
                       ? clock->wall_ns(clock->self)
                       : clock->monotonic_ns(clock->self);
    *result = (const uint8_t *)&self->answer;
    *result_root = 0;
    return TVN_OK;
}

static tvn_err
call_metric(void *env, const uint8_t *args, const uint8_t **result,
    uint32_t *result_root, struct tvn_diag *diag)
{
    const struct tvn__host_env *self = env;
    const struct tvn_guest_opts *opts = &self->guest->opts;
    const struct tvn_member *params = self->params->members;
    bool is_add = self->kind == TVN_HOST_METRICS_ADD;
    double value = 0;
    uint64_t by = 0;

    (void)result;
    (void)result_root;
    (void)diag;
    memcpy(is_add ? (void *)&by : (void *)&value, args + params[1].offset,
        sizeof(by));
    if (opts->metric != NULL) {
        opts->metric(opts->env, opts->name,
            cut(text_at(args, params[0].offset)), is_add ? (double)by : value,
            is_add);
    }
    return TVN_OK;
}

static void
add_host(struct tvn__guest *guest, struct tvn__host_env *env,
    struct tvn_str interface, const struct tvn_extern *func,
    tvn_err (*call)(void *env, const uint8_t *args, const uint8_t **result,
        uint32_t *result_root, struct tvn_diag *diag))
{
    env->guest = guest;
    env->params = func->func->tuple;
    guest->hosts[guest->host_count++] = (struct tvn_host_func){
        .interface = interface,
        .name = func->name,
        .type = func->func,
        .call = call,
        .env = env,
    };
}

tvn_err
tvn__guest_hosts(struct tvn__guest *guest)
{
    const struct tvn_role_info *role = guest->opts.role;
    uint32_t count = role->table_count + role->host_count;
    struct tvn__host_env *envs =
        tvn_arena_new(&guest->arena, count, sizeof(*envs));

    guest->hosts = tvn_arena_new(&guest->arena, count, sizeof(*guest->hosts));
    if (envs == NULL || guest->hosts == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < role->table_count; i++) {
        envs->table = guest->opts.tables[i];
        add_host(guest, envs++, (struct tvn_str){0}, role->tables[i].func,
            ask_table);
    }
    for (uint32_t i = 0; i < role->host_count; i++) {
        const struct tvn_role_host *host = &role->hosts[i];

        envs->kind = host->kind;
        switch (host->kind) {
        case TVN_HOST_LOG:
            add_host(guest, envs++, host->interface, host->func, call_log);
            break;
        case TVN_HOST_CLOCK_NOW:
        case TVN_HOST_CLOCK_MONOTONIC:
            add_host(guest, envs++, host->interface, host->func, ask_clock);
            break;
        case TVN_HOST_METRICS_ADD:
        case TVN_HOST_METRICS_SET:
            add_host(guest, envs++, host->interface, host->func, call_metric);
            break;
        }
    }
    return TVN_OK;
}
