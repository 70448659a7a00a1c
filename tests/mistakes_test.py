#!/usr/bin/env python3
"""mistakes_test -- what a user gets wrong, or what goes wrong outside: the
exact text, the exit status, and that the account balances all the same.

Each case starts from the flights flow on the sample in a scratch folder and
changes one thing.  The texts are in tests/golden/mistakes.txt, the scratch
folder written as DIR; `mistakes_test.py --golden` writes them anew.
"""
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

from torvyn import (BUILD, FLIGHTS, FLIGHTS_BUILT, ROOT, SAMPLE, TORVYN, check,
                    check_that, done, flights_yaml, golden, law, scratch,
                    torvyn)

GOLDEN = ROOT / "tests/golden/mistakes.txt"
GUESTS = ROOT / "build/tests/guests"
WITC = ROOT / "build/witc"

texts = {}  # name -> (exit status, text)


class Flow:
    """A copy of the flights flow that may be spoilt."""

    def __init__(self, folder, limit=1200):
        self.dir = pathlib.Path(folder)
        shutil.copytree(FLIGHTS / "wit", self.dir / "wit")
        (self.dir / "data").mkdir()
        shutil.copy(FLIGHTS / "data/airlines.csv", self.dir / "data")
        lines = SAMPLE.read_bytes().splitlines(keepends=True)[:limit]
        for number, line in enumerate(lines, 1):
            lines[number - 1] = re.sub(rb'"id":\d+', b'"id":%d' % number,
                                       line)
        self.lines = lines
        self.yaml = flights_yaml().replace(
            "data/flights.ndjson", "data/in.ndjson")

    def replace(self, old, new, count=1):
        assert old in self.yaml, old
        self.yaml = self.yaml.replace(old, new, count)

    def guest(self, name):
        """The guest stands in for validate."""
        self.replace(f"{FLIGHTS_BUILT}/validate.wasm",
                     f"{GUESTS}/{name}.wasm")

    def write(self):
        (self.dir / "torvyn.yaml").write_text(self.yaml)
        (self.dir / "data/in.ndjson").write_bytes(b"".join(self.lines))

    def clean(self, text):
        text = text.replace(str(self.dir), "DIR").replace(str(ROOT), "ROOT")
        text = re.sub(r"0x[0-9a-f]{4,}", "0xADDR", text)
        return re.sub(r"\d+\.\d+ (ms|s)\b", "TIME", text)

    def run(self, name, *more, verb="run", **kw):
        """Runs; keeps the diagnostics under `name`; the report."""
        self.write()
        report = self.dir / "report.json"
        args = [verb, "torvyn.yaml", *more]
        if verb == "run":
            args += ["--report", report]
        status, _, err = torvyn(*args, cwd=self.dir, **kw)
        found = [line for line in self.clean(err).splitlines()]
        # What follows the report's first line is the report, with times.
        for at, line in enumerate(found):
            if re.match(r"flights: (ok|failed)", line):
                found = found[:at]
                break
        texts[name] = status, "\n".join(found)
        if verb != "run" or not report.exists():
            return None
        got = json.loads(report.read_text())
        check(f"{name}: balanced", got["balanced"], True)
        left, right = law(got)
        check(f"{name}: the law", left, right)
        return got


def with_flow(function):
    def case():
        with scratch() as folder:
            function(Flow(folder))
    case.__name__ = function.__name__
    CASES.append(case)
    return case


CASES = []


# ---------------------------------------------------------------------------
# Data.

def spoil(flow, line):
    flow.lines[499] = line


BAD_LINES = {
    "json-cut-in-half": b'{"id":500,"time":1357017300000000000,"carr\n',
    "json-wrong-type": b'{"id":500,"time":1,"carrier":"UA","origin":"EWR",'
                       b'"dest":"IAH","dep_delay":"late","distance":1}\n',
    "json-out-of-range": b'{"id":500,"time":1,"carrier":"UA","origin":"EWR",'
                         b'"dest":"IAH","dep_delay":2,'
                         b'"distance":5000000000}\n',
    "json-not-utf8": b'{"id":500,"time":1,"carrier":"U\xff","origin":"EWR",'
                     b'"dest":"IAH","dep_delay":2,"distance":1}\n',
    "json-too-long": b'{"id":500,"carrier":"' + b"x" * 20000 + b'"}\n',
}


@with_flow
def bad_lines_stop(flow):
    for name, line in BAD_LINES.items():
        spoil(flow, line)
        report = flow.run(name)
        check(f"{name}: dropped", report["events"]["dropped"], 1)
        check_that(f"{name}: read so far", report["events"]["in"] >= 500)


