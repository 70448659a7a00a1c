#!/usr/bin/env python3
"""component_library_test -- docs/component-library.md, done: the library is
installed into a scratch folder, the page's program compiled against it as C and
as C++ with every compiler there is, and run; and what the page says of errors.
"""
import os
import pathlib
import re
import shutil
import subprocess

from torvyn import BUILD, ROOT, check, check_that, done, scratch

PAGE = ROOT / "docs/component-library.md"
EXAMPLE = ROOT / "examples/host-component"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
ALONE = '#include <torvyn/component.h>\n#include <torvyn/component.h>\n'


def run(*args, **more):
    done_ = subprocess.run([str(a) for a in args], capture_output=True,
                           text=True, timeout=300, **more)
    return done_.returncode, done_.stdout, done_.stderr


def compilers():
    """(name, command of the compiler, -x of its language)"""
    for name, command, language, standard in (
            ("C", "cc", "c", "-std=c17"), ("C", "clang-19", "c", "-std=c17"),
            ("C11", "cc", "c", "-std=c11"),
            ("C++", "c++", "c++", "-std=c++17"),
            ("C++", "clang++-19", "c++", "-std=c++17"),
            ("C++11", "c++", "c++", "-std=c++11")):
        if shutil.which(command):
            yield (f"{name}, {command}",
                   [command, standard, *WARNINGS, "-x", language])


def flags(prefix):
    """What pkg-config says; and the sanitizers that the library has."""
    found = list(prefix.rglob("torvyn-component.pc"))
    check("a .pc file", len(found), 1)
    status, out, err = run(
        "pkg-config", "--cflags", "--libs", "torvyn-component",
        env={**os.environ, "PKG_CONFIG_PATH": str(found[0].parent)})
    check("pkg-config\n" + err, status, 0)
    sanitize = os.environ.get("TVN_SANITIZE")
    return out.split() + ([f"-fsanitize={sanitize}"] if sanitize else [])


def block(page, kind):
    found = re.search(rf"(?ms)^```{kind}\n(.*?)^```$", page)
    check_that(f"the page has a block of {kind}", found is not None)
    return found[1]


def printed(page):
    """What the page says that the program prints."""
    lines = block(page, "console").splitlines()
    return "\n".join(lines[lines.index("$ ./host greet.wat") + 1:]) + "\n"


def compile_and_run(folder, source, page, link):
    for name, compiler in compilers():
        program = folder / re.sub(r"\W", "", name)
        # Only gcc links what gcc's sanitizers are in.
        whole = "clang" not in name or not os.environ.get("TVN_SANITIZE")
        status, _, err = run(*compiler, source, *(
            ["-x", "none", "-o", program, *link] if whole else
            ["-fsyntax-only", link[0]]))
        check(f"{name}: compiles\n{err}", status, 0)
        (folder / "alone.c").write_text(ALONE)
        status, _, err = run(*compiler, "-fsyntax-only", link[0],
                             folder / "alone.c")
        check(f"{name}: the header alone, twice\n{err}", status, 0)
        if whole:
            check(f"{name}: runs", run(program, EXAMPLE / "greet.wat"),
                  (0, printed(page), ""))
    return folder / "Ccc"


def check_failures(folder, program):
    status, out, _ = run(program, folder / "no.wat")
    check("no file", (status, out),
          (1, f"{folder}/no.wat: error[E0007]: A named file does not exist.\n"))
    other = folder / "other.wat"
    other.write_text((EXAMPLE / "greet.wat").read_text()
                     .replace('(import "log"', '(import "trace"'))
    status, out, _ = run(program, other)
    check("an import that nobody gives", (status, out),
          (1, f"{other}: error[E0330]: trace: it is imported and the host "
              "does not have it\n"))


def check_page_error(folder, page, source, link):
    """The error of the page, from a call with a number."""
    wanted = re.search(r"(?m)^greet\.wat: error.*$", page)[0]
    changed = folder / "wrong.c"
    changed.write_text(source.read_text().replace(r'[\"world\"]', "[5]"))
    check_that("the call is in it", "[5]" in changed.read_text())
    status, _, err = run("cc", "-std=c17", changed, "-o", folder / "wrong",
                         *link)
    check("compiles\n" + err, status, 0)
    check("the page's error", run(folder / "wrong", "greet.wat", cwd=EXAMPLE),
          (1, wanted + "\n", ""))


def main():
    page = PAGE.read_text()
    text = block(page, "c")
    check("the page's program is the example's", text,
          (EXAMPLE / "host.c").read_text())
    check_that("30 lines", len(text.splitlines()) <= 30)
    with scratch() as name:
        folder = pathlib.Path(name)
        prefix = folder / "prefix"
        status, _, err = run("cmake", "--install", BUILD, "--component",
                             "library", "--prefix", prefix)
        check("installs\n" + err, status, 0)
        check_that("the header", (prefix / "include/torvyn/component.h").exists())
        # Elsewhere than where it was installed: the .pc file goes along.
        moved = folder / "moved"
        prefix.rename(moved)
        link = flags(moved)
        source = folder / "host.c"
        source.write_text(text)
        program = compile_and_run(folder, source, page, link)
        check_failures(folder, program)
        check_page_error(folder, page, source, link)
    done("component_library")


if __name__ == "__main__":
    main()
