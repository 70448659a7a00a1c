/* yaml.c -- libyaml's events, made into a tree; see yaml.h.
 *
 * Why events and not libyaml's document: a document loses which scalars were
 * quoted on the way through aliases, resolves tags, and has no bound of its
 * own.  libyaml marks places in characters; people and editors count lines
 * and, here, bytes: a cursor that only moves forward turns one into the
 * other. */
#include "config/internal.h"
#include "config/yaml_mark.h"

#include "base/map.h"
#include "base/mem.h"

#include <string.h>
#include <yaml.h>

#define KEY_MAX 4096u /* as a chain of edges */

struct built {
    struct tvn_yaml *node;
    uint32_t nodes;  /* in it, aliases counted each time */
    uint32_t height; /* of it; a scalar: 1 */
};

struct anchor {
    struct built built;
    bool is_done; /* an alias inside its own anchor would be a cycle */
};

struct loader {
    struct tvn_arena *arena;
    const char *path;
    struct tvn_str text;
    struct tvn_diag *diag;
    yaml_parser_t parser;
    struct tvn__cursor cursor;
    struct tvn__expander expander;
    struct tvn_map anchors;
    const struct tvn_yaml **stack; /* children of what is being built */
    size_t count, stack_cap;
    uint32_t nodes;
    tvn_err err; /* the first that lets parsing go on */
};

/* ------------------------------------------------------------------------
 * Places. */

static struct tvn_place
place_of(struct loader *loader, const yaml_mark_t *mark)
{
    tvn__cursor_move(&loader->cursor, loader->text, mark->index);
    return tvn__cursor_place(&loader->cursor, loader->path);
}

/* ------------------------------------------------------------------------
 * What libyaml refuses. */

static tvn_err
refuse_syntax(struct loader *loader)
{
    const yaml_parser_t *parser = &loader->parser;
    const char *problem =
        parser->problem == NULL ? "it cannot be read" : parser->problem;
    struct tvn_place place;
    struct tvn_place context;

    if (parser->error == YAML_MEMORY_ERROR) {
        return TVN_ENOMEM;
    }
    if (parser->error == YAML_READER_ERROR) {
        place = tvn__offset_place(
            loader->path, loader->text, parser->problem_offset);
        return tvn_diag_error(
            loader->diag, TVN_EYAML, &place, "this is not YAML: %s", problem);
    }
    context = place_of(loader, &parser->context_mark);
    place = place_of(loader, &parser->problem_mark);
    (void)tvn_diag_error(
        loader->diag, TVN_EYAML, &place, "this is not YAML: %s", problem);
    if (parser->context != NULL &&
        parser->context_mark.index < parser->problem_mark.index) {
        tvn_diag_note(
            loader->diag, &context, "%s that began here", parser->context);
    }
    tvn__help_syntax(
        loader->text, loader->cursor.offset, problem, loader->diag);
    return TVN_EYAML;
}

static tvn_err
next(struct loader *loader, yaml_event_t *event)
{
    return yaml_parser_parse(&loader->parser, event) != 0
               ? TVN_OK
               : refuse_syntax(loader);
}

static void
refuse(struct loader *loader, tvn_err err)
{
    loader->err = tvn__first(loader->err, err);
}

/* ------------------------------------------------------------------------
 * Nodes. */

static tvn_err
push(struct loader *loader, const struct tvn_yaml *node)
{
    if (loader->count == loader->stack_cap) {
        size_t cap = loader->stack_cap == 0 ? 64 : loader->stack_cap * 2;
        const struct tvn_yaml **grown = tvn_mem_resize(
            loader->stack, loader->stack_cap, cap, sizeof(*grown));

        if (grown == NULL) {
            return TVN_ENOMEM;
        }
        loader->stack = grown;
        loader->stack_cap = cap;
    }
    loader->stack[loader->count++] = node;
    return TVN_OK;
}

