/* yaml_mistakes_test.c -- what a person reads for what is no YAML, no
 * YAML that is accepted, or no variable. */
#include "config/testing.h"

#include "base/mem.h"

#define FLOW   "flow: f\n"
#define IN     "  in: { source: { file: data } }\n"
#define OUT    "  out: { sink: { file: out } }\n"
#define STAGES "stages:\n" IN OUT
#define EDGES  "edges:\n  - in -> out\n"

static const struct tvn__testing_mistake mistakes[] = {
    {"an empty file", "", "torvyn.yaml:1:1: error[E0100]: the file is empty\n"},
    {"only a comment", "# nothing\n",
        "torvyn.yaml:1:1: error[E0100]: the file is empty\n"},
    {"a scalar", "flow\n",
        "torvyn.yaml:1:1: error[E0111]: the file must be a mapping, found "
        "'flow'\n"},
    {"not UTF-8",
        "flow: f\n"
        "# caf\351",
        "torvyn.yaml:2:6: error[E0100]: the file is not UTF-8\n"},
    {"a control character",
        "flow: f\n"
        "wit: \001\n",
        "torvyn.yaml:2:6: error[E0100]: this is not YAML: control "
        "characters are not allowed\n"},
    {"a tab",
        "flow: f\n"
        "stages:\n"
        "\tin: {}\n",
        "torvyn.yaml:3:1: error[E0100]: this is not YAML: found character "
        "that cannot start any token\n"
        "help: indent with spaces, not with tabs\n"},
    {"an unclosed bracket",
        "flow: f\n"
        "wit: [a, b\n"
        "stages: {}\n",
        "torvyn.yaml:3:7: error[E0100]: this is not YAML: did not find "
        "expected ',' or ']'\n"
        "  torvyn.yaml:2:6: while parsing a flow sequence that began here\n"},
    {"a colon in a plain text",
        "flow: f\n"
        "state: a: b\n",
        "torvyn.yaml:2:9: error[E0100]: this is not YAML: mapping values "
        "are not allowed in this context\n"
        "help: a text with ': ' in it stands in quotes; else the "
        "indentation is wrong\n"},
    {"a variable without quotes in braces",
        "flow: f\n"
        "wit: [${HOME}]\n",
        "torvyn.yaml:2:8: error[E0100]: this is not YAML: did not find "
        "expected ',' or ']'\n"
        "  torvyn.yaml:2:6: while parsing a flow sequence that began here\n"
        "help: inside { } and [ ] a variable stands in quotes: "
        "\"${NAME}\"\n"},
    {"a value that begins with @", "flow: @f\n",
        "torvyn.yaml:1:7: error[E0100]: this is not YAML: found character "
        "that cannot start any token\n"
        "help: a value that begins with '@' stands in quotes\n"},
    {"bad indentation",
        "flow: f\n"
        "stages:\n"
        "  a: {}\n"
        " b: {}\n",
        "torvyn.yaml:4:2: error[E0100]: this is not YAML: did not find "
        "expected key\n"
        "  torvyn.yaml:1:1: while parsing a block mapping that began here\n"
        "help: what belongs together begins in one column\n"},
    {"a tag", FLOW STAGES EDGES "settings: { burst: !!int 3 }\n",
        "torvyn.yaml:7:20: error[E0100]: tags are not accepted, '!!int' is "
        "one\n"
        "help: leave the tag out; a text that looks like a number stands "
        "in quotes\n"},
    {"a merge key",
        FLOW STAGES EDGES "settings:\n"
                          "  <<: { burst: 3 }\n",
        "torvyn.yaml:8:3: error[E0100]: merge keys (<<) are not accepted\n"
        "help: what edges or stages share stands once, under 'defaults:'\n"},
    {"two documents",
        FLOW STAGES EDGES "---\n"
                          "flow: g\n",
        "torvyn.yaml:7:1: error[E0100]: a second document begins; a file "
        "has one\n"},
    {"a directive",
        "%YAML 1.1\n"
        "---\n"
        "flow: f\n",
        "torvyn.yaml:1:1: error[E0100]: directives (%YAML, %TAG) are not "
        "accepted\n"},
    {"an unknown alias", FLOW STAGES EDGES "settings: { burst: *n }\n",
        "torvyn.yaml:7:20: error[E0100]: there is no anchor '&n' before "
        "this\n"},
    {"an alias in its own anchor", FLOW STAGES EDGES "wit: &w [*w]\n",
        "torvyn.yaml:7:10: error[E0100]: '*w' stands inside its own "
        "anchor\n"},
    {"a key that is a list",
        FLOW STAGES EDGES "? [a, b]\n"
                          ": c\n",
        "torvyn.yaml:7:3: error[E0100]: a key is a scalar, this is a "
        "sequence\n"},
    {"duplicate keys",
        FLOW STAGES EDGES "settings:\n"
                          "  burst: 3\n"
                          "  burst: 4\n",
        "torvyn.yaml:9:3: error[E0101]: 'burst' stands twice in one "
        "mapping\n"
        "  torvyn.yaml:8:3: the first one\n"},
    {"two stages of one name",
        FLOW "stages:\n" IN OUT "  in: { source: { file: more } }\n" EDGES,
        "torvyn.yaml:5:3: error[E0101]: 'in' stands twice in one mapping\n"
        "  torvyn.yaml:3:3: the first one\n"},
    {"an unset variable", FLOW STAGES EDGES "state: ${NO_SUCH}/x\n",
        "torvyn.yaml:7:8: error[E0103]: the variable 'NO_SUCH' is not set\n"
        "help: set it, or give a default: ${NO_SUCH:-default}\n"},
    {"several bad variables",
        FLOW STAGES EDGES "state: \"${A B} ${NO_SUCH} ${\"\n",
        "torvyn.yaml:7:8: error[E0103]: '${A B}' names no variable\n"
        "help: write ${NAME}, ${NAME:-default} or ${file:PATH}; $${ is a "
        "plain ${\n"
        "torvyn.yaml:7:8: error[E0103]: the variable 'NO_SUCH' is not set\n"
        "help: set it, or give a default: ${NO_SUCH:-default}\n"
        "torvyn.yaml:7:8: error[E0103]: '${' has no '}' behind it\n"
        "help: $${ is a plain ${\n"},
    {"a secret that is not there", FLOW STAGES EDGES "state: ${file:no/such}\n",
        "torvyn.yaml:7:8: error[E0103]: there is no file 'no/such'\n"},
    {"a broken value is one finding",
        FLOW STAGES EDGES "settings: { burst: \"${NO_SUCH}\" }\n",
        "torvyn.yaml:7:20: error[E0103]: the variable 'NO_SUCH' is not "
        "set\n"
        "help: set it, or give a default: ${NO_SUCH:-default}\n"},
};

int
main(void)
{
    tvn__testing_enter();
    tvn__testing_mistakes(mistakes, sizeof(mistakes) / sizeof(mistakes[0]));
    tvn__testing_leave();
    TVN_ASSERT(tvn_mem_live() == 0);
    return 0;
}
