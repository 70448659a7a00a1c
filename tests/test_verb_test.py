#!/usr/bin/env python3
"""test_verb_test -- torvyn test: the flights' own tests hold, and when one is
broken on purpose the output names the first difference, its file and line.
"""
import json
import pathlib
import re
import xml.etree.ElementTree as ET

from torvyn import (FLIGHTS, FLIGHTS_BUILT, ROOT, check, check_that, done,
                    scratch, torvyn)

TESTS = (FLIGHTS / "torvyn.test.yaml").read_text()
COUNT = len(re.findall(r"(?m)^  - name: ", TESTS))


def pipeline():
    """The flights' file for a copy elsewhere: stages as they are built."""
    text = re.sub(r"build: stages/(\w+)\.c",
                  rf"component: {FLIGHTS_BUILT}/\1.wasm",
                  (FLIGHTS / "torvyn.yaml").read_text())
    text = text.replace("wit: wit/", f"wit: {FLIGHTS}/wit/")
    return text.replace("data/airlines.csv", f"{FLIGHTS}/data/airlines.csv")


def copy(folder, tests):
    (folder / "torvyn.yaml").write_text(pipeline())
    (folder / "torvyn.test.yaml").write_text(tests)


def run(tests, *args):
    with scratch() as name:
        folder = pathlib.Path(name)
        copy(folder, tests)
        return torvyn("test", *args, cwd=folder)


def line_of(text, part):
    return text[:text.index(part)].count("\n") + 1


# name, what is replaced, by what, the test that fails, a part of the line
# that the place names (None: of the replacement), what is said
BROKEN = [
    ("a wrong value", "delay-max: 121 }\n        - { carrier: UA, flights: 1",
     "delay-max: 120 }\n        - { carrier: UA, flights: 1",
     "windows by time", "delay-max: 120 }\n        - { carrier: UA, flights: 1",
     r"totals\[2\]\.delay-max: expected 120, got 121"),
    ("a wrong text", "leaves 40 min late, priority: 1 }\n\n  - name: above",
     "leaves 4 min late, priority: 1 }\n\n  - name: above",
     "a late flight", "leaves 4 min late",
     r'delivery\[0\]\.text: expected "American[^\n]* 4 min late", got '
     r'"American[^\n]* 40 min late"'),
    ("an event too few", "given: { departures: [*ua, *early, *aa] }",
     "given: { departures: [*ua, *early] }",
     "totals of a window by count",
     "- { carrier: AA, flights: 1, delay-sum: 40, delay-max: 40 }\n    flushes",
     r"totals\[1\]: expected an event, got none: 1 came, 2 are expected"),
    ("an event too many", "given: { route: [*on-time-ua, *late-aa] }",
     "given: { route: [*on-time-ua, *late-aa, *on-time-ua] }",
     "every flight goes", "tally: [*on-time-ua, *late-aa]",
     r"tally\[2\]: expected no further event, got one: 3 came, 2 are expected"),
    ("a wrong order", "tally: [*on-time-ua, *late-aa]",
     "tally: [*late-aa, *on-time-ua]",
     "every flight goes", "tally: [*late-aa, *on-time-ua]",
     r"tally\[0\]\.flight\.id: expected 2, got 1"),
    ("a wrong end of a window", "- { start: 2s, end: 3s, reason: time }",
     "- { start: 2s, end: 3001ms, reason: time }",
     "windows by time", "- { start: 2s, end: 3001ms",
     r"tally\.flushes\[1\]\.end: expected 3001ms, got 3s"),
    ("a wrong reason", "- { start: 4500ms, end: 4500ms, reason: end }",
     "- { start: 4500ms, end: 4500ms, reason: count }",
     "windows by time", "reason: count }\n    expect",
     r"tally\.flushes\[3\]\.reason: expected count, got end"),
    ("a wrong row of the ledger", "ledger: { validate: { in: 2, filtered: 1",
     "ledger: { validate: { in: 2, filtered: 2",
     "a cancelled flight", "filtered: 2",
     r"ledger, validate\.filtered: expected 2, got 1"),
    ("a wrong exit", "    exit: 4\n    error: carrier",
     "    exit: 0\n    error: carrier",
     "a wrong carrier", "exit: 0\n    error: carrier",
     r"exit: expected 0, got 4"),
    ("a wrong cause", "stage: enrich, cause: reject",
     "stage: enrich, cause: trap",
     "with a dead letter", "cause: trap,",
     r"dead\[0\]\.cause: expected trap, got reject"),
    ("a dead letter that nobody expects",
     "    dead: [{ stage: departures, cause: record }]\n", "",
     "a broken line", "- name: a broken line",
     r"dead: expected 0 dead letters, got 1"),
    ("a wrong type", "dep-delay: -6, distance: 762 }",
     "dep-delay: soon, distance: 762 }",
     "totals of a window by count", "dep-delay: soon",
     r"error\[E0240\]: .*soon"),
    ("an unknown field", "expect: { route: { contains: [{ airline: nobody",
     "expect: { route: { contains: [{ airlin: nobody",
     "an unknown carrier", "airlin: nobody",
     r"there is no field 'airlin'(.|\n)*did you mean 'airline'"),
    ("an unknown stage", "expect: { enrich: [*ua] }",
     "expect: { enrch: [*ua] }",
     "a cancelled flight", "enrch: [*ua]",
     r"has no stage 'enrch'(.|\n)*did you mean 'enrich'"),
    ("an unknown row of the ledger",
     "route.delivery -> announce: { offered: 1, dequeued: 1 }",
     "route.delivery -> announce: { offered: 1, dequeud: 1 }",
     "every flight goes", "dequeud: 1",
     r"has no number 'dequeud'(.|\n)*did you mean 'dequeued'"),
    ("a part that no event has", "contains: [{ id: 3, priority: 2 }]",
     "contains: [{ id: 3, priority: 1 }]",
     "above two hours", "contains: [{ id: 3, priority: 1 }]",
     r"delivery: expected an event with \{id: 3, priority: 1\}, got none such "
     r"among 1"),
]

