"""What Asterisk told and nobody heard: the picture is right again within fifteen seconds."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from domain import events as ev
from pbx.message import Message
from tests.stories.table import Story
from tests.stories.test_any_day import Day

HEALS_S = 15.0
Lost = Callable[[Message], bool]


def event(name: str, leg: str = "", **fields: str) -> Lost:
    """Name messages that are lost, by event, leg and fields."""

    def lost(message: Message) -> bool:
        side = message.variables.get("CC_LEG", "")
        same = all(message.get(key) == value for key, value in fields.items())
        return message.event == name and side in (leg or side) and same

    return lost


class Deaf:
    """A line on which some messages are lost, once each."""

    def __init__(self, story: Story, *lost: Lost) -> None:
        self.story, self.lost, self.count = story, list(lost), 0
        self.begin = story.world.pbx.listen
        story.world.pbx.listen = self

    def __call__(self, message: Message) -> None:
        for lost in self.lost:
            if lost(message):
                self.lost.remove(lost)
                self.count += 1
                return
        self.begin(message)


def healed(story: Story) -> Sequence[str]:
    return [fact.what for fact in story.world.facts() if isinstance(fact, ev.StateHealed)]


async def until(story: Story, seconds: float) -> None:
    await story.world.pass_to(story.world.time.now + seconds)


async def talk(story: Story) -> None:
    """Let 8001 talk to a caller."""
    await story.tell("09:00:00  8001 ready")
    await story.happens("caller 13800138000 dials 4008000001")
    await until(story, 5)
    await story.happens("caller presses 2")
    await until(story, 3)
    await story.happens("8001 answers")


async def waits(story: Story) -> None:
    """Let a caller come to the menu, with 8001 ready."""
    await story.tell("09:00:00  8001 ready")
    await story.happens("caller 13800138000 dials 4008000001")
    await until(story, 5)


async def test_a_caller_whose_end_was_not_heard(story: Story) -> None:
    await talk(story)
    deaf = Deaf(story, event("Hangup", "caller"), event("UserEvent", UserEvent="CCDialDone"))
    await story.happens("caller hangs_up")
    await until(story, HEALS_S)
    assert deaf.count >= 1
    assert not story.world.engine.floor.calls
    await story.happens("8001 is wrapping")
    assert healed(story) == ["CallLost"]


async def test_an_arrival_on_the_music_that_was_not_heard(story: Story) -> None:
    await waits(story)
    deaf = Deaf(story, event("UserEvent", UserEvent="CCHold"))
    await story.happens("caller presses 2")
    await until(story, HEALS_S)
    assert deaf.count == 1
    await story.happens("8001 rings")
    assert healed(story) == ["HoldReached"]


async def test_an_answer_that_was_not_heard(story: Story) -> None:
    await waits(story)
    await story.happens("caller presses 2")
    await until(story, 3)
    witnesses = (event("Newstate", ChannelState="6"), event("DialEnd", DialStatus="ANSWER"))
    deaf = Deaf(story, *witnesses)
    await story.happens("8001 answers")
    await until(story, HEALS_S)
    assert deaf.count == 2
    await story.happens("8001 is talking")
    assert healed(story) == ["OfferAnswered"]
    await until(story, 60)
    await story.happens("8001 is talking")  # no deadline took it apart


async def test_an_answer_that_one_of_two_witnesses_told(story: Story) -> None:
    await waits(story)
    await story.happens("caller presses 2")
    await until(story, 3)
    deaf = Deaf(story, event("Newstate", ChannelState="6"))
    await story.happens("8001 answers")
    await until(story, 1)
    assert deaf.count == 1
    await story.happens("8001 is talking")
    assert not healed(story)


async def test_the_end_of_a_ring_that_was_not_heard(story: Story) -> None:
    await waits(story)
    await story.happens("caller presses 2")
    await until(story, 3)
    lost = (event("UserEvent", UserEvent="CCDialDone"), event("UserEvent", UserEvent="CCHold"))
    deaf = Deaf(story, *lost)
    await story.happens("8001 rejects")
    await until(story, HEALS_S)
    assert deaf.count == 2
    await story.happens("8001 rings")
    assert healed(story) == ["DialFailed HoldReached"]


async def test_an_agent_on_hold_who_left_unheard(story: Story) -> None:
    await talk(story)
    await until(story, 3)
    await story.happens("8001 holds")
    await until(story, 3)
    deaf = Deaf(story, event("HangupRequest", "agent"))
    await story.happens("8001 hangs_up")
    await until(story, HEALS_S)
    assert deaf.count == 1
    await story.happens("8001 is wrapping")
    assert healed(story) == ["HungUp"]


async def test_a_dialled_call_whose_end_was_not_heard(story: Story) -> None:
    await story.tell("09:00:00  8001 ready")
    await story.happens("8001 dials 13911112222")
    await until(story, 1)
    await story.happens("8001 answers")
    await until(story, 1)
    Deaf(story, event("UserEvent", UserEvent="CCDialEnded"), event("Hangup"))
    await story.happens("8001 hangs_up")
    await until(story, HEALS_S)
    assert not story.world.engine.floor.calls
    await story.happens("8001 is ready")


async def test_a_phone_whose_coming_and_going_was_not_heard(story: Story) -> None:
    await story.tell("09:00:00  8001 ready")
    deaf = Deaf(story, event("ContactStatus"))
    await story.happens("8001 phone_lost")
    await until(story, HEALS_S)
    assert "a8001" not in story.world.engine.floor.reachable
    deaf.lost.append(event("ContactStatus"))
    await story.happens("8001 phone_back")
    await until(story, HEALS_S)
    assert "a8001" in story.world.engine.floor.reachable
    assert healed(story) == ["PhoneLost", "PhoneReachable"]


async def test_an_undisturbed_day_needs_no_repair(tmp_path: Path) -> None:
    day = Day(tmp_path, 7)
    await day.open_up()
    for _ in range(300):
        await day.step()
    await day.close_down()
    facts = day.world.facts()
    assert not [fact for fact in facts if isinstance(fact, ev.StateHealed)]


@pytest.mark.parametrize("seed", range(4))
async def test_a_day_on_a_line_that_loses_messages(tmp_path: Path, seed: int) -> None:
    day = Day(tmp_path, 200 + seed)
    await day.open_up()
    told = [0]
    pbx = day.world.pbx

    def lossy() -> None:
        heard = pbx.listen
        if getattr(heard, "__name__", "") == "some":
            return

        def some(message: Message) -> None:
            told[0] += 1
            if day.chance.random() > 0.05:
                heard(message)

        pbx.listen = some

    for _ in range(300):
        lossy()
        await day.step()
    await day.close_down()
    engine = day.world.engine
    assert told[0] > 100
    assert not pbx.faults
    assert engine.floor.calls == {}
    assert {str(agent.line) for agent in engine.floor.agents.values()} <= {"free"}
    states = {name: phone.reachable for name, phone in pbx.phones.items() if name[0] != "m"}
    assert {name for name, here in states.items() if here} == engine.floor.reachable
