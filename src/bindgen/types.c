/* types.c -- types as C text, and assertions on their layout.
 *
 * In C++ the name of a field hides a type of that name from the fields behind
 * it (`text text; text other;`).  Such a type gets a second name first. */
#include "bindgen/internal.h"

#include "base/assert.h"

#define LINE_MAX_BYTES 80u

/* What stands between the braces, in order. */
struct field {
    struct tvn_str name;
    struct tvn_str type; /* as C spells it */
    struct tvn_str docs;
};

struct fields {
    struct field *items;
    uint32_t count;
    uint32_t in_union; /* so many of the last ones */
};

static struct tvn_str
tag_type(const struct tvn_type *type)
{
    return type->disc_size == 1   ? TVN_STR("uint8_t")
           : type->disc_size == 2 ? TVN_STR("uint16_t")
                                  : TVN_STR("uint32_t");
}

struct tvn_str
tvn__member(struct tvn__gen *gen, const struct tvn_type *type, uint32_t index)
{
    switch (type->kind) {
    case TVN_KIND_TUPLE:
        return tvn__gen_text(gen, "f%u", index);
    case TVN_KIND_OPTION:
        return TVN_STR("val");
    case TVN_KIND_RESULT:
        return index == 0 ? TVN_STR("ok") : TVN_STR("err");
    case TVN_KIND_RECORD:
    case TVN_KIND_VARIANT:
        return tvn__field(gen, type->members[index].name);
    case TVN_KIND_BOOL:
    case TVN_KIND_S8:
    case TVN_KIND_U8:
    case TVN_KIND_S16:
    case TVN_KIND_U16:
    case TVN_KIND_S32:
    case TVN_KIND_U32:
    case TVN_KIND_S64:
    case TVN_KIND_U64:
    case TVN_KIND_F32:
    case TVN_KIND_F64:
    case TVN_KIND_CHAR:
    case TVN_KIND_STRING:
    case TVN_KIND_LIST:
    case TVN_KIND_ENUM:
    case TVN_KIND_FLAGS:
    case TVN_KIND_OWN:
    case TVN_KIND_BORROW:
        break;
    }
    TVN_ASSERT(false);
    return TVN_STR("");
}

/* The second name of a type, and its typedef when it is new.  No name of WIT
 * has a capital in C, so no field can be called like it. */
static struct tvn_str
second_name(
    struct tvn__gen *gen, const struct tvn_type *type, struct tvn_buf *out)
{
    struct tvn__ctype *ctype = tvn__ctype_find(gen, type);
    struct tvn_str *second = ctype == NULL ? &gen->text_second : &ctype->second;

    if (second->len == 0) {
        struct tvn_str first = tvn__type_name(gen, type);

        *second = tvn__claim(gen,
            tvn__gen_text(gen, "%.*s_T", TVN_STR_ARG(first)), TVN__USE_TYPE);
        tvn_buf_printf(out,
            "/* %.*s, where a field of that name hides it from C++. */\n"
            "typedef %.*s %.*s;\n\n",
            TVN_STR_ARG(first), TVN_STR_ARG(first), TVN_STR_ARG(*second));
    }
    return *second;
}

static void
add_field(struct tvn__gen *gen, struct fields *fields, struct tvn_str name,
    const struct tvn_type *type, struct tvn_str docs, struct tvn_buf *out)
{
    struct tvn_str spelled = tvn__type_name(gen, type);
    bool is_hidden = false;

    for (uint32_t i = 0; i < fields->count; i++) {
        is_hidden |= tvn_str_equal(fields->items[i].name, spelled);
    }
    if (is_hidden) {
        spelled = second_name(gen, type, out);
    }
    fields->items[fields->count++] = (struct field){name, spelled, docs};
}

/* The fields of a record, tuple, option, result or variant; typedefs that
 * they need are printed. */
static struct fields
list_fields(struct tvn__gen *gen, const struct tvn_type *type,
    struct tvn_str docs, struct tvn_buf *out)
{
    struct fields fields = {0};
    struct tvn_str first = TVN_STR("");

