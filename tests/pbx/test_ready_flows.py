"""The demo's main menu on a real call: a sub-flow asks the shop, `0` is a person."""

import pytest

from domain import events as ev
from tests.house.firm import AFTERSALE, MENU
from tests.house.scene import scene_on
from tests.house.system import System

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300)]


async def test_an_order_is_looked_up_and_zero_leads_to_a_person(system: System) -> None:
    async with scene_on(system, AFTERSALE) as scene:
        agent = await scene.agent(0)
        caller = await scene.caller()
        call = await scene.arrives(caller, MENU)
        await scene.fact(call, ev.StepEntered, within_s=60, node="menu", flow="service")
        await caller.phone.press("1")
        await scene.fact(call, ev.StepEntered, within_s=60, node="ask")
        await caller.phone.press("20261002#")
        asked = await scene.fact(call, ev.HttpAsked, within_s=60)
        assert (asked.node, asked.status) == ("look", 200)
        await scene.fact(call, ev.StepEntered, within_s=60, node="menu", flow="order_query")
        await caller.phone.press("0")
        assert await agent.takes() == call
        await scene.lasts(caller)
        await caller.phone.hang_up()
        row = await scene.row(call)
        assert (row["group"], row["intent"], row["outcome"]) == (
            "aftersale",
            "人工服务",
            "answered",
        )
        edges = [(each.flow, each.node, each.label) for each in scene.facts(call, ev.EdgeTaken)]
        walked = [
            ("order_query", "ask", "next"),
            ("order_query", "look", "found"),
            ("order_query", "which", 'status == "shipped"'),
            ("order_query", "shipped", "next"),
            ("order_query", "menu", "0"),
            ("person", "staffed", "yes"),
            ("person", "person", "hold"),
        ]
        assert edges[-len(walked) :] == walked
