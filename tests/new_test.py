#!/usr/bin/env python3
"""new_test -- `torvyn new`: what it makes builds and runs as it is, a stage of
each role can be added, files keep what they had, and what cannot be done
leaves everything as it was.
"""
import json
import pathlib
import re
import sys
import time

from torvyn import (ROOT, SANITIZED, check, check_that, done, law, scratch,
                    torvyn)

ROLES = ("source", "processor", "filter", "router", "aggregator", "sink")
PROJECT = sorted("README.md .gitignore torvyn.yaml wit/mine.wit stages/alert.c "
                 "stages/judge.c stages/plausible.c stages/route.c "
                 "stages/selftest.c stages/summarize.c".split())


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes()
            for p in sorted(folder.rglob("*")) if p.is_file()}


def new(folder, *args):
    """`torvyn new` must do it; what it said."""
    status, out, err = torvyn("new", *args, cwd=folder)
    check(f"new {args}", (status, err), (0, ""))
    return out


# ---- a project ----

def a_project_runs_as_it_is(folder):
    began = time.monotonic()
    said = new(folder, "mine")
    check("what is made", sorted(files(folder / "mine")), PROJECT)
    check("what is said", said.splitlines(),
          [f"made mine/{name}" for name in
           sorted(PROJECT, key=lambda name: name.lstrip("."))] +
          ["next: cd mine && torvyn run --build"])
    mine = folder / "mine"
    for name, text in files(mine).items():
        check_that(f"{name} is filled in", b"{{" not in text)
        check_that(f"{name} has short lines",
                   max(map(len, text.splitlines())) <= 80)
    for path in (mine / "stages").iterdir():
        lines = len(path.read_text().splitlines())
        check_that(f"{path.name} has at most 25 lines", lines <= 25, lines)
    status, out, err = torvyn("check", cwd=mine)
    check("torvyn check", (status, err), (0, ""))
    status, _, err = torvyn("run", "--build", "--report", "r.json", cwd=mine)
    check("torvyn run --build", (status, err if status else ""), (0, ""))
    took = time.monotonic() - began
    check_that("it takes less than 10 s", SANITIZED or took < 10, took)
    report = json.loads((mine / "r.json").read_text())
    check("balanced", (report["balanced"], *law(report)), (True, *law(report)))
    check("one of each kind", {k: report["events"][k] for k in (
        "in", "filtered", "dead", "forked", "absorbed", "delivered")},
        {"in": 1004, "filtered": 1, "dead": 1, "forked": 1, "absorbed": 1002,
         "delivered": 1 + report["events"]["emitted"]})
    check_that("the alert", "alert: warn: selftest: 60 degrees" in err, err)
    rows = [json.loads(line) for line in
            (mine / "out/summaries.ndjson").read_text().splitlines()]
    check("all are summarized", sum(r["readings"] for r in rows), 1002)
    check("of each device", {r["device"] for r in rows},
          {"attic", "cellar", "garden", "selftest"})
    check_that("in their range", all(
        -20 <= r["lowest"] <= r["highest"] <= 40 for r in rows
        if r["device"] != "selftest"))
    dead = (mine / "out/dead.ndjson").read_text()
    check("dead letters", dead.count("\n"), 1)
    check_that("the reason", "20 degrees, but where?" in dead, dead)


def a_project_where_there_is_something(folder):
    (folder / "empty").mkdir()
    new(folder, "empty/")
    check_that("an empty folder is filled",
               "my:empty@" in (folder / "empty/wit/empty.wit").read_text())
    new(folder, folder / "some/where/else")
    check_that("a path", "flow: else\n" in
               (folder / "some/where/else/torvyn.yaml").read_text())
    (folder / "full").mkdir()
    (folder / "full/x").write_text("mine")
    (folder / "file").write_text("mine")
    before = files(folder)
    for name, text in [
            ("full", "full: error[E0910]: the folder is there, and not "
             "empty\nhelp: choose another name; nothing is overwritten\n"),
            ("file", "file: error[E0910]: is there: Not a directory\n"),
            ("My_Flow", "error[E0910]: 'My_Flow' is no name for a project: a "
             "name has at most 64 small letters, digits and single dashes, "
             "and begins with a letter\nhelp: my-flow would be one\n"),
            ("list", "error[E0910]: 'list' is a word of WIT: no name for a "
             "project\nhelp: my-list would be one\n"),
            ("2nd", "help: nd would be one\n"), ("a--b", "help: a-b "),
            ("b-", "help: b "), ("..", "error[E0910]: '..' is no name"),
            ("x" * 65, "is no name")]:
        status, out, err = torvyn("new", name, cwd=folder)
        check(f"new {name}", (status, out), (2, ""))
        check_that(f"new {name}", text in err, err)
    check("nothing has changed", files(folder), before)
    for args, text in [
            ([], "torvyn new: what? NAME makes a project, stage NAME a stage "
             "in one\nhelp: torvyn new --help\n"),
            (["stage"], "torvyn new: stage needs a NAME\n"),
            (["a", "b"], "torvyn: 'b' is one argument too many\n"),
            (["a", "--role", "sink"], "torvyn new: --role and --event are for "
             "torvyn new stage NAME\n")]:
        status, out, err = torvyn("new", *args, cwd=folder)
        check(f"new {args}", (status, out), (2, ""))
        check_that(f"new {args}", err.startswith(text), err)


