"""The SIP ladder of one call: every message of every leg in order, in words. Pure."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, tzinfo

from tracing.buffer import Captured
from tracing.redact import mask_numbers
from tracing.sip import Sip, offer_of, parse

Words = Callable[[int, int], tuple[str, str]]
"""Q.850 cause, SIP status → why, in Chinese and English; ("", "") when there is nothing to say."""
WIDTH = 44


@dataclass(frozen=True, slots=True)
class LegOf:
    """Whose dialog a Call-ID is: caller, agent or far, and the endpoint if it is known."""

    side: str
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """One message; `inward` came to us from `far`. Times are UTC microseconds."""

    at_us: int
    side: str
    far: str
    inward: bool
    label: str
    zh: str
    en: str
    call_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Measured:
    """The RTP of a leg in packets, as Asterisk counted when it ended; jitter in ms."""

    side: str
    received: int
    sent: int
    lost: int
    jitter_ms: float


def ladder(messages: Sequence[Captured], legs: Mapping[str, LegOf], words: Words) -> list[Rung]:
    """Put a call's messages in order, each with its leg and what it means."""
    heard = [(captured, sip) for captured in messages if (sip := parse(captured.text))]
    came = {
        sip.call_id
        for captured, sip in heard
        if captured.inward and sip.method == "INVITE" and not sip.status
    }
    return [
        _rung(captured, sip, legs.get(sip.call_id) or _guess(sip, came), words)
        for captured, sip in heard
    ]


def _guess(sip: Sip, came: Set[str]) -> LegOf:
    return LegOf("caller" if sip.call_id in came else "agent")


def _rung(captured: Captured, sip: Sip, leg: LegOf, words: Words) -> Rung:
    zh, en = _meaning(sip, words)
    return Rung(
        captured.at_us,
        leg.side,
        f"{leg.endpoint} {captured.far}".strip(),
        captured.inward,
        label(sip),
        zh,
        en,
        sip.call_id,
        captured.text,
    )


def label(sip: Sip) -> str:
    """Name a message in one line: method or status, number called, codecs, Q.850 cause."""
    offer = offer_of(sip.body)
    audio = f" [{', '.join(offer.codecs[:4])} {offer.address}:{offer.port}]" if offer else ""
    cause = f" Q.850 {sip.cause}" if sip.cause else ""
    if sip.status:
        return f"{sip.status} {sip.phrase[:40]} ({sip.method}){cause}{audio}"
    whom = f" {sip.user}" if sip.user and sip.method in ("INVITE", "REGISTER", "REFER") else ""
    return f"{sip.method}{whom}{cause}{audio}"


def _meaning(sip: Sip, words: Words) -> tuple[str, str]:
    failed = sip.status >= 300 and sip.status not in (401, 407) and sip.method == "INVITE"
    return words(sip.cause, sip.status) if sip.cause or failed else ("", "")


SIDES = {"caller": "来电侧 caller", "agent": "座席侧 agent", "far": "对方 far"}


def as_text(
    rungs: Sequence[Rung], measured: Sequence[Measured], zone: tzinfo, *, numbers: bool = False
) -> list[str]:
    """Draw the ladder for a terminal; numbers are masked unless wanted."""
    shown = str if numbers else mask_numbers
    lines: list[str] = []
    last = rungs[0].at_us if rungs else 0
    for rung in rungs:
        clock = datetime.fromtimestamp(rung.at_us / 1e6, zone).strftime("%H:%M:%S.%f")[:-3]
        arrow = "──▶ 应答" if rung.inward else "◀── 应答"
        why = f"  = {rung.zh} · {rung.en}" if rung.zh else ""
        step = f"+{(rung.at_us - last) / 1e6:.3f}"
        side = SIDES.get(rung.side, rung.side)
        lines.append(f"{clock} {step:>9}  {side:<12} {arrow}  {shown(rung.label)}{why}")
        last = rung.at_us
    return lines + [_media(each) for each in measured]


def _media(leg: Measured) -> str:
    side = SIDES.get(leg.side, leg.side)
    silent = "" if leg.received else "  ← 没有收到语音 · no audio came from here"
    return (
        f"RTP {side}: 收 received {leg.received}, 发 sent {leg.sent}, 丢 lost {leg.lost},"
        f" 抖动 jitter {leg.jitter_ms:.1f} ms{silent}"
    )
