"""A flow on a real call: language, a secret, another system, a branch and a value that is said."""

import pytest

from domain import events as ev
from tests.house.firm import TALKS
from tests.house.scene import Scene
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

PIN = "739164820357"


@story
async def test_a_flow_asks_the_shop_and_says_what_it_heard(scene: Scene) -> None:
    caller = await scene.caller()
    call = await scene.arrives(caller, TALKS)
    await scene.fact(call, ev.StepEntered, within_s=40, kind="language")
    await caller.phone.press("2")
    await scene.fact(call, ev.StepEntered, within_s=40, node="pin")
    await caller.phone.press(PIN)
    await scene.fact(call, ev.StepEntered, within_s=40, node="order")
    await caller.phone.press("20261002#")
    asked = await scene.fact(call, ev.HttpAsked, within_s=40)
    assert (asked.node, asked.status) == ("look", 200)
    await scene.fact(call, ev.StepEntered, within_s=40, node="tell")
    assert await caller.phone.wait_end(60) == "far"
    row = await scene.row(call)
    assert row["outcome"] == "contained"
    edges = [(each.node, each.label) for each in scene.facts(call, ev.EdgeTaken)]
    assert edges == [
        ("language", "2"),
        ("pin", "next"),
        ("order", "next"),
        ("look", "found"),
        ("which", 'status == "shipped" and language == "en" and calls_24h >= 1'),
        ("tell", "next"),
        ("bye", "end"),
    ]
    keys = {each.node: each.digits for each in scene.facts(call, ev.KeyPressed)}
    assert keys == {"language": "2", "pin": "*" * len(PIN), "order": "20261002"}
    assert scene.facts(call, ev.LanguageChosen)[0].language == "en"


@story
async def test_nothing_that_is_kept_holds_a_secret(scene: Scene) -> None:
    caller = await scene.caller()
    call = await scene.arrives(caller, TALKS)
    await scene.fact(call, ev.StepEntered, within_s=40, kind="language")
    await caller.phone.press("1")
    await scene.fact(call, ev.SecretBegan, within_s=40)
    await caller.phone.press(PIN)
    await scene.fact(call, ev.SecretEnded, within_s=40)
    await caller.phone.hang_up()
    await scene.row(call)
    told = repr([record.event for record in scene.system.journal(call)])
    assert PIN not in told
    files = [each for each in scene.system.data.rglob("*") if each.is_file()]
    assert any(each.name == "journal.db" for each in files)
    assert [each for each in files if PIN.encode() in each.read_bytes()] == []
