"""What a flow's choice of a group is worth: the hotline's weight, and the agent a caller prefers.

The preferred agent is who the CRM says has the customer (field `agent`), else who talked to this
number last; only where the group is sticky, and only so many days back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from domain import events as ev
from domain.clock import DAY_MS, Clock
from domain.ids import CallId, GroupId
from domain.ports import Tell
from office.model import Group, Hotline
from switchboard.cards import Card, Cards

PLACED = ev.GroupChosen | ev.AgentChosen | ev.CallbackAsked
"""What a flow tells that earns a place; all else is passed on as it is."""
OWNER = "agent"
"""The field of a CRM's answer that names the customer's own agent."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Stands between a flow and the loop; adds to the choice of a group what the flow knows not.

    A call on an older version may choose a group that is there no more: it gets the `stand_in`.
    """

    tell: Tell
    hotline: Hotline
    groups: Mapping[str, Group]
    cards: Cards
    clock: Clock
    new_call: Callable[[], CallId]
    stand_in: str = ""

    def __call__(self, event: ev.Event) -> None:
        """Pass an event on."""
        if isinstance(event, ev.GroupChosen):
            event = self._placed(event)
        elif isinstance(event, ev.AgentChosen):
            event = replace(event, head_start_s=float(self.hotline.head_start_s))
        elif isinstance(event, ev.CallbackAsked):
            event = replace(event, callback=self.new_call())
        self.tell(event)

    def _placed(self, event: ev.GroupChosen) -> ev.GroupChosen:
        if self.stand_in and event.group not in self.groups:
            event = replace(event, group=GroupId(self.stand_in))
        card, group = self.cards.cards.get(event.call), self.groups.get(event.group)
        sticky = card is not None and group is not None and group.sticky_s > 0
        preferred = self._preferred(card, group) if card and group and sticky else ""
        weight = float(self.hotline.head_start_s)
        return replace(event, head_start_s=weight, preferred=preferred)

    def _preferred(self, card: Card, group: Group) -> str:
        owner = card.customer.fields.get(OWNER) if card.customer else None
        if owner:
            return str(owner)
        since = self.clock.utc_ms() - group.sticky_days * DAY_MS
        return self.cards.last_agent(card.caller, since)
