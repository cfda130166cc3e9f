"""Before maintenance and through it: nobody in a call hears of it, new callers are told."""

import asyncio
import json
from typing import Any

import pytest

from domain import events as ev
from tests.house.firm import LANES
from tests.house.scene import Scene, scene_on, soon
from tests.house.system import System

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(600)]


async def yingda(scene: Scene, *words: str, code: int = 0) -> dict[str, Any]:
    done = await asyncio.to_thread(lambda: scene.system.yingda(*words, "--json", within_s=240))
    assert done.returncode == code, (words, done.stdout, done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def as_systemd_does(system: System) -> None:
    """Start it again as soon as it has ended (Restart=always)."""
    assert system.process is not None
    assert system.process.wait(60) == 0, system.tail()
    system.start()


async def test_a_drain_turns_new_callers_away_and_a_new_engine_cuts_nobody(system: System) -> None:
    async with scene_on(system, LANES[0]) as scene:
        agent, talks, comes = await scene.agent(), await scene.caller(), await scene.caller()
        call = await scene.enters(talks)
        await agent.takes(call)
        await talks.hears(agent)
        try:
            left = (await yingda(scene, "drain", "--within", "1", code=1))["left"]
            assert left >= 1
            assert system.board()["pbx"]["draining"]
            late = await scene.arrives(comes)
            assert (await scene.row(late))["outcome"] == "closed"
            again = await yingda(scene, "restart", "--engine")
            assert again["adopted"] >= 1
            assert system.board()["pbx"]["draining"], "it holds over a restart of the engine"
            await talks.hears(agent)
            await agent.hears(talks)
            asterisk = system.asterisk_pid
            upgraded = await asyncio.gather(
                yingda(scene, "restart", "--upgrade"), asyncio.to_thread(as_systemd_does, system)
            )
            assert upgraded[0]["adopted"] >= 1
            assert system.asterisk_pid == asterisk
            assert not system.board()["pbx"]["draining"], "it ends with the next run"
            await talks.hears(agent)
            await agent.hears(talks)
        finally:
            await soon(system.is_ready, 120, "everything is back")
            assert not (await scene.ask("drain", do="end"))["on"]
        await talks.phone.hang_up()
        await scene.fact(call, ev.TalkEnded, by="caller")
        assert (await scene.row(call))["outcome"] == "answered"
        assert not system.board()["pbx"]["draining"]
