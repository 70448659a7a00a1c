/* jsoncodec_node.h -- what the files of the JSON codec share: a tree of
 * nodes, one for each type (or each place, where a rename tells two places
 * of one type apart), and the marks that become a path. */
#ifndef TVN_VALUE_JSONCODEC_NODE_H
#define TVN_VALUE_JSONCODEC_NODE_H

#include "base/arena.h"
#include "base/buf.h"
#include "value/jsoncodec.h"

#include <yyjson.h>

struct tvn__json_node;

struct tvn__json_member {
    struct tvn_str key;                /* as JSON has it, unescaped */
    struct tvn_str quoted;             /* `,"key":` */
    const struct tvn__json_node *node; /* NULL: no payload */
    uint32_t offset;
};

struct tvn__json_node {
    const struct tvn_type *type;
    enum tvn_kind kind;
    bool is_bytes;   /* list<u8> */
    bool is_wrapped; /* option of an option */
    uint32_t count;  /* of members */
    uint32_t words;  /* bits for members seen, here and inside: 64 each */
    int64_t min;     /* integers */
    uint64_t max;
    const struct tvn__json_node *elem; /* list's elements, option's payload */
    const struct tvn__json_member *members;
    const uint32_t *order; /* members by length of key, then bytes */
};

struct tvn_jsoncodec {
    struct tvn_arena arena; /* owns the nodes */
    const struct tvn__json_node *root;
    enum tvn_json_names names;
    bool refuse_unknown;
    uint32_t max_event;
    uint64_t unknown;
    void *pool; /* scratch of the parser */
    size_t pool_size;
    uint64_t *seen; /* records with more than 64 fields: a stack of bits */
};

/* One level of a path: a key, or an index when the key has no ptr. */
struct tvn__json_mark {
    struct tvn_str key;
    uint32_t index;
};

struct tvn__json_trail {
    uint32_t count;
    struct tvn__json_mark marks[TVN_TYPE_DEPTH_MAX + 1]; /* innermost first */
};

static inline void
tvn__json_mark(
    struct tvn__json_trail *trail, struct tvn_str key, uint32_t index)
{
    if (trail->count <= TVN_TYPE_DEPTH_MAX) {
        trail->marks[trail->count++] = (struct tvn__json_mark){key, index};
    }
}

/* `$.a[3].b` into path[256]. */
void tvn__json_path(const struct tvn__json_trail *trail, char *path);

/* The WIT name spelled so. */
void tvn__json_spell(
    struct tvn_buf *out, struct tvn_str name, enum tvn_json_names names);

/* The member with that key, UINT32_MAX when there is none. */
uint32_t tvn__json_find(
    const struct tvn__json_node *node, const char *key, size_t len);

/* ------------------------------------------------------------------------
 * Texts of records, looked at again. */

/* A cursor over the tokens of a valid JSON text. */
struct tvn__json_scan {
    const char *text;
    size_t len;
    size_t at;      /* of the next byte to look at */
    uint32_t index; /* of the next token */
};

/* The text of token `index`, counting every value and key from 0: an index
 * into the document's values.  Goes on from where it was when it can. */
struct tvn_str tvn__json_token(struct tvn__json_scan *scan, uint32_t index);

/* Fills in `fault` for what the parser refused; the error's code. */
tvn_err tvn__json_syntax(const char *text, size_t len,
    const yyjson_read_err *error, struct tvn_json_fault *fault);

/* ------------------------------------------------------------------------
 * Numbers and base64. */

enum tvn__json_integral {
    TVN__JSON_INTEGRAL,
    TVN__JSON_FRACTION,
    TVN__JSON_TOO_LARGE, /* more than 64 bits */
};

/* The exact value of a well-formed JSON number (a `+` and leading zeros are
 * fine too): its sign and the rest. */
enum tvn__json_integral tvn__json_integer(
    struct tvn_str number, bool *is_negative, uint64_t *rest);

/* Limits of an integer kind; false: it is none. */
bool tvn__json_limits(enum tvn_kind kind, int64_t *min, uint64_t *max);

/* The nearest float of a JSON number whose nearest double is `wide`; needs
 * the text where rounding twice could go wrong.  TVN_ENOMEM. */
tvn_err tvn__json_narrow(double wide, struct tvn_str number, float *out);

/* True when `wide` alone does not tell. */
bool tvn__json_needs_text(double wide);

/* Bytes that the text stands for, if it is base64; the padding may be
 * missing. */
size_t tvn__base64_size(const char *src, size_t len);

/* `dst` has room for them; false: not base64. */
bool tvn__base64_decode(const char *src, size_t len, uint8_t *dst);

/* `dst` has room for (len + 2) / 3 * 4 bytes, which are written. */
void tvn__base64_encode(const uint8_t *src, size_t len, char *dst);

#endif
