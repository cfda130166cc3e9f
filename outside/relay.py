"""The relay (TURN, RFC 8656) that helps browsers out: log-ins for a time, and whether it answers.

Log-ins follow coturn's `use-auth-secret` (draft-uberti-behave-turn-rest): the user name tells when
it ends, the password proves that we made it. Nothing is shared with the relay but one secret.
"""

import asyncio
import hashlib
import hmac
import re
import secrets
import ssl
import struct
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from domain.settings import Turn

_MAGIC = 0x2112A442
_ALLOCATE, _REFRESH, _GRANTED = 0x0003, 0x0004, 0x0103
_USERNAME, _INTEGRITY, _ERROR, _LIFETIME = 0x0006, 0x0008, 0x0009, 0x000D
_REALM, _NONCE, _TRANSPORT = 0x0014, 0x0015, 0x0019
_UDP = b"\x11\0\0\0"
_URL = re.compile(r"(turns?):([^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?")
ANSWER_S = 3.0

Send = Callable[[bytes], Awaitable[bytes]]
Attributes = dict[int, bytes]


@dataclass(frozen=True, slots=True)
class RelayLogin:
    """One log-in; good until `ends_ms`, UTC."""

    username: str
    password: str
    ends_ms: int


def minted(turn: Turn, agent: str, now_ms: int) -> RelayLogin:
    """Make an agent's log-in, good for `ttl_s`."""
    ends = now_ms // 1000 + turn.ttl_s
    name = f"{ends}:{agent}"
    proof = hmac.new(turn.secret.encode(), name.encode(), hashlib.sha1)
    return RelayLogin(name, b64encode(proof.digest()).decode(), ends * 1000)


async def ask_relay(url: str, login: RelayLogin) -> str:
    """Ask a relay for an address as a browser would: "" when it gives one, else what is wrong.

    `unreachable`: nothing answers; `refused`: it takes no log-in of ours; else its own error.
    """
    try:
        async with asyncio.timeout(2 * ANSWER_S), _reached(url) as send:
            return await _allocate(send, login)
    except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
        return "unreachable"


async def _allocate(send: Send, login: RelayLogin) -> str:
    first = _read(await send(_message(_ALLOCATE, {_TRANSPORT: _UDP})))[1]
    if _REALM not in first or _NONCE not in first:
        return "refused"
    mine = {_USERNAME: login.username.encode(), _REALM: first[_REALM], _NONCE: first[_NONCE]}
    whole = b":".join((mine[_USERNAME], first[_REALM], login.password.encode()))
    key = hashlib.md5(whole, usedforsecurity=False).digest()
    kind, told = _read(await send(_message(_ALLOCATE, {_TRANSPORT: _UDP} | mine, key)))
    if kind != _GRANTED:
        code = told.get(_ERROR, b"\0\0\0\0")
        number = code[2] * 100 + code[3]
        return "refused" if number in (401, 441) else f"error {number}"
    await send(_message(_REFRESH, {_LIFETIME: b"\0\0\0\0"} | mine, key))
    return ""


def _message(kind: int, attributes: Attributes, key: bytes = b"") -> bytes:
    body = b"".join(_attribute(name, value) for name, value in attributes.items())
    number = secrets.token_bytes(12)
    if not key:
        return struct.pack("!HHI", kind, len(body), _MAGIC) + number + body
    head = struct.pack("!HHI", kind, len(body) + 24, _MAGIC) + number
    proof = hmac.new(key, head + body, hashlib.sha1).digest()
    return head + body + _attribute(_INTEGRITY, proof)


def _attribute(name: int, value: bytes) -> bytes:
    return struct.pack("!HH", name, len(value)) + value + b"\0" * (-len(value) % 4)


def _read(answer: bytes) -> tuple[int, Attributes]:
    """Take a message apart; ValueError when it is none."""
    if len(answer) < 20 or answer[4:8] != _MAGIC.to_bytes(4, "big"):
        raise ValueError("no STUN message")
    found, at = {}, 20
    while at + 4 <= len(answer):
        name, size = struct.unpack_from("!HH", answer, at)
        found[name] = answer[at + 4 : at + 4 + size]
        at += 4 + size + -size % 4
    return int.from_bytes(answer[:2], "big"), found


@asynccontextmanager
async def _reached(url: str) -> AsyncIterator[Send]:
    """Open the way that the address names; the ports are those of RFC 7065."""
    parts = _URL.fullmatch(url)
    if parts is None:
        raise ValueError(url)
    secure = parts[1] == "turns"
    port = int(parts[3] or (5349 if secure else 3478))
    if secure or parts[4] == "tcp":
        async with _by_tcp(parts[2], port, secure=secure) as send:
            yield send
        return
    async with _by_udp(parts[2], port) as send:
        yield send


@asynccontextmanager
async def _by_tcp(host: str, port: int, *, secure: bool) -> AsyncIterator[Send]:
    context = ssl.create_default_context() if secure else None
    reader, writer = await asyncio.open_connection(host, port, ssl=context)

    async def send(message: bytes) -> bytes:
        writer.write(message)
        head = await reader.readexactly(20)
        return head + await reader.readexactly(int.from_bytes(head[2:4], "big"))

    try:
        yield send
    finally:
        writer.close()


class _Answers(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.came.put_nowait(data)


@asynccontextmanager
async def _by_udp(host: str, port: int) -> AsyncIterator[Send]:
    loop = asyncio.get_running_loop()
    transport, answers = await loop.create_datagram_endpoint(_Answers, remote_addr=(host, port))

    async def send(message: bytes) -> bytes:
        transport.sendto(message)
        async with asyncio.timeout(ANSWER_S):
            return await answers.came.get()

    try:
        yield send
    finally:
        transport.close()
