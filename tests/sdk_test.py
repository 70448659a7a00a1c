#!/usr/bin/env python3
"""sdk_test -- what sdk/c/torvyn.h promises, run: stages of tests/sdk/stages
under a poisoned arena (--debug) and as they are released, and that both give
the same.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess

from torvyn import (ROOT, SANITIZED, check, check_that, done, law, scratch,
                    torvyn)

SDK = ROOT / "tests/sdk"
ITEM = {"id": 1, "name": "one", "tags": []}

YAML = """flow: sdk
wit: {sdk}/wit
defaults:
  max-event: {max_event}
  edge: {{ bytes: {bytes} }}
  stage: {{ memory: {memory}, deadline: 20s }}
stages:
  in: {{ source: {{ file: {{ path: in.ndjson }} }}, codec: json, type: events.item }}
  {stage}: {{ build: {sdk}/stages/{stage}.{language}{more} }}
  out: {{ sink: {{ file: {{ path: out.ndjson, mode: replace }} }}, codec: json }}
edges: [ in -> {stage} -> out ]
"""


class Run:
    def __init__(self, folder, stage, items, *more_args, more="",
                 max_event="64KiB", bytes="4MiB", memory="4MiB", language="c"):
        self.dir = pathlib.Path(folder) / (stage + "".join(more_args))
        self.dir.mkdir(exist_ok=True)
        (self.dir / "torvyn.yaml").write_text(YAML.format(
            sdk=SDK, stage=stage, more=more, max_event=max_event, bytes=bytes,
            memory=memory, language=language))
        with open(self.dir / "in.ndjson", "w", encoding="utf-8") as file:
            for item in items:
                file.write(json.dumps(item, ensure_ascii=False) + "\n")
        report = self.dir / "report.json"
        self.status, _, self.err = torvyn(
            "run", "--build", *more_args, "--report", report, cwd=self.dir)
        self.report = json.loads(report.read_text()) if report.exists() else None
        if self.report is not None:
            left, right = law(self.report)
            check(f"{stage}: the law", (self.report["balanced"], left),
                  (True, right))

    def out(self):
        check(f"{self.dir.name}: status",
              (self.status, self.err if self.status else ""), (0, ""))
        text = (self.dir / "out.ndjson").read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]


def both(stage, items, **more):
    """The outputs under a poisoned arena, which a release must equal."""
    with scratch() as folder:
        debug = Run(folder, stage, items, "--debug", **more).out()
        check(f"{stage}: as released", Run(folder, stage, items, **more).out(),
              debug)
        return debug


def item(number, name="", tags=()):
    return {"id": number, "name": name, "tags": list(tags)}


def literals_and_parts():
    items = [item(n, f"name {n}") for n in range(200)]
    check("a literal", both("literal", items),
          [{"id": n, "name": "literally"} for n in range(200)])
    items.append(item(200, "x"))
    check("a part of the input", both("cut", items),
          [{"id": n, "name": f"name {n}"[1:-1]} for n in range(200)])
    check("an empty part", both("cut", [item(1, "ab")]),
          [{"id": 1, "name": ""}])


def kept_or_not():
    items = [item(n, f"name {n}" * (n % 7)) for n in range(2000)]
    names = [""] + [i["name"] for i in items[:-1]]
    check("text_set across events", [o["name"] for o in both("kept", items)],
          names)
    # In the arena's own 64 KiB, and in a chunk of malloc's.
    for name in ("airline", "airline" * 20000):
        with scratch() as folder:
            run = Run(folder, "forgot", [item(n, name) for n in range(3)],
                      "--debug", max_event="1MiB")
            check("a kept pointer", run.status, 4)
            check_that("what is said of it",
                       "forgot: output .name is not UTF-8 (0xDD: memory of an "
                       "earlier event; text_keep it), event 1" in run.err,
                       run.err)
            check_that("and where",
                       "\ntorvyn.yaml:9:3: error[E0404]" in run.err, run.err)
    names = ["x", "", "a text of sixteen", "y" * 100000] * 50
    check_that("dropped twice, or never kept", both(
        "again", [item(n, name) for n, name in enumerate(names)],
        max_event="1MiB", bytes="64MiB") == [
            {"id": n, "name": name + "!"} for n, name in enumerate(names)])


def large():
    name = "ö" * (5 << 20)  # 10 MiB
    sizes = {"max_event": "16MiB", "bytes": "64MiB", "memory": "64MiB"}
    items = [item(1, name), item(2, "small"), item(3, name)]
    check_that("10 MiB", both("echo", items, **sizes) == items)
    with scratch() as folder:
        run = Run(folder, "echo", items, max_event="16MiB", bytes="64MiB",
                  memory="8MiB")
        check("10 MiB into 8", run.status, 4)
        check_that("it was memory", "8 MiB of memory" in run.err, run.err)


def many():
    count = 10000 if SANITIZED else 100000
    out = both("many", [item(count, "n"), item(0), item(2, "m")],
               memory="16MiB")
    check("how many", len(out), count + 2)
    check_that("each of them", out[:count] == [
        {"id": n, "name": f"n {n}"} for n in range(count)])
    check("the last", out[-1], {"id": 1, "name": "m 1"})


def tables():
    names = [f"k{n % 150}" for n in range(3000)]
    items = [item(n, name, [f"t{n}", ""]) for n, name in enumerate(names)]
    wanted = [{"name": f"k{k}", "note": f"{2850 + k} of k{k}",
               "tags": [f"t{2850 + k}", ""], "count": 20} for k in range(150)]
    window = ", window: { count: 100000 }"
    check("rows with texts and lists", both("rows", items, more=window), wanted)
    # Memory of rows is given back at each window.
    out = both("rows", items * 4, more=", window: { count: 300 }")
    check("by windows", (len(out), out[-1]["note"]), (40 * 150, "2999 of k149"))
    codes = [item(n, f"n{n}") for n in range(300)] * 2
    check("integer keys", both("codes", codes, more=window), [
        {"code": 150 - n, "count": 2, "last": f"n{n}"} for n in range(300)])
    with scratch() as folder:
        run = Run(folder, "codes", [item(n) for n in range(301)], more=window)
        check("a full table", (run.status, "E0401" in run.err), (4, True))


def asked_in_the_middle():
    with scratch() as folder:
        table = pathlib.Path(folder) / "places.csv"
        table.write_text("code,name\nOSL,Oslo\nBGO,Bergen\n")
        more = f", tables: {{ places: {table} }}"
        check("asks", both("asks", [item(1, "BGO"), item(2, "XXX")], more=more),
              [{"id": 1, "name": "<BGO>Bergen/Oslo BGO"},
               {"id": 2, "name": "<XXX>?/Oslo XXX"}])


def printing():
    with scratch() as folder:
        run = Run(folder, "prints", [item(7)])
        check("pieces", run.out(), [
            {"id": 7, "name": "-5 18446744073709551615 -9223372036854775808"}])
        for line in ("info: a line 1 ended", "info: and another",
                     "warn: to stderr",
                     "info: id 7 is true at 0.1 -3 1e+300 2.5 120 0.1"):
            check_that(f"prints: {line}", f"prints: {line}\n" in run.err,
                       run.err)
    with scratch() as folder:
        # Records of 1024 bytes at most, and none ends inside of a character.
        run = Run(folder, "lines", [item(n, "€") for n in range(5)])
        found = re.findall(r"(?m)^lines: info: (.*)$", run.err)
        check("the parts of two lines", [len(part) for part in found[:5]],
              [341, 341, 341, 341, 38])
        check_that("all that was printed", "".join(found[:5]) == (
            "€" * 700 + "|") * 2)
        check("an assertion", run.status, 4)
        check_that("and what it says", "lines: warn: Assertion failed: event->"
                   "id < 4 (" in run.err, run.err)


def log_has_to_be_imported():
    with scratch() as folder:
        folder = pathlib.Path(folder)
        (folder / "wit").mkdir()
        shutil.copy(SDK / "wit/sdk.wit", folder / "wit")
        (folder / "echo.c").write_text(
            '#include "echo.h"\n\nitem process(const item *event)\n{\n'
            '    log_info("x");\n    return *event;\n}\n')
        (folder / "torvyn.yaml").write_text(YAML.format(
            sdk=".", stage="echo", more="", max_event="1KiB", bytes="1MiB",
            memory="4MiB", language="c").replace("./stages/echo.c", "echo.c"))
        status, out, err = torvyn("build", cwd=folder)
        check("log without its import", status, 1)
        check_that("what is said", "echo.c:5:" in err and "add `import "
                   "torvyn:stage/log@0.1.0;` to the world" in err, err)


def too_many_pieces():
    pieces = ", ".join(str(n) for n in range(17))
    with scratch() as folder:
        folder = pathlib.Path(folder)
        (folder / "wit").mkdir()
        shutil.copy(SDK / "wit/sdk.wit", folder / "wit")
        for language in ("c", "cpp"):
            source = folder / f"cut.{language}"
            text = ('#include "cut.h"\n\nprocess_result process(const item *e)'
                    '\n{\n    return emit((part){e->id, join(%s)});\n}\n')
            source.write_text(text % pieces)
            (folder / "torvyn.yaml").write_text(YAML.format(
                sdk=".", stage="cut", more="", max_event="1KiB",
                bytes="1MiB", memory="4MiB",
                language=language).replace("./stages/", ""))
            status, out, err = torvyn("build", cwd=folder)
            check(f"17 pieces in {language}", status, 1)
            check_that("what is said", "join takes at most 16 pieces: join two "
                       "joins" in err, err)
            source.write_text(text % pieces.rpartition(",")[0])
            check(f"16 in {language}", torvyn("build", cwd=folder)[0], 0)


def in_cpp():
    with scratch() as folder:
        run = Run(folder, "plus", [item(n, f"n{n}") for n in range(5)],
                  more=", window: { count: 10 }", language="cpp")
        check("a stage in C++", run.out(), [
            {"code": code, "count": count, "last": f"n{last}/{code}!abcabc2"}
            for code, count, last in ((0, 2, 3), (1, 2, 4), (2, 1, 2))])
        check_that("its log", "plus: info: n2/2!abcabc2 true 0.5 1e+300 -7\n"
                   in run.err, run.err)


def without_a_warning():
    """The SDK's two files under more flags than stages are compiled with."""
    strict = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wpedantic",
              "-Wcast-qual", "-Wundef", "-Wvla", "-Werror"]
    wasm = ["--target=wasm32-wasi", "-nostdlibinc", "-isystem",
            "/usr/include/wasm32-wasi"]
    source = (
        '#include "torvyn.h"\ntypedef struct { text name; short id; } row;\n'
        'static struct torvyn_table t = TABLE(row, name);\n'
        'static struct torvyn_table u = TABLE_MAX(row, id, 5);\n'
        'text use(text a, bool b);\ntext use(text a, bool b)\n{\n'
        '    if (torvyn_table_at(&t, torvyn_key(a), sizeof(row)) !=\n'
        '        torvyn_table_find(&u, torvyn_key(1), sizeof(row)))\n'
        '        log_warn("x", 1);\n    log_info(a);\n'
        '    return join(a, "s", b, 1, 2u, 3l, 4ul, 5ll, 6ull, 7.0, 8.0f, 9,\n'
        '        text_is(a, "t"), text_of("u"), 15, 16);\n}\n')
    with scratch() as folder:
        folder = pathlib.Path(folder)
        (folder / "a.c").write_text(source)
        (folder / "a.cpp").write_text(source)
        sdk = ROOT / "sdk/c"
        c = ["clang-19", "-std=c17", *strict, *wasm]
        cpp = ["clang++-19", "-std=c++17", "-fno-exceptions", *strict]
        for what, command in {
                "torvyn.c": [*c, sdk / "torvyn.c"],
                "for --debug": [*c, "-DTORVYN_DEBUG", sdk / "torvyn.c"],
                "a stage": [*c, "-DTORVYN_LOG", folder / "a.c"],
                "in C++": [*cpp, *wasm, "-DTORVYN_LOG", folder / "a.cpp"],
                "in C++, here": [*cpp, "-DTORVYN_LOG", folder / "a.cpp"]
        }.items():
            run = subprocess.run([*command, "-O2", "-I", sdk, "-c", "-o",
                                  folder / "a.o"], capture_output=True,
                                 text=True)
            check(f"without a warning: {what}", (run.returncode, run.stderr),
                  (0, ""))


