"""The events of a busy and of a quiet floor: arrive, become free, give up, sign out and in.

Two skills an agent, ten skills, three priorities. On the busy floor so many callers wait and so
many agents talk, and it stays so; on the quiet one so many agents are idle and nobody waits.
"""

import random
from collections.abc import Iterator
from itertools import count

from bench.acd_arms import PRIORITIES, Bare
from domain import events as ev
from domain.ids import AgentId, CallId, GroupId, OfferId

GROUPS = tuple(GroupId(f"s{n}") for n in range(10))
Told = tuple[ev.Event, float]
GIVE_UP, SIGN_IN = 4, 8
"""Every so many turns somebody gives up; an agent signs out and in again."""
TALKS = 50
"""So many talk on the quiet floor."""


def skills_of(size: int) -> dict[str, tuple[GroupId, ...]]:
    """Give agents two skills each."""
    return {f"{n}": (GROUPS[n % 10], GROUPS[(n + 3) % 10]) for n in range(size)}


class Mix:
    """Tells events, each with its time, and decides them by bare deques to know what comes next."""

    def __init__(self, size: int, *, busy: bool) -> None:
        self.size, self.busy = size, busy
        self.bare = Bare(skills_of(size))
        self.chance, self._numbers, self._turns = random.Random(size), count(), count(1)
        self._now, self._offers = 0.0, 0
        self._came: list[CallId] = []
        self._talking: dict[str, CallId] = {}

    def opening(self) -> Iterator[Told]:
        """Sign everybody in, and let calls come until as many wait and talk as are meant to."""
        for number in self.bare.skills:
            yield from self._sign_in(AgentId(number))
        calls = 2 * self.size if self.busy else min(TALKS, self.size // 2)
        for _ in range(calls):
            yield from self._arrive()

    def turn(self) -> Iterator[Told]:
        """Let one caller come, and one agent become free."""
        number = next(self._turns)
        yield from self._arrive()
        if self.busy and number % GIVE_UP == 0:
            yield self._tell(ev.CallEnded(self._impatient(), 16))
            yield from self._arrive()
        agent, call = self._oldest_talk()
        if number % SIGN_IN:
            yield self._tell(ev.CallEnded(call, 16))
            yield from self._answer()
            return
        yield self._tell(ev.AgentSignedOut(agent, "asked"))
        yield self._tell(ev.CallEnded(call, 16))
        yield from self._sign_in(agent)

    def chunk(self, size: int) -> list[Told]:
        """Give about so many events."""
        found: list[Told] = []
        while len(found) < size:
            found += self.turn()
        return found

    def _tell(self, event: ev.Event) -> Told:
        self._now += 0.001
        self.bare.take(event, self._now)
        return event, self._now

    def _sign_in(self, agent: AgentId) -> Iterator[Told]:
        yield self._tell(ev.AgentSignedIn(agent, "phone", agent))
        yield self._tell(ev.AgentReadied(agent))
        yield from self._answer()

    def _arrive(self) -> Iterator[Told]:
        call = CallId(f"{next(self._numbers):09d}")
        self._came.append(call)
        yield self._tell(ev.CallArrived(call, "", "", ""))
        group, priority = self.chance.choice(GROUPS), self.chance.choice(PRIORITIES)
        yield self._tell(ev.GroupChosen(call, group, priority))
        yield self._tell(ev.HoldReached(call))
        yield from self._answer()

    def _answer(self) -> Iterator[Told]:
        """Answer the offer at once, if there was one."""
        for call, agent in self.bare.pairs[self._offers :]:
            self._offers += 1
            self._talking[agent] = CallId(call)
            offer = OfferId(self._offers)
            yield self._tell(ev.OfferAnswered(CallId(call), AgentId(agent), offer))

    def _impatient(self) -> CallId:
        """Choose one who waits, wherever in the line."""
        while True:
            at = self.chance.randrange(len(self._came))
            self._came[at], self._came[-1] = self._came[-1], self._came[at]
            call = self._came.pop()
            if call in self.bare.stands:
                return call

    def _oldest_talk(self) -> tuple[AgentId, CallId]:
        """Choose whose talk ends: any agent's on the busy floor, else the longest."""
        if self.busy:
            while True:
                agent = str(self.chance.randrange(self.size))
                if agent in self._talking:
                    return AgentId(agent), self._talking.pop(agent)
        agent = next(iter(self._talking))
        return AgentId(agent), self._talking.pop(agent)
