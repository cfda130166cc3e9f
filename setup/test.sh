#!/bin/sh
# All tests, in two halves side by side: those that place calls, which mostly wait, and those that
# compute, at low priority. What the second half said follows when the first is over.
set -u
cd "$(dirname "$0")/.."
said=$(mktemp)
pid=

end() {
    [ -n "$pid" ] && kill "$pid" 2>/dev/null
    rm -f "$said"
}
trap end EXIT
trap 'exit 130' INT TERM

nice -n 10 .venv/bin/python -m pytest -p no:cacheprovider \
    tests/unit tests/stories tests/truth tests/db tests/parts >"$said" 2>&1 &
pid=$!
.venv/bin/python -m pytest tests/pbx tests/carrier tests/browser tests/nat tests/web tests/wheel
calls=$?
wait "$pid"
computed=$?
pid=
cat "$said"
[ "$calls" -eq 0 ] && exit "$computed"
exit "$calls"
