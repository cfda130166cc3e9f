"""What benchmarks read out of SIPp's log, and what they count as failed."""

from bench import rush
from bench.arms import Run
from bench.heard import Seen, cut, first_invites, handed_over_ms, reached_ms
from bench.load import Outcome


def invite(at: float, call: str, user: str = "a1", sent: bool = False) -> Seen:
    return Seen(at, sent, call, f"INVITE sip:{user}@127.0.0.3:5 SIP/2.0")


def bye(at: float, call: str, sent: bool = True) -> Seen:
    return Seen(at, sent, call, "BYE sip:c@127.0.0.1 SIP/2.0")


def test_an_invite_sent_again_counts_once() -> None:
    log = [invite(2.0, "y"), invite(1.0, "x"), invite(1.5, "x")]
    assert [(seen.call, seen.at) for seen in first_invites(log)] == [("x", 1.0), ("y", 2.0)]


def test_the_nth_caller_is_the_nth_who_rings() -> None:
    callers = [invite(1.0, "c1", sent=True), invite(2.0, "c2", sent=True)]
    agents = [invite(1.25, "x"), invite(2.5, "y", "a2")]
    assert reached_ms(callers, agents) == [250.0, 500.0]
    assert reached_ms(callers, agents[:1]) == [250.0]


def test_hand_offs_are_counted_for_each_agent() -> None:
    log = [
        invite(1.0, "x", "a1"),
        invite(1.0, "y", "a2"),
        bye(2.0, "x"),
        bye(2.5, "y"),
        invite(2.25, "z", "a1"),
        invite(3.0, "w", "a2"),
        bye(4.0, "z"),
    ]
    assert sorted(handed_over_ms(log)) == [250.0, 500.0]


def test_a_good_bye_that_the_agent_did_not_say_is_no_hand_off() -> None:
    assert handed_over_ms([invite(1.0, "x"), bye(2.0, "x", sent=False), invite(3.0, "y")]) == []


def test_cuts_of_nothing_are_nothing() -> None:
    assert cut([], 99) == 0.0
    assert cut([float(n) for n in range(101)], 99) == 99.0


def test_who_is_served_late_or_by_nobody_has_failed() -> None:
    callers = tuple(invite(float(n), f"c{n}", sent=True) for n in range(4))
    agents = (invite(0.1, "x"), invite(1.1, "y"), invite(2.0 + rush.LATE_S + 1, "z"))
    assert rush.failed(Run("core", Outcome(4, 0, 0, 0, callers), agents)) == 2
    assert rush.failed(Run("core", Outcome(4, 3, 0, 0, callers), agents)) == 4


def test_nothing_to_compare_is_no_success() -> None:
    found = rush.figures({arm: rush.Climb() for arm in rush.ARMS})
    assert found["asterisk_of_queue"] > 1 and found["max_of_queue"] == 0
