#!/usr/bin/env python3
"""flights_test -- the flights flow on the sample: outputs, account, copies."""
import csv
import json
import pathlib
import subprocess
import sys

from torvyn import (FLIGHTS, ROOT, SAMPLE, check, check_that, done, law,
                    run_flights, scratch)

# ---------------------------------------------------------------------------
# Canonical ABI sizes, from the types of wit/flights.wit.


def align_to(at, align):
    return (at + align - 1) // align * align


def layout(kind):
    """(size, align) of a type: a number, "string", ("option", T), [fields]."""
    if isinstance(kind, int):
        return kind, kind
    if kind == "string":
        return 8, 4
    if isinstance(kind, tuple):
        size, align = layout(kind[1])
        at = align_to(1, align) + size
        return align_to(at, align), align
    at, most = 0, 1
    for field in kind:
        size, align = layout(field)
        at = align_to(at, align) + size
        most = max(most, align)
    return align_to(at, most), most


U8, U32, S32, U64, S64, BOOL, ENUM = 1, 4, 4, 8, 8, 1, 1
DEPARTURE = [U64, U64, "string", "string", "string", ("option", S32), U32]
BRIEF = [U64, ("option", S32), U32]
ENRICHED = [DEPARTURE, "string", ENUM, BOOL]
LATENESS = [BOOL]
ROW = [["string", ("option", S32)]]
TOTALS = ["string", U64, S64, S32]
NOTICE = [U64, "string", U8]


