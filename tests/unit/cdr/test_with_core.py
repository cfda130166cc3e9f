"""Whatever happens to the real distribution core, records and spans tell what its floor says."""

import random
from dataclasses import dataclass, field

from hypothesis import given, strategies as st

from acd.floor import Agent, AgentCard, Call, Floor, GroupRules, Line, Presence, Stage
from cdr.fold import fold
from cdr.spans import Spans
from domain import events as ev
from domain.events import Event, Record
from domain.ids import AgentId, CallId, GroupId, OfferId
from switchboard.loop import decide_all
from tests.unit.cdr.stories import by_call

AGENTS = tuple(AgentId(f"800{n}") for n in range(1, 4))
GROUPS = (GroupId("presale"), GroupId("aftersale"))
OPEN = {
    Stage.IVR: "ivr",
    Stage.WAITING: "queue",
    Stage.OFFERED: "queue",
    Stage.FALLBACK: "queue",
    Stage.TALKING: "talk",
    Stage.HELD: "talk",
}


@dataclass
class World:
    """A floor, its journal, and chance that makes things happen to it."""

    chance: random.Random
    floor: Floor = field(default_factory=Floor)
    records: list[Record] = field(default_factory=list)
    now: float = 100.0
    calls: int = 0

    def happen(self, *events: Event) -> None:
        utc = 1_780_000_000_000 + round(self.now * 1000)
        batch = decide_all(self.floor, [(self.now, utc, event) for event in events])
        for mono, utc_ms, event in batch.entries:
            self.records.append(Record(len(self.records) + 1, mono, utc_ms, event))

    def open_up(self) -> None:
        rules = [GroupRules(group, ring_s=20, wrap_s=15) for group in GROUPS]
        self.floor.configure(rules, [AgentCard(a, groups=GROUPS) for a in AGENTS])
        self.happen(ev.EngineStarted(1, 1), ev.PbxJoined(1))
        for agent in AGENTS:
            self.happen(ev.PhoneReachable(f"w{agent}"))
            self.happen(ev.AgentSignedIn(agent, "browser", f"w{agent}"), ev.AgentReadied(agent))

    def step(self) -> None:
        self.now += self.chance.choice((0.0, 0.01, 1.0, 12.0))
        kind = self.chance.random()
        if kind < 0.2:
            self.calls += 1
            call = CallId(f"C{self.calls:025d}")
            self.happen(ev.CallArrived(call, "400", "400", "139"))
        elif kind < 0.35:
            self.happen(self._of_agent(self.chance.choice(list(self.floor.agents.values()))))
        elif self.floor.calls:
            call_ = self.chance.choice(list(self.floor.calls.values()))
            if kind > 0.97 and call_.stage in (Stage.IVR, Stage.WAITING):
                self.happen(ev.CallFellBack(call_.id))
                return
            # now and then two facts in one turn of the loop, as after a busy moment
            self.happen(*(self._of_call(call_) for _ in range(self.chance.choice((1, 1, 2)))))

    def _of_agent(self, agent: Agent) -> Event:
        number = agent.card.number
        happenings: list[Event] = [
            ev.AgentReadied(number),
            ev.AgentReadied(number),
            ev.AgentPaused(number, "lunch"),
            ev.AgentSignedOut(number, "asked"),
            ev.AgentSignedIn(number, "browser", f"w{number}"),
            ev.WrapUpDone(number),
            ev.WrapUpExtended(number),
            ev.WrapUpExpired(number, agent.call or CallId("")),
        ]
        return self.chance.choice(happenings)

    def _of_call(self, call: Call) -> Event:
        agent = call.agent or self.chance.choice(AGENTS)
        offer = call.offer or OfferId(0)
        late: list[Event] = [
            ev.OfferAnswered(call.id, agent, offer),
            ev.PhoneRang(call.id, agent, offer),
            ev.DialFailed(call.id, offer, self.chance.choice(("NOANSWER", "BUSY", "CANCEL"))),
            ev.OfferExpired(call.id, offer),
            ev.TalkOver(call.id),
            ev.HungUp(call.id, self.chance.choice(("caller", "agent"))),
            ev.CallEnded(call.id, 16),
            ev.CallLost(call.id, "gone"),
        ]
        likely: dict[Stage, list[Event]] = {
            Stage.IVR: [ev.GroupChosen(call.id, self.chance.choice(GROUPS))],
            Stage.WAITING: [
                *(ev.HoldReached(call.id),) * 4,
                ev.CallMoved(call.id, "group", self.chance.choice(GROUPS), "zhou"),
                ev.CallPicked(call.id, self.chance.choice(AGENTS), "lin"),
                ev.PriorityChanged(call.id, self.chance.randrange(10), "zhou"),
            ],
            Stage.FALLBACK: [ev.HoldReached(call.id)],
            Stage.OFFERED: [*late[:4], ev.OfferDeclined(call.id, agent, offer, "busy")],
            Stage.TALKING: [
                ev.HoldAsked(call.id, agent),
                ev.TransferAsked(call.id, agent, "agent", self.chance.choice(AGENTS)),
                ev.TransferAsked(call.id, agent, "group", self.chance.choice(GROUPS)),
                ev.HangUpAsked(call.id, agent),
            ],
            Stage.HELD: [ev.RetrieveAsked(call.id, agent), ev.HangUpAsked(call.id, agent)],
            Stage.AFTER: [ev.SurveyInvited(call.id, agent), ev.CallEnded(call.id, 16)],
        }
        return self.chance.choice(late if self.chance.random() < 0.25 else likely[call.stage])


