#!/usr/bin/env python3
"""build_test -- torvyn build: what is built and what is not, by content; ten
mistakes with their whole messages; build.sh; other folders; two at a time.

Each case starts from the flights flow on the sample in a scratch folder. The
texts are in tests/golden/build.txt; `build_test.py --golden` writes them anew.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from torvyn import (FLIGHTS, ROOT, SAMPLE, TORVYN, check, check_that, done,
                    golden, scratch, torvyn)

GOLDEN = ROOT / "tests/golden/build.txt"
STAGES = ["validate", "enrich", "route", "tally", "announce"]

texts = {}  # name -> (exit status, text)


class Flow:
    def __init__(self, folder):
        self.dir = pathlib.Path(folder)
        self.dir.mkdir(exist_ok=True)
        for part in ("wit", "stages"):
            shutil.copytree(FLIGHTS / part, self.dir / part)
        (self.dir / "data").mkdir()
        shutil.copy(FLIGHTS / "data/airlines.csv", self.dir / "data")
        shutil.copy(SAMPLE, self.dir / "data/flights.ndjson")
        shutil.copy(FLIGHTS / "torvyn.yaml", self.dir)

    def replace(self, path, old, new):
        path = self.dir / path
        text = path.read_text()
        assert old in text, (path, old)
        path.write_text(text.replace(old, new, 1))

    def clean(self, text):
        text = text.replace(str(self.dir), "DIR").replace(sys.executable, "PYTHON")
        text = re.sub(r"gen/(\w+)/\d+/", r"gen/\1/PID/", text)
        text = re.sub(r"/tmp/\S+\.o\b", "TEMP.o", text)
        text = re.sub(r"(?m)^(built \S+) .*$", r"\1", text)
        return re.sub(r"(?m)^(fresh \S+) .*$", r"\1", text)

    def build(self, *more, cwd=None, env=None):
        status, out, err = torvyn("build", *more, cwd=cwd or self.dir, env=env)
        return status, self.clean(err + out)

    def states(self, *more, **kw):
        """stage -> built, fresh or failed"""
        status, out, err = torvyn("build", "--json", *more,
                                  cwd=kw.get("cwd", self.dir),
                                  env=kw.get("env"))
        check(f"build {more}", (status, err if status else ""), (0, ""))
        return {s["name"]: s["state"] for s in json.loads(out)["stages"]}

    def built(self, *more, **kw):
        return [name for name, state in self.states(*more, **kw).items()
                if state == "built"]

    def mistake(self, name, verb="build", env=None):
        status, out, err = torvyn(verb, *(["--build"] if verb == "run" else []),
                                  cwd=self.dir, env=env)
        err = self.clean(err + (out if verb == "build" else ""))
        # What was built on the way is not the mistake.
        lines = [line for line in err.splitlines()
                 if not line.startswith("built ")]
        texts[name] = status, "\n".join(lines)


CASES = []


def with_flow(function):
    def case():
        with scratch() as folder:
            function(Flow(pathlib.Path(folder) / "flow"))
    case.__name__ = function.__name__
    CASES.append(case)
    return case


# ---------------------------------------------------------------------------
# Ten mistakes.

def only(flow, stage):
    """Leaves that stage alone to be built: the others' are there."""
    assert flow.states()[stage] == "built"


@with_flow
def wrong_signature(flow):
    only(flow, "enrich")
    flow.replace("stages/enrich.c", "process(const departure *e)",
                 "process(departure *e)")
    flow.mistake("wrong-signature")


@with_flow
def missing_function(flow):
    only(flow, "enrich")
    flow.replace("stages/enrich.c", "result process(", "result proces(")
    flow.mistake("missing-function")


@with_flow
def wrong_return_type(flow):
    only(flow, "validate")
    flow.replace("stages/validate.c", "bool evaluate", "const char *evaluate")
    flow.replace("stages/validate.c", "e->dep_delay.some;",
                 'e->dep_delay.some ? "yes" : "no";')
    flow.mistake("wrong-return-type")


@with_flow
def misspelled_field(flow):
    only(flow, "announce")
    flow.replace("stages/announce.c", "e->flight.id", "e->flight.idd")
    flow.mistake("misspelled-field")


@with_flow
def table_not_bound(flow):
    flow.replace("torvyn.yaml", "    tables: { airlines: data/airlines.csv }\n",
                 "")
    flow.mistake("table-not-bound", verb="run")


