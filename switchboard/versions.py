"""Which version of which flow a call walks, from its arrival to its end.

A publish changes what later calls get; a call that comes back to its flow (after a number outside
did not answer), its sub-flows and its survey stay with the version that it began with. After a
restart of the engine no conversation is left to go on, so nothing is kept on disk.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from domain import events as ev
from domain.ids import CallId
from ivr.model import Flow
from office.model import Hotline
from switchboard.plan import Plan

CANARY, MAIN = "canary", "main"


@dataclass(frozen=True, slots=True)
class Walks:
    """What one call works by: the plan of its arrival, its hotline and flow, the trial's arm."""

    plan: Plan
    hotline: Hotline
    name: str
    arm: str = ""

    @property
    def flow(self) -> Flow:
        """Give the flow of the call, as it was when the call arrived."""
        return self.plan.flows[self.name]


@dataclass(slots=True)
class Versions:
    """What each call in progress works by; `now` gives the plan in force."""

    now: Callable[[], Plan]
    _calls: dict[CallId, Walks] = field(default_factory=dict)

    def begin(self, call: CallId, hotline: Hotline, caller: str) -> Walks:
        """Choose for a call that arrives; `caller` is the key of the number, "" = unknown."""
        name, arm = chosen(hotline, caller)
        self._calls[call] = Walks(self.now(), hotline, name, arm)
        return self._calls[call]

    def of(self, call: CallId, hotline: Hotline, caller: str = "") -> Walks:
        """Give what a call works by; one that is not known begins with what is in force."""
        return self._calls.get(call) or self.begin(call, hotline, caller)

    def plan(self, call: CallId) -> Plan:
        """Give the plan of a call, the one in force for a call that is not known."""
        return self._calls[call].plan if call in self._calls else self.now()

    def note(self, record: ev.Record) -> None:
        """Listener: forget a call that is over."""
        if isinstance(record.event, ev.CallEnded | ev.CallLost):
            self._calls.pop(record.event.call, None)


def chosen(hotline: Hotline, caller: str) -> tuple[str, str]:
    """Choose flow and arm of a caller by a hash: the same caller is always in the same arm.

    Who withholds the number cannot be told from others like that and gets the flow in force.
    """
    trial = hotline.canary
    if trial is None:
        return hotline.flow, ""
    if caller in trial.numbers or (caller and share(hotline, caller) < trial.percent):
        return trial.flow, CANARY
    return hotline.flow, MAIN


def stand_in(plan: Plan, hotline: Hotline) -> str:
    """Give the group for callers of a hotline whose group was taken away while they were in a menu.

    It is the first to which the hotline's flow sends callers now, else the firm's first.
    """
    names, seen = [hotline.flow], set[str]()
    while names:
        name = names.pop(0)
        if name in seen or name not in plan.flows:
            continue
        seen.add(name)
        for node in plan.flows[name].nodes.values():
            if node.kind == "group":
                return str(getattr(node, "group", ""))
            names.append(getattr(node, "flow", ""))
    return plan.config.groups[0].id


def share(hotline: Hotline, caller: str) -> int:
    """Give a caller's place among a hundred, another one for each hotline."""
    mark = sha256(f"{hotline.number}:{caller}".encode()).digest()
    return int.from_bytes(mark[:8]) % 100
