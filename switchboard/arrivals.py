"""A call that just came in, read from the channel's variables: who calls, for which hotline. Pure.

The dialplan puts each header, URI-encoded, into a variable; the rest is done here and in `lines`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from domain.numbers import CallerNumber
from lines import Match, called, caller, match, on_trunk
from office.model import Hotline
from switchboard.plan import Plan

SOURCES = {
    "uri": "CC_URI",
    "from": "CC_FROM",
    "to": "CC_TO",
    "pai": "CC_PAI",
    "ppi": "CC_PPI",
    "rpid": "CC_RPID",
    "privacy": "CC_PRIVACY",
    "pcpid": "CC_PCPID",
    "diversion": "CC_DIVERSION",
    "history": "CC_HISTORY",
}
"""Where a number may stand → the channel variable that has it."""
VARIABLES = ("CC_CALL", "CC_CALLED", "CC_TRUNK", "CC_SIPID", *SOURCES.values())
"""Everything that is read of a channel that arrives."""
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


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Reads arrivals by the trunks' settings; `lines` are by their name in the settings."""

    lines: Mapping[str, Line] = field(default_factory=dict)

    def read(self, seen: Mapping[str, str], plan: Plan) -> Arrival:
        """Make out of `VARIABLES` what they mean."""
        trunk = seen["CC_TRUNK"].removeprefix(ENDPOINT)
        line = self.lines.get(trunk, Line())
        headers = {source: unquote(seen[name]) for source, name in SOURCES.items() if seen[name]}
        headers.setdefault("uri", seen["CC_CALLED"])
        numbers = called(headers, line.called_sources, line.area)
        found = match(numbers, on_trunk(plan.owned, trunk), line.area)
        return Arrival(
            plan.hotlines[found.hotline] if found else plan.default,
            _called(found, numbers, seen["CC_CALLED"]),
            caller(headers, line.caller_sources, line.area),
            owned=found is not None,
            sip_id=unquote(seen["CC_SIPID"])[:256],
        )


def _called(found: Match | None, numbers: tuple[str, ...], dialled: str) -> str:
    return found.number if found else (numbers[0] if numbers else dialled[:40])
