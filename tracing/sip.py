"""A captured SIP message taken apart as far as diagnosis needs it. Pure; never raises.

RFC 3261 compact header names are known; folded lines are joined; the first of a repeated header
is the one that `get` gives.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_COMPACT = {
    "i": "call-id",
    "f": "from",
    "t": "to",
    "m": "contact",
    "v": "via",
    "x": "session-expires",
}
_COMPACT |= {"c": "content-type", "l": "content-length", "k": "supported"}
_STATUS = re.compile(r"SIP/2\.0\s+(\d{3})\s*(.*)", re.S)
_REQUEST = re.compile(r"([A-Z]{2,16})\s+(\S+)\s+SIP/2\.0\s*")
_USER = re.compile(r"(?:sips?|tel):(?:([^@;>:]*)(?::[^@]*)?@)?([^;>\s?]*)", re.I)
_REASON = re.compile(r"Q\.850\s*;[^,]*?cause\s*=\s*(\d{1,3})", re.I)


@dataclass(frozen=True, slots=True)
class Sip:
    """One message. `status` is 0 for a request; `method` is that of the transaction."""

    method: str
    status: int
    phrase: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: str

    def get(self, name: str) -> str:
        """Give a header's first value, "" without it; names are lower case."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def call_id(self) -> str:
        """The dialog's Call-ID."""
        return self.get("call-id")

    @property
    def cseq(self) -> int:
        """The number that counts a dialog's requests."""
        first = self.get("cseq").split(" ")[0]
        return int(first) if first.isascii() and first.isdigit() and len(first) < 11 else 0

    @property
    def cause(self) -> int:
        """The Q.850 cause of a Reason header (RFC 3326), 0 without one."""
        found = (_REASON.search(value) for key, value in self.headers if key == "reason")
        return next((int(each[1]) for each in found if each), 0)

    @property
    def user(self) -> str:
        """The user part of the request's address: the number that is called."""
        return user_of(self.target)


def parse(text: str) -> Sip | None:
    """Take a message apart; None for what is no SIP message."""
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    first, _, rest = head.partition("\n")
    headers = tuple(_headers(rest))
    if answer := _STATUS.fullmatch(first.strip()):
        method = dict(reversed(headers)).get("cseq", "").rpartition(" ")[2]
        return Sip(method, int(answer[1]), answer[2], "", headers, body)
    if request := _REQUEST.fullmatch(first.strip()):
        return Sip(request[1], 0, "", request[2], headers, body)
    return None


def _headers(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for line in text.split("\n"):
        if line[:1] in (" ", "\t") and found:
            name, value = found[-1]
            found[-1] = (name, f"{value} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip().lower()
            found.append((_COMPACT.get(key, key), value.strip()))
    return found


def user_of(address: str) -> str:
    """Give the user part of a SIP or tel address, with or without a name around it."""
    found = _USER.search(address)
    if not found:
        return ""
    return found[1] or (found[2] if "tel:" in address.lower() else "")


def host_of(address: str) -> str:
    """Give the host part of a SIP address, without its port."""
    found = _USER.search(address)
    return found[2].rpartition("@")[2].partition(":")[0] if found else ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one side says of its audio: address, port, codec names in its order, RFC 4733."""

    address: str
    port: int
    codecs: tuple[str, ...]
    keys: bool
    profile: str


_STATIC = {"0": "PCMU", "3": "GSM", "4": "G723", "8": "PCMA", "9": "G722", "18": "G729"}


def offer_of(body: str) -> Offer | None:
    """Read the audio line of an SDP body (RFC 8866); None when there is none."""
    audio = re.search(r"^m=audio (\d{1,5}) (\S+)((?: \d{1,3})+)", body, re.M)
    if not audio:
        return None
    names = dict(re.findall(r"^a=rtpmap:(\d{1,3}) ([\w.-]+)/", body, re.M))
    after = body[audio.end() :].split("\nm=")[0]
    where = re.search(r"^c=IN IP[46] (\S+)", after, re.M) or re.search(
        r"^c=IN IP[46] (\S+)", body, re.M
    )
    codecs = tuple(names.get(each, _STATIC.get(each, each)).upper() for each in audio[3].split())
    plain = tuple(each for each in codecs if each not in ("TELEPHONE-EVENT", "CN"))
    keys = "TELEPHONE-EVENT" in codecs
    return Offer(where[1] if where else "", int(audio[1]), plain, keys, audio[2])