def predict(source, out):
    """{(stage, reason): (count, bytes)} from the input alone."""
    with open(FLIGHTS / "data/airlines.csv", encoding="utf-8") as file:
        names = {row["carrier"]: row["name"] for row in csv.DictReader(file)}
    sums = {}

    def add(stage, reason, size):
        count, total = sums.get((stage, reason), (0, 0))
        sums[stage, reason] = count + 1, total + size

    def size(kind, *texts):
        return layout(kind)[0] + sum(len(t.encode()) for t in texts)

    kept, rows = 0, set()
    for raw in pathlib.Path(source).read_bytes().splitlines(keepends=True):
        e = json.loads(raw)
        texts = e["carrier"], e["origin"], e["dest"]
        add("departures", "connector", len(raw))
        add("departures", "codec-in", size(DEPARTURE, *texts))
        add("validate", "lower", size(BRIEF))
        if e["id"] == 0 or e["distance"] == 0 or e["dep_delay"] is None:
            continue
        airline = names.get(e["carrier"], "unknown")
        add("enrich", "lower", size(DEPARTURE, *texts))
        add("enrich", "lift", size(ENRICHED, *texts, airline))
        add("route", "lower", size(LATENESS))
        add("tally", "lower", size(ROW, e["carrier"]))
        rows.add((kept // 10000, e["carrier"]))
        kept += 1
        if e["dep_delay"] > 15:
            text = (f"{airline} flight {e['origin']} to {e['dest']} leaves "
                    f"{e['dep_delay']} min late")
            line = json.dumps({"id": e["id"], "text": text,
                               "priority": 2 if e["dep_delay"] > 120 else 1},
                              separators=(",", ":")) + "\n"
            add("announce", "lower", size(ENRICHED, *texts, airline))
            add("announce", "lift", size(NOTICE, text))
            add("delivery", "codec-out", size(NOTICE, text))
            add("delivery", "connector", len(line.encode()))
    for _, carrier in rows:
        add("tally", "lift", size(TOTALS, carrier))
        add("totals", "codec-out", size(TOTALS, carrier))
    for raw in (out / "totals.ndjson").read_bytes().splitlines(keepends=True):
        add("totals", "connector", len(raw))
    return sums


# ---------------------------------------------------------------------------
# The report.

EVENTS = {"in", "emitted", "forked", "delivered", "filtered", "unrouted",
          "dropped", "dead", "absorbed", "in_flight"}
STAGE = {"role", "in", "passed", "delivered", "filtered", "unrouted",
         "absorbed", "dropped", "dead", "held", "out", "emitted",
         "retried", "failed", "calls", "guest_ns", "memory_bytes",
         "lost_state"}
EDGE = {"offered", "enqueued", "dequeued", "dropped_newest", "dropped_oldest",
        "refused", "refused_dropped", "refused_dead", "refusals",
        "discarded", "waiting", "depth", "depth_max", "capacity", "bytes_max",
        "token_waits", "response_ns", "response_events", "suspended_ns",
        "resume_ns"}
TOP = {"flow", "elapsed_ns", "cpu_ns", "balanced", "events", "stages",
       "edges", "paths", "copies", "overhead_ns", "latency_ns"}
EDGES = {"departures -> validate", "validate -> enrich", "enrich -> route",
         "route.analytics -> tally", "tally -> totals",
         "route.delivery -> announce", "announce -> delivery"}
ROLES = {"departures": "source", "validate": "filter", "enrich": "processor",
         "route": "router", "tally": "aggregator", "announce": "processor",
         "totals": "sink", "delivery": "sink"}


def check_keys(report):
    check("top keys", set(report), TOP)
    check("event keys", set(report["events"]), EVENTS)
    check("stages", {n: s["role"] for n, s in report["stages"].items()},
          ROLES)
    for name, stage in report["stages"].items():
        check_that(f"keys of {name}", STAGE <= set(stage), STAGE - set(stage))
    check("edges", set(report["edges"]), EDGES)
    for name, edge in report["edges"].items():
        check_that(f"keys of {name}", EDGE <= set(edge), EDGE - set(edge))
        check(f"response of {name}", set(edge["response_ns"]),
              {"count", "p50", "p99", "max"})
    check("overhead", set(report["overhead_ns"]), {"mean", "p50", "p99"})
    check("latency", set(report["latency_ns"]), {"totals", "delivery"})


def check_law(report):
    left, right = law(report)
    check("the flow's law", left, right)
    for name, s in report["stages"].items():
        if s["role"] == "source":
            continue
        check(f"the law of {name}", s["in"],
              sum(s[k] for k in ("passed", "delivered", "filtered",
                                 "unrouted", "absorbed", "dropped", "dead",
                                 "held")))
    for name, e in report["edges"].items():
        check(f"offers of {name}", e["offered"],
              e["enqueued"] + e["dropped_newest"] + e["refused"] +
              e["waiting"])
        check(f"queue of {name}", e["enqueued"],
              e["dequeued"] + e["dropped_oldest"] + e["discarded"] +
              e["depth"])
        check_that(f"bound of {name}", e["depth_max"] <= e["capacity"])


def main():
    with scratch() as folder:
        out = pathlib.Path(folder)
        status, report, text = run_flights(out)
        check("exit status (" + text + ")", status, 0)
        check_that("first line", text.startswith("flights: ok, 2,000 in = "),
                   text)
        check("balanced", report["balanced"], True)
        check("in", report["events"]["in"],
              SAMPLE.read_bytes().count(b"\n"))
        check_keys(report)
        check_law(report)
        lines = {n: (out / f"{f}.ndjson").read_bytes().count(b"\n")
                 for n, f in (("totals", "totals"), ("delivery", "notices"))}
        for name, count in lines.items():
            check(f"lines of {name}", report["stages"][name]["delivered"],
                  count)
        oracle = subprocess.run(
            [sys.executable, ROOT / "tests/flights_oracle.py", SAMPLE, out],
            capture_output=True, text=True)
        check("oracle: " + oracle.stderr, oracle.returncode, 0)
        got = {(c["stage"], c["reason"]): (c["count"], c["bytes"])
               for c in report["copies"] if c["reason"] != "control"}
        check("copies", dict(sorted(got.items())),
              dict(sorted(predict(SAMPLE, out).items())))
    done("flights")


if __name__ == "__main__":
    main()
