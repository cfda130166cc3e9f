#!/bin/sh
# Install packages of the host, where we may: as root, or by a sudo that asks nothing.
# Usage: setup/packages.sh PACKAGE…   Installed ones cost nothing. The package list is read once a day.
# Exit code 1: not allowed (the line to type is printed), 2: apt failed.
set -eu

cd "$(dirname "$0")/.."
say() { printf '%s\n' "$*" >&2; }

missing=
for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

command -v apt-get >/dev/null || { say "Not installed:$missing (this host has no apt)"; exit 1; }
root=
if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || { say "Not installed. Type as root: apt-get update && apt-get install --no-install-recommends$missing"; exit 1; }
    root='sudo -n'
fi

mkdir -p var/stamps
say "Installing$missing"
if [ -z "$(find var/stamps/apt-updated -mtime -1 2>/dev/null)" ]; then
    $root apt-get -qq update >var/stamps/apt.log 2>&1 || say "Note: apt-get update had trouble, see var/stamps/apt.log"
    touch var/stamps/apt-updated
fi
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing \
    >>var/stamps/apt.log 2>&1 || { tail -n 5 var/stamps/apt.log >&2; exit 2; }
