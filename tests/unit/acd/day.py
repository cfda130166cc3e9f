"""A day on the floor in virtual time: the core alone, its timers told when they are due."""

from heapq import heappop, heappush
from itertools import count

from acd import AgentCard, Floor, GroupRules, decide, wants
from domain import commands as do, events as ev
from domain.ids import AgentId, CallId, GroupId, Instant


class Day:
    """Tells events at instants; every offer is kept as (agent, call).

    `quick`: phones answer at once.
    """

    def __init__(
        self, groups: list[GroupRules], agents: list[AgentCard], *, quick: bool = False
    ) -> None:
        self.floor, self.now, self._quick = Floor(), 0.0, quick
        self.facts: list[ev.Event] = []
        self.commands: list[do.PbxCommand] = []
        self._timers: list[tuple[float, int, ev.Event]] = []
        self._count = count()
        self.floor.configure(groups, agents)
        self.tell(ev.PbxJoined(1))

    def tell(self, *events: ev.Event) -> None:
        """Decide events now."""
        for event in events:
            if not wants(self.floor, event):
                continue
            outcome = decide(self.floor, event, Instant(self.now))
            self.facts += outcome.facts
            self.commands += outcome.commands
            for timer in outcome.timers:
                heappush(self._timers, (timer.when, next(self._count), timer.event))
            for fact in outcome.facts:
                if self._quick and isinstance(fact, ev.OfferMade):
                    self.tell(ev.OfferAnswered(fact.call, fact.agent, fact.offer))

    def pass_to(self, instant: float) -> None:
        """Let time pass; timers come when they are due."""
        while self._timers and self._timers[0][0] <= instant:
            self.now, _, event = heappop(self._timers)
            self.tell(event)
        self.now = instant

    def ready(self, *agents: str) -> None:
        """Sign agents in with a phone within reach, ready, one a moment after the other."""
        for name in agents:
            agent = AgentId(name)
            self.now += 0.01
            self.tell(ev.PhoneReachable(f"a{name}"))
            self.tell(ev.AgentSignedIn(agent, "phone", f"a{name}"), ev.AgentReadied(agent))

    def comes(
        self, call: str, group: str = "tea", priority: int = 5, first: float = 0, whom: str = ""
    ) -> None:
        """Bring a call to the hold music; `first` is its head start, `whom` it prefers."""
        name = CallId(call)
        chosen = ev.GroupChosen(name, GroupId(group), priority, head_start_s=first, preferred=whom)
        self.tell(ev.CallArrived(name, "400", "400", ""), chosen, ev.HoldReached(name))

    def leaves(self, call: str) -> None:
        """End a call."""
        self.tell(ev.CallEnded(CallId(call), 16))

    def answers(self, agent: str) -> str:
        """Let an agent take the offered call; gives the call."""
        known = self.floor.agents[AgentId(agent)]
        assert known.call and known.offer
        self.tell(ev.OfferAnswered(known.call, known.card.number, known.offer))
        return known.call

    def serves(self, agent: str, talk_s: float = 60) -> str:
        """Let an agent take the offered call and talk; gives the call."""
        call = self.floor.agents[AgentId(agent)].call if self._quick else self.answers(agent)
        assert call
        self.pass_to(self.now + talk_s)
        self.leaves(call)
        self.tell(ev.WrapUpDone(AgentId(agent)))
        return call

    @property
    def offers(self) -> list[tuple[str, str]]:
        """List (agent, call) of every offer so far."""
        return [(fact.agent, fact.call) for fact in self.facts if isinstance(fact, ev.OfferMade)]

    @property
    def order(self) -> list[str]:
        """List whom was rung, in order."""
        return [agent for agent, _ in self.offers]


def group(name: str = "tea", **rules: object) -> GroupRules:
    """Give a group without wrap-up, with some rules of its own."""
    return GroupRules(GroupId(name), **{"wrap_s": 0, "announce_s": 0} | rules)  # type: ignore[arg-type]


def agent(number: str, *groups: str, **levels: int) -> AgentCard:
    """Give an agent with groups and levels."""
    return AgentCard(AgentId(number), groups=tuple(map(GroupId, groups)), levels=levels)
