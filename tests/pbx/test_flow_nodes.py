"""A flow on a real call: language, a secret, another system, a branch and a value that is said."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from demo.phone_aio import AioPhone
from domain import events as ev
from speech import prompts as shipped, say_amount
from tests.house.firm import TALKS
from tests.house.scene import Scene
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

PROMPTS = Path(shipped.__file__).parent
PIN = "739164820357"
AMOUNT = Decimal("3680")
"""What order 20261002 cost, as the sample shop has it."""


def heard_in_order(phone: AioPhone, prompts: Sequence[str], language: str) -> list[str]:
    """Find prompts by their own sound, one after the other; gives those that are not there.

    A-law goes through unchanged, so the middle tenth of a second of each must be in what was heard.
    """
    sound, at, missing = bytes(phone.heard()), 0, []
    for name in prompts:
        own = (PROMPTS / language / f"{name}.alaw").read_bytes()
        middle = own[len(own) // 2 : len(own) // 2 + 800]
        found = sound.find(middle, at)
        missing += [name] if found < 0 else []
        at = max(at, found)
    return missing


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
    said = say_amount(AMOUNT, "en")
    assert len(said) > 3 and heard_in_order(caller.phone, said, "en") == []
    assert heard_in_order(caller.phone, ["num/19"], "en") == ["num/19"]  # was never said
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
