/* pipeline_edge.c -- `edges:`: chains taken apart into arrows.
 *
 *     - a -> b.port -> c                 two edges: a -> b, b.port -> c
 *     - a -> b: { capacity: 1024 }       one edge with options
 */
#include "config/internal.h"

#include "base/buf.h"

#define FLOW_PAIRS_MAX 8u
#define SPLIT_MAX      8u                 /* arrows written out in a help */
#define CHAIN_MAX      4096u              /* bytes of one item */
#define EDGES_MAX      TVN_YAML_NODES_MAX /* of one file */

static const char arrow[] = "->";

struct chain {
    const struct tvn_yaml *node;     /* the scalar */
    struct tvn_pipeline_edge *first; /* its edges */
    uint32_t count;
};

/* One end of an arrow as written, blanks cut. */
struct end {
    struct tvn_pipeline_name whole;
    struct tvn_pipeline_name stage;
    struct tvn_pipeline_name port;
};

/* The place of a byte of a scalar, as near as can be told. */
static struct tvn_place
place_in(const struct tvn_yaml *node, size_t offset)
{
    struct tvn_place place = node->place;

    if (node->is_verbatim && place.line > 0) {
        place.column += (uint32_t)offset + (node->is_plain ? 0 : 1);
    }
    return place;
}

static void
fail_edge(struct tvn__reader *reader, const struct tvn_place *place,
    const char *format, struct tvn_str text)
{
    struct tvn_buf message = {0};

    /* `format` holds one %s */
    for (; *format != '\0'; format++) {
        if (format[0] == '%' && format[1] == 's') {
            tvn_buf_append_text(&message, tvn__show_text(text).text);
            format++;
        } else {
            tvn_buf_append_byte(&message, *format);
        }
    }
    tvn__fail(reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_EDGE, place,
                          "%s", tvn_buf_text(&message)));
    tvn_buf_fini(&message);
}

/* The offset of the next arrow, the text's length when there is none. */
static size_t
find_arrow(struct tvn_str text, size_t from)
{
    while (from + 1 < text.len && memcmp(text.ptr + from, arrow, 2) != 0) {
        from++;
    }
    return from + 1 < text.len ? from : text.len;
}

static uint32_t
count_arrows(const struct tvn_yaml *node)
{
    uint32_t count = 0;

    if (node->text.len > CHAIN_MAX) {
        return 0; /* read_chain refuses it */
    }
    for (size_t i = find_arrow(node->text, 0); i < node->text.len;
         i = find_arrow(node->text, i + 2)) {
        count++;
    }
    return count;
}

static bool
check_name(struct tvn__reader *reader, const struct tvn_pipeline_name *name,
    const char *format)
{
    if (tvn__is_name(name->text)) {
        return true;
    }
    fail_edge(reader, &name->place, format, name->text);
    tvn_diag_help(reader->diag, TVN__NAME_HELP);
    return false;
}

static struct end
cut_end(const struct tvn_yaml *node, size_t from, size_t to)
{
    struct tvn_str text = node->text;
    struct end end = {0};
    const char *dot;

    while (from < to && memchr(" \t\n", text.ptr[from], 3) != NULL) {
        from++;
    }
    while (to > from && memchr(" \t\n", text.ptr[to - 1], 3) != NULL) {
        to--;
    }
    end.whole.text = (struct tvn_str){text.ptr + from, to - from};
    end.whole.place = place_in(node, from);
    end.stage = end.whole;
    dot = to > from ? memchr(text.ptr + from, '.', to - from) : NULL;
    if (dot != NULL) {
        end.stage.text.len = (size_t)(dot - end.stage.text.ptr);
        end.port.text =
            (struct tvn_str){dot + 1, to - from - end.stage.text.len - 1};
        end.port.place = place_in(node, from + end.stage.text.len + 1);
    }
    return end;
}

