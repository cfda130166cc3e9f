"""What happens to callers, agents and phones, each story a real call on a lane of its own."""

from pathlib import Path

import pytest

from domain import events as ev
from tests.house.firm import CLOSED
from tests.house.scene import Scene, soon
from tests.house.sound import channels, loudest
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


@story
async def test_unanswered_goes_on_to_the_next_agent_at_the_same_place(scene: Scene) -> None:
    first = await scene.agent(0)
    second = await scene.agent(1, ready=False)
    early, late = await scene.caller(), await scene.caller()
    call = await scene.enters(early)
    assert (await first.rings()).call == call
    behind = await scene.enters(late)
    failed = await scene.fact(call, ev.OfferFailed)
    assert (failed.agent, failed.reason) == (first.number, "no_answer")
    # who let it ring may have the next caller, not the same one again at once
    await first.takes(behind)
    await scene.ask("agent.ready", agent=second.number)
    await second.takes(call)
    await early.hears(second)
    await second.hears(early)
    await late.hears(first)
    await early.phone.hang_up()
    row = await scene.row(call)
    assert (row["outcome"], row["agent"], row["offers"]) == ("answered", second.number, 2)
    assert len(scene.facts(call, ev.GroupChosen)) == 1
    offers = [each for each in scene.segments(call) if each["kind"] == "offer"]
    results = [(each["agent"], each["result"]) for each in offers]
    assert results == [(first.number, "no_answer"), (second.number, "answered")]


@story
async def test_a_phone_that_refuses_is_passed_over(scene: Scene) -> None:
    first, second = await scene.agent(0), await scene.agent(1)
    caller = await scene.caller()
    call = await scene.enters(caller)
    await first.rings()
    await first.phone.decline(486)
    await second.takes(call)
    await caller.hears(second)
    failed = scene.facts(call, ev.OfferFailed)
    assert [(each.agent, each.reason) for each in failed] == [(first.number, "busy")]
    await second.phone.hang_up()
    await scene.fact(call, ev.SurveyInvited)
    await caller.phone.hang_up()
    row = await scene.row(call)
    assert (row["outcome"], row["by"], row["agent"]) == ("answered", "agent", second.number)


@story
async def test_declined_on_the_page_the_phone_falls_silent_and_the_next_one_rings(
    scene: Scene,
) -> None:
    first, second = await scene.agent(0), await scene.agent(1)
    caller = await scene.caller()
    call = await scene.enters(caller)
    await first.rings()
    offer = scene.facts(call, ev.OfferMade)[-1].offer
    wish = {"call": call, "agent": first.number, "offer": offer, "reason": "busy"}
    await scene.ask("call.decline", **wish)
    assert await first.phone.wait_end(15) == "cancelled"
    await second.takes(call)
    await caller.hears(second)
    await caller.phone.hang_up()
    row = await scene.row(call)
    assert (row["outcome"], row["by"], row["agent"]) == ("answered", "caller", second.number)
    failed = scene.facts(call, ev.OfferFailed)
    assert [(each.agent, each.reason) for each in failed] == [(first.number, "declined")]


@story
async def test_a_caller_leaves_in_the_menu(scene: Scene) -> None:
    caller = await scene.caller()
    call = await scene.arrives(caller)
    await scene.fact(call, ev.StepEntered, kind="menu")
    await caller.phone.hang_up()
    row = await scene.row(call)
    assert (row["outcome"], row["by"], row["agent"]) == ("abandoned_ivr", "caller", "")


@story
async def test_a_caller_leaves_the_queue(scene: Scene) -> None:
    agent = await scene.agent(0, ready=False)
    caller = await scene.caller()
    call = await scene.enters(caller)
    await scene.fact(call, ev.HoldReached)
    await caller.hears_a("music")
    await caller.phone.hang_up()
    row = await scene.row(call)
    assert (row["outcome"], row["by"], row["offers"]) == ("abandoned_queue", "caller", 0)
    assert row["wait_ms"] > 0
    await scene.ask("agent.ready", agent=agent.number)
    await scene.state(agent.number, "ready")


@story
async def test_a_caller_leaves_while_the_phone_rings(scene: Scene) -> None:
    agent = await scene.agent(0)
    caller = await scene.caller()
    call = await scene.enters(caller)
    await agent.rings()
    await caller.phone.hang_up()
    assert await agent.phone.wait_end(15) == "cancelled"
    row = await scene.row(call)
    assert (row["outcome"], row["by"], row["offers"]) == ("abandoned_ring", "caller", 1)
    await scene.state(agent.number, "ready")


@story
async def test_while_all_are_busy_callers_hear_music_and_their_place_and_keep_it(
    scene: Scene,
) -> None:
    agent = await scene.agent(0, ready=False)
    callers = [await scene.caller() for _ in range(3)]
    calls = [await scene.enters(caller) for caller in callers]
    for caller in callers:
        await caller.hears_a("music", within_s=30)
    await scene.fact(calls[-1], ev.AnnouncementDue)
    await callers[-1].hears_a("speech", seconds=4)
    await scene.ask("agent.ready", agent=agent.number)
    for caller, call in zip(callers, calls, strict=True):
        await agent.takes(call)
        await caller.hears(agent)
        await agent.hears(caller)
        await caller.phone.hang_up()
        assert (await scene.row(call))["outcome"] == "answered"


