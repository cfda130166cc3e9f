"""The dialplan's notes into facts: once each, whenever the engine dies, whoever calls."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from acd import Floor, decide
from cdr import fold
from domain import events as ev
from domain.errors import PbxUnavailable
from domain.ids import AgentId, CallId, GroupId, Instant, OfferId
from pbx.absent import Absence
from switchboard.absent import Absent
from switchboard.arrivals import Arrivals
from switchboard.asides import Spools
from tests.stories.world import usual_plan

CAME = 1_700_000_000_000
FROM, SIP = "PJSIP_HEADER(read,From,1)", "CHANNEL(pjsip,call-id)"
SEEN = {FROM: "<sip:13800138000@h>", SIP: "sip-1", "CC_CALLED": "4008000001"}
GAVE_UP = Absence("k1", "", CAME, CAME + 500, left_ms=CAME + 20_000, seen=SEEN)
SERVED = replace(
    GAVE_UP, key="k2", took_ms=CAME + 4_000, over_ms=CAME + 15_000, leg="PJSIP/a8001-0000002a"
)


class Asterisk:
    """The notes and the channels of an exchange."""

    def __init__(self, *kept: Absence) -> None:
        self.kept = {each.key: each for each in kept}
        self.channels: dict[str, str] = {}
        self.named: dict[str, str] = {}
        self.away = 0

    async def absences(self) -> list[Absence]:
        if self.away:
            self.away -= 1
            raise PbxUnavailable("no link")
        return list(self.kept.values())

    async def live(self) -> dict[str, str]:
        return self.channels

    async def name(self, call: CallId, *channels: str) -> None:
        self.named |= dict.fromkeys(channels, call)

    def forget(self, key: str) -> None:
        del self.kept[key]


class Desk:
    """A journal and what reads the notes into it; `dies` forgets all that is not written."""

    def __init__(self, *kept: Absence) -> None:
        self.asterisk, self.records, self.floor = Asterisk(*kept), list[ev.Record](), Floor()
        self.dies()

    def dies(self) -> None:
        self.inbox = list[ev.Event]()
        plan = usual_plan("always")
        told, arrivals = self.inbox.append, Arrivals()
        self.absent = Absent(
            self.floor, self, told, lambda: plan, arrivals, self.asterisk, self.sleep
        )

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)

    def read_call(self, call: str) -> Sequence[ev.Record]:
        return [record for record in self.records if record.call == call]

    def since(self, utc_ms: int) -> Sequence[ev.Record]:
        return [record for record in self.records if record.utc_ms >= utc_ms]

    def write(self, *events: ev.Event, at_ms: int = CAME + 60_000) -> None:
        for event in events or self.inbox:
            record = ev.Record(len(self.records) + 1, at_ms / 1000, at_ms, event)
            self.records.append(record)
            self.absent.note(record)
        self.inbox.clear()


async def test_who_was_met_by_nobody_is_told_once_and_the_note_goes() -> None:
    desk = Desk(SERVED)
    await desk.absent.read()
    await desk.absent.read()  # still on its way into the journal
    assert [type(event) for event in desk.inbox] == [ev.CallArrived, ev.FallbackTold, ev.CallEnded]
    assert "k2" in desk.asterisk.kept
    desk.write()
    assert desk.asterisk.kept == {}
    row = fold(desk.records)
    assert (row.outcome, row.agent, row.by) == ("answered", "8001", "agent")
    assert (row.started, row.answered, row.talk_ms) == (CAME, CAME + 4_000, 11_000)
    assert (row.hotline, row.caller) == ("4008000001", "13800138000")
    assert row.ended == CAME + 20_000


async def test_killed_before_the_note_was_deleted_nothing_is_told_twice() -> None:
    desk = Desk(GAVE_UP)
    await desk.absent.read()
    desk.dies()  # nothing was written
    await desk.absent.read()
    told = list(desk.inbox)
    desk.dies()
    desk.write(*told)  # written, and the note could not be deleted any more
    await desk.absent.read()
    assert desk.inbox == []
    assert desk.asterisk.kept == {}
    assert fold(desk.records).outcome == "fallback"


async def test_who_left_before_the_channel_knew_our_id_is_the_call_that_was_met() -> None:
    desk = Desk(GAVE_UP)
    met = ev.CallArrived(CallId("01MET"), "4008000001", "4008000001", "138", sip_id="sip-1")
    desk.write(met, at_ms=CAME + 100)
    desk.write(ev.CallEnded(CallId("01MET"), 16), at_ms=CAME + 200)
    await desk.absent.read()
    assert (desk.inbox, desk.asterisk.kept) == ([], {})


async def test_a_call_id_of_another_day_hides_nobody() -> None:
    desk = Desk(GAVE_UP)
    old = ev.CallArrived(CallId("01OLD"), "4008000001", "4008000001", "138", sip_id="sip-1")
    desk.write(old, at_ms=CAME + 3_600_000)
    await desk.absent.read()
    assert isinstance(desk.inbox[0], ev.CallArrived)
    assert desk.inbox[0].call != "01OLD"


async def test_a_call_that_was_taken_for_lost_has_its_true_end() -> None:
    call = CallId("01CALL")
    desk = Desk(replace(SERVED, call=call))
    came = ev.CallArrived(call, "4008000001", "4008000001", "13800138000", sip_id="sip-1")
    desk.write(came, at_ms=CAME)
    desk.write(ev.CallLost(call, "gone while the link was down"))
    await desk.absent.read()
    assert [type(event) for event in desk.inbox] == [ev.FallbackTold]
    desk.write()
    row = fold(desk.records)
    assert (row.outcome, row.agent, row.by, row.talk_ms) == ("answered", "8001", "agent", 11_000)


async def test_when_a_talk_was_over_that_nobody_heard_end_is_told() -> None:
    call, agent = CallId("01CALL"), AgentId("8001")
    desk = Desk(replace(GAVE_UP, call=call, fell_ms=CAME + 15_000))
    facts: list[tuple[int, ev.Event]] = [
        (0, ev.CallArrived(call, "4008000001", "4008000001", "13800138000", sip_id="sip-1")),
        (1_000, ev.OfferMade(call, agent, OfferId(1), GroupId("refund"), 15.0, "", "")),
        (2_000, ev.OfferAnswered(call, agent, OfferId(1))),
        (18_000, ev.CallFellBack(call, queued=True)),
        (18_000, ev.TalkEnded(call, agent, "system")),
        (20_000, ev.CallEnded(call, 16)),
    ]
    for at, event in facts:
        desk.write(event, at_ms=CAME + at)
    await desk.absent.read()
    assert [type(event) for event in desk.inbox] == [ev.FallbackTold]
    desk.write()
    row = fold(desk.records)
    assert (row.talk_ms, row.ended) == (13_000, CAME + 20_000)


async def test_a_call_that_is_still_open_is_ended_with_its_note() -> None:
    call = CallId("01CALL")
    desk = Desk(replace(GAVE_UP, call=call))
    came = ev.CallArrived(call, "4008000001", "4008000001", "13800138000", sip_id="sip-1")
    desk.write(came, at_ms=CAME)
    decide(desk.floor, came, Instant(1.0))
    await desk.absent.read()
    assert [type(event) for event in desk.inbox] == [ev.FallbackTold, ev.CallEnded]


async def test_the_sound_of_a_talk_without_an_engine_is_kept() -> None:
    call, agent = CallId("01CALL"), AgentId("8001")
    rung = ev.OfferMade(call, agent, OfferId(1), GroupId("refund"), 20.0, "talk", "")
    for told, kept in ((CAME + 4_000, True), (0, False)):
        spools = Spools()
        for event in (rung, ev.FallbackTold(call, CAME, CAME, told, left_ms=CAME + 9_000)):
            spools.note(ev.Record(1, 0.0, CAME, event))
        assert spools.take(call) == (CAME, kept)


async def test_who_waits_still_is_let_be_and_who_is_gone_without_an_end_is_lost() -> None:
    desk = Desk(replace(SERVED, left_ms=0, over_ms=0))
    desk.asterisk.channels = {"k2": "PJSIP/trunk-1"}
    await desk.absent.read()
    assert desk.inbox == []
    desk.asterisk.channels = {}  # Asterisk was started anew
    await desk.absent.read()
    desk.write()
    row = fold(desk.records)
    assert (row.outcome, row.by, row.ended) == ("answered", "system", CAME + 4_000)


async def test_who_talks_and_was_met_by_nobody_has_a_name_from_the_join_on() -> None:
    desk = Desk(replace(SERVED, left_ms=0, over_ms=0))
    desk.asterisk.channels = {"k2": "PJSIP/trunk-1"}
    (came,) = (await desk.absent.join()).values()
    assert (came.hotline, came.caller, came.sip_id) == ("4008000001", "13800138000", "sip-1")
    assert desk.asterisk.named == dict.fromkeys(
        ("PJSIP/trunk-1", "PJSIP/a8001-0000002a"), came.call
    )
    desk.dies()  # before the picture was compared
    assert list(await desk.absent.join()) == [came.call]
    assert desk.inbox == []


def test_a_talk_that_was_found_begins_when_it_did_and_keeps_what_came_after() -> None:
    call, agent, group = CallId("01CALL"), AgentId("8001"), GroupId("refund")
    seen: list[tuple[int, ev.Event]] = [
        (30_000, ev.CallArrived(call, "4008000001", "4008000001", "13800138000")),
        (30_000, ev.GroupChosen(call, group)),
        (30_000, ev.TalkFound(call, agent)),
        (30_000, ev.OfferMade(call, agent, OfferId(1), group, 0.0, "", "")),
        (30_000, ev.OfferAnswered(call, agent, OfferId(1))),
        (35_000, ev.TalkHeld(call, agent)),
        (40_000, ev.TalkRetrieved(call, agent)),
        (50_000, ev.TalkOver(call)),
        (50_000, ev.TalkEnded(call, agent, "agent")),
        (50_000, ev.WrapUpStarted(call, agent, 10.0)),
        (51_000, ev.CallEnded(call, 16)),
        (60_000, ev.WrapUpEnded(agent, call, "expired")),
        (
            61_000,
            ev.FallbackTold(
                call, CAME, CAME + 500, CAME + 4_000, CAME + 50_000, CAME + 51_000, agent=agent
            ),
        ),
    ]
    row = fold([ev.Record(n, at / 1000, CAME + at, event) for n, (at, event) in enumerate(seen, 1)])
    assert (row.outcome, row.agent, row.by) == ("answered", "8001", "agent")
    assert (row.started, row.answered, row.ended) == (CAME, CAME + 4_000, CAME + 51_000)
    assert (row.talk_ms, row.hold_ms, row.wrap_ms) == (41_000, 5_000, 10_000)


def test_a_talk_before_was_over_when_the_caller_fell_back() -> None:
    call, first, second = CallId("01CALL"), AgentId("8001"), AgentId("8002")
    group = GroupId("refund")
    came: list[tuple[int, ev.Event]] = [
        (0, ev.CallArrived(call, "4008000001", "4008000001", "13800138000")),
        (0, ev.GroupChosen(call, group)),
        (1_000, ev.OfferMade(call, first, OfferId(1), group, 15.0, "", "")),
        (2_000, ev.OfferAnswered(call, first, OfferId(1))),
    ]
    missed: list[tuple[int, ev.Event]] = [
        (30_000, ev.TalkOver(call)),
        (30_000, ev.TalkEnded(call, first, "system")),
    ]
    found: list[tuple[int, ev.Event]] = [
        *missed,
        (30_000, ev.TalkFound(call, second)),
        (30_000, ev.OfferMade(call, second, OfferId(2), group, 0.0, "", "")),
        (30_000, ev.OfferAnswered(call, second, OfferId(2))),
        (40_000, ev.TalkOver(call)),
        (40_000, ev.TalkEnded(call, second, "agent")),
        (41_000, ev.CallEnded(call, 16)),
    ]
    note = (20_000, 25_000, 40_000, 41_000)
    told = ev.FallbackTold(call, CAME, *(CAME + at for at in note), agent=second)
    for rest in (missed, found):
        facts = [*came, *rest, (42_000, told)]
        row = fold([ev.Record(n, at / 1000, CAME + at, e) for n, (at, e) in enumerate(facts, 1)])
        parts = [(each.kind, each.agent, each.started, each.ended) for each in row.segments]
        talks = [part[1:] for part in parts if part[0] == "talk"]
        assert talks == [
            ("8001", CAME + 2_000, CAME + 20_000),
            ("8002", CAME + 25_000, CAME + 40_000),
        ]
        lines = [part[1:] for part in parts if part[0] == "queue"]
        assert lines == [("8001", CAME, CAME + 2_000), ("8002", CAME + 20_000, CAME + 25_000)]
        assert (row.outcome, row.talk_ms, row.ended) == ("answered", 33_000, CAME + 41_000)


def test_a_talk_that_ended_unheard_was_over_when_the_caller_fell_back() -> None:
    """An engine came back before anybody took the caller from the dialplan's own queue."""
    call, first, second = CallId("01CALL"), AgentId("8001"), AgentId("8002")
    group = GroupId("refund")
    seen: list[tuple[int, ev.Event]] = [
        (0, ev.CallArrived(call, "4008000001", "4008000001", "13800138000")),
        (0, ev.GroupChosen(call, group)),
        (1_000, ev.OfferMade(call, first, OfferId(1), group, 15.0, "", "")),
        (2_000, ev.OfferAnswered(call, first, OfferId(1))),
        (10_000, ev.TalkHeld(call, first)),
        (30_000, ev.CallFellBack(call, queued=True)),
        (30_000, ev.TalkEnded(call, first, "system")),
        (31_000, ev.HoldReached(call)),
        (32_000, ev.OfferMade(call, second, OfferId(2), group, 15.0, "", "")),
        (33_000, ev.OfferAnswered(call, second, OfferId(2))),
        (40_000, ev.TalkOver(call)),
        (40_000, ev.TalkEnded(call, second, "agent")),
        (41_000, ev.CallEnded(call, 16)),
        (42_000, ev.FallbackTold(call, CAME, CAME + 20_000, left_ms=CAME + 41_000)),
    ]
    row = fold([ev.Record(n, at / 1000, CAME + at, event) for n, (at, event) in enumerate(seen, 1)])
    parts = [(each.kind, each.started - CAME, (each.ended or 0) - CAME) for each in row.segments]
    assert [part for part in parts if part[0] not in ("ivr", "offer", "queue")] == [
        ("talk", 2_000, 20_000),
        ("hold", 10_000, 20_000),
        ("fallback", 20_000, 31_000),
        ("talk", 33_000, 40_000),
    ]
    assert [part[1:] for part in parts if part[0] == "queue"] == [(0, 2_000), (20_000, 33_000)]
    assert (row.talk_ms, row.hold_ms, row.ended) == (15_000, 10_000, CAME + 41_000)