# what is no test at all: nothing runs
REFUSED = [
    ("an unknown key", "    expect: { enrich: [*ua] }",
     "    expects: { enrich: [*ua] }", "expects",
     r"error\[E0110\]: 'expects' is not a key of a test\n"
     r"help: did you mean 'expect'\?"),
    ("a duration without unit", "{ at: 500ms,", "{ at: 500,", "500,",
     r"error\[E0111\]: at must be a duration"),
    ("an unknown kind of fault", "kind: trap } }", "kind: tarp } }", "tarp",
     r"error\[E0111\]: kind (.|\n)*trap"),
    ("time that runs backwards", "{ at: 4500ms, event: *ua }",
     "{ at: 1s, event: *ua }", "1s, event: *ua",
     r"error\[E0111\]: at is before that of the event before"),
    ("a name twice", "- name: above two hours the notice is urgent",
     "- name: a cancelled flight is filtered out",
     "a cancelled flight is filtered out\n    given: { departures: [*canc",
     r"two tests have this name"),
]


def replaced(before, after):
    check(f"'{before}' is there once", TESTS.count(before), 1)
    return TESTS.replace(before, after)


def check_whole():
    status, out, err = torvyn("test", cwd=FLIGHTS)
    check("the flights' tests\n" + out + err, status, 0)
    check("lines", len(re.findall(r"(?m)^ok   .* \(\d+ ms\)$", out)), COUNT)
    check_that("summary", re.search(
        rf"(?m)^{COUNT} tests, {COUNT} ok, 0 failed", out), out)
    check_that("a dozen", COUNT >= 12)
    check_that("nothing is written", not (FLIGHTS / "out/dead.ndjson").exists())
    check("from elsewhere, by folder", torvyn("test", FLIGHTS)[0], 0)


