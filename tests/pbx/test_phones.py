"""Our test phones against a real Asterisk with a few extensions of its own: their claims hold."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from demo.audio import silence, tone
from demo.hearing import classify
from demo.media import TICK_S
from demo.phone_aio import AioPhone
from demo.phone_child import ChildPhone
from demo.sipp import Outcome, Volume, callers, no_callers
from demo.softphone import Account, CallRefused
from demo.steps import parse_steps
from domain.errors import PbxUnavailable
from domain.settings import Settings, parse_settings
from pbx.asterisk import PrivateAsterisk
from pbx.install import config_source, find_asterisk, read_templates, write_config
from pbx.render import AgentPhones, Node, Plan, Secrets, render
from speech import alaw
from tests.house.scene import soon
from tests.house.system import free_port
from tests.house.tcp_phone import next_message, registered

pytestmark = pytest.mark.pbx

DATA = Path(__file__).resolve().parents[2] / "var"
SECRET = "s" * 24
MODULES = "load = app_echo.so\nload = app_senddtmf.so\nload = app_read.so\n"
NUMBERS = """
[from-trunk]
exten => 700,1,Answer(,i)
 same => n,Echo()
exten => 701,1,Answer(,i)
 same => n,Read(KEYS,,6,,1,8)
 same => n,SendDTMF(${KEYS})
 same => n,Wait(1)
 same => n,Hangup()
exten => 702,1,Dial(PJSIP/a1001,10)
 same => n,Hangup(${HANGUPCAUSE})
exten => 703,1,Answer(,i)
 same => n,MusicOnHold(hold,4)
 same => n,Hangup()
