"""Three ways to decide the same events: the engine's core, a scan of everybody, bare deques.

All follow the strict policy: a free agent takes the lowest priority number, then the longest
waiting; a call takes the agent idle longest. Given the same events they make the same pairs.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Protocol

import acd
from domain import events as ev
from domain.ids import AgentId, CallId, GroupId, Instant

PRIORITIES = (1, 2, 3)
Pair = tuple[str, str]
Skills = Mapping[str, tuple[GroupId, ...]]


class Arm(Protocol):
    """One way to decide."""

    pairs: list[Pair]

    def take(self, event: ev.Event, now: float) -> None:
        """Decide one event; add the pair that it made."""


class Core:
    """The engine's own core, as it is: `acd` itself, or the same in another form."""

    def __init__(self, skills: Skills, core: ModuleType = acd) -> None:
        groups = dict.fromkeys(group for mine in skills.values() for group in mine)
        self._decide = core.decide
        rules = [core.GroupRules(name, wrap_s=0, announce_s=0, record=False) for name in groups]
        cards = [core.AgentCard(AgentId(number), groups=mine) for number, mine in skills.items()]
        self.floor, self.pairs = core.Floor(), list[Pair]()
        self.floor.configure(rules, cards)
        self.floor.reachable.update(skills)
        core.decide(self.floor, ev.PbxJoined(1), Instant(0))

    def take(self, event: ev.Event, now: float) -> None:
        """Decide one event."""
        for fact in self._decide(self.floor, event, Instant(now)).facts:
            if type(fact) is ev.OfferMade:
                self.pairs.append((fact.call, fact.agent))


class Bare:
    """The limit: a deque for each skill and priority, one for the idle of each skill.

    Nothing is taken out of the middle: whoever is gone is passed over at the head. There are no
    rules, facts, timers, reasons or records, so nothing can cost less.
    """

    def __init__(self, skills: Skills) -> None:
        self.skills, self.pairs = skills, list[Pair]()
        groups = {group for mine in skills.values() for group in mine}
        self.lines = {
            group: tuple(deque[tuple[int, str]]() for _ in PRIORITIES) for group in groups
        }
        self.idle = {group: deque[tuple[int, str]]() for group in groups}
        self.chosen: dict[str, tuple[GroupId, int]] = {}
        self.stands: dict[str, int] = {}
        """Waiting calls and idle agents, each with the number under which it stands."""
        self.talks: dict[str, str] = {}
        self.out: set[str] = set(skills)
        self._last = 0
        self._rules: dict[type[Any], Callable[[Any], None]] = {
            ev.GroupChosen: self._choose,
            ev.HoldReached: self._wait,
            ev.CallEnded: self._end,
            ev.AgentSignedOut: lambda event: self.out.add(event.agent),
            ev.AgentReadied: self._ready,
        }

    def take(self, event: ev.Event, now: float) -> None:
        """Decide one event."""
        rule = self._rules.get(type(event))
        if rule is not None:
            rule(event)

    def _choose(self, event: ev.GroupChosen) -> None:
        self.chosen[event.call] = (event.group, event.priority)

    def _wait(self, event: ev.HoldReached) -> None:
        group, priority = self.chosen.pop(event.call)
        agent = self._head(self.idle[group])
        if agent is not None:
            self._join(event.call, agent[1])
        else:
            self._stand(event.call, (self.lines[group][priority - 1],))

    def _end(self, event: ev.CallEnded) -> None:
        agent = self.talks.pop(event.call, None)
        if agent is None:
            del self.stands[event.call]
        elif agent not in self.out:
            self._free(agent)

    def _ready(self, event: ev.AgentReadied) -> None:
        self.out.discard(event.agent)
        self._free(event.agent)

    def _free(self, agent: str) -> None:
        mine = [self.lines[group] for group in self.skills[agent]]
        for urgency in range(len(PRIORITIES)):
            heads = [head for line in mine if (head := self._head(line[urgency]))]
            if heads:
                return self._join(min(heads)[1], agent)
        return self._stand(agent, [self.idle[group] for group in self.skills[agent]])

    def _stand(self, who: str, lines: Iterable[deque[tuple[int, str]]]) -> None:
        self._last = self.stands[who] = self._last + 1
        for line in lines:
            line.append((self._last, who))

    def _head(self, line: deque[tuple[int, str]]) -> tuple[int, str] | None:
        while line:
            number, who = line[0]
            if self.stands.get(who) == number:
                return line[0]
            line.popleft()
        return None

    def _join(self, call: str, agent: str) -> None:
        self.stands.pop(call, None)
        self.stands.pop(agent, None)
        self.talks[call] = agent
        self.pairs.append((call, agent))


@dataclass(slots=True)
class Person:
    """An agent to the scan."""

    number: str
    skills: tuple[GroupId, ...]
    call: str = ""
    ready: bool = False
    since: float = 0.0


@dataclass(slots=True)
class Waiter:
    """A caller to the scan."""

    id: str
    group: GroupId
    place: tuple[int, float]


@dataclass
class Scan:
    """Everybody is looked at each time, as the first version of many a queue does it."""

    people: dict[str, Person]
    waiting: dict[str, Waiter] = field(default_factory=dict)
    talks: dict[str, Person] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)

    @classmethod
    def beside(cls, bare: Bare) -> "Scan":
        """Begin where the deques are now."""
        scan = cls({number: Person(number, mine) for number, mine in bare.skills.items()})
        for number, person in scan.people.items():
            person.ready, person.since = number not in bare.out, bare.stands.get(number, 0) - 1e12
        for call, agent in bare.talks.items():
            scan.talks[call], scan.people[agent].call = scan.people[agent], call
        for group, lines in bare.lines.items():
            for urgent, line in zip(PRIORITIES, lines, strict=True):
                for entry, call in line:
                    if bare.stands.get(call) == entry:
                        scan.waiting[call] = Waiter(call, group, (urgent, entry - 1e12))
        return scan

    def take(self, event: ev.Event, now: float) -> None:
        """Decide one event."""
        match event:
            case ev.GroupChosen():
                self.talks.pop(event.call, None)
                self.waiting[event.call] = Waiter(event.call, event.group, (event.priority, now))
            case ev.HoldReached():
                self._wait(self.waiting[event.call])
            case ev.CallEnded():
                self._end(event.call, now)
            case ev.AgentSignedOut():
                self.people[event.agent].ready = False
            case ev.AgentReadied():
                self.people[event.agent].ready = True
                self._free(self.people[event.agent], now)

    def _wait(self, call: Waiter) -> None:
        able = (
            one
            for one in self.people.values()
            if one.ready and not one.call and call.group in one.skills
        )
        agent = min(able, key=lambda one: one.since, default=None)
        if agent is not None:
            self._join(call, agent)

    def _end(self, call: CallId, now: float) -> None:
        agent = self.talks.pop(call, None)
        if agent is None:
            del self.waiting[call]
        else:
            agent.call = ""
            self._free(agent, now)

    def _free(self, agent: Person, now: float) -> None:
        agent.since = now
        able = (call for call in self.waiting.values() if call.group in agent.skills)
        call = min(able, key=lambda one: one.place, default=None)
        if agent.ready and call is not None:
            self._join(call, agent)

    def _join(self, call: Waiter, agent: Person) -> None:
        del self.waiting[call.id]
        agent.call, self.talks[call.id] = call.id, agent
        self.pairs.append((call.id, agent.number))
