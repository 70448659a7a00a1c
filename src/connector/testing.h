/* testing.h -- one connector stage and what is round it, for tests.
 *
 *     rig_init(&rig, "record { id: u64 }");
 *     rig_write(&rig, "in.ndjson", "{\"id\":1}\n");
 *     rig_make(&rig, "file", false, "{ path: in.ndjson }");
 *     rig_start(&rig);
 *     rig_run(&rig, 64) == TVN_OK;        images are in rig.burst.out
 *     rig_fini(&rig);                     nothing may be left
 *
 * Visits are in testing_run.h.  Everything asserts instead of failing.
 * Header only.  Threads: none. */
#ifndef TVN_CONNECTOR_TESTING_H
#define TVN_CONNECTOR_TESTING_H

#include "base/assert.h"
#include "base/buf.h"
#include "base/mem.h"
#include "connector/connector.h"
#include "value/testing.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct rig {
    struct tvn_types *types;
    struct tvn_pool *pool;
    struct tvn_builder builder; /* events for a sink */
    struct tvn_copies copies;
    struct tvn_arena arena;
    struct tvn_pipeline pipeline;
    struct tvn_pipeline_connector spec;
    struct tvn_pipeline_codec codec;
    struct tvn_pipeline_stage stage_spec;
    struct tvn_connector_opts opts;
    struct tvn_connector_info info;
    const struct tvn_connector *connector;
    struct tvn_stage stage;
    struct tvn_burst burst;
    struct tvn_event events[TVN_BURST_MAX];
    uint32_t event_count;
    uint64_t sequence;
    struct tvn_diag diag;
    struct tvn_buf text; /* of the last helper that gives one */
    char dir[64];
};

static inline void
rig_init(struct rig *rig, const char *type)
{
    memset(rig, 0, sizeof(*rig));
    (void)signal(SIGPIPE, SIG_IGN);
    (void)snprintf(rig->dir, sizeof(rig->dir), "/tmp/torvyn-test-XXXXXX");
    TVN_ASSERT(mkdtemp(rig->dir) != NULL);
    rig->types = tvn_types_new();
    rig->pool = tvn_pool_new(1u << 16, 1u << 16);
    TVN_ASSERT(rig->types != NULL && rig->pool != NULL);
    tvn_builder_init(&rig->builder, rig->pool);
    rig->pipeline.dir = rig->dir;
    rig->pipeline.path = "torvyn.yaml";
    rig->opts = (struct tvn_connector_opts){
        .stage = TVN_STR("stage"),
        .spec = &rig->spec,
        .codec = &rig->codec,
        .pipeline = &rig->pipeline,
        .fields = &rig->stage_spec,
        .max_event = 1u << 16,
        .pool = rig->pool,
        .copies = &rig->copies,
        .clock = tvn_clock_real(),
    };
    rig->opts.type = type == NULL ? NULL : tvn_testing_parse(rig->types, type);
}

/* A name as if it stood in the pipeline file. */
static inline struct tvn_pipeline_name
rig_name(const char *text)
{
    return (struct tvn_pipeline_name){
        tvn_str_of(text), {.path = "torvyn.yaml", .line = 7, .column = 5}};
}

static inline const char *
rig_path(struct rig *rig, const char *name)
{
    const char *path = tvn_arena_printf(&rig->arena, "%s/%s", rig->dir, name);

    TVN_ASSERT(path != NULL);
    return path;
}

static inline void
rig_write_bytes(
    struct rig *rig, const char *name, const char *bytes, size_t len)
{
    int fd = open(rig_path(rig, name), O_WRONLY | O_CREAT | O_TRUNC, 0666);

    TVN_ASSERT(fd >= 0);
    TVN_ASSERT(write(fd, bytes, len) == (ssize_t)len);
    TVN_ASSERT(close(fd) == 0);
}

static inline void
rig_write(struct rig *rig, const char *name, const char *text)
{
    rig_write_bytes(rig, name, text, strlen(text));
}