/* Reads `edge` from what stands before and behind the arrow at `at`. */
static void
read_arrow(struct tvn__reader *reader, const struct tvn_yaml *node,
    const size_t bounds[3], struct tvn_pipeline_edge *edge)
{
    struct end from = cut_end(node, bounds[0], bounds[1]);
    struct end to = cut_end(node, bounds[1] + 2, bounds[2]);
    bool is_last = bounds[2] == node->text.len;

    edge->place = place_in(node, bounds[1]);
    edge->from = from.stage;
    edge->port = from.port;
    edge->to = to.stage;
    if (from.whole.text.len == 0 && bounds[0] == 0) {
        fail_edge(
            reader, &edge->place, "no stage stands before '->'", TVN_STR(""));
    } else if (bounds[0] == 0 &&
               check_name(
                   reader, &from.stage, "'%s' is not a name of a stage") &&
               from.port.text.ptr != NULL) {
        (void)check_name(reader, &from.port, "'%s' is not a name of a port");
    }
    if (to.whole.text.len == 0) {
        fail_edge(
            reader, &edge->place, "no stage stands behind '->'", TVN_STR(""));
    } else if (!check_name(
                   reader, &to.stage, "'%s' is not a name of a stage")) {
        return;
    } else if (to.port.text.ptr != NULL && is_last) {
        fail_edge(reader, &to.port.place,
            "'%s' is a port, and ports are outputs: nothing comes behind it",
            to.port.text);
        tvn_diag_help(reader->diag,
            "the input of a stage has no name: "
            "write '... -> %.*s'",
            TVN_STR_ARG(to.stage.text));
    } else if (to.port.text.ptr != NULL) {
        (void)check_name(reader, &to.port, "'%s' is not a name of a port");
    }
}

static void
refuse_no_arrow(struct tvn__reader *reader, const struct tvn_yaml *node)
{
    static const char *const others[] = {"\xE2\x86\x92", "=>", "-", ">"};
    struct tvn_str text = node->text;

    fail_edge(
        reader, &node->place, "'%s' is not an edge: there is no '->'", text);
    for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++) {
        size_t len = strlen(others[k]);

        for (size_t i = 0; i + len <= text.len; i++) {
            struct end from;
            struct end to;

            if (memcmp(text.ptr + i, others[k], len) != 0) {
                continue;
            }
            from = cut_end(node, 0, i);
            to = cut_end(node, i + len, text.len);
            if (tvn__is_name(from.stage.text) && tvn__is_name(to.stage.text)) {
                tvn_diag_help(reader->diag, "write '%.*s -> %.*s'",
                    TVN_STR_ARG(from.whole.text), TVN_STR_ARG(to.whole.text));
                return;
            }
        }
    }
    tvn_diag_help(reader->diag, "write 'a -> b' or 'a.port -> b'");
}

/* Fills `chain->first` and `count`. */
static void
read_chain(struct tvn__reader *reader, struct chain *chain)
{
    const struct tvn_yaml *node = chain->node;
    size_t bounds[3] = {0};

    chain->count = 0;
    if (node->text.len > CHAIN_MAX) {
        fail_edge(reader, &node->place,
            "'%s' is longer than 4096 bytes: take it apart", node->text);
        return;
    }
    bounds[1] = find_arrow(node->text, 0);
    if (bounds[1] == node->text.len) {
        refuse_no_arrow(reader, node);
        return;
    }
    while (bounds[1] < node->text.len) {
        bounds[2] = find_arrow(node->text, bounds[1] + 2);
        chain->first[chain->count] = reader->edge;
        read_arrow(reader, node, bounds, &chain->first[chain->count]);
        chain->count++;
        bounds[0] = bounds[1] + 2;
        bounds[1] = bounds[2];
    }
}

/* ------------------------------------------------------------------------
 * Options. */

static void
print_options(const struct tvn_yaml *options, struct tvn_buf *out)
{
    tvn_buf_append_text(out, "{ ");
    for (uint32_t i = 0; i < options->count && i < FLOW_PAIRS_MAX; i++) {
        const struct tvn_yaml_pair *pair = &options->pairs[i];

        tvn_buf_printf(out, "%s%s: %s", i == 0 ? "" : ", ",
            tvn__show_text(pair->key->text).text,
            pair->value->kind == TVN_YAML_SCALAR && !pair->value->is_secret
                ? tvn__show_text(pair->value->text).text
                : "...");
    }
    tvn_buf_append_text(out, " }");
}