    fields.items =
        tvn_arena_new(gen->arena, type->count + 1, sizeof(*fields.items));
    if (fields.items == NULL) {
        tvn__gen_no_memory(gen);
        return fields;
    }
    if (type->kind == TVN_KIND_OPTION) {
        fields.items[fields.count++] =
            (struct field){TVN_STR("some"), TVN_STR("bool"), first};
    } else if (type->kind == TVN_KIND_RESULT) {
        fields.items[fields.count++] =
            (struct field){TVN_STR("is_err"), TVN_STR("bool"), first};
    } else if (type->kind == TVN_KIND_VARIANT) {
        fields.items[fields.count++] =
            (struct field){TVN_STR("tag"), tag_type(type), first};
    }
    for (uint32_t i = 0; gen->err == TVN_OK && i < type->count; i++) {
        const struct tvn_member *member = &type->members[i];

        if (member->type == NULL) {
            continue;
        }
        add_field(gen, &fields, tvn__member(gen, type, i), member->type,
            type->kind == TVN_KIND_RECORD ? tvn__docs(gen, docs, member->name)
                                          : TVN_STR(""),
            out);
        fields.in_union +=
            type->kind == TVN_KIND_RESULT || type->kind == TVN_KIND_VARIANT;
    }
    if (type->kind == TVN_KIND_RESULT && fields.in_union == 1) {
        fields.in_union = 0;
    }
    return fields;
}

/* `line` is done: out it goes, its comment beside or above it. */
static void
put_line(struct tvn_buf *out, const char *indent, struct tvn_buf *line,
    struct tvn_str docs)
{
    if (!tvn__fits_line(line, docs)) {
        tvn__comment(out, indent, docs);
    }
    tvn__end_line(line, docs);
    tvn_buf_append_str(out, tvn_buf_str(line));
    out->failed |= line->failed;
    tvn_buf_fini(line);
}

static void
print_field(const struct field *field, const char *indent, struct tvn_buf *out)
{
    struct tvn_buf line = {0};

    tvn_buf_printf(&line, "%s%.*s %.*s;", indent, TVN_STR_ARG(field->type),
        TVN_STR_ARG(field->name));
    put_line(out, indent, &line, field->docs);
}

static void
print_fields(const struct tvn_type *type, const struct fields *fields,
    struct tvn_buf *out)
{
    uint32_t outer = fields->count - fields->in_union;

    tvn_buf_append_text(out, "typedef struct {\n");
    for (uint32_t i = 0; i < outer; i++) {
        print_field(&fields->items[i], "    ", out);
    }
    if (fields->in_union > 0) {
        tvn_buf_append_text(out, "    union {\n");
        for (uint32_t i = outer; i < fields->count; i++) {
            print_field(&fields->items[i], "        ", out);
        }
        tvn_buf_append_text(
            out, type->kind == TVN_KIND_VARIANT ? "    } val;\n" : "    };\n");
    }
    tvn_buf_append_text(out, "} ");
}

/* `typedef struct { bool some; int32_t val; } opt_s32;` when that fits. */
static bool
print_on_one_line(
    const struct fields *fields, struct tvn_str name, struct tvn_buf *out)
{
    size_t start = out->len;

    if (fields->in_union > 0) {
        return false;
    }
    tvn_buf_append_text(out, "typedef struct { ");
    for (uint32_t i = 0; i < fields->count; i++) {
        tvn_buf_printf(out, "%.*s %.*s; ", TVN_STR_ARG(fields->items[i].type),
            TVN_STR_ARG(fields->items[i].name));
    }
    tvn_buf_printf(out, "} %.*s;\n", TVN_STR_ARG(name));
    if (!out->failed && out->len - start > LINE_MAX_BYTES + 1) {
        out->len = start;
        return false;
    }
    return true;
}

void
tvn__print_struct(struct tvn__gen *gen, const struct tvn_type *type,
    struct tvn_str name, struct tvn_str docs, struct tvn_buf *out)
{
    struct fields fields = list_fields(gen, type, docs, out);

    if (gen->err != TVN_OK) {
        return;
    }
    tvn__comment(out, "", tvn__docs(gen, docs, TVN_STR("")));
    if (type->kind == TVN_KIND_RECORD || type->kind == TVN_KIND_VARIANT ||
        !print_on_one_line(&fields, name, out)) {
        print_fields(type, &fields, out);
        tvn_buf_printf(out, "%.*s;\n", TVN_STR_ARG(name));
    }
}