static tvn_err
count_nodes(
    struct loader *loader, uint32_t nodes, const struct tvn_place *place)
{
    if (nodes > TVN_YAML_NODES_MAX - loader->nodes) {
        return tvn_diag_error(loader->diag, TVN_EYAML_LIMIT, place,
            "the file has more than %u nodes (aliases counted each time)",
            TVN_YAML_NODES_MAX);
    }
    loader->nodes += nodes;
    return TVN_OK;
}

static tvn_err
check_depth(
    struct loader *loader, uint32_t depth, const struct tvn_place *place)
{
    if (depth > TVN_YAML_DEPTH_MAX) {
        return tvn_diag_error(loader->diag, TVN_EYAML_LIMIT, place,
            "the file is nested deeper than %u", TVN_YAML_DEPTH_MAX);
    }
    return TVN_OK;
}

static tvn_err
new_node(struct loader *loader, enum tvn_yaml_kind kind,
    const struct tvn_place *place, struct built *out)
{
    struct tvn_yaml *node = tvn_arena_new(loader->arena, 1, sizeof(*node));

    if (node == NULL) {
        return TVN_ENOMEM;
    }
    node->kind = kind;
    node->place = *place;
    *out = (struct built){.node = node, .nodes = 1, .height = 1};
    return count_nodes(loader, 1, place);
}

static void
refuse_tag(struct loader *loader, const yaml_char_t *tag,
    const struct tvn_place *place)
{
    static const char usual[] = "tag:yaml.org,2002:"; /* written `!!` */
    struct tvn_str text = tvn_str_of((const char *)tag);
    bool is_usual = text.len >= sizeof(usual) - 1 &&
                    memcmp(text.ptr, usual, sizeof(usual) - 1) == 0;

    if (tag == NULL) {
        return;
    }
    if (is_usual) {
        text.ptr += sizeof(usual) - 1;
        text.len -= sizeof(usual) - 1;
    }
    refuse(loader, tvn_diag_error(loader->diag, TVN_EYAML, place,
                       "tags are not accepted, '%s%s' is one",
                       is_usual ? "!!" : "", tvn__show_text(text).text));
    tvn_diag_help(loader->diag, "leave the tag out; a text that looks like a "
                                "number stands in quotes");
}

/* Makes the anchor known; it is complete once its node is. */
static tvn_err
open_anchor(struct loader *loader, const yaml_char_t *name, struct anchor **out)
{
    struct tvn_str key = tvn_str_of((const char *)name);
    tvn_err err;

    *out = NULL;
    if (name == NULL) {
        return TVN_OK;
    }
    *out = tvn_map_find(&loader->anchors, key);
    if (*out != NULL) {
        (*out)->is_done = false; /* YAML lets a name be given anew */
        return TVN_OK;
    }
    *out = tvn_arena_new(loader->arena, 1, sizeof(**out));
    key = tvn_arena_str(loader->arena, key);
    if (*out == NULL || key.ptr == NULL) {
        return TVN_ENOMEM;
    }
    err = tvn_map_add(&loader->anchors, key, *out);
    return err;
}

static tvn_err
build_alias(struct loader *loader, const yaml_event_t *event, uint32_t depth,
    struct built *out)
{
    struct tvn_place place = place_of(loader, &event->start_mark);
    struct tvn_str name = tvn_str_of((const char *)event->data.alias.anchor);
    const struct anchor *anchor = tvn_map_find(&loader->anchors, name);
    tvn_err err;

    if (anchor == NULL || !anchor->is_done) {
        refuse(
            loader, tvn_diag_error(loader->diag, TVN_EYAML, &place,
                        anchor == NULL ? "there is no anchor '&%s' before this"
                                       : "'*%s' stands inside its own anchor",
                        tvn__show_text(name).text));
        err = new_node(loader, TVN_YAML_SCALAR, &place, out);
        if (err == TVN_OK) {
            out->node->is_broken = true;
        }
        return err;
    }
    *out = anchor->built;
    err = check_depth(loader, depth + out->height - 1, &place);
    return err == TVN_OK ? count_nodes(loader, out->nodes, &place) : err;
}

