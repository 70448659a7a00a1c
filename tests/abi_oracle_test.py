#!/usr/bin/env python3
"""abi_oracle_test -- a small run of tests/abi-oracle/run, always the same one:
lifting and lowering agree with the specification's definition. The
specification comes with a crate; this fetches nothing.
"""
import re
import subprocess
import sys

import specification
from torvyn import BUILD, ROOT, check, check_that, done


def main():
    if specification.repository() is None:
        print("abi_oracle: skipped, the specification is not on this machine "
              "(tests/abi-oracle/run fetches it)")
        return
    run = subprocess.run(
        [sys.executable, ROOT / "tests/abi-oracle/run", "--cases", "2000",
         "--seed", "20261124", "--build", BUILD],
        capture_output=True, text=True, timeout=300)
    check(f"status\n{run.stdout}{run.stderr}", run.returncode, 0)
    check_that("all cases agree", re.search(
        r"^abi-oracle: 2000 cases from 0, 0 differ", run.stdout, re.M),
        run.stdout)
    for mode in "ABCDE":
        for what in "done", "trap":
            check_that(f"{mode} has cases that are {what}",
                       re.search(rf"^{mode} {what}: \d\d+$", run.stdout,
                                 re.M), run.stdout)
    done("abi_oracle")


if __name__ == "__main__":
    main()