@with_flow
def world_not_found(flow):
    only(flow, "enrich")
    flow.replace("wit/flights.wit", "world enrich", "world enriches")
    flow.mistake("world-not-found")


@with_flow
def wit_error(flow):
    flow.replace("wit/flights.wit", "late-after: s32", "late_after: s32")
    flow.mistake("wit-error")


@with_flow
def no_clang(flow):
    # A PATH that has the system's programs but no compiler.
    bare = flow.dir / "bin"
    bare.mkdir()
    flow.mistake("clang-missing", env={"PATH": str(bare)})
    flow.mistake("compiler-named-and-missing",
                 env={"TORVYN_CC": "clang-of-mine -v"})


@with_flow
def no_libc(flow):
    flow.mistake("wasi-libc-missing",
                 env={"TORVYN_SYSROOT": str(flow.dir / "none")})


@with_flow
def calls_fopen(flow):
    only(flow, "tally")
    flow.replace("stages/tally.c", '#include "tally.h"',
                 '#include "tally.h"\n#include <stdio.h>')
    flow.replace("stages/tally.c", "    int32_t delay",
                 '    FILE *log = fopen("log.txt", "a");\n'
                 '    if (log != NULL)\n        fclose(log);\n'
                 "    int32_t delay")
    flow.mistake("calls-fopen")


@with_flow
def calls_what_needs_a_system(flow):
    """Every call, and none that stands in a comment or a text."""
    only(flow, "route")
    (flow.dir / "stages/route.c").write_text(
        '/* route.c -- fopen("x") is no call */\n#include "route.h"\n\n'
        "#include <stdlib.h>\n#include <time.h>\n\n"
        "port route(const lateness *e)\n{\n"
        '    const char *text = "fopen(\\"x\\")"; // remove("x")\n'
        "    if (time(NULL) == 0)\n        exit(getenv(text) != NULL);\n"
        "    return e->late ? PORT_DELIVERY : PORT_ANALYTICS;\n}\n")
    flow.mistake("calls-three-of-them")


@with_flow
def does_not_link(flow):
    only(flow, "route")
    flow.replace("stages/route.c", "port route(",
                 "int elsewhere(void);\nvoid *cabi_realloc(void);\n"
                 "void *cabi_realloc(void) { return 0; }\n\nport route(")
    flow.mistake("defined-twice")
    flow.replace("stages/route.c", "void *cabi_realloc(void) { return 0; }\n",
                 "")
    flow.replace("stages/route.c", "return e->late", "return elsewhere() ? 0 "
                 ": e->late")
    flow.mistake("defined-nowhere")


@with_flow
def a_compiler_that_is_none(flow):
    flow.replace("torvyn.yaml", "stages/route.c", "stages/tally.c")
    flow.mistake("compiler-does-not-run",
                 env={"TORVYN_CC": f"{sys.executable} -m nosuchmodule cc"})


@with_flow
def other_mistakes(flow):
    flow.replace("torvyn.yaml", "stages/route.c", "stages/rout.c")
    flow.replace("torvyn.yaml", "stages/tally.c", "stages/tally.rs")
    shutil.copy(flow.dir / "stages/tally.c", flow.dir / "stages/tally.rs")
    flow.replace("torvyn.yaml", "stages/announce.c", "stages")
    flow.mistake("sources-that-are-none")


@with_flow
def not_built(flow):
    status, out, err = torvyn("run", cwd=flow.dir)
    texts["run-of-what-is-not-built"] = status, flow.clean(err).rstrip()
    only(flow, "enrich")
    flow.replace("stages/enrich.c", "is not two", "is not just two")
    status, out, err = torvyn("link", cwd=flow.dir)
    texts["link-of-what-is-stale"] = status, flow.clean(err).rstrip()


# ---------------------------------------------------------------------------
# By content.

@with_flow
def incremental(flow):
    check("the first time", flow.built(), STAGES)
    check("nothing changed", flow.built(), [])
    for path in (flow.dir / "stages").iterdir():
        os.utime(path)
    check("touched", flow.built(), [])
    flow.replace("stages/route.c", "/* route.c", "/* Route.c")
    check("a comment", flow.built(), ["route"])
    (flow.dir / "build/tally.wasm").unlink()
    check("a component is gone", flow.built(), ["tally"])
    path = flow.dir / "build/announce.wasm"
    path.write_bytes(path.read_bytes()[:-1])
    check("a component is another", flow.built(), ["announce"])
    flow.replace("wit/flights.wit", "record brief { id: u64,",
                 "record brief { carrier: string, id: u64,")
    check("a world of one stage", flow.built(), ["validate"])
    flow.replace("wit/flights.wit", "priority: u8 }", "priority: u16 }")
    check("a type of one stage", flow.built(), ["announce"])
    check("for debugging", flow.built("--debug"), STAGES)
    check("still for debugging", flow.built("--debug"), [])
    status, out, err = torvyn("link", cwd=flow.dir)
    check("said of a build for debugging",
          err.count("it was built for debugging"), 5)
    check("and back", flow.built(), STAGES)


