"""Slow down who guesses passwords: after 5 failures each further one doubles the wait. Pure.

>>> backoff = Backoff()
>>> for second in range(5):
...     backoff.failed("login:8001", second * 1000)
>>> backoff.wait_s("login:8001", 4000), backoff.wait_s("login:8002", 4000)
(1, 0)
>>> backoff.wait_s("login:8001", 5000)
0
"""

from collections import OrderedDict

FREE = 5
"""Failures before the first wait of one second."""
LONGEST_S = 900
"""The longest wait; after twice that without a failure, all is forgotten."""
MOST = 10_000
"""Keys that are remembered; the one longest without a failure goes first."""


class Backoff:
    """Failures by key (a login, an address) and the instant of the last; times in utc ms."""

    def __init__(self) -> None:
        """Start with a clean sheet."""
        self._failures: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def failed(self, key: str, now: int) -> None:
        """Note one failure."""
        count, last = self._failures.pop(key, (0, now))
        fresh = now - last < 2 * LONGEST_S * 1000
        self._failures[key] = (count + 1 if fresh else 1, now)
        while len(self._failures) > MOST:
            self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures of a key."""
        self._failures.pop(key, None)

    def wait_s(self, key: str, now: int) -> int:
        """Tell the whole seconds until the next try; 0 = now."""
        count, last = self._failures.get(key, (0, now))
        if count < FREE:
            return 0
        wait_ms = min(LONGEST_S, 1 << min(count - FREE, 20)) * 1000
        return max(0, -(-(last + wait_ms - now) // 1000))
