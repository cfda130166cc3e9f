"""The FastAGI server: one conversation with one channel per connection.

Stands on panoramisk's `Application` and `Request`; reading the environment and sending commands
are ours (each cure is a test in `tests/unit/pbx/test_agi*.py`). Anyone on this machine may
connect, so a route opens only with the token that the dialplan was given at this start.
"""

import asyncio
import contextlib
import hmac
import ipaddress
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from panoramisk.fast_agi import Application, Request

from domain.errors import (
    BadAction,
    CallerGone,
    Fault,
    NotAllowed,
    PbxRefused,
    PbxUnavailable,
    Refused,
)
from pbx.agi_text import AgiResult, env_value, is_whole, parse_env, parse_result, plain_result
from pbx.agi_wire import AgiWire

MAX_COMMAND = 2000
"""Bytes of one AGI command; Asterisk's buffer has 2048."""
BACKLOG = 1000
"""Connections that may knock at once, as after a pause of ours."""

_HANGUP = b"HANGUP"
_LINE_END = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, slots=True)
class AgiLimits:
    """What a connection may cost before it has shown that it is our Asterisk."""

    connections: int = 500
    env_lines: int = 64
    env_bytes: int = 16384
    env_s: float = 2.0
    first_s: float = 4.0
    command_s: float = 10.0


def quote(value: str) -> str:
    """Write a value as one AGI argument; `BadAction` for line ends and NUL."""
    if any(char in value for char in "\r\n\0"):
        raise BadAction("an AGI argument must not contain line ends or NUL")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


class AgiSession(Request):  # type: ignore[misc]  # panoramisk is untyped
    """One conversation. `hungup` turns true when Asterisk says so."""

    def __init__(
        self,
        app: "AgiServer",
        block: bytes,
        wire: AgiWire,
    ) -> None:
        super().__init__(app, block, wire, wire)
        self._wire = wire
        self.hungup = False
        self._default_s = app.limits.first_s
        self._broken = False
        self._closed = False

    @property
    def env(self) -> Mapping[str, str]:
        """What Asterisk told first, by name (`agi_channel` …)."""
        return parse_env(self.headers)

    async def command(self, line: str, wait_s: float | None = None) -> AgiResult:
        """Send a command; `CallerGone` also for result -1, `PbxRefused` for a usage error."""
        answer = await self.ask(line, wait_s)
        if answer.result == "-1":
            raise CallerGone("the channel is gone or was taken elsewhere")
        return answer

    async def ask(self, line: str, wait_s: float | None = None) -> AgiResult:
        """As `command`, but the caller judges result -1. Waits `command_s` if not told."""
        data = self._encode(line)
        if self._closed:
            raise CallerGone("the conversation was closed by Asterisk")
        if self._broken:
            raise PbxUnavailable("this conversation is out of step and was ended")
        # Until the reply is read whole, the next reply would be taken for this one's.
        self._broken = True
        try:
            self._wire.allow(self._default_s if wait_s is None else wait_s)
            self._wire.write(data)
            while not self._wire.unread:
                await self._wire.arrival()
            answer = plain_result(self._wire.unread)
            if answer:
                self._wire.unread = b""
            else:
                answer = await self._answer()
        except TimeoutError:
            self._wire.close()
            raise PbxUnavailable(f"Asterisk does not answer {line.split(' ')[0]}") from None
        except OSError:
            self.hungup = self._closed = True
            raise CallerGone("the conversation was closed by Asterisk") from None
        except ValueError:
            self._wire.close()
            raise PbxUnavailable("Asterisk's answer cannot be read") from None
        self._broken = False
        self._default_s = self.app.limits.command_s
        return self._judged(answer)

    async def send_command(self, command: str) -> Any:
        """Keep panoramisk's name for `command`."""
        return await self.command(command)

    def report(self, error: Exception) -> None:
        """Tell of a fault that does not end this conversation."""
        self.app.report(error)

    @staticmethod
    def _encode(line: str) -> bytes:
        if _LINE_END.search(line):
            raise BadAction("an AGI command is one line")
        try:
            data = line.encode() + b"\n"
        except UnicodeEncodeError:
            raise BadAction("an AGI command must be valid Unicode") from None
        if len(data) > MAX_COMMAND:
            raise BadAction(f"an AGI command has at most {MAX_COMMAND} bytes")
        return data

    async def _answer(self) -> AgiResult:
        text = await self._line()
        while text.startswith("100"):
            text = await self._line()
        if text.startswith("520-"):
            while not (last := await self._line()).startswith("520 "):
                text += "\n" + last
        while not is_whole(text, more=self._more()):
            text += "\n" + await self._line()
        return parse_result(text)

    async def _line(self) -> str:
        wire = self._wire
        while True:
            while b"\n" not in wire.unread:
                await wire.arrival()
            raw, _, wire.unread = wire.unread.partition(b"\n")
            if raw != _HANGUP:
                return raw.decode("utf-8", "replace")
            self.hungup = True

    def _more(self) -> bool:
        wire = self._wire
        while wire.unread.startswith(_HANGUP + b"\n"):
            wire.unread = wire.unread[len(_HANGUP) + 1 :]
            self.hungup = True
        return bool(wire.unread)

    def _judged(self, answer: AgiResult) -> AgiResult:
        if answer.code == 200:
            return answer
        if answer.code == 511:
            self.hungup = True
            raise CallerGone("the channel has hung up")
        raise PbxRefused(f"AGI {answer.code}: {answer.data}")


