/* connector.c -- the list of connectors; one line a connector. */
#include "connector/internal.h"

const struct tvn_connector *const tvn_connectors[] = {
    &tvn__file,
    &tvn__generate,
    &tvn__null,
    NULL,
};
#define COUNT (sizeof(tvn_connectors) / sizeof(tvn_connectors[0]) - 1)

static bool
fits(const struct tvn_connector *connector, bool as_sink)
{
    return as_sink ? connector->is_sink : connector->is_source;
}

tvn_err
tvn_connector_find(const struct tvn_pipeline_connector *spec, bool as_sink,
    const struct tvn_connector **out, struct tvn_diag *diag)
{
    const char *end = as_sink ? "sink" : "source";
    struct tvn_str names[COUNT];
    bool is_known = false;
    size_t count = 0;
    tvn_err err;

    for (size_t i = 0; i < COUNT; i++) {
        const struct tvn_connector *connector = tvn_connectors[i];
        bool is_it = tvn_str_is(spec->name.text, connector->name);

        if (is_it && fits(connector, as_sink)) {
            *out = connector;
            return TVN_OK;
        }
        is_known |= is_it;
        if (fits(connector, as_sink)) {
            names[count++] = tvn_str_of(connector->name);
        }
    }
    err = is_known ? tvn_diag_error(diag, TVN_ECONNECTOR, &spec->name.place,
                         "the connector '%.*s' cannot be a %s",
                         TVN_STR_ARG(spec->name.text), end)
                   : tvn_diag_error(diag, TVN_ECONNECTOR, &spec->name.place,
                         "there is no connector '%.*s'",
                         TVN_STR_ARG(spec->name.text));
    tvn_diag_suggest(diag, spec->name.text, names, count);
    return err;
}
