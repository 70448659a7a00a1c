#!/usr/bin/env python3
"""memory_test -- the bound that `torvyn link` prints, against the kernel's
figures.

1. flights: at most 128 MiB besides the engine; the peak of a run on the
   sample, and of one ten times longer, less that of a run of one event,
   stays within the bound.
2. a chain with every queue full of the largest images reaches at least 0.6
   of the queues' part of the bound, exceeds it by no more than the allocator's
   own bytes, and drains.

Not with a sanitizer: its shadow memory is what would be measured.
"""
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import time

from torvyn import (FLIGHTS, ROOT, SAMPLE, SANITIZED, TORVYN, check,
                    check_that, done, scratch, torvyn)

MIB = 1 << 20


def link(*args, cwd=None):
    status, out, err = torvyn("link", *args, "--json", cwd=cwd)
    check("link: " + err, status, 0)
    return json.loads(out)["link"]["memory"]


def peak(source, out, *more):
    """Peak resident bytes of one run."""
    sets = {"stages.departures.source.file.path": source,
            "stages.totals.sink.file.path": out / "totals.ndjson",
            "stages.delivery.sink.file.path": out / "notices.ndjson"}
    args = [TORVYN, "run", FLIGHTS / "torvyn.yaml", *more]
    for path, value in sets.items():
        args += ["--set", f"{path}={value}"]
    run = subprocess.Popen(args, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    check("exit status", run.returncode, 0)
    # The kernel keeps the peak across exec: it is ours when ours was larger.
    check_that("the peak is the child's", usage.ru_maxrss * 1024 >
               own_peak(), (usage.ru_maxrss, own_peak()))
    return usage.ru_maxrss * 1024


def repeat(path, times):
    """The sample over and over; nothing large stays in this process, whose
    own peak would count as its child's (see below)."""
    with open(path, "wb") as file:
        for _ in range(times):
            file.write(SAMPLE.read_bytes())


def own_peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def flights():
    memory = link(FLIGHTS / "torvyn.yaml")
    bound = memory["total"]
    check_that("the bound of flights", bound <= 128 * MIB, bound)
    with scratch() as folder:
        out = pathlib.Path(folder)
        repeat(out / "once.ndjson", 20)
        repeat(out / "ten.ndjson", 200)
        base = peak(SAMPLE, out, "--limit", "1")
        once = peak(out / "once.ndjson", out)
        ten = peak(out / "ten.ndjson", out)
    check_that("peak of one run", once - base <= bound, once - base)
    check_that("peak of ten times that", ten - base <= bound, ten - base)
    # Queues may be empty at the one's peak and full at the other's.
    check_that("ten times is no more, but for what queues hold",
               ten - once <= memory["edges"], ten - once)
    print(f"flights: bound {bound / MIB:.1f} MiB; engine, code and program "
          f"{base / MIB:.1f} MiB; beside them {(once - base) / MIB:.1f} MiB "
          f"for 40,000 events, {(ten - base) / MIB:.1f} MiB for 400,000")


CHAIN = """flow: chain
wit: {flights}/wit
defaults:
  max-event: 64KiB
  edge: {{ capacity: 256, bytes: 16MiB }}
  stage: {{ memory: 2MiB }}
stages:
  departures:
    source: {{ file: {{ path: in.ndjson }} }}
    codec: json
    type: events.departure
  one: {{ component: {root}/examples/flights/build/validate.wasm,
         world: validate }}
  two: {{ component: {root}/examples/flights/build/validate.wasm,
         world: validate }}
  out: {{ sink: {{ file: {{ path: stdout }} }}, codec: json }}
edges: [ departures -> one -> two -> out ]
"""


def resident(pid):
    """Its own memory: pages of files come and go as the system likes."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) * 1024


def settled(run):
    """Resident bytes once they stop growing: nobody reads the pipe."""
    last, same = 0, 0
    for _ in range(600):
        try:
            run.wait(0.05)
            check_that("it waits for its reader", False, run.returncode)
        except subprocess.TimeoutExpired:
            pass
        now = resident(run.pid)
        same = same + 1 if now == last else 0
        last = now
        if same == 10 and now > 0:
            return now
    sys.exit("FAILED: the chain does not settle")


def start(folder, *more):
    return subprocess.Popen([TORVYN, "run", "torvyn.yaml", "--report",
                             "report.json", *more], cwd=folder,
                            stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL)


def chain():
    with scratch() as folder:
        path = pathlib.Path(folder)
        (path / "torvyn.yaml").write_text(
            CHAIN.format(flights=FLIGHTS, root=ROOT))
        memory = link(cwd=path)
        line = (b'{"id":1,"time":1,"carrier":"' + b"x" * 64800 +
                b'","origin":"EWR","dest":"IAH","dep_delay":2,"distance":9}\n')
        (path / "in.ndjson").write_bytes(line * 1200)

        # The same images with room for a quarter as many: whatever else a burst
        # of them touches (the sink's lines, the source's buffer) is there in
        # both runs.
        quarter = ["--set", "defaults.edge.capacity=64"]
        queues = memory["edges"] - link(*quarter, cwd=path)["edges"]
        run = start(path, *quarter)
        base = settled(run)
        run.stdout.read()
        check("base: exit status", run.wait(60), 0)

        run = start(path)
        full = settled(run)
        out = run.stdout.read()
        check("full: exit status", run.wait(60), 0)
        check("full: nothing lost", out, line * 1200)
        report = json.loads((path / "report.json").read_text())
        check("full: balanced", report["balanced"], True)
        # In counts: each image here is charged at the largest class.
        charged = sum(e["depth_max"] for e in report["edges"].values()) << 16
        check("charged at most", charged, memory["edges"])
        for name, edge in report["edges"].items():
            check(f"full: {name}", edge["depth_max"], edge["capacity"])
        share = (full - base) / queues
        check_that("at least 0.6 of the queues' part", share >= 0.6, share)
        # The part counts blocks; the C library puts some bytes round each,
        # and two runs differ by some pages: about 1 %, 3 % at most.
        check_that("never above it, but for the allocator's own bytes",
                   share <= 1.03, share)
        print(f"chain: {queues / MIB:.2f} MiB more of queues, "
              f"{(full - base) / MIB:.2f} MiB more resident ({share:.4f})")


def main():
    if SANITIZED:
        print("memory: 0 passed, 0 failed, 2 skipped (a sanitizer's shadow "
              "memory would be measured)")
        return
    flights()
    chain()
    done("memory")


if __name__ == "__main__":
    main()
