#!/usr/bin/env python3
"""trace_test.py -- a seed stands for one run of a flow, whatever compiled it:
flow/random_test prints a hash of what every stage saw, and gcc's and clang's
agree.

The build under test has one of them; the other compiles what random_test needs
here, in one command, while the first one runs.
"""
import re
import shutil
import subprocess
import sys

from torvyn import BUILD, ROOT, SANITIZED, check, scratch

# These need the engine and a JSON library; a flow of scripts does not.
NOT_NEEDED = ("guest", "jsoncodec", "base64")
SEED, ROUNDS = "1", "300" if SANITIZED else "2000"


def other_compiler():
    cache = (BUILD / "CMakeCache.txt").read_text()
    used = re.search(r"^CMAKE_C_COMPILER:\w+=(.*)$", cache, re.M).group(1)
    names = ["gcc", "cc"] if "clang" in used else ["clang-19", "clang"]
    return next((path for path in map(shutil.which, names) if path), None)


def compile_test(compiler, program):
    sources = [ROOT / "src/flow/random_test.c"]
    for floor in ("base", "observe", "reactor", "value", "stream", "flow"):
        for path in sorted((ROOT / "src" / floor).glob("*.c")):
            if not path.name.endswith("_test.c") and \
                    not path.name.startswith(NOT_NEEDED):
                sources.append(path)
    subprocess.run([compiler, "-std=c17", "-D_POSIX_C_SOURCE=200809L", "-O1",
                    f"-I{ROOT}/src", *sources, "-o", program, "-lxxhash",
                    "-luv", "-lpthread", "-lm"], check=True)


def start(program):
    return subprocess.Popen([program, SEED, ROUNDS], stdout=subprocess.PIPE,
                            text=True)


def trace(run):
    out, _ = run.communicate()
    check("its exit", run.returncode, 0)
    return re.search(r"^trace ([0-9a-f]{16})$", out, re.M).group(1)


compiler = other_compiler()
if compiler is None:
    sys.exit("trace_test needs gcc and clang")
with scratch() as folder:
    program = f"{folder}/random_test"
    built = start(BUILD / "tests/flow_random_test")
    compile_test(compiler, program)
    check(f"the trace of {ROUNDS} seeds", trace(start(program)), trace(built))
print(f"{ROUNDS} seeds: the same trace by {compiler}")
