"""specification.py -- the specification's own repository of the component
model, as the crate of wasm-tools carries it.

It is fetched by name and version with cargo and used where cargo keeps it; the
tool that is built with it is kept in $TORVYN_CACHE, else ~/.cache/torvyn.
"""
import os
import pathlib
import subprocess
import sys

VERSION = "1.263.0"
FEATURES = "component,validate,print,parse,dump,strip,json-from-wast,wast"


def cache():
    base = os.environ.get("TORVYN_CACHE")
    if base:
        return pathlib.Path(base)
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "torvyn"


def registry():
    return pathlib.Path(os.environ.get(
        "CARGO_HOME", pathlib.Path.home() / ".cargo")) / "registry/src"


def repository():
    """The repository's folder; None: the crate is not on this machine."""
    found = sorted(registry().glob(f"*/wasm-tools-{VERSION}"))
    return found[0] / "tests/component-model" if found else None


def fetch():
    """(the tool, the repository's folder)"""
    home = cache() / f"wasm-tools-{VERSION}"
    tool = home / "bin/wasm-tools"
    if not tool.exists():
        print(f"building wasm-tools {VERSION}, minutes, once", file=sys.stderr)
        subprocess.run(
            ["cargo", "install", "wasm-tools", "--version", VERSION,
             "--locked", "--root", home, "--no-default-features",
             "--features", FEATURES, "--quiet"],
            env={**os.environ, "CARGO_TARGET_DIR": str(home / "target")},
            check=True)
    found = repository()
    if found is None:
        sys.exit(f"the sources of wasm-tools {VERSION} are not in "
                 f"{registry()}")
    return tool, found
