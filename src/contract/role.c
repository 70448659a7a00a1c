/* role.c -- finds the one place and role whose functions fit; see role.h.
 *
 * First every candidate is read in silence.  One that fits is the stage; none
 * or several is an error, and only then are the candidates read once more,
 * aloud. */
#include "contract/role.h"

#include "contract/internal.h"

static const struct tvn_extern *
find_func(const struct tvn__site *site, enum tvn__form form)
{
    const char *name = tvn__form_name(form);

    for (uint32_t i = 0; i < site->count; i++) {
        if (site->items[i].kind == TVN_EXTERN_FUNC &&
            tvn_str_is(site->items[i].name, name)) {
            return &site->items[i];
        }
    }
    return NULL;
}

static enum tvn_role
role_of_key(enum tvn__form key)
{
    static const enum tvn_role roles[TVN__FORM_KEYS] = {
        [TVN__FORM_PULL] = TVN_ROLE_SOURCE,
        [TVN__FORM_PROCESS] = TVN_ROLE_PROCESSOR,
        [TVN__FORM_EVALUATE] = TVN_ROLE_FILTER,
        [TVN__FORM_ROUTE] = TVN_ROLE_ROUTER,
        [TVN__FORM_INGEST] = TVN_ROLE_AGGREGATOR,
        [TVN__FORM_PUSH] = TVN_ROLE_SINK,
    };

    return roles[key];
}

bool
tvn_role_passes(enum tvn_role role)
{
    return role == TVN_ROLE_FILTER || role == TVN_ROLE_ROUTER;
}

bool
tvn_config_is_optional(const struct tvn_type *config)
{
    if (config->kind == TVN_KIND_OPTION) {
        return true;
    }
    if (config->kind != TVN_KIND_RECORD) {
        return false;
    }
    for (uint32_t i = 0; i < config->count; i++) {
        if (config->members[i].type->kind != TVN_KIND_OPTION) {
            return false;
        }
    }
    return true;
}

/* ------------------------------------------------------------------------
 * One role in one place. */

static tvn_err
read_flush(const struct tvn__reader *reader, const struct tvn__site *site,
    struct tvn_role_info *info, struct tvn_diag *diag)
{
    const struct tvn_extern *flush = find_func(site, TVN__FORM_FLUSH);
    const struct tvn_type *early = info->main.result.value;
    const struct tvn_type *late;
    tvn_err err;

    if (flush == NULL) {
        return tvn__shape_refuse(reader, site, info->main.func, TVN__FORM_FLUSH,
            TVN_EROLE_SHAPE, "an aggregator needs flush beside ingest", diag);
    }
    err = tvn__shape_read(
        reader, site, flush, TVN__FORM_FLUSH, &info->flush, diag);
    if (err != TVN_OK) {
        return err;
    }
    late = info->flush.result.value;
    if (early != NULL && early != late) {
        return tvn__shape_refuse(reader, site, flush, TVN__FORM_FLUSH,
            TVN_EROLE_SHAPE,
            tvn_arena_printf(reader->arena,
                "it gives %s and ingest gives %s: they must agree",
                tvn__type_text(reader->arena, late),
                tvn__type_text(reader->arena, early)),
            diag);
    }
    info->output = late;
    if (info->flush.window_param >= 0) {
        info->window = flush->func->params[0].type;
    }
    return TVN_OK;
}

static tvn_err
read_ports(const struct tvn__reader *reader, struct tvn_role_info *info)
{
    const struct tvn_type *type = info->main.result.value;
    struct tvn_str *names =
        tvn_arena_new(reader->arena, type->count, sizeof(*names));

    if (names == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < type->count; i++) {
        names[i] = type->members[i].name;
    }
    info->ports = names;
    info->port_count = type->count;
    info->ports_kind = type->kind == TVN_KIND_FLAGS ? TVN_PORTS_FLAGS
                       : info->main.result.many == TVN_MANY_OPTION
                           ? TVN_PORTS_ENUM_OPTION
                           : TVN_PORTS_ENUM;
    return TVN_OK;
}

