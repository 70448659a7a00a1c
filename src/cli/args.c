/* args.c -- argv against commands.def. */
#include "cli/cli.h"

#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command {
    const char *name;
    const char *arguments;
    const char *text;
} commands[] = {
#define TVN_COMMAND(name, arguments, text) {#name, arguments, text},
#include "cli/commands.def"
};

static const struct option {
    uint32_t verbs;
    const char *name;
    const char *argument;
    const char *text;
} options[] = {
#define TVN_OPTION(verbs, name, argument, text) {verbs, name, argument, text},
#include "cli/commands.def"
};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

/* ------------------------------------------------------------------------
 * Usage errors. */

static int
usage(enum tvn__verb verb, const char *format, const char *word)
{
    fprintf(stderr, "torvyn: ");
    fprintf(stderr, format, word);
    fprintf(stderr, "\nhelp: torvyn%s%s --help\n",
        verb == TVN__VERB_COUNT ? "" : " ",
        verb == TVN__VERB_COUNT ? "" : commands[verb].name);
    return TVN__EXIT_USAGE;
}

static void
suggest(const char *word, const struct tvn_str *names, size_t count,
    const char *prefix)
{
    int best = tvn_str_suggest(tvn_str_of(word), names, count);

    if (best >= 0) {
        fprintf(stderr, "help: did you mean '%s%.*s'?\n", prefix,
            TVN_STR_ARG(names[best]));
    }
}

static int
unknown_verb(const char *word)
{
    struct tvn_str names[TVN__VERB_COUNT];

    fprintf(stderr, "torvyn: there is no verb '%s'\n", word);
    for (size_t i = 0; i < TVN__VERB_COUNT; i++) {
        names[i] = tvn_str_of(commands[i].name);
    }
    suggest(word, names, TVN__VERB_COUNT, "torvyn ");
    fprintf(stderr, "help: torvyn --help\n");
    return TVN__EXIT_USAGE;
}

static int
unknown_option(enum tvn__verb verb, const char *word)
{
    struct tvn_str names[OPTIONS];
    size_t count = 0;

    fprintf(stderr, "torvyn %s: there is no option '--%s'\n",
        commands[verb].name, word);
    for (size_t i = 0; i < OPTIONS; i++) {
        if ((options[i].verbs & (1u << verb)) != 0) {
            names[count++] = tvn_str_of(options[i].name);
        }
    }
    suggest(word, names, count, "--");
    fprintf(stderr, "help: torvyn %s --help\n", commands[verb].name);
    return TVN__EXIT_USAGE;
}

/* ------------------------------------------------------------------------
 * Values. */

static int
read_count(const char *name, const char *value, uint64_t *out)
{
    char *end = NULL;

    errno = 0;
    *out = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 ||
        *out == 0) {
        fprintf(stderr,
            "torvyn: --%s takes a whole number above 0, not "
            "'%s'\n",
            name, value);
        return TVN__EXIT_USAGE;
    }
    return 0;
}

static int
read_set(struct tvn__args *args, const char *value)
{
    const char *equals = strchr(value, '=');

    if (equals == NULL || equals == value) {
        return usage(args->verb,
            "--set takes PATH=VALUE, such as stages.s.memory=8MiB, not '%s'",
            value);
    }
    if (args->set_count == TVN__SETS_MAX) {
        return usage(args->verb, "more than 64 --set%s", "");
    }
    args->sets[args->set_count++] = (struct tvn_pipeline_set){
        .path = {value, (size_t)(equals - value)},
        .value = tvn_str_of(equals + 1),
    };
    return 0;
}

static int
apply(struct tvn__args *args, const char *name, const char *value)
{
    if (strcmp(name, "set") == 0) {
        return read_set(args, value);
    }
    if (strcmp(name, "limit") == 0) {
        return read_count(name, value, &args->limit);
    }
    if (strcmp(name, "pairs") == 0) {
        return read_count(name, value, &args->pairs);
    }
    if (strcmp(name, "every") == 0) {
        return read_count(name, value, &args->every);
    }
    if (strcmp(name, "count") == 0) {
        return read_count(name, value, &args->count);
    }
    if (strcmp(name, "report") == 0) {
        args->report = value;
    } else if (strcmp(name, "against") == 0) {
        args->against = value;
    } else if (strcmp(name, "role") == 0) {
        args->role = value;
    } else if (strcmp(name, "event") == 0) {
        args->event = value;
    } else if (strcmp(name, "explain") == 0) {
        args->explain = value;
    } else if (strcmp(name, "filter") == 0) {
        args->filter = value;
    } else if (strcmp(name, "junit") == 0) {
        args->junit = value;
    } else if (strcmp(name, "no-components") == 0) {
        args->no_components = true;
    } else if (strcmp(name, "build") == 0) {
        args->build = true;
    } else if (strcmp(name, "debug") == 0) {
        args->is_debug = true;
    } else if (strcmp(name, "json") == 0) {
        args->json = true;
    } else if (strcmp(name, "help") == 0) {
        args->help = true;
    }
    return 0;
}

/* ------------------------------------------------------------------------ */

static const struct option *
find_option(enum tvn__verb verb, const char *name, size_t len)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        if ((options[i].verbs & (1u << verb)) != 0 &&
            strlen(options[i].name) == len &&
            memcmp(options[i].name, name, len) == 0) {
            return &options[i];
        }
    }
    return NULL;
}

