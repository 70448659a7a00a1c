/* memory.c -- what outlives a call: tables' macros, keep, drop and take.
 *
 *     R_at(table, key) R_find(table, key)   macros, with R's type and size
 *     R_take(table)     every row, copied into this call; the table is empty
 *     R_keep(value)     a deep copy into kept memory; R_drop frees it
 *
 * In the glue, copies are made by one function a type that holds pointers:
 * it replaces them by copies that `_alloc` made. */
#include "bindgen/internal.h"

static bool
is_integer(enum tvn_kind kind)
{
    return kind >= TVN_KIND_S8 && kind <= TVN_KIND_U64;
}

static bool
can_be_row(const struct tvn_type *type)
{
    bool has_key = false;

    for (uint32_t i = 0; type->kind == TVN_KIND_RECORD && i < type->count;
         i++) {
        enum tvn_kind kind = type->members[i].type->kind;

        has_key |= kind == TVN_KIND_STRING || is_integer(kind);
    }
    return has_key;
}

static bool
can_be_kept(const struct tvn_type *type)
{
    return type->kind == TVN_KIND_LIST ||
           (type->kind == TVN_KIND_RECORD && type->has_pointer);
}

/* The list of rows: the header's, or one of our own. */
static struct tvn_str
list_of(struct tvn__gen *gen, struct tvn__ctype *row)
{
    for (size_t i = 0; i < gen->types.count; i++) {
        const struct tvn__ctype *ctype = gen->types.entries[i].value;

        if (ctype->type->kind == TVN_KIND_LIST &&
            ctype->type->elem == row->type) {
            return ctype->name;
        }
    }
    row->list = tvn__claim(gen,
        tvn__gen_text(gen, "%.*s_list", TVN_STR_ARG(row->name)), TVN__USE_TYPE);
    return row->list;
}

static struct tvn_str
claim_verb(
    struct tvn__gen *gen, const struct tvn__ctype *ctype, const char *verb)
{
    return tvn__claim(gen,
        tvn__gen_text(gen, "%.*s_%s", TVN_STR_ARG(ctype->name), verb),
        TVN__USE_FUNC);
}

/* ------------------------------------------------------------------------
 * Glue: copying and dropping. */

/* Statements for one place of type `type`; nothing without pointers. */
static void
print_inner(struct tvn__gen *gen, const char *indent, bool is_copy,
    const struct tvn_type *type, struct tvn_str place)
{
    if (type == NULL || !type->has_pointer) {
        return;
    }
    if (type->kind == TVN_KIND_STRING) {
        tvn_buf_printf(gen->glue,
            is_copy ? "%s%.*s.ptr = torvyn__copied(%.*s.ptr, %.*s.len, 1, "
                      "_alloc);\n"
                    : "%storvyn_drop(%.*s.ptr);\n",
            indent, TVN_STR_ARG(place), TVN_STR_ARG(place), TVN_STR_ARG(place));
        if (!is_copy) {
            tvn_buf_printf(gen->glue, "%s%.*s = (text){NULL, 0};\n", indent,
                TVN_STR_ARG(place));
        }
        return;
    }
    tvn_buf_printf(gen->glue,
        is_copy ? "%storvyn__copy_%.*s(&%.*s, _alloc);\n"
                : "%storvyn__drop_%.*s(&%.*s);\n",
        indent, TVN_STR_ARG(tvn__type_name(gen, type)), TVN_STR_ARG(place));
}

static void
print_list_body(struct tvn__gen *gen, const struct tvn_type *type, bool is_copy)
{
    struct tvn_str elem = tvn__type_name(gen, type->elem);

    if (is_copy) {
        tvn_buf_printf(gen->glue,
            "    %.*s *_copy = torvyn__copied(\n"
            "        _v->ptr, _v->len * sizeof(%.*s), %u, _alloc);\n\n",
            TVN_STR_ARG(elem), TVN_STR_ARG(elem), type->elem->align);
        if (type->elem->has_pointer) {
            tvn_buf_append_text(
                gen->glue, "    for (size_t _i = 0; _i < _v->len; _i++) {\n");
            print_inner(
                gen, "        ", true, type->elem, TVN_STR("_copy[_i]"));
            tvn_buf_append_text(gen->glue, "    }\n");
        }
        tvn_buf_append_text(gen->glue, "    _v->ptr = _copy;\n");
        return;
    }
    if (type->elem->has_pointer) {
        /* into a copy: what was never kept is not ours to write to */
        tvn_buf_printf(gen->glue,
            "    for (size_t _i = 0; _i < _v->len; _i++) {\n"
            "        %.*s _elem = _v->ptr[_i];\n\n",
            TVN_STR_ARG(elem));
        print_inner(gen, "        ", false, type->elem, TVN_STR("_elem"));
        tvn_buf_append_text(gen->glue, "    }\n");
    }
    tvn_buf_append_text(gen->glue,
        "    torvyn_drop(_v->ptr);\n    _v->ptr = NULL;\n    _v->len = 0;\n");
}

