#!/bin/sh
# `make run`'s last step: become `yingda run`, and end with make, however make ends.
# Ctrl-C reaches both of us. A `kill -INT` of make alone does not: make forgets its handler and
# waits for us for ever. A killed make leaves us an orphan. Either is passed on.
set -eu

cd "$(dirname "$0")/.."
make=$PPID
us=$$

# Bit 2 of SigCgt is SIGINT. Where make is, nothing else reads this; without make it never held.
make_lives() {
    caught=$(sed -n 's/^SigCgt:.*\(.\)$/\1/p' "/proc/$make/status" 2>/dev/null)
    case $caught in [2367abefABEF]) return 0 ;; *) return 1 ;; esac
}

# After Ctrl-C we are ending already: a second signal at once would cut the tidy end short.
grace() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        kill -0 "$us" 2>/dev/null || exit 0
        sleep 0.2
    done
}

if make_lives; then
    (
        trap '' INT
        while make_lives; do
            kill -0 "$us" 2>/dev/null || exit 0
            sleep 0.5
        done
        grace
        kill -INT "$us" 2>/dev/null
    ) >/dev/null 2>&1 &
fi
exec .venv/bin/yingda run "$@"