@given(st.integers(0, 1_000_000))
def test_records_say_what_the_floor_says(seed: int) -> None:
    world = World(random.Random(seed))
    world.open_up()
    for _ in range(120):
        world.step()
    for facts in by_call(world.records):
        if isinstance(facts[0].event, ev.CallArrived):
            _agrees(world.floor.calls.get(CallId(facts[0].call)), facts)


def _agrees(call: Call | None, facts: list[Record]) -> None:
    record = fold(facts)
    parts = record.ivr_ms + record.wait_ms + record.ring_ms + record.talk_ms + record.hold_ms
    assert 0 <= parts <= record.total_ms
    assert (record.outcome is None) == (call is not None)
    if call is None or call.stage is Stage.AFTER:
        return
    still = [s for s in record.segments if s.ended is None and s.kind in ("ivr", "queue", "talk")]
    assert [s.kind for s in still] == [OPEN[call.stage]]
    ringing = [s.agent for s in record.segments if s.kind == "offer" and s.ended is None]
    assert ringing == ([call.agent] if call.stage is Stage.OFFERED else [])
    holding = [s for s in record.segments if s.kind == "hold" and s.ended is None]
    assert bool(holding) == (call.stage is Stage.HELD)
    if call.stage in (Stage.TALKING, Stage.HELD):
        assert still[0].agent == call.agent
    elif call.group and still[0].kind == "queue":
        assert still[0].group in (call.group, "")


@given(st.integers(0, 1_000_000))
def test_spans_say_what_the_floor_says(seed: int) -> None:
    world = World(random.Random(seed))
    world.open_up()
    spans = Spans()
    spans.feed(world.records)
    for _ in range(120):
        told = len(world.records)
        world.step()
        spans.feed(world.records[told:])
        for number, agent in world.floor.agents.items():
            assert _shown(spans, number) == _wanted(agent), world.records[told:]


def _shown(spans: Spans, number: AgentId) -> str:
    span = spans.hands[number].span
    return span.state if span is not None else ""


def _wanted(agent: Agent) -> str:
    if agent.line is not Line.FREE:
        return str(agent.line)
    return "" if agent.presence is Presence.OFFLINE else str(agent.presence)
