#!/usr/bin/env python3
"""stages_test -- the five stages of the flights, made in four ways, give the
same: with the SDK in C, the same sources as C++, with zig's compiler where it
is installed, and by wit-bindgen's C bindings (tests/guests/flights).
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from torvyn import (FLIGHTS, ROOT, SAMPLE, check, check_that, done, scratch,
                    torvyn)

STAGES = ("validate", "enrich", "route", "tally", "announce")
FORBIDDEN = r"\b(malloc|free|calloc|realloc)\b|exports_|cabi_"


def outputs(folder):
    notices = (folder / "notices.ndjson").read_bytes()
    totals = [json.loads(line) for line in
              (folder / "totals.ndjson").read_text().splitlines()]
    return notices, totals


def run_copy(folder, suffix=".c", components=None, env=None):
    """A copy of the flow with its sources renamed, or with components."""
    folder.mkdir()
    for part in ("wit", "stages"):
        shutil.copytree(FLIGHTS / part, folder / part)
    (folder / "data").mkdir()
    shutil.copy(FLIGHTS / "data/airlines.csv", folder / "data")
    shutil.copy(SAMPLE, folder / "data/flights.ndjson")
    text = (FLIGHTS / "torvyn.yaml").read_text()
    for stage in STAGES:
        source = f"stages/{stage}.c"
        if components is not None:
            text = text.replace(f"build: {source}",
                                f"component: {components}/{stage}.wasm")
        elif suffix != ".c":
            (folder / source).rename(folder / f"stages/{stage}{suffix}")
            text = text.replace(source, f"stages/{stage}{suffix}")
    (folder / "torvyn.yaml").write_text(text)
    verb = ["run"] if components else ["run", "--build"]
    status, _, err = torvyn(*verb, cwd=folder, env=env)
    check(f"{folder.name}: exit status", (status, err if status else ""),
          (0, ""))
    return outputs(folder / "out")


def in_windows(rows):
    """Rows in sets, a window each: the next begins where a carrier is seen
    again."""
    windows = [[]]
    for row in rows:
        if row["carrier"] in {r["carrier"] for r in windows[-1]}:
            windows.append([])
        windows[-1].append(row)
    return [sorted(w, key=lambda r: r["carrier"]) for w in windows]


def zig():
    """The words of zig's compiler; None where there is none."""
    for words in ("zig", f"{sys.executable} -m ziglang"):
        try:
            run = subprocess.run([*words.split(), "version"],
                                 capture_output=True)
        except FileNotFoundError:
            continue
        if run.returncode == 0:
            return words
    return None


def sources_are_short_and_free_of_the_abi():
    for path in sorted(ROOT.glob("examples/*/stages/*.c")):
        text = path.read_text()
        check_that(f"{path.name} has at most 25 lines",
                   len(text.splitlines()) <= 25)
        check(f"{path.name} knows no allocation and no ABI",
              re.findall(FORBIDDEN, text), [])


def all_ways_give_the_same():
    with scratch() as name:
        root = pathlib.Path(name)
        notices, totals = run_copy(root / "c")
        check("notices on the sample", notices.count(b"\n") > 100, True)
        old_notices, old_totals = run_copy(
            root / "bindgen", components=ROOT / "build/tests/guests/flights")
        check("notices, byte for byte", notices == old_notices, True)
        check("totals, window by window", in_windows(totals),
              in_windows(old_totals))
        # Both keep the order of first insertion.
        check("totals in order", totals, old_totals)
        check("as C++", run_copy(root / "cpp", suffix=".cpp"),
              (notices, totals))
        words = zig()
        if words is None:
            print("stages_test: zig is not installed: not tried")
        else:
            check("with zig cc", run_copy(
                root / "zig", env={"TORVYN_CC": f"{words} cc",
                                   "TORVYN_CXX": f"{words} c++"}),
                (notices, totals))


if __name__ == "__main__":
    os.chdir(ROOT)
    sources_are_short_and_free_of_the_abi()
    all_ways_give_the_same()
    done("stages_test")