def test_who_left_while_nobody_heard_left_when_the_dialplan_says() -> None:
    call, agent = CallId("01CALL"), AgentId("8001")
    seen: list[tuple[int, ev.Event]] = [
        (0, ev.CallArrived(call, "4008000001", "4008000001", "13800138000")),
        (1_000, ev.CallFellBack(call)),
        (2_000, ev.HoldReached(call)),
        (3_000, ev.OfferMade(call, agent, OfferId(1), GroupId("refund"), 15.0, "", "")),
        (4_000, ev.OfferAnswered(call, agent, OfferId(1))),
        (25_000, ev.FallbackTold(call, CAME, CAME + 900, left_ms=CAME + 20_000)),
        (25_000, ev.CallEnded(call, 16)),
        (25_000, ev.TalkEnded(call, agent, "caller")),
    ]
    row = fold([ev.Record(n, at / 1000, CAME + at, event) for n, (at, event) in enumerate(seen, 1)])
    assert (row.ended, row.talk_ms, row.by) == (CAME + 20_000, 16_000, "caller")


async def test_a_link_that_is_away_is_asked_again() -> None:
    desk = Desk(GAVE_UP)
    desk.asterisk.away = 3
    desk.absent.soon()
    desk.absent.soon()
    async with asyncio.timeout(20):
        while not desk.inbox:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert desk.asterisk.away == 0
