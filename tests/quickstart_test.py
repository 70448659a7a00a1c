#!/usr/bin/env python3
"""quickstart_test -- docs/quickstart.md, done from top to bottom: its console
blocks are typed, its diffs applied, and what they print compared.

The page's folder is a new HOME, without a network where that can be taken away.
`make install` installs the program under test, and builds nothing.  In what is
printed `...` stands for any lines.
"""
import os
import pathlib
import re
import shutil
import subprocess
import time

from torvyn import BUILD, ROOT, SANITIZED, check, check_that, done, scratch

PAGE = ROOT / "docs/quickstart.md"
FIRST = "torvyn new mine && cd mine && torvyn run --build"
BLOCK = re.compile(r"(?ms)^```(\w+)\n(.*?)^```$")


class Shell:
    """Commands one after the other, as if typed: folder and PATH stay."""

    def __init__(self, home):
        self.home, self.cwd = home, ROOT
        self.env = {**os.environ, "HOME": str(home)}
        for name in ("XDG_CACHE_HOME", "TORVYN_CACHE", "DESTDIR", "MAKEFLAGS",
                     "MAKELEVEL", "MFLAGS"): # of the make that runs this
            self.env.pop(name, None)
        offline = ["unshare", "--user", "--map-root-user", "--net"]
        self.offline = offline if shutil.which("unshare") and subprocess.run(
            [*offline, "true"], capture_output=True).returncode == 0 else []

    def run(self, command):
        command = re.sub(r"^make (\w+)", rf"make -o program BUILD={BUILD} \1",
                         command)
        end = f"\nstatus=$?\npwd >{self.home}/.cwd\necho $PATH >{self.home}" \
              "/.path\nexit $status"
        run = subprocess.run([*self.offline, "bash", "-c", command + end],
                             cwd=self.cwd, env=self.env, timeout=240,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.cwd = (self.home / ".cwd").read_text().rstrip("\n")
        self.env["PATH"] = (self.home / ".path").read_text().rstrip("\n")
        text = run.stdout.decode()
        check_that(f"$ {command}\n{text}exit status {run.returncode}",
                   run.returncode == 0)
        return text


def pattern(lines):
    return "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + "\n"
                   for line in lines)


def typed(block):
    """[(command, the lines it prints)]"""
    parts = []
    for line in block.splitlines():
        if line.startswith("$ "):
            parts.append((line[2:], []))
        else:
            parts[-1][1].append(line)
    return parts


def edit(shell, block):
    patch = pathlib.Path(shell.home) / ".patch"
    patch.write_text(block)
    said = shell.run(f"patch --fuzz=0 -p1 <{patch}")
    check_that("every hunk fits where it says", "offset" not in said, said)
    return set(re.findall(r"(?m)^\+\+\+ b/(.*)$", block))


def main():
    page = PAGE.read_text()
    commands, touched = [], {}
    with scratch() as name:
        home = pathlib.Path(name)
        shell = Shell(home)
        for kind, block in BLOCK.findall(page):
            if kind == "diff":
                section = page[:page.index(block)].rsplit("\n## ", 1)[1]
                touched.setdefault(section.splitlines()[0], set()).update(
                    edit(shell, block))
                continue
            check("a block", kind, "console")
            for command, lines in typed(block):
                began = time.monotonic()
                text = shell.run(command)
                took = time.monotonic() - began
                commands.append(command)
                check_that(f"$ {command}: prints what the page says; it "
                           f"printed\n{text}",
                           re.fullmatch(pattern(lines), text))
                if command == FIRST:
                    check_that(f"$ {command}: less than 10 s",
                               SANITIZED or took < 10, took)
    check_that("what is said of stages' lengths", lengths() in page, lengths())
    check_that("at most 8 commands to a pipeline of one's own",
               commands[0].startswith("make install") and
               commands.index(FIRST) < 8)
    check_that("at most three files for a field",
               1 <= len(touched["A field more"]) <= 3, touched)
    done("quickstart")


def lengths():
    lines = [len(p.read_text().splitlines())
             for p in (ROOT / "templates/project/stages").iterdir()]
    return f"{min(lines)} to {max(lines)} lines each"


if __name__ == "__main__":
    main()