static void
refuse_chain_options(struct tvn__reader *reader, const struct chain *chain,
    const struct tvn_yaml *options)
{
    struct tvn_buf split = {0};

    if (chain->count > SPLIT_MAX) {
        tvn_buf_append_text(&split, "each arrow as an item of its own");
    }
    for (uint32_t i = 0; i < chain->count && chain->count <= SPLIT_MAX; i++) {
        const struct tvn_pipeline_edge *edge = &chain->first[i];

        tvn_buf_printf(&split, "%s'- %.*s%s%.*s -> %.*s",
            i == 0                  ? ""
            : i + 1 == chain->count ? " and "
                                    : ", ",
            TVN_STR_ARG(edge->from.text), edge->port.text.len > 0 ? "." : "",
            TVN_STR_ARG(edge->port.text), TVN_STR_ARG(edge->to.text));
        if (i + 1 == chain->count) {
            tvn_buf_append_text(&split, ": ");
            print_options(options, &split);
        }
        tvn_buf_append_text(&split, "'");
    }
    tvn__fail(reader,
        tvn_diag_error(reader->diag, TVN_EPIPELINE_EDGE, &chain->node->place,
            "options belong to exactly one arrow, this chain has %u",
            (unsigned)chain->count));
    tvn_diag_help(reader->diag,
        "write %s, with the options at the arrow that they are for",
        tvn_buf_text(&split));
    tvn_buf_fini(&split);
}

/* Timers may be late: what the rate gives in 10 ms may come at once, or a
 * rate above some 100/s would not be reached. */
static uint64_t
default_burst(uint64_t rate)
{
    uint64_t burst = 1 + rate / 100;
    uint64_t max = tvn_settings[TVN_SETTING_BURST].max;

    return rate == 0 ? 0 : burst < max ? burst : max;
}

/* What goes without a rate, and what does not. */
static void
check_rate(struct tvn__reader *reader, const struct tvn_yaml *options,
    const struct tvn_pipeline_edge *edge)
{
    const struct tvn_yaml *overflow =
        tvn__setting_find(options, TVN_SETTING_OVERFLOW);
    const struct tvn_yaml *burst =
        tvn__setting_find(options, TVN_SETTING_BURST);

    if (edge->rate > 0 ||
        tvn__setting_find(options, TVN_SETTING_RATE) != NULL) {
        return; /* or its value is wrong, which is said */
    }
    if (overflow != NULL && edge->overflow == TVN_PIPELINE_RATE_LIMIT) {
        tvn__fail(reader,
            tvn_diag_error(reader->diag, TVN_EPIPELINE_MISSING,
                &overflow->place, "'overflow: rate-limit' has no 'rate'"));
        tvn_diag_help(reader->diag,
            "add the most events a second: { overflow: rate-limit, rate: "
            "500/s }");
    }
    if (burst != NULL) {
        tvn__fail(reader, tvn_diag_error(reader->diag, TVN_EPIPELINE_MISSING,
                              &burst->place, "'burst' has no 'rate'"));
        tvn_diag_help(reader->diag,
            "it is how many events may come at once under a rate: { rate: "
            "500/s, burst: 50 }; what may wait is 'capacity'");
    }
}

void
tvn__read_edge_options(struct tvn__reader *reader,
    const struct tvn_yaml *options, struct tvn_pipeline_edge *edge)
{
    edge->capacity = (uint32_t)tvn__number(
        reader, options, TVN_SETTING_CAPACITY, edge->capacity);
    edge->bytes = tvn__number(reader, options, TVN_SETTING_BYTES, edge->bytes);
    edge->overflow = (enum tvn_pipeline_overflow)tvn__word(
        reader, options, TVN_SETTING_OVERFLOW, edge->overflow);
    edge->rate = tvn__rate(reader, options, TVN_SETTING_RATE, edge->rate);
    edge->burst = tvn__number(reader, options, TVN_SETTING_BURST, edge->burst);
    check_rate(reader, options, edge);
}

static void
read_options(struct tvn__reader *reader, const struct chain *chain,
    const struct tvn_yaml *options)
{
    if (tvn__is_null(options) ||
        !tvn__section(reader, options, TVN_SECTION_EDGE, TVN_ON_ANY,
            "an edge's options")) {
        return;
    }
    if (chain->count > 1) {
        refuse_chain_options(reader, chain, options);
    }
    if (chain->count > 0) {
        tvn__read_edge_options(reader, options, chain->first);
    }
}

