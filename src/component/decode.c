/* decode.c -- a component's preamble and sections. */
#include "component/internal.h"

#include <string.h>

enum section {
    SECTION_CUSTOM = 0,
    SECTION_CORE_MODULE = 1,
    SECTION_CORE_INSTANCE = 2,
    SECTION_CORE_TYPE = 3,
    SECTION_COMPONENT = 4,
    SECTION_INSTANCE = 5,
    SECTION_ALIAS = 6,
    SECTION_TYPE = 7,
    SECTION_CANON = 8,
    SECTION_START = 9,
    SECTION_IMPORT = 10,
    SECTION_EXPORT = 11,
    SECTION_VALUE = 12,
};

/* magic 00 61 73 6d, version 0d 00, layer 01 00 */
static void
preamble(struct tvn__decoder *d)
{
    static const uint8_t magic[4] = {0, 'a', 's', 'm'};
    const uint8_t *bytes = d->bytes + d->at;
    size_t len = d->end - d->at;

    if (len < sizeof(magic) || memcmp(bytes, magic, sizeof(magic)) != 0) {
        tvn__malformed(d, d->at, "%s",
            len == 0 ? "the file is empty"
                     : "this is not WebAssembly: it does not begin with "
                       "\\0asm");
    } else if (len < 8) {
        tvn__malformed(d, d->at + len, "the bytes end in the header");
    } else if (bytes[4] == 1 && bytes[5] == 0 && bytes[6] == 0 &&
               bytes[7] == 0) {
        tvn__malformed(d, d->at + 4, "this is a core module, not a component");
        tvn_diag_help(d->diag,
            "make it a component: wasm-tools component new %s -o OUT.wasm",
            d->name == NULL ? "IN.wasm" : d->name);
    } else if (bytes[6] != 1 || bytes[7] != 0) {
        tvn__malformed(d, d->at + 6, "layer %u is not that of components (1)",
            bytes[6] | (unsigned)bytes[7] << 8);
    } else if (bytes[4] != 0x0d || bytes[5] != 0) {
        tvn__malformed(d, d->at + 4,
            "version %u of the component format: this version reads 13",
            bytes[4] | (unsigned)bytes[5] << 8);
    }
    tvn__skip(d, 8);
}

/* Not looked into: see internal.h. */
static void
nested_component(struct tvn__decoder *d, struct tvn__scope *scope)
{
    struct tvn__item item = {
        .kind = TVN__ITEM_COMPONENT,
        .origin = TVN__OWN,
        .def = {.kind = TVN__DEF_COMPONENT},
        .closure = tvn__close(d, scope, d->end),
    };

    tvn__skip(d, tvn__ok(d) ? d->end - d->at : 0);
    tvn__declare(d, scope, &item);
}

static void
section_item(struct tvn__decoder *d, struct tvn__scope *scope, uint8_t id)
{
    switch ((enum section)id) {
    case SECTION_CORE_INSTANCE:
        tvn__core_instance(d, scope);
        break;
    case SECTION_CORE_TYPE:
        tvn__core_type(d, scope);
        break;
    case SECTION_INSTANCE:
        tvn__instance(d, scope);
        break;
    case SECTION_ALIAS:
        tvn__alias(d, scope);
        break;
    case SECTION_TYPE:
        tvn__type(d, scope);
        break;
    case SECTION_CANON:
        tvn__canon(d, scope);
        break;
    case SECTION_IMPORT:
        tvn__import(d, scope);
        break;
    case SECTION_EXPORT:
        tvn__export(d, scope);
        break;
    case SECTION_CUSTOM:
    case SECTION_CORE_MODULE:
    case SECTION_COMPONENT:
    case SECTION_START:
    case SECTION_VALUE:
        break; /* no vectors */
    }
}

static void
section_body(
    struct tvn__decoder *d, struct tvn__scope *scope, uint8_t id, size_t at)
{
    uint32_t count;

    if (id == SECTION_CUSTOM) {
        (void)tvn__name(d);
        tvn__skip(d, tvn__ok(d) ? d->end - d->at : 0);
    } else if (id == SECTION_START || id == SECTION_VALUE) {
        tvn__unsupported(d, "has %s: this version runs no values of components",
            id == SECTION_START ? "a start function" : "values");
    } else if (id > SECTION_VALUE) {
        tvn__malformed(d, at, "an unknown section (%u)", id);
    } else if (id == SECTION_CORE_MODULE) {
        tvn__core_module(d, scope);
    } else if (id == SECTION_COMPONENT) {
        nested_component(d, scope);
    } else {
        count = tvn__count(d, 1);
        for (uint32_t i = 0; tvn__ok(d) && i < count; i++) {
            section_item(d, scope, id);
        }
    }
}

static void
section(struct tvn__decoder *d, struct tvn__scope *scope)
{
    size_t end = d->end;
    size_t at = d->at;
    uint8_t id = tvn__u8(d);
    uint32_t size = tvn__u32(d);

    if (tvn__ok(d) && size > d->end - d->at) {
        tvn__malformed(d, at, "section %u has %u bytes and only %zu are left",
            id, (unsigned)size, d->end - d->at);
    }
    if (!tvn__ok(d)) {
        return;
    }
    d->end = d->at + size;
    section_body(d, scope, id, at);
    if (tvn__ok(d) && d->at != d->end) {
        tvn__malformed(
            d, d->at, "section %u has %zu bytes too many", id, d->end - d->at);
    }
    d->end = end;
}

void
tvn__component(struct tvn__decoder *d, struct tvn__scope *scope)
{
    preamble(d);
    while (tvn__ok(d) && d->at < d->end) {
        section(d, scope);
    }
}
