"""stress.py -- what the long tests share: the program and its guests, a flow
that is started and told to end, and what its account must say.

Rows of a sink are taken as bytes: there are millions of them.
"""
import json
import pathlib
import re
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from torvyn import TORVYN, law, torvyn  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
STAGES = ["inflate", "burn", "spread", "refuse", "add"]
MARGIN = 3  # seconds beside a flow's own drain timeout: the machine is shared


class Failed(Exception):
    """What was not as it must be."""


def must(what, got, wanted):
    if got != wanted:
        raise Failed(f"{what}: {got!r}, not {wanted!r}")


def build_guests(folder):
    """All stages into folder/build, by a flow that is never run."""
    stages = "".join(
        f"  {name}: {{ build: {HERE}/stages/{name}.c"
        f"{more} }}\n" for name, more in (
            ("inflate", ""), ("burn", ", config: { us: 0 }"), ("spread", ""),
            ("refuse", ""), ("add", ", window: { count: 1 }")))
    (folder / "guests.yaml").write_text(
        f"flow: guests\nwit: {HERE}/wit\nstages:\n"
        "  in: { source: { generate: {} }, type: events.ticket }\n" + stages +
        "  a: { sink: 'null' }\n  b: { sink: 'null' }\n  c: { sink: 'null' }\n"
        "edges:\n  - in -> burn -> refuse -> spread\n"
        "  - spread.left -> inflate -> a\n  - spread.right -> b\n"
        "  - in -> add -> c\n")
    status, _, err = torvyn("build", folder / "guests.yaml")
    if status != 0:
        raise Failed(f"the guests are not built: {status}: {err}")


def knows(folder, text):
    """Whether this torvyn has what the file asks for."""
    path = folder / "torvyn.yaml"
    path.write_text(text)
    status, _, err = torvyn("link", path)
    if status != 0 and "E0190" not in err:
        raise Failed(f"link: {err}")
    return status == 0


def start(folder):
    """The flow of folder/torvyn.yaml; its stderr goes to log.txt."""
    (folder / "report.json").unlink(missing_ok=True)
    with (folder / "log.txt").open("w") as log:
        return subprocess.Popen(
            [TORVYN, "run", "torvyn.yaml", "--report", "report.json"],
            cwd=folder, stderr=log, stdout=subprocess.DEVNULL)


def ended(run, seconds):
    """Its exit status, within `seconds`."""
    try:
        return run.wait(seconds)
    except subprocess.TimeoutExpired:
        run.kill()
        run.wait()
        raise Failed(f"it has not ended after {seconds} s") from None


def stop(run, seconds):
    run.send_signal(signal.SIGTERM)
    return ended(run, seconds)


def log(folder):
    return (folder / "log.txt").read_text().strip()


def report(folder):
    path = folder / "report.json"
    return json.loads(path.read_text()) if path.exists() else None


def check_account(account, in_flight=0):
    must("balanced", account["balanced"], True)
    left, right = law(account)
    must("both sides of the law", left, right)
    if in_flight is not None:
        must("in flight", account["events"]["in_flight"], in_flight)
    for name, edge in account["edges"].items():
        if edge["depth_max"] > edge["capacity"]:
            raise Failed(f"{name}: {edge['depth_max']} deep, of "
                         f"{edge['capacity']}")


def dropped(account, *names):
    """What the edges (all, or those named) let go."""
    edges = account["edges"]
    return sum(edges[name]["dropped_oldest"] + edges[name]["dropped_newest"]
               for name in (names or edges))


def ids(path, key=b"id"):
    """The ids in a file of whole lines; a missing one is an empty one."""
    if not path.exists():
        return []
    data = path.read_bytes()
    if data and not data.endswith(b"\n"):
        raise Failed(f"{path.name} ends inside a line")
    found = [int(n) for n in re.findall(rb'"%s":(\d+)' % key, data)]
    must(f"ids of the lines of {path.name}", len(found), data.count(b"\n"))
    return found


def rising(what, found):
    for before, after in zip(found, found[1:]):
        if after <= before:
            raise Failed(f"{what}: {after} after {before}")


def prefix(what, found, count):
    """0, 1, 2, ... count - 1, in that order."""
    if found != list(range(count)):
        missing = sorted(set(range(count)) - set(found))[:3]
        beyond = [n for n in found if n >= count][:3]
        twice = len(found) - len(set(found))
        raise Failed(f"{what}: {len(found)} of {count}; missing {missing}, "
                     f"beyond {beyond}, twice {twice}, in order: "
                     f"{found == sorted(found)}")