/* One `--name`, `--name=value` or `--name value`; `*at` moves on. */
static int
parse_option(int argc, char **argv, int *at, struct tvn__args *args)
{
    const char *name = argv[*at] + 2;
    const char *equals = strchr(name, '=');
    size_t len = equals == NULL ? strlen(name) : (size_t)(equals - name);
    const struct option *option = find_option(args->verb, name, len);
    const char *value = equals == NULL ? NULL : equals + 1;

    if (option == NULL) {
        return unknown_option(args->verb, name);
    }
    if (option->argument[0] == '\0') {
        if (value != NULL) {
            return usage(args->verb, "--%s takes no value", option->name);
        }
        return apply(args, option->name, NULL);
    }
    if (value == NULL && *at + 1 == argc) {
        return usage(args->verb, "--%s needs a value", option->name);
    }
    return apply(args, option->name, value == NULL ? argv[++*at] : value);
}

static int
find_verb(const char *word, struct tvn__args *args)
{
    for (size_t i = 0; i < TVN__VERB_COUNT; i++) {
        if (strcmp(word, commands[i].name) == 0) {
            args->verb = (enum tvn__verb)i;
            return 0;
        }
    }
    return unknown_verb(word);
}

/* What to measure, in place of a file. */
static bool
is_bench(const struct tvn__args *args, const char *word)
{
    return args->verb == TVN__VERB_bench && args->name == NULL &&
           args->file == NULL &&
           (strcmp(word, "queues") == 0 || strcmp(word, "pressure") == 0);
}

int
tvn__args_parse(int argc, char **argv, struct tvn__args *args)
{
    int status;

    *args = (struct tvn__args){.verb = TVN__VERB_COUNT};
    if (argc < 2) {
        return usage(TVN__VERB_COUNT, "a verb is missing%s", "");
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0 ||
        strcmp(argv[1], "-h") == 0) {
        args->help = true;
        return 0;
    }
    status = find_verb(
        strcmp(argv[1], "--version") == 0 ? "version" : argv[1], args);
    for (int i = 2; status == 0 && i < argc; i++) {
        if (strcmp(argv[i], "-h") == 0) {
            args->help = true;
        } else if (strncmp(argv[i], "--", 2) == 0) {
            status = parse_option(argc, argv, &i, args);
        } else if (argv[i][0] == '-' && argv[i][1] != '\0') {
            status = usage(
                args->verb, "options are written --NAME, not '%s'", argv[i]);
        } else if (args->verb == TVN__VERB_new && args->name == NULL &&
                   args->file != NULL && strcmp(args->file, "stage") == 0) {
            args->name = argv[i];
        } else if (is_bench(args, argv[i])) {
            args->name = argv[i];
        } else if (args->verb == TVN__VERB_test &&
                   args->file_count < TVN__FILES_MAX) {
            args->files[args->file_count++] = argv[i];
        } else if (args->file != NULL || args->file_count > 0 ||
                   (args->verb == TVN__VERB_bench && args->name != NULL) ||
                   commands[args->verb].arguments[0] == '\0') {
            status =
                usage(args->verb, "'%s' is one argument too many", argv[i]);
        } else {
            args->file = argv[i];
        }
    }
    return status;
}

/* ------------------------------------------------------------------------
 * Help. */

/* Text at column `indent`, lines below 80 columns. */
static void
wrap(struct tvn_buf *out, const char *text, size_t column, size_t indent)
{
    while (*text != '\0') {
        size_t word = strcspn(text, " ");

        if (column > indent && column + 1 + word > 78) {
            tvn_buf_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            tvn_buf_append_byte(out, ' ');
            column++;
        }
        tvn_buf_append(out, text, word);
        column += word;
        text += word + strspn(text + word, " ");
    }
    tvn_buf_append_byte(out, '\n');
}

static void
help_option(const struct option *option, struct tvn_buf *out)
{
    char head[64];

    (void)snprintf(
        head, sizeof(head), "  --%s %s", option->name, option->argument);
    tvn_buf_printf(out, "%-22s", head);
    wrap(out, option->text, strlen(head) > 22 ? strlen(head) : 22, 22);
}

void
tvn__help(enum tvn__verb verb, struct tvn_buf *out)
{
    if (verb == TVN__VERB_COUNT) {
        tvn_buf_append_text(out, "usage: torvyn VERB [FILE] [OPTIONS]\n\n");
        for (size_t i = 0; i < TVN__VERB_COUNT; i++) {
            tvn_buf_printf(out, "  %-10s", commands[i].name);
            wrap(out, commands[i].text, 12, 12);
        }
        tvn_buf_append_text(out,
            "\nEvery verb without FILE takes ./torvyn.yaml; torvyn VERB "
            "--help tells more.\n");
        return;
    }
    tvn_buf_printf(out, "usage: torvyn %s %s%s[OPTIONS]\n\n",
        commands[verb].name, commands[verb].arguments,
        commands[verb].arguments[0] == '\0' ? "" : " ");
    wrap(out, commands[verb].text, 0, 0);
    tvn_buf_append_byte(out, '\n');
    for (size_t i = 0; i < OPTIONS; i++) {
        if ((options[i].verbs & (1u << verb)) != 0) {
            help_option(&options[i], out);
        }
    }
}
