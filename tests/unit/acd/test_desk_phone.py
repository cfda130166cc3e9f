"""What a desk phone does by itself: its hold key, its transfer, being told to answer."""

import pytest

from acd.floor import Line, Stage
from domain import commands as do, events as ev
from domain.ids import OfferId
from tests.unit.acd.test_decide import CALL, CARE, LIN, OTHER, SALES, ZHOU, Story


def held_by_phone() -> Story:
    """Let Lin talk and press hold on the phone."""
    story = Story()
    story.talks()
    assert story.tell(ev.PhoneHeld(CALL, LIN)) == [], "Asterisk plays the music by itself"
    return story


def test_the_hold_key_is_seen_and_moves_nobody() -> None:
    story = held_by_phone()
    assert story.floor.calls[CALL].stage is Stage.HELD
    assert story.floor.agents[LIN].line is Line.HOLDING
    assert story.facts[-1] == ev.TalkHeld(CALL, LIN)
    assert story.tell(ev.PhoneRetrieved(CALL, LIN)) == []
    assert story.floor.calls[CALL].stage is Stage.TALKING
    assert story.facts[-1] == ev.TalkRetrieved(CALL, LIN)


def test_what_the_phone_holds_only_the_phone_gives_back() -> None:
    story = held_by_phone()
    assert story.tell(ev.RetrieveAsked(CALL, LIN)) == [do.NotifyPhone(CALL, "talk")]
    assert story.floor.calls[CALL].stage is Stage.HELD
    story.tell(ev.PhoneRetrieved(CALL, LIN))
    assert story.floor.calls[CALL].stage is Stage.TALKING


def test_a_phone_that_hangs_up_while_it_holds_ends_the_talk_once() -> None:
    story = held_by_phone()
    assert story.tell(ev.HungUp(CALL, "agent")) == [], "the dialplan itself goes on"
    story.tell(ev.TalkOver(CALL))
    assert story.floor.calls[CALL].stage is Stage.AFTER
    assert story.facts[-2] == ev.TalkEnded(CALL, LIN, "agent")


def test_hang_up_on_the_page_while_the_phone_holds_ends_the_phones_leg() -> None:
    story = held_by_phone()
    assert story.tell(ev.HangUpAsked(CALL, LIN)) == [do.ReleaseAgent(CALL)]


def test_the_phones_key_means_nothing_while_the_page_holds() -> None:
    story = Story()
    story.talks()
    story.tell(ev.HoldAsked(CALL, LIN))
    story.tell(ev.PhoneHeld(CALL, LIN), ev.PhoneRetrieved(CALL, LIN))
    assert story.floor.calls[CALL].stage is Stage.HELD
    assert story.tell(ev.RetrieveAsked(CALL, LIN)) == [do.JoinCaller(CALL)]
    story.tell(ev.PhoneHeld(CALL, LIN))
    assert story.floor.calls[CALL].stage is Stage.HELD
    story.tell(ev.PhoneRetrieved(CALL, LIN))
    assert story.floor.calls[CALL].stage is Stage.TALKING


@pytest.mark.parametrize("event", [ev.PhoneHeld(CALL, ZHOU), ev.PhoneHeld(OTHER, LIN)])
def test_the_key_of_somebody_else_means_nothing(event: ev.Event) -> None:
    story = Story()
    story.talks()
    story.tell(event)
    assert story.floor.calls[CALL].stage is Stage.TALKING


def test_a_phone_is_told_to_answer_only_while_it_is_offered() -> None:
    story = Story()
    story.ready(LIN)
    story.waits(CALL)
    assert story.tell(ev.AnswerAsked(CALL, ZHOU)) == []
    assert story.tell(ev.AnswerAsked(CALL, LIN)) == [do.NotifyPhone(CALL, "talk")]
    story.tell(ev.OfferAnswered(CALL, LIN, OfferId(1)))
    assert story.tell(ev.AnswerAsked(CALL, LIN)) == []


def test_a_phones_transfer_finds_the_caller_on_the_music_already() -> None:
    story = Story()
    story.talks()
    entered = story.floor.calls[CALL].entered
    story.ready(ZHOU)
    assert story.tell(ev.TransferAsked(CALL, LIN, "agent", ZHOU, "phone")) == []
    assert story.rung() == [LIN], "nobody rings before the caller is on the music"
    story.tell(ev.HoldReached(CALL))
    assert story.rung() == [LIN, ZHOU]
    assert story.floor.calls[CALL].entered == entered
    assert ev.CallTransferred(CALL, LIN, "agent", ZHOU) in story.facts


@pytest.mark.parametrize("target", ["8002", "9999", "8001"])
def test_a_phones_transfer_to_nobody_keeps_the_caller_in_the_group(target: str) -> None:
    story = Story()
    story.talks()
    story.tell(ev.TransferAsked(CALL, LIN, "agent", target, "phone"))
    assert story.facts[-3:][0] == ev.CallTransferred(CALL, LIN, "group", SALES)
    assert story.floor.calls[CALL].group == SALES
    story.ready(ZHOU)
    story.tell(ev.HoldReached(CALL))
    assert story.rung()[-1] == ZHOU


def test_a_page_still_passes_to_a_group() -> None:
    story = Story()
    story.talks()
    assert story.tell(ev.TransferAsked(CALL, LIN, "group", CARE)) == [do.BringBack(CALL)]
    assert story.floor.calls[CALL].group == CARE