/* ------------------------------------------------------------------------
 * Constants. */

static void
name_constants(struct tvn__gen *gen, struct tvn__ctype *ctype)
{
    const struct tvn_type *type = ctype->type;

    ctype->constants =
        tvn_arena_new(gen->arena, type->count, sizeof(*ctype->constants));
    if (ctype->constants == NULL) {
        tvn__gen_no_memory(gen);
        return;
    }
    for (uint32_t i = 0; gen->err == TVN_OK && i < type->count; i++) {
        ctype->constants[i] = tvn__claim(gen,
            tvn__constant(gen, ctype->upper, type->members[i].name),
            TVN__USE_CONSTANT);
    }
}

static void
print_enumerators(
    struct tvn__gen *gen, const struct tvn__ctype *ctype, struct tvn_buf *out)
{
    const struct tvn_type *type = ctype->type;

    for (uint32_t i = 0; gen->err == TVN_OK && i < type->count; i++) {
        struct tvn_buf line = {0};

        tvn_buf_printf(&line, "    %.*s,", TVN_STR_ARG(ctype->constants[i]));
        put_line(out, "    ", &line,
            tvn__docs(gen, ctype->docs, type->members[i].name));
    }
}

static void
print_enum(
    struct tvn__gen *gen, const struct tvn__ctype *ctype, struct tvn_buf *out)
{
    tvn__comment(out, "", tvn__docs(gen, ctype->docs, TVN_STR("")));
    tvn_buf_append_text(out, "typedef enum __attribute__((packed)) {\n");
    print_enumerators(gen, ctype, out);
    tvn_buf_printf(out, "} %.*s;\n", TVN_STR_ARG(ctype->name));
}

static void
print_flags(
    struct tvn__gen *gen, const struct tvn__ctype *ctype, struct tvn_buf *out)
{
    const struct tvn_type *type = ctype->type;

    tvn__comment(out, "", tvn__docs(gen, ctype->docs, TVN_STR("")));
    tvn_buf_printf(out, "typedef uint%u_t %.*s;\n", 8 * type->size,
        TVN_STR_ARG(ctype->name));
    for (uint32_t i = 0; gen->err == TVN_OK && i < type->count; i++) {
        struct tvn_buf line = {0};

        tvn_buf_printf(&line, "#define %.*s ((%.*s)%u%s)",
            TVN_STR_ARG(ctype->constants[i]), TVN_STR_ARG(ctype->name), 1u << i,
            i == 31 ? "u" : "");
        put_line(
            out, "", &line, tvn__docs(gen, ctype->docs, type->members[i].name));
    }
}

static void
print_variant(
    struct tvn__gen *gen, const struct tvn__ctype *ctype, struct tvn_buf *out)
{
    tvn__print_struct(gen, ctype->type, ctype->name, ctype->docs, out);
    tvn_buf_printf(
        out, "enum { /* tags of %.*s */\n", TVN_STR_ARG(ctype->name));
    print_enumerators(gen, ctype, out);
    tvn_buf_append_text(out, "};\n");
}

static void
print_list(
    struct tvn__gen *gen, const struct tvn__ctype *ctype, struct tvn_buf *out)
{
    tvn_buf_printf(out,
        "typedef struct { const %.*s *ptr; size_t len; } %.*s;\n",
        TVN_STR_ARG(tvn__type_name(gen, ctype->type->elem)),
        TVN_STR_ARG(ctype->name));
}

/* ------------------------------------------------------------------------
 * All of them. */

static bool
has_constants(const struct tvn_type *type)
{
    return type->kind == TVN_KIND_ENUM || type->kind == TVN_KIND_FLAGS ||
           type->kind == TVN_KIND_VARIANT;
}

