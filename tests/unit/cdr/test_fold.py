"""The fold: exact on written stories, and never upset by damaged ones."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, strategies as st

from cdr.fold import fold
from cdr.record import OUTCOMES, CallRecord
from domain import events as ev
from domain.events import Event, Record
from domain.ids import AgentId, CallId, GroupId, OfferId
from tests.unit.cdr.stories import by_call, day

CALL = CallId("01ARYZ6S410000000000000000")
A, B = AgentId("8001"), AgentId("8002")
GROUP = GroupId("presale")


def told(*facts: tuple[float, Event]) -> list[Record]:
    return [
        Record(seq, 50 + at, 1_000_000 + round(at * 1000), event)
        for seq, (at, event) in enumerate(facts, 1)
    ]


def arrived(at: float = 0) -> tuple[float, Event]:
    return at, ev.CallArrived(CALL, "4008000001", "4008000001", "+8613900000001", brand="yunshan")


def offer(at: float, number: int, agent: AgentId = A) -> tuple[float, Event]:
    return at, ev.OfferMade(CALL, agent, OfferId(number), GROUP, 20, "", "")


ANSWERED = (
    arrived(),
    (0.0, ev.StepEntered(CALL, "welcome", "play")),
    (2.0, ev.StepEntered(CALL, "menu", "menu")),
    (5.0, ev.KeyPressed(CALL, "menu", "1", "订单查询")),
    (5.0, ev.GroupChosen(CALL, GROUP, 5, "订单查询")),
    offer(10.0, 1),
    (10.5, ev.PhoneRang(CALL, A, OfferId(1))),
    (15.5, ev.OfferFailed(CALL, A, OfferId(1), "no_answer")),
    offer(16.0, 2, B),
    (16.5, ev.PhoneRang(CALL, B, OfferId(2))),
    (20.0, ev.OfferAnswered(CALL, B, OfferId(2))),
    (30.0, ev.TalkHeld(CALL, B)),
    (34.0, ev.TalkRetrieved(CALL, B)),
    (40.0, ev.HungUp(CALL, "agent")),
    (40.0, ev.TalkOver(CALL)),
    (40.0, ev.TalkEnded(CALL, B, "agent")),
    (40.0, ev.WrapUpStarted(CALL, B, 15)),
    (41.0, ev.SurveyInvited(CALL, B)),
    (45.0, ev.SurveyAnswered(CALL, B, 5)),
    (46.0, ev.CallEnded(CALL, 16)),
    (52.0, ev.WrapUpEnded(B, CALL, "done")),
)


def kinds(record: CallRecord) -> list[tuple[str, int, str]]:
    return [(s.kind, s.ms, s.result) for s in record.segments]


def test_an_answered_call_is_told_exactly() -> None:
    record = fold(told(*ANSWERED))
    assert kinds(record) == [
        ("ivr", 2000, ""),
        ("ivr", 3000, "订单查询"),
        ("queue", 15000, "answered"),
        ("offer", 5500, "no_answer"),
        ("offer", 4000, "answered"),
        ("talk", 16000, ""),
        ("hold", 4000, ""),
        ("wrap", 12000, "done"),
        ("survey", 4000, "answered"),
    ]
    assert (record.outcome, record.by, record.group, record.agent) == (
        "answered",
        "agent",
        "presale",
        "8002",
    )
    assert (record.ivr_ms, record.ring_ms, record.wait_ms) == (5000, 8500, 6500)
    assert (record.talk_ms, record.hold_ms, record.wrap_ms) == (16000, 4000, 12000)
    assert (record.total_ms, record.score, record.intent) == (46000, 5, "订单查询")
    assert [s.ring_ms for s in record.segments if s.kind == "offer"] == [5000, 3500]


def test_facts_of_the_core_may_follow_the_end_that_caused_them() -> None:
    ringing = (*ANSWERED[:7], (12.0, ev.CallEnded(CALL, 16)))
    late = (*ringing, (12.0, ev.OfferFailed(CALL, A, OfferId(1), "caller_left")))
    record = fold(told(*late))
    assert (record.outcome, record.ring_ms, record.by) == ("abandoned_ring", 1500, "caller")
    assert kinds(record)[-1] == ("offer", 2000, "caller_left")
    talking = (
        *ANSWERED[:11],
        (30.0, ev.CallEnded(CALL, 16)),
        (30.1, ev.TalkEnded(CALL, B, "caller")),
    )
    assert fold(told(*talking)).segments[-1].by == "caller"


def test_a_transfer_makes_a_second_queue_and_the_first_agent_stays_in_the_story() -> None:
    record = fold(
        told(
            *ANSWERED[:11],
            (30.0, ev.CallTransferred(CALL, B, "agent", "8001")),
            (30.0, ev.TalkEnded(CALL, B, "transfer")),
            (30.0, ev.WrapUpStarted(CALL, B, 15)),
            (32.0, ev.OfferMade(CALL, A, OfferId(3), GroupId("@8001"), 20, "", "")),
            (35.0, ev.OfferAnswered(CALL, A, OfferId(3))),
            (60.0, ev.HungUp(CALL, "caller")),
            (60.0, ev.CallEnded(CALL, 16)),
            (60.0, ev.TalkEnded(CALL, A, "caller")),
        )
    )
    assert [s.group for s in record.segments if s.kind == "queue"] == ["presale", "@8001"]
    assert [(s.agent, s.result) for s in record.segments if s.kind == "talk"] == [
        ("8002", "transferred"),
        ("8001", ""),
    ]
    assert (record.agent, record.group, record.talk_ms, record.by) == (
        "8001",
        "presale",
        35000,
        "caller",
    )


def test_an_answer_after_the_core_gave_up_is_taken_back() -> None:
    record = fold(
        told(
            *ANSWERED[:7],
            (31.0, ev.OfferExpired(CALL, OfferId(1))),
            (31.0, ev.OfferAnswered(CALL, A, OfferId(1))),
            (31.0, ev.OfferFailed(CALL, A, OfferId(1), "no_answer")),
            (40.0, ev.CallEnded(CALL, 16)),
        )
    )
    assert record.outcome == "abandoned_queue" and record.talk_ms == 0
    assert record.segments[2].ms == 35000


def _ends(*facts: tuple[float, Event]) -> str | None:
    return fold(told(arrived(), *facts, (20.0, ev.CallEnded(CALL, 16)))).outcome


def test_phones_that_ring_together_ring_once_and_each_offer_has_its_end() -> None:
    offers = [
        (10.0, ev.OfferMade(CALL, A, OfferId(1), GROUP, 20, "", "", together=1)),
        (10.0, ev.OfferMade(CALL, B, OfferId(2), GROUP, 20, "", "", together=1)),
    ]
    record = fold(
        told(
            arrived(),
            (5.0, ev.GroupChosen(CALL, GROUP)),
            *offers,
            (11.0, ev.PhoneRang(CALL, A, OfferId(1))),
            (12.0, ev.PhoneRang(CALL, B, OfferId(2))),
            (16.0, ev.OfferAnswered(CALL, B, OfferId(2))),
            (16.0, ev.OfferFailed(CALL, A, OfferId(1), "elsewhere")),
            (20.0, ev.CallEnded(CALL, 16)),
        )
    )
    assert (record.agent, record.offers, record.outcome) == (B, 2, "answered")
    assert (record.ring_ms, record.wait_ms, record.talk_ms) == (5000, 6000, 4000)
    rows = [(s.agent, s.offer, s.result, s.ring_ms) for s in record.segments if s.kind == "offer"]
    assert rows == [(A, 1, "elsewhere", 5000), (B, 2, "answered", 4000)]


def test_every_outcome() -> None:
    queue = (5.0, ev.GroupChosen(CALL, GROUP))
    assert fold(told(*ANSWERED)).outcome == "answered"
    assert _ends() == "abandoned_ivr"
    assert _ends((5.0, ev.FlowEnded(CALL, "hang_up"))) == "abandoned_ivr"
    for word in ("closed", "nobody", "contained", "voicemail"):
        assert _ends((5.0, ev.FlowEnded(CALL, word))) == word
        assert _ends((99.0, ev.FlowEnded(CALL, word))) == word  # told after the hang-up
    left = (9.0, ev.MessageLeft(CALL, "main", "x.mp3", 4))
    assert _ends(left, (10.0, ev.FlowEnded(CALL, "closed"))) == "voicemail"
    assert _ends(queue) == "abandoned_queue"
    assert _ends(queue, (6.0, ev.CallFellBack(CALL))) == "fallback"
    back = ((6.0, ev.CallFellBack(CALL)), (9.0, ev.HoldReached(CALL)))
    assert _ends(queue, *back) == "abandoned_queue"
    rang = (offer(6, 1), (7.0, ev.PhoneRang(CALL, A, OfferId(1))))
    assert _ends(queue, *rang) == "abandoned_ring"
    assert fold(told(arrived(), (5.0, ev.CallLost(CALL, "gone")))).outcome == "lost"
    assert fold(told(arrived())).outcome is None


def test_the_notice_is_told_with_its_version_and_how_much_was_heard() -> None:
    heard = (1.0, ev.NoticeHeard(CALL, "hello", 2.0, "aa11", whole=True))
    cut = (3.0, ev.NoticeHeard(CALL, "notice_recording", 1.25, "bb22", whole=False))
    record = fold(told(arrived(), heard, cut, (4.25, ev.CallEnded(CALL, 16))))
    assert record.notice == "hello@aa11 notice_recording@bb22"
    assert (record.notice_ms, record.notice_cut) == (3250, True)
    assert fold(told(*ANSWERED)).notice == ""


def test_what_is_dropped_long_after_changes_no_time() -> None:
    kept = (47.0, ev.RecordingKept(CALL, "x.mp3", 9.0, 9, "0", 2))
    before = fold(told(*ANSWERED[:-1], kept))
    late = ((9e6, ev.SoundDropped(CALL, "talk", "expired")), (9e6, ev.CallErased(CALL, "asked")))
    after = fold(told(*ANSWERED[:-1], kept, *late))
    assert (before.has_recording, after.has_recording) == (True, False)
    assert replace(after, seq=before.seq, has_recording=True) == before


def test_a_clock_set_back_by_people_changes_no_duration() -> None:
    records = told(*ANSWERED)
    for by in (600_000, 3_600_001, -3_600_001, 86_400_000, -86_400_000):
        moved = [
            Record(r.seq, r.mono, r.utc_ms - (by if r.seq > 6 else 0), r.event) for r in records
        ]
        assert kinds(fold(moved)) == kinds(fold(records))


def test_a_machine_started_anew_is_measured_by_utc() -> None:
    records = told(arrived(), (7.0, ev.CallLost(CALL, "boot")))
    anew = [records[0], Record(2, 1.0, records[1].utc_ms, records[1].event)]
    assert fold(anew).total_ms == 7000


def _sound(record: CallRecord) -> None:
    parts = record.ivr_ms + record.wait_ms + record.ring_ms + record.talk_ms + record.hold_ms
    assert 0 <= parts <= record.total_ms
    assert min(record.ivr_ms, record.wait_ms, record.ring_ms, record.talk_ms, record.hold_ms) >= 0
    starts = [segment.started for segment in record.segments]
    assert starts == sorted(starts)
    assert [segment.n for segment in record.segments] == list(range(1, len(starts) + 1))
    assert all(s.ms >= 0 and (s.ended or s.started) >= s.started for s in record.segments)
    assert record.outcome in (None, *OUTCOMES)
    assert (record.outcome is None) == (record.ended is None)


@given(st.integers(0, 10_000), st.data())
def test_any_prefix_twice_over_or_shuffled_is_folded_alike(seed: int, data: st.DataObject) -> None:
    for records in by_call(day(seed, 4)):
        cut = records[: data.draw(st.integers(1, len(records)))]
        record = fold(cut)
        _sound(record)
        assert fold([*reversed(cut), *cut]) == record


_ANY: list[Event] = [
    *(event for _, event in ANSWERED),
    ev.CallFellBack(CALL),
    ev.HoldReached(CALL),
    ev.FlowEnded(CALL, "closed"),
    ev.CallTransferred(CALL, B, "group", "aftersale"),
    ev.CallMoved(CALL, "group", "aftersale", "zhou"),
    ev.MessageLeft(CALL, "main", "x", 3.5),
    ev.SurveySkipped(CALL, B, "no_input"),
    ev.CallLost(CALL, "gone"),
    ev.OfferFailed(CALL, B, OfferId(2), "cancelled"),
    ev.SummarySaved(CALL, B, "a", "b", "c"),
]


@given(
    st.lists(st.tuples(st.sampled_from(_ANY), st.integers(-2, 30), st.integers(-9, 30)), min_size=1)
)
def test_nonsense_in_any_order_makes_a_sound_record(
    facts: Sequence[tuple[Event, int, int]],
) -> None:
    mono, utc, records = 0.0, 1_000_000, []
    for seq, (event, passed, drift) in enumerate(facts, 1):
        mono, utc = mono + passed, utc + drift * 1000
        records.append(Record(seq, mono, utc, event))
    _sound(fold(records))
