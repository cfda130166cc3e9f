"""The other side of the wire in bytes: a small AMI server and a small AGI client on loopback."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Any

from domain.clock import Clock
from domain.ids import Instant

CLOCK = Clock(lambda: Instant(time.monotonic()), lambda: time.time_ns() // 1_000_000)
Header = dict[str, str]


async def until(condition: Callable[[], Any], within: float = 20.0) -> None:
    """Let the loop run until the condition holds; fail after the deadline."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110  # any condition, without an event of its own
            await asyncio.sleep(0.001)


def ok(action: Header, *lines: str) -> bytes:
    """A successful reply to an action."""
    return text("Response: Success", f"ActionID: {action['ActionID']}", *lines)


def text(*lines: str) -> bytes:
    """One message of these lines."""
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class FakeAmi:
    """Speaks AMI as Asterisk does; `answers` overrule, None keeps silent."""

    def __init__(self) -> None:
        self.actions: list[Header] = []
        self.chunks: list[bytes] = []
        self.sessions = 0
        self.silent = False
        self.answers: dict[str, Callable[[Header], bytes | None]] = {
            "Login": lambda a: ok(a, "Message: Authentication accepted"),
            "CoreStatus": lambda a: ok(a, "CoreStartupDate: 2026-11-22"),
            "Ping": lambda a: ok(a, "Ping: Pong"),
        }
        self.writer: asyncio.StreamWriter | None = None
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server:
            self._server.close()
        self.cut()

    def cut(self) -> None:
        if self.writer:
            self.writer.transport.abort()

    def say(self, data: bytes) -> None:
        assert self.writer is not None
        self.writer.write(data)

    def named(self, name: str) -> list[Header]:
        return [action for action in self.actions if action["Action"] == name]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        self.writer = writer
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        rest = b""
        try:
            while chunk := await reader.read(65536):
                self.chunks.append(chunk)
                *messages, rest = (rest + chunk).split(b"\r\n\r\n")
                for message in messages:
                    self._answer(writer, message.decode())
        except ConnectionError:
            pass
        finally:
            writer.close()

    def _answer(self, writer: asyncio.StreamWriter, message: str) -> None:
        action = dict(line.split(": ", 1) for line in message.split("\r\n"))
        self.actions.append(action)
        if self.silent:
            return
        answer = self.answers.get(action["Action"], ok)(action)
        if answer is not None:
            writer.write(answer)


class FakeChannel:
    """The Asterisk side of one FastAGI conversation: a script of (expected start, answer)."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.heard: list[str] = []

    async def open(self, env: bytes) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(env)

    async def next(self) -> str:
        async with asyncio.timeout(20):
            line = (await self.reader.readline()).decode().rstrip("\n")
        self.heard.append(line)
        return line

    async def script(self, answers: Iterable[str | bytes]) -> list[str]:
        """Answer one command after another; give the commands."""
        for answer in answers:
            await self.next()
            self.writer.write(answer if isinstance(answer, bytes) else f"{answer}\n".encode())
        return self.heard

    async def ended(self) -> bool:
        """Wait until the server closes the conversation."""
        async with asyncio.timeout(20):
            try:
                return await self.reader.read() == b""
            except ConnectionError:
                return True

    def close(self) -> None:
        self.writer.close()


def env(route: str = "tok/flow", *more: str) -> bytes:
    """What Asterisk says first."""
    lines = (
        "agi_network: yes",
        f"agi_network_script: {route}",
        f"agi_request: agi://127.0.0.1:4573/{route}",
        "agi_channel: PJSIP/trunk-00000001",
        "agi_callerid: 13800000000",
        *more,
    )
    return ("\n".join(lines) + "\n\n").encode()