def check_broken(what, before, after, name, where, said):
    tests = replaced(before, after)
    status, out, err = run(tests)
    check(f"{what}: exit\n{out}{err}", status, 1)
    fails = [line for line in out.splitlines() if line.startswith("FAIL")]
    check_that(f"{what}: fails", any(name in line for line in fails), out)
    text = out[out.index("FAIL " + name):].split("\nok   ")[0]
    first = text.splitlines()[1].strip()
    place = rf"torvyn\.test\.yaml:{line_of(tests, where)}:\d+: error\[E\d+\]: "
    check_that(f"{what}: place", re.match(place, first), f"{place}\n{out}")
    check_that(f"{what}: text", re.search(said, text), f"{said}\n{out}")


def check_refused(what, before, after, where, said):
    tests = replaced(before, after)
    status, out, err = run(tests)
    check(f"{what}: exit\n{out}{err}", status, 1)
    check(f"{what}: nothing runs", out, "")
    place = rf"^torvyn\.test\.yaml:{line_of(tests, where)}:\d+: "
    check_that(f"{what}: place", re.match(place, err), place + "\n" + err)
    check_that(f"{what}: text", re.search(said, err), said + "\n" + err)


def check_outputs():
    with scratch() as name:
        junit = f"{name}/junit.xml"
        tests = replaced("delay-max: 121 }\n        - { carrier: UA, flights",
                         "delay-max: 120 }\n        - { carrier: UA, flights")
        status, out, err = run(tests, "--json", "--junit", junit)
        check("exit", status, 1)
        report = json.loads(out)
        check("json: tests", (report["ok"], report["tests"], report["failed"],
                              len(report["results"])), (False, COUNT, 1, COUNT))
        row = [r for r in report["results"] if not r["ok"]][0]
        check("json: code", row["findings"][0]["code"], "E0850")
        check("json: text", row["findings"][0]["text"],
              "totals[2].delay-max: expected 120, got 121")
        check("json: line", row["findings"][0]["line"],
              line_of(tests, "delay-max: 120"))
        suite = ET.parse(junit).getroot().find("testsuite")
        check("junit", (suite.get("tests"), suite.get("failures")),
              (str(COUNT), "1"))
        check("junit: cases", len(suite.findall("testcase")), COUNT)
        check("junit: message", suite.find("testcase/failure").get("message"),
              "totals[2].delay-max: expected 120, got 121")
    status, out, err = run(TESTS, "--filter", "windows by")
    check("filter", (status, out.count("ok   ")), (0, 1))
    status, out, err = run(TESTS, "--filter", "no such test")
    check("nothing to run", (status, "E0853" in err), (1, True))
    with scratch() as name:
        status, out, err = torvyn("test", cwd=name)
        check("no file", (status, "E0853" in err), (1, True))
        status, out, err = torvyn("test", "not-there.test.yaml", cwd=name)
        check("not there", (status, "not-there.test.yaml" in err), (3, True))


def check_page():
    """The example of docs/testing.md holds, and fails as it is shown."""
    page = (ROOT / "docs/testing.md").read_text()
    blocks = re.findall(r"(?ms)^```(?:yaml|console)\n(.*?)^```", page)
    tests, shown = blocks[0], blocks[1].split("\n", 1)[1]
    status, out, err = run(tests)
    check("the page's test\n" + out + err, status, 0)
    status, out, err = run(tests.replace("delay-sum: 40", "delay-sum: 41"))
    times = re.compile(r"\(\d+ ms\)|\(\d+\.\d s\)")
    check("as shown", times.sub("", out), times.sub("", shown))


UA = ("{ id: 1, time: 0, carrier: UA, origin: EWR, dest: IAH, dep-delay: %d, "
      "distance: 1 }")
AFTER = UA % 20