@with_flow
def bad_lines_go_to_the_dead_letter(flow):
    flow.yaml += "dead-letter: { file: { path: out/dead.ndjson } }\n"
    for number, line in enumerate(BAD_LINES.values()):
        flow.lines[100 + number] = line
    report = flow.run("dead-letter")
    check("dead", report["events"]["dead"], len(BAD_LINES))
    check("in", report["events"]["in"], 1200)
    dead = [json.loads(line) for line in
            (flow.dir / "out/dead.ndjson").read_text().splitlines()]
    check("dead letters", len(dead), len(BAD_LINES))
    check("their keys", set(dead[0]), {"flow", "stage", "cause", "attempts",
                                       "time", "component", "raw"})


@with_flow
def bad_lines_are_dropped(flow):
    flow.replace("    codec: json\n    type",
                 "    codec: json\n    on-error: drop\n    type")
    for number, line in enumerate(BAD_LINES.values()):
        flow.lines[100 + number] = line
    report = flow.run("on-error-drop")
    check("dropped", report["events"]["dropped"], len(BAD_LINES))
    check("in", report["events"]["in"], 1200)


# ---------------------------------------------------------------------------
# Components.

EXTRA_INIT = """(component
  (core module $m
    (func (export "evaluate") (param i64 i32 i32 i32) (result i32) i32.const 1)
    (func (export "init") (param i32)))
  (core instance $i (instantiate $m))
  (type $e (record (field "id" u64) (field "dep-delay" (option s32))
    (field "distance" u32)))
  (export $x "brief" (type $e))
  (func (export "evaluate") (param "event" $x) (result bool)
    (canon lift (core func $i "evaluate")))
  (func (export "init") (param "shim" u32)
    (canon lift (core func $i "init"))))"""


HANDLE = """(component
  (core module $m (func (export "evaluate") (param i32) (result i32)
    i32.const 1))
  (core instance $i (instantiate $m))
  (type $r (resource (rep i32)))
  (export $x "session" (type $r))
  (type $e (record (field "of" (own $x))))
  (export $y "brief" (type $e))
  (func (export "evaluate") (param "event" $y) (result bool)
    (canon lift (core func $i "evaluate"))))"""


