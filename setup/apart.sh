# Debian packages in a folder of our own: no root, and the host's apt stays untouched.
# Sourced by asterisk-config/get-asterisk.sh and setup/get-espeak.sh. The mirror is the one that
# this machine already uses; only the suite differs. Every package is checked by apt against the
# Debian archive keys of this machine.
#
#   apart_open DIR        prepare the private apt state in DIR
#   apart_suite SUITE..   read the package list of the first suite that a mirror of ours carries
#   apart_fetch DIR PKG.. download the named packages into DIR
#   apart_needs PKG..     the named packages and all that they depend on
#   apart_unpack DIR DEB..
#   apart_close           forget the private apt state; what was fetched stays
#   apart_libraries TREE  the search path of the shared libraries below TREE

say() { printf '%s\n' "$*" >&2; }

die() {
    code=$1
    shift
    say "$@"
    exit "$code"
}

# What this machine's apt reads: "suite component address", whatever the file format. The second
# line serves a machine whose lists were deleted, as container images do to be small.
apart_targets() {
    {
        apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages'
        apt-get update --print-uris | sed -n "s,^'\(.*/\)dists/\(.*\)/InRelease' .*,\2 main \1,p"
    } 2>/dev/null | sort -u
}

# The main archive's addresses, the most likely first; the security archive has no such suites.
apart_mirrors() {
    apart_targets | awk -v own="${VERSION_CODENAME:-stable}" '
        $2 != "main" || $3 ~ /security/ { next }
        $1 == own || $1 ~ /^(stable|testing|unstable|sid|oldstable)$/ {
            sub(/\/*$/, "/", $3)
            print ($3 ~ /\/(debian|ubuntu)\/$/ ? 0 : 1), $3
        }' | sort -u | cut -d' ' -f2
}

apart_keyring() {
    for name in "${ID:-debian}-archive-keyring"; do
        for file in "/usr/share/keyrings/$name.gpg" "/usr/share/keyrings/$name.pgp"; do
            [ -r "$file" ] && { printf '%s' "$file"; return 0; }
        done
    done
    die 2 "No archive key on this machine. Mend: apt-get install ${ID:-debian}-archive-keyring"
}

apart_open() {
    apart_dir=$1
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        die 2 "This machine has no apt. Use a Debian or Ubuntu host, or 'yingda run --no-pbx' with an Asterisk >= 20 of your own."
    . /etc/os-release
    mkdir -p "$apart_dir/lists/partial" "$apart_dir/cache/archives/partial" "$apart_dir/empty"
    : >"$apart_dir/status"
    apart_options="-o Dir::Etc::sourcelist=$apart_dir/sources.list -o Dir::Etc::sourceparts=$apart_dir/empty
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=$apart_dir/empty
        -o Dir::State=$apart_dir -o Dir::State::lists=$apart_dir/lists -o Dir::State::status=$apart_dir/status
        -o Dir::Cache=$apart_dir/cache -o Dir::Log=$apart_dir -o Debug::NoLocking=1
        -o APT::Sandbox::User=$(id -un 2>/dev/null || echo root) -o Acquire::Check-Valid-Until=false
        -o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Update::Post-Invoke::= -o DPkg::Post-Invoke::=
        -o APT::Update::Error-Mode=any"
}

apart_get() {
    # shellcheck disable=SC2086 # the options are words on purpose
    apt-get -qq $apart_options "$@"
}

apart_suite() {
    keyring=$(apart_keyring) || exit $?
    mirrors=$(apart_mirrors)
    [ -n "$mirrors" ] || die 2 "No ${ID:-Debian} archive in this machine's apt sources (/etc/apt/sources.list*). Mend: add one."
    for suite in "$@"; do
        for mirror in $mirrors; do
            printf 'deb [signed-by=%s] %s %s main%s\n' "$keyring" "$mirror" "$suite" \
                "$([ "${ID:-}" = ubuntu ] && echo ' universe')" >"$apart_dir/sources.list"
            say "  reading the list of $suite"
            apart_get update 2>"$apart_dir/update.log" && return 0
        done
    done
    sed 's/^/  /' "$apart_dir/update.log" >&2
    return 1
}

apart_fetch() {
    into=$1
    shift
    mkdir -p "$into"
    (cd "$into" && apart_get download "$@") 2>"$apart_dir/download.log" && return 0
    sed 's/^/  /' "$apart_dir/download.log" >&2
    return 1
}

# Without the C library: it must be the one of the program loader, which is the host's.
apart_needs() {
    apart_get install --print-uris --no-install-recommends "$@" | awk '{print $2}' | cut -d_ -f1 |
        grep -vxE 'libc6|libc-bin|gcc-.*-base|libcrypt1|adduser|passwd|dpkg|perl-base'
}

apart_unpack() {
    tree=$1
    shift
    mkdir -p "$tree"
    for deb in "$@"; do
        dpkg-deb -x "$deb" "$tree" || die 2 "Damaged package $deb. Mend: delete it and run this again."
    done
}

# The lists take five times the room of what was fetched, and are read anew the next time.
apart_close() {
    rm -rf "$apart_dir"
}

apart_libraries() {
    find "$1" -path '*linux-gnu*' -name '*.so*' -printf '%h\n' | grep -v '/asterisk/modules' | sort -u | paste -sd:
}
