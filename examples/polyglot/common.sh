# common.sh -- what the `build` of every language uses; sourced, not run.
#
# A build makes ../build/LANGUAGE/enrich.wasm of its folder and the flights'
# WIT.  Its tools come by name and version through the package clients into a
# cache outside the tree; a tool that cannot be had ends it with status 77.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
lang=$(basename "$here")
polyglot=$(dirname "$here")
root=$(cd "$polyglot/../.." && pwd)
cache=${TORVYN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/torvyn}
tools=$cache/polyglot/$lang
out=$polyglot/build/$lang
mkdir -p "$tools" "$out"

skip()
{
    echo "polyglot: $lang: skipped: $1"
    exit 77
}

# need COMMAND PACKAGE: both are named when the command is missing.
need()
{
    command -v "$1" >/dev/null || skip "no $1 (Debian package $2)"
}

# fetched NAME COMMAND...: runs the command unless it has run well before.
fetched()
{
    local name=$1
    shift
    [ ! -e "$tools/$name.ok" ] || return 0
    echo "polyglot: $lang: fetching $name, once" >&2
    "$@" >"$tools/$name.log" 2>&1 ||
        skip "cannot fetch $name: $tools/$name.log says why"
    touch "$tools/$name.ok"
}

# quietly COMMAND...: its output is shown only when it fails.
quietly()
{
    "$@" >"$out/log" 2>&1 || {
        cat "$out/log" >&2
        echo "polyglot: $lang: $1 failed" >&2
        exit 1
    }
}

# The same wasm-tools as the conformance tests have, from the same place.
get_wasm_tools()
{
    wasm_tools=$cache/wasm-tools-1.263.0/bin/wasm-tools
    [ ! -x "$wasm_tools" ] || return 0
    need cargo cargo-web
    python3 -c 'import runpy, sys; runpy.run_path(sys.argv[1])["fetch"]()' \
        "$root/tests/specification.py" || skip "cannot build wasm-tools"
}

# wit-bindgen with the generators that languages here use, once for all; and
# the Go package that its bindings need, which its crate carries.
get_wit_bindgen()
{
    local home=$cache/wit-bindgen-0.63.0

    wit_bindgen=$home/bin/wit-bindgen
    wit_bindgen_go=$home/go
    [ ! -d "$wit_bindgen_go" ] || return 0
    need cargo cargo-web
    rm -f "$tools/wit-bindgen-cli-0.63.0.ok"
    CARGO_TARGET_DIR=$home/target fetched wit-bindgen-cli-0.63.0 \
        cargo install wit-bindgen-cli --version 0.63.0 --locked --quiet \
        --force --root "$home" --no-default-features --features c,go
    rm -rf "$home/target"
    local crates=${CARGO_HOME:-$HOME/.cargo}/registry/src
    cp -r "$crates"/*/wit-bindgen-go-0.63.0/src/pkg \
        "$wit_bindgen_go" || skip "the crate wit-bindgen-go has no Go package"
}

# Ends the build when nothing has changed since it last ended well.
unless_changed()
{
    stamp=$(cat "$polyglot/common.sh" "$here"/* "$root"/examples/flights/wit/* \
        "$root"/wit/torvyn-stage/* | sha256sum)
    if [ -e "$out/enrich.wasm" ] &&
        [ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ]; then
        echo "polyglot: $lang: unchanged"
        exit 0
    fi
    rm -rf "$out"
    get_wasm_tools
    mkdir -p "$out/wit/deps"
    cp "$root"/examples/flights/wit/*.wit "$out/wit/"
    cp -r "$root/wit/torvyn-stage" "$out/wit/deps/"
    cp "$here"/* "$out/"
    cd "$out"
}

# finish FILE: checks the component and puts it in its place.
finish()
{
    quietly "$wasm_tools" validate --features all "$1"
    mv "$1" "$out/enrich.wasm"
    echo "$stamp" >"$out/stamp"
    echo "polyglot: $lang: built $(wc -c <"$out/enrich.wasm") bytes"
}
