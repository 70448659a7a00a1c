#!/usr/bin/env python3
"""flat_test -- the flights' stages take no more memory for many events than
for a few: nothing that the SDK hands out is left behind.

    TVN_FLAT_EVENTS   events through each stage; 1,000,000 when not set
"""
import json
import os
import pathlib

from torvyn import FLIGHTS, FLIGHTS_BUILT, SANITIZED, check, done, scratch, torvyn

FEW = 20_000
MANY = int(os.environ.get("TVN_FLAT_EVENTS", 40_000 if SANITIZED else 1_000_000))

DEPARTURE = ("carrier: [AA, UA, DL, B6, XX, EV, MQ], origin: [EWR, JFK, LGA], "
             "dep-delay: { min: -20, max: 240 }")
STAGES = {  # stage: type of its events, hints, more keys
    "validate": ("events.departure", DEPARTURE, ""),
    "enrich": ("events.departure", DEPARTURE,
               ", config: { default-airline: unknown, late-after: 15 }, "
               f"tables: {{ airlines: {FLIGHTS}/data/airlines.csv }}"),
    "route": ("events.enriched", "", ""),
    "tally": ("events.enriched", "flight.carrier: [AA, UA, DL, B6, EV], "
              "flight.dep-delay: { min: -20, max: 240 }",
              ", window: { count: 10000 }"),
    "announce": ("events.enriched", "flight.origin: [EWR, JFK, LGA]", ""),
}

YAML = """flow: flat
wit: {flights}/wit
defaults: {{ max-event: 16KiB, stage: {{ memory: 4MiB }} }}
stages:
  in: {{ source: {{ generate: {{ count: {count}, fields: {{ {hints} }} }} }}, type: {type} }}
  {stage}: {{ component: {built}/{stage}.wasm{more} }}
  out: {{ sink: 'null' }}
  also: {{ sink: 'null' }}
edges: [ {edges} ]
"""


def memory(folder, stage, count):
    kind, hints, more = STAGES[stage]
    edges = (["in -> route", "route.analytics -> out", "route.delivery -> also"]
             if stage == "route" else
             [f"in -> {stage} -> out"])
    text = YAML.format(flights=FLIGHTS, built=FLIGHTS_BUILT, stage=stage,
                       count=count, hints=hints, type=kind, more=more,
                       edges=", ".join(edges))
    if stage != "route":
        text = text.replace("  also: { sink: 'null' }\n", "")
    path = pathlib.Path(folder) / "torvyn.yaml"
    path.write_text(text)
    status, out, err = torvyn("run", path, "--json", timeout=540)
    check(f"{stage}: status", (status, err if status else ""), (0, ""))
    report = json.loads(out)
    found = report["stages"][stage]
    check(f"{stage}: events", (report["balanced"], found["in"]), (True, count))
    return found["memory_bytes"]


if __name__ == "__main__":
    with scratch() as folder:
        for stage in STAGES:
            few = memory(folder, stage, FEW)
            many = memory(folder, stage, MANY)
            check(f"{stage}: memory after {MANY} events as after {FEW}", many,
                  few)
            print(f"{stage}: {many} bytes of memory after {MANY} events, "
                  f"{few} after {FEW}")
    done("flat_test")
