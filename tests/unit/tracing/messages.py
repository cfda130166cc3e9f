"""SIP messages for tests, with invented names and numbers; addresses are of RFC 5737."""

from tracing.buffer import Captured
from tracing.sip import Sip, parse

US, CARRIER, STRANGER = "192.0.2.10:5060", "198.51.100.1:5060", "203.0.113.66:5060"


def sdp(address: str = "198.51.100.1", codecs: str = "8 0 101") -> str:
    """Give an SDP body."""
    return (
        f"v=0\no=- 1 1 IN IP4 {address}\ns=-\nc=IN IP4 {address}\nt=0 0\n"
        f"m=audio 4000 RTP/AVP {codecs}\na=rtpmap:101 telephone-event/8000\n"
        "a=rtpmap:18 G729/8000\n"
    )


def request(method: str, *headers: str, call_id: str = "c1", seq: int = 1, body: str = "") -> str:
    """Give a request to 4001000001."""
    kind = "Content-Type: application/sdp\n" if body else ""
    more = "".join(f"{line}\n" for line in headers)
    return (
        f"{method} sip:4001000001@example.test SIP/2.0\n"
        f"Via: SIP/2.0/UDP host:5060;branch=z9hG4bK{seq}\n"
        f"From: <sip:02161234567@example.test>;tag=1\nTo: <sip:4001000001@example.test>\n"
        f"Call-ID: {call_id}\nCSeq: {seq} {method}\n{more}{kind}\n{body}"
    )


def answer(status: int, method: str, *headers: str, call_id: str = "c1", seq: int = 1) -> str:
    """Give a response."""
    more = "".join(f"{line}\n" for line in headers)
    return (
        f"SIP/2.0 {status} Said\nVia: SIP/2.0/UDP host:5060;branch=z9hG4bK{seq}\n"
        f"From: <sip:02161234567@example.test>;tag=1\nTo: <sip:4001000001@example.test>\n"
        f"Call-ID: {call_id}\nCSeq: {seq} {method}\n{more}\n"
    )


def heard(
    text: str, *, inward: bool, far: str = CARRIER, at_us: int = 0, call: str = ""
) -> tuple[Captured, Sip]:
    """Give what the tracer makes of a message."""
    sip = parse(text)
    assert sip is not None
    source, target = (far, US) if inward else (US, far)
    return Captured(at_us, sip.call_id, call, source, target, 17, inward, text), sip
