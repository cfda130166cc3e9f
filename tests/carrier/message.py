"""SIP as text (RFC 3261): a message read and written, and digest checked (RFC 2617). Pure.

The carrier's own, with no library between: it must say what no well-behaved library says.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

Headers = tuple[tuple[str, str], ...]
_SHORT = {"v": "via", "f": "from", "t": "to", "m": "contact", "i": "call-id", "l": "content-length"}


@dataclass(frozen=True, slots=True)
class Message:
    """One request or response; header names keep the case in which they came."""

    start: str
    headers: Headers
    body: str = ""

    @property
    def status(self) -> int:
        """Give the status of a response, 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """Give the method, of a response that of its request."""
        return self.get("CSeq").split()[-1] if self.status else self.start.split()[0]

    @property
    def uri(self) -> str:
        """Give the Request-URI."""
        return self.start.split()[1]

    @property
    def seq(self) -> int:
        """Give the number of CSeq."""
        return int(self.get("CSeq").split()[0])

    @property
    def branch(self) -> str:
        """Name the transaction (RFC 3261 17.2.3): a request that is sent again keeps it."""
        found = re.search(r";\s*branch=([^;,\s]+)", self.get("Via"))
        return found.group(1) if found else ""

    def get(self, name: str) -> str:
        """Give the first value of a header, "" for none."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        """Give every line of a header, in order."""
        return [value for key, value in self.headers if _long(key) == name.lower()]

    def tag(self, name: str) -> str:
        """Give the tag of From or To."""
        found = re.search(r";\s*tag=([^;>\s]+)", self.get(name))
        return found.group(1) if found else ""

    def contact(self) -> str:
        """Give the address to which requests of this dialog go."""
        found = re.search(r"<([^>]+)>", self.get("Contact"))
        return found.group(1) if found else self.get("Contact")

    def data(self) -> bytes:
        """Give the bytes for the wire, the body's length added."""
        body = self.body.encode()
        lines = [self.start, *(f"{key}: {value}" for key, value in self.headers)]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def _long(name: str) -> str:
    return _SHORT.get(name.lower(), name.lower())


def read(data: bytes) -> Message | None:
    """Read one message; None for what is none (keep-alives)."""
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    start, *lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
    if "SIP/2.0" not in start:
        return None
    pairs = [line.split(":", 1) for line in lines if ":" in line]
    kept = tuple((k.strip(), v.strip()) for k, v in pairs if _long(k.strip()) != "content-length")
    return Message(start, kept, body)


def response_headers(request: Message, tag: str) -> Headers:
    """Give what every response repeats: Via, Record-Route, From, To with our tag, Call-ID, CSeq."""
    to = request.get("To")
    if not request.tag("To") and tag:
        to += f";tag={tag}"
    copied = [(k, v) for k, v in request.headers if _long(k) in ("via", "record-route")]
    rest = (("From", request.get("From")), ("To", to), ("Call-ID", request.get("Call-ID")))
    return (*copied, *rest, ("CSeq", request.get("CSeq")))


def reply(
    request: Message, status: str, tag: str, *more: tuple[str, str], body: str = ""
) -> Message:
    """Make a response; `status` is number and reason."""
    return Message(f"SIP/2.0 {status}", (*response_headers(request, tag), *more), body)


def credentials(header: str) -> dict[str, str]:
    """Read the values of an Authorization header."""
    found = re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', header)
    return {name.lower(): quoted or plain for name, quoted, plain in found}


def is_right(given: dict[str, str], method: str, secret: str) -> bool:
    """Check an answer to our challenge (MD5, with or without qop)."""
    own = _md5(f"{given.get('username')}:{given.get('realm')}:{secret}")
    asked = _md5(f"{method}:{given.get('uri')}")
    middle = [given.get("nonce", "")]
    if given.get("qop"):
        middle += [given.get("nc", ""), given.get("cnonce", ""), given["qop"]]
    return given.get("response") == _md5(":".join([own, *middle, asked]))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
