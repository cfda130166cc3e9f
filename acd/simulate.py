"""The engine's own core in simulated time: the same `decide`, driven by a heap of events.

Times are whole nanoseconds, so that equal times are equal; the core is told seconds. At equal
times arrivals come before patience, and patience before agents who become free. Phones answer at
once: an offer is followed by its answer at the same instant.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, NamedTuple

from acd.decide import decide, wants
from acd.floor import AgentCard, Floor, GroupRules
from acd.turn import Turn
from domain import commands as do, events as ev
from domain.ids import AgentId, CallId, GroupId, Instant, OfferId

SECOND = 1_000_000_000
"""Nanoseconds in a second."""
UNTIL_DONE_S = 1e9
"""Wrap-up of a group whose calls bring their own: longer than any, ended by `WrapUpDone`."""
ARRIVE, PATIENCE, FREE, TIMER = range(4)
"""The order in which things happen at one instant."""
_MOOT = frozenset({ev.OfferExpired, ev.AnnouncementDue, ev.WrapUpExpired})
"""Timers that nothing can come of here: offers are answered, wrap-up ends by the call's own."""


class SimCall(NamedTuple):
    """One call of a simulated day; times in nanoseconds, `patience` None waits for ever.

    `reached_at`: whoever is offered a callback asks for it, and is reached at this attempt; 0 =
    does not ask.
    """

    id: str
    at: int
    group: GroupId
    priority: int
    service: int
    wrap: int = 0
    patience: int | None = None
    reached_at: int = 0


class Back(NamedTuple):
    """What came of a callback: reached, not_reached or expired; how long after the call came in."""

    outcome: str
    wait: int = 0