# ---- a stage ----

def stages_of_all_roles_join_the_flow(folder):
    new(folder, "roles")
    flow = folder / "roles"
    for role in ROLES:
        event = [] if role == "source" else ["--event", "events.judged"]
        said = new(flow, "stage", f"a-{role}", "--role", role, *event)
        check_that(f"new stage a-{role}", said.startswith(
            f"made stages/a-{role}.c\nadded world a-{role} to wit/roles.wit\n"
            f"added stage a-{role} to torvyn.yaml\n"
            "next: say where it belongs, under edges: in torvyn.yaml\n  - "),
            said)
    status, _, err = torvyn("build", cwd=flow)
    check("torvyn build", (status, err if status else ""), (0, ""))
    check_that("without a warning", "warning" not in err, err)
    text = (flow / "torvyn.yaml").read_text()
    check_that("the edges to fill in", """
  - route.hot -> alert
  # TODO: - a-source -> SOMEWHERE
  # TODO: - SOMEWHERE -> a-processor -> SOMEWHERE
  # TODO: - SOMEWHERE -> a-filter -> SOMEWHERE
  # TODO: - SOMEWHERE -> a-router
  #       - a-router.first -> SOMEWHERE
  #       - a-router.second -> SOMEWHERE
  # TODO: - SOMEWHERE -> a-aggregator -> SOMEWHERE
  # TODO: - SOMEWHERE -> a-sink
dead-letter:""" in text, text)
    text = re.sub(r"  # (TODO:|     ) - .*\n", "", text).replace(
        "dead-letter:", """\
  - a-source -> plausible
  - route.all -> a-processor -> a-filter -> a-router
  - a-router.first -> a-aggregator -> nowhere
  - a-router.second -> a-sink
dead-letter:""").replace("edges:\n", "  nowhere: { sink: 'null' }\nedges:\n")
    (flow / "torvyn.yaml").write_text(text)
    status, _, err = torvyn("run", "--report", "r.json", cwd=flow)
    check("torvyn run", (status, err if status else ""), (0, ""))
    report = json.loads((flow / "r.json").read_text())
    check("balanced", report["balanced"], True)
    check("events in", [report["stages"][f"a-{role}"]["in"] for role in ROLES],
          [3, 1002, 1002, 1002, 1002, 0])
    check_that("the sink's last word", "a-sink: info: 0 events" in err, err)


TYPES = """package t:types@1.2.0;
interface things {
  record port { x: u8 }
  record window { name: string }
  type payload = list<u8>;
  type words = string;
  type number = s64;
  enum total { one, two }
  variant %record { a(string), b }
  record text { text: string }
  record blank { out: u8 }
}
interface other { record port { y: u8 } }
"""


def any_type_of_event(folder):
    flow = folder / "types"
    (flow / "wit").mkdir(parents=True)
    (flow / "wit/t.wit").write_text(TYPES)
    (flow / "torvyn.yaml").write_text("""flow: types
wit: [wit/t.wit]
stages:
  s: { source: { file: x }, codec: json, type: things.port }
  t: { sink: 'null' }
edges: [s -> t]
""")
    names = re.findall(r"(?m)^  \w+ (?:%)?(\w+)", TYPES)
    check("the types", len(names), 9)
    for number, name in enumerate(names):
        for role in ROLES:
            new(flow, "stage", f"n{number}-{role}", "--role", role, "--event",
                f"things.{name}")
    status, _, err = torvyn("build", cwd=flow)
    check("torvyn build", (status, err if status else ""), (0, ""))
    check_that("without a warning", "warning" not in err, err)
    check("all are there", len(list((flow / "build").glob("*.wasm"))),
          len(names) * len(ROLES))


DEP = """package far:away@0.2.0;
interface things { record thing { z: u8 } }
"""


