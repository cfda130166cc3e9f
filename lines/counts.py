"""How many calls out there were today, counted from the journal, so a restart forgets none. Pure.

A day is a day of the firm's wall clock. Offers to mobile seats are calls out too: they cost the
same and count in the firm's total, but belong to no customer's number.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from domain import events as ev

MOBILE = "mobile"
"""The phone of an agent who answers on a mobile."""
PENDING_MS = 2000
"""A permission counts this long before its fact must be in the journal."""


@dataclass(slots=True)
class DialCounts:
    """Counts of one day; the last call to a number is kept over midnight.

    A permission counts from the moment it is given, so that two who ask at once cannot both have
    the last call of the day.
    """

    zone: str = "Asia/Shanghai"
    day: str = ""
    all: int = 0
    numbers: Counter[str] = field(default_factory=Counter)
    agents: Counter[str] = field(default_factory=Counter)
    last: dict[str, int] = field(default_factory=dict)
    _mobile: set[str] = field(default_factory=set)
    _pending: list[tuple[int, str, str]] = field(default_factory=list)

    def promise(self, agent: str, key: str, now_ms: int) -> None:
        """Count a permission whose `DialAsked` is not in the journal yet."""
        self._turn(now_ms)
        self._pending.append((now_ms, agent, key))

    def note(self, record: ev.Record) -> None:
        """Take in one record of the journal."""
        match record.event:
            case ev.DialAsked(_, agent, _, to):
                self._turn(record.utc_ms)
                self._keep(agent, to)
                self.all += 1
                self.numbers[to] += 1
                self.agents[agent] += 1
                self.last[to] = record.utc_ms
            case ev.AgentSignedIn():
                self._sign_in(record.event)
            case ev.OutsideDialled():
                self._turn(record.utc_ms)
                self.all += 1
            case ev.OfferMade(_, agent) if agent in self._mobile:
                self._turn(record.utc_ms)
                self.all += 1

    def to_number(self, key: str, now_ms: int) -> int:
        """Count today's calls to a number."""
        self._turn(now_ms)
        return self.numbers[key] + sum(key == to for _, _, to in self._pending)

    def by_agent(self, agent: str, now_ms: int) -> int:
        """Count today's calls of an agent."""
        self._turn(now_ms)
        return self.agents[agent] + sum(agent == by for _, by, _ in self._pending)

    def total(self, now_ms: int) -> int:
        """Count today's calls of the firm."""
        self._turn(now_ms)
        return self.all + len(self._pending)

    def last_to(self, key: str) -> int:
        """Give when a number was last called, UTC ms, 0 = not that we know."""
        return max(self.last.get(key, 0), *(at for at, _, to in self._pending if to == key), 0)

    def _sign_in(self, event: ev.AgentSignedIn) -> None:
        change = self._mobile.add if event.phone == MOBILE else self._mobile.discard
        change(event.agent)

    def _keep(self, agent: str, key: str) -> None:
        """A promise was kept: its fact counts from here on."""
        kept = next((one for one in self._pending if one[1:] == (agent, key)), None)
        if kept:
            self._pending.remove(kept)

    def _turn(self, utc_ms: int) -> None:
        """Drop what is over: promises, and the day; a day that is over never comes back."""
        self._pending = [one for one in self._pending if 0 <= utc_ms - one[0] < PENDING_MS]
        day = datetime.fromtimestamp(utc_ms / 1000, ZoneInfo(self.zone)).date().isoformat()
        if day <= self.day:
            return
        self.day, self.all = day, 0
        self.numbers.clear()
        self.agents.clear()
        day_ms = 24 * 3600 * 1000
        self.last = {key: at for key, at in self.last.items() if utc_ms - at < day_ms}
