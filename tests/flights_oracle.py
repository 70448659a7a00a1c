#!/usr/bin/env python3
"""flights_oracle -- the flights flow, computed again from its input alone.

    flights_oracle.py INPUT.ndjson OUT-FOLDER

Compares, to the last digit: flights, sum and maximum of the delay per carrier
over all rows of totals.ndjson; one row a carrier and window of 10,000
flights, with that window's own figures; one notice per late flight, with its
text and priority.  Written without Torvyn; knows only the words of the
example's README.
"""
import csv
import json
import pathlib
import sys

WINDOW = 10000
LATE_AFTER = 15
AIRLINES = pathlib.Path(__file__).resolve().parent.parent / \
    "examples/flights/data/airlines.csv"


def lines(path):
    with open(path, encoding="utf-8") as file:
        for text in file:
            yield json.loads(text)


def add(table, key, flights, total, most):
    row = table.get(key)
    table[key] = (flights, total, most) if row is None else (
        row[0] + flights, row[1] + total, max(row[2], most))


def expected(path):
    with open(AIRLINES, encoding="utf-8") as file:
        names = {row["carrier"]: row["name"] for row in csv.DictReader(file)}
    windows, notices, kept = [], {}, 0
    for event in lines(path):
        delay = event["dep_delay"]
        if event["id"] == 0 or event["distance"] == 0 or delay is None:
            continue
        if kept % WINDOW == 0:
            windows.append({})
        kept += 1
        add(windows[-1], event["carrier"], 1, delay, delay)
        if delay > LATE_AFTER:
            name = names.get(event["carrier"], "unknown")
            notices[event["id"]] = (
                f"{name} flight {event['origin']} to {event['dest']} "
                f"leaves {delay} min late", 2 if delay > 120 else 1)
    return windows, notices, kept


def check(what, got, wanted):
    if got != wanted:
        sys.exit(f"oracle: {what}: got {got}, expected {wanted}")


def main():
    source, out = sys.argv[1], pathlib.Path(sys.argv[2])
    windows, notices, kept = expected(source)
    rows = list(lines(out / "totals.ndjson"))
    check("rows of totals", len(rows), sum(len(w) for w in windows))
    got, wanted, at = {}, {}, 0
    for window in windows:
        seen = {}
        for row in rows[at:at + len(window)]:
            figures = (row["flights"], row["delay_sum"], row["delay_max"])
            seen[row["carrier"]] = figures
            add(got, row["carrier"], *figures)
        check(f"window at row {at}", seen, window)
        at += len(window)
        for carrier, figures in window.items():
            add(wanted, carrier, *figures)
    check("totals per carrier", got, wanted)
    seen = {}
    for row in lines(out / "notices.ndjson"):
        check("a notice twice", row["id"] in seen, False)
        seen[row["id"]] = (row["text"], row["priority"])
    check("notices", len(seen), len(notices))
    check("notices", seen, notices)
    print(f"oracle: {kept} flights kept, {len(rows)} totals of "
          f"{len(wanted)} carriers in {len(windows)} windows, "
          f"{len(seen)} notices: all equal")


if __name__ == "__main__":
    main()
