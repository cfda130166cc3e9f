"""What a caller did in flows, pass by pass: from one call's facts. Pure.

A pass is a stay at a node up to the branch taken there. A branch that stays (a wrong key, a
time-out) ends a pass and the next one at the same node is not `fresh`: visits are fresh passes.
A survey after the talk, and flows called by a flow, are walked like any other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cdr.timeline import in_order, stamps
from domain import events as ev
from domain.events import Record

SURVEY = "survey"
"""The flow after the talk; older journals do not say in which flow a step lies."""
LEFT = "left"
"""The result of the pass in which the caller hung up."""
GONE = "caller_hung_up"
"""Why no rating was given, by a caller of whom `CallEnded` tells too."""


@dataclass(slots=True)
class Pass:
    """One pass at a node; `at` UTC ms, `keys` pressed, `result` how the flow ended here."""

    flow: str
    node: str
    at: int
    fresh: bool = True
    ms: int = 0
    edge: str = ""
    keys: int = 0
    silent: bool = False
    result: str = ""


@dataclass(slots=True)
class _Walk:
    """The passes so far; `here` goes on, `stays` has taken a branch and may still be there."""

    flow: str = ""
    passes: list[Pass] = field(default_factory=list)
    here: Pass | None = None
    stays: Pass | None = None

    def enter(self, pass_: Pass) -> None:
        self.passes.append(pass_)
        self.here, self.stays = pass_, None

    def close(self, now: int) -> None:
        if self.here is not None:
            self.here.ms = max(0, now - self.here.at)
        self.here = None

    def again(self) -> None:
        """The caller is still at the node whose branch was taken: a further pass there."""
        if self.here is None and self.stays is not None:
            last = self.stays
            self.enter(Pass(last.flow, last.node, last.at + last.ms, fresh=False))

    def let_go(self, now: int, result: str) -> None:
        """The flow ends in the pass that goes on, else in the last one."""
        last = self.here or self.stays
        self.close(now)
        self.stays = None
        if last is not None:
            last.result = result


def steps(records: Sequence[Record]) -> tuple[Pass, ...]:
    """Give a call's passes in order; one that still goes on has no branch and no result."""
    ordered = in_order(records)
    walk = _Walk()
    line = stamps(ordered)
    for record, now in zip(ordered, line, strict=True):
        rule = RULES.get(type(record.event))
        if rule is not None:
            rule(walk, record.event, now)
    if walk.here is not None:
        walk.here.ms = max(0, line[-1] - walk.here.at)
    return tuple(walk.passes)


def _arrived(walk: _Walk, event: ev.CallArrived, now: int) -> None:
    walk.flow = event.flow


def _entered(walk: _Walk, event: ev.StepEntered, now: int) -> None:
    walk.close(now)
    walk.enter(Pass(event.flow or walk.flow, event.node, now))


def _edge(walk: _Walk, event: ev.EdgeTaken, now: int) -> None:
    walk.again()
    if walk.here is None or walk.here.node != event.node:
        walk.close(now)
        walk.enter(Pass(event.flow or walk.flow, event.node, now, fresh=False))
    if walk.here is not None:
        walk.here.edge = event.label
    walk.stays = walk.here
    walk.close(now)


def _keyed(walk: _Walk, event: ev.KeyPressed, now: int) -> None:
    """Count keys for the pass that they ended: a branch is told before its keys."""
    found = next((each for each in reversed(walk.passes) if each.node == event.node), None)
    if found is not None:
        found.keys += len(event.digits)
        found.silent = found.silent or not event.digits


def _flow_ended(walk: _Walk, event: ev.FlowEnded, now: int) -> None:
    if walk.here or walk.stays:
        walk.let_go(now, event.outcome)
    elif walk.passes and walk.passes[-1].result == LEFT:
        walk.passes[-1].result = event.outcome  # AGI may tell of a hang-up after AMI did


def _let_go(result: str) -> Callable[[_Walk, Any, int], None]:
    return lambda walk, event, now: walk.let_go(now, result)


def _not_rated(walk: _Walk, event: ev.SurveySkipped, now: int) -> None:
    if event.reason != GONE:
        walk.let_go(now, "skipped")


def _talks(walk: _Walk, event: ev.OfferAnswered, now: int) -> None:
    walk.flow = SURVEY


def _ended(walk: _Walk, event: ev.CallEnded | ev.CallLost, now: int) -> None:
    walk.again()
    walk.let_go(now, "lost" if isinstance(event, ev.CallLost) else LEFT)


RULES: dict[type[Any], Callable[[_Walk, Any, int], None]] = {
    ev.CallArrived: _arrived,
    ev.StepEntered: _entered,
    ev.EdgeTaken: _edge,
    ev.KeyPressed: _keyed,
    ev.FlowEnded: _flow_ended,
    ev.GroupChosen: _let_go("group"),
    ev.AgentChosen: _let_go("agent"),
    ev.OutsideChosen: _let_go("outside"),
    ev.CallbackAsked: _let_go("callback"),
    ev.CallFellBack: _let_go("fallback"),
    ev.OfferAnswered: _talks,
    ev.SurveyAnswered: _let_go("rated"),
    ev.SurveySkipped: _not_rated,
    ev.CallEnded: _ended,
    ev.CallLost: _ended,
}
