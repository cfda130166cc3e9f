"""What a flow may ask of the caller and of the floor by name, for one call (`ivr.facts`)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.clock import DAY_MS, Clock
from domain.ids import CallId
from domain.numbers import classify
from domain.ports import QueueView
from ivr.calendar import CHINA, Calendar
from ivr.expression import Fact
from ivr.facts import agent_fact, queue_fact
from office.model import Hotline
from switchboard.cards import Cards
from switchboard.origins import origin
from switchboard.plan import Plan


@dataclass(frozen=True, slots=True)
class Knowing:
    """Answers the names of `ivr.facts`, as things stand when it is asked."""

    call: CallId
    hotline: Hotline
    caller: str = field(repr=False)
    plan: Plan
    cards: Cards
    queue: QueueView
    clock: Clock

    def __call__(self, name: str) -> Fact:
        """Give a fact; "" for a name that says nothing here."""
        if queue := queue_fact(name):
            return self._of_group(*queue)
        if agent := agent_fact(name):
            return int(getattr(self.queue.agent(agent[0]), agent[1]))
        plain: dict[str, Callable[[], Fact]] = {
            "caller.number": lambda: self.caller,
            "caller.province": lambda: origin(self.caller).province,
            "caller.city": lambda: origin(self.caller).city,
            "caller.kind": lambda: classify(self.caller) if self.caller else "withheld",
            "vip": lambda: self.plan.callers.vip.get(self.caller, 0),
            "tags": self._tags,
            "lists": lambda: self.plan.callers.lists_of(self.caller),
            "hotline": lambda: self.hotline.number,
            "calls_24h": self._calls,
            "hour": lambda: self._now().hour,
            "weekday": lambda: self._now().isoweekday(),
        }
        return plain[name]() if name in plain else ""

    def _of_group(self, group: str, figure: str) -> Fact:
        view = self.queue.group(group)
        figures = {"length": view.waiting, "wait_s": view.wait_s, "ready": view.ready}
        return figures.get(figure, view.signed_in)

    def _tags(self) -> Fact:
        card = self.cards.cards.get(self.call)
        return card.customer.tags if card and card.customer else ()

    def _calls(self) -> Fact:
        """Count the calls of this number within a day, this one included."""
        since = self.clock.utc_ms() - DAY_MS
        return max(1, self.cards.calls_of(self.caller, since)) if self.caller else 1

    def _now(self) -> datetime:
        calendar: Calendar | None = self.plan.calendars.get(self.hotline.calendar)
        now = datetime.fromtimestamp(self.clock.utc_ms() / 1000, UTC)
        return now.astimezone(calendar.zone if calendar else CHINA)
