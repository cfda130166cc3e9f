"""Walks that let a caller go to an outside number, and are taken up again if nobody answered.

They live in memory; after a restart of the engine a walk begins at the node that the channel
names, with the flow's values as they were at its start.
"""

from dataclasses import dataclass, field

from domain import events as ev
from domain.ids import CallId
from ivr.model import Given
from ivr.step import State

NODE = "CC_NODE"
"""The channel variable that names the flow and the node where a walk let go: `service/shop`."""


@dataclass(slots=True)
class Parked:
    """Where each call's last walk stood."""

    _states: dict[CallId, State] = field(default_factory=dict)

    def keep(self, call: CallId, state: State) -> None:
        """Remember where a walk stands that has let go."""
        if state.over and state.node:
            self._states[call] = state

    def take(self, call: CallId, node: str, given: Given) -> State | None:
        """Give the walk to go on with at `node`; None when there is no such node any more."""
        kept = self._states.pop(call, None)
        if not node:
            return None
        name, _, at = node.partition("/")
        if kept and (kept.flow.name, kept.node) == (name, at):
            return kept
        flow = given.flows.get(name)
        if flow is None or at not in flow.nodes:
            return None
        return State(flow, given, at, flow.values, over=True)

    def note(self, record: ev.Record) -> None:
        """Listener: forget a call that is over."""
        if isinstance(record.event, ev.CallEnded | ev.CallLost):
            self._states.pop(record.event.call, None)
