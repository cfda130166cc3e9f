"""Long random days on the floor, told to a core in any form: what it decides, line by line.

Everything is in it: steps, overflow, callbacks, several rung at once, seats on mobiles, calls out,
reloads, picks, moves, configurations published on the way. Whole numbers come where fractions are
meant, as they do from a file.
"""

import random
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from types import ModuleType
from typing import Any

from domain import commands as do, events as ev
from domain.ids import AgentId, CallId, GroupId, Instant, OfferId

CALLS = [CallId(f"c{n:02d}") for n in range(60)]
AGENTS = [AgentId(f"80{n:02d}") for n in range(9)]
GROUPS = [GroupId("g1"), GroupId("g2"), GroupId("g3")]
STRATEGIES = (
    *("longest_idle", "least_occupied", "fewest_calls"),
    *("round_robin", "best_level", "least_flexible"),
)
Make = Callable[[], ev.Event]


class History:
    """One day, by its seed."""

    def __init__(self, acd: ModuleType, seed: int) -> None:
        self.acd, self.chance, self.seed = acd, random.Random(seed), seed
        self.now, self._told = 0.0, 0
        self._due: list[tuple[float, int, ev.Event]] = []
        self.rules = self._rules()
        self.floor = acd.Floor()
        self.floor.configure(self.rules, self._cards())
        self._what = self._table()

    def lines(self, turns: int) -> Iterator[str]:
        """Tell what is decided over so many turns."""
        yield from self._opening()
        for turn in range(turns):
            self.now += self.chance.random() * 2
            while self._due and self._due[0][0] <= self.now:
                until = self.now
                self.now, _, event = heappop(self._due)
                yield from self._tell(event)
                self.now = until
            weights, makes = zip(*self._what, strict=True)
            make: Make = self.chance.choices(makes, weights)[0]
            yield from self._tell(make())
            if turn % 97 == 0:
                yield from self._looks()
            if turn % 501 == 500:
                self.floor.configure(self.rules, self._cards())
                yield from self._tell(ev.ConfigPublished(turn))

    def _rules(self) -> list[Any]:
        acd, ageing = self.acd, (0, 30, 10)[self.seed % 3]
        common = {"strategy": STRATEGIES[self.seed % len(STRATEGIES)], "ageing_s": ageing}
        nobody = acd.Overflow("nobody", 0, "group", "g3")
        full = (
            acd.Overflow("wait_s", 90, "group", "g2"),
            acd.Overflow("length", 8, "voicemail", "x"),
            nobody,
            acd.Overflow("estimate_s", 500, "message", "m"),
        )
        steps = (acd.Step(20, "tea>=3"), acd.Step(60, also=(GROUPS[1],)))
        first = {"needs": "tea>=5 and g2>=1", "steps": steps, "sticky_s": 10, "overflow": full}
        second = {"ring_several": 3, "callback": True, "tip_s": 20, "wrap_s": 5}
        third = {"steps": (acd.Step(30, also=(GROUPS[1],)),), "overflow": (nobody,)}
        tips = {"tips": ("t1", "t2"), "tip_s": 25, "wrap_s": 5}
        return [
            acd.GroupRules(GROUPS[0], **common, **first, **tips),
            acd.GroupRules(GROUPS[1], **common, **second),
            acd.GroupRules(GROUPS[2], **common, **third, wrap_until_done=True),
        ]

    def _cards(self) -> list[Any]:
        chance = self.chance
        return [
            self.acd.AgentCard(
                agent,
                groups=tuple(chance.sample(GROUPS, chance.randint(0, 3))),
                levels={"tea": chance.randint(1, 9)},
                mobile="139" if agent == AGENTS[-1] else "",
            )
            for agent in AGENTS
        ]

    def _opening(self) -> Iterator[str]:
        yield from self._tell(ev.PbxJoined(1))
        for agent in AGENTS:
            phone = "mobile" if agent == AGENTS[-1] else "phone"
            yield from self._tell(ev.PhoneReachable(f"a{agent}"))
            yield from self._tell(ev.AgentSignedIn(agent, phone, f"a{agent}"))
            yield from self._tell(ev.AgentReadied(agent))

    def _tell(self, event: ev.Event) -> Iterator[str]:
        if not self.acd.wants(self.floor, event):
            yield "-"
            return
        out = self.acd.decide(self.floor, event, Instant(self.now))
        timers = [(timer.when, timer.event) for timer in out.timers]
        yield repr((out.facts, out.commands, timers))
        for when, what in timers:
            self._later(when, what)
        for command in out.commands:
            self._answer(command)

    def _later(self, when: float, event: ev.Event) -> None:
        self._told += 1
        heappush(self._due, (when, self._told, event))

    def _answer(self, command: Any) -> None:
        """Be the exchange: ring, answer, decline, be busy, or say nothing."""
        chance = self.chance
        if type(command) is do.BringBack and chance.random() < 0.8:
            self._later(self.now + 0.1, ev.HoldReached(command.call))
        if type(command) not in (do.RingAgent, do.RingBack):
            return
        pair = command.call, command.agent, command.offer
        event: ev.Event | None = chance.choice(
            [
                *[ev.OfferAnswered(*pair)] * 4,
                *[ev.PhoneRang(*pair), ev.OfferDeclined(*pair, "busy")],
                *[ev.DialFailed(command.call, command.offer, "BUSY")],
                *[ev.RingEnded(*pair, "BUSY"), None],
            ]
        )
        if type(event) is ev.OfferAnswered and type(command) is do.RingBack:
            event = ev.DialBegan(command.call)
        if event is not None:
            self._later(self.now + chance.random() * 9, event)

    def _looks(self) -> Iterator[str]:
        """Tell what a page would be shown."""
        why = self.acd.why.why_waits
        for call in list(self.floor.calls.values()):
            yield repr((self.floor.position(call), why(self.floor, call, Instant(self.now))))
        for agent in self.floor.agents.values():
            shown = agent.presence, agent.line, agent.since, agent.call, agent.busy_s
            yield repr([*map(str, shown), agent.answered, agent.misses, agent.busy_from])

    def _talk(self) -> tuple[CallId, AgentId]:
        live = [call for call in self.floor.calls.values() if call.agent]
        if not live:
            return self._call(), self._agent()
        call = self.chance.choice(live)
        return call.id, call.agent

    def _call(self, more: str = "") -> CallId:
        return CallId(self.chance.choice(CALLS) + more)

    def _agent(self) -> AgentId:
        return self.chance.choice(AGENTS)

    def _group(self) -> GroupId:
        return self.chance.choice(GROUPS)

    def _table(self) -> list[tuple[float, Make]]:
        """What may happen, and how often."""
        return [*self._calls(), *self._talks(), *self._people(), *self._rare()]

    def _calls(self) -> list[tuple[float, Make]]:
        pick, call, group = self.chance.choice, self._call, self._group
        asks, heads = ["", "", "", "tea>=3", "tea>=9", "coffee"], [0.0, 0, 30, 30.5]
        return [
            (6, lambda: ev.CallArrived(call(), pick(["400", "401"]), "400", self._caller())),
            (
                6,
                lambda: ev.GroupChosen(
                    call(),
                    group(),
                    self.chance.randint(1, 9),
                    needs=pick(asks),
                    head_start_s=pick(heads),
                    preferred=pick(["", self._agent()]),
                ),
            ),
            (8, lambda: ev.HoldReached(call())),
            (1, lambda: ev.AgentChosen(call(), self._agent(), group(), pick([0, 0.0, 15]))),
            (2, lambda: ev.CallEnded(call(), 16)),
            (0.3, lambda: ev.CallFellBack(call())),
            (0.2, lambda: ev.CallLost(call(), "x")),
            (0.5, lambda: ev.HoldKeyPressed(call(), "1")),
            (0.5, lambda: ev.CallbackAsked(call(), group(), "138", 3, "", call("B"))),
            (0.2, lambda: ev.OutsideChosen(call(), "13800000000", pick([20, 30.0]))),
        ]

    def _caller(self) -> str:
        return self.chance.choice(["", "138", "139", "137"])

    def _talks(self) -> list[tuple[float, Make]]:
        call, talk = self._call, self._talk
        return [
            (1, lambda: ev.TalkOver(talk()[0])),
            (1, lambda: ev.HungUp(call(), self.chance.choice(["caller", "agent"]))),
            (0.5, lambda: ev.HoldAsked(*talk())),
            (0.5, lambda: ev.RetrieveAsked(*talk())),
            (0.3, lambda: ev.HangUpAsked(*talk())),
            (0.3, lambda: ev.TransferAsked(*talk(), "group", self._group())),
            (0.3, lambda: ev.TransferAsked(*talk(), "agent", self._agent())),
            (0.2, lambda: ev.PhoneSilent(*talk())),
            (0.3, lambda: ev.PhoneResumed(*talk())),
            (0.2, lambda: ev.OfferAnswered(*talk(), OfferId(self.floor.last_offer))),
            (0.2, lambda: ev.DialAsked(call("O"), self._agent(), "400", "138", "400", ("t:1",))),
            (0.3, lambda: ev.FarAnswered(call("O"))),
            (0.2, lambda: ev.FarAnswered(call("B"))),
            (0.3, lambda: ev.DialEnded(call("O"), "busy")),
        ]

    def _people(self) -> list[tuple[float, Make]]:
        agent = self._agent

        def signs_in() -> ev.Event:
            who = agent()
            return ev.AgentSignedIn(who, "phone", f"a{who}")

        return [
            (1, lambda: ev.AgentReadied(agent())),
            (0.3, lambda: ev.AgentPaused(agent(), "rest")),
            (0.15, lambda: ev.AgentSignedOut(agent(), "asked")),
            (0.4, signs_in),
            (1, lambda: ev.WrapUpDone(agent())),
            (0.2, lambda: ev.WrapUpExtended(agent())),
            (0.1, lambda: ev.PhoneLost(f"a{agent()}")),
            (0.4, lambda: ev.PhoneReachable(f"a{agent()}")),
        ]

    def _rare(self) -> list[tuple[float, Make]]:
        call, group = self._call, self._group
        return [
            (0.02, lambda: ev.PbxLeft("cut")),
            (0.2, lambda: ev.PbxJoined(1)),
            (0.02, lambda: ev.DayBegan(f"{self.chance.random()}")),
            (0.3, lambda: ev.CallPicked(call(), self._agent(), "lin")),
            (0.2, lambda: ev.CallMoved(call(), "group", group(), "zhou")),
            (0.2, lambda: ev.CallMoved(call(), "agent", self._agent(), "zhou")),
            (0.3, lambda: ev.PriorityChanged(call(), self.chance.randint(0, 9), "zhou")),
            (0.1, lambda: ev.CallbackCancelled(call("B"))),
        ]