/* `- a -> b: {...}`; each pair is an edge, one more than one pair is a
 * missing dash or a lack of indentation. */
static uint32_t
read_pairs(struct tvn__reader *reader, const struct tvn_yaml *item,
    struct tvn_pipeline_edge *edges)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < item->count; i++) {
        const struct tvn_yaml *key = item->pairs[i].key;
        struct chain chain = {.node = key, .first = edges + count};

        if (i > 0 && tvn_setting_find(TVN_SECTION_EDGE, key->text) >= 0) {
            fail_edge(reader, &key->place,
                "'%s' stands beside the edge, not in it", key->text);
            tvn_diag_help(
                reader->diag, "indent it further than the edge's first letter");
            continue;
        }
        if (i > 0 && count_arrows(key) > 0) {
            fail_edge(reader, &key->place, "'%s' lacks its dash", key->text);
            tvn_diag_help(reader->diag,
                "each edge is an item of its own: "
                "'- %s: ...'",
                tvn__show_text(key->text).text);
        }
        read_chain(reader, &chain);
        read_options(reader, &chain, item->pairs[i].value);
        count += chain.count;
    }
    return count;
}

static uint32_t
count_all(const struct tvn_yaml *node)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < node->count; i++) {
        const struct tvn_yaml *item = node->items[i];

        if (item->kind == TVN_YAML_SCALAR) {
            count += count_arrows(item);
        }
        for (uint32_t k = 0; item->kind == TVN_YAML_MAPPING && k < item->count;
             k++) {
            count += count_arrows(item->pairs[k].key);
        }
    }
    return count;
}

static uint32_t
read_item(struct tvn__reader *reader, const struct tvn_yaml *item,
    struct tvn_pipeline_edge *edges)
{
    struct chain chain = {.node = item, .first = edges};

    if (item->is_broken) {
        return 0;
    }
    if (item->kind == TVN_YAML_MAPPING && item->count > 0) {
        return read_pairs(reader, item, edges);
    }
    if (item->kind == TVN_YAML_SCALAR && !tvn__is_null(item)) {
        read_chain(reader, &chain);
        return chain.count;
    }
    tvn__fail(reader,
        tvn_diag_error(reader->diag, TVN_EPIPELINE_EDGE, &item->place,
            "an edge is 'a -> b' or 'a -> b: { options }', found %s",
            item->kind == TVN_YAML_SEQUENCE ? "a sequence" : "nothing"));
    return 0;
}

void
tvn__read_edges(struct tvn__reader *reader, const struct tvn_yaml *node)
{
    struct tvn_pipeline_edge *edges;
    uint32_t count = 0;
    tvn_err err = tvn__expect(node, TVN_YAML_SEQUENCE, "edges", reader->diag);

    if (err != TVN_OK && node->kind == TVN_YAML_MAPPING) {
        tvn_diag_help(reader->diag, "each edge begins with a dash");
    }
    if (err == TVN_OK && node->count == 0) {
        err = tvn_diag_error(reader->diag, TVN_EPIPELINE_MISSING, &node->place,
            "edges is empty");
    }
    tvn__fail(reader, err);
    if (err != TVN_OK) {
        return;
    }
    count = count_all(node);
    if (count > EDGES_MAX) {
        tvn__fail(
            reader, tvn_diag_error(reader->diag, TVN_EYAML_LIMIT, &node->place,
                        "the file has more than %u edges", EDGES_MAX));
        return;
    }
    edges = tvn_arena_new(reader->arena, count, sizeof(*edges));
    if (edges == NULL) {
        tvn__fail(reader, TVN_ENOMEM);
        return;
    }
    count = 0;
    for (uint32_t i = 0; i < node->count; i++) {
        count += read_item(reader, node->items[i], edges + count);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (edges[i].burst == 0) {
            edges[i].burst = default_burst(edges[i].rate);
        }
    }
    reader->pipeline->edges = edges;
    reader->pipeline->edge_count = count;
}
