"""Secrets planted everywhere in a message are in nothing that is kept or passed on."""

import pytest
from hypothesis import given, strategies as st

from tests.unit.tracing.messages import answer, request, sdp
from tracing.hep import Address, Packet
from tracing.redact import BYTES_KEPT, LINES_KEPT, mask_numbers, redact
from tracing.tracer import captured, redacted

CANARY = "c4n4ry5ecret"
DIGEST = (
    f'Digest username="imp@i", realm="r", nonce="{CANARY}", uri="sip:x", response="{CANARY}",'
    f' cnonce="{CANARY}", opaque="{CANARY}", nc=00000001, qop=auth'
)


@pytest.mark.parametrize(
    "header",
    [
        f"Authorization: {DIGEST}",
        f"authorization : {DIGEST}",
        f"PROXY-AUTHORIZATION:{DIGEST}",
        f"WWW-Authenticate: {DIGEST}",
        f'Proxy-Authenticate: Digest realm="r",\n nonce="{CANARY}"',
        f'Authentication-Info: nextnonce="{CANARY}", rspauth="{CANARY}"',
        f"Authorization: Basic {CANARY}",
        f"Authorization: Bearer {CANARY}",
        f"Authorization:\n  {DIGEST}",
        f"Identity: {CANARY}",
        f"Contact: <sip:a8001:{CANARY}@192.0.2.1>",
        f"X-Odd: x, response={CANARY}",
    ],
)
def test_no_header_keeps_a_secret(header: str) -> None:
    for text in (request("INVITE", header), answer(401, "INVITE", header)):
        kept = redact(text.replace("\n", "\r\n"))
        assert CANARY not in kept
        assert "Call-ID: c1" in kept


def test_who_authenticates_where_is_kept() -> None:
    kept = redact(request("REGISTER", f"Authorization: {DIGEST}"))
    assert 'username="imp@i"' in kept
    assert 'realm="r"' in kept


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/dtmf-relay", f"Signal={CANARY}\nDuration=160"),
        ("application/dtmf", CANARY),
        ("text/plain", CANARY),
        ("multipart/mixed;boundary=x", f"--x\n{CANARY}"),
        ("application/sdp", f"v=0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{CANARY}|2^20"),
        ("application/sdp", f"v=0\na=ice-pwd:{CANARY}\na=ice-ufrag:{CANARY}\nk=clear:{CANARY}"),
    ],
)
def test_no_body_keeps_keys_or_digits(kind: str, body: str) -> None:
    text = request("INFO").rstrip("\n") + f"\nContent-Type: {kind}\n\n{body}"
    assert CANARY not in redact(text)


def test_the_description_of_the_audio_stays() -> None:
    kept = redact(request("INVITE", body=sdp()))
    assert "m=audio 4000 RTP/AVP 8 0 101" in kept


@given(st.text())
def test_no_text_breaks_it_and_it_stays_short(text: str) -> None:
    kept = redact(text * 50)
    assert len(kept) <= BYTES_KEPT * 2
    assert kept.count("\n") <= LINES_KEPT or "\n\n" not in kept


def test_nothing_secret_is_kept_or_passed_on() -> None:
    text = request("REGISTER", f"Authorization: {DIGEST}")
    packet = Packet(1, Address("192.0.2.1", 1), Address("192.0.2.2", 2), 17, text.encode())
    kept, passed = captured(packet, lambda *_: True), redacted(packet)
    assert kept is not None and CANARY not in kept[0].text
    assert passed is not None and CANARY.encode() not in passed.payload


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("From: <sip:13800138000@192.0.2.1:5060>", "From: <sip:138****8000@192.0.2.1:5060>"),
        ("tel:+86-138-0013-8000", "tel:138****8000"),
        ("sip:%313800138000@x", "sip:138****8000@x"),
        ("CSeq: 102 INVITE", "CSeq: 102 INVITE"),
    ],
)
def test_numbers_are_masked(text: str, shown: str) -> None:
    assert mask_numbers(text) == shown
