"""Captured messages → what is wrong with a carrier's line: one small rule per fault. Pure.

A rule looks at one trunk's messages and gives what it saw, "" when all is well with it. Which
messages are a trunk's is decided by address.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tracing.buffer import Captured
from tracing.sip import Sip, offer_of, user_of

SILENT_AFTER = 3
"""Requests without any answer that make a line silent: UDP sends seven of each."""
MISDIALLED_FROM = 3
"""Calls running to unknown numbers that are more than wrong numbers."""
PATIENCE_US = 2_000_000
"""How long a phone may take to send its credentials after our challenge."""
KNOWN = {"alaw": "PCMA", "ulaw": "PCMU", "g722": "G722", "opus": "OPUS", "gsm": "GSM"}
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16")
"""Addresses that the public network does not carry (RFC 1918, 6598, 3927)."""
AUTH = ("authorization", "proxy-authorization")


@dataclass(frozen=True, slots=True)
class Message:
    """One message with its direction: `inward` came to us."""

    at_us: int
    sip: Sip
    far: str
    inward: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What the rules must know of a trunk: name, addresses of the carrier, codecs, NAT."""

    name: str
    addresses: frozenset[str]
    codecs: tuple[str, ...] = ("alaw",)
    networks: tuple[str, ...] = ()
    public_address: str = ""

    def owns(self, host: str) -> bool:
        """Tell whether this address is the carrier's."""
        return host in self.addresses or any(_within(host, net) for net in self.networks)


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault by its word in `trace.faults`, whom it is about, what was seen."""

    kind: str
    about: str
    detail: str


Rule = Callable[[Sequence[Message], Line], str]


def judge(messages: Sequence[Message], line: Line) -> list[Finding]:
    """Name every fault that a trunk's messages show; the latest word of a dialog counts."""
    own = [message for message in messages if line.owns(message.far)]
    return [
        Finding(kind, line.name, detail)
        for kind, rule in RULES.items()
        if (detail := rule(own, line))
    ]


def strangers(messages: Sequence[Message], lines: Sequence[Line], now_us: int) -> list[Finding]:
    """Name the addresses that called and are no trunk's, once each."""
    asked: dict[str, Message] = {}
    for message in messages:
        if not message.inward or message.sip.method != "INVITE" or message.sip.status:
            continue
        if any(message.sip.get(name) for name in AUTH):
            asked.pop(message.sip.call_id, None)
        elif not any(line.owns(message.far) for line in lines):
            asked.setdefault(message.sip.call_id, message)
    refused = {
        message.sip.call_id
        for message in messages
        if not message.inward and message.sip.status in (401, 403)
    }
    found = {
        message.far: Finding("address_unknown", message.far, f"INVITE {message.sip.user[:40]}")
        for call_id, message in asked.items()
        if call_id in refused and message.at_us < now_us - PATIENCE_US
    }
    return list(found.values())


def messages_of(heard: Iterable[tuple[Captured, Sip]]) -> Iterator[Message]:
    """Make of captured messages what the rules look at."""
    for captured, sip in heard:
        host = captured.far.rpartition(":")[0].strip("[]")
        yield Message(captured.at_us, sip, host, captured.inward)


