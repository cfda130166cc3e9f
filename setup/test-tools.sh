#!/bin/sh
# What only the tests need: SIPp, Chromium, PostgreSQL. Where we may not install, the reason is
# printed and the tests of that part say why they skip; with CI=true a missing part is a failure.
set -u

cd "$(dirname "$0")/.."
missing=

need() {
    command=$1
    package=$2
    command -v "$command" >/dev/null && return 0
    [ "$command" = postgres ] && ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 && return 0
    setup/packages.sh "$package" || missing="$missing $package"
}

need sipp sip-tester
need chromium chromium
need postgres postgresql

[ -n "$missing" ] || exit 0
printf 'Not there, their tests are skipped:%s\n' "$missing" >&2
[ "${CI:-}" != true ]
