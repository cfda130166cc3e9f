"""A browser phone registers at the real Asterisk through our own port, with the shift's login."""

import hashlib
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from domain.errors import PbxUnavailable
from domain.settings import parse_settings
from office import secrets_for
from pbx.asterisk import PrivateAsterisk
from pbx.install import config_source, find_asterisk, read_templates, write_config
from pbx.render import AgentPhones, Node, Plan, Secrets, render
from tests.web.conftest import Enter, SipPeer

pytestmark = pytest.mark.pbx
DATA = Path(__file__).resolve().parents[2] / "var"


def free_port() -> int:
    """Find a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def sip_peer(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SipPeer]:
    """Run the private Asterisk with agent 8001's phones in place of the stand-in."""
    try:
        installed = find_asterisk(DATA)
    except PbxUnavailable as problem:
        pytest.skip(str(problem))
    sip, ami, agi, http = (free_port() for _ in range(4))
    settings = parse_settings(
        f"[sip]\nport = {sip}\n[ports]\nami = {ami}\nagi = {agi}\nasterisk_http = {http}\n"
        '[media]\nrtp_ports = "27200-27299"\n',
        {},
    )
    held = secrets_for(tmp_path / "secrets.json", ["a8001", "w8001"])
    run = tmp_path_factory.mktemp("ast")
    node = Node("node1", "t0ken", run, installed.modules, installed.share, run / "prompts", 0)
    secrets = Secrets("e" * 24, "w" * 24, "p" * 24, "t" * 24, {}, ("c" * 24,) * 4)
    agents = (AgentPhones("8001", held["a8001"], held["w8001"]),)
    plan = Plan(settings, secrets, node, agents, ("4008000001",), ("presale",))
    write_config(render(read_templates(config_source()), plan), run)
    process = PrivateAsterisk(installed.binary, run, {})
    await process.start()
    yield SipPeer(port=http)
    await process.stop()


def register(user: str, count: int, proof: str = "") -> str:
    """Write a REGISTER as JsSIP does."""
    lines = (
        "REGISTER sip:127.0.0.1 SIP/2.0",
        f"Via: SIP/2.0/WS a1b2c3.invalid;branch=z9hG4bK{count}",
        "Max-Forwards: 69",
        f"From: <sip:{user}@127.0.0.1>;tag=x1",
        f"To: <sip:{user}@127.0.0.1>",
        "Call-ID: one@a1b2c3.invalid",
        f"CSeq: {count} REGISTER",
        *([f"Authorization: {proof}"] if proof else []),
        f"Contact: <sip:{user}@a1b2c3.invalid;transport=ws>;expires=300",
        "Content-Length: 0",
    )
    return "\r\n".join(lines) + "\r\n\r\n"


def md5(text: str) -> str:
    """Hash as RFC 2617 wants it."""
    return hashlib.md5(text.encode()).hexdigest()


def digest(answer: str, user: str, password: str) -> str:
    """Answer the challenge of a 401."""
    realm, nonce = (re.search(f'{name}="([^"]+)"', answer)[1] for name in ("realm", "nonce"))
    first, second = md5(f"{user}:{realm}:{password}"), md5("REGISTER:sip:127.0.0.1")
    proof = md5(f"{first}:{nonce}:00000001:c1:auth:{second}")
    return (
        f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="sip:127.0.0.1", '
        f'response="{proof}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c1"'
    )


async def answer_to(page: aiohttp.ClientWebSocketResponse, message: str) -> str:
    """Send a request and give its response; Asterisk may ask OPTIONS in between."""
    await page.send_str(message)
    while True:
        text = str((await page.receive(timeout=30)).data)
        if text.startswith("SIP/2.0"):
            return text


async def test_the_shifts_login_registers(enter: Enter) -> None:
    browser = await enter("8001")
    _, shift = await browser.ask("POST", "/api/v1/me/shift", {"phone": "browser"})
    user, password = shift["sip"]["username"], shift["sip"]["password"]
    page = await browser.client.ws_connect(
        shift["sip"]["ws"], protocols=("sip",), headers={"Origin": browser.origin}
    )
    challenge = await answer_to(page, register(user, 1))
    assert challenge.startswith("SIP/2.0 401")
    refused = await answer_to(page, register(user, 2, digest(challenge, user, "wrong")))
    assert refused.startswith("SIP/2.0 401")
    answer = await answer_to(page, register(user, 3, digest(refused, user, password)))
    assert answer.startswith("SIP/2.0 200"), answer
    await page.close()
