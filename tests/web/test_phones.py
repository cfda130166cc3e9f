"""Desk phones over HTTP: the link, the file it gives once, the new password, what is refused."""

import json
from typing import Any
from xml.etree import ElementTree as xml

import pytest
from aiohttp.test_utils import TestClient, TestServer

from tests.web.conftest import Browser, EngineEnd, Enter, Firm
from web.app import build_for_phones

MAC = "805ec0112233"
YEALINK = {"User-Agent": "Yealink SIP-T46U 108.86.0.45 80:5e:c0:11:22:33"}


async def link(browser: Browser, **more: Any) -> str:
    """Make a link as the page does; gives its path."""
    body = {"agent": "8001", "vendor": "yealink"} | more
    status, made = await browser.ask("POST", "/api/v1/admin/phones", body)
    assert status == 200, made
    origin = browser.origin
    assert made["url"].startswith(f"{origin}/phones/")
    return str(made["url"].removeprefix(origin))


def secret(firm: Firm) -> str:
    secrets = json.loads((firm.world.data / "secrets.json").read_text())
    return str(secrets["a8001"])


async def test_a_phone_gets_its_file_once_with_a_password_of_its_own(
    enter: Enter, firm: Firm, engine_end: EngineEnd
) -> None:
    browser, phone = await enter("manager"), await enter("")
    old = firm.world.secret("a8001")
    path = await link(browser)
    for other in ("y000000000066.boot", f"{MAC}.boot", "y000000000066.cfg"):
        status, _ = await phone.ask("GET", path + other, headers=YEALINK)
        assert status == 404, other
    assert secret(firm) == old, "only its own file uses the link"
    status, text = await phone.ask("GET", f"{path}{MAC}.cfg", headers=YEALINK)
    assert status == 200 and text.startswith(b"#!version:1.0.0.1\n")
    new = secret(firm)
    assert new != old and f"account.1.password = {new}\n".encode() in text
    assert "account.1.label = 8001 " in text.decode()
    assert engine_end.asked[-1]["do"] == "phones.changed"
    asked = len(engine_end.asked)
    assert (await phone.ask("GET", f"{path}{MAC}.cfg", headers=YEALINK)) == (200, text)
    assert secret(firm) == new and len(engine_end.asked) == asked
    status, _ = await phone.ask("GET", f"{path}805ec0445566.cfg")
    assert status == 404
    status, body = await browser.ask("GET", "/api/v1/admin/phones")
    row = body["rows"][0]
    wanted = {"agent": "8001", "state": "used", "mac": MAC, "by": "manager", "address": "127.0.0.1"}
    assert {name: row[name] for name in wanted} == wanted
    assert path.split("/")[2] not in str(body), "the token is nowhere"


async def test_a_fanvil_types_its_link_with_the_file(enter: Enter) -> None:
    browser, phone = await enter("admin"), await enter("")
    path = await link(browser, vendor="fanvil", model="X5U", mac="0C:38:3E:11:22:33")
    assert path.endswith("/$mac.cfg")
    base = path.removesuffix("$mac.cfg")
    assert (await phone.ask("GET", f"{base}{MAC}.cfg"))[0] == 404, "bound to another address"
    status, text = await phone.ask("GET", f"{base}0c383e112233.cfg")
    root = xml.fromstring(text)
    assert (status, root.findtext("sip/line/PhoneNumber")) == (200, "a8001")


async def test_a_revoked_phone_can_register_no_more(
    enter: Enter, firm: Firm, engine_end: EngineEnd
) -> None:
    browser, phone = await enter("manager"), await enter("")
    path = await link(browser)
    await phone.ask("GET", f"{path}{MAC}.cfg")
    before = secret(firm)
    status, body = await browser.ask("GET", "/api/v1/admin/phones")
    number = body["rows"][0]["id"]
    status, done = await browser.ask("POST", f"/api/v1/admin/phones/{number}/revoke")
    assert (status, done) == (200, {"announced": True})
    assert secret(firm) != before
    assert (await phone.ask("GET", f"{path}{MAC}.cfg"))[0] == 404
    again = secret(firm)
    await browser.ask("POST", f"/api/v1/admin/phones/{number}/revoke")
    assert secret(firm) == again


async def test_who_guesses_links_is_slowed_down(enter: Enter) -> None:
    phone = await enter("")
    got = [(await phone.ask("GET", f"/phones/{'x' * 43}/{MAC}.cfg"))[0] for _ in range(7)]
    assert got[:5] == [404] * 5 and 429 in got[5:]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"agent": "9999", "vendor": "yealink"}, "agent"),
        ({"agent": "8001", "vendor": "yealink", "mac": "80:5e"}, "mac"),
        ({"agent": "8001", "vendor": "nobody"}, "vendor"),
    ],
)
async def test_what_cannot_be_is_said(enter: Enter, body: dict[str, Any], field: str) -> None:
    browser = await enter("manager")
    status, answer = await browser.ask("POST", "/api/v1/admin/phones", body)
    assert (status, answer["faults"][0]["field"]) == (422, field)


async def test_the_link_says_what_to_look_out_for(enter: Enter) -> None:
    browser = await enter("manager")
    body = {"agent": "8001", "vendor": "yealink"}
    _, made = await browser.ask("POST", "/api/v1/admin/phones", body)
    assert ["本机" in made["warnings"][0]["zh"], "http" in made["warnings"][1]["zh"]] == [True] * 2


async def test_answering_from_the_page_is_for_phones_that_can(
    enter: Enter, engine_end: EngineEnd
) -> None:
    agent, manager, phone = await enter("8001"), await enter("manager"), await enter("")
    status, known = await agent.ask("GET", "/api/v1/me/desk-phone")
    assert (status, known["answers"], known["vendor"]) == (200, False, "") and known["why_zh"]
    status, refused = await agent.ask("POST", "/api/v1/calls/C1/answer")
    assert (status, refused["message_zh"]) == (409, known["why_zh"])
    await phone.ask("GET", f"{await link(manager)}{MAC}.cfg")
    status, known = await agent.ask("GET", "/api/v1/me/desk-phone")
    assert (known["answers"], known["vendor"]) == (True, "yealink")
    status, _ = await agent.ask("POST", "/api/v1/calls/C1/answer")
    assert status == 200
    assert engine_end.asked[-1]["args"] == {"agent": "8001", "call": "C1"}
    await agent.ask("POST", "/api/v1/calls/C1/retrieve")
    assert engine_end.asked[-1]["args"]["by_phone"] is True


async def test_the_phones_own_port_serves_their_files_and_nothing_else(
    enter: Enter, firm: Firm
) -> None:
    browser = await enter("manager")
    path = await link(browser)
    async with TestServer(build_for_phones(firm.world)) as server, TestClient(server) as phone:
        got = await phone.get(f"{path}{MAC}.cfg", headers=YEALINK)
        assert got.status == 200 and (await got.text()).startswith("#!version")
        for other in ("/", "/api/v1/session", "/api/v1/admin/phones", "/healthz", "/phones/"):
            assert (await phone.get(other)).status == 404, other
