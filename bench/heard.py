"""SIPp's short log of messages, read back: who called whom when, and what lies between. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_USER = re.compile(r"INVITE sips?:([^@;]+)@")


@dataclass(frozen=True, slots=True)
class Seen:
    """One message: its time in seconds, sent by SIPp or received, its call, and its first line."""

    at: float
    sent: bool
    call: str
    line: str


def read_log(file: Path) -> list[Seen]:
    """Read what `-trace_shortmsg` wrote; nothing when SIPp wrote nothing."""
    if not file.exists():
        return []
    return list(seen_in(file.read_text("utf-8", "replace").splitlines()))


def seen_in(lines: Iterable[str]) -> Iterator[Seen]:
    """Read lines of date, time, seconds, S or R, Call-ID, CSeq and first line; torn ones not.

    >>> [seen.at for seen in seen_in(["d\\tt\\t1.5\\tR\\tx@h\\tCSeq:1 BYE\\tBYE sip:c@h SIP/2.0"])]
    [1.5]
    """
    for text in lines:
        cells = text.split("\t")
        if len(cells) >= 7:
            yield Seen(float(cells[2]), cells[3] == "S", cells[4], cells[6])


def first_invites(log: Iterable[Seen]) -> list[Seen]:
    """List the INVITE of each call, in order of time; those sent again are left out."""
    found: dict[str, Seen] = {}
    for seen in log:
        if seen.line.startswith("INVITE "):
            found.setdefault(seen.call, seen)
    return sorted(found.values(), key=lambda seen: seen.at)


def reached_ms(callers: Sequence[Seen], agents: Sequence[Seen]) -> list[float]:
    """Give the milliseconds from each caller's INVITE to an agent's, the n-th to the n-th.

    Right while nobody waits for an agent: every call then rings somebody before the next comes.
    """
    pairs = zip(first_invites(callers), first_invites(agents), strict=False)
    return [(there.at - here.at) * 1000 for here, there in pairs]


def handed_over_ms(agents: Sequence[Seen]) -> list[float]:
    """Give the milliseconds from each agent's BYE to the next INVITE at the same agent."""
    whose = {seen.call: _user(seen.line) for seen in first_invites(agents)}
    times: dict[str, list[Seen]] = {}
    for seen in [*first_invites(agents), *_byes(agents)]:
        times.setdefault(whose.get(seen.call, ""), []).append(seen)
    return [
        (later.at - earlier.at) * 1000
        for own in times.values()
        for earlier, later in pairwise(sorted(own, key=lambda seen: seen.at))
        if earlier.line.startswith("BYE") and later.line.startswith("INVITE")
    ]


def _byes(log: Iterable[Seen]) -> list[Seen]:
    found: dict[str, Seen] = {}
    for seen in log:
        if seen.sent and seen.line.startswith("BYE "):
            found.setdefault(seen.call, seen)
    return list(found.values())


def _user(line: str) -> str:
    found = _USER.match(line)
    return found.group(1) if found else ""


def cut(values: Sequence[float], percent: int) -> float:
    """Give the value that so many per cent do not exceed; of nothing 0.

    >>> cut([3.0, 1.0, 2.0], 50)
    2.0
    """
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]