def _within(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def _sent(messages: Sequence[Message], *methods: str) -> list[Message]:
    return [m for m in messages if not m.inward and not m.sip.status and m.sip.method in methods]


def _answers(messages: Sequence[Message], method: str) -> list[Message]:
    return [m for m in messages if m.inward and m.sip.status and m.sip.method == method]


def _last_final(messages: Sequence[Message], method: str) -> int:
    """Give the final status that counts now: the last one, whatever came before is mended."""
    finals = [m.sip.status for m in _answers(messages, method) if m.sip.status >= 200]
    return finals[-1] if finals else 0


def _silent(messages: Sequence[Message], line: Line) -> str:
    asked = _sent(messages, "REGISTER", "INVITE") or _sent(messages, "OPTIONS")
    if any(message.inward for message in messages) or len(asked) < SILENT_AFTER:
        return ""
    return f"{len(asked)} {asked[-1].sip.method}, {asked[-1].far}"


def _unregistered(messages: Sequence[Message], line: Line) -> str:
    status = _last_final(messages, "REGISTER")
    proven = [m for m in _sent(messages, "REGISTER") if any(m.sip.get(name) for name in AUTH)]
    if not proven:
        return ""
    said = proven[-1].sip.get(AUTH[0]) or proven[-1].sip.get(AUTH[1])
    name = re.search(r'username="?([^",]*)', said)
    who = f"REGISTER {status}, {name[1]}" if name else f"REGISTER {status}"
    if status == 403:
        return who
    denied = [m for m in _answers(messages, "REGISTER") if m.sip.status in (401, 407)]
    again = {m.sip.cseq for m in proven} & {m.sip.cseq for m in denied}
    return who if status in (401, 407) and again else ""


def _rejected(messages: Sequence[Message], line: Line) -> str:
    status = _last_final(messages, "REGISTER")
    if status < 400 or status in (401, 407) or _unregistered(messages, line):
        return ""
    return f"REGISTER {status}"


def _invite(*statuses: int) -> Rule:
    """Rule: our last call was answered by one of these."""

    def look(messages: Sequence[Message], line: Line) -> str:
        finals = [m for m in _answers(messages, "INVITE") if m.sip.status >= 200]
        refused = [m for m in finals if m.sip.status not in (401, 407)][-1:]
        if not refused or refused[0].sip.status not in statuses:
            return ""
        sip = refused[0].sip
        extra = sip.get("min-se") or sip.get("unsupported") or sip.get("require")
        shown = user_of(sip.get("from")) if sip.status == 403 else extra or user_of(sip.get("to"))
        return f"INVITE {sip.status} {sip.phrase[:40]}, {shown[:40]}".rstrip(", ")

    return look


def _misdialled(messages: Sequence[Message], line: Line) -> str:
    """One unknown number is a wrong number; several calls running are a wrong way to dial."""
    finals = [m.sip for m in _answers(messages, "INVITE") if m.sip.status >= 200]
    last = {sip.call_id: sip for sip in finals if sip.status not in (401, 407)}
    running = list(last.values())[-MISDIALLED_FROM:]
    unknown = all(sip.status in (404, 484, 604) for sip in running)
    if not unknown or len(running) < MISDIALLED_FROM:
        return ""
    sip = running[-1]
    return f"INVITE {sip.status} {sip.phrase[:40]}, {user_of(sip.get('to'))[:40]}".rstrip(", ")


def _codec(messages: Sequence[Message], line: Line) -> str:
    refused = {
        m.sip.call_id for m in messages if m.sip.method == "INVITE" and m.sip.status in (488, 606)
    }
    ours = {KNOWN.get(codec, codec.upper()) for codec in line.codecs}
    for message in reversed(messages):
        offer = offer_of(message.sip.body)
        if not offer or message.sip.method != "INVITE" or not message.inward:
            continue
        if message.sip.status == 0 and not ours & set(offer.codecs):
            return f"{', '.join(offer.codecs)} → {', '.join(sorted(ours))}"
    # we offered, they said no
    return "488" if any(m.inward and m.sip.call_id in refused for m in messages) else ""


def _strange(messages: Sequence[Message], line: Line) -> str:
    refused = {
        m.sip.call_id
        for m in messages
        if not m.inward and m.sip.method == "INVITE" and m.sip.status in (404, 484)
    }
    for message in reversed(messages):
        if message.inward and message.sip.call_id in refused and not message.sip.status:
            return f"R-URI {message.sip.target[:60]}, To {user_of(message.sip.get('to'))[:40]}"
    return ""


def _timer_or_prack(status: int) -> Rule:
    def look(messages: Sequence[Message], line: Line) -> str:
        seen = [m for m in messages if m.sip.status == status and m.sip.method != "REGISTER"]
        if not seen or _last_final(messages, "INVITE") in range(200, 300):
            return ""
        sip = seen[-1].sip
        extra = sip.get("min-se") or sip.get("unsupported") or sip.get("require")
        return f"{status} {extra}".strip()

    return look


def _prack(messages: Sequence[Message], line: Line) -> str:
    return _timer_or_prack(420)(messages, line) or _timer_or_prack(421)(messages, line)


def _private(messages: Sequence[Message], line: Line) -> str:
    for message in reversed(messages):
        offer = None if message.inward else offer_of(message.sip.body)
        if offer and _is_private(offer.address) and not _is_private(message.far):
            return offer.address
    return ""


def _is_private(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or any(_within(host, net) for net in PRIVATE)


def _credentials_of_calls(messages: Sequence[Message], line: Line) -> str:
    proven = {
        (m.sip.call_id, m.sip.cseq)
        for m in _sent(messages, "INVITE")
        if any(m.sip.get(name) for name in AUTH)
    }
    denied = [
        m
        for m in _answers(messages, "INVITE")
        if m.sip.status in (401, 407) and (m.sip.call_id, m.sip.cseq) in proven
    ]
    return f"INVITE {denied[-1].sip.status}" if denied else ""


def _credentials(messages: Sequence[Message], line: Line) -> str:
    return _unregistered(messages, line) or _credentials_of_calls(messages, line)


RULES: dict[str, Rule] = {
    "trunk_silent": _silent,
    "trunk_unregistered": _credentials,
    "trunk_rejected": _rejected,
    "caller_id_refused": _invite(403),
    "dialled_unknown": _misdialled,
    "trunk_failing": _invite(500, 502, 503, 504),
    "no_common_codec": _codec,
    "called_strange": _strange,
    "session_timer": _timer_or_prack(422),
    "prack": _prack,
    "private_address": _private,
}
"""Fault → the rule that sees it."""