/* True when the scalar stands in the file byte for byte. */
static bool
is_verbatim(struct loader *loader, const yaml_event_t *event,
    const struct tvn_yaml *node)
{
    size_t start = loader->cursor.offset + (node->is_plain ? 0 : 1);
    size_t end;

    if (event->start_mark.line != event->end_mark.line) {
        return false;
    }
    (void)place_of(loader, &event->end_mark);
    end = loader->cursor.offset - (node->is_plain ? 0 : 1);
    return end >= start && end - start == node->text.len &&
           memcmp(loader->text.ptr + start, node->text.ptr, end - start) == 0;
}

static tvn_err
build_scalar(struct loader *loader, const yaml_event_t *event, bool is_key,
    struct built *out)
{
    struct tvn_place place = place_of(loader, &event->start_mark);
    struct tvn_str raw = tvn_arena_str(
        loader->arena, (struct tvn_str){(const char *)event->data.scalar.value,
                           event->data.scalar.length});
    tvn_err err = new_node(loader, TVN_YAML_SCALAR, &place, out);

    if (err != TVN_OK || raw.ptr == NULL) {
        return err != TVN_OK ? err : TVN_ENOMEM;
    }
    out->node->text = raw;
    out->node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    out->node->is_verbatim = is_verbatim(loader, event, out->node);
    refuse_tag(loader, event->data.scalar.tag, &place);
    if (is_key) {
        return TVN_OK; /* keys are names: nothing is expanded in them */
    }
    err = tvn__expand(&loader->expander, &place, raw, &out->node->text,
        &out->node->is_secret);
    if (err == TVN_EVARIABLE) {
        out->node->is_broken = true;
        refuse(loader, err);
        return TVN_OK;
    }
    out->node->is_verbatim &= out->node->text.ptr == raw.ptr;
    return err;
}

static tvn_err build_node(struct loader *loader, yaml_event_t *event,
    uint32_t depth, bool is_key, struct built *out);

static tvn_err
build_child(struct loader *loader, yaml_event_t *event, uint32_t depth,
    bool is_key, struct built *parent, const struct tvn_yaml **out)
{
    struct built child = {0};
    tvn_err err = build_node(loader, event, depth, is_key, &child);

    if (err == TVN_OK) {
        parent->nodes += child.nodes;
        parent->height =
            child.height >= parent->height ? child.height + 1 : parent->height;
        *out = child.node;
    }
    return err;
}

static tvn_err
build_sequence(struct loader *loader, uint32_t depth, struct built *out)
{
    size_t base = loader->count;
    const struct tvn_yaml **items;
    yaml_event_t event;
    tvn_err err;

    while ((err = next(loader, &event)) == TVN_OK) {
        const struct tvn_yaml *item = NULL;

        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        err = build_child(loader, &event, depth + 1, false, out, &item);
        err = err == TVN_OK ? push(loader, item) : err;
        if (err != TVN_OK) {
            return err;
        }
    }
    if (err != TVN_OK) {
        return err;
    }
    items = tvn_arena_new(loader->arena, loader->count - base, sizeof(*items));
    if (items == NULL) {
        return TVN_ENOMEM;
    }
    out->node->count = (uint32_t)(loader->count - base);
    for (uint32_t i = 0; i < out->node->count; i++) {
        items[i] = loader->stack[base + i];
    }
    out->node->items = items;
    loader->count = base;
    return TVN_OK;
}

/* False when this key is not taken into the mapping. */
static bool
check_key(struct loader *loader, const struct tvn_yaml *key)
{
    if (key->kind != TVN_YAML_SCALAR) {
        refuse(loader,
            tvn_diag_error(loader->diag, TVN_EYAML, &key->place,
                "a key is a scalar, this is %s", tvn_yaml_kind_name(key)));
        return false;
    }
    if (key->is_plain && tvn_str_is(key->text, "<<")) {
        refuse(loader, tvn_diag_error(loader->diag, TVN_EYAML, &key->place,
                           "merge keys (<<) are not accepted"));
        tvn_diag_help(loader->diag,
            "what edges or stages share stands once, under 'defaults:'");
        return false;
    }
    if (key->text.len > KEY_MAX) {
        refuse(
            loader, tvn_diag_error(loader->diag, TVN_EYAML_LIMIT, &key->place,
                        "a key is longer than %u bytes", KEY_MAX));
        return false;
    }
    return !key->is_broken;
}

