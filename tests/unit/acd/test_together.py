"""Several rung at once: who is, what the others keep, and that late news does nothing."""

import pytest

from acd import recall
from acd.floor import Floor, Line, Presence
from acd.rules import AgentCard
from domain import commands as do, events as ev
from domain.ids import AgentId, CallId, Instant, OfferId
from tests.unit.acd.day import Day, agent, group

NUMBERS = ["8001", "8002", "8003", "8004"]
CALL = CallId("c1")


def rung(several: int = 3, strategy: str = "longest_idle") -> Day:
    """Let four agents be ready, one after another, and then one caller come."""
    rules = [group(ring_several=several, strategy=strategy)]
    made = Day(rules, [agent(number, "tea") for number in NUMBERS])
    made.ready(*NUMBERS)
    made.pass_to(100)
    made.comes("c1")
    return made


def known(day: Day, number: str) -> tuple[str, float, float]:
    """Tell what an agent's phone does, since when the agent is idle, and the last offer."""
    found = day.floor.agents[AgentId(number)]
    return (found.line, round(found.since, 2), round(found.offered, 2))


def test_the_first_three_ring_at_once_each_with_an_offer() -> None:
    day = rung()
    made = [fact for fact in day.facts if isinstance(fact, ev.OfferMade)]
    assert [(each.agent, each.offer, each.together) for each in made] == [
        ("8001", 1, 1),
        ("8002", 2, 1),
        ("8003", 3, 1),
    ]
    ring = do.RingAgent(CALL, AgentId("8001"), "a8001", OfferId(1), 20, "c1", ("a8002", "a8003"))
    assert day.commands == [ring]
    assert all(each.why.endswith("rung together: 8001, 8002, 8003") for each in made)


@pytest.mark.parametrize("several", [0, 1])
def test_one_after_another_where_nothing_is_asked(several: int) -> None:
    day = rung(several)
    assert day.offers == [("8001", "c1")]
    [made] = [fact for fact in day.facts if isinstance(fact, ev.OfferMade)]
    assert made.together == 0
    assert day.floor.last_offer == 1


def test_who_lost_is_idle_since_before_and_missed_nothing() -> None:
    day = rung(strategy="round_robin")
    before = {number: (0.01 * n) for n, number in enumerate(NUMBERS, 1)}
    day.pass_to(110)
    assert day.answers("8002") == "c1"
    for number in ("8001", "8003"):
        assert known(day, number) == ("free", round(before[number], 2), 0.0)
        assert day.floor.agents[AgentId(number)].misses == 0
        assert day.floor.agents[AgentId(number)].busy_s == 0
    lost = [each for each in day.facts if isinstance(each, ev.OfferFailed)]
    assert [(each.agent, each.reason) for each in lost] == [
        ("8001", "elsewhere"),
        ("8003", "elsewhere"),
    ]
    assert do.TellWinner(CALL, "a8002", OfferId(2)) in day.commands
    day.comes("c2")
    assert day.order[3:] == ["8001", "8003", "8004"]


def test_late_news_of_who_lost_does_nothing() -> None:
    day = rung()
    day.answers("8002")
    facts, commands = list(day.facts), list(day.commands)
    day.tell(
        ev.PhoneRang(CALL, AgentId("8001"), OfferId(1)),
        ev.OfferAnswered(CALL, AgentId("8001"), OfferId(1)),
        ev.OfferDeclined(CALL, AgentId("8003"), OfferId(3), "busy"),
        ev.RingEnded(CALL, AgentId("8003"), OfferId(3), "BUSY"),
        ev.OfferExpired(CALL, OfferId(1)),
        ev.DialFailed(CALL, OfferId(1), "NOANSWER"),
    )
    assert (day.facts, day.commands) == (facts, commands)
    assert [known(day, number)[0] for number in NUMBERS] == ["free", "talking", "free", "free"]


def test_one_declines_and_only_that_phone_is_stopped() -> None:
    day = rung()
    day.tell(ev.OfferDeclined(CALL, AgentId("8001"), OfferId(1), "busy"))
    assert day.commands[1:] == [do.StopRinging(CALL, "a8001")]
    assert known(day, "8001")[0] == "free"
    assert day.floor.calls[CALL].rings == ("8002", "8003")
    day.tell(ev.RingEnded(CALL, AgentId("8001"), OfferId(1), "NOANSWER"))
    assert day.floor.agents[AgentId("8001")].misses == 0
    assert day.answers("8003") == "c1"


