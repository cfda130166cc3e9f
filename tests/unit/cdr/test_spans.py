"""An agent is in exactly one state at any moment between sign-in and sign-out."""

from itertools import pairwise

from hypothesis import given, strategies as st

from cdr.spans import Span, Spans
from domain import events as ev
from domain.events import Event, Record
from domain.ids import AgentId, CallId, GroupId, OfferId
from tests.unit.cdr.stories import AGENTS, day

A, CALL = AgentId("8001"), CallId("01ARYZ6S410000000000000000")


def told(*events: Event) -> list[Record]:
    return [Record(seq, seq, seq * 1000, event) for seq, event in enumerate(events, 1)]


FACTS = (
    ev.AgentSignedIn(A, "browser", "w8001"),
    ev.AgentReadied(A),
    ev.OfferMade(CALL, A, OfferId(1), GroupId("presale"), 20, "", ""),
    ev.PhoneRang(CALL, A, OfferId(1)),
    ev.OfferAnswered(CALL, A, OfferId(1)),
    ev.AgentPaused(A, "lunch"),
    ev.TalkEnded(CALL, A, "agent"),
    ev.WrapUpStarted(CALL, A, 15),
    ev.WrapUpEnded(A, CALL, "done"),
    ev.AgentReadied(A),
    ev.AgentSignedOut(A, "asked"),
)


def states(spans: list[Span]) -> list[str]:
    return [span.state for span in sorted(spans, key=lambda span: span.seq)]


def test_a_shift_in_states() -> None:
    spans = Spans().feed(told(*FACTS))
    assert [
        (s.state, s.reason, s.ended and (s.ended - s.started))
        for s in spans
        if s.ended != s.started
    ] == [
        ("break", "signed_in", 1000),
        ("ready", "", 1000),
        ("reserved", "", 1000),
        ("ringing", "", 1000),
        ("talking", "", 2000),
        ("break", "lunch", 1000),
        ("wrapping", "", 1000),
        ("break", "lunch", 1000),
        ("ready", "", 1000),
    ]


def test_a_restart_in_any_place_changes_nothing() -> None:
    records = told(*FACTS)
    whole = {(s.agent, s.seq): s for s in Spans().feed(records)}
    for cut in range(1, len(records)):
        kept = {(s.agent, s.seq): s for s in Spans().feed(records[:cut])}
        again = Spans()
        again.resume(
            [s for s in kept.values() if s.ended is None], max(s.seq for s in kept.values())
        )
        kept |= {(s.agent, s.seq): s for s in again.feed(records)}
        assert kept == whole, cut


@given(st.integers(0, 10_000))
def test_spans_touch_and_add_up_to_the_login(seed: int) -> None:
    records = day(seed, 10)
    spans = Spans().feed(records)
    for agent in AGENTS:
        mine = sorted((s for s in spans if s.agent == agent), key=lambda s: s.seq)
        assert all(before.ended == after.started for before, after in pairwise(mine))
        assert all(span.ended is not None for span in mine)
        total = sum((span.ended or 0) - span.started for span in mine)
        assert total == (mine[-1].ended or 0) - mine[0].started == 85_999_500


def test_a_clock_that_is_set_gives_nobody_an_hour_of_work() -> None:
    hour = 3_600_000
    for by in (hour, -hour, 24 * hour, -24 * hour):
        signed_in, readied, paused = FACTS[0], FACTS[1], FACTS[5]
        spans = Spans().feed(
            [
                Record(1, 1.0, 1_000, signed_in),
                Record(2, 2.0, 2_000, readied),
                Record(3, 5.0, 5_000 + by, ev.ClockStepped(by / 1000)),
                Record(4, 5.0, 5_000 + by, paused),
                Record(5, 9.0, 9_000 + by, FACTS[-1]),
            ]
        )
        assert [(s.state, (s.ended or 0) - s.started) for s in spans if s.ended != s.started] == [
            ("break", 1000),
            ("ready", 3000),
            ("break", 4000),
        ]
