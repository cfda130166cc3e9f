"""Somebody on the network who guesses at the SIP port, as the scanners do that come every hour."""

import asyncio
import hashlib
import re
import secrets
from dataclasses import dataclass, field

from tests.carrier.message import Message, read

ANSWER_S = 10.0


@dataclass
class Scanner(asyncio.DatagramProtocol):
    """Sends from one address of loopback, and keeps the answers by their transaction."""

    host: str
    far: tuple[str, int]
    wire: asyncio.DatagramTransport | None = None
    waiting: dict[str, "asyncio.Future[Message]"] = field(default_factory=dict)
    statuses: dict[int, int] = field(default_factory=dict)

    async def __aenter__(self) -> "Scanner":
        loop = asyncio.get_running_loop()
        self.wire, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.host, 0))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.wire is not None
        self.wire.close()

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Give an answer to whoever waits for it, and count it."""
        message = read(data)
        if message is None or not message.status:
            return
        self.statuses[message.status] = self.statuses.get(message.status, 0) + 1
        waits = self.waiting.pop(message.branch, None)
        if waits is not None and not waits.done():
            waits.set_result(message)

    def send(self, method: str, user: str, auth: str = "", *, body: str = "") -> str:
        """Send one request and wait for nothing; gives its branch."""
        assert self.wire is not None
        branch, port = f"z9hG4bK{secrets.token_hex(8)}", self.wire.get_extra_info("sockname")[1]
        far = f"{self.far[0]}:{self.far[1]}"
        to = f"sip:{user}@{far}"
        lines = [
            f"{method} {far if method == 'REGISTER' else to} SIP/2.0".replace(
                "REGISTER ", "REGISTER sip:"
            ),
            f"Via: SIP/2.0/UDP {self.host}:{port};branch={branch};rport",
            f"From: <{to}>;tag={secrets.token_hex(4)}",
            f"To: <{to}>",
            f"Call-ID: {secrets.token_hex(8)}",
            f"CSeq: 1 {method}",
            f"Contact: <sip:{user}@{self.host}:{port}>",
            "Max-Forwards: 70",
            *([f"Authorization: {auth}"] if auth else []),
            f"Content-Length: {len(body)}",
        ]
        self.wire.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), self.far)
        return branch

    async def ask(self, method: str, user: str, auth: str = "") -> Message | None:
        """Send one request and wait for its answer; None when none came."""
        waits: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self.waiting[self.send(method, user, auth)] = waits
        try:
            return await asyncio.wait_for(waits, ANSWER_S)
        except TimeoutError:
            return None

    async def guess(self, user: str, password: str) -> int:
        """Try to sign in with a password; gives the last status, 0 for silence."""
        asked = await self.ask("REGISTER", user)
        if asked is None or asked.status != 401:
            return asked.status if asked else 0
        answer = await self.ask("REGISTER", user, self._proof(asked, user, password))
        return answer.status if answer else 0

    def _proof(self, asked: Message, user: str, password: str) -> str:
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', asked.get("WWW-Authenticate")))
        uri = f"sip:{self.far[0]}:{self.far[1]}"
        one = _md5(f"{user}:{given['realm']}:{password}")
        two = _md5(f"REGISTER:{uri}")
        proof = _md5(f"{one}:{given['nonce']}:00000001:abc:auth:{two}")
        return (
            f'Digest username="{user}", realm="{given["realm"]}", nonce="{given["nonce"]}",'
            f' uri="{uri}", response="{proof}", algorithm=MD5, qop=auth, nc=00000001,'
            f' cnonce="abc", opaque="{given.get("opaque", "")}"'
        )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # what RFC 2617 asks for


def shape(answer: Message | None) -> tuple[int, tuple[str, ...]]:
    """Say what an answer tells a stranger: its status and which headers stand in it."""
    if answer is None:
        return 0, ()
    return answer.status, tuple(name.lower() for name, _ in answer.headers)