static void
print_cases_body(
    struct tvn__gen *gen, const struct tvn_type *type, bool is_copy)
{
    tvn_buf_append_text(gen->glue, "    switch (_v->tag) {\n");
    for (uint32_t i = 0; gen->err == TVN_OK && i < type->count; i++) {
        const struct tvn_type *payload = type->members[i].type;

        if (payload != NULL && payload->has_pointer) {
            tvn_buf_printf(gen->glue, "    case %u:\n", i);
            print_inner(gen, "        ", is_copy, payload,
                tvn__gen_text(gen, "_v->val.%.*s",
                    TVN_STR_ARG(tvn__member(gen, type, i))));
            tvn_buf_append_text(gen->glue, "        break;\n");
        }
    }
    tvn_buf_append_text(gen->glue, "    default:\n        break;\n    }\n");
}

static void
print_walker_body(
    struct tvn__gen *gen, const struct tvn_type *type, bool is_copy)
{
    if (type->kind == TVN_KIND_LIST) {
        print_list_body(gen, type, is_copy);
        return;
    }
    if (type->kind == TVN_KIND_VARIANT) {
        print_cases_body(gen, type, is_copy);
        return;
    }
    for (uint32_t i = 0; gen->err == TVN_OK && i < type->count; i++) {
        const struct tvn_type *inner = type->members[i].type;
        bool is_conditional =
            type->kind == TVN_KIND_OPTION || type->kind == TVN_KIND_RESULT;

        if (inner == NULL || !inner->has_pointer) {
            continue;
        }
        if (is_conditional) {
            tvn_buf_printf(gen->glue, "    if (%s) {\n",
                type->kind == TVN_KIND_OPTION ? "_v->some"
                : i == 0                      ? "!_v->is_err"
                                              : "_v->is_err");
        }
        print_inner(gen, is_conditional ? "        " : "    ", is_copy, inner,
            tvn__gen_text(
                gen, "_v->%.*s", TVN_STR_ARG(tvn__member(gen, type, i))));
        if (is_conditional) {
            tvn_buf_append_text(gen->glue, "    }\n");
        }
    }
}

static void
print_walker(struct tvn__gen *gen, const struct tvn__ctype *ctype, bool is_copy)
{
    tvn_buf_printf(gen->glue,
        is_copy
            ? "\n__attribute__((unused)) static void\n"
              "torvyn__copy_%.*s(%.*s *_v, void *(*_alloc)(size_t, size_t))\n"
            : "\n__attribute__((unused)) static void\n"
              "torvyn__drop_%.*s(%.*s *_v)\n",
        TVN_STR_ARG(ctype->name), TVN_STR_ARG(ctype->name));
    tvn_buf_append_text(gen->glue, "{\n");
    print_walker_body(gen, ctype->type, is_copy);
    tvn_buf_append_text(gen->glue, "}\n");
}

/* ------------------------------------------------------------------------
 * Header and glue of one type. */

static void
print_keep(struct tvn__gen *gen, const struct tvn__ctype *ctype)
{
    struct tvn_str keep = claim_verb(gen, ctype, "keep");
    struct tvn_str drop = claim_verb(gen, ctype, "drop");
    struct tvn_str name = ctype->name;

    tvn_buf_printf(gen->header,
        "%.*s %.*s(%.*s value);\nvoid %.*s(%.*s *kept);\n", TVN_STR_ARG(name),
        TVN_STR_ARG(keep), TVN_STR_ARG(name), TVN_STR_ARG(drop),
        TVN_STR_ARG(name));
    tvn_buf_printf(gen->glue,
        "\n%.*s\n%.*s(%.*s _v)\n{\n    torvyn__copy_%.*s(&_v, torvyn_keep);\n"
        "    return _v;\n}\n"
        "\nvoid\n%.*s(%.*s *_v)\n{\n    torvyn__drop_%.*s(_v);\n}\n",
        TVN_STR_ARG(name), TVN_STR_ARG(keep), TVN_STR_ARG(name),
        TVN_STR_ARG(name), TVN_STR_ARG(drop), TVN_STR_ARG(name),
        TVN_STR_ARG(name));
}

