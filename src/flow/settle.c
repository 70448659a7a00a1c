/* settle.c -- after a visit: books what the stage did and hands its events
 * on.
 *
 * Books are added up per visit where a sum says the same; every event still
 * moves by itself.  Outputs are handed on before the inputs that they came
 * from leave the queue, because they carry their meta.
 *
 * The switches on TVN_FAULT_PASS fold away in a normal build; what they do is
 * what a bug at that place would do. */
#include "flow/internal.h"

static void
offer(const struct tvn__group *group, uint64_t count)
{
    for (uint32_t i = 0; i < group->count; i++) {
        group->edges[i]->row->offered += count;
    }
}

struct tvn_image *
tvn__take(struct tvn__shard *shard, struct tvn__edge *edge)
{
    if (TVN_FAULT_IS(shard->broken_pop, TVN_BREAKAGE_DOUBLE)) {
        shard->broken_pop = TVN_BREAKAGE_NONE;
        return tvn_image_ref(edge->in->ring[edge->in->head].image);
    }
    return tvn_queue_pop(edge->in);
}

/* A neighbour in the account, for what is booked in the wrong place. */
static struct tvn_ledger_books *
other_books(const struct tvn__shard *shard, const struct tvn__node *node)
{
    uint32_t next = (node->number + 1) % shard->flow->ledger.stage_count;

    return &shard->flow->ledger.stages[next].books;
}

/* ------------------------------------------------------------------------
 * Sources. */

static void
make_event(struct tvn__shard *shard, uint32_t number, uint64_t sequence,
    struct tvn_event *out)
{
    const struct tvn_burst *burst = &shard->burst;

    out->sequence = sequence;
    out->event_time_ns =
        burst->has_times ? burst->out_time_ns[number] : burst->wall_ns;
    out->key = burst->has_keys ? burst->out_key[number] : 0;
}

uint32_t
tvn__settle_source(struct tvn__shard *shard, struct tvn__node *node)
{
    const struct tvn_burst *burst = &shard->burst;
    struct tvn_event event = {
        .ingest_time_ns = burst->wall_ns, .entered_ns = burst->now_ns};
    uint64_t sequence = tvn__sequences(shard, burst->outs);
    uint32_t made = 0;
    uint32_t bad = 0;

    shard->first_sequence = sequence;
    for (uint32_t i = 0; i < burst->outs; i++) {
        switch (TVN_FAULT_PASS(
            TVN_SITE_SOURCE_READ, tvn__fit_twice(node, burst->out[i]->block))) {
        case TVN_BREAKAGE_NONE:
            break;
        case TVN_BREAKAGE_LOSE:
            tvn_image_unref(burst->out[i]);
            continue;
        case TVN_BREAKAGE_DOUBLE:
            make_event(shard, i, tvn__sequences(shard, 1), &event);
            tvn__put_all(
                shard, &node->main, &event, tvn_image_ref(burst->out[i]));
            made++;
            break;
        case TVN_BREAKAGE_MISFILE:
            tvn_image_unref(burst->out[i]);
            bad++;
            continue;
        }
        make_event(shard, i, sequence + i, &event);
        tvn__put_all(shard, &node->main, &event, burst->out[i]);
        made++;
    }
    offer(&node->main, made);
    node->books->in += made + bad;
    node->books->dropped += bad;
    node->books->passed += made;
    node->books->out += made;
    node->books->forked += (uint64_t)made * (node->main.count - 1);
    return made + bad;
}

/* ------------------------------------------------------------------------
 * Outputs of processors and aggregators. */

/* Hands on what was made; returns how many that was.  For an aggregator every
 * output is a new event. */