static tvn_err
check_duplicates(struct loader *loader, const struct tvn_yaml *mapping)
{
    struct tvn_map seen = {0};
    tvn_err err = TVN_OK;

    for (uint32_t i = 0; err == TVN_OK && i < mapping->count; i++) {
        const struct tvn_yaml_pair *pair = &mapping->pairs[i];
        struct tvn_place *first = tvn_map_find(&seen, pair->key->text);

        if (first != NULL) {
            refuse(loader,
                tvn_diag_error(loader->diag, TVN_EYAML_DUPLICATE,
                    &pair->key->place, "'%s' stands twice in one mapping",
                    tvn__show_text(pair->key->text).text));
            tvn_diag_note(loader->diag, first, "the first one");
            continue;
        }
        first = tvn_arena_new(loader->arena, 1, sizeof(*first));
        if (first == NULL) {
            err = TVN_ENOMEM;
            break;
        }
        *first = pair->key->place;
        err = tvn_map_add(&seen, pair->key->text, first);
    }
    tvn_map_fini(&seen);
    return err;
}

static tvn_err
take_pairs(struct loader *loader, size_t base, struct tvn_yaml *mapping)
{
    uint32_t count = (uint32_t)((loader->count - base) / 2);
    struct tvn_yaml_pair *pairs =
        tvn_arena_new(loader->arena, count, sizeof(*pairs));

    if (pairs == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        pairs[i].key = loader->stack[base + 2 * i];
        pairs[i].value = loader->stack[base + 2 * i + 1];
    }
    mapping->pairs = pairs;
    mapping->count = count;
    loader->count = base;
    return check_duplicates(loader, mapping);
}

static tvn_err
build_mapping(struct loader *loader, uint32_t depth, struct built *out)
{
    size_t base = loader->count;
    yaml_event_t event;
    tvn_err err;

    while ((err = next(loader, &event)) == TVN_OK) {
        const struct tvn_yaml *key = NULL;
        const struct tvn_yaml *value = NULL;

        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            return take_pairs(loader, base, out->node);
        }
        err = build_child(loader, &event, depth + 1, true, out, &key);
        err = err == TVN_OK ? next(loader, &event) : err;
        err = err == TVN_OK
                  ? build_child(loader, &event, depth + 1, false, out, &value)
                  : err;
        if (err == TVN_OK && check_key(loader, key)) {
            err = push(loader, key);
            err = err == TVN_OK ? push(loader, value) : err;
        }
        if (err != TVN_OK) {
            return err;
        }
    }
    return err;
}

/* Takes the event. */
static tvn_err
build_node(struct loader *loader, yaml_event_t *event, uint32_t depth,
    bool is_key, struct built *out)
{
    bool is_sequence = event->type == YAML_SEQUENCE_START_EVENT;
    struct tvn_place place = place_of(loader, &event->start_mark);
    struct anchor *anchor = NULL;
    tvn_err err = check_depth(loader, depth, &place);

    if (err != TVN_OK) {
        goto out;
    }
    if (event->type == YAML_ALIAS_EVENT) {
        err = build_alias(loader, event, depth, out);
        goto out;
    }
    if (event->type == YAML_SCALAR_EVENT) {
        err = open_anchor(loader, event->data.scalar.anchor, &anchor);
        err = err == TVN_OK ? build_scalar(loader, event, is_key, out) : err;
    } else {
        err = open_anchor(loader,
            is_sequence ? event->data.sequence_start.anchor
                        : event->data.mapping_start.anchor,
            &anchor);
        err = err == TVN_OK
                  ? new_node(loader,
                        is_sequence ? TVN_YAML_SEQUENCE : TVN_YAML_MAPPING,
                        &place, out)
                  : err;
        if (err != TVN_OK) {
            goto out;
        }
        refuse_tag(loader,
            is_sequence ? event->data.sequence_start.tag
                        : event->data.mapping_start.tag,
            &place);
        err = is_sequence ? build_sequence(loader, depth, out)
                          : build_mapping(loader, depth, out);
    }
    if (err == TVN_OK && anchor != NULL) {
        *anchor = (struct anchor){.built = *out, .is_done = true};
    }
out:
    yaml_event_delete(event);
    return err;
}

