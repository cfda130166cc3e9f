"""The /sip proxy: frames as they are, own endpoint only, one desk per agent, PBX gate."""

import asyncio

import aiohttp
import pytest

from tests.web.conftest import Browser, EngineEnd, Enter, Firm, SipPeer, until
from web import sip

REGISTER = (
    "REGISTER sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK1\r\n"
    "From: <sip:{user}@127.0.0.1>;tag=1\r\nTo: <sip:{user}@127.0.0.1>\r\n\r\n"
)
Socket = aiohttp.ClientWebSocketResponse


async def joined(browser: Browser) -> Socket:
    """Open the proxy as a page does."""
    return await browser.client.ws_connect(
        "/sip", protocols=("sip",), headers={"Origin": browser.origin}
    )


async def closing(socket: Socket) -> int | None:
    """Wait for the close and give its code."""
    async with asyncio.timeout(30):
        while (await socket.receive()).type not in (
            aiohttp.WSMsgType.CLOSE,
            aiohttp.WSMsgType.CLOSED,
        ):
            pass
    return socket.close_code


async def test_frames_pass_as_they_are(enter: Enter, sip_peer: SipPeer) -> None:
    socket = await joined(await enter("8001"))
    assert socket.protocol == "sip"
    for frame in ("\r\n\r\n", REGISTER.format(user="w8001"), b"\x00\xff bytes"):
        await (socket.send_str(frame) if isinstance(frame, str) else socket.send_bytes(frame))
        assert (await socket.receive(timeout=30)).data == frame
    assert sip_peer.protocols == ["sip"]
    await socket.close()
    await until(lambda: sip_peer.sockets[0].closed)


async def test_a_foreign_endpoint_is_shut_out(enter: Enter, sip_peer: SipPeer) -> None:
    for user in ("w8002", "a8001", "caller1"):
        socket = await joined(await enter("8001"))
        await socket.send_str(REGISTER.format(user=user))
        assert await closing(socket) == 4003
    assert sip_peer.frames == []


async def test_every_request_that_begins_something_is_looked_at(enter: Enter) -> None:
    for later in (
        REGISTER.format(user="w8002"),
        REGISTER.format(user="w8001").replace("From: <", 'From: "sip:w8001@" <sip:w8002@x>;a=<'),
        REGISTER.format(user="w8001").replace("From: ", "From:\r\n "),
        REGISTER.format(user="w8001").replace("From", "X-From"),
        "\r\nINVITE sip:1@x SIP/2.0\r\nf: <sip:caller1@x>;tag=1\r\nt: <sip:1@x>\r\n\r\n",
    ):
        socket = await joined(await enter("8001"))
        await socket.send_str(REGISTER.format(user="w8001"))
        assert (await socket.receive(timeout=10)).data
        await socket.send_str(later)
        assert await closing(socket) == 4003, later


async def test_what_belongs_to_a_dialog_passes(enter: Enter) -> None:
    socket = await joined(await enter("8001"))
    bye = "BYE sip:x@x SIP/2.0\r\nFrom: <sip:rand0m@x.invalid>;tag=1\r\nTo: <sip:138@x>;tag=2\r\n"
    ok = "SIP/2.0 200 OK\r\nFrom: <sip:138@x>;tag=2\r\nTo: <sip:rand0m@x.invalid>;tag=1\r\n"
    for frame in (REGISTER.format(user="w8001"), f"{bye}\r\n", f"{ok}\r\n"):
        await socket.send_str(frame)
        assert (await socket.receive(timeout=10)).data == frame
    await socket.close()


async def test_one_browser_has_not_every_socket(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sip, "MOST_LINES", 2)
    browser, other = await enter("8001"), await enter("8002")
    held = [await joined(browser) for _ in range(2)]
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await joined(browser)
    assert refused.value.status == 429
    held.append(await joined(other))
    for socket in held:
        await socket.close()


async def test_the_newer_desk_wins(enter: Enter) -> None:
    first, second = await joined(await enter("8001")), await joined(await enter("8001"))
    register = REGISTER.format(user="w8001")
    await first.send_str(register)
    assert (await first.receive(timeout=30)).data == register
    await second.send_str(register)
    assert await closing(first) == 4001
    assert (await second.receive(timeout=30)).data == register
    await second.close()


