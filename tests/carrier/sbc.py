"""One address of a carrier: a session border controller, a proxy, a registrar, or all of them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.carrier.line import Line
from tests.carrier.message import Message, credentials, is_right, reply
from tests.carrier.wire import Address, Datagrams, Reply, Wire

REALM = "ims.example.invalid"


@dataclass(slots=True)
class Registrar:
    """Who may register: `impi` and secret prove it, `impu` is the number that it gets."""

    impu: str
    impi: str
    secret: str
    contact: str = ""
    expires: int = 0
    asked: list[Message] = field(default_factory=list)
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))

    def takes(self, message: Message) -> Message:
        """Answer a REGISTER; one sent again, for our answer was late, counts once."""
        if all(each.branch != message.branch for each in self.asked):
            self.asked.append(message)
        given = credentials(message.get("Authorization"))
        if not given.get("response"):
            challenge = f'Digest realm="{REALM}", nonce="{self.nonce}", algorithm=MD5, qop="auth"'
            return reply(message, "401 Unauthorized", "r", ("WWW-Authenticate", challenge))
        right = given["username"] == self.impi and given["nonce"] == self.nonce
        if not right or not is_right(given, "REGISTER", self.secret):
            return reply(message, "403 Forbidden", "r")
        if f"sip:{self.impu}@" not in message.get("To"):
            return reply(message, "404 Not Found", "r")
        self.contact = message.contact()
        self.expires = int(message.get("Expires") or 3600)
        contact = ("Contact", f"<{self.contact}>;expires={self.expires}")
        return reply(message, "200 OK", "r", contact)

    def stops(self, message: Message) -> Message | None:
        """Answer an INVITE that does not prove who sends it; None lets it through."""
        given = credentials(message.get("Proxy-Authorization"))
        if given.get("username") == self.impi and is_right(given, "INVITE", self.secret):
            return None
        challenge = f'Digest realm="{REALM}", nonce="{self.nonce}", algorithm=MD5, qop="auth"'
        more = ("Proxy-Authenticate", challenge)
        return reply(message, "407 Proxy Authentication Required", "r", more)


class Sbc:
    """An address: it hears requests, gives calls to lines, answers OPTIONS unless it is `mute`.

    `refuses` is the status and reason for every call, "silence" for no answer at all.
    """

    def __init__(
        self,
        host: str,
        port: int,
        far: Address,
        *,
        registrar: Registrar | None = None,
        mute: bool = False,
        wire: Callable[..., Wire] = Datagrams,
    ) -> None:
        self.host, self.port, self.far = host, port, far
        self.registrar, self.mute = registrar, mute
        self.wire: Wire = wire(far, self.hears)
        self.lines: dict[str, Line] = {}
        self.replies: dict[str, Reply] = {}
        self.rings: asyncio.Queue[Message] = asyncio.Queue()
        self.heard: list[Message] = []
        self._rung: set[str] = set()
        self.refuses = ""

    @property
    def here(self) -> str:
        """Give host:port."""
        return f"{self.host}:{self.port}"

    async def open(self) -> None:
        """Listen."""
        self.port = await self.wire.open(self.host, self.port)

    def close(self) -> None:
        """Listen no more."""
        self.wire.close()

    def hears(self, message: Message, answer: Reply) -> None:
        """Take a message from the wire."""
        if not message.status:
            self.heard.append(message)
        line = self.lines.get(message.get("Call-ID"))
        if message.method == "REGISTER" and self.registrar:
            answer(self.registrar.takes(message).data())
        elif line is not None:
            line.hears(message)
        elif message.method == "OPTIONS" and not self.mute:
            answer(reply(message, "200 OK", "o").data())
        elif message.method == "INVITE" and message.get("Call-ID") not in self.replies:
            self._invited(message, answer)

    def _invited(self, message: Message, answer: Reply) -> None:
        if self.refuses:
            if self.refuses != "silence":
                answer(reply(message, self.refuses, "n").data())
        elif self.registrar and (stopped := self.registrar.stops(message)):
            answer(stopped.data())
        elif message.branch not in self._rung:  # else sent again, and refused meanwhile
            self.replies[message.get("Call-ID")] = answer
            self._rung.add(message.branch)
            self.rings.put_nowait(message)

    def forget(self, call_id: str) -> None:
        """Let a call go that was refused: the same may be tried again."""
        self.lines.pop(call_id, None)
        self.replies.pop(call_id, None)

    def asked(self, method: str) -> list[Message]:
        """List the requests of one method that came; what was sent again counts once."""
        came = {each.branch: each for each in reversed(self.heard) if each.method == method}
        return list(reversed(came.values()))
