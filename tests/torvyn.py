"""torvyn.py -- what the whole-program tests share: the program under test, a
scratch folder, the flights flow on the sample, and checks that say what they
compared.

The program is $TVN_BUILD/torvyn; the flights' stages are those that `make`
built with build/torvyn, other guests those of build/ (a sanitized tree has none
of its own).
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("TVN_BUILD", ROOT / "build"))
TORVYN = BUILD / "torvyn"
FLIGHTS = ROOT / "examples/flights"
FLIGHTS_BUILT = FLIGHTS / "build"
SAMPLE = FLIGHTS / "data/sample.ndjson"
SANITIZED = bool(os.environ.get("TVN_SANITIZE"))

passed = 0


def check(what, got, wanted):
    global passed
    if got != wanted:
        sys.exit(f"FAILED {what}:\n  got      {got!r}\n  expected {wanted!r}")
    passed += 1


def check_that(what, holds, detail=""):
    global passed
    if not holds:
        sys.exit(f"FAILED {what} {detail}")
    passed += 1


def torvyn(*args, stdin=None, cwd=None, env=None, timeout=240, **more):
    """Runs the program; returns (status, stdout, stderr)."""
    run = subprocess.run([str(TORVYN), *map(str, args)], input=stdin,
                         capture_output=True, cwd=cwd, timeout=timeout,
                         env=None if env is None else {**os.environ, **env},
                         **more)
    return (run.returncode, run.stdout.decode("utf-8", "replace"),
            run.stderr.decode("utf-8", "replace"))


def scratch():
    return tempfile.TemporaryDirectory(prefix="torvyn-test-")


def flights_yaml():
    """The flights' file for a copy elsewhere: its stages as they are built."""
    return re.sub(r"build: stages/(\w+)\.c",
                  rf"component: {FLIGHTS_BUILT}/\1.wasm",
                  (FLIGHTS / "torvyn.yaml").read_text())


def run_flights(out, source=SAMPLE, *more, **kw):
    """The flights flow with outputs in `out`: (status, report, stderr)."""
    out = pathlib.Path(out)
    report = out / "report.json"
    sets = {
        "stages.departures.source.file.path": source,
        "stages.totals.sink.file.path": out / "totals.ndjson",
        "stages.delivery.sink.file.path": out / "notices.ndjson",
    }
    args = ["run", FLIGHTS / "torvyn.yaml", "--report", report]
    for path, value in sets.items():
        args += ["--set", f"{path}={value}"]
    status, _, text = torvyn(*args, *more, **kw)
    return (status,
            json.loads(report.read_text()) if report.exists() else None, text)


def law(report):
    """Both sides of the flow's law."""
    e = report["events"]
    return (e["in"] + e["emitted"] + e["forked"],
            e["delivered"] + e["filtered"] + e["unrouted"] + e["dropped"] +
            e["dead"] + e["absorbed"] + e["in_flight"])


def golden(path, texts):
    """Compares `texts`, name -> (exit status, text), with those of the file;
    with --golden writes them there."""
    if sys.argv[1:] == ["--golden"]:
        path.write_text("".join(f"=== {name} {status}\n{text}\n\n"
                                for name, (status, text) in texts.items()))
        return
    wanted = {}
    if path.exists():
        for block in re.split(r"^=== ", path.read_text(), flags=re.M)[1:]:
            head, _, body = block.partition("\n")
            name, status = head.rsplit(" ", 1)
            wanted[name] = int(status), body.rstrip("\n")
    for name, (status, text) in texts.items():
        was = wanted.get(name, (None, None))
        check(f"{name}: exit status\n{text}", status, was[0])
        check(f"{name}: text", text.rstrip("\n"), was[1])
    check("cases", set(texts), set(wanted))


def done(name):
    print(f"{name}: {passed} passed, 0 failed")