@with_flow
def headers_of_the_users(flow):
    (flow.dir / "stages/more").mkdir()
    header = flow.dir / "stages/more/two $words.h"
    header.write_text("#define NEAR 15\n")
    os.utime(header, (1, 1)) # not saved while it is compiled
    flow.replace("stages/route.c", '#include "route.h"',
                 '#include "route.h"\n#include "more/two $words.h"')
    flow.built()
    header.write_text("#define NEAR 16\n")
    os.utime(header, (1, 1))
    check("a header", flow.built(), ["route"])
    check("the same header", flow.built(), [])
    # Seen from elsewhere it is all the same.
    check("from above", flow.built("flow/torvyn.yaml", cwd=flow.dir.parent),
          [])
    check("by its whole path", flow.built(flow.dir / "torvyn.yaml", cwd="/"),
          [])
    header.write_text("#define NEAR 17\n")
    check("a header, from above",
          flow.built("flow/torvyn.yaml", cwd=flow.dir.parent), ["route"])


@with_flow
def messages_have_the_users_paths(flow):
    flow.replace("stages/route.c", "e->late", "e->later")
    status, text = flow.build("flow/torvyn.yaml", cwd=flow.dir.parent)
    check("status", status, 1)
    check_that("clang's path",
               "flow/stages/route.c:6:15: error: no member named 'later'" in
               text, text)
    check_that("the others are built", text.count("built ") == 4, text)


@with_flow
def a_folder_with_a_script(flow):
    folder = flow.dir / "stages/made"
    folder.mkdir()
    flow.built()
    shutil.copy(flow.dir / "build/route.wasm", folder / "ready.wasm")
    (folder / "build.sh").write_text(
        'echo "building $TORVYN_WORLD"\ntest -d "$TORVYN_WIT"\n'
        'cp ready.wasm "$TORVYN_OUT"\n')
    flow.replace("torvyn.yaml", "stages/route.c", "stages/made")
    status, text = flow.build()
    check("a script", (status, text.splitlines()[0]), (0, "building route"))
    check("not again", flow.built(), [])
    (folder / "other.txt").write_text("x")
    check("a file of the folder", flow.built(), ["route"])
    (folder / "build.sh").write_text("echo cannot >&2\nexit 7\n")
    flow.mistake("script-fails")
    (folder / "build.sh").write_text("true\n")
    flow.mistake("script-leaves-nothing")
    (folder / "build.sh").write_text('echo x > "$TORVYN_OUT"\n')
    flow.mistake("script-leaves-no-component")
    check_that("the old component is there",
               (flow.dir / "build/route.wasm").read_bytes() ==
               (folder / "ready.wasm").read_bytes())


@with_flow
def two_at_a_time(flow):
    runs = [subprocess.Popen([str(TORVYN), "build"], cwd=flow.dir,
                             stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE) for _ in range(2)]
    for run in runs:
        _, err = run.communicate()
        check("one of two", (run.returncode, err), (0, b""))
    check("then nothing is stale", flow.built(), [])
    check("nothing is left over", sorted(
        p.name for p in (flow.dir / "build/gen/route").iterdir()),
        ["route.h", "route_glue.c", "stamp"])


@with_flow
def spaces_in_paths(flow):
    (flow.dir / "my stages").mkdir()
    shutil.move(flow.dir / "stages/route.c", flow.dir / "my stages/a b.c")
    flow.replace("torvyn.yaml", "{ build: stages/route.c }",
                 "{ build: my stages/a b.c }")
    check("with spaces", flow.built(), STAGES)
    check("again", flow.built(), [])
    commands = json.loads((flow.dir / "build/compile_commands.json").read_text())
    check("for editors", [c["file"] for c in commands if " " in c["file"]],
          ["my stages/a b.c"])


# ---------------------------------------------------------------------------

if __name__ == "__main__":
    os.chdir(ROOT)
    for case in CASES:
        case()
    golden(GOLDEN, texts)
    done("build_test")
