#!/bin/sh
# What only the tests need: SIPp, Chromium, PostgreSQL. Where we may not install, the reason is
# printed and the tests of that part say why they skip; with CI=true a missing part is a failure.
set -u

cd "$(dirname "$0")/.."
missing=

need() {
    command -v "$1" >/dev/null || missing="$missing $2"
}

need sipp sip-tester
need chromium chromium
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || need postgres postgresql

[ -n "$missing" ] || exit 0
# shellcheck disable=SC2086 # package names have no blanks
setup/packages.sh $missing && exit 0
printf 'Not there, their tests are skipped:%s\n' "$missing" >&2
[ "${CI:-}" != true ]