/* The file's bytes; NULL: it does not exist. */
static inline const char *
rig_read(struct rig *rig, const char *name)
{
    tvn_buf_clear(&rig->text);
    return tvn_buf_read_file(&rig->text, rig_path(rig, name), 1u << 30) ==
                   TVN_OK
               ? tvn_buf_text(&rig->text)
               : NULL;
}

/* The options as the pipeline file would have them; `yaml` "": none. */
static inline void
rig_options(struct rig *rig, const char *connector, const char *yaml)
{
    const struct tvn_yaml *root = NULL;

    rig->spec = (struct tvn_pipeline_connector){.name = rig_name(connector)};
    if (yaml[0] != '\0') {
        TVN_ASSERT(tvn_yaml_parse(&rig->arena, "torvyn.yaml", tvn_str_of(yaml),
                       NULL, &root, &rig->diag) == TVN_OK);
        rig->spec.options = root;
    }
}

/* Checks and makes the stage.  Not TVN_OK: there is none. */
static inline tvn_err
rig_try(struct rig *rig, const char *connector, bool as_sink, const char *yaml)
{
    tvn_err err;

    rig_options(rig, connector, yaml);
    err = tvn_connector_find(&rig->spec, as_sink, &rig->connector, &rig->diag);
    if (err == TVN_OK) {
        err =
            rig->connector->check(&rig->opts, as_sink, &rig->info, &rig->diag);
    }
    if (err == TVN_OK) {
        err = as_sink
                  ? rig->connector->sink(&rig->opts, &rig->stage, &rig->diag)
                  : rig->connector->source(&rig->opts, &rig->stage, &rig->diag);
    }
    TVN_ASSERT(err == tvn_diag_err(&rig->diag));
    return err;
}

/* What the diagnostics say. */
static inline const char *
rig_said(struct rig *rig)
{
    tvn_buf_clear(&rig->text);
    tvn_diag_print(&rig->diag, &rig->text);
    return tvn_buf_text(&rig->text);
}

static inline void
rig_make(struct rig *rig, const char *connector, bool as_sink, const char *yaml)
{
    if (rig_try(rig, connector, as_sink, yaml) != TVN_OK) {
        fprintf(stderr, "%s", rig_said(rig));
        abort();
    }
}

static inline tvn_err
rig_try_start(struct rig *rig)
{
    return rig->stage.ops->start(rig->stage.self, &rig->diag);
}

static inline void
rig_start(struct rig *rig)
{
    if (rig_try_start(rig) != TVN_OK) {
        fprintf(stderr, "%s", rig_said(rig));
        abort();
    }
}

/* Lets the first `count` events go, as the flow does. */
static inline void
rig_pass(struct rig *rig, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        tvn_image_unref(rig->events[i].image);
    }
    rig->event_count -= count;
    memmove(rig->events, rig->events + count,
        rig->event_count * sizeof(rig->events[0]));
}

/* Stops and frees the stage, if there is one. */
static inline void
rig_end(struct rig *rig)
{
    if (rig->stage.ops != NULL) {
        rig->stage.ops->stop(rig->stage.self);
        rig->stage.ops->free(rig->stage.self);
        rig->stage = (struct tvn_stage){0};
    }
    tvn_diag_fini(&rig->diag);
}

/* Ends everything and takes the folder away. */
static inline void
rig_fini(struct rig *rig)
{
    char command[128];

    rig_pass(rig, rig->event_count);
    rig_end(rig);
    tvn_builder_fini(&rig->builder);
    TVN_ASSERT(tvn_pool_stats(rig->pool).images == 0);
    tvn_pool_free(rig->pool);
    tvn_types_free(rig->types);
    tvn_arena_fini(&rig->arena);
    tvn_buf_fini(&rig->text);
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", rig->dir);
    TVN_ASSERT(system(command) == 0);
    TVN_ASSERT(tvn_mem_live() == 0);
}

#endif