/* What goes with the main function, by role. */
static tvn_err
read_rest(const struct tvn__reader *reader, const struct tvn__site *site,
    struct tvn_role_info *info, struct tvn_diag *diag)
{
    const struct tvn_extern *complete;

    switch (info->role) {
    case TVN_ROLE_SOURCE:
    case TVN_ROLE_PROCESSOR:
        info->output = info->main.result.value;
        return TVN_OK;
    case TVN_ROLE_FILTER:
        return TVN_OK;
    case TVN_ROLE_ROUTER:
        return read_ports(reader, info);
    case TVN_ROLE_AGGREGATOR:
        return read_flush(reader, site, info, diag);
    case TVN_ROLE_SINK:
        complete = find_func(site, TVN__FORM_COMPLETE);
        return complete == NULL
                   ? TVN_OK
                   : tvn__shape_read(reader, site, complete, TVN__FORM_COMPLETE,
                         &info->complete, diag);
    }
    return TVN_OK;
}

/* Reads the role that `key` names, without lifecycle and imports. */
static tvn_err
read_role(const struct tvn__reader *reader, const struct tvn__site *site,
    enum tvn__form key, struct tvn_role_info *out, struct tvn_diag *diag)
{
    const struct tvn_extern *item = find_func(site, key);
    struct tvn_role_info info = {
        .role = role_of_key(key), .interface = site->interface};
    const struct tvn_member *params = item->func->params;
    tvn_err err = tvn__shape_read(reader, site, item, key, &info.main, diag);

    if (err != TVN_OK) {
        return err;
    }
    if (info.main.event_param >= 0) {
        info.event = params[info.main.event_param].type;
    }
    if (info.main.meta_param >= 0) {
        info.meta = params[info.main.meta_param].type;
    }
    err = read_rest(reader, site, &info, diag);
    if (err == TVN_OK) {
        *out = info;
    }
    return err;
}

/* ------------------------------------------------------------------------
 * init and teardown: beside the role's functions, or in any exported
 * interface. */

static tvn_err
read_beside(const struct tvn__reader *reader, const struct tvn__site *site,
    enum tvn__form form, struct tvn_role_func *out, struct tvn_diag *diag)
{
    const struct tvn_extern *item = find_func(site, form);
    bool is_world = site->interface.len == 0;
    tvn_err err;

    if (item == NULL) {
        return TVN_OK;
    }
    /* One toolchain exports a world-level init of its own: ignored. */
    err = tvn__shape_read(reader, site, item, form, out,
        is_world && form == TVN__FORM_INIT ? NULL : diag);
    if (is_world && form == TVN__FORM_INIT && err != TVN_ENOMEM) {
        return TVN_OK;
    }
    return err;
}

static tvn_err
read_lifecycle(const struct tvn__reader *reader, const struct tvn__site *sites,
    uint32_t count, enum tvn__form form, struct tvn_role_func *out,
    struct tvn_diag *diag)
{
    const struct tvn__site *taken = NULL;