static uint64_t
emit(struct tvn__shard *shard, struct tvn__node *node,
    const struct tvn_event *cause)
{
    const struct tvn_burst *burst = &shard->burst;
    bool is_new = node->role == TVN_ROLE_AGGREGATOR;
    uint64_t made = 0;

    if (is_new) {
        shard->first_sequence = tvn__sequences(shard, burst->outs);
    }
    for (uint32_t i = 0; i < burst->outs; i++) {
        const struct tvn_event *event =
            cause == NULL ? &burst->in[burst->out_of[i]] : cause;
        struct tvn_event fresh;

        if (is_new) {
            fresh = *event;
            fresh.sequence = shard->first_sequence + i;
            event = &fresh;
        }
        switch (TVN_FAULT_PASS(
            TVN_SITE_EMIT, tvn__fit_twice(node, burst->out[i]->block))) {
        case TVN_BREAKAGE_NONE:
            break;
        case TVN_BREAKAGE_LOSE:
            tvn_image_unref(burst->out[i]);
            continue;
        case TVN_BREAKAGE_DOUBLE:
            tvn__put_all(
                shard, &node->main, event, tvn_image_ref(burst->out[i]));
            made++;
            break;
        case TVN_BREAKAGE_MISFILE:
            node->books->out--;
            other_books(shard, node)->out++;
            break;
        }
        tvn__put_all(shard, &node->main, event, burst->out[i]);
        made++;
    }
    offer(&node->main, made);
    node->books->out += made;
    return made;
}

/* The event that will be the head has outputs that are on their way. */
static bool
has_begun_head(const struct tvn__shard *shard, const struct tvn__node *node)
{
    const struct tvn_burst *burst = &shard->burst;

    return burst->outs > 0 && burst->out_of[burst->outs - 1] == burst->consumed
               ? true
               : burst->consumed == 0 && node->had_outputs;
}

static void
settle_processor(struct tvn__shard *shard, struct tvn__node *node)
{
    const struct tvn_burst *burst = &shard->burst;
    uint64_t made = emit(shard, node, NULL);
    uint32_t consumed = burst->consumed;
    uint32_t passed = 0;
    uint32_t last = UINT32_MAX;

    for (uint32_t i = 0; i < burst->outs; i++) {
        passed += burst->out_of[i] != last && burst->out_of[i] < consumed;
        last = burst->out_of[i];
    }
    if (consumed > 0 && node->had_outputs &&
        (burst->outs == 0 || burst->out_of[0] != 0)) {
        passed++; /* the head had all of its outputs in earlier visits */
    }
    node->had_outputs = has_begun_head(shard, node);
    node->books->passed += passed;
    node->books->filtered += consumed - passed;
    node->books->forked += made * node->main.count - passed;
}

static void
settle_aggregator(struct tvn__shard *shard, struct tvn__node *node)
{
    uint32_t consumed = shard->burst.consumed;
    uint64_t made = shard->burst.outs > 0 ? emit(shard, node, NULL) : 0;

    node->books->emitted += made;
    node->books->forked += made * (node->main.count - 1);
    node->had_outputs = has_begun_head(shard, node);
    for (uint32_t i = 0; i < consumed; i++) {
        switch (TVN_FAULT_PASS(TVN_SITE_ABSORB, true)) {
        case TVN_BREAKAGE_NONE:
            break;
        case TVN_BREAKAGE_LOSE:
            node->books->absorbed--;
            break;
        case TVN_BREAKAGE_DOUBLE:
            node->books->absorbed++;
            break;
        case TVN_BREAKAGE_MISFILE:
            node->books->absorbed--;
            node->books->filtered++;
            break;
        }
    }
    node->books->absorbed += consumed;
    tvn__window_add(shard, node, consumed);
}

void
tvn__settle_flush(struct tvn__shard *shard, struct tvn__node *node)
{
    const struct tvn_event cause = {
        .event_time_ns = shard->burst.wall_ns,
        .ingest_time_ns = shard->burst.wall_ns,
        .entered_ns = shard->burst.now_ns,
    };
    uint64_t made = emit(shard, node, &cause);

    node->books->emitted += made;
    node->books->forked += made * (node->main.count - 1);
}

/* ------------------------------------------------------------------------
 * Those that pass the image itself on. */

static void
settle_filter(
    struct tvn__shard *shard, struct tvn__node *node, struct tvn__edge *edge)
{
    const struct tvn_burst *burst = &shard->burst;
    bool has_other = node->other.count > 0;
    uint64_t kept = 0;
    uint64_t refused = 0;
    uint64_t filtered = 0;

