#!/usr/bin/env python3
"""wasi_test -- a guest of an ordinary toolchain in a flow: what it may do of
WASI is what the file grants, and link says what it asks for.

The guest is tests/guests/stages/visitor.c, compiled with wasi-libc and the
preview1 adapter.
"""
import json
import os
import pathlib
import re
import sys

from torvyn import BUILD, ROOT, SANITIZED, check, check_that, done, scratch, torvyn

GUESTS = (ROOT / "build" if SANITIZED else BUILD) / "tests/guests"

PIPELINE = """flow: visit
wit: {wit}
stages:
  rows:
    source: {{ file: {{ path: rows.ndjson }} }}
    codec: json
    type: types.brief
  visitor:
    component: {guest}
{more}
  out:
    sink: {{ file: {{ path: out.ndjson, mode: replace }} }}
    codec: json
edges:
  - rows -> visitor -> out
"""


class Flow:
    def __init__(self, folder, more, ids):
        self.dir = folder
        (folder / "torvyn.yaml").write_text(PIPELINE.format(
            wit=ROOT / "tests/guests/wit", guest=GUESTS / "visitor.wasm",
            more="".join(f"    {line}\n" for line in more)))
        (folder / "rows.ndjson").write_text("".join(
            json.dumps({"id": i, "dep_delay": None, "distance": i}) + "\n"
            for i in ids))

    def run(self, verb="run"):
        """(status, stdout, the guest's lines, stderr)"""
        status, out, err = torvyn(
            verb, "torvyn.yaml", cwd=self.dir,
            env={"TORVYN_TEST_WORD": "given"})
        lines = re.findall(r"^visitor: (?:info|warn): (.*)$", err, re.M)
        return status, out, lines, err


def with_flow(more, ids):
    folder = scratch()
    root = pathlib.Path(folder.name)
    (root / "data").mkdir()
    (root / "made").mkdir()
    (root / "data/hello.txt").write_text("hello from a file")
    (root / "secret.txt").write_text("secret")
    os.symlink("../secret.txt", root / "data/link")
    return folder, root, Flow(root, more, ids)


def denied():
    folder, root, flow = with_flow([], [1, 4])
    with folder:
        status, out, lines, err = flow.run()
        check("denied: status", status, 0)
        check("denied: nothing is said", lines, [])
        check("denied: nothing is made", sorted(os.listdir(root / "made")), [])
        check("denied: both pass",
              len((root / "out.ndjson").read_text().splitlines()), 2)
        status, out, _, err = flow.run("link")
        check("link", status, 0)
        check_that("link lists", "wasi: what guests ask for" in out, out)
        for name, said in (("environment", "not granted"),
                           ("stdout", "not granted"), ("clock", "granted"),
                           ("filesystem", "not granted")):
            check_that(f"link: {name}",
                       f"  visitor  {name}: {said}\n" in out, out)


def granted():
    more = ["grants: [stdout, stderr, environment]",
            "directories: { /in: data, /out: { path: made, access: write } }"]
    folder, root, flow = with_flow(more, [1, 4])
    with folder:
        status, out, lines, err = flow.run()
        check("granted: status", status, 0)
        check("granted: what it says", lines, [
            "word given",
            "to stderr",
            "open /in/hello.txt r: ok hello from a file",
            "open /in/made.txt w: Read-only file system",
            "open /out/made.txt w: ok ",
            "open /in/../secret.txt r: Operation not permitted",
            "open /in/link r: Operation not permitted",
            "time ok"])
        check("granted: made", (root / "made/made.txt").read_text(),
              "from the guest\n")
        check("granted: not made", sorted(os.listdir(root / "data")),
              ["hello.txt", "link"])
        status, out, _, _ = flow.run("link")
        check_that("link: granted", "  visitor  filesystem: granted\n" in out,
                   out)


def not_granted_without_an_error():
    folder, root, flow = with_flow(
        ["grants: [stdout]", "on-error: drop"], [2, 4])
    with folder:
        status, out, lines, err = flow.run()
        check("random: status", status, 0)
        check("random: the other passes",
              len((root / "out.ndjson").read_text().splitlines()), 1)
    folder, root, flow = with_flow(["grants: [random, stdout]"], [2])
    with folder:
        status, out, lines, err = flow.run()
        check("random granted", (status, lines), (0, ["random 0"]))


def exits():
    folder, root, flow = with_flow(["on-error: drop"], [3, 4])
    with folder:
        status, out, lines, err = flow.run()
        check("exit ends one call", status, 0)
        check("the next guest goes on",
              len((root / "out.ndjson").read_text().splitlines()), 1)
    folder, root, flow = with_flow([], [3])
    with folder:
        status, out, lines, err = flow.run()
        check("exit: status", status, 4)
        check_that("exit: said", "exited with status" in err, err)


def no_such_directory():
    folder, root, flow = with_flow(["directories: { /in: nowhere }"], [1])
    with folder:
        status, out, lines, err = flow.run()
        check("no directory: status", status, 3)
        check_that("no directory: said",
                   "the directory for a guest's /in cannot be opened" in err,
                   err)


def main():
    denied()
    granted()
    not_granted_without_an_error()
    exits()
    no_such_directory()
    done("wasi_test")


if __name__ == "__main__":
    sys.exit(main())
