/* dead_letter.c -- events that nobody could handle, one JSON line each:
 *
 *     {"flow", "stage", "cause": {"kind", "message"}, "attempts", "time",
 *      "sequence", "component", "type", "event"}
 *
 * `component` is the SHA-256 of the stage's component, null for a native
 * stage; `event` is the event as JSON; a record that could not be decoded has
 * `raw` (base64) instead of sequence, type and event.
 *
 * Flows on several threads write: the lock keeps lines whole.  The file is
 * written under it; nothing else is locked then. */
#include "base/jsonout.h"
#include "base/mem.h"
#include "host/internal.h"
#include "value/jsoncodec.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <time.h>

#define CODECS_MAX 64u /* types of one flow's edges; more are made anew */

struct codec {
    const struct tvn_type *type;
    struct tvn_jsoncodec *codec;
};

struct tvn__dead_letter {
    struct tvn_host *host;
    pthread_mutex_t lock; /* of what follows */
    struct tvn_line_writer *writer;
    struct tvn_copies copies;
    struct codec codecs[CODECS_MAX];
    uint32_t codec_count;
    struct tvn_buf line;
    struct tvn_buf event;
};

static struct tvn_connector_opts
writer_opts(const struct tvn_host *host)
{
    return (struct tvn_connector_opts){
        .stage = TVN_STR("dead-letter"),
        .spec = &host->pipeline->dead_letter,
        .pipeline = host->pipeline,
        .max_event = host->pipeline->max_event,
        .pool = host->pools == NULL ? NULL : host->pools[0],
        .clock = tvn_clock_real(),
    };
}

tvn_err
tvn__dead_letter_check(const struct tvn_host *host, struct tvn_diag *diag)
{
    const struct tvn_connector_opts opts = writer_opts(host);
    struct tvn_connector_info info;

    return host->pipeline->has_dead_letter
               ? tvn_line_writer_check(&opts, &info, diag)
               : TVN_OK;
}

tvn_err
tvn__dead_letter_open(struct tvn_host *host, struct tvn_diag *diag)
{
    struct tvn_connector_opts opts = writer_opts(host);

    if (!host->pipeline->has_dead_letter) {
        return TVN_OK;
    }
    host->dead = tvn_mem_new(1, sizeof(*host->dead));
    if (host->dead == NULL) {
        return TVN_ENOMEM;
    }
    if (pthread_mutex_init(&host->dead->lock, NULL) != 0) {
        tvn_mem_free(host->dead, 1, sizeof(*host->dead));
        host->dead = NULL;
        return TVN_ENOMEM;
    }
    host->dead->host = host;
    opts.copies = &host->dead->copies;
    return tvn_line_writer_open(&opts, &host->dead->writer, diag);
}

tvn_err
tvn__dead_letter_close(struct tvn_host *host, bool is_ok, struct tvn_diag *diag)
{
    struct tvn__dead_letter *dead = host->dead;
    tvn_err err;

    if (dead == NULL) {
        return TVN_OK;
    }
    err = tvn_line_writer_close(dead->writer, is_ok, diag);
    for (uint32_t i = 0; i < dead->codec_count; i++) {
        tvn_jsoncodec_free(dead->codecs[i].codec);
    }
    tvn_buf_fini(&dead->line);
    tvn_buf_fini(&dead->event);
    (void)pthread_mutex_destroy(&dead->lock);
    tvn_mem_free(dead, 1, sizeof(*dead));
    host->dead = NULL;
    return err;
}

uint64_t
tvn__dead_letter_count(void *env)
{
    const struct tvn_host *host = env;
    struct tvn__dead_letter *dead = host->dead;
    uint64_t count;

    if (dead == NULL) {
        return 0;
    }
    (void)pthread_mutex_lock(&dead->lock);
    count = tvn_line_writer_count(dead->writer);
    (void)pthread_mutex_unlock(&dead->lock);
    return count;
}

/* ------------------------------------------------------------------------
 * The members. */

static void
write_time(struct tvn_json *json, uint64_t wall_ns)
{
    time_t seconds = (time_t)(wall_ns / 1000000000u);
    struct tm utc;
    char text[64];
    size_t len;

    if (gmtime_r(&seconds, &utc) == NULL) {
        tvn_json_null(json);
        return;
    }
    len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(text + len, sizeof(text) - len, ".%09uZ",
        (unsigned)(wall_ns % 1000000000u));
    tvn_json_text(json, text);
}

static void
write_hash(struct tvn_json *json, const struct tvn__host_stage *stage)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char text[2 * EVP_MAX_MD_SIZE + 1];
    unsigned len = 0;

    if (stage == NULL || stage->bytes.len == 0 ||
        EVP_Digest(stage->bytes.ptr, stage->bytes.len, digest, &len,
            EVP_sha256(), NULL) != 1) {
        tvn_json_null(json);
        return;
    }
    for (unsigned i = 0; i < len; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    tvn_json_text(json, text);
}