# a test and what it says: "" when it holds
CASES = [
    ("given: { departures: [%s] }\n    expect: { delivery: { count: 1 } }"
     % AFTER, ""),
    # mocks
    ("mock: { route: delivery }\n    given: { departures: [%s, %s] }\n"
     "    expect: { tally: [], announce: { count: 2 } }" % (AFTER, AFTER), ""),
    ("mock: { route: [[analytics, delivery], none] }\n"
     "    given: { departures: [%s, %s, %s] }\n"
     "    expect: { tally: { count: 1 }, announce: { count: 1 } }\n"
     "    ledger: { route: { unrouted: 2 } }" % (AFTER, AFTER, AFTER), ""),
    ("mock: { validate: [drop, keep] }\n    given: { departures: [%s, %s] }\n"
     "    expect: { enrich: { count: 1 } }" % (AFTER, AFTER), ""),
    ("mock: { tally: [[{ carrier: A, flights: 1, delay-sum: 2, delay-max: 3 }, "
     "{ carrier: B, flights: 1, delay-sum: 2, delay-max: 3 }]] }\n"
     "    set: { stages.tally.window.count: 1 }\n"
     "    given: { departures: [%s, %s] }\n"
     "    expect: { totals: { count: 6 } }" % (AFTER, AFTER), ""),
    ("mock: { route: sideways }\n    given: { departures: [] }",
     r":\d+:\d+: error\[E0851\]: 'sideways' is no answer of a router\n"
     r".*there is: analytics, delivery, none"),
    # faults
    ("fault: { enrich: { kind: trap, at: 2 } }\n"
     "    set: { stages.enrich.on-error: drop }\n"
     "    given: { departures: [%s, %s, %s] }\n"
     "    expect: { route: { count: 2 } }" % (AFTER, AFTER, AFTER), ""),
    ("fault: { enrich: { kind: deadline } }\n"
     "    given: { departures: [%s] }\n    exit: 4\n"
     "    error: E0402" % AFTER, ""),
    ("fault: { enrich: { kind: fatal, message: it is over } }\n"
     "    given: { departures: [%s, %s] }\n    error: it is over\n"
     "    ledger: { enrich: { dropped: 2 } }" % (AFTER, AFTER), ""),
    ("fault: { enrich: { kind: trap, at: 3 } }\n"
     "    given: { departures: [%s] }" % AFTER,
     r"fault, enrich: expected at event 3, only 1 came"),
    ("fault: { departures: { kind: trap } }\n    given: { departures: [] }",
     r"error\[E0851\]: departures cannot have a fault 'trap'"),
    # events
    ("given: { enrich: ['{\"id\":1'] }",
     r"error\[E0852\]: this text is no event"),
    ("given: { departures: ['{\"id\":1'] }\n    exit: 4\n    error: E0510", ""),
    ("given: { departures: [{ at: 1s, event: %s }, { at: 3s }] }\n"
     "    set: { stages.tally.window.every: 1s }\n"
     "    flushes: { tally: [{ start: 1s, end: 2s, reason: time }] }" % AFTER,
     r"tally\.flushes: expected 1, got 2"),
    ("given: { departures: [{ at: 1s, event: %s }, { at: 3s }] }\n"
     "    set: { stages.tally.window.every: 1s }\n"
     "    flushes: { tally: [{ start: 1s, end: 2s, reason: time }, "
     "{ reason: end }] }" % AFTER, ""),
    ("given: { departures: [{ at: 1s, event: %s }, { at: 3s, event: %s }] }\n"
     "    expect: { validate: [{ at: 1s }, { at: 3s, event: %s }] }"
     % (AFTER, AFTER, AFTER), ""),
    ("given: { departures: [{ at: 1s, event: %s }] }\n"
     "    set: { stages.tally.window.every: 1s }\n"
     "    expect: { totals: [{ at: 2s }] }" % AFTER,
     r"totals\[0\]\.at: expected 2s, got 1s"),
    ("set: { dead-letter.file.path: x }\n    given: { departures: ['{'] }\n"
     "    dead: [{ cause: record, attempts: 2 }]",
     r"dead\[0\]\.attempts: expected 2, got 1"),
    # ends
    ("set: { stages.nosuch.memory: 1MiB }\n    exit: 1\n    error: nosuch", ""),
    ("set: { stages.nosuch.memory: 1MiB }",
     r"exit: expected 0, got 1\n.*nosuch"),
    ("given: { departures: [] }\n    error: any",
     r"exit: expected any but 0, got 0"),
]


