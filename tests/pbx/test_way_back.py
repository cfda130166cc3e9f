"""An engine is back: who waits in the dialplan's own queue leaves it, who talks there does not."""

import asyncio
from collections.abc import Callable

import pytest

from domain import commands as do
from domain.ids import CallId
from domain.settings import Settings
from pbx.asterisk import PrivateAsterisk
from pbx.hands import Legs, Surroundings, actions
from tests.house.ami import Ami
from tests.house.raw_caller import Caller

pytestmark = pytest.mark.pbx

CALLER = "PJSIP/trunk-test-00000000"
MEMBER = "Local/picks-up@from-agents"
CALL = CallId("c1")


@pytest.mark.parametrize(("rings_s", "where"), [(None, "hold"), (30, "hold"), (0, "fallback")])
async def test_who_waits_or_is_rung_for_comes_back_and_who_talks_talks_on(
    asterisk: PrivateAsterisk, settings: Settings, rings_s: int | None, where: str
) -> None:
    engine = await Ami.login(settings.ports.ami, "engine", "e" * 24, events="off")
    for nth, step in enumerate(("Ringing", f"Wait,{rings_s}", "Answer", "Wait,60"), 1):
        await asterisk.cli(f"dialplan add extension picks-up,{nth},{step} into from-agents")
    assert await Caller().dial("127.0.0.2", settings, "4001000001") == 200
    await until(asterisk, lambda rows: "!Queue!fb-any" in rows)
    if rings_s is not None:
        assert "Success" in await engine.ask("QueueAdd", Queue="fb-any", Interface=MEMBER)
        step = "!Wait!30!" if rings_s else "!Wait!60!"
        await until(asterisk, lambda rows: "!picks-up!" in rows and step in rows)
    if rings_s == 0:
        await until(asterisk, in_talk)
    legs = Legs()
    legs.caller[CALL] = CALLER
    asked = actions(do.LeaveQueue(CALL), legs, Surroundings(1, str, lambda told: ()))

    async def ask() -> None:
        for name, fields in asked:
            assert "Success" in await engine.ask(name, **fields)

    back = f"{CALLER}!{where}!"
    await ask()
    if where == "hold":
        await until(asterisk, lambda rows: back in rows and "!WaitExten!" in rows)
        await until(asterisk, lambda rows: "picks-up" not in rows)
    for _ in range(20):  # and so it stays, however often it is asked
        await ask()
        rows = await rows_of(asterisk)
        assert back in rows and in_talk(rows) == (where == "fallback"), rows


def in_talk(rows: str) -> bool:
    """Tell whether the caller is in the queue's own talk: both legs in one bridge."""
    bridges = {row.split("!")[-2] for row in rows.splitlines() if f"{CALLER}!fallback!" in row}
    return bool(bridges - {""}) and all(rows.count(each) > 1 for each in bridges)


async def rows_of(asterisk: PrivateAsterisk) -> str:
    """List who is there: name!context!extension!priority!state!application!data!…!bridge!id."""
    return await asterisk.cli("core show channels concise")


async def until(asterisk: PrivateAsterisk, seen: Callable[[str], bool]) -> None:
    """Wait until the channels look so."""
    async with asyncio.timeout(20):
        while not seen(await rows_of(asterisk)):
            pass
