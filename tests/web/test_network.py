"""What a browser elsewhere needs: relays with a log-in for a time, and the page of trust."""

import hashlib
import hmac
from base64 import b64encode
from dataclasses import replace

import pytest

from domain.settings import Turn, parse_settings
from outside.shown import files
from tests.web.conftest import Enter, Firm
from web import tls
from web.turn import coturn, ice_servers

URLS = ("turn:turn.example:3478?transport=udp", "turn:turn.example:3478?transport=tcp")
TURN = Turn(URLS, "SECRET", "", 3600, "shared")


def test_a_relay_log_in_ends_and_proves_that_we_made_it() -> None:
    (server,) = ice_servers(TURN, "8001", 1_000_000)
    assert server.username == "4600:8001" and server.until == 4_600_000
    proof = hmac.new(b"shared", b"4600:8001", hashlib.sha1).digest()
    assert server.credential == b64encode(proof).decode()
    assert ice_servers(replace(TURN, urls=()), "8001", 0) == []


def test_the_relays_settings_reach_us_and_nobody_else() -> None:
    text = '[turn]\nurls = ["turn:turn.example"]\nsecret_env = "S"'
    settings = parse_settings(text, {"S": "shared"})
    lines = coturn(settings, ["198.51.100.10"], "yingda", secret=False).splitlines()
    for wanted in ("use-auth-secret", "no-cli", "no-multicast-peers", "realm=yingda"):
        assert wanted in lines
    assert [line for line in lines if line.startswith("allowed")] == [
        "allowed-peer-ip=198.51.100.10"
    ]
    assert "denied-peer-ip=0.0.0.0-255.255.255.255" in lines
    assert not any(line.startswith("static-auth-secret") for line in lines)


async def test_a_phone_is_tried_before_the_shift(enter: Enter, firm: Firm) -> None:
    object.__setattr__(firm.world, "settings", replace(firm.world.settings, turn=TURN))
    browser = await enter("8001")
    status, login = await browser.ask("POST", "/api/v1/me/phone")
    assert status == 200 and login["username"] == "w8001"
    assert login["ice"][0]["urls"] == list(URLS)
    assert (await (await enter("")).ask("POST", "/api/v1/me/phone"))[0] == 401


@pytest.mark.parametrize("kind", ["off", "files"])
async def test_nothing_is_to_be_trusted_without_our_authority(
    kind: str, enter: Enter, firm: Firm
) -> None:
    web = replace(firm.world.settings.web, tls=kind)
    object.__setattr__(firm.world, "settings", replace(firm.world.settings, web=web))
    browser = await enter("")
    status, page = await browser.ask("GET", "/trust")
    assert status == 200 and "yingda-ca.crt" not in page.decode()
    assert (await browser.ask("GET", "/trust/yingda-ca.crt"))[0] == 404


async def test_anybody_may_fetch_the_authority_but_never_its_key(enter: Enter, firm: Firm) -> None:
    web = replace(firm.world.settings.web, tls="local-ca")
    object.__setattr__(firm.world, "settings", replace(firm.world.settings, web=web))
    chain, _ = files(firm.world.settings, tls.today())
    browser = await enter("")
    status, page = await browser.ask("GET", "/trust")
    text = page.decode()
    assert status == 200 and "信任本站" in text and 'data-test="fingerprint"' in text
    async with browser.client.get("/trust/yingda-ca.crt") as response:
        given = await response.read()
        assert response.content_type == "application/x-x509-ca-cert"
    assert given == (chain.parent / "ca.pem").read_bytes() and b"PRIVATE" not in given
