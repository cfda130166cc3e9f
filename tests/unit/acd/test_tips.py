"""Tips in turn, never over an announcement; and that a place was kept is said once."""

from domain import commands as do, events as ev
from domain.ids import CallId
from tests.unit.acd.day import Day, agent, group


def said(day: Day) -> list[str]:
    """List what was said: names of tips, and `place` for each announcement."""
    heard = [each for each in day.commands if isinstance(each, do.Say | do.Announce)]
    return [each.prompt if isinstance(each, do.Say) else "place" for each in heard]


def test_tips_come_in_turn_after_the_offer_of_a_callback() -> None:
    day = Day([group(tips=("web", "app"), tip_s=20, callback=True)], [agent("1", "tea")])
    day.comes("a")
    day.pass_to(85)
    assert said(day) == ["place", "callback_offer", "web", "app", "callback_offer"]


def test_nothing_is_said_over_something_else() -> None:
    day = Day([group(tips=("web",), tip_s=15, announce_s=15)], [agent("1", "tea")])
    day.comes("a")
    day.pass_to(14)
    assert said(day) == ["place"]
    day.pass_to(17)
    assert said(day) == ["place", "web"]
    # the announcement due at 18 waits for the tip of 15 to end
    day.pass_to(24.9)
    assert said(day) == ["place", "web"]
    day.pass_to(25.1)
    assert said(day) == ["place", "web", "place"]


def test_tips_end_with_the_wait_and_begin_again_with_the_next() -> None:
    day = Day([group(tips=("web",), tip_s=20)], [agent("1", "tea")])
    day.ready("1")
    day.comes("a")
    day.answers("1")
    day.pass_to(100)
    assert said(day) == []
    day.tell(
        ev.TransferAsked(CallId("a"), day.floor.calls[CallId("a")].agent or "", "group", "tea")
    )  # type: ignore[arg-type]
    day.tell(ev.AgentSignedOut(day.floor.agents["1"].card.number, "asked"))  # type: ignore[index]
    day.tell(ev.HoldReached(CallId("a")))
    day.pass_to(150)
    assert said(day)[-2:] == ["web", "web"]


def test_who_calls_again_hears_that_the_place_was_kept_once() -> None:
    day = Day([group(announce_s=20)], [agent("1", "tea")])
    for name in ("a", "b"):
        chosen = ev.GroupChosen(CallId(name), group().id)
        day.tell(ev.CallArrived(CallId(name), "400", "400", "138"), chosen)
        day.tell(ev.HoldReached(CallId(name)))
        day.pass_to(day.now + 50)
        if name == "a":
            assert not any(each.kept for each in day.commands if isinstance(each, do.Announce))
            day.leaves("a")
            day.commands.clear()
    told = [each.kept for each in day.commands if isinstance(each, do.Announce)]
    assert told == [True, False, False]
