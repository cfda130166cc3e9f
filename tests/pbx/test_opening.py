"""Real calls to a hotline closed and opened by hand, and what they leave in the rows of flows."""

import json

import pytest

from domain import events as ev
from tests.house.firm import CLOSED, LANES
from tests.house.scene import scene_on, soon
from tests.house.system import System

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(180)]


async def test_a_hotline_is_closed_and_opened_by_hand_at_once(system: System) -> None:
    lane = LANES[4]
    turned = {lane.hotline: ("closed", "closed"), CLOSED: ("open", "menu")}
    kept = system.data / "config" / "switches.json"

    def held_on_disk() -> set[str]:
        return {row["hotline"] for row in json.loads(kept.read_text())} if kept.exists() else set()

    async with scene_on(system, lane) as scene:
        try:
            for hotline, (state, _) in turned.items():
                args = {"state": state, "reason": "storm", "by": "supervisor"}
                await scene.ask("hotline.switch", hotline=hotline, **args)
            assert {row["hotline"] for row in system.board()["switches"]} == set(turned)
            await soon(lambda: held_on_disk() == set(turned), what="the file has both")
            for hotline, (_, node) in turned.items():
                caller = await scene.caller()
                call = await scene.arrives(caller, hotline)
                await scene.fact(call, ev.StepEntered, node=node)
                await caller.hears_a("speech")
                await caller.phone.hang_up()
        finally:
            for hotline in turned:
                await scene.ask("hotline.switch", hotline=hotline, state="", by="supervisor")
        assert system.board()["switches"] == []
        await soon(lambda: not held_on_disk(), what="the file has none")
        caller = await scene.caller()
        call = await scene.arrives(caller)
        await scene.fact(call, ev.StepEntered, node="menu")


async def test_what_callers_do_is_counted_per_pass(system: System) -> None:
    lane = LANES[4]
    async with scene_on(system, lane) as scene:
        caller = await scene.caller()
        call = await scene.arrives(caller)
        await scene.fact(call, ev.StepEntered, within_s=40, node="menu")
        await caller.phone.press("7")
        await scene.fact(call, ev.EdgeTaken, node="menu", label="invalid")
        await caller.phone.hang_up()
        await scene.row(call)
        sql = "SELECT node, fresh, edge, keys, result FROM flow_step WHERE call = ? ORDER BY n"
        passes = [tuple(row.values()) for row in system.rows(sql, call)]
        assert passes[0][:3] == ("hours", 1, "open")
        assert [(node, fresh, edge, keys) for node, fresh, edge, keys, _ in passes[1:3]] == [
            ("menu", 1, "invalid", 1),
            ("menu", 0, passes[2][2], 0),
        ]
        assert passes[-1][-1] == "left"
