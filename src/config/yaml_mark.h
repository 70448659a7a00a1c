/* yaml_mark.h -- where something stands in a text, and which texts are not
 * given to libyaml at all.
 *
 * libyaml counts characters; people and editors count lines and, here, bytes.
 * A cursor that mostly moves forward turns one into the other, so that a whole
 * file costs one walk. */
#ifndef TVN_CONFIG_YAML_MARK_H
#define TVN_CONFIG_YAML_MARK_H

#include "base/diag.h"
#include "base/error.h"
#include "base/str.h"

#include <stddef.h>

/* A cursor at the start: { .line = 1 }. */
struct tvn__cursor {
    size_t index;  /* characters, as libyaml counts */
    size_t offset; /* bytes */
    size_t line;   /* from 1 */
    size_t line_start;
};

/* To that character, or the end.  The text must be well-formed UTF-8. */
void tvn__cursor_move(
    struct tvn__cursor *cursor, struct tvn_str text, size_t index);
struct tvn_place tvn__cursor_place(
    const struct tvn__cursor *cursor, const char *path);

/* The place of a byte. */
struct tvn_place tvn__offset_place(
    const char *path, struct tvn_str text, size_t offset);

/* Refuses what is too large, not UTF-8, or begins with directives; cuts a
 * BOM. */
tvn_err tvn__check_text(
    const char *path, struct tvn_str *text, struct tvn_diag *diag);

/* The likely fix of what libyaml calls `problem` at that byte. */
void tvn__help_syntax(struct tvn_str text, size_t offset, const char *problem,
    struct tvn_diag *diag);

/* Refuses what stands behind the document, which ends at that byte. */
tvn_err tvn__check_rest(
    const char *path, struct tvn_str text, size_t end, struct tvn_diag *diag);

#endif
