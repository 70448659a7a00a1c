/* pipeline_mistakes_test.c -- what a person reads for each mistake in the
 * file's meaning: the file, and the whole text with its places. */
#include "config/testing.h"

#include "base/mem.h"

#define FLOW   "flow: f\n"
#define IN     "  in: { source: { file: data } }\n"
#define OUT    "  out: { sink: { file: out } }\n"
#define STAGES "stages:\n" IN OUT
#define EDGES  "edges:\n  - in -> out\n"

static const struct tvn__testing_mistake mistakes[] = {
    {"nothing but a flow", "flow: f\n",
        "torvyn.yaml:1:1: error[E0112]: the file has no 'stages'\n"
        "help: write stages: { NAME: { component: FILE.wasm }, ... }\n"
        "torvyn.yaml:1:1: error[E0112]: the file has no 'edges'\n"
        "help: write edges: [ a -> b -> c ]\n"},
    {"empty parts",
        "flow: f\n"
        "stages: {}\n"
        "edges: []\n",
        "torvyn.yaml:2:9: error[E0112]: stages is empty\n"
        "torvyn.yaml:3:8: error[E0112]: edges is empty\n"},
    {"parts of the wrong kind",
        "flow: [f]\n"
        "stages: [a]\n"
        "edges: { a: b }\n",
        "torvyn.yaml:1:7: error[E0111]: flow must be a text, found a "
        "sequence\n"
        "torvyn.yaml:2:9: error[E0111]: stages must be a mapping, found a "
        "sequence\n"
        "torvyn.yaml:3:8: error[E0111]: edges must be a sequence, found a "
        "mapping\n"
        "help: each edge begins with a dash\n"},
    {"unknown keys",
        FLOW STAGES EDGES "stagse: {}\n"
                          "setings: {}\n"
                          "zzz: 1\n",
        "torvyn.yaml:7:1: error[E0110]: 'stagse' is not a key of the file\n"
        "help: did you mean 'stages'?\n"
        "torvyn.yaml:8:1: error[E0110]: 'setings' is not a key of the "
        "file\n"
        "help: did you mean 'settings'?\n"
        "torvyn.yaml:9:1: error[E0110]: 'zzz' is not a key of the file\n"
        "help: there is: flow, wit, state, defaults, stages, edges, "
        "threads, dead-letter, require, settings\n"},
    {"a flow that is no name", "flow: my flow\n" STAGES EDGES,
        "torvyn.yaml:1:7: error[E0111]: 'my flow' is not a name\n"
        "help: a name has letters, digits, '-' and '_', begins with a "
        "letter, does not end with '-', and is at most 64 long\n"},
    {"an empty text", FLOW STAGES EDGES "state: \"\"\n",
        "torvyn.yaml:7:8: error[E0111]: state is empty\n"},
    {"null for a text", FLOW STAGES EDGES "state:\n",
        "torvyn.yaml:7:7: error[E0111]: state must be a text, found "
        "nothing\n"},
    {"a list with a mapping in it", FLOW STAGES EDGES "wit: [a, { b: c }]\n",
        "torvyn.yaml:7:10: error[E0111]: wit must be a text, found a "
        "mapping\n"},
    {"a list that is a mapping", FLOW STAGES EDGES "wit: { a: b }\n",
        "torvyn.yaml:7:6: error[E0111]: wit must be a sequence, found a "
        "mapping\n"},
    {"a size without unit",
        FLOW STAGES EDGES "defaults: { max-event: 4194304 }\n",
        "torvyn.yaml:7:24: error[E0111]: max-event must be a size with a "
        "unit (B, KiB, MiB or GiB), found '4194304'\n"
        "help: write 4MiB\n"},
    {"a small size without unit",
        FLOW STAGES EDGES "defaults: { max-event: 64 }\n",
        "torvyn.yaml:7:24: error[E0111]: max-event must be a size with a "
        "unit (B, KiB, MiB or GiB), found '64'\n"
        "help: write 64MiB, or the unit that is meant\n"},
    {"units of others",
        FLOW STAGES EDGES "defaults:\n"
                          "  max-event: 4MB\n"
                          "  stage: { memory: 1.5 GiB, deadline: 5 sec }\n"
                          "  edge: { bytes: 4k }\n",
        "torvyn.yaml:8:14: error[E0111]: max-event must be a size with a "
        "unit (B, KiB, MiB or GiB), found '4MB'\n"
        "help: write 4MiB\n"
        "torvyn.yaml:9:20: error[E0111]: memory must be a size with a unit "
        "(B, KiB, MiB or GiB), found '1.5 GiB'\n"
        "help: write 1536MiB\n"
        "torvyn.yaml:9:39: error[E0111]: deadline must be a duration with "
        "a unit (ns, us, ms, s, m or h), found '5 sec'\n"
        "help: write 5s\n"
        "torvyn.yaml:10:18: error[E0111]: bytes must be a size with a unit "
        "(B, KiB, MiB or GiB), found '4k'\n"
        "help: write 4KiB\n"},
    {"a duration without unit",
        FLOW STAGES EDGES "settings: { drain-timeout: 5 }\n",
        "torvyn.yaml:7:28: error[E0111]: drain-timeout must be a duration "
        "with a unit (ns, us, ms, s, m or h), found '5'\n"
        "help: write 5ms, or the unit that is meant\n"},
    {"no quantity at all",
        FLOW STAGES EDGES "settings: { drain-timeout: soon }\n",
        "torvyn.yaml:7:28: error[E0111]: drain-timeout must be a duration "
        "with a unit (ns, us, ms, s, m or h), found 'soon'\n"},
    {"out of range",
        FLOW STAGES EDGES
        "settings: { drain-timeout: 25h, burst: 65 }\n"
        "defaults: { max-event: 2GiB, edge: { capacity: 0, bytes: "
        "99999999999999GiB } }\n",
        "torvyn.yaml:7:28: error[E0111]: drain-timeout must be from 0s to "
        "24h, found '25h'\n"
        "torvyn.yaml:7:40: error[E0111]: burst must be a number from 1 to "
        "64, found '65'\n"
        "torvyn.yaml:8:24: error[E0111]: max-event must be from 1KiB to "
        "1GiB, found '2GiB'\n"
        "torvyn.yaml:8:48: error[E0111]: capacity must be a number from 1 "
        "to 1048576, found '0'\n"
        "torvyn.yaml:8:58: error[E0111]: bytes must be from 1KiB to "
        "1024GiB, found '99999999999999GiB'\n"},
    {"numbers that are none",
        FLOW STAGES EDGES "settings: { burst: 6.5 }\n"
                          "defaults: { edge: { capacity: -1 } }\n",
        "torvyn.yaml:7:20: error[E0111]: burst must be a number from 1 to "
        "64, found '6.5'\n"
        "torvyn.yaml:8:31: error[E0111]: capacity must be a number from 1 "
        "to 1048576, found '-1'\n"},
    {"defaults of stages are few",
        FLOW STAGES EDGES "defaults: { stage: { codec: json, memry: 1MiB } }\n",
        "torvyn.yaml:7:22: error[E0110]: 'codec' is not a key of "
        "'defaults: stage'\n"
        "help: there is: memory, deadline, init-deadline\n"
        "torvyn.yaml:7:35: error[E0110]: 'memry' is not a key of "
        "'defaults: stage'\n"
        "help: did you mean 'memory'?\n"},
    {"a stage of no kind",
        FLOW "stages:\n" IN OUT "  x: { memory: 1MiB }\n" EDGES,
        "torvyn.yaml:5:3: error[E0113]: stage 'x' has none of 'source', "
        "'sink', 'component' and 'build'\n"
        "help: a source or sink names its connector, a guest its "
        "source or its component: build: FILE.c, component: FILE.wasm\n"},
    {"a stage of two kinds",
        FLOW "stages:\n" IN OUT "  x:\n"
             "    source: { file: a }\n"
             "    component: b.wasm\n" EDGES,
        "torvyn.yaml:7:5: error[E0113]: stage 'x' has both 'source' and "
        "'component'\n"
        "  torvyn.yaml:6:5: the first one\n"},
    {"a misspelled kind",
        FLOW "stages:\n" IN OUT "  x: { sorce: { file: a } }\n" EDGES,
        "torvyn.yaml:5:8: error[E0110]: 'sorce' is not a key of a stage\n"
        "help: did you mean 'source'?\n"},
    {"a guest key on a source",
        FLOW "stages:\n" IN OUT
             "  x: { source: { file: a }, memory: 1MiB, window: { every: 1s } "
             "}\n" EDGES,
        "torvyn.yaml:5:29: error[E0113]: 'memory' is a key of guests, "
        "stage 'x' is a source\n"
        "torvyn.yaml:5:43: error[E0113]: 'window' is a key of guests, "
        "stage 'x' is a source\n"},
    {"native keys on a guest",
        FLOW "stages:\n" IN OUT "  x: { component: a.wasm, codec: json, type: "
             "a.b, fields: [c] }\n" EDGES,
        "torvyn.yaml:5:27: error[E0113]: 'codec' is a key of sources and "
        "sinks, stage 'x' is a guest\n"
        "torvyn.yaml:5:40: error[E0113]: 'type' is a key of sources, stage "
        "'x' is a guest\n"
        "torvyn.yaml:5:51: error[E0113]: 'fields' is a key of sinks, stage "
        "'x' is a guest\n"},
    {"source keys on a sink",
        FLOW "stages:\n" IN OUT "  x: { sink: { file: a }, type: a.b }\n" EDGES,
        "torvyn.yaml:5:27: error[E0113]: 'type' is a key of sources, stage "
        "'x' is a sink\n"},
    {"a stage that is a text", FLOW "stages:\n" IN OUT "  x: a.wasm\n" EDGES,
        "torvyn.yaml:5:6: error[E0111]: stage 'x' must be a mapping, found "
        "'a.wasm'\n"},
    {"a stage that is no name",
        FLOW "stages:\n" IN OUT "  x.y: { component: a.wasm }\n" EDGES,
        "torvyn.yaml:5:3: error[E0113]: 'x.y' is not a name of a stage\n"
        "help: a name has letters, digits, '-' and '_', begins with a "
        "letter, does not end with '-', and is at most 64 long\n"},
    {"a misspelled stage key",
        FLOW "stages:\n" IN OUT
             "  x: { component: a.wasm, memry: 1MiB }\n" EDGES,
        "torvyn.yaml:5:27: error[E0110]: 'memry' is not a key of a stage\n"
        "help: did you mean 'memory'?\n"},
    {"two connectors",
        FLOW "stages:\n" IN OUT
             "  x: { source: { file: a, codec: json } }\n" EDGES,
        "torvyn.yaml:5:27: error[E0111]: source has one connector, this is "
        "a second one: 'codec'\n"
        "help: 'codec' is a key of the stage: it stands beside 'source', "
        "not in it\n"},
    {"options beside the connector",
        FLOW "stages:\n" IN OUT "  x: { source: { file: , path: a } }\n" EDGES,
        "torvyn.yaml:5:26: error[E0111]: source has one connector, this is "
        "a second one: 'path'\n"
        "help: options stand in the connector: { file: { path: ... } }\n"},
    {"a connector that is none",
        FLOW "stages:\n" IN OUT "  x: { source: [file] }\n" EDGES,
        "torvyn.yaml:5:16: error[E0111]: source must be a connector, { "
        "NAME: { options } }, found a sequence\n"},
    {"options that are a list",
        FLOW "stages:\n" IN OUT "  x: { source: { file: [a] } }\n" EDGES,
        "torvyn.yaml:5:24: error[E0111]: a connector's options must be a "
        "mapping, found a sequence\n"},
    {"codecs",
        FLOW "stages:\n" IN OUT
             "  x: { source: { file: a }, codec: { lines: { a: b } } }\n"
             "  y: { source: { file: a }, codec: { json: { names: cammel, "
             "rename: [a], unknwn: 1 } } }\n"
             "  z: { source: { file: a }, codec: [json] }\n" EDGES,
        "torvyn.yaml:5:45: error[E0111]: the codec 'lines' has no options\n"
        "torvyn.yaml:6:53: error[E0111]: names must be snake, kebab, camel "
        "or pascal, found 'cammel'\n"
        "help: did you mean 'camel'?\n"
        "torvyn.yaml:6:69: error[E0111]: rename must be a mapping, found a "
        "sequence\n"
        "torvyn.yaml:6:74: error[E0110]: 'unknwn' is not a key of the "
        "codec 'json'\n"
        "help: did you mean 'unknown'?\n"
        "torvyn.yaml:7:36: error[E0111]: codec must be NAME or { NAME: { "
        "options } }, found a sequence\n"},
    {"event time",
        FLOW "stages:\n" IN OUT
             "  x: { source: { file: a }, event-time: { unit: minutes } }\n"
             "  y: { source: { file: a }, event-time: time }\n" EDGES,
        "torvyn.yaml:5:41: error[E0112]: event-time has no 'field'\n"
        "help: write event-time: { field: time, unit: ns }\n"
        "torvyn.yaml:5:49: error[E0111]: unit must be ns, us, ms or s, "
        "found 'minutes'\n"
        "torvyn.yaml:6:41: error[E0111]: event-time must be a mapping, "
        "found 'time'\n"},
    {"windows",
        FLOW "stages:\n" IN OUT "  x: { component: a.wasm, window: {} }\n"
             "  y: { component: a.wasm, window: { every: 1, count: 0 } }\n"
             "  z: { component: a.wasm, window: { every: 1s, clock: event } "
             "}\n" EDGES,
        "torvyn.yaml:5:27: error[E0112]: window has neither 'every' nor "
        "'count'\n"
        "help: write { every: 1s }, { count: 10000 }, or both\n"
        "torvyn.yaml:6:44: error[E0111]: every must be a duration with a "
        "unit (ns, us, ms, s, m or h), found '1'\n"
        "help: write 1ms, or the unit that is meant\n"
        "torvyn.yaml:6:54: error[E0111]: count must be a number from 1 to "
        "4294967295, found '0'\n"
        "torvyn.yaml:7:48: error[E0190]: 'clock' is not in this version\n"},
    {"grants",
        FLOW "stages:\n" IN OUT
             "  x: { component: a.wasm, grants: [metrcs] }\n" EDGES,
        "torvyn.yaml:5:36: error[E0111]: grants must be log, clock, metrics, "
        "environment, stdin, stdout, stderr or random, found 'metrcs'\n"
        "help: did you mean 'metrics'?\n"},
    {"tables",
        FLOW "stages:\n" IN OUT
             "  x: { component: a.wasm, tables: { a: { key: k, fil: f }, b: "
             "[c], d: } }\n" EDGES,
        "torvyn.yaml:5:40: error[E0112]: a table has no 'file'\n"
        "help: write { file: FILE.csv, key: COLUMN }\n"
        "torvyn.yaml:5:50: error[E0110]: 'fil' is not a key of a table\n"
        "help: did you mean 'file'?\n"
        "torvyn.yaml:5:63: error[E0111]: a table must be a mapping, found "
        "a sequence\n"
        "torvyn.yaml:5:71: error[E0111]: a table's file must be a text, "
        "found nothing\n"},
    {"on-error",
        FLOW "stages:\n" IN OUT
             "  x: { component: a.wasm, on-error: dead-leter }\n"
             "  y: { component: a.wasm, on-error: { then: retry, after: 3 } }\n"
             "  z: { component: a.wasm, on-error: [stop] }\n" EDGES,
        "torvyn.yaml:5:37: error[E0111]: on-error must be stop, drop or "
        "dead-letter, found 'dead-leter'\n"
        "help: did you mean 'dead-letter'?\n"
        "torvyn.yaml:6:45: error[E0111]: then must be stop, drop or "
        "dead-letter, found 'retry'\n"
        "torvyn.yaml:6:52: error[E0110]: 'after' is not a key of "
        "'on-error'\n"
        "help: there is: retry, backoff, then\n"
        "torvyn.yaml:7:37: error[E0111]: on-error must be stop, drop or "
        "dead-letter, found a sequence\n"},
    {"no arrow",
        FLOW STAGES "edges:\n"
                    "  - in\n"
                    "  - in - out\n"
                    "  - in => out\n"
                    "  - in \342\206\222 out\n",
        "torvyn.yaml:6:5: error[E0114]: 'in' is not an edge: there is no "
        "'->'\n"
        "help: write 'a -> b' or 'a.port -> b'\n"
        "torvyn.yaml:7:5: error[E0114]: 'in - out' is not an edge: there "
        "is no '->'\n"
        "help: write 'in -> out'\n"
        "torvyn.yaml:8:5: error[E0114]: 'in => out' is not an edge: there "
        "is no '->'\n"
        "help: write 'in -> out'\n"
        "torvyn.yaml:9:5: error[E0114]: 'in \342\206\222 out' is not an "
        "edge: there is no '->'\n"
        "help: write 'in -> out'\n"},
    {"arrows to nowhere",
        FLOW STAGES "edges:\n"
                    "  - in ->\n"
                    "  - -> out\n"
                    "  - \"in -> -> out\"\n",
        "torvyn.yaml:6:8: error[E0114]: no stage stands behind '->'\n"
        "torvyn.yaml:7:5: error[E0114]: no stage stands before '->'\n"
        "torvyn.yaml:8:9: error[E0114]: no stage stands behind '->'\n"},
    {"ends that are no names",
        FLOW STAGES "edges:\n"
                    "  - in -> my out -> out\n"
                    "  - in. -> out\n"
                    "  - \"in -> out.port\"\n"
                    "  - in -> o.1 -> out\n",
        "torvyn.yaml:6:11: error[E0114]: 'my out' is not a name of a "
        "stage\n"
        "help: a name has letters, digits, '-' and '_', begins with a "
        "letter, does not end with '-', and is at most 64 long\n"
        "torvyn.yaml:7:8: error[E0114]: '' is not a name of a port\n"
        "help: a name has letters, digits, '-' and '_', begins with a "
        "letter, does not end with '-', and is at most 64 long\n"
        "torvyn.yaml:8:16: error[E0114]: 'port' is a port, and ports are "
        "outputs: nothing comes behind it\n"
        "help: the input of a stage has no name: write '... -> out'\n"
        "torvyn.yaml:9:13: error[E0114]: '1' is not a name of a port\n"
        "help: a name has letters, digits, '-' and '_', begins with a "
        "letter, does not end with '-', and is at most 64 long\n"},
    {"options on a chain",
        FLOW STAGES "edges:\n"
                    "  - in -> a.left -> out: { capacity: 1, bytes: 2KiB }\n",
        "torvyn.yaml:6:5: error[E0114]: options belong to exactly one "
        "arrow, this chain has 2\n"
        "help: write '- in -> a' and '- a.left -> out: { capacity: 1, "
        "bytes: 2KiB }', with the options at the arrow that they are for\n"},
    {"options that are not indented",
        FLOW STAGES "edges:\n"
                    "  - in -> out:\n"
                    "    capacity: 4\n",
        "torvyn.yaml:7:5: error[E0114]: 'capacity' stands beside the edge, "
        "not in it\n"
        "help: indent it further than the edge's first letter\n"},
    {"a missing dash",
        FLOW STAGES "edges:\n"
                    "  - in -> a:\n"
                    "    a -> out:\n",
        "torvyn.yaml:7:5: error[E0114]: 'a -> out' lacks its dash\n"
        "help: each edge is an item of its own: '- a -> out: ...'\n"},
    {"edges that are none",
        FLOW STAGES "edges:\n"
                    "  -\n"
                    "  - [in, out]\n"
                    "  - {}\n",
        "torvyn.yaml:6:4: error[E0114]: an edge is 'a -> b' or 'a -> b: { "
        "options }', found nothing\n"
        "torvyn.yaml:7:5: error[E0114]: an edge is 'a -> b' or 'a -> b: { "
        "options }', found a sequence\n"
        "torvyn.yaml:8:5: error[E0114]: an edge is 'a -> b' or 'a -> b: { "
        "options }', found nothing\n"},
    {"edge options",
        FLOW STAGES
        "edges:\n"
        "  - in -> out: { capacty: 1, bytes: 4194304, overflow: drop-oldst "
        "}\n",
        "torvyn.yaml:6:18: error[E0110]: 'capacty' is not a key of an "
        "edge\n"
        "help: did you mean 'capacity'?\n"
        "torvyn.yaml:6:37: error[E0111]: bytes must be a size with a unit "
        "(B, KiB, MiB or GiB), found '4194304'\n"
        "help: write 4MiB\n"
        "torvyn.yaml:6:56: error[E0111]: overflow must be block, "
        "drop-oldest, drop-newest, error or rate-limit, found "
        "'drop-oldst'\n"
        "help: did you mean 'drop-oldest'?\n"},
    {"edge options of the wrong kind",
        FLOW STAGES "edges:\n"
                    "  - in -> out: 5\n",
        "torvyn.yaml:6:16: error[E0111]: an edge's options must be a "
        "mapping, found '5'\n"},
    {"require",
        FLOW STAGES EDGES
        "require: { loss: { a: b }, memory: 256, delivery: at-least-onc, "
        "missing: all, stall: [a] }\n",
        "torvyn.yaml:7:18: error[E0111]: loss must be a sequence, found a "
        "mapping\n"
        "torvyn.yaml:7:36: error[E0111]: memory must be a size with a unit "
        "(B, KiB, MiB or GiB), found '256'\n"
        "help: write 256MiB, or the unit that is meant\n"
        "torvyn.yaml:7:51: error[E0111]: delivery must be best-effort, "
        "at-most-once, at-least-once or effectively-once, found "
        "'at-least-onc'\n"
        "help: did you mean 'at-least-once'?\n"
        "torvyn.yaml:7:74: error[E0111]: missing must be none, found "
        "'all'\n"
        "torvyn.yaml:7:79: error[E0110]: 'stall' is not a key of "
        "'require'\n"
        "help: there is: cannot-stall-others, loss, memory, delivery, "
        "missing, threads\n"},
    {"not yet",
        FLOW "stages:\n" IN OUT
             "  x: { source: { file: { path: a, follow: true } } }\n"
             "  y: { sink: { file: { follow: false } } }\n"
             "edges:\n"
             "  - in -> out: { codec: json }\n"
             "defaults: { edge: { codec: json } }\n",
        "torvyn.yaml:5:35: error[E0190]: 'follow' is not in this version\n"
        "torvyn.yaml:6:24: error[E0190]: 'follow' is not in this version\n"
        "torvyn.yaml:8:18: error[E0190]: 'codec' is not in this version\n"
        "torvyn.yaml:9:21: error[E0190]: 'codec' is not in this version\n"},
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
