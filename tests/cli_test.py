#!/usr/bin/env python3
"""cli_test -- the verbs from outside: help, JSON, usage errors, limits."""
import json
import os
import pathlib
import pty
import subprocess

from torvyn import (FLIGHTS, FLIGHTS_BUILT, ROOT, SAMPLE, TORVYN, check,
                    check_that, done, flights_yaml, run_flights, scratch, torvyn)

VERBS = ["new", "build", "link", "check", "run", "test", "trace", "inspect",
         "bench", "doctor", "version"]
YAML = FLIGHTS / "torvyn.yaml"


def help_of_each():
    status, out, err = torvyn("--help")
    check("--help", (status, err), (0, ""))
    for verb in VERBS:
        check_that(f"--help names {verb}", f"\n  {verb} " in out, out)
        status, text, err = torvyn(verb, "--help")
        check(f"{verb} --help", (status, err), (0, ""))
        check_that(f"{verb} --help", text.startswith(
            f"usage: torvyn {verb} ") and
            ("--json" in text or verb == "new"), text)


def usage_errors():
    for args, text in [
            ([], "torvyn: a verb is missing\n"),
            (["lnk"], "torvyn: there is no verb 'lnk'\n"
                      "help: did you mean 'torvyn link'?\n"),
            (["run", "--limt", "3"], "torvyn run: there is no option "
                                     "'--limt'\nhelp: did you mean "
                                     "'--limit'?\n"),
            (["run", "--limit", "no"], "torvyn: --limit takes a whole number "
                                       "above 0, not 'no'\n"),
            (["run", "a.yaml", "b.yaml"], "torvyn: 'b.yaml' is one argument "
                                          "too many\n"),
            (["run", "--set", "x"], "torvyn: --set takes PATH=VALUE"),
            (["link", "--explain", "E9999"], "torvyn link: there is no error "
                                             "code 'E9999'\n"),
            (["inspect"], "torvyn inspect: which component?\n")]:
        status, out, err = torvyn(*args)
        check(f"torvyn {args}", (status, out), (2, ""))
        check_that(f"torvyn {args}", err.startswith(text), err)


def reading_verbs_in_json():
    status, out, _ = torvyn("link", YAML, "--json")
    link = json.loads(out)
    check("link --json", (status, link["ok"], link["findings"]),
          (0, True, []))
    check("edges", [e["verdict"] for e in link["link"]["edges"]],
          ["view", "same", "view", "view", "codec", "same", "codec"])
    status, out, _ = torvyn("check", YAML, "--json", "--set",
                            "stages.departures.type=events.departur")
    link = json.loads(out)
    check("check --json", (status, link["ok"]), (1, False))
    check("its finding", link["findings"][0]["code"], "E0209")
    check("its help", link["findings"][0]["help"],
          "did you mean 'events.departure'?")
    status, out, _ = torvyn("inspect", FLIGHTS_BUILT / "enrich.wasm", "--json")
    enrich = json.loads(out)
    check("inspect --json", (status, enrich["role"], enrich["event"]["bytes"],
                             enrich["output"]["bytes"]),
          (0, "processor", 56, 72))
    for verb in ("doctor", "version"):
        status, out, _ = torvyn(verb, "--json")
        check_that(f"{verb} --json", status == 0 and json.loads(out), out)


def inspect_for_people():
    status, out, _ = torvyn("inspect", FLIGHTS_BUILT / "route.wasm")
    check("inspect", status, 0)
    for text in ("export route: func(event: lateness) -> port;",
                 "role: router", "port     analytics", "port     delivery",
                 "per event: 1 call; in 1 B, out the same image"):
        check_that("inspect route.wasm", text in out, out)
    status, out, err = torvyn("inspect", "nothing.wasm")
    check("inspect nothing", (status, out), (3, ""))
    check("inspect nothing", err, "nothing.wasm: error[E0007]: cannot be "
          "read: there is no such file\n")


def edge_line():
    _, out, _ = torvyn("link", YAML)
    check_that("one line an edge", "\nenrich -> route             view   "
               "late: bool, 1 of 72 B, shared image\n" in out, out)
    status, out, _ = torvyn("link", "--explain", "E0203")
    check("--explain", (status, out.split("\n")[0]),
          (0, "E0203 (exit status 1): The consumer of an edge cannot read "
              "what its producer sends."))


def limits_and_reports():
    with scratch() as folder:
        status, report, _ = run_flights(folder, SAMPLE, "--limit", "7")
        check("--limit", (status, report["events"]["in"]), (0, 7))
        out = pathlib.Path(folder)
        sets = ["--set", f"stages.departures.source.file.path={SAMPLE}",
                "--set", f"stages.totals.sink.file.path={out}/t.ndjson"]
        stdout = ["--set", "stages.delivery.sink.file=stdout"]
        status, text, err = torvyn("run", YAML, "--json", *sets, *stdout)
        check("--json with a stdout sink", (status, text), (2, ""))
        check_that("and what to do", "help: write it to a file: --report" in
                   err, err)
        status, text, _ = torvyn("run", YAML, *sets, *stdout)
        check("a stdout sink", (status, text.count("\n")), (0, 405))
        status, text, _ = torvyn(
            "run", YAML, "--json", *sets, "--set",
            f"stages.delivery.sink.file.path={out}/n.ndjson")
        check("run --json", (status, json.loads(text)["balanced"]), (0, True))
        status, text, _ = torvyn(
            "run", YAML, *sets, "--set",
            "stages.departures.source.file.path=stdin", *stdout,
            stdin=SAMPLE.read_bytes())
        check("a stdin source", (status, text.count("\n")), (0, 405))


def progress_on_a_terminal_only():
    """A rate keeps the flow alive for a few progress lines."""
    with scratch() as folder:
        text = pathlib.Path(folder) / "torvyn.yaml"
        yaml = flights_yaml().replace(
            "source: { file: { path: data/flights.ndjson } }\n"
            "    codec: json\n",
            "source: { generate: { rate: 100/s, fields: "
            "{ carrier: [AA] } } }\n").replace(
            "wit/", str(FLIGHTS / "wit")).replace(
            "data/airlines.csv", str(FLIGHTS / "data/airlines.csv"))
        yaml = yaml.replace("    event-time: { field: time, unit: ns }\n", "")
        text.write_text(yaml)
        args = [TORVYN, "run", text, "--limit", "60"]
        parent, child = pty.openpty()
        run = subprocess.Popen(args, stderr=child, cwd=folder)
        os.close(child)
        seen = b""
        while True:
            try:
                part = os.read(parent, 4096)
            except OSError: # the terminal's other end is closed
                break
            if not part:
                break
            seen += part
        os.close(parent)
        check("status", run.wait(60), 0)
        check_that("progress", b" events, " in seen and b"events/s" in seen,
                   seen)
        quiet = subprocess.run(args, stderr=subprocess.PIPE, cwd=folder)
        check_that("no progress into a file", b"\r" not in quiet.stderr,
                   quiet.stderr)


def main():
    help_of_each()
    usage_errors()
    reading_verbs_in_json()
    inspect_for_people()
    edge_line()
    limits_and_reports()
    progress_on_a_terminal_only()
    done("cli")


if __name__ == "__main__":
    main()