def the_header_in_cpp():
    """Every header as C++17, and no warning in either language."""
    flags = ["--target=wasm32-wasi", "-nostdlibinc", "-isystem",
             "/usr/include/wasm32-wasi", "-Wall", "-Wextra", "-Wconversion",
             "-Werror", "-fsyntax-only"]
    with scratch() as folder:
        built = Run(folder, "echo", [item(1)]).dir / "build/gen"
        for compiler, source, std in (("clang-19", "a.c", "c17"),
                                      ("clang++-19", "a.cpp", "c++17")):
            path = pathlib.Path(folder) / source
            path.write_text(
                '#include "echo.h"\nstatic struct torvyn_table t = '
                'TABLE(item, id);\nitem process(const item *e)\n{\n'
                '    item *row = item_at(&t, e->id);\n'
                '    row->name = join("a", e->name, 1, 2u, 3.5, true);\n'
                '    return *row;\n}\n')
            run = subprocess.run(
                [compiler, f"-std={std}", *flags, "-I", built / "echo", "-I",
                 built / "sdk", path] + (
                     ["-fno-exceptions"] if std == "c++17" else []),
                capture_output=True, text=True)
            check(f"as {std}", (run.returncode, run.stderr), (0, ""))


if __name__ == "__main__":
    os.chdir(ROOT)
    literals_and_parts()
    kept_or_not()
    large()
    many()
    tables()
    asked_in_the_middle()
    printing()
    log_has_to_be_imported()
    too_many_pieces()
    in_cpp()
    without_a_warning()
    the_header_in_cpp()
    done("sdk_test")
