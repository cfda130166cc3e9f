"""The signalling of real calls: both legs in one ladder, one-way audio told, no secret kept."""

import asyncio
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from domain import events as ev
from tests.house.scene import Scene, soon
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

TOLD_S = 40.0
"""Three seconds of silence and two looks; and a busy machine."""
PACKETS = 50
"""What each side must have sent and received; the talk goes on until each heard twice that."""


async def ladder(scene: Scene, call: str) -> dict[str, Any]:
    """Ask `yingda trace` on the command line."""
    done = await asyncio.to_thread(scene.system.yingda, "trace", call, "--json", "--numbers")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def methods(found: dict[str, Any], side: str) -> list[str]:
    return [rung["label"].split(" [")[0] for rung in found["rungs"] if rung["side"] == side]


@story
async def test_one_call_gives_a_ladder_with_both_legs_and_their_packets(scene: Scene) -> None:
    agent, caller = await scene.agent(), await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await caller.hears(agent)
    await agent.hears(caller)
    opened = await scene.fact(call, ev.LegOpened, side="agent")
    assert (opened.endpoint, bool(opened.sip_id)) == (f"a{agent.number}", True)
    await scene.exchanged(2 * PACKETS, agent, caller)
    await caller.phone.hang_up()
    for side in ("caller", "agent"):
        measured = await scene.fact(call, ev.LegMeasured, side=side)
        assert measured.received > PACKETS and measured.sent > PACKETS
    found = await ladder(scene, call)
    assert methods(found, "caller")[0].startswith("INVITE ")
    for side in ("caller", "agent"):
        said = " ".join(methods(found, side))
        assert re.search(r"INVITE.*100 .*200 .*ACK.*BYE.*200", said), said
    assert {leg["side"] for leg in found["media"]} == {"caller", "agent"}
    drawn = await asyncio.to_thread(scene.system.yingda, "trace", call)
    assert "BYE" in drawn.stdout and scene.lane.hotline not in drawn.stdout, "numbers are masked"


@story
async def test_a_side_that_falls_silent_is_told_and_over_when_heard_again(scene: Scene) -> None:
    agent, caller = await scene.agent(), await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await agent.hears(caller)
    caller.phone.line.cut = True
    began = time.monotonic()

    def shown() -> list[dict[str, Any]]:
        rows = scene.system.board()["incidents"]
        return [row for row in rows if (row["kind"], row["about"]) == ("one_way", call)]

    row = (await soon(shown, TOLD_S, "one-way audio"))[0]
    assert time.monotonic() - began > 1.5, "not at the first missing packet"
    assert "单通" in row["zh"] and "caller" in row["en"] and row["mend_zh"]
    caller.phone.line.cut = False
    await soon(lambda: not shown(), TOLD_S, "sound again")
    await caller.phone.hang_up()


@story
async def test_held_callers_are_no_incident(scene: Scene) -> None:
    agent, caller = await scene.agent(), await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await agent.hears(caller)
    await scene.ask("call.hold", agent=agent.number, call=call)
    await scene.fact(call, ev.TalkHeld)
    caller.phone.line.cut = True
    await caller.hears_a("music", seconds=4)
    assert call not in {row["about"] for row in scene.system.board()["incidents"]}
    await caller.phone.hang_up()


@story
async def test_no_secret_is_in_the_buffer(scene: Scene) -> None:
    agent = await scene.agent()
    folder = scene.system.data / "trace"

    def registered() -> bool:
        return f"sip:a{agent.number}@".encode() in everything(folder)

    await soon(registered, what="the registration in the buffer")
    kept = everything(folder)
    assert f'username="a{agent.number}"'.encode() in kept, "who authenticates is worth knowing"
    assert scene.system.secrets[f"a{agent.number}"].encode() not in kept
    assert not re.search(rb'(response|nonce|opaque)\s*=\s*"?[0-9a-f/]{8}', kept)


def everything(folder: Path) -> bytes:
    """Read the buffer as it lies on disk."""
    return b"".join(file.read_bytes() for file in sorted(folder.glob("trace.db*")))