    for (uint32_t i = 0; i < count; i++) {
        const struct tvn_extern *item = find_func(&sites[i], form);
        struct tvn_role_func read = {0};
        tvn_err err;

        if (item == NULL) {
            continue;
        }
        err = tvn__shape_read(reader, &sites[i], item, form, &read, NULL);
        if (err == TVN_ENOMEM) {
            return err;
        }
        if (err != TVN_OK) {
            continue; /* somebody else's function */
        }
        if (taken != NULL) {
            return tvn__shape_refuse(reader, &sites[i], item, form, TVN_EROLE,
                "it is exported in several places", diag);
        }
        taken = &sites[i];
        *out = read;
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * Places. */

struct search {
    const struct tvn__reader *reader;
    struct tvn__site *sites; /* the world, then every exported interface */
    uint32_t site_count;
    uint32_t first; /* the sites where a role is looked for */
    uint32_t end;
};

static tvn_err
list_sites(const struct tvn__reader *reader, struct search *search)
{
    const struct tvn_role_face *face = reader->face;

    search->sites = tvn_arena_new(
        reader->arena, face->export_count + 1, sizeof(*search->sites));
    if (search->sites == NULL) {
        return TVN_ENOMEM;
    }
    search->sites[0].items = face->exports;
    search->sites[0].count = face->export_count;
    search->site_count = 1;
    for (uint32_t i = 0; i < face->export_count; i++) {
        if (face->exports[i].kind == TVN_EXTERN_INSTANCE) {
            search->sites[search->site_count++] = (struct tvn__site){
                .interface = face->exports[i].name,
                .items = face->exports[i].items,
                .count = face->exports[i].item_count,
            };
        }
    }
    search->end = search->site_count;
    return TVN_OK;
}

/* How well a full name is meant by `name`: 3 it is the same
 * ("shop:x/name@1.0.0"), 2 without the version, 1 without the package, 0. */
static int
match_of(struct tvn_str full, struct tvn_str name)
{
    struct tvn_str bare = tvn_without_version(full);
    const char *slash = memchr(bare.ptr, '/', bare.len);
    struct tvn_str last = bare;

    if (slash != NULL) {
        last.ptr = slash + 1;
        last.len = bare.len - (size_t)(last.ptr - bare.ptr);
    }
    return tvn_str_equal(full, name)   ? 3
           : tvn_str_equal(bare, name) ? 2
           : tvn_str_equal(last, name) ? 1
                                       : 0;
}

/* None, or several, of the interfaces are meant by the file's name. */
static tvn_err
refuse_choice(
    const struct search *search, bool is_several, struct tvn_diag *diag)
{
    const struct tvn_role_face *face = search->reader->face;
    uint32_t count = search->site_count - 1;
    struct tvn_str *names =
        tvn_arena_new(search->reader->arena, count, sizeof(*names));
    tvn_err err;

    if (names == NULL) {
        return TVN_ENOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        names[i] = search->sites[i + 1].interface;
    }
    err = is_several ? tvn_diag_error(diag, TVN_EROLE_INTERFACE, &face->place,
                           "several interfaces '%.*s' are exported",
                           TVN_STR_ARG(face->interface))
                     : tvn_diag_error(diag, TVN_EROLE_INTERFACE, &face->place,
                           "no interface '%.*s' is exported",
                           TVN_STR_ARG(face->interface));
    tvn_diag_suggest(diag, face->interface, names, count);
    return err;
}

/* Narrows the search to the interface that the file chooses: the best match,
 * when there is but one of it. */
static tvn_err
choose_site(struct search *search, struct tvn_diag *diag)
{
    const struct tvn_role_face *face = search->reader->face;
    bool is_several = false;
    int best = 0;

    if (face->interface.len == 0) {
        return TVN_OK;
    }
    for (uint32_t i = 1; i < search->site_count; i++) {
        int match = match_of(search->sites[i].interface, face->interface);

        is_several = match == best ? is_several || match > 0
                                   : is_several && match < best;
        if (match > best) {
            best = match;
            search->first = i;
            search->end = i + 1;
        }
    }
    return best > 0 && !is_several ? TVN_OK
                                   : refuse_choice(search, is_several, diag);
}

/* `NAME-batch` of a role's function. */
static tvn_err
refuse_batch(const struct search *search, struct tvn_diag *diag)
{
    for (uint32_t i = search->first; i < search->end; i++) {
        const struct tvn__site *site = &search->sites[i];

        for (uint32_t k = 0; k < site->count; k++) {
            struct tvn_str name = site->items[k].name;
            size_t tail = strlen("-batch");

            if (site->items[k].kind != TVN_EXTERN_FUNC || name.len <= tail ||
                memcmp(name.ptr + name.len - tail, "-batch", tail) != 0) {
                continue;
            }
            name.len -= tail;
            for (int form = 0; form < TVN__FORM_KEYS; form++) {
                if (tvn_str_is(name, tvn__form_name((enum tvn__form)form))) {
                    tvn_err err = tvn_diag_error(diag, TVN_EROLE_BATCH,
                        &search->reader->face->place,
                        "%.*s-batch: batch forms are reserved",
                        TVN_STR_ARG(name));

                    tvn_diag_help(diag,
                        "export %.*s: bursts are handed over by Torvyn itself",
                        TVN_STR_ARG(name));
                    return err;
                }
            }
        }
    }
    return TVN_OK;
}

/* ------------------------------------------------------------------------
 * The choice. */

struct choice {
    uint32_t named; /* functions with a role's name */
    uint32_t fits;  /* of these, those with its shape */
    uint32_t site;  /* of the last that fits */
    enum tvn__form key;
    bool same_site;      /* all that fit stand in one place */
    struct tvn_buf list; /* "a processor (process), a sink (push)" */
};

static void
take_fit(const struct search *search, uint32_t site, enum tvn__form key,
    struct choice *choice)
{
    enum tvn_role role = role_of_key(key);
    struct tvn_str interface = search->sites[site].interface;

    choice->same_site =
        choice->fits == 0 || (choice->same_site && choice->site == site);
    choice->fits++;
    choice->site = site;
    choice->key = key;
    tvn_buf_printf(&choice->list, "%s%s %s (%.*s%s%s)",
        choice->fits == 1 ? "" : ", ", role == TVN_ROLE_AGGREGATOR ? "an" : "a",
        tvn_role_name(role), TVN_STR_ARG(interface),
        interface.len == 0 ? "" : ".", tvn__form_name(key));
}

/* Counts what has a name and what fits; aloud when `diag` is given. */
static tvn_err
try_all(
    const struct search *search, struct choice *choice, struct tvn_diag *diag)
{
    tvn_err first = TVN_OK;

    for (uint32_t i = search->first; i < search->end; i++) {
        for (int form = 0; form < TVN__FORM_KEYS; form++) {
            enum tvn__form key = (enum tvn__form)form;
            struct tvn_role_info info;
            tvn_err err;

            if (find_func(&search->sites[i], key) == NULL) {
                continue;
            }
            err =
                read_role(search->reader, &search->sites[i], key, &info, diag);
            if (err == TVN_ENOMEM) {
                return err;
            }
            choice->named++;
            first = first == TVN_OK ? err : first;
            if (err == TVN_OK) {
                take_fit(search, i, key, choice);
            }
        }
    }
    return choice->fits == 0 ? first : TVN_OK;
}

/* "did you mean 'evaluate'?", or what a stage exports. */
static tvn_err
refuse_none(const struct search *search, struct tvn_diag *diag)
{
    struct tvn_str keys[TVN__FORM_KEYS];
    tvn_err err = tvn_diag_error(diag, TVN_EROLE, &search->reader->face->place,
        "no function of a stage's role is exported");

    for (int form = 0; form < TVN__FORM_KEYS; form++) {
        keys[form] = tvn_str_of(tvn__form_name((enum tvn__form)form));
    }
    tvn_diag_help(diag,
        "a stage exports pull, process, evaluate, route, ingest and flush, "
        "or push");
    for (uint32_t i = search->first; i < search->end; i++) {
        for (uint32_t k = 0; k < search->sites[i].count; k++) {
            const struct tvn_extern *item = &search->sites[i].items[k];
            int near = item->kind == TVN_EXTERN_FUNC
                           ? tvn_str_suggest(item->name, keys, TVN__FORM_KEYS)
                           : -1;

            if (near >= 0) {
                tvn_diag_help(diag, "'%.*s': did you mean '%.*s'?",
                    TVN_STR_ARG(item->name), TVN_STR_ARG(keys[near]));
                return err;
            }
        }
    }
    return err;
}

static tvn_err
refuse_several(
    const struct search *search, struct choice *choice, struct tvn_diag *diag)
{
    tvn_err err = tvn_diag_error(diag, TVN_EROLE, &search->reader->face->place,
        "several roles fit: %s", tvn_buf_text(&choice->list));

    tvn_diag_help(diag, "%s",
        choice->same_site
            ? "a stage has one role: make it two worlds or interfaces"
            : "choose one with 'interface: NAME'");
    return err;
}

/* Writes the role's part of `*info` and the number of its site. */
static tvn_err
choose_role(const struct search *search, struct tvn_role_info *info,
    uint32_t *site, struct tvn_diag *diag)
{
    struct choice choice = {0};
    tvn_err err = try_all(search, &choice, NULL);

    if (err == TVN_ENOMEM) {
        /* What fits may be one of several that were not looked at. */
    } else if (choice.named == 0) {
        err = refuse_none(search, diag);
    } else if (choice.fits == 0) {
        struct choice again = {0};

        err = try_all(search, &again, diag);
        tvn_buf_fini(&again.list);
    } else if (choice.fits > 1) {
        err = refuse_several(search, &choice, diag);
    } else {
        *site = choice.site;
        err = read_role(search->reader, &search->sites[choice.site], choice.key,
            info, diag);
    }
    tvn_buf_fini(&choice.list);
    return err;
}

static tvn_err
add_lifecycle(const struct search *search, uint32_t site,
    struct tvn_role_info *info, struct tvn_diag *diag)
{
    static const enum tvn__form lifecycle[] = {
        TVN__FORM_INIT, TVN__FORM_TEARDOWN};
    struct tvn_role_func *funcs[] = {&info->init, &info->teardown};

    for (int i = 0; i < 2; i++) {
        tvn_err err = read_beside(
            search->reader, &search->sites[site], lifecycle[i], funcs[i], diag);

        if (err == TVN_OK && funcs[i]->func == NULL) {
            err = read_lifecycle(search->reader, search->sites + 1,
                search->site_count - 1, lifecycle[i], funcs[i], diag);
        }
        if (err != TVN_OK) {
            return err;
        }
    }
    if (info->init.func != NULL) {
        info->config = info->init.func->func->params[0].type;
    }
    return TVN_OK;
}

struct tvn_role_face
tvn_role_face_of_component(const struct tvn_component *component)
{
    return (struct tvn_role_face){
        .imports = component->imports,
        .import_count = component->import_count,
        .exports = component->exports,
        .export_count = component->export_count,
    };
}

struct tvn_role_face
tvn_role_face_of_world(const struct tvn_wit_world *world)
{
    return (struct tvn_role_face){
        .imports = world->imports,
        .import_count = world->import_count,
        .exports = world->exports,
        .export_count = world->export_count,
        .declared = {.world = world},
    };
}

tvn_err
tvn_role_infer(struct tvn_types *types, struct tvn_arena *arena,
    const struct tvn_role_face *face, struct tvn_role_info *out,
    struct tvn_diag *diag)
{
    struct tvn_stage_types std;
    struct tvn__reader reader = {face, &std, arena};
    struct search search = {.reader = &reader};
    struct tvn_role_info info = {0};
    uint32_t site = 0;
    tvn_err err = tvn_stage_types(types, &std);

    if (err == TVN_OK) {
        err = list_sites(&reader, &search);
    }
    if (err == TVN_OK) {
        err = choose_site(&search, diag);
    }
    if (err == TVN_OK) {
        err = refuse_batch(&search, diag);
    }
    if (err == TVN_OK) {
        err = choose_role(&search, &info, &site, diag);
    }
    if (err == TVN_OK) {
        err = add_lifecycle(&search, site, &info, diag);
    }
    if (err == TVN_OK) {
        err = tvn__imports_read(&std, arena, face, &info);
    }
    if (err == TVN_OK) {
        *out = info;
    }
    return err;
}