def the_default_is_what_the_first_source_carries(folder):
    flow = folder / "default"
    (flow / "wit/deps/away").mkdir(parents=True)
    (flow / "wit/deps/away/a.wit").write_text(DEP)
    (flow / "wit/a.wit").write_text("package t:a;\ninterface events "
                                    "{ record event { x: u8 } }\n")
    (flow / "wit/z.wit").write_text("""package t:a;
world first {
  use far:away/things@0.2.0.{thing as found};
  use events.{event};
  export pull: func() -> option<found>;
}
""")
    (flow / "torvyn.yaml").write_text("""flow: x
wit: wit
stages:
  first: { build: "${NOWHERE}" }
  last: { sink: 'null' }
""")
    said = new(flow, "stage", "next", "--role", "filter")
    check_that("the file that has the worlds", "to wit/z.wit\n" in said, said)
    check_that("of another package", """}

/// Filter: TODO, which events it keeps.
world next {
  use far:away/things@0.2.0.{thing};
  export evaluate: func(event: thing) -> bool;
}
""" in (flow / "wit/z.wit").read_text())
    check_that("no edges yet", (flow / "torvyn.yaml").read_text().endswith(
        "  last: { sink: 'null' }\n  next: { build: stages/next.c }\n"))
    new(flow, "stage", "bare", "--role", "filter", "--event", "event")
    new(flow, "stage", "whole", "--role", "filter", "--event",
        "t:a/events.event")
    check_that("a type of its own package",
               (flow / "wit/z.wit").read_text().count("use events.{event};")
               == 3)


# ---- files keep what they had ----

WIT = """package t:a;
interface events { record event { x: u8 } }
world w { use events.{event}; export pull: func() -> option<event>; }"""

HEAD = "flow: x\nwit: wit\n"
ROW = "n: { build: stages/n.c }"
# What stands in « » is what is added.
LAYOUTS = {
    "the usual": HEAD + """stages:
  w: { build: w.c }
«  n: { build: stages/n.c }
»edges:
  - w -> x
«  # TODO: - SOMEWHERE -> n -> SOMEWHERE
»""",
    "no last line break": HEAD + """edges:
- w -> x
«# TODO: - SOMEWHERE -> n -> SOMEWHERE
»stages:
  w: { build: w.c }«
  n: { build: stages/n.c }
»""",
    "edges without one": HEAD + """stages:
  w: { build: w.c }
«  n: { build: stages/n.c }
»edges:
    - w -> x«
    # TODO: - SOMEWHERE -> n -> SOMEWHERE
»""",
    "deep, quoted, commented": HEAD + """# one
stages:   # two
      # three
      "w": # four
        build: w.c   # five
        config: |
          # no comment
          text
      # of w
«      n: { build: stages/n.c }
»
  # of the file
# of edges
edges: # six
# seven
- w -> x # eight
- "w -> \\
  y"
«# TODO: - SOMEWHERE -> n -> SOMEWHERE
»
# of nothing
...
""",
    "in braces": HEAD + """stages: {« n: { build: stages/n.c },» w: { build: w.c } }
edges: [ w -> x,
  x -> y ]
«  # TODO: - SOMEWHERE -> n -> SOMEWHERE
»
# end
""",
    "empty braces": HEAD + """edges: []
«  # TODO: - SOMEWHERE -> n -> SOMEWHERE
»stages: {« n: { build: stages/n.c } »}
""",
    "all in braces": """{ flow: x, wit: wit, stages: {« n: { build: stages/n.c },»
  w: { build: w.c } }, edges: [w -> x] }
«  # TODO: - SOMEWHERE -> n -> SOMEWHERE
»""",
    "no edges": HEAD + """stages:
  w: { build: w.c }
«  n: { build: stages/n.c }
»""",
}


def layouts_stay(folder):
    for number, (name, layout) in enumerate(LAYOUTS.items()):
        for eol in "\n", "\r\n":
            flow = folder / f"layout{number}{len(eol)}"
            (flow / "wit").mkdir(parents=True)
            wit = WIT.replace("\n", eol)
            (flow / "wit/a.wit").write_bytes(wit.encode())

            (flow / "torvyn.yaml").write_bytes(
                re.sub("«[^»]*»", "", layout).replace("\n", eol).encode())
            new(flow, "stage", "n", "--role", "filter", "--event",
                "events.event")
            check(f"{name}, {eol!r}", (flow / "torvyn.yaml").read_bytes(),
                  re.sub("[«»]", "", layout).replace("\n", eol).encode())
            added = (flow / "wit/a.wit").read_bytes()
            check_that("the WIT", added.startswith(
                (wit + eol + eol + "/// Filter: TODO").encode()), added)
            check("its line ends", added.count(b"\n"), added.count(
                eol.encode()))


def links_stay(folder):
    new(folder, "links")
    flow = folder / "links"
    (flow / "torvyn.yaml").rename(flow / "real.yaml")
    (flow / "torvyn.yaml").symlink_to("real.yaml")
    (flow / "wit/links.wit").chmod(0o640)
    new(flow, "stage", "n", "--role", "filter")
    check_that("a link is one still", (flow / "torvyn.yaml").is_symlink())
    check_that("and the file has the row", ROW in
               (flow / "real.yaml").read_text())
    check("a file's mode", (flow / "wit/links.wit").stat().st_mode & 0o777,
          0o640)
    check("nothing is left behind", sorted(p.name for p in flow.iterdir()),
          sorted([".gitignore", "README.md", "real.yaml", "stages",
                  "torvyn.yaml", "wit"]))


