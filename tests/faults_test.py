#!/usr/bin/env python3
"""faults_test -- the ledger means something: every way to lose, double or
misfile an event ends the run with exit 4 and names where.

Needs a build with TVN_FAULTS (the asan preset); elsewhere the sites are not
compiled in, and it says so.
"""
import os
import pathlib
import re
import sys

from torvyn import (FLIGHTS, ROOT, SAMPLE, check, check_that, done,
                    flights_yaml, scratch, torvyn)

SITES = ["source-read", "push", "pop", "fan-out", "filter", "route", "absorb",
         "emit", "dead-letter", "sink-write"]
KINDS = ["lose", "double", "misfile"]

# Where each site is in the flow below: the stage or edge that is named.
# A fault at `push` or `pop` is on whichever edge the N-th event passes.
NAMED = {
    "source-read": "stage departures",
    "push": "",
    "pop": "",
    "fan-out": "",
    "filter": "stage validate",
    "route": "stage route|edge route",
    "absorb": "stage tally",
    "emit": "stage enrich|stage tally|stage announce",
    "dead-letter": "stage departures",
    "sink-write": "stage totals|stage delivery|stage copies",
}
ANY = r"(stage|edge) (departures|validate|enrich|route|tally|announce|totals|delivery)"

# The flights flow with a second reader of the delivery branch (a fan-out)
# and a dead letter.
EXTRA = """  copies:
    sink: { file: { path: out/copies.ndjson, mode: replace } }
    codec: json
edges:"""


def prepare(folder):
    text = flights_yaml()
    text = text.replace("wit: wit/", f"wit: {FLIGHTS}/wit")
    text = text.replace("data/airlines.csv", f"{FLIGHTS}/data/airlines.csv")
    text = text.replace("data/flights.ndjson", "in.ndjson")
    text = text.replace("edges:\n", EXTRA + "\n")
    text += "  - announce -> copies\n"
    text += "dead-letter: { file: { path: out/dead.ndjson } }\n"
    (folder / "torvyn.yaml").write_text(text)
    lines = SAMPLE.read_bytes().splitlines(keepends=True)
    for at in range(50, 1000, 100):
        lines[at] = b"{ no json\n"
    (folder / "in.ndjson").write_bytes(b"".join(lines))


def main():
    with scratch() as name:
        folder = pathlib.Path(name)
        prepare(folder)
        status, _, err = torvyn("run", "torvyn.yaml", cwd=folder)
        check("without a fault: " + err, status, 0)
        probe, _, err = torvyn("run", "torvyn.yaml", cwd=folder,
                               env={"TVN_FAULT": "nonsense"})
        if probe == 0:
            print("faults: 0 passed, 0 failed, 30 skipped (a build without "
                  "TVN_FAULTS has no fault sites)")
            return
        check_that("a fault that does not read ends the program", probe < 0,
                   err)
        for site in SITES:
            for kind in KINDS:
                fault = f"{site}:{kind}:5"
                status, _, err = torvyn("run", "torvyn.yaml", cwd=folder,
                                        env={"TVN_FAULT": fault})
                check(f"{fault}: exit status\n{err}", status, 4)
                check_that(f"{fault}: it is the ledger",
                           "error[E0701]" in err, err)
                first = next(line for line in err.splitlines()
                             if "error[E0701]" in line)
                check_that(f"{fault}: names the place",
                           re.search(NAMED[site] or ANY, first), first)
                print(f"{fault:22} {first}")
    done("faults")


if __name__ == "__main__":
    main()
