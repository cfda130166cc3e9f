"""The tracer's eye: judges messages as they come and has the engine told of what is wrong.

Only the last minutes of each trunk are looked at. The engine is told through its own door; one
that is away is told at the next sight.
"""

import contextlib
import json
import socket
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from domain.clock import Clock
from domain.settings import Settings, Trunk
from tracing.buffer import Captured
from tracing.judge import Finding, Line, Message, judge, messages_of, strangers
from tracing.sip import Sip

WINDOW_US = 120_000_000
MOST = 400
"""Messages that are remembered of a trunk, and of strangers."""
AGAIN_S = 30.0
JUDGE_S = 1.0
RESOLVE_S = 300.0
DOOR_S = 2.0
OURSELVES = Line("", frozenset({"127.0.0.1", "127.0.0.2", "::1"}))
"""Test callers, browsers (over our proxy) and phones of this machine are no strangers."""

Resolve = Callable[[str], frozenset[str]]
Say = Callable[[Finding], bool]


def line_of(trunk: Trunk, public_address: str, resolve: Resolve) -> Line:
    """Say by which addresses a trunk is known."""
    proxy = trunk.outbound_proxy.removeprefix("sips:").removeprefix("sip:")
    hosts = [trunk.host, proxy.split(";")[0].partition(":")[0]]
    addresses = frozenset().union(*(resolve(host) for host in hosts if host))
    return Line(trunk.name, addresses, trunk.codecs, trunk.match, public_address)


def resolved(host: str) -> frozenset[str]:
    """Give a host's addresses; none when its name is unknown now."""
    try:
        return frozenset(str(each[4][0]) for each in socket.getaddrinfo(host, None))
    except OSError:
        return frozenset()


@dataclass(slots=True)
class Sentry:
    """Remembers the last messages of each trunk and of strangers; judges at most once a second."""

    settings: Settings
    clock: Clock
    say: Say
    resolve: Resolve = resolved
    _lines: tuple[Line, ...] = ()
    _resolved_at: float = float("-inf")
    _judged_at: float = float("-inf")
    _seen: dict[str, deque[Message]] = field(default_factory=dict)
    _said: dict[tuple[str, str], float] = field(default_factory=dict)

    def look(self, batch: Sequence[tuple[Captured, Sip]]) -> None:
        """Take in a batch (it may be empty); tell what it shows."""
        for message in messages_of(batch):
            self._remember(message)
        now = self.clock.mono()
        if now - self._judged_at < JUDGE_S or not self._seen:
            return
        self._judged_at = now
        for finding in self._findings():
            self._tell(finding, now)

    def _findings(self) -> Iterator[Finding]:
        utc_us = self.clock.utc_ms() * 1000
        for line in self._lines:
            kept = self._kept(line.name, utc_us)
            yield from judge(kept, line) if kept else ()
        kept = self._kept("", utc_us)
        yield from strangers(kept, (*self._lines, OURSELVES), utc_us) if kept else ()

    def _kept(self, name: str, utc_us: int) -> list[Message]:
        seen = self._seen.get(name, ())
        return [message for message in seen if message.at_us > utc_us - WINDOW_US]

    def _remember(self, message: Message) -> None:
        self._know_lines()
        owner = next((line.name for line in self._lines if line.owns(message.far)), "")
        if not owner and OURSELVES.owns(message.far):
            return
        if message.sip.method == "OPTIONS":
            return  # silence to OPTIONS is no fault of a line that takes calls
        self._seen.setdefault(owner, deque(maxlen=MOST)).append(message)

    def _know_lines(self) -> None:
        now = self.clock.mono()
        if now - self._resolved_at < RESOLVE_S:
            return
        self._resolved_at = now
        public = self.settings.media.public_address
        self._lines = tuple(line_of(trunk, public, self.resolve) for trunk in self.settings.trunks)

    def _tell(self, finding: Finding, now: float) -> None:
        key = (finding.kind, finding.about)
        if now - self._said.get(key, float("-inf")) >= AGAIN_S and self.say(finding):
            self._said[key] = now
            if len(self._said) > MOST:
                self._said.clear()


def door(path: Path) -> Say:
    """Give the way to the engine: its local socket, one wish at a time."""

    def say(finding: Finding) -> bool:
        args = {"kind": finding.kind, "about": finding.about, "detail": finding.detail}
        return bool(_ask(path, {"id": 1, "do": "incident.seen", "args": args}))

    return say


def _ask(path: Path, wish: Mapping[str, object]) -> bool:
    with contextlib.suppress(OSError, ValueError), socket.socket(socket.AF_UNIX) as way:
        way.settimeout(DOOR_S)
        way.connect(str(path))
        way.sendall(json.dumps(wish, ensure_ascii=False).encode() + b"\n")
        return any('"id": 1' in line for line in way.makefile("r", encoding="utf-8"))
    return False