def test_the_last_one_who_declines_ends_the_round_and_the_pairs_rest() -> None:
    day = rung(2)
    for n, number in enumerate(("8001", "8002"), 1):
        day.tell(ev.OfferDeclined(CALL, AgentId(number), OfferId(n), "busy"))
    assert day.commands[1:] == [do.StopRinging(CALL, "a8001"), do.BringBack(CALL)]
    day.tell(ev.HoldReached(CALL))
    assert day.order[2:] == ["8003", "8004"]


def test_nobody_answers_and_each_has_missed_one() -> None:
    day = rung()
    for n, number in enumerate(("8001", "8002"), 1):
        day.tell(ev.RingEnded(CALL, AgentId(number), OfferId(n), "NOANSWER"))
    day.tell(ev.DialFailed(CALL, OfferId(1), "NOANSWER"))
    assert [day.floor.agents[AgentId(number)].misses for number in NUMBERS] == [1, 1, 1, 0]
    assert [known(day, number)[0] for number in NUMBERS] == ["free"] * 4


def test_one_unreachable_phone_puts_only_its_agent_on_break() -> None:
    day = rung()
    day.tell(ev.RingEnded(CALL, AgentId("8002"), OfferId(2), "CHANUNAVAIL"))
    here = [day.floor.agents[AgentId(number)].presence for number in NUMBERS]
    assert here == [Presence.READY, Presence.BREAK, Presence.READY, Presence.READY]
    assert day.floor.calls[CALL].rings == ("8001", "8003")


def test_the_deadline_ends_all_of_them() -> None:
    day = rung()
    day.pass_to(123)
    assert day.floor.calls[CALL].rings == ()
    assert [fact.reason for fact in day.facts if isinstance(fact, ev.OfferFailed)] == (
        ["no_answer"] * 3
    )


def test_mobile_seats_ring_alone_and_not_with_others() -> None:
    mobile = AgentCard(AgentId("8002"), groups=agent("8002", "tea").groups, mobile="139")
    day = Day([group(ring_several=3)], [agent("8001", "tea"), mobile, agent("8003", "tea")])
    day.ready("8001")
    day.tell(ev.AgentSignedIn(AgentId("8002"), "mobile", "m8002"), ev.AgentReadied(AgentId("8002")))
    day.ready("8003")
    day.comes("c1")
    assert day.order == ["8001", "8003"]
    day.answers("8001")
    day.tell(ev.AgentPaused(AgentId("8003"), "rest"))
    day.comes("c2")
    day.ready("8003")
    assert day.order[2:] == ["8002"]


def test_the_page_asks_the_own_desk_phone_to_answer() -> None:
    day = rung()
    day.tell(ev.AnswerAsked(CALL, AgentId("8003")))
    assert day.commands[1:] == [do.NotifyPhone(CALL, "talk", "a8003")]


def test_a_journal_read_back_gives_the_same_round() -> None:
    day = rung()
    again = Floor()
    again.configure(list(day.floor.groups.values()), [a.card for a in day.floor.agents.values()])
    again.recalling = True
    for n in range(1, 5):
        endpoint, number = f"a{NUMBERS[n - 1]}", AgentId(NUMBERS[n - 1])
        signed_in = ev.AgentSignedIn(number, "phone", endpoint)
        for event in (ev.PhoneReachable(endpoint), signed_in, ev.AgentReadied(number)):
            recall(again, event, Instant(0.01 * n))
    chosen = ev.GroupChosen(CALL, day.floor.calls[CALL].group)
    for event in (ev.CallArrived(CALL, "400", "400", ""), chosen, ev.HoldReached(CALL)):
        recall(again, event, Instant(100))
    for fact in day.facts:
        recall(again, fact, Instant(100))
    assert again.calls[CALL].rings == day.floor.calls[CALL].rings == ("8001", "8002", "8003")
    recall(again, ev.OfferAnswered(CALL, AgentId("8003"), OfferId(3)), Instant(101))
    assert again.agents[AgentId("8001")].line is Line.FREE
    assert (again.calls[CALL].agent, again.calls[CALL].offer) == ("8003", 3)