def check_cases():
    tests = "tests:\n" + "".join(f"  - name: case {number}\n    {text}\n"
                                 for number, (text, _) in enumerate(CASES))
    status, out, err = run(tests)
    check("exit\n" + err, status, 1)
    blocks = re.split(r"(?m)^(?=ok   |FAIL )", out)[1:]
    for (text, said), block in zip(CASES, blocks, strict=True):
        check_that(text, block.startswith("ok  ") if said == "" else
                   re.search(said, block), block)


def check_environment():
    with scratch() as name:
        folder = pathlib.Path(name)
        copy(folder, "environment: { LATE: 19, DEST: x }\ntests:\n"
             "  - name: late\n    environment: { LATE: 15 }\n"
             f"    given: {{ departures: [{UA % 16}] }}\n"
             "    expect: { announce: { count: 1 } }\n"
             "  - name: not late\n"
             f"    given: {{ departures: [{UA % 19}] }}\n"
             "    expect: { announce: [] }\n")
        yaml = folder / "torvyn.yaml"
        yaml.write_text(yaml.read_text().replace("late-after: 15",
                                                 'late-after: "${LATE}"'))
        status, out, err = torvyn("test", cwd=folder)
        check("environment\n" + out + err, status, 0)
        files = {path.name for path in folder.iterdir()}
        check("nothing is written", files, {"torvyn.yaml", "torvyn.test.yaml"})


LATE = ("{ flight: %s, airline: A, kind: major, late: true }" % AFTER)
POLICIES = f"""
events: [&late {LATE}]
tests:
  - name: ten a second
    given: {{ announce: [*late, *late, *late] }}
    expect: {{ delivery: [{{ at: 0s }}, {{ at: 100ms }}, {{ at: 200ms }}] }}
  - name: the newest are dropped
    given: {{ route: [*late, *late, *late] }}
    expect: {{ delivery: {{ count: 1 }} }}
    ledger: {{ route.delivery -> announce: {{ dropped_newest: 2 }} }}
"""


def check_policies():
    """Rates and overflow, in virtual time."""
    with scratch() as name:
        folder = pathlib.Path(name)
        copy(folder, POLICIES)
        yaml = folder / "torvyn.yaml"
        before = "  - route.delivery -> announce -> delivery\n"
        check_that("the edges", before in yaml.read_text())
        yaml.write_text(yaml.read_text().replace(
            before, "  - route.delivery -> announce: { capacity: 1, overflow: "
            "drop-newest }\n  - announce -> delivery: { rate: 10/s, burst: 1 "
            "}\n"))
        status, out, err = torvyn("test", cwd=folder)
        check("policies\n" + out + err, status, 0)


MINE = """
tests:
  - name: what the guest has by itself
    given: { selftest: itself }
    expect:
      plausible: { count: 4 }
      alert: { contains: [{ reading: { device: selftest, celsius: 60 } }] }
    dead: [{ stage: judge, cause: reject }]
  - name: no connector has
    given: { readings: itself }
  - name: a log is shown when a test fails
    given: { alert: [{ reading: { device: attic, celsius: 50 }, hot: true }] }
    expect: { alert: [] }
"""


def check_new():
    """A stage of each role: a guest that is a source, and one that is a sink."""
    with scratch() as name:
        check("new", torvyn("new", "mine", cwd=name)[0], 0)
        folder = pathlib.Path(name) / "mine"
        (folder / "torvyn.test.yaml").write_text(MINE)
        status, out, err = torvyn("test", cwd=folder)
        blocks = re.split(r"(?m)^(?=ok   |FAIL )", out)[1:]
        check("mine: exit", status, 1)
        check_that("itself", blocks[0].startswith("ok  "), out + err)
        check_that("no connector", "readings cannot give its own" in blocks[1],
                   out)
        check_that("logged", "logged:\n     alert: warn: attic: 50 degrees"
                   in blocks[2], out)
        check_that("nothing is written", not (folder / "out").exists())


def main():
    check_whole()
    for row in BROKEN:
        check_broken(*row)
    for row in REFUSED:
        check_refused(*row)
    check_outputs()
    check_page()
    check_cases()
    check_environment()
    check_new()
    check_policies()
    done("test_verb_test")


main()
