"""A call that just came in, read from the channel's variables: who calls, for which hotline. Pure.

Asterisk is asked for headers and variables in one question; the rest is done here and in `lines`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.events import CallArrived
from domain.ids import CallId
from domain.numbers import CallerNumber
from lines import Match, called, caller, match, on_trunk
from office.model import Hotline
from switchboard.plan import Plan

TRUNK, SIP_ID = "CHANNEL(endpoint)", "CHANNEL(pjsip,call-id)"
"""The endpoint by which it came, and the Call-ID on the wire."""


def header(name: str, most: int = 1) -> tuple[str, ...]:
    """Name what gives a header of the INVITE; it may stand there several times, `most` count."""
    return tuple(f"PJSIP_HEADER(read,{name},{n})" for n in range(1, most + 1))


SOURCES = {
    "uri": ("CHANNEL(pjsip,request_uri)",),
    "from": header("From"),
    "to": header("To"),
    "pai": header("P-Asserted-Identity", 2),
    "ppi": header("P-Preferred-Identity"),
    "rpid": header("Remote-Party-ID"),
    "privacy": header("Privacy"),
    "pcpid": header("P-Called-Party-ID"),
    "diversion": header("Diversion", 2),
    "history": header("History-Info", 3),
}
"""Where a number may stand → what is asked of the channel for it."""
ALWAYS = ("uri", "from", "privacy", "rpid")
"""What is read of every call: where it went and whether its caller wants to be named."""
ENDPOINT = "trunk-"
"""A trunk's endpoint is named so and then as in the settings."""


@dataclass(frozen=True, slots=True)
class Line:
    """How the headers of one trunk are read, as its settings say."""

    caller_sources: tuple[str, ...] = ("pai", "from")
    called_sources: tuple[str, ...] = ("uri", "to")
    area: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who calls what; `owned` is False when the default hotline takes a number of nobody."""

    hotline: Hotline
    called: str
    caller: CallerNumber
    owned: bool
    sip_id: str = ""

    def told(self, call: CallId, trunk: str) -> CallArrived:
        """Say that this call came, before any flow is chosen for it."""
        hotline, number = self.hotline, self.caller
        return CallArrived(
            call,
            hotline.number,
            self.called,
            number.key,
            number.raw,
            number.name,
            trunk,
            hotline.brand,
            withheld=number.withheld,
            sip_id=self.sip_id,
        )


@dataclass(slots=True)
class Arrivals:
    """Reads arrivals by the trunks' settings; `lines` are by their name in the settings."""

    lines: Mapping[str, Line] = field(default_factory=dict)
    asked: tuple[str, ...] = field(init=False)
    """What is asked of a channel: each header wakes two threads of Asterisk."""

    def __post_init__(self) -> None:
        """Work out once what is asked of every call."""
        self.asked = _asked(self.lines.values())

    def read(self, seen: Mapping[str, str], plan: Plan) -> Arrival:
        """Make out of what was `asked` what it means."""
        trunk = seen[TRUNK].removeprefix(ENDPOINT)
        line = self.lines.get(trunk, Line())
        headers = {
            source: text for source, names in SOURCES.items() if (text := joined(seen, names))
        }
        headers.setdefault("uri", seen["CC_CALLED"])
        numbers = called(headers, line.called_sources, line.area)
        found = match(numbers, on_trunk(plan.owned, trunk), line.area)
        return Arrival(
            plan.hotlines[found.hotline] if found else plan.default,
            _called(found, numbers, seen["CC_CALLED"]),
            caller(headers, line.caller_sources, line.area),
            owned=found is not None,
            sip_id=seen[SIP_ID][:256],
        )


def joined(seen: Mapping[str, str], names: tuple[str, ...]) -> str:
    """Join a header that came several times (RFC 3261 §7.3.1)."""
    return ",".join(seen[name] for name in names if seen.get(name))


def _asked(lines: Iterable[Line]) -> tuple[str, ...]:
    read = (line.caller_sources + line.called_sources for line in (Line(), *lines))
    wanted = {*ALWAYS}.union(*read)
    headers = (name for source, names in SOURCES.items() if source in wanted for name in names)
    return ("CC_CALL", "CC_CALLED", TRUNK, SIP_ID, *headers)


def _called(found: Match | None, numbers: tuple[str, ...], dialled: str) -> str:
    return found.number if found else (numbers[0] if numbers else dialled[:40])