exten => 704,1,Hangup(17)
"""


@pytest.fixture(scope="module")
def settings() -> Settings:
    sip, ami, agi, http = (free_port() for _ in range(4))
    return parse_settings(
        f"[sip]\nport = {sip}\n[ports]\nami = {ami}\nagi = {agi}\nasterisk_http = {http}\n"
        '[media]\nrtp_ports = "27200-27299"\n',
        {},
    )


@pytest.fixture
async def pbx(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[PrivateAsterisk]:
    try:
        installed = find_asterisk(DATA)
    except PbxUnavailable as problem:
        pytest.skip(str(problem))
    run = tmp_path_factory.mktemp("ast")
    node = Node("node1", "t0ken", run, installed.modules, installed.share, run / "prompts", 0)
    secrets = Secrets("e" * 24, "w" * 24, "p" * 24, "t" * 24, {}, ("c" * 24,) * 4)
    agents = (AgentPhones("1001", SECRET, "b" * 24),)
    plan = Plan(settings, secrets, node, agents, ("4001000001",), ("sales",))
    files = render(read_templates(config_source()), plan)
    files["extensions.conf"] += NUMBERS
    files["modules.conf"] += MODULES
    write_config(files, run)
    process = PrivateAsterisk(installed.binary, run, {})
    await process.start()
    yield process
    await process.stop()


@asynccontextmanager
async def agent(settings: Settings, hz: int = 1000) -> AsyncIterator[AioPhone]:
    phone = AioPhone(Account("a1001", SECRET, ("127.0.0.1", settings.sip.port)), lambda: tone(hz))
    await phone.open()
    try:
        yield phone
    finally:
        await phone.close()


@asynccontextmanager
async def caller(settings: Settings, hz: int = 0) -> AsyncIterator[AioPhone]:
    account = Account("13800138000", "", ("127.0.0.1", settings.sip.port), "127.0.0.2")
    phone = AioPhone(account, lambda: tone(hz) if hz else silence())
    await phone.open()
    try:
        yield phone
    finally:
        await phone.close()


async def heard_for(phone: AioPhone, seconds: float) -> None:
    """Let the talk go on until so much more sound arrived."""
    enough = phone.line.packets + round(seconds / TICK_S)
    await soon(lambda: phone.line.packets >= enough, what=f"{seconds} s of sound")


def kinds(phone: AioPhone) -> set[str]:
    return {each.kind for each in classify(alaw.decode(phone.heard()))}


async def test_one_hears_oneself_in_the_echo(pbx: PrivateAsterisk, settings: Settings) -> None:
    async with caller(settings, 440) as phone:
        await phone.dial("700")
        await heard_for(phone, 2)
        await phone.hang_up()
        assert await phone.wait_end(20) == "own"
        heard = classify(alaw.decode(phone.heard()))
        assert sum(each.end - each.start for each in heard if each.kind == "tone") > 1.5


async def test_keys_arrive_both_ways(pbx: PrivateAsterisk, settings: Settings) -> None:
    async with caller(settings) as phone:
        await phone.dial("701")
        await phone.press("1590*7")
        assert await phone.wait_end(40) == "far"
        assert phone.line.keys == "1590*7"


async def test_hold_music_is_heard_as_music(pbx: PrivateAsterisk, settings: Settings) -> None:
    async with caller(settings) as phone:
        await phone.dial("703")
        assert await phone.wait_end(40) == "far"
        assert "music" in kinds(phone)


async def test_an_agent_answers_and_both_hear_each_other(
    pbx: PrivateAsterisk, settings: Settings
) -> None:
    async with agent(settings, 1000) as desk, caller(settings, 600) as phone:
        ringing = asyncio.create_task(desk.wait_ring(20))
        dialling = asyncio.create_task(phone.dial("702"))
        await ringing
        await desk.answer()
        await dialling
        for each in (desk, phone):
            await heard_for(each, 2)
        await desk.hang_up()
        assert await phone.wait_end(20) == "far"
        assert "tone" in kinds(phone) and "tone" in kinds(desk)


async def test_a_refusal_comes_through_with_its_number(
    pbx: PrivateAsterisk, settings: Settings
) -> None:
    async with caller(settings) as phone:
        with pytest.raises(CallRefused) as busy:
            await phone.dial("704")
        assert busy.value.status == 486
        with pytest.raises(CallRefused) as nobody:
            await phone.dial("702")
        assert nobody.value.status == 404


async def test_a_phone_may_decline(pbx: PrivateAsterisk, settings: Settings) -> None:
    async with agent(settings) as desk, caller(settings) as phone:
        dialling = asyncio.create_task(phone.dial("702"))
        await desk.wait_ring(20)
        await desk.decline()
        with pytest.raises(CallRefused) as refused:
            await dialling
        assert refused.value.status == 486


async def test_a_caller_who_leaves_stops_the_ringing(
    pbx: PrivateAsterisk, settings: Settings
) -> None:
    async with agent(settings) as desk, caller(settings) as phone:
        dialling = asyncio.create_task(phone.dial("702"))
        await desk.wait_ring(20)
        await phone.hang_up()
        assert await desk.wait_end(20) == "cancelled"
        with pytest.raises(CallRefused):
            await desk.answer()
        dialling.cancel()


async def test_a_wrong_password_is_told(pbx: PrivateAsterisk, settings: Settings) -> None:
    phone = AioPhone(Account("a1001", "wrong" * 5, ("127.0.0.1", settings.sip.port)), silence)
    with pytest.raises(CallRefused) as refused:
        await phone.open()
    await phone.close()
    assert refused.value.status in (401, 403)


async def test_the_other_phone_answers_dials_and_presses_keys_too(
    pbx: PrivateAsterisk, settings: Settings
) -> None:
    pytest.importorskip("pyVoIP")
    desk = ChildPhone(Account("a1001", SECRET, ("127.0.0.1", settings.sip.port)), 1000)
    await desk.open()
    try:
        async with caller(settings, 600) as phone:
            dialling = asyncio.create_task(phone.dial("702"))
            await desk.wait_ring(20)
            await desk.answer()
            await dialling
            await heard_for(phone, 0.5)  # its sound comes: a key would, too
            await desk.press("42")
            await soon(lambda: phone.line.keys == "42", what=lambda: phone.line.keys)
            await heard_for(phone, 1)
            await phone.hang_up()
            assert await desk.wait_end(20) == "far"
            assert "tone" in kinds(phone)
            heard = {each.kind for each in classify(alaw.decode(desk.heard()))}
            assert "tone" in heard
        async with caller(settings) as phone:
            dialling = asyncio.create_task(phone.dial("702"))
            await desk.wait_ring(20)
            await phone.hang_up()
            assert await desk.wait_end(20) == "cancelled"
            dialling.cancel()
        with pytest.raises(CallRefused) as refused:
            await desk.dial("4001999999")
        assert refused.value.status == 404
    finally:
        await desk.close()


async def test_callers_in_volume_press_their_keys(pbx: PrivateAsterisk, settings: Settings) -> None:
    if problem := no_callers():
        pytest.skip(problem)
    volume = Volume("701", 4, 4, parse_steps("w1,1590*7"), 8)
    done = await callers(("127.0.0.1", settings.sip.port), volume)
    assert done == Outcome(4, 4, 0, 0)


async def test_a_phone_that_registered_over_tcp_is_called_over_tcp(
    pbx: PrivateAsterisk, settings: Settings
) -> None:
    account = Account("a1001", SECRET, ("127.0.0.1", settings.sip.port))
    async with registered(account) as wire, caller(settings) as phone:
        dialling = asyncio.create_task(phone.dial("702"))
        assert (await next_message(wire)).startswith(b"INVITE sip:a1001@")
        dialling.cancel()
