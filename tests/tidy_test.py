#!/usr/bin/env python3
"""tidy_test -- every rule of tools/tidy finds what it forbids, and no more.

A small tree is made, one file is broken in one way, and the one finding must
name that file, that line and that rule.
"""
import pathlib
import shutil
import subprocess

from torvyn import ROOT, check, check_that, done, scratch

CLEAN_C = "/* clean.c -- a file without findings. */\n"
CLEAN_H = ("/* clean.h -- a header without findings. */\n"
           "#ifndef TVN_{0}_CLEAN_H\n#define TVN_{0}_CLEAN_H\n#endif\n")
FLOORS = "base", "reactor", "config", "value", "engine", "cli"


def first(name):
    return f"/* {name} -- one thing. */\n"


def function(lines):
    return "int\nlong_one(void)\n{\n" + "    step();\n" * (lines - 1) + "}\n"


# path, text, line of the finding (None: there must be none), words of it
ROWS = [
    ("value/a.c", "int x;\n", 1, "first line"),
    ("value/a.h", first("a.h") + "#pragma once\n", 1, "TVN_VALUE_A_H"),
    ("value/a.c", first("a.c") + "/*" + "x" * 79 + "*/\n", 2, "80"),
    ("value/a.c", first("a.c") + "/* " + "TO" + "DO: later */\n", 2, "TODO(#"),
    ("value/a.c", first("a.c") + "/* " + "TO" + "DO(#12) */\n", None, ""),
    ("value/a.c", first("a.c") + "  // gone soon\n", 2, "//"),
    ("value/a.c", first("a.c") + "    strcpy(a, b);\n", 2, "banned"),
    ("value/a.c", first("a.c") + "    goto again;\n", 2, "goto"),
    ("value/a.c", first("a.c") + "    goto out;\n", None, ""),
    ("base/a.c", first("a.c") + "    nanosleep(&t, 0);\n", 2, "wait"),
    ("value/a.c", first("a.c") + "    p = malloc(1);\n", 2, "base/mem.h"),
    ("value/a_test.c", first("a_test.c") + "    p = malloc(1);\n", None, ""),
    ("base/a.c", first("a.c") + "    p = malloc(1);\n", None, ""),
    ("value/a.c", first("a.c") + "    x.ops->free(x);\n", None, ""),
    ("value/a.c", first("a.c") + "/* never free() */ f(\"free()\");\n", None,
     ""),
    ("value/a.c", first("a.c") + "    printf(\"x\");\n", 2, "print"),
    ("value/a.c", first("a.c") + "    fprintf(stderr, \"x\");\n", 2, "print"),
    ("value/a.c", first("a.c") + "    snprintf(b, n, \"x\");\n", None, ""),
    ("cli/a.c", first("a.c") + "    fprintf(stderr, \"x\");\n", None, ""),
    ("base/a.c", first("a.c") + "#include \"value/clean.h\"\n", 2, "LAYERS"),
    ("value/a.c", first("a.c") + "#include \"base/clean.h\"\n", None, ""),
    ("value/a.c", first("a.c") + "#include <wasmtime.h>\n", 2,
     "engine/wasmtime"),
    ("engine/a.c", first("a.c") + "#include <wasmtime/store.h>\n", 2,
     "engine/wasmtime"),
    ("engine/wasmtime/a.c", first("a.c") + "#include <wasm.h>\n", None, ""),
    ("config/a.c", first("a.c") + "#include <yyjson.h>\n", 2, "only value"),
    ("value/a.c", first("a.c") + "#include <yyjson.h>\n", None, ""),
    ("value/a.c", first("a.c") + "#include <uv.h>\n", 2, "only reactor"),
    ("value/a.c", first("a.c") + "#include <yaml.h>\n", 2, "only config"),
    ("value/a.c", first("a.c") + "\n" * 599, None, ""),
    ("value/a.c", first("a.c") + "\n" * 600, 601, "600"),
    ("value/a.c", first("a.c") + function(70), None, ""),
    ("value/a.c", first("a.c") + function(71), 4, "70"),
]


def tidy(folder):
    run = subprocess.run([folder / "tools/tidy", "src"], cwd=folder,
                         capture_output=True, text=True)
    check("stderr of tidy", run.stderr, "")
    check("status", run.returncode, 1 if run.stdout else 0)
    return run.stdout.splitlines()


def make(folder):
    (folder / "tools").mkdir()
    shutil.copy(ROOT / "tools/tidy", folder / "tools/tidy")
    (folder / "tools/tidy.allow").write_text("# none\n")
    for floor in (*FLOORS, "engine/wasmtime"):
        (folder / "src" / floor).mkdir(parents=True)
        name = floor.upper().replace("/", "_")
        (folder / "src" / floor / "clean.h").write_text(CLEAN_H.format(name))
        (folder / "src" / floor / "clean.c").write_text(CLEAN_C)
    (folder / "src/LAYERS").write_text(
        "base :\nreactor : base\nconfig : base\nvalue : base\n"
        "engine : base value\ncli : base value engine\n")


def exceptions(folder):
    long = folder / "src/value/a.c"
    allow = folder / "tools/tidy.allow"
    long.write_text(first("a.c") + "\n" * 700 + function(80))
    allow.write_text("src/value/a.c file one grammar\n"
                     "src/value/a.c long_one a switch\n")
    check("what is allowed", tidy(folder), [])
    long.write_text(first("a.c") + function(80))
    check("an exception too many", len(tidy(folder)), 1)
    long.write_text(first("a.c") + "\n" * 1000)
    allow.write_text("src/value/a.c file one grammar\n")
    check_that("more than 1,000 lines are never allowed", any(
        line.startswith("src/value/a.c:1001:") for line in tidy(folder)))
    allow.write_text("src/value/a.c file\n")
    run = subprocess.run([folder / "tools/tidy", "src"], cwd=folder,
                         capture_output=True, text=True)
    check_that("an exception without its reason", "REASON" in run.stderr)


def main():
    with scratch() as name:
        folder = pathlib.Path(name)
        make(folder)
        check("the clean tree", tidy(folder), [])
        for path, text, number, words in ROWS:
            file = folder / "src" / path
            file.write_text(text)
            found = tidy(folder)
            file.unlink()
            if number is None:
                check(f"{path}: {text[-60:]!r}", found, [])
                continue
            check(f"findings in {path}: {found}", len(found), 1)
            check_that(f"{found[0]} at {number} with '{words}'",
                       found[0].startswith(f"src/{path}:{number}:") and
                       words in found[0])
        exceptions(folder)
    done("tidy")


if __name__ == "__main__":
    main()
