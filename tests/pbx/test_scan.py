"""Guessing at the SIP port: no name is found, no password, and who goes on is shut out."""

import asyncio
import json

import pytest

from tests.house.scanner import Scanner, shape
from tests.house.system import System

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(180)]

LISTENER, GUESSER = "127.0.0.77", "127.0.0.78"
NAMES = ["100", "1000", "admin", "trunk", "trunk-test", "8001", "w8001", "a8001", "a8002", "zz"]


async def test_a_name_that_is_there_is_answered_like_one_that_is_not(system: System) -> None:
    async with Scanner(LISTENER, system.sip) as scanner:
        for method in ("REGISTER", "INVITE"):
            told = {shape(await scanner.ask(method, name)) for name in NAMES[:8]}
            assert len(told) == 1, told
            assert {status for status, _ in told} == {401}


async def told(scanner: Scanner, status: int, within_s: float) -> None:
    """Ask until Asterisk answers so."""
    async with asyncio.timeout(within_s):
        while (answer := await scanner.ask("REGISTER", "a8001")) is None or answer.status != status:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_who_guesses_on_is_shut_out_and_nobody_else(system: System) -> None:
    most = system.settings.sip.ban_after
    assert most == 20
    async with Scanner(GUESSER, system.sip) as scanner:
        statuses = [await scanner.guess("a8001", f"{n}000") for n in range(most + 5)]
        assert not {200, 0} & set(statuses), statuses

        async def shut() -> bool:
            answer = await scanner.ask("REGISTER", "a8001")
            return answer is not None and answer.status == 403

        async with asyncio.timeout(60):
            while not await shut():
                pass
        listed = json.loads(system.yingda("bans", "list", "--json").stdout)["bans"]
        assert GUESSER in {row["address"] for row in listed}
        assert not {"127.0.0.1", "127.0.0.2"} & {row["address"] for row in listed}
        async with Scanner("127.0.0.79", system.sip) as other:
            answer = await other.ask("REGISTER", "a8001")
            assert answer is not None and answer.status == 401, "others are asked as before"
        assert system.yingda("bans", "remove", GUESSER).returncode == 0
        assert system.yingda("bans", "remove", GUESSER).returncode == 1

        await told(scanner, 401, 120)