# ---- what cannot be done ----

def refused(flow, what, status, text, *args):
    before = files(flow)
    got, out, err = torvyn("new", "stage", *args, cwd=flow)
    check(what, (got, out), (status, ""))
    check_that(what, text in err, err)
    check(f"{what}: nothing has changed", files(flow), before)


def a_stage_that_cannot_be(folder):
    new(folder, "no")
    flow = folder / "no"
    role = ["--role", "filter"]
    for what, text, args in [
            ("no role", "error[E0910]: a stage needs its --role\nhelp: there "
             "is: source, processor, filter, ", ["x"]),
            ("another role", "'fliter' is no role\nhelp: did you mean "
             "'filter'?\n", ["x", "--role", "fliter"]),
            ("no name", "'X' is no name for a stage", ["X", *role]),
            ("a word", "'record' is a word of WIT", ["record", *role]),
            ("a stage that is", "torvyn.yaml:22:3: error[E0910]: there is a "
             "stage 'judge'\n", ["judge", *role]),
            ("an interface", "wit/no.wit:4:11: error[E0910]: there is a world "
             "or interface 'events'\n", ["events", *role]),
            ("in a world", "'judge.config' is declared in a world: another "
             "one cannot use it\nhelp: move it to an interface\n",
             ["x", *role, "--event", "judge.config"])]:
        refused(flow, what, 2, text, *args)
    refused(flow, "no type", 1, "error[E0209]: there is no type "
            "'events.redaing'\nhelp: did you mean 'events.reading'?\n",
            "x", *role, "--event", "events.redaing")
    (flow / "stages/x.c").write_text("mine")
    refused(flow, "a file", 2, "stages/x.c: error[E0910]: there is such a "
            "file; nothing is overwritten\n", "x", *role)
    refused(folder, "no project", 3, "torvyn.yaml: error[E0007]: there is no "
            "such file here\nhelp: torvyn new NAME makes a project", "x",
            *role)


def spoilt_projects(folder):
    flow = folder / "spoilt"
    (flow / "wit").mkdir(parents=True)
    (flow / "stages").write_text("no folder")
    (flow / "wit/a.wit").write_text(WIT)
    usual = HEAD + "stages:\n  w: { build: w.c }\n"
    for what, status, text, yaml, wit in [
            ("no folder for it", 3, "stages/n.c: error[E0003]: cannot be "
             "written: ", usual, WIT),
            ("WIT that does not parse", 1, "wit/a.wit:3:1: error[E0300]: ",
             usual, WIT.replace("world", "wold")),
            ("YAML that does not", 1, "torvyn.yaml:3:10: error[E0100]: ",
             HEAD + "stages: [", WIT),
            ("no stages", 1, "there is no mapping `stages:`\n", HEAD, WIT),
            ("no WIT", 1, "error[E0112]: `wit:` does not say where the "
             "events' types are\nhelp: ", usual.replace("wit: wit", "w: x"),
             WIT),
            ("an alias", 2, "error[E0910]: it is not clear where the stage's "
             "row goes\nhelp: write it under `stages:`: " + ROW,
             "a: &a { w: { build: w.c } }\n" + HEAD + "stages: *a\n", WIT),
            ("no source", 2, "error[E0910]: there is no source whose type the "
             "stage could have\nhelp: say which type its events have: --event "
             "events.reading\n", usual.replace(" w:", " x:"), WIT),
            ("two of the name", 2, "'events.event' names several types\nhelp: "
             "say which: t:a/events.event or u:u/events.event\n",
             usual.replace("wit: wit", "wit: [wit, u.wit]").replace(
                 " w: {", " s: { source: { file: x }, type: events.event }\n"
                 "  w: {"), WIT)]:
        (flow / "torvyn.yaml").write_text(yaml)
        (flow / "wit/a.wit").write_text(wit)
        (flow / "u.wit").write_text("package u:u;\ninterface events { record "
                                    "event { y: u8 } }\n")
        refused(flow, what, status, text, "n", "--role", "filter")


def main():
    slow = [a_project_runs_as_it_is, stages_of_all_roles_join_the_flow,
            any_type_of_event]
    quick = [a_project_where_there_is_something,
             the_default_is_what_the_first_source_carries, layouts_stay,
             links_stay, a_stage_that_cannot_be, spoilt_projects]
    for test in quick + ([] if "--quick" in sys.argv else slow):
        with scratch() as name:
            test(pathlib.Path(name))
    done("new")


if __name__ == "__main__":
    main()