@story
async def test_out_of_hours_a_message_is_taken(scene: Scene) -> None:
    caller = await scene.caller()
    call = await scene.arrives(caller, CLOSED)
    await scene.fact(call, ev.StepEntered, kind="voicemail", within_s=40)
    await caller.hears_a("tone", seconds=3, within_s=30)  # the beep
    await caller.hears_nothing(1.5)
    await caller.phone.hang_up()
    left = await scene.fact(call, ev.MessageLeft)
    assert left.seconds >= 1
    row = await scene.row(call)
    assert (row["outcome"], row["has_message"]) == ("voicemail", 1)
    file = (scene.system.data / "recordings" / left.file).with_suffix(".mp3")
    await soon(file.exists, what=f"{file}")
    assert loudest(channels(file)[0], caller.hz) > 0.8
    kept = await soon(
        lambda: scene.system.rows("SELECT * FROM recording WHERE call = ?", call), what="its row"
    )
    assert [each["file"] for each in kept] == [str(Path(left.file).with_suffix(".mp3"))]


@story
async def test_with_nobody_at_work_the_caller_is_told_and_asked_for_a_message(
    scene: Scene,
) -> None:
    caller = await scene.caller()
    call = await scene.arrives(caller)
    await scene.fact(call, ev.StepEntered, kind="menu")
    await caller.phone.press("1")
    await scene.fact(call, ev.StepEntered, node="nobody")
    await caller.hears_a("speech")
    await caller.phone.hang_up()
    await scene.fact(call, ev.CallEnded)
    await scene.fact(call, ev.FlowEnded, outcome="nobody")
    await soon(lambda: scene.outcome(call) == "nobody", what=lambda: scene.outcome(call))
    assert (await scene.row(call))["offers"] == 0


@story
async def test_a_survey_without_a_key_is_no_rating(scene: Scene) -> None:
    agent, caller = await scene.agent(0), await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await caller.hears(agent)
    await agent.phone.hang_up()
    skipped = await scene.fact(call, ev.SurveySkipped, within_s=60)
    assert (skipped.reason, skipped.agent) == ("no_input", agent.number)
    assert await caller.phone.wait_end(20) == "far"
    row = await scene.row(call)
    assert (row["outcome"], row["by"], row["score"]) == ("answered", "agent", None)


@story
async def test_wrong_keys_stars_hashes_and_silence_reach_a_person(scene: Scene) -> None:
    agent, caller = await scene.agent(0), await scene.caller()
    call = await scene.arrives(caller)
    await scene.fact(call, ev.StepEntered, kind="menu")
    for number, key in enumerate("*7#", 1):
        await caller.phone.press(key)
        await soon(lambda n=number: len(scene.facts(call, ev.KeyPressed)) >= n, what=f"key {key}")
    await agent.takes(call, within_s=60)
    await caller.hears(agent)
    pressed = [each.digits for each in scene.facts(call, ev.KeyPressed)]
    assert pressed == ["*", "7", "#", ""]
    await caller.phone.hang_up()
    assert (await scene.row(call))["outcome"] == "answered"


@story
async def test_hold_and_retrieve(scene: Scene) -> None:
    agent, caller = await scene.agent(0), await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await caller.hears(agent)
    await scene.ask("call.hold", call=call, agent=agent.number)
    await caller.hears_a("music")
    await agent.hears_nothing()
    await scene.state(agent.number, "holding")
    await scene.ask("call.retrieve", call=call, agent=agent.number)
    await caller.hears(agent)
    await agent.hears(caller)
    await agent.phone.hang_up()
    await scene.fact(call, ev.TalkEnded, by="agent")
    row_before = await scene.fact(call, ev.SurveyInvited)
    assert row_before.agent == agent.number
    await caller.phone.hang_up()
    row = await scene.row(call)
    assert (row["outcome"], row["by"]) == ("answered", "agent")
    assert row["hold_ms"] > 0 and row["talk_ms"] > 0


@story
async def test_a_caller_on_hold_hangs_up_and_the_agents_phone_is_let_go(scene: Scene) -> None:
    agent, caller = await scene.agent(0), await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await caller.hears(agent)
    await scene.ask("call.hold", call=call, agent=agent.number)
    await caller.hears_a("music")
    await caller.phone.hang_up()
    assert await agent.phone.wait_end(10) == "far"
    row = await scene.row(call)
    assert (row["outcome"], row["by"]) == ("answered", "caller")
    await scene.state(agent.number, "ready")


@story
async def test_a_blind_transfer_to_a_colleague(scene: Scene) -> None:
    first, second = await scene.agent(0), await scene.agent(1)
    caller = await scene.caller()
    call = await scene.enters(caller)
    await first.takes(call)
    await caller.hears(first)
    wish = {"to_kind": "agent", "to": second.number}
    await scene.ask("call.transfer", call=call, agent=first.number, **wish)
    await second.takes(call)
    await caller.hears(second)
    assert await first.phone.wait_end(10) == "far"
    await scene.state(first.number, "ready", "wrapping")
    await second.phone.hang_up()
    await caller.phone.hang_up()
    row = await scene.row(call)
    assert (row["outcome"], row["agent"]) == ("answered", second.number)
    talks = [each["agent"] for each in scene.segments(call) if each["kind"] == "talk"]
    assert talks == [first.number, second.number]


@story
async def test_the_page_hangs_up(scene: Scene) -> None:
    agent, caller = await scene.agent(0), await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await caller.hears(agent)
    await scene.ask("call.hang_up", call=call, agent=agent.number)
    assert await agent.phone.wait_end(10) == "far"
    await scene.fact(call, ev.SurveyInvited)
    await caller.phone.hang_up()
    row = await scene.row(call)
    assert (row["outcome"], row["by"]) == ("answered", "agent")
