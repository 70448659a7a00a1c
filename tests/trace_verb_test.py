#!/usr/bin/env python3
"""trace_verb_test -- torvyn trace on the flights: what it shows of an event,
what it leaves alone, threads, policies, exit statuses."""
import json
import pathlib

from torvyn import (FLIGHTS, SAMPLE, check, check_that, done, flights_yaml, law,
                    run_flights, scratch, torvyn)

STEP = {"stage", "role", "edge", "queue_ns", "again_after_ns", "calls",
        "call_ns", "call_events", "became", "fault", "whole_ns", "outputs",
        "copied", "to"}
HOP = {"edge", "queued", "kept_ns", "full_ns", "refusals", "dropped_newest",
       "dropped_oldest", "refused_dropped", "refused_dead", "left"}
EDGE = {"response_ns", "response_events", "suspended_ns", "resume_ns"}


def trace(out, *more, file=FLIGHTS / "torvyn.yaml"):
    """torvyn trace with outputs in `out`: (status, stdout, stderr)."""
    out = pathlib.Path(out)
    sets = {
        "stages.departures.source.file.path": SAMPLE,
        "stages.totals.sink.file.path": out / "totals.ndjson",
        "stages.delivery.sink.file.path": out / "notices.ndjson",
    }
    args = ["trace", file]
    for path, value in sets.items():
        args += ["--set", f"{path}={value}"]
    return torvyn(*args, *more)


def outputs(out):
    return [(pathlib.Path(out) / name).read_bytes()
            for name in ("totals.ndjson", "notices.ndjson")]


def check_event(event):
    """The way of one departure, from what is in its record alone."""
    record = json.loads(
        SAMPLE.read_bytes().splitlines()[event["sequence"]])
    steps = {s["stage"]: s for s in event["steps"]}
    late = (record["dep_delay"] or 0) > 15
    kept = (record["id"] != 0 and record["distance"] != 0 and
            record["dep_delay"] is not None)
    way = ["departures", "validate"]
    if kept:
        way += ["enrich", "route", "tally"]
        way += ["announce", "delivery"] if late else []
    number = event["sequence"]
    check(f"stages of event {number}", sorted(steps), sorted(way))
    check(f"steps of event {number}", len(event["steps"]), len(way))
    for step in event["steps"]:
        check(f"keys of a step of {number}", set(step), STEP)
        check_that("it was called", step["call_ns"] > 0 or
                   step["stage"] == "departures", step)
        check_that("it waited", (step["queue_ns"] is None) ==
                   (step["role"] == "source"), step)
        for hop in step["to"]:
            check("keys of a hop", set(hop), HOP)
    check("made", steps["departures"]["became"], "made")
    check("made alone", steps["departures"]["call_events"], 1)
    check("validated", steps["validate"]["became"],
          "passed" if kept else "filtered")
    if kept:
        check("copied by enrich", set(steps["enrich"]["copied"]),
              {"lower", "lift", "control"})
        check("routed", sorted(h["edge"] for h in steps["route"]["to"]),
              ["route.analytics -> tally"] +
              (["route.delivery -> announce"] if late else []))
        check("tallied", steps["tally"]["became"], "absorbed")
    if kept and late:
        whole = steps["delivery"]["whole_ns"]
        parts = sum(steps[n]["call_ns"] + (steps[n]["queue_ns"] or 0)
                    for n in way if n != "tally")
        check("delivered", steps["delivery"]["became"], "delivered")
        check("its parts make the whole", parts, whole)
        check_that("copied out", steps["delivery"]["copied"]["codec-out"] > 0)


def flights_in_json():
    with scratch() as plain, scratch() as out:
        status, _, text = run_flights(plain)
        check("run: " + text, status, 0)
        status, text, err = trace(out, "--every", "10", "--count", "190",
                                  "--json")
        check("trace --json", (status, err), (0, ""))
        got = json.loads(text)
        check("outputs are those of a run", outputs(out), outputs(plain))
        check("top keys", set(got),
              {"events", "lost", "edges", "paths", "report"})
        check("nothing lost", got["lost"], 0)
        check("followed", [e["sequence"] for e in got["events"]
                           if e["of"] == "departures"],
              list(range(0, 1900, 10)))
        for event in got["events"]:
            check_event(event)
        check("edges", set(got["edges"]), set(got["report"]["edges"]))
        for name, edge in got["edges"].items():
            check(f"keys of {name}", set(edge), EDGE)
            check(f"times of {name}", edge["response_ns"],
                  got["report"]["edges"][name]["response_ns"])
        check("paths", got["paths"], got["report"]["paths"])
        left, right = law(got["report"])
        check("the flow's law", left, right)