/* `ctype` is NULL for a scalar. */
static void
print_alias(struct tvn__gen *gen, const struct tvn__alias *alias,
    const struct tvn__ctype *ctype, struct tvn_buf *out)
{
    const struct tvn_type *type = alias->type;

    tvn__comment(out, "", tvn__docs(gen, alias->docs, TVN_STR("")));
    tvn_buf_printf(out, "typedef %.*s %.*s;\n",
        TVN_STR_ARG(tvn__type_name(gen, type)), TVN_STR_ARG(alias->name));
    for (uint32_t i = 0; has_constants(type) && i < type->count; i++) {
        struct tvn_str name = tvn__claim(gen,
            tvn__constant(gen, alias->upper, type->members[i].name),
            TVN__USE_CONSTANT);

        if (gen->err != TVN_OK) {
            return;
        }
        tvn_buf_printf(out, "#define %.*s %.*s\n", TVN_STR_ARG(name),
            TVN_STR_ARG(ctype->constants[i]));
    }
}

static void
print_type(
    struct tvn__gen *gen, const struct tvn__ctype *ctype, struct tvn_buf *out)
{
    switch (ctype->type->kind) {
    case TVN_KIND_LIST:
        print_list(gen, ctype, out);
        break;
    case TVN_KIND_ENUM:
        print_enum(gen, ctype, out);
        break;
    case TVN_KIND_FLAGS:
        print_flags(gen, ctype, out);
        break;
    case TVN_KIND_VARIANT:
        print_variant(gen, ctype, out);
        break;
    case TVN_KIND_RECORD:
    case TVN_KIND_TUPLE:
    case TVN_KIND_OPTION:
    case TVN_KIND_RESULT:
        tvn__print_struct(gen, ctype->type, ctype->name, ctype->docs, out);
        break;
    case TVN_KIND_BOOL:
    case TVN_KIND_S8:
    case TVN_KIND_U8:
    case TVN_KIND_S16:
    case TVN_KIND_U16:
    case TVN_KIND_S32:
    case TVN_KIND_U32:
    case TVN_KIND_S64:
    case TVN_KIND_U64:
    case TVN_KIND_F32:
    case TVN_KIND_F64:
    case TVN_KIND_CHAR:
    case TVN_KIND_STRING:
    case TVN_KIND_OWN:
    case TVN_KIND_BORROW:
        break;
    }
}

void
tvn__print_types(struct tvn__gen *gen)
{
    struct tvn_buf *out = gen->header;

    for (const struct tvn__alias *a = gen->scalars; a != NULL; a = a->next) {
        tvn_buf_append_byte(out, '\n');
        print_alias(gen, a, NULL, out);
    }
    for (size_t i = 0; gen->err == TVN_OK && i < gen->types.count; i++) {
        struct tvn__ctype *ctype = gen->types.entries[i].value;

        if (has_constants(ctype->type)) {
            name_constants(gen, ctype);
        }
        tvn_buf_append_byte(out, '\n');
        print_type(gen, ctype, out);
        for (const struct tvn__alias *a = ctype->aliases; a != NULL;
             a = a->next) {
            print_alias(gen, a, ctype, out);
        }
    }
}

/* ------------------------------------------------------------------------
 * Layout. */

static void
print_offset(struct tvn_str name, struct tvn_str field, uint32_t offset,
    struct tvn_buf *out)
{
    tvn_buf_printf(out, " &&\n        offsetof(%.*s, %.*s) == %u",
        TVN_STR_ARG(name), TVN_STR_ARG(field), offset);
}

void
tvn__print_layout(struct tvn__gen *gen, const struct tvn_type *type,
    struct tvn_str name, struct tvn_buf *out)
{
    bool has_fields = type->kind != TVN_KIND_LIST &&
                      type->kind != TVN_KIND_ENUM &&
                      type->kind != TVN_KIND_FLAGS;

    tvn_buf_printf(
        out, "TORVYN_LAYOUT(sizeof(%.*s) == %u", TVN_STR_ARG(name), type->size);
    for (uint32_t i = 0; has_fields && i < type->count; i++) {
        const struct tvn_member *member = &type->members[i];

        if (member->type == NULL) {
            continue;
        }
        if (type->kind == TVN_KIND_VARIANT) {
            print_offset(name, TVN_STR("val"), type->payload_offset, out);
            break; /* a union */
        }
        print_offset(name, tvn__member(gen, type, i), member->offset, out);
    }
    tvn_buf_printf(out, ",\n    \"layout of %.*s\");\n", TVN_STR_ARG(name));
}
