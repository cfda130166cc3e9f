"""A journal written by the core is decided again alike; a day in it can be tried otherwise."""

import random
from dataclasses import replace
from operator import itemgetter

import pytest

from acd.decide import decide, wants
from acd.floor import AgentCard, Floor, GroupRules
from acd.recorded import Day, Rules, patience_s, story_of
from acd.replay import replayed
from acd.roster import Target, needs
from acd.what_if import Change, Scale, compare
from domain import commands as do, events as ev
from domain.errors import NotFound
from domain.ids import AgentId, CallId, GroupId, Instant

GROUPS = (GroupRules(GroupId("g"), wrap_s=5), GroupRules(GroupId("h"), wrap_s=0))
AGENTS = tuple(
    AgentCard(AgentId(f"800{n}"), groups=groups)
    for n, groups in enumerate([(GroupId("g"),), (GroupId("g"), GroupId("h")), (GroupId("h"),)])
)
RULES = Rules(GROUPS, AGENTS)
START_MS = 1_763_600_400_000  # 09:00 in Shanghai


class Writer:
    """Plays the engine: decides events and writes them down with what followed."""

    def __init__(self) -> None:
        self.records: list[ev.Record] = []
        self.floor = Floor()
        self.floor.configure(list(GROUPS), list(AGENTS))
        self.now = 0.0
        self.due: list[tuple[float, ev.Event]] = []

    def tell(self, event: ev.Event) -> None:
        if not wants(self.floor, event):
            return
        out = decide(self.floor, event, Instant(self.now))
        for fact in (event, *out.facts):
            seq = len(self.records) + 1
            at = START_MS + round(self.now * 1000)
            self.records.append(ev.Record(seq, self.now, at, fact))
        self.due += [(timer.when, timer.event) for timer in out.timers]
        for command in out.commands:
            if isinstance(command, do.RingAgent):
                answered = ev.OfferAnswered(command.call, command.agent, command.offer)
                ended = ev.CallEnded(command.call, 16)
                self.due.append((self.now + 2, answered))
                self.due.append((self.now + 40, ended))

    def until(self, end: float) -> None:
        while (first := min(self.due, default=None, key=itemgetter(0))) and first[0] <= end:
            self.due.remove(first)
            self.now = first[0]
            self.tell(first[1])
        self.now = end

    def open(self, epoch: int) -> None:
        self.tell(ev.EngineStarted(epoch, 1))
        self.tell(ev.PbxJoined(1))
        for card in AGENTS:
            self.tell(ev.PhoneReachable(card.number))
            self.tell(ev.AgentSignedIn(card.number, "phone", card.number))
            self.tell(ev.AgentReadied(card.number))
            self.now += 0.25


def written(calls: int = 60) -> list[ev.Record]:
    writer, chance = Writer(), random.Random(7)
    writer.open(1)
    for n in range(calls):
        writer.until(writer.now + chance.choice([2, 5, 20, 40]))
        if n == calls // 2:
            writer.open(2)
        call = CallId(f"c{n:03d}")
        writer.tell(ev.CallArrived(call, "400", "400", ""))
        writer.tell(ev.GroupChosen(call, GroupId(chance.choice("gh")), chance.choice([3, 5])))
        writer.tell(ev.HoldReached(call))
        if n % 7 == 0:
            writer.due.append((writer.now + 9, ev.CallEnded(call, 16)))
    writer.until(writer.now + 600)
    return writer.records


@pytest.fixture(scope="module")
def records() -> list[ev.Record]:
    return written()


def day(records: list[ev.Record], rules: Rules = RULES) -> Day:
    return Day(records, {1: rules}, rules)


def test_every_decision_is_made_again(records: list[ev.Record]) -> None:
    verdict = replayed(day(records), {})
    assert verdict.identical, verdict.first
    assert verdict.offers == sum(isinstance(each.event, ev.OfferMade) for each in records)


def test_the_first_difference_is_named(records: list[ev.Record]) -> None:
    place, made = next(
        (place, each.event)
        for place, each in enumerate(records)
        if isinstance(each.event, ev.OfferMade) and each.event.agent == "8001"
    )
    wrong = list(records)
    wrong[place] = replace(records[place], event=replace(made, agent=AgentId("8002")))
    first = replayed(day(wrong), {}).first
    assert first is not None and first.seq == records[place].seq
    assert "agent=8002" in first.recorded and "agent=8001" in first.decided


def test_other_rules_decide_otherwise(records: list[ev.Record]) -> None:
    fewer = Rules(GROUPS, AGENTS[1:])
    first = replayed(day(records, fewer), {}).first
    assert first is not None


def test_a_lost_decision_is_noticed(records: list[ev.Record]) -> None:
    less = [each for each in records if not isinstance(each.event, ev.WrapUpStarted)]
    assert replayed(day(less), {}).first is not None


def test_the_recorded_day_is_told_in_calls_and_shifts(records: list[ev.Record]) -> None:
    story = story_of(records)
    calls = story.done()
    assert len(calls) == 60
    assert all(past.busy_ms <= 40_000 for past in calls if past.answered)
    assert {past.wrap_ms for past in calls if past.group == "g" and past.answered} == {5000}
    assert set(story.shifts) == {card.number for card in AGENTS}
    lost = [past for past in calls if not past.answered]
    assert patience_s(calls) == pytest.approx(
        sum(past.wait_ms for past in calls) / len(lost) / 1000
    )


def scale() -> Scale:
    return Scale(
        20, lambda form, sums: 100 * sums["within"] / (sums["answered"] + sums["abandoned"])
    )


def streams(name: str) -> random.Random:
    return random.Random(name)


def test_fewer_agents_answer_later(records: list[ev.Record]) -> None:
    columns = compare(day(records), Change(without=frozenset(["8001"])), scale(), streams)
    assert columns["recorded"]["answered"] + columns["recorded"]["abandoned"] == 60
    assert columns["changed"]["mean_s"] > columns["simulated"]["mean_s"]
    assert "8001" not in columns["changed"]["agents"]


def test_an_empty_day_says_so() -> None:
    with pytest.raises(NotFound):
        compare(day([]), Change(), scale(), streams)


def test_each_half_hour_tells_what_it_takes(records: list[ev.Record]) -> None:
    rows = needs(day(records), Target(0.8, 20), 8 * 3_600_000)
    assert rows[0].at == "09:00"
    assert sum(row.calls for row in rows) == 60
    assert all(row.agents >= 1 and row.service_level >= 0.8 for row in rows)
    assert max(row.there for row in rows) <= 2.01