static struct tvn_jsoncodec *
codec_of(struct tvn__dead_letter *dead, const struct tvn_type *type)
{
    const struct tvn_jsoncodec_opts opts = {
        .names = TVN_JSON_SNAKE,
        .max_event = dead->host->pipeline->max_event,
    };
    struct codec *row = &dead->codecs[dead->codec_count];

    for (uint32_t i = 0; i < dead->codec_count; i++) {
        if (dead->codecs[i].type == type) {
            return dead->codecs[i].codec;
        }
    }
    if (dead->codec_count == CODECS_MAX ||
        tvn_jsoncodec_new(type, &opts, &row->codec, NULL) != TVN_OK) {
        return NULL;
    }
    row->type = type;
    dead->codec_count++;
    return row->codec;
}

/* A value that JSON cannot say (NaN) is left out, with the reason. */
static void
write_event(struct tvn__dead_letter *dead, struct tvn_json *json,
    const struct tvn_event *event)
{
    struct tvn_jsoncodec *codec = codec_of(dead, event->image->type);
    struct tvn_json_fault fault = {.text = "out of memory"};
    struct tvn_buf type = {0};
    uint64_t bytes = 0;

    tvn_json_key_u64(json, "sequence", event->sequence);
    tvn_json_key(json, "type");
    tvn_type_print(event->image->type, 0, &type);
    tvn_json_str(json, tvn_buf_str(&type));
    tvn_buf_fini(&type);
    tvn_buf_clear(&dead->event);
    if (codec == NULL || tvn_jsoncodec_write(codec, event->image->data, 0,
                             &dead->event, &bytes, &fault) != TVN_OK) {
        tvn_json_key(json, "event_error");
        tvn_json_text(json, fault.text);
        return;
    }
    tvn_json_key(json, "event");
    tvn_json_raw(json, tvn_buf_str(&dead->event));
}

static void
write_raw(
    struct tvn__dead_letter *dead, struct tvn_json *json, struct tvn_str raw)
{
    tvn_buf_clear(&dead->event);
    if (tvn_buf_reserve(&dead->event, (raw.len + 2) / 3 * 4 + 1)) {
        dead->event.len =
            (size_t)EVP_EncodeBlock((unsigned char *)dead->event.ptr,
                (const unsigned char *)raw.ptr, (int)raw.len);
    }
    tvn_json_key(json, "raw");
    tvn_json_str(json, tvn_buf_str(&dead->event));
}

static const struct tvn__host_stage *
stage_of(const struct tvn_host *host, struct tvn_str name)
{
    for (uint32_t i = 0; i < host->pipeline->stage_count; i++) {
        if (tvn_str_equal(host->stages[i].spec->name.text, name)) {
            return &host->stages[i];
        }
    }
    return NULL;
}

/* Holds the lock. */
static tvn_err
write_line(struct tvn__dead_letter *self, const struct tvn_dead *dead,
    struct tvn_diag *diag)
{
    const struct tvn_host *host = self->host;
    struct tvn_json json;

    tvn_buf_clear(&self->line);
    tvn_json_init(&json, &self->line, false);
    tvn_json_object(&json);
    tvn_json_key(&json, "flow");
    tvn_json_str(&json, host->pipeline->flow.text);
    tvn_json_key(&json, "stage");
    tvn_json_str(&json, dead->stage);
    tvn_json_key(&json, "cause");
    tvn_json_object(&json);
    tvn_json_key(&json, "kind");
    tvn_json_text(&json, tvn_fault_name(dead->fault->kind));
    tvn_json_key(&json, "message");
    tvn_json_str(&json, dead->fault->text);
    tvn_json_end(&json);
    tvn_json_key_u64(&json, "attempts", dead->attempts);
    tvn_json_key(&json, "time");
    write_time(&json, dead->wall_ns);
    tvn_json_key(&json, "component");
    write_hash(&json, stage_of(host, dead->stage));
    if (dead->event != NULL) {
        write_event(self, &json, dead->event);
    } else {
        write_raw(self, &json, dead->fault->raw);
    }
    tvn_json_end(&json);
    if (self->line.failed) {
        return tvn_diag_error(
            diag, TVN_ENOMEM, NULL, "%s", tvn_err_text(TVN_ENOMEM));
    }
    return tvn_line_writer_write(self->writer, tvn_buf_str(&self->line), diag);
}

tvn_err
tvn__dead_letter_write(
    void *env, const struct tvn_dead *dead, struct tvn_diag *diag)
{
    struct tvn_host *host = env;
    tvn_err err;

    (void)pthread_mutex_lock(&host->dead->lock);
    err = write_line(host->dead, dead, diag);
    (void)pthread_mutex_unlock(&host->dead->lock);
    return err;
}