def flights_for_people():
    with scratch() as out:
        status, text, err = trace(out, "--every", "700")
        check("trace", status, 0)
        check_that("the report", err.startswith("flights: ok, 2,000 in = "),
                   err)
        check("events", [line for line in text.splitlines()
                         if line.startswith("event ")],
              [f"event {n} of departures" for n in (0, 700, 1400)])
        for part in ("  departures  source      call ",
                     "  validate    filter      waited ", ": absorbed",
                     "    to route.analytics -> tally\n", " lower ", " after "):
            check_that(part, part in text, text)
        status, text, err = trace(out, "--every", "3", "--count", "1",
                                  "--limit", "2")
        check("limit", (status, text.count("event ")), (0, 1))
        check_that("2 in", err.startswith("flights: ok, 2 in = "), err)


def an_edge_that_is_full():
    """A sink with a rate: its edge and those before it fill up."""
    with scratch() as out:
        file = pathlib.Path(out) / "torvyn.yaml"
        text = flights_yaml().replace(
            "wit: wit/", f"wit: {FLIGHTS / 'wit'}/").replace(
            "airlines: data", f"airlines: {FLIGHTS / 'data'}").replace(
            "  - route.delivery -> announce -> delivery",
            "  - route.delivery -> announce\n"
            "  - announce -> delivery: { capacity: 4, rate: 4000/s }")
        file.write_text(text.replace("capacity: 256", "capacity: 16"))
        status, text, err = trace(out, "--every", "1", "--count", "400",
                                  file=file)
        check("full: " + err, status, 0)
        check_that("who waited", " by announce -> delivery, full\n" in text or
                   ", full for " in text, text[-3000:])
        check_that("the table", "\nedges that were full  " in text,
                   text[-2000:])
        check_that("the path", "  departures: stood still " in text,
                   text[-2000:])
        check_that("the report has them", "events (at most), suspended for "
                   in err and " (p99), resumed in " in err, err)


def threads():
    """Two threads, two logs, one trace."""
    with scratch() as out:
        file = pathlib.Path(out) / "torvyn.yaml"
        file.write_text(flights_yaml().replace(
            "wit: wit/", f"wit: {FLIGHTS / 'wit'}/").replace(
            "airlines: data", f"airlines: {FLIGHTS / 'data'}") +
            "threads: { b: [announce, delivery], c: [tally] }\n")
        status, text, err = trace(out, "--every", "7", "--count", "250",
                                  "--json", file=file)
        check("threads", (status, err), (0, ""))
        events = json.loads(text)["events"]
        made = [e for e in events if e["of"] == "departures"]
        check_that("most of them", len(made) >= 200, len(made))
        delivered = 0
        for event in made:
            steps = {s["stage"]: s for s in event["steps"]}
            for step in event["steps"]:
                check_that("its wait is known", step["queue_ns"] is not None or
                           step["role"] == "source", step)
            if "announce" in steps:
                check("delivered", steps["delivery"]["became"], "delivered")
                delivered += 1
        check_that("some were late", delivered > 0)


def refusals():
    with scratch() as out:
        status, text, err = torvyn(
            "trace", FLIGHTS / "torvyn.yaml", "--set",
            "stages.delivery.sink.file=stdout")
        check("stdout is the trace's", (status, text), (2, ""))
        check_that("and says so", err.startswith(
            "torvyn trace: a sink writes to standard output"), err)
        status, text, err = trace(out, "--count", "1000000")
        check("--count", (status, text, err),
              (2, "", "torvyn trace: --count takes at most 100000\n"))
        status, text, err = trace(out, "--every", "0")
        check("--every", (status, text), (2, ""))
        status, text, err = torvyn("trace", pathlib.Path(out) / "none.yaml")
        check("no file", (status, text), (3, ""))


def a_run_that_fails():
    """The same exit status as run, and the trace up to there."""
    with scratch() as out:
        lines = SAMPLE.read_bytes().splitlines(keepends=True)
        bad = pathlib.Path(out) / "bad.ndjson"
        bad.write_bytes(b"".join(lines[:50]) + b"{\n" + b"".join(lines[50:]))
        more = ["--set", f"stages.departures.source.file.path={bad}"]
        status, report, _ = run_flights(out, bad)
        check("run", (status, report["events"]["in"]), (4, 51))
        status, text, err = trace(out, "--every", "10", *more)
        check("trace", status, 4)
        check("events", text.count(" of departures\n"), 5)


def main():
    flights_in_json()
    flights_for_people()
    an_edge_that_is_full()
    threads()
    refusals()
    a_run_that_fails()
    done("trace")


if __name__ == "__main__":
    main()
