/* toolchain.h -- WIT text in, bytes out: the WIT tools behind one face.
 *
 *     WIT folder --encode--> binary WIT package + places
 *     WIT folder --bind_c--> W.c W.h W_component_type.o
 *     core module --componentize--> component
 *     text --wat--> module or component
 *     component or package --print--> WIT text
 *
 * Every error is also a finding in `diag` (nullable), at its file, line and
 * column where the tool knows them, with a help line for what people often
 * write and WIT cannot spell (`dep_delay`, a field named `type`, `i32`).
 *
 *     TVN_EWIT       WIT text that does not parse or resolve
 *     TVN_EINVALID   bytes that do not validate; the text has the offset
 *     TVN_ETOOL      the tool refused for another reason
 *     TVN_ENOTFOUND  no such file or folder
 *     TVN_EIO        the system refused to read or write it
 *     TVN_ENOMEM     ours only: a tool that finds no memory ends the process
 *
 * Threads: any. */
#ifndef TVN_TOOLCHAIN_TOOLCHAIN_H
#define TVN_TOOLCHAIN_TOOLCHAIN_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tvn_wit_places;

/* A folder of WIT, read.  A zeroed one is empty. */
struct tvn_wit_text {
    uint8_t *bytes; /* a binary WIT package, owned */
    size_t len;
    struct tvn_wit_places *places; /* where it all stands, owned */
};

/* Reads `path`: a folder with its deps/, one WIT file, or one binary WIT
 * package (which has no places).  torvyn:stage@0.1.0 is built in unless the
 * folder brings its own.  On an error `*out` is not written. */
tvn_err tvn_toolchain_encode(
    const char *path, struct tvn_wit_text *out, struct tvn_diag *diag);

/* Frees everything and leaves it zeroed. */
void tvn_wit_text_fini(struct tvn_wit_text *text);

/* Where "PACKAGE/INTERFACE.TYPE.MEMBER" stands, the package without its
 * version: a field, case or flag; or a parameter of a function.  Shorter
 * paths name a type, a function, an interface; a world serves as an
 * interface.  What `use` brings into a world has the place of its
 * declaration.  `place->path` is borrowed from the places.  False, and
 * `*place` untouched, when there is none.  `places` is the text's (the type
 * suits struct tvn_places of contract/place.h); NULL has none. */
bool tvn_wit_places_find(
    const void *places, struct tvn_str path, struct tvn_place *place);

/* The doc comment of what stands there, its lines as written, without `///`;
 * empty when there is none.  Borrowed from the places. */
struct tvn_str tvn_wit_docs_find(const void *places, struct tvn_str path);

/* Checks a whole module or component.  `name` (nullable) is the path that
 * findings give, here and below. */
tvn_err tvn_toolchain_validate(
    const uint8_t *bytes, size_t len, const char *name, struct tvn_diag *diag);

/* Appends the WIT text of a component or binary WIT package. */
tvn_err tvn_toolchain_print(const uint8_t *bytes, size_t len,
    struct tvn_buf *out, struct tvn_diag *diag);

/* Writes the C bindings of `world` (NULL or "": the only one) into the folder
 * `dir`, which is made.  What is there already and the same keeps its time. */
tvn_err tvn_toolchain_bind_c(
    const char *wit, const char *world, const char *dir, struct tvn_diag *diag);

/* Appends `core` with the world `world` (NULL or "": the only one) written
 * into it, so that it can be made a component. */
tvn_err tvn_toolchain_embed(const uint8_t *core, size_t len,
    const struct tvn_wit_text *wit, const char *world, struct tvn_buf *out,
    struct tvn_diag *diag);

/* Appends a line `MODULE<TAB>NAME` for each import of a core module. */
tvn_err tvn_toolchain_imports(const uint8_t *core, size_t len, const char *name,
    struct tvn_buf *out, struct tvn_diag *diag);

/* Appends the component made of a core module that carries its world, as the
 * bindings' W_component_type.o does when it is linked in.  The adapter for
 * wasi_snapshot_preview1 goes in when that is imported. */
tvn_err tvn_toolchain_componentize(const uint8_t *core, size_t len,
    const char *name, struct tvn_buf *out, struct tvn_diag *diag);

/* Appends the binary form of the text of a module or component. */
tvn_err tvn_toolchain_wat(const char *text, size_t len, const char *name,
    struct tvn_buf *out, struct tvn_diag *diag);

/* "wasmtime 48.0.8, wit-parser ...".  Lives as long as the process. */
const char *tvn_toolchain_version(void);

#endif