class Fate(NamedTuple):
    """What became of a call; `wait` is what its caller bore on the phone.

    `outcome`: answered, abandoned, blocked (no line free), left (at the end); by its group's rules
    voicemail, overflowed (to a message), outside (to a number), callback.
    """

    call: SimCall
    outcome: str
    wait: int
    agent: str = ""
    busy: int = 0
    group: str = ""
    back: Back | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is there: groups, agents in order (the first has been idle longest), and their pace.

    `pace` multiplies the service time of an agent's calls. `shifts` holds (from, to) in
    nanoseconds of agents who are not there all the time. `lines` caps the calls at once.
    """

    groups: tuple[GroupRules, ...]
    agents: tuple[AgentCard, ...]
    pace: Mapping[AgentId, float] = field(default_factory=dict)
    shifts: Mapping[AgentId, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    lines: int = 0


class Simulation:
    """One run. `fates` gives each call's fate at the instant at which it is decided."""

    def __init__(self, cast: Cast) -> None:
        self.floor = Floor(explains=False)
        self.cast = cast
        self.now = 0
        self.decisions = 0
        self.waited = 0
        """Callers waiting, summed over time: the area under the line, for Little's law."""
        self.spent: Counter[str] = Counter()
        """Nanoseconds that agents spent on customers who were not reached."""
        self._heap: list[tuple[int, int, int, object]] = []
        self._pushed = 0
        self._waiting: dict[str, SimCall] = {}
        self._talking = 0
        self._live: dict[CallId, SimCall] = {}
        self._fates: list[Fate] = []
        self._open()

    @property
    def until(self) -> int:
        """Tell when the day was over: the last instant at which something happened."""
        return self.now

    def fates(self, calls: Iterable[SimCall]) -> Iterator[Fate]:
        """Run over calls in order of arrival, then until nothing is left to happen."""
        heap, decided = self._heap, self._fates
        for call in calls:
            border = (call.at, ARRIVE)
            while heap and heap[0] < border:
                self._next()
            self._arrive(call)
            if decided:
                yield from decided
                decided.clear()
        while heap and (self._live or self._waiting):
            self._next()
            yield from decided
            decided.clear()
        for call in self._waiting.values():
            yield Fate(call, "left", self.now - call.at)

    def _open(self) -> None:
        """Let the link come up and everybody sign in, the first listed first."""
        self.floor.configure(list(self.cast.groups), list(self.cast.agents))
        decide(self.floor, ev.PbxJoined(1), Instant(-1.0 - len(self.cast.agents)))
        for place, card in enumerate(self.cast.agents):
            before = Instant(float(place - len(self.cast.agents)))
            decide(self.floor, ev.PhoneReachable(card.number), before)
            shifts = self.cast.shifts.get(card.number)
            if shifts is None:
                decide(self.floor, ev.AgentSignedIn(card.number, "phone", card.number), before)
                decide(self.floor, ev.AgentReadied(card.number), before)
            for start, end in shifts or ():
                self._push(start, FREE, ev.AgentSignedIn(card.number, "phone", card.number))
                self._push(start, FREE, ev.AgentReadied(card.number))
                self._push(end, FREE, ev.AgentSignedOut(card.number, "asked"))

    def _push(self, when: int, kind: int, what: object) -> None:
        self._pushed += 1
        heappush(self._heap, (when, kind, self._pushed, what))

    def _pass(self, until: int) -> None:
        self.waited += len(self._waiting) * (until - self.now)
        self.now = until

    def _next(self) -> None:
        when, _, _, what = heappop(self._heap)
        if type(what) is SimCall:
            if what.id in self._waiting:
                self._pass(when)
                self._leave(what)
            return
        self._pass(when)
        if type(what) is Fate:
            self._end(what)
        elif wants(self.floor, what):  # type: ignore[arg-type]
            self._tell(what)  # type: ignore[arg-type]

    def _arrive(self, call: SimCall) -> None:
        self._pass(call.at)
        if self.cast.lines and len(self._waiting) + self._talking >= self.cast.lines:
            self._fates.append(Fate(call, "blocked", 0))
            return
        name = CallId(call.id)
        self._live[name] = self._waiting[call.id] = call
        self._tell(ev.CallArrived(name, "", "", ""))
        self._tell(ev.GroupChosen(name, call.group, call.priority))
        self._tell(ev.HoldReached(name))
        if call.patience is not None and call.id in self._waiting:
            self._push(call.at + call.patience, PATIENCE, call)

    def _leave(self, call: SimCall) -> None:
        del self._waiting[call.id], self._live[CallId(call.id)]
        self._fates.append(Fate(call, "abandoned", self.now - call.at))
        self._tell(ev.CallEnded(CallId(call.id), 16))

    def _end(self, fate: Fate) -> None:
        """End a talk, or the wrap-up that followed it."""
        name, agent = CallId(fate.call.id), AgentId(fate.agent)
        if name not in self._live:
            self._tell(ev.WrapUpDone(agent))
            return
        del self._live[name]
        self._talking -= 1
        if fate.call.wrap:
            self._push(self.now + fate.call.wrap, FREE, fate)
        self._tell(ev.CallEnded(name, 16))
        if not fate.call.wrap and self.floor.agents[agent].call == name:
            self._tell(ev.WrapUpDone(agent))

    def _tell(self, event: ev.Event) -> None:
        """Let the core decide one event, and the world answer to it."""
        self.decisions += 1
        out = decide(self.floor, event, Instant(self.now / SECOND))
        if out.facts or out.commands or out.timers:
            self._follow(out)

    def _follow(self, out: Turn) -> None:
        for timer in out.timers:
            if type(timer.event) not in _MOOT:
                self._push(round(timer.when * SECOND), TIMER, timer.event)
        for command in out.commands:
            self._act(command)

    def _act(self, command: Any) -> None:
        if type(command) is do.RingAgent:
            self._answer(command.call, command.agent, command.offer)
        elif type(command) is do.BringBack:
            self._tell(ev.HoldReached(command.call))

    def _answer(self, name: CallId, agent: AgentId, offer: OfferId) -> None:
        call = self._live[name]
        self._tell(ev.OfferAnswered(name, agent, offer))
        del self._waiting[call.id]
        self._talking += 1
        self._fates.append(self._talk(call, "answered", agent))

    def _talk(self, call: SimCall, outcome: str, agent: AgentId) -> Fate:
        """Let a talk begin; it ends, and the wrap-up after it, by the call's own times."""
        pace = self.cast.pace.get(agent)
        service = call.service if pace is None else round(call.service * pace)
        group = self.floor.calls[CallId(call.id)].group
        fate = Fate(call, outcome, self.now - call.at, agent, service + call.wrap, group)
        self._push(self.now + service, FREE, fate)
        return fate


def cast_of(agents: tuple[AgentCard, ...], calls: Iterable[SimCall]) -> Cast:
    """Give agents the strict policy for all of their groups; calls bring their own wrap-up."""
    wraps = {call.group for call in calls if call.wrap}
    names = dict.fromkeys(group for card in agents for group in card.groups)
    return Cast(tuple(plain_rules(name, wraps=name in wraps) for name in names), agents)


def plain_rules(name: str, *, wraps: bool) -> GroupRules:
    """Give the strict policy for a group, without announcements and recording."""
    wrap_s = UNTIL_DONE_S if wraps else 0.0
    return GroupRules(GroupId(name), wrap_s=wrap_s, announce_s=0.0, record=False)