    for (uint32_t i = 0; i < burst->consumed; i++) {
        struct tvn_image *image = tvn__take(shard, edge);
        bool is_kept = (burst->verdicts[i] & 1) != 0;

        switch (TVN_FAULT_PASS(TVN_SITE_FILTER, true)) {
        case TVN_BREAKAGE_NONE:
            break;
        case TVN_BREAKAGE_LOSE:
            tvn_image_unref(image);
            continue;
        case TVN_BREAKAGE_DOUBLE:
            filtered++;
            break;
        case TVN_BREAKAGE_MISFILE:
            is_kept = !is_kept;
            break;
        }
        if (is_kept) {
            tvn__put_all(shard, &node->main, &burst->in[i], image);
            kept++;
        } else if (has_other) {
            tvn__put_all(shard, &node->other, &burst->in[i], image);
            refused++;
        } else {
            tvn_image_unref(image);
            filtered++;
        }
    }
    offer(&node->main, kept);
    offer(&node->other, refused);
    node->books->passed += kept + refused;
    node->books->out += kept + refused;
    node->books->filtered += filtered;
    node->books->forked += kept * (node->main.count - 1);
    if (refused > 0) {
        node->books->forked += refused * (node->other.count - 1);
    }
}

/* What each port is meant to get, from the verdicts alone. */
static void
offer_ports(struct tvn__node *node, const struct tvn_burst *burst)
{
    for (uint32_t i = 0; i < burst->consumed; i++) {
        uint32_t bits = burst->verdicts[i];

        if (bits == 0) {
            offer(&node->other, 1);
            node->books->out += node->other.count > 0;
        }
        for (; bits != 0; bits &= bits - 1) {
            offer(&node->ports[__builtin_ctz(bits)], 1);
            node->books->out++;
        }
    }
}

/* Another port that is wired; nowhere when there is none. */
static uint32_t
wrong_port(const struct tvn__node *node, uint32_t bits)
{
    for (uint32_t i = 0; i < TVN_PORTS_MAX; i++) {
        if (node->ports[i].count > 0 && (bits & (UINT32_C(1) << i)) == 0) {
            return UINT32_C(1) << i;
        }
    }
    return 0;
}

static void
settle_router(
    struct tvn__shard *shard, struct tvn__node *node, struct tvn__edge *edge)
{
    const struct tvn_burst *burst = &shard->burst;

    offer_ports(node, burst);
    for (uint32_t i = 0; i < burst->consumed; i++) {
        struct tvn_image *image = tvn__take(shard, edge);
        uint32_t bits = burst->verdicts[i];

        switch (TVN_FAULT_PASS(
            TVN_SITE_ROUTE, tvn__fit_twice(node, image->block))) {
        case TVN_BREAKAGE_NONE:
            break;
        case TVN_BREAKAGE_LOSE:
            tvn_image_unref(image);
            continue;
        case TVN_BREAKAGE_DOUBLE:
            tvn__put_routed(
                shard, node, &burst->in[i], tvn_image_ref(image), bits);
            break;
        case TVN_BREAKAGE_MISFILE:
            bits = wrong_port(node, bits);
            break;
        }
        if (bits == 0 && node->other.count == 0) {
            tvn_image_unref(image);
            node->books->unrouted++;
        } else {
            tvn__put_routed(shard, node, &burst->in[i], image, bits);
        }
    }
}

/* ------------------------------------------------------------------------ */

static void
settle_sink(
    struct tvn__shard *shard, struct tvn__node *node, struct tvn__edge *edge)
{
    const struct tvn_burst *burst = &shard->burst;
    uint64_t now_ns = burst->is_sampled ? tvn__clock(shard) : 0;

    for (uint32_t i = 0; i < burst->consumed; i++) {
        if (burst->is_sampled) {
            tvn_histogram_record(
                node->latency_ns, tvn__since(now_ns, burst->in[i].entered_ns));
        }
        tvn_image_unref(tvn__take(shard, edge));
    }
    node->books->delivered += burst->consumed;
}

void
tvn__settle_inputs(
    struct tvn__shard *shard, struct tvn__node *node, struct tvn__edge *edge)
{
    uint32_t consumed = shard->burst.consumed;

    node->books->in += consumed;
    switch (node->role) {
    case TVN_ROLE_PROCESSOR:
        settle_processor(shard, node);
        break;
    case TVN_ROLE_AGGREGATOR:
        settle_aggregator(shard, node);
        break;
    case TVN_ROLE_FILTER:
        settle_filter(shard, node, edge);
        return;
    case TVN_ROLE_ROUTER:
        settle_router(shard, node, edge);
        return;
    case TVN_ROLE_SINK:
        settle_sink(shard, node, edge);
        return;
    case TVN_ROLE_SOURCE:
        return;
    }
    for (uint32_t i = 0; i < consumed; i++) {
        tvn_image_unref(tvn__take(shard, edge));
    }
}