async def test_who_is_shut_out_loses_the_desk(enter: Enter, engine_end: EngineEnd) -> None:
    admin, agent = await enter("admin"), await enter("8001")
    socket = await joined(agent)
    await socket.send_str(REGISTER.format(user="w8001"))
    await socket.receive(timeout=30)
    _, me = await agent.ask("GET", "/api/v1/me")
    status, _ = await admin.ask("PUT", f"/api/v1/admin/users/{me['id']}", {"disabled": True})
    assert status == 200
    assert await closing(socket) == 4002
    wishes = [(wish["do"], wish["args"]) for wish in engine_end.asked]
    assert ("agent.sign_out", {"agent": "8001", "why": "disabled"}) in wishes


async def test_two_agents_do_not_disturb_each_other(enter: Enter) -> None:
    sockets = {user: await joined(await enter(user)) for user in ("8001", "8002")}
    for user, socket in sockets.items():
        await socket.send_str(REGISTER.format(user=f"w{user}"))
        assert (await socket.receive(timeout=30)).type is aiohttp.WSMsgType.TEXT
    for socket in sockets.values():
        await socket.send_str("\r\n\r\n")
        assert (await socket.receive(timeout=30)).data == "\r\n\r\n"
        await socket.close()


async def test_refused_until_the_pbx_is_up(enter: Enter, engine_end: EngineEnd, firm: Firm) -> None:
    browser = await enter("8001")
    engine_end.tell("board.delta", {"pbx": {"up": False, "since": 2}})
    await until(lambda: not firm.world.engine.floor.pbx["up"])
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await joined(browser)
    assert refused.value.status == 503
    engine_end.tell("board.delta", {"pbx": {"up": True, "since": 3}})
    await until(lambda: firm.world.engine.floor.pbx["up"])
    await (await joined(browser)).close()


async def test_a_lost_pbx_closes_the_desk(enter: Enter, sip_peer: SipPeer) -> None:
    socket = await joined(await enter("8001"))
    await socket.send_str(REGISTER.format(user="w8001"))
    await socket.receive(timeout=30)
    await sip_peer.sockets[0].close()
    assert await closing(socket) == 1013


async def test_an_engine_that_dies_cuts_no_phone(
    enter: Enter, engine_end: EngineEnd, firm: Firm
) -> None:
    browser = await enter("8001")
    socket = await joined(browser)
    await engine_end.close()
    await until(lambda: not firm.world.engine.up)
    await socket.send_str(REGISTER.format(user="w8001"))
    assert (await socket.receive(timeout=30)).type is aiohttp.WSMsgType.TEXT
    await socket.close()


async def test_the_test_caller_link_works_once(enter: Enter, firm: Firm) -> None:
    leader = await enter("supervisor")
    status, link = await leader.ask("POST", "/api/v1/test-caller")
    assert status == 200
    path = f"/api/v1/test-caller/{link['url'].removeprefix('/call/')}"
    visitor, other = await enter(""), await enter("")
    status, given = await visitor.ask("GET", path)
    assert status == 200 and given["sip"]["username"].startswith("caller")
    assert {line["number"] for line in given["hotlines"]} == {"4008000001", "4008000002"}
    assert (await visitor.ask("GET", path)) == (200, given), "the same visitor may reload"
    status, body = await other.ask("GET", path)
    assert (status, body["code"]) == (410, "link_used")
    socket = await joined(visitor)
    await socket.send_str(REGISTER.format(user=given["sip"]["username"]))
    assert (await socket.receive(timeout=30)).type is aiohttp.WSMsgType.TEXT
    await socket.close()


async def test_one_browser_can_be_agent_and_test_caller(enter: Enter) -> None:
    leader, browser = await enter("manager"), await enter("8001")
    _, link = await leader.ask("POST", "/api/v1/test-caller")
    path = f"/api/v1/test-caller/{link['url'].removeprefix('/call/')}"
    _, given = await browser.ask("GET", path)
    desk, phone = await joined(browser), await joined(browser)
    for socket, user in ((desk, "w8001"), (phone, given["sip"]["username"])):
        await socket.send_str(REGISTER.format(user=user))
        assert (await socket.receive(timeout=30)).type is aiohttp.WSMsgType.TEXT
    await desk.send_str("\r\n\r\n")
    assert (await desk.receive(timeout=30)).data == "\r\n\r\n"
    await desk.close()
    await phone.close()


async def test_signing_out_closes_the_phones_line_at_once(enter: Enter) -> None:
    here, there = await enter("8001"), await enter("8002")
    mine, other = await joined(here), await joined(there)
    assert (await here.ask("DELETE", "/api/v1/session"))[0] == 200
    assert await closing(mine) == 4002
    register = REGISTER.format(user="w8002")
    await other.send_str(register)
    assert (await other.receive(timeout=30)).data == register, "nobody else's"
    await other.close()
