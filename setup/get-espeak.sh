#!/bin/sh
# espeak-ng for making prompts: the host's own, else unpacked into FOLDER/espeak without root.
# Usage: setup/get-espeak.sh [FOLDER]   (default: var). Exit code 2: not possible here.
set -eu

command -v espeak-ng >/dev/null && exit 0
here=$(cd "$(dirname "$0")" && pwd)
var=${1:-$here/../var}
mkdir -p "$var"
var=$(cd "$var" && pwd)
prefix=$var/espeak
[ -x "$prefix/espeak-ng" ] && exit 0

. "$here/apart.sh"
say "espeak-ng: unpacking a private copy into $prefix"
apart_open "$var/downloads/apt-espeak"
apart_suite "$VERSION_CODENAME" || exit 2
rm -rf "$var/downloads/espeak" # another version may lie there
# shellcheck disable=SC2046 # package names have no blanks
apart_fetch "$var/downloads/espeak" $(apart_needs espeak-ng) || exit 2
rm -rf "$prefix.new" "$prefix"
apart_unpack "$prefix.new" "$var"/downloads/espeak/*.deb
libraries=$(cd "$prefix.new" && apart_libraries .)
cat >"$prefix.new/espeak-ng" <<WRAPPER
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
LD_LIBRARY_PATH="\$here/\$(printf '%s' "$libraries" | sed "s|:|:\$here/|g")"
ESPEAK_DATA_PATH=\$(dirname "\$here"/usr/lib/*/espeak-ng-data/phontab)
export LD_LIBRARY_PATH ESPEAK_DATA_PATH
exec "\$here/usr/bin/espeak-ng" "\$@"
WRAPPER
chmod 755 "$prefix.new/espeak-ng"
"$prefix.new/espeak-ng" --version >/dev/null || exit 2
mv "$prefix.new" "$prefix"
apart_close
