#!/usr/bin/env python3
"""docs_test -- the reference pages are as made, links lead somewhere, and
what the pages tell people to type exists.
"""
import os
import pathlib
import re
import shutil
import subprocess

from torvyn import ROOT, check, check_that, done, scratch

NOT_OURS = {".git", "target", "node_modules"}


def pages():
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(f for f in folders if f not in NOT_OURS and
                            not f.startswith("build"))
        yield from (pathlib.Path(folder, f) for f in sorted(files)
                    if f.endswith(".md"))


def prose(text):
    """The text without code, in which brackets are no links."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"(?ms)^```.*?^```", "", text))


def anchors(text):
    """The anchors that headings get."""
    heads = re.findall(r"(?m)^#+ +(.*?) *$",
                       re.sub(r"(?ms)^```.*?^```", "", text))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-")
            for head in heads}


def check_links(page):
    text = page.read_text()
    for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", prose(text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        name = f"{page.relative_to(ROOT)}: link to {target}"
        check_that(name, file.exists())
        if anchor:
            check_that(name, anchor in anchors(file.read_text()))


def docs(*args):
    return subprocess.run([ROOT / "tools/docs", *args], capture_output=True,
                          text=True)


def check_reference():
    run = docs("--check")
    check("docs/reference (`make docs` writes it):\n" + run.stdout + run.stderr,
          run.returncode, 0)
    with scratch() as name:
        folder = pathlib.Path(name) / "reference"
        shutil.copytree(ROOT / "docs/reference", folder)
        check("a copy", docs("--check", "--out", folder).returncode, 0)
        page = folder / "errors.md"
        page.write_text(page.read_text().replace("E0203", "E0204", 1))
        run = docs("--check", "--out", folder)
        check("a changed page", run.returncode, 1)
        check_that("its diff", "+++ as made by tools/docs" in run.stdout)
        page.unlink()
        check("a page too few", docs("--check", "--out", folder).returncode, 1)
        check("made anew", docs("--out", folder).returncode, 0)
        check("and equal", docs("--check", "--out", folder).returncode, 0)


def check_commands():
    """`make WORD` of every page is a target; README has the two."""
    targets = set(re.findall(r"(?m)^([\w-]+):", (ROOT / "Makefile").read_text()))
    verbs = set(re.findall(r"TVN_COMMAND\((\w+),",
                           (ROOT / "src/cli/commands.def").read_text()))
    code = r"(?ms)^```.*?^```|`[^`\n]+`"
    for page in pages():
        for part in re.findall(code, page.read_text()):
            for word in re.findall(r"(?:^|`|&& |\$ )make ([\w-]+)", part, re.M):
                check_that(f"{page.relative_to(ROOT)}: make {word}",
                           word in targets)
            for word in re.findall(r"(?:^|`|/|\$ )torvyn ([a-z]+)", part,
                                   re.M):
                check_that(f"{page.relative_to(ROOT)}: torvyn {word}",
                           word in verbs)
    readme = (ROOT / "README.md").read_text()
    for word in "demo", "test":
        check_that(f"README: make {word}",
                   re.search(rf"(?m)^(\$ )?make {word}\b", readme) and
                   word in targets)


def main():
    found = list(pages())
    check_that("README.md is a page", ROOT / "README.md" in found)
    for page in found:
        check_that(f"{page.relative_to(ROOT)} is filled in",
                   "PLACE" + "HOLDER" not in page.read_text())
        check_links(page)
    check_reference()
    check_commands()
    done("docs")


if __name__ == "__main__":
    main()