static void
print_take(struct tvn__gen *gen, const struct tvn__ctype *ctype,
    struct tvn_str take, struct tvn_str list)
{
    struct tvn_str name = ctype->name;

    tvn_buf_printf(gen->glue,
        "\n%.*s\n%.*s(struct torvyn_table *_t)\n{\n"
        "    size_t _n = torvyn_table_len(_t);\n"
        "    %.*s *_rows = torvyn_alloc(_n * sizeof(%.*s), %u);\n\n"
        "    for (size_t _i = 0; _i < _n; _i++) {\n"
        "        %.*s *_row = torvyn_table_row(_t, _i);\n\n"
        "        _rows[_i] = *_row;\n",
        TVN_STR_ARG(list), TVN_STR_ARG(take), TVN_STR_ARG(name),
        TVN_STR_ARG(name), ctype->type->align, TVN_STR_ARG(name));
    if (ctype->type->has_pointer) {
        tvn_buf_printf(gen->glue,
            "        torvyn__copy_%.*s(&_rows[_i], torvyn_alloc);\n"
            "        torvyn__drop_%.*s(_row);\n",
            TVN_STR_ARG(name), TVN_STR_ARG(name));
    }
    tvn_buf_printf(gen->glue,
        "    }\n    torvyn_table_clear(_t);\n"
        "    return (%.*s){_rows, _n};\n}\n",
        TVN_STR_ARG(list));
}

static void
print_row(struct tvn__gen *gen, struct tvn__ctype *ctype)
{
    struct tvn_str at = claim_verb(gen, ctype, "at");
    struct tvn_str find = claim_verb(gen, ctype, "find");
    struct tvn_str take = claim_verb(gen, ctype, "take");
    struct tvn_str list = list_of(gen, ctype);
    struct tvn_str name = ctype->name;

    if (ctype->list.len > 0) {
        tvn_buf_printf(gen->header,
            "typedef struct { const %.*s *ptr; size_t len; } %.*s;\n",
            TVN_STR_ARG(name), TVN_STR_ARG(list));
    }
    tvn_buf_printf(gen->header,
        "#define %.*s(_table, _key) \\\n"
        "    ((%.*s *)torvyn_table_at((_table), torvyn_key(_key), \\\n"
        "        sizeof(%.*s)))\n",
        TVN_STR_ARG(at), TVN_STR_ARG(name), TVN_STR_ARG(name));
    tvn_buf_printf(gen->header,
        "#define %.*s(_table, _key) \\\n"
        "    ((%.*s *)torvyn_table_find((_table), torvyn_key(_key), \\\n"
        "        sizeof(%.*s)))\n",
        TVN_STR_ARG(find), TVN_STR_ARG(name), TVN_STR_ARG(name));
    tvn_buf_printf(gen->header, "%.*s %.*s(struct torvyn_table *table);\n",
        TVN_STR_ARG(list), TVN_STR_ARG(take));
    print_take(gen, ctype, take, list);
}

static const char copied[] =
    "\n__attribute__((unused)) static void *\n"
    "torvyn__copied(const void *_ptr, size_t _size, size_t _align,\n"
    "    void *(*_alloc)(size_t, size_t))\n"
    "{\n"
    "    return _size == 0\n"
    "               ? NULL\n"
    "               : memcpy(_alloc(_size, _align), _ptr, _size);\n"
    "}\n";

void
tvn__print_memory(struct tvn__gen *gen)
{
    bool has_pointers = false;

    for (size_t i = 0; gen->err == TVN_OK && i < gen->types.count; i++) {
        const struct tvn__ctype *ctype = gen->types.entries[i].value;

        if (!ctype->type->has_pointer) {
            continue;
        }
        if (!has_pointers) {
            tvn_buf_append_text(gen->glue, copied);
            has_pointers = true;
        }
        print_walker(gen, ctype, true);
        print_walker(gen, ctype, false);
    }
    for (size_t i = 0; gen->err == TVN_OK && i < gen->types.count; i++) {
        struct tvn__ctype *ctype = gen->types.entries[i].value;
        bool is_row = can_be_row(ctype->type);
        bool is_kept = can_be_kept(ctype->type);

        if (is_row || is_kept) {
            tvn_buf_append_byte(gen->header, '\n');
        }
        if (is_row) {
            print_row(gen, ctype);
        }
        if (is_kept) {
            print_keep(gen, ctype);
        }
    }
}