@with_flow
def components(flow):
    good = (GUESTS / "flights/validate.wasm").read_bytes()
    wasm = flow.dir / "validate.wasm"
    flow.replace(f"{FLIGHTS_BUILT}/validate.wasm",
                 "validate.wasm")
    core = b"\0asm\1\0\0\0"
    wasm.write_bytes(core)
    flow.run("core-module", verb="link")
    wasm.write_bytes(good[:len(good) // 2])
    flow.run("truncated-component", verb="link")
    flipped = bytearray(good)
    flipped[len(good) // 3] ^= 0x10
    wasm.write_bytes(bytes(flipped))
    flow.run("flipped-component", verb="link")
    (flow.dir / "unknown.wat").write_text("""(component
      (import "acme:db/rows@1.0.0" (instance
        (export "count" (func (result u32)))))
      (type $brief (record (field "id" u64)))
      (export $b "brief" (type $brief))
      (core module $m (func (export "evaluate") (param i64) (result i32)
        i32.const 1))
      (core instance $i (instantiate $m))
      (func (export "evaluate") (param "event" $b) (result bool)
        (canon lift (core func $i "evaluate"))))""")
    subprocess.run([WITC, "wat", flow.dir / "unknown.wat", wasm], check=True)
    flow.run("unknown-import", verb="link")
    (flow.dir / "handle.wat").write_text(HANDLE)
    subprocess.run([WITC, "wat", flow.dir / "handle.wat", wasm], check=True)
    flow.run("handle-in-event", verb="link")
    (flow.dir / "init.wat").write_text(EXTRA_INIT)
    subprocess.run([WITC, "wat", flow.dir / "init.wat", wasm], check=True)
    check("a toolchain's own init is not the stage's",
          torvyn("link", flow.dir / "torvyn.yaml")[0], 0)
    wasm.unlink()
    flow.run("missing-component", verb="link")


# ---------------------------------------------------------------------------
# The file.

@with_flow
def types_that_differ(flow):
    wit = flow.dir / "wit/flights.wit"
    text = wit.read_text()
    wit.write_text(text.replace("    dep-delay: option<s32>,",
                                "    dep-delay: option<string>,", 1))
    flow.run("types-differ", verb="link")
    flow.run("types-differ-check", verb="check")


def mistake(name, old, new, verb="check"):
    @with_flow
    def case(flow):
        flow.replace(old, new)
        flow.run(name, verb=verb)
    case.__name__ = name


mistake("misspelled-key", "capacity: 256", "capasity: 256")
mistake("misspelled-stage", "- departures -> validate ->",
        "- departures -> valdate ->")
mistake("misspelled-port", "route.delivery ->", "route.delivry ->")
mistake("misspelled-type", "events.departure", "events.departur")
mistake("not-built-yet", "window: { count: 10000 }",
        "window: { every: 1s, clock: event }")
mistake("bare-number", "bytes: 4MiB", "bytes: 4000000")
mistake("config-of-another-type", "late-after: 15", "late-after: soon",
        "link")
mistake("config-out-of-range", "late-after: 15", "late-after: 3000000000",
        "link")
mistake("config-misspelled", "late-after: 15", "late-aftr: 15", "link")
mistake("table-missing", "data/airlines.csv", "data/airlnes.csv", "link")


# Pressure and failure.

DELIVERY = "  - route.delivery -> announce -> delivery\n"


def edge(name, options):
    mistake(name, DELIVERY, f"  - route.delivery -> announce: {options}\n"
            "  - announce -> delivery\n")


def on_error(name, value):
    mistake(name, "announce: { component:",
            f"announce: {{ on-error: {value}, component:")


edge("overflow-underscore", "{ overflow: drop_oldest }")
edge("overflow-of-another-language", "{ overflow: drop-head }")
edge("rate-without-unit", "{ rate: 500 }")
edge("rate-a-minute", "{ rate: 600/min }")
edge("rate-limit-without-rate", "{ overflow: rate-limit, burst: 50 }")
edge("burst-without-rate", "{ burst: 50 }")
mistake("overflow-on-a-chain", DELIVERY, DELIVERY.replace(
    "\n", ": { overflow: drop-newest, rate: 5/s }\n"))
mistake("default-rate-limit-without-rate", "bytes: 4MiB",
        "bytes: 4MiB, overflow: rate-limit")
on_error("retry-negative", "{ retry: -1 }")
on_error("retry-as-a-word", "retry")
on_error("backoff-falls", "{ retry: 3, backoff: 1s..10ms }")
on_error("backoff-with-a-dash", "{ retry: 3, backoff: 10ms-1s }")
on_error("backoff-without-retry", "{ backoff: 10ms..1s, then: drop }")
on_error("dead-letter-without-one", "{ retry: 3, then: dead-letter }")


def threads(name, value):
    mistake(name, "stage: { memory: 4MiB, deadline: 100ms }",
            "stage: { memory: 4MiB, deadline: 100ms }\n" + value)


threads("thread-unknown-stage", "threads: { slow: [anounce, delivery] }")
threads("thread-of-two", "threads: { a: [announce], b: [delivery, announce] }")
threads("thread-empty", "threads: { slow: [] }")
threads("thread-number", "threads: 4")
mistake("state-of-a-filter", "validate: { component:",
        "validate: { state: window, component:", "link")
mistake("thread-fed-from-two", "edges:",
        "threads: { slow: announce }\nedges:\n  - announce -> totals", "link")
mistake("thread-that-is-shared", "edges:",
        "require: { cannot-stall-others: [delivery], threads: true }\nedges:",
        "link")
mistake("loss-not-accepted", DELIVERY,
        "  - route.delivery -> announce: { overflow: drop-oldest, rate: 9/s }\n"
        "  - announce -> delivery: { overflow: drop-newest, rate: 9/s }\n"
        "require: { loss: [delivery] }\n", "link")


@with_flow
def table_of_another_type(flow):
    table = flow.dir / "data/airlines.csv"
    good = table.read_text()
    table.write_text(good.replace("Envoy Air,regional", "Envoy Air,local"))
    flow.run("table-of-another-type", verb="link")
    table.write_text(good.replace("carrier,name,kind", "carrier,title,kind"))
    flow.run("table-without-column", verb="link")
    table.write_text(good + "UA,Twice,major\n")
    flow.run("table-key-twice", verb="link")


# ---------------------------------------------------------------------------
# Outside.

@with_flow
def input_and_output(flow):
    flow.replace("data/in.ndjson", "data/nothing.ndjson")
    flow.run("missing-input")
    flow.replace("data/nothing.ndjson", "data/in.ndjson")
    flow.replace("out/totals.ndjson", "data/in.ndjson/totals.ndjson")
    flow.run("unwritable-output")


@with_flow
def full_output(flow):
    flow.replace("path: out/notices.ndjson, mode: replace",
                 "path: /dev/full")
    report = flow.run("full-output")
    check("delivered nothing there", report["stages"]["delivery"]
          ["delivered"], 0)


@with_flow
def small_disk(flow):
    """A file size limit stands in for a small file system."""
    flow.write()
    report = flow.run("small-disk", preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_FSIZE, (20000, 20000)))
    lines = (flow.dir / "out/notices.ndjson.partial").read_bytes()
    check("small disk: whole lines", lines.count(b"\n"),
          report["stages"]["delivery"]["delivered"])
    check("small disk: no torn line", lines.endswith(b"\n"), True)


mistake("dead-letter-option", "flow: flights",
        "flow: flights\ndead-letter: { file: { pth: x } }", "link")


@with_flow
def closed_pipe(flow):
    flow.replace("path: out/notices.ndjson, mode: replace", "path: stdout")
    flow.write()
    run = subprocess.Popen([TORVYN, "run", "torvyn.yaml", "--report",
                            flow.dir / "report.json"], cwd=flow.dir,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    run.stdout.close()
    err = run.stderr.read().decode()
    status = run.wait(60)
    texts["closed-pipe"] = status, flow.clean(err).split("flights: ")[0]
    report = json.loads((flow.dir / "report.json").read_text())
    check("closed pipe: balanced", report["balanced"], True)


@with_flow
def closed_pipe_of_json(flow):
    flow.write()
    for args in (["link", "torvyn.yaml", "--json"], ["run", "--help"]):
        run = subprocess.Popen([TORVYN, *args], cwd=flow.dir,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        run.stdout.close()
        check("stderr of a closed --json", run.stderr.read(), b"")
        check("status of a closed --json", run.wait(60), 0)


# ---------------------------------------------------------------------------
# Guests.

def guest_case(name):
    @with_flow
    def case(flow):
        flow.guest(name)
        report = flow.run(f"guest-{name}")
        check(f"{name}: dropped", report["events"]["dropped"], 1)
        check(f"{name}: failed", report["stages"]["validate"]["failed"], 1)
        check_that(f"{name}: before it", report["stages"]["validate"]
                   ["passed"] >= 900)
    case.__name__ = f"guest_{name}"


guest_case("trap")
guest_case("spin")
guest_case("grow")
guest_case("reject")


@with_flow
def guest_is_replaced(flow):
    flow.guest("trap")
    flow.replace("validate: { component:",
                 "validate: { on-error: drop, component:")
    report = flow.run("guest-trap-drop")
    check("dropped", report["stages"]["validate"]["dropped"], 1)
    check("went on", report["stages"]["validate"]["in"], 1200)


@with_flow
def unwilling_guest(flow):
    flow.guest("unwilling")
    flow.replace("unwilling.wasm }",
                 "unwilling.wasm, config: { wish: not today } }")
    flow.run("guest-unwilling")


@with_flow
def talking_guest(flow):
    flow.guest("talker")
    flow.run("grants-missing", verb="link")
    flow.replace("talker.wasm }", "talker.wasm, grants: [metrics] }")
    report = flow.run("guest-talker")
    check("talker passed", report["stages"]["validate"]["passed"], 1200)


# ---------------------------------------------------------------------------
# Signals.

@with_flow
def sigterm_drains(flow):
    flow.replace("source: { file: { path: data/in.ndjson } }\n"
                 "    codec: json\n",
                 "source: { generate: { seed: 7, rate: 20000/s, fields: { carrier: [AA, UA] } } }\n")
    flow.replace("    event-time: { field: time, unit: ns }\n", "")
    flow.write()
    out = flow.dir / "out"
    run = subprocess.Popen([TORVYN, "run", "torvyn.yaml", "--report",
                            flow.dir / "report.json"], cwd=flow.dir,
                           stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not (list(out.glob("notices*")) and
               any(p.stat().st_size > 4096 for p in out.glob("notices*"))):
        check_that("the flow writes", time.monotonic() < deadline and
                   run.poll() is None, run.poll())
        select_pause(run)
    run.send_signal(signal.SIGTERM)
    err = run.stderr.read().decode()
    check(f"SIGTERM: {err}", run.wait(60), 0)
    report = json.loads((flow.dir / "report.json").read_text())
    check("SIGTERM: balanced", report["balanced"], True)
    check("SIGTERM: in flight", report["events"]["in_flight"], 0)
    check_that("SIGTERM: events", report["events"]["in"] > 0)
    check("SIGTERM: notices", report["stages"]["delivery"]["delivered"],
          (out / "notices.ndjson").read_bytes().count(b"\n"))
    left, right = law(report)
    check("SIGTERM: the law", left, right)


def select_pause(run):
    """Gives the flow a moment: waits for its end at most 20 ms."""
    try:
        run.wait(0.02)
    except subprocess.TimeoutExpired:
        pass


# ---------------------------------------------------------------------------

def main():
    for case in CASES:
        case()
    golden(GOLDEN, texts)
    done("mistakes")


if __name__ == "__main__":
    main()
