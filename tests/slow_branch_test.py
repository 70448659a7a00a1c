#!/usr/bin/env python3
"""slow_branch_test -- examples/slow-branch on the sample: each variant ends
with 0, its account balances, and each late flight came out of B once, in order,
or is counted as dropped.  How fast A is, is not asked here: the machine of a
test is shared.
"""
import re
import subprocess

from torvyn import ROOT, TORVYN, check, done

RUN = ROOT / "examples/slow-branch/run"
VARIANTS = ["baseline"] + [f"{how}-{policy}"
                           for how in ("server", "burn", "threads")
                           for policy in ("block", "drop-oldest",
                                          "drop-newest")] + ["gone-drop-oldest"]


def main():
    made = subprocess.run([RUN, "--torvyn", TORVYN, "--sample", "--seconds",
                           "1.5", *VARIANTS], capture_output=True, text=True)
    check("exit status: " + made.stderr, made.returncode, 0)
    rows = re.findall(r"^\| .* in, balanced \|$", made.stdout, re.M)
    check("rows\n" + made.stdout + made.stderr, len(rows), len(VARIANTS))
    print(made.stdout)
    done("slow_branch")


if __name__ == "__main__":
    main()
