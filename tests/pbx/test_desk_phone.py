"""A desk phone's own keys on a real Asterisk: hold, transfer, and answering by NOTIFY."""

import asyncio
import json
import urllib.request

import pytest

from demo.softphone import Account, CallRefused
from domain import events as ev
from tests.house.desk_phone import DeskPhone, at_work
from tests.house.scene import Scene, soon
from tests.house.system import System
from tests.house.together import story

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]


@story
async def test_the_phones_own_hold_is_seen_and_heard(scene: Scene) -> None:
    agent, phone = await at_work(scene)
    caller = await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await caller.hears(agent)
    assert await phone.hold() == 200
    await scene.fact(call, ev.TalkHeld, agent=agent.number)
    await scene.state(agent.number, "holding")
    await caller.hears_a("music")
    assert await phone.retrieve() == 200
    await scene.fact(call, ev.TalkRetrieved, agent=agent.number)
    await scene.state(agent.number, "talking")
    await caller.hears(agent)
    await agent.hears(caller)
    assert await phone.hold() == 200
    await scene.fact(call, ev.PhoneHeld)
    await phone.hang_up()
    await scene.fact(call, ev.TalkEnded, by="agent")
    await caller.phone.hang_up()
    assert (await scene.row(call))["outcome"] == "answered"
    assert [each["kind"] for each in scene.segments(call)].count("hold") == 2


@story
async def test_the_page_asks_the_phone_to_answer_and_to_take_back(scene: Scene) -> None:
    agent, phone = await at_work(scene)
    caller = await scene.caller()
    call = await scene.enters(caller)
    await agent.rings()
    await scene.fact(call, ev.PhoneRang)
    await scene.ask("call.answer", agent=agent.number, call=call)
    await scene.fact(call, ev.OfferAnswered, agent=agent.number)
    assert phone.told == ["talk"]
    await caller.hears(agent)
    assert await phone.hold() == 200
    await scene.fact(call, ev.TalkHeld)
    await scene.ask("call.retrieve", agent=agent.number, call=call, by_phone=True)
    await scene.fact(call, ev.TalkRetrieved)
    assert phone.told == ["talk", "talk"]
    await caller.hears(agent)


@story
async def test_the_phones_own_transfer_goes_to_a_colleague_and_nowhere_else(scene: Scene) -> None:
    agent, phone = await at_work(scene)
    caller = await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await caller.hears(agent)
    for nobody in ("13800138000", "008613800138000", scene.lane.hotline, "s", "h", "hold"):
        assert await phone.transfer(nobody) == 404, nobody
    await caller.hears(agent)
    other, _ = await at_work(scene, 1)
    assert await phone.transfer(other.number) == 200
    passed = await scene.fact(call, ev.CallTransferred, agent=agent.number)
    assert (passed.to_kind, passed.to) == ("agent", other.number)
    await other.takes(call)
    await caller.hears(other)
    await other.hears(caller)
    await caller.phone.hang_up()
    row = await scene.row(call)
    assert (row["outcome"], row["agent"]) == ("answered", other.number)


@story
async def test_a_phone_that_called_the_hotline_itself_transfers_nobody(scene: Scene) -> None:
    number, system = scene.lane.agents[1], scene.system
    phone = DeskPhone(Account(f"a{number}", system.secrets[f"a{number}"], system.sip), 440.0)
    agent, _ = await at_work(scene)
    await phone.open()
    try:
        await phone.dial(scene.lane.hotline)
        call = await soon(lambda: _came_from(system, f"a{number}"))
        await scene.fact(call, ev.StepEntered, within_s=40, kind="menu")
        await phone.press("1")
        await agent.takes(call)
        await scene.fact(call, ev.OfferAnswered)
        for target in (agent.number, number, scene.lane.hotline, "13800138000"):
            assert await phone.transfer(target) == 404, target
        await scene.state(agent.number, "talking")
        assert not scene.facts(call, ev.CallTransferred)
    finally:
        await phone.close()


@story
async def test_a_transfer_to_somebody_away_keeps_the_caller_in_the_group(scene: Scene) -> None:
    agent, phone = await at_work(scene)
    caller = await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await caller.hears(agent)
    assert await phone.transfer(scene.lane.agents[1]) == 200
    passed = await scene.fact(call, ev.CallTransferred, agent=agent.number)
    assert (passed.to_kind, passed.to) == ("group", scene.lane.group)
    await agent.takes(call)
    await caller.hears(agent)


@story
async def test_a_phone_sets_itself_up_by_a_link_and_the_old_password_dies(scene: Scene) -> None:
    number, system = scene.lane.agents[0], scene.system
    old = system.secrets[f"a{number}"]
    text = await asyncio.to_thread(lambda: _provisioned(system, number))
    keys = dict(line.split(" = ", 1) for line in text.splitlines()[1:] if " = " in line)
    assert keys["account.1.sip_server.1.port"] == str(system.settings.sip.port)
    new = system.secrets[f"a{number}"] = keys["account.1.password"]
    assert new != old
    stale = DeskPhone(Account(f"a{number}", old, system.sip), 620.0)
    with pytest.raises(CallRefused):
        await stale.open()
    await stale.close()
    agent, _ = await at_work(scene)
    caller = await scene.caller()
    call = await scene.enters(caller)
    await agent.takes(call)
    await caller.hears(agent)


def _came_from(system: System, endpoint: str) -> str:
    """Find the call of an agent's phone that dialled a hotline."""
    arrived = (each.event for each in system.journal())
    found = (each for each in arrived if isinstance(each, ev.CallArrived))
    return next((each.call for each in found if each.trunk == endpoint), "")


def _provisioned(system: System, number: str) -> str:
    """Make a link as an administrator and fetch the file as the phone does."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def ask(path: str, body: dict[str, str], csrf: str = "") -> dict[str, str]:
        request = urllib.request.Request(f"{system.url}/api/v1{path}", json.dumps(body).encode())
        request.add_header("X-CSRF", csrf)
        with browser.open(request, timeout=10) as answer:
            said: dict[str, str] = json.loads(answer.read())
            return said

    me = ask("/session", {"login": "admin", "password": system.logins["admin"]})
    made = ask("/admin/phones", {"agent": number, "vendor": "yealink"}, me["csrf"])
    with urllib.request.urlopen(f"{made['url']}805ec0112233.cfg", timeout=10) as answer:
        return str(answer.read().decode())