/* ------------------------------------------------------------------------
 * The document. */

static tvn_err
build_document(struct loader *loader, struct built *out)
{
    yaml_event_t event;
    tvn_err err = next(loader, &event);

    while (err == TVN_OK && event.type != YAML_DOCUMENT_START_EVENT) {
        bool is_end = event.type == YAML_STREAM_END_EVENT;

        yaml_event_delete(&event);
        if (is_end) {
            struct tvn_place place = {loader->path, 1, 1, NULL};

            return tvn_diag_error(
                loader->diag, TVN_EYAML, &place, "the file is empty");
        }
        err = next(loader, &event);
    }
    if (err != TVN_OK) {
        return err;
    }
    yaml_event_delete(&event);
    err = next(loader, &event);
    err = err == TVN_OK ? build_node(loader, &event, 1, false, out) : err;
    err = err == TVN_OK ? next(loader, &event) : err;
    if (err == TVN_OK) {
        (void)place_of(loader, event.data.document_end.implicit
                                   ? &event.start_mark
                                   : &event.end_mark);
        err = tvn__check_rest(
            loader->path, loader->text, loader->cursor.offset, loader->diag);
        yaml_event_delete(&event);
    }
    return err;
}

tvn_err
tvn__yaml_load(struct tvn_arena *arena, const char *path, struct tvn_str text,
    const struct tvn_yaml_opts *opts, const struct tvn_yaml **out,
    struct tvn_diag *diag)
{
    static const struct tvn_yaml_opts from_process = {0};
    struct loader loader = {.arena = arena, .text = text, .diag = diag};
    struct built root = {0};
    tvn_err err;

    *out = NULL;
    loader.path = tvn_arena_copy(arena, path, strlen(path));
    if (loader.path == NULL) {
        return TVN_ENOMEM;
    }
    loader.cursor.line = 1;
    loader.expander = (struct tvn__expander){.arena = arena,
        .path = loader.path,
        .opts = opts == NULL ? &from_process : opts,
        .diag = diag,
        .left = TVN_YAML_SIZE_MAX};
    err = tvn__check_text(loader.path, &loader.text, diag);
    if (err != TVN_OK) {
        return err;
    }
    if (yaml_parser_initialize(&loader.parser) == 0) {
        return TVN_ENOMEM;
    }
    yaml_parser_set_encoding(&loader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&loader.parser,
        (const unsigned char *)loader.text.ptr, loader.text.len);
    err = build_document(&loader, &root);
    yaml_parser_delete(&loader.parser);
    tvn_map_fini(&loader.anchors);
    tvn_mem_free(loader.stack, loader.stack_cap, sizeof(*loader.stack));
    if (err == TVN_OK) {
        *out = root.node;
    }
    return err == TVN_ENOMEM ? err : tvn__first(loader.err, err);
}

tvn_err
tvn_yaml_parse(struct tvn_arena *arena, const char *path, struct tvn_str text,
    const struct tvn_yaml_opts *opts, const struct tvn_yaml **out,
    struct tvn_diag *diag)
{
    const struct tvn_yaml *root = NULL;
    tvn_err err = tvn__yaml_load(arena, path, text, opts, &root, diag);

    if (err == TVN_OK) {
        *out = root;
    }
    return err;
}