Route = Callable[[AgiSession], Awaitable[None]]


class AgiServer(Application):  # type: ignore[misc]  # panoramisk is untyped
    """Listens on loopback and starts `routes[name]` for `agi://host:port/token/name`."""

    def __init__(
        self,
        token: str,
        routes: Mapping[str, Route],
        on_error: Callable[[Exception], None],
        limits: AgiLimits | None = None,
    ) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self.limits = limits or AgiLimits()
        self._token = token.encode()
        self._routes = dict(routes)
        self._on_error = on_error
        self._talks: set[asyncio.Task[Any]] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port that is bound, also when 0 was asked for."""
        if self._server is None:
            raise PbxUnavailable("the AGI server does not listen")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def talks(self) -> int:
        """How many conversations are open."""
        return len(self._talks)

    async def start(self, host: str = "127.0.0.1", port: int = 4573) -> None:
        """Listen; only a loopback address is accepted."""
        if not ipaddress.ip_address(host).is_loopback:
            raise Refused(Fault("", 0, "agi", f"{host} is not a loopback address"))
        made = partial(AgiWire, self._begin)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(made, host, port, backlog=BACKLOG)

    async def close(self) -> None:
        """Stop listening and end every conversation; their callers go on in the dialplan."""
        if self._server is not None:
            self._server.close()
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _begin(self, wire: AgiWire) -> None:
        if len(self._talks) >= self.limits.connections:
            wire.close()
            return
        talk = asyncio.get_running_loop().create_task(self._serve(wire))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _serve(self, wire: AgiWire) -> None:
        """Serve one connection; whatever happens in it ends only this one."""
        try:
            await self._talk(wire)
        except (CallerGone, asyncio.CancelledError):
            # The ordinary end, or our own close(): this is the top of its task, nobody waits.
            pass
        except Exception as error:
            self.report(error)
        finally:
            wire.close()

    def report(self, error: Exception) -> None:
        """Hand a fault to `on_error`, whose own faults harm nobody."""
        with contextlib.suppress(Exception):
            self._on_error(error)

    async def _talk(self, wire: AgiWire) -> None:
        try:
            block = await self._environment(wire)
        except (TimeoutError, OSError, ValueError):
            # A port scan, a health check, a slow stranger: nothing of ours.
            return
        await self._routed(env_value(block, "request"))(AgiSession(self, block, wire))

    async def _environment(self, wire: AgiWire) -> bytes:
        """Read up to the empty line; Asterisk says nothing more before it is asked."""
        wire.allow(self.limits.env_s)
        while not wire.unread.endswith(b"\n\n"):
            if len(wire.unread) > self.limits.env_bytes:
                raise ValueError("an AGI environment is too long")
            await wire.arrival()
        block, wire.unread = wire.unread, b""
        if block.count(b"\n") > self.limits.env_lines:
            raise PbxRefused(f"an AGI environment has more than {self.limits.env_lines} lines")
        return block

    def _routed(self, request: str) -> Route:
        try:
            path = urlsplit(request).path
        except ValueError:
            raise NotAllowed("an AGI request came with an address that is none") from None
        token, _, name = path.strip("/").partition("/")
        if not hmac.compare_digest(token.encode(), self._token):
            raise NotAllowed("an AGI request came without this start's token")
        route = self._routes.get(name)
        if route is None:
            raise NotAllowed("an AGI request asked for a route that does not exist")
        return route
