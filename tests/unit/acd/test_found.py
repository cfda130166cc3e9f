"""The dialplan's own queue: who waits there comes back, who talks there is let talk."""

from acd import AgentCard, GroupRules
from acd.floor import Stage
from domain import commands as do, events as ev
from domain.ids import AgentId, CallId, GroupId
from tests.unit.acd.day import Day

TEA = GroupId("tea")
LIN, WANG = AgentId("8001"), AgentId("8002")
ONE, TWO = CallId("c1"), CallId("c2")


def fallen(*, queued: bool = True) -> Day:
    """One caller fell back while the link was away, another is at the hold music."""
    day = Day([GroupRules(TEA)], [AgentCard(each, groups=(TEA,)) for each in (LIN, WANG)])
    day.comes("c1")
    day.comes("c2")
    day.ready("8001")
    day.tell(ev.DialFailed(ONE, day.floor.calls[ONE].offer or day.floor.last_offer, "LOST"))
    day.tell(ev.PbxLeft("cut"), ev.CallFellBack(ONE, queued=queued))
    day.commands.clear()
    day.facts.clear()
    return day


def test_at_a_return_the_queue_itself_lets_go_of_who_waits_in_it() -> None:
    day = fallen()
    day.tell(ev.PbxJoined(2))
    # a Redirect would cut a talk that began just now
    assert [each for each in day.commands if each.call == ONE] == [do.LeaveQueue(ONE)]


def test_who_is_stuck_elsewhere_is_brought_back() -> None:
    day = fallen(queued=False)
    day.tell(ev.PbxJoined(2))
    assert [each for each in day.commands if each.call == ONE] == [do.BringBack(ONE)]


def test_an_agent_who_talks_already_is_offered_nobody() -> None:
    day = fallen()
    day.tell(ev.PbxJoined(2))
    assert day.floor.calls[TWO].agent == LIN
    day.commands.clear()
    day.tell(ev.TalkFound(ONE, LIN))
    assert day.commands == [do.BringBack(TWO)]
    assert day.floor.calls[ONE].stage is Stage.TALKING
    assert (day.floor.agents[LIN].call, day.floor.calls[ONE].agent) == (ONE, LIN)
    day.tell(ev.HoldReached(TWO))
    day.ready("8002")
    assert day.floor.calls[TWO].agent == WANG


def test_of_several_who_are_rung_the_one_who_talks_rings_no_more() -> None:
    day = Day(
        [GroupRules(TEA, ring_several=2)], [AgentCard(each, groups=(TEA,)) for each in (LIN, WANG)]
    )
    day.comes("c1")
    day.tell(ev.CallFellBack(ONE, queued=True))
    day.ready("8001", "8002")
    day.comes("c2")
    assert day.floor.calls[TWO].rings == (LIN, WANG)
    day.commands.clear()
    day.tell(ev.TalkFound(ONE, LIN))
    assert day.commands == [do.StopRinging(TWO, "a8001")]
    assert day.floor.calls[TWO].rings == (WANG,)
    assert (day.floor.agents[LIN].call, day.floor.calls[ONE].stage) == (ONE, Stage.TALKING)
