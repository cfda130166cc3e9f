"""The floor: every agent, every line and every live call, indexed so that nobody scans.

`decide` changes it in place; it has no effects outside itself. Per line there are the calls that
may be offered and the idle agents who qualify, both in order (acd/waiting.py); per group all who
wait, for the place that a caller is told. A call for one person waits in that person's own
group, named `@8001`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from acd.asked import Asked, line_for
from acd.pace import Pace
from acd.people import (
    FREE as FREE,
    HELD as HELD,
    MOBILE as MOBILE,
    OFFERED as OFFERED,
    OFFLINE as OFFLINE,
    ON_LINE as ON_LINE,
    PHONE_LOST as PHONE_LOST,
    PREFERRED as PREFERRED,
    READY as READY,
    RESERVED as RESERVED,
    TALKING as TALKING,
    WAITING as WAITING,
    Agent as Agent,
    Back as Back,
    Call as Call,
    Line as Line,
    Presence as Presence,
    Stage as Stage,
)
from acd.ranked import Key, Lanes
from acd.rules import (
    AgentCard as AgentCard,
    GroupRules as GroupRules,
    Overflow as Overflow,
    Step as Step,
)
from acd.strategies import STRATEGIES, Strategy, longest_idle
from acd.waiting import (
    OWN_LEVEL,
    Terms,
    WaitingLine as WaitingLine,
    ladder,
    levels_of,
    own_group as own_group,
    words_of,
)
from domain.ids import AgentId, CallId, GroupId

OWN: Final = -2_000_000_000
FRONT: Final = -1_000_000_000
"""Before every priority: calls for one person, then those that go to the front."""
LineKey = tuple[GroupId, int]


@dataclass(slots=True)
class Floor:
    """The whole state of distribution. `epoch` fences commands of an engine that is gone.

    While it is `recalling` the journal no offer is decided: each is read back as it was made,
    whatever the configuration is now and wherever the reading begins. `ageing_s`: so many seconds
    of waiting are worth one level of priority, 0 = priority is strict. `day` is the firm's date.
    """

    epoch: int = 0
    groups: dict[GroupId, GroupRules] = field(default_factory=dict)
    agents: dict[AgentId, Agent] = field(default_factory=dict)
    calls: dict[CallId, Call] = field(default_factory=dict)
    waiting: dict[GroupId, Lanes] = field(default_factory=dict)
    lines: dict[LineKey, WaitingLine] = field(default_factory=dict)
    asked: dict[Asked, WaitingLine] = field(default_factory=dict)
    """Lines of calls that ask for something of their own (acd/asked.py)."""
    hopeless: dict[tuple[GroupId, str], bool] = field(default_factory=dict)
    paces: dict[GroupId, Pace] = field(default_factory=dict)
    at_phone: dict[str, set[AgentId]] = field(default_factory=dict)
    reachable: set[str] = field(default_factory=set)
    pbx_up: bool = False
    last_offer: int = 0
    strategies: dict[str, Strategy] = field(default_factory=dict)
    recalling: bool = False
    ageing_s: float = 0.0
    day: str = ""
    left: dict[tuple[str, str, GroupId], tuple[float, float]] = field(default_factory=dict)
    """Callers who gave up, by number, hotline and group: when they entered, when they left."""
    backs: dict[tuple[str, str, GroupId], CallId] = field(default_factory=dict)
    """Callbacks that are open, by number, hotline and group: one at a time."""
    deserted: dict[GroupId, float] = field(default_factory=dict)
    """Groups that nobody serves any more, and since when."""
    explains: bool = True
    """Whether each offer says why; a simulated day of a million calls does without."""

    @property
    def may_offer(self) -> bool:
        """Tell whether callers may be offered to agents now."""
        return self.pbx_up and not self.recalling

    def configure(self, groups: list[GroupRules], agents: list[AgentCard]) -> None:
        """Take in the published configuration; who is signed in and who waits stays.

        Everybody is listed anew; the steps and offers that follow come with `ConfigPublished`.
        """
        self.groups = {rules.id: rules for rules in groups}
        self.ageing_s = next((rules.ageing_s for rules in groups), 0.0)
        for agent in self.agents.values():
            self.rest(agent)
        self._staff({card.number: card for card in agents})
        self._draw_lines()
        self._line_up()
        for agent in self.agents.values():
            self.seat(agent)

    def _staff(self, cards: dict[AgentId, AgentCard]) -> None:
        for number, agent in list(self.agents.items()):
            if number in cards:
                agent.card = cards[number]
            elif agent.line is Line.FREE:
                del self.agents[number]
            else:
                agent.presence = Presence.OFFLINE
        for number, card in cards.items():
            self.agents.setdefault(number, Agent(card))

    def _draw_lines(self) -> None:
        """Work out every line, and who qualifies for which."""
        self.lines, self.asked, self.hopeless = {}, {}, {}
        terms_of: list[tuple[WaitingLine, tuple[Terms, ...]]] = []
        for rules in self.groups.values():
            strategy = self._strategy(rules.strategy)
            for step, terms in enumerate(ladder(rules, self.groups)):
                line = WaitingLine(rules.id, step, words_of(terms), strategy)
                self.lines[rules.id, step] = line
                terms_of.append((line, terms))
        for agent in self.agents.values():
            self._let_serve(agent, terms_of)

    def _let_serve(
        self, agent: Agent, terms_of: Iterable[tuple[WaitingLine, tuple[Terms, ...]]]
    ) -> None:
        card, levels = agent.card, levels_of(agent.card)
        agent.lines, agent.own = [], None
        for line, terms in terms_of:
            level = max(each.level(card.groups, levels) for each in terms)
            if level:
                line.levels[card.number] = level
                agent.lines.append(line)

    def _strategy(self, name: str) -> Strategy:
        """Give a strategy by name; the keys of another package end with the number too."""
        known = STRATEGIES.get(name)
        if known is not None:
            return known
        foreign = self.strategies.get(name, longest_idle)
        return lambda agent, level: (*foreign(agent, level), agent.number)

    def _line_up(self) -> None:
        """Let everybody wait under the new rules, each where the old ones had them."""
        self.waiting = {}
        for call in self.calls.values():
            if call.stage is WAITING:
                stood, call.line, call.place = call.line, None, ()
                self.enqueue(call)
                if stood is not None:
                    self.stand(call, min(call.step, len(self.rules(call).steps)))

    def rules(self, call: Call) -> GroupRules:
        """Find the rules for a call; a call for one person takes that person's first group's."""
        rules = self.groups.get(call.group)
        if rules is not None:
            return rules
        if call.group.startswith("@"):
            agent = self.agents.get(AgentId(call.group[1:]))
            first = agent.card.groups[0] if agent and agent.card.groups else GroupId("")
            rules = self.groups.get(first)
        return rules or GroupRules(call.group)

    def pace(self, group: GroupId) -> Pace:
        """Give what was measured of a group."""
        found = self.paces.get(group)
        if found is None:
            found = self.paces[group] = Pace()
        return found

    def place_of(self, call: Call) -> Key:
        """Work out the sort key: lower priority number first, then who entered first.

        With ageing each level of priority is worth the same time for everybody, so that the key
        never changes while the call waits; and keys of all lines compare.
        """
        entered = call.entered - call.kept_s - call.head_start_s
        if call.group[:1] == "@":
            return (OWN, entered, call.id)
        if call.front:
            return (FRONT, entered, call.id)
        if self.ageing_s:
            return (0, entered + call.priority * self.ageing_s, call.id)
        return (call.priority, entered, call.id)

    def enqueue(self, call: Call) -> None:
        """Let a call wait for its group, at the place it has earned."""
        if call.place:
            self.dequeue(call)
        group, place = call.group, self.place_of(call)
        call.place, call.queued = place, group
        waiting = self.waiting.get(group)
        if waiting is None:
            waiting = self.waiting[group] = Lanes()
        waiting.add(place)

    def stand(self, call: Call, step: int) -> bool:
        """Put a waiting call in the line of a step; tell whether it stood elsewhere before."""
        plain = self.lines.get((call.group, 0)) if step == 0 and not call.needs else None
        line, before = plain or self._line_of(call, step), call.line
        call.step = step
        if line is before:
            return False
        if before is not None:
            before.calls.remove(call.place)
        line.calls.add(call.place)
        call.line = line
        return True

    def _line_of(self, call: Call, step: int) -> WaitingLine:
        if call.needs and step != PREFERRED:
            line = line_for(self, call.group, step, call.needs)
            if line is not None:
                return line
        key = (own_group(call.preferred), 0) if step == PREFERRED else (call.group, step)
        return (
            self.line(*key)
            or self.line(call.group)
            or self.lines.setdefault(key, WaitingLine(*key, key=longest_idle))
        )

    def line(self, group: GroupId, step: int = 0) -> WaitingLine | None:
        """Find a line; one person's own is drawn when it is first asked for."""
        found = self.lines.get((group, step))
        if found is None and step == 0 and group.startswith("@"):
            agent = self.agents.get(AgentId(group[1:]))
            return self._own_line(agent) if agent is not None else None
        return found

    def _own_line(self, agent: Agent) -> WaitingLine:
        group, number = own_group(agent.number), agent.number
        line = WaitingLine(group, key=longest_idle, levels={number: OWN_LEVEL})
        self.lines[group, 0] = agent.own = line
        agent.lines.insert(0, line)
        if agent.seats is not None:
            key = line.key(agent, OWN_LEVEL)
            line.idle.add(key)
            agent.seats.append((line, key))
        return line

    def dequeue(self, call: Call) -> None:
        """Let a call wait no longer."""
        place = call.place
        if place:
            self.waiting[call.queued].remove(place)
            if call.line is not None:
                call.line.calls.remove(place)
            call.place, call.line = (), None

    def seat(self, agent: Agent) -> None:
        """List an agent as idle in every line, if free, ready and within reach."""
        if agent.seats is not None or not self.is_idle(agent):
            return
        number = agent.number
        agent.seats = []
        for line in agent.lines:
            key = line.key(agent, line.levels[number])
            line.idle.add(key)
            agent.seats.append((line, key))

    def rest(self, agent: Agent) -> None:
        """Take an agent off the lists of the idle."""
        if agent.seats is not None:
            for line, key in agent.seats:
                line.idle.remove(key)
            agent.seats = None

    def sit_at(self, agent: Agent, phone: str, endpoint: str) -> None:
        """Let an agent work at a phone."""
        self.at_phone.get(agent.endpoint, set[AgentId]()).discard(agent.number)
        self.at_phone.setdefault(endpoint, set()).add(agent.number)
        agent.phone, agent.endpoint = phone, endpoint

    def who_is_at(self, endpoint: str) -> list[Agent]:
        """List the agents who work at a phone."""
        numbers = sorted(self.at_phone.get(endpoint, ()))
        return [self.agents[number] for number in numbers if number in self.agents]

    def is_idle(self, agent: Agent) -> bool:
        """Tell whether this agent could be offered a call now."""
        return agent.presence is READY and agent.line is FREE and agent.endpoint in self.reachable

    def position(self, call: Call) -> int:
        """Count the place of a waiting call in its group, 1 = next."""
        waiting, place = self.waiting.get(call.group), call.place
        if waiting is None or waiting.first is place:
            return 1
        return waiting.before(place or self.place_of(call)) + 1

    def serving(self, group: GroupId) -> list[Agent]:
        """List the agents who may take calls of a group from the start."""
        line = self.line(group)
        return [self.agents[number] for number in line.levels] if line else []

    def serving_ever(self, group: GroupId) -> list[Agent]:
        """List the agents who may take calls of a group, at once or at a later step."""
        return [agent for agent in self.agents.values() if agent.serves(group)]

    def idle_in(self, group: GroupId) -> int:
        """Count the idle agents who may take a call of this group at once."""
        line = self.line(group)
        return len(line.idle) if line else 0


def call_at(place: Key) -> CallId:
    """Read the call out of its place."""
    found: Any = place[-1]
    return CallId(found)
