#!/bin/sh
# What only the tests need: SIPp, Chromium, PostgreSQL, nftables, coturn. Where we may not install,
# the reason is printed and the tests of that part say why they skip; with CI=true a missing part is
# a failure.
set -u

cd "$(dirname "$0")/.."
missing=

need() {
    command -v "$1" >/dev/null || missing="$missing $2"
}

need sipp sip-tester
need chromium chromium
need nft nftables
need turnserver coturn
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || need postgres postgresql

[ -n "$missing" ] || exit 0
# shellcheck disable=SC2086 # package names have no blanks
if setup/packages.sh $missing; then
    # Debian starts a relay for the whole machine as soon as it is installed; the tests start their own.
    case $missing in
        *coturn*) [ "$(id -u)" != 0 ] || systemctl disable --now --quiet coturn 2>/dev/null || true ;;
    esac
    exit 0
fi
printf 'Not there, their tests are skipped:%s\n' "$missing" >&2
[ "${CI:-}" != true ]
