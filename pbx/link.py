"""The link to Asterisk's manager interface: stays up, never blocks, never repeats an action.

Stands on panoramisk's `Manager`, whose ways of dispatching, reconnecting and answering are
replaced (each cure is a test in `tests/unit/pbx/test_link*.py`). One link is one AMI user.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from panoramisk.manager import Manager

from domain.clock import Clock
from domain.errors import PbxRefused, PbxUnavailable, YingdaError
from pbx.action import Value
from pbx.message import Message
from pbx.wire import Ask, Reply, Sieve, Wire

_log = logging.getLogger(__name__)

Open = Callable[[Callable[[], Wire]], Awaitable[tuple[object, Wire]]]
"""Opens a transport for the protocol that it is given, as asyncio's `create_connection`."""
Failed = Callable[[YingdaError], None]
Done = Callable[[Reply], None]


@dataclass(frozen=True, slots=True)
class Account:
    """Where the AMI listens and as whom we log in."""

    host: str
    port: int
    username: str
    secret: str = field(repr=False)
    sieve: Sieve = field(default_factory=Sieve)


@dataclass(frozen=True, slots=True)
class Hooks:
    """Who is told; all are called on the loop, must not block, and may raise harmlessly."""

    on_message: Callable[[Message], None]
    on_up: Callable[[int], None] = lambda generation: None
    on_down: Callable[[str], None] = lambda reason: None
    on_error: Failed = lambda error: None


@dataclass(frozen=True, slots=True)
class Pace:
    """All waits of the link in seconds; silence is noticed after `silent_s + ping_s`."""

    first_s: float = 0.5
    longest_s: float = 30.0
    open_s: float = 5.0
    login_s: float = 5.0
    boot_s: float = 120.0
    boot_look_s: float = 0.25
    silent_s: float = 4.0
    ping_s: float = 4.0
    jitter: Callable[[float], float] = lambda seconds: seconds
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class AmiLink(Manager):  # type: ignore[misc]  # panoramisk is untyped
    """Keeps one AMI session up. Actions are refused while it is down and never replayed."""

    def __init__(
        self,
        account: Account,
        hooks: Hooks,
        clock: Clock,
        pace: Pace | None = None,
        opener: Open | None = None,
    ) -> None:
        super().__init__(host=account.host, port=account.port, protocol_factory=self._make_wire)
        self.protocol: Wire | None = None
        self.generation = 0
        self.faults = 0
        self._account = account
        self._hooks = hooks
        self._clock = clock
        self._pace = pace or Pace()
        self._open: Open = opener or self._open_tcp
        self._up = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def is_up(self) -> bool:
        """Whether actions can be sent: logged in, and Asterisk has booted."""
        return self._up.is_set()

    async def connect(self, wait_s: float = 10.0) -> None:
        """Start keeping the link up; `PbxUnavailable` if it is not up in time (it goes on)."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name="ami-link")
        if wait_s > 0:
            await self.wait_up(wait_s)

    async def wait_up(self, wait_s: float) -> None:
        """Wait until the link is up; `PbxUnavailable` after `wait_s` seconds."""
        try:
            async with asyncio.timeout(wait_s):
                await self._up.wait()
        except TimeoutError:
            where = f"{self._account.host}:{self._account.port}"
            raise PbxUnavailable(f"no AMI session at {where} within {wait_s:g} s") from None

    async def close(self) -> None:
        """End the session and stop trying; what still waits fails with `PbxUnavailable`."""
        keeper, self._keeper = self._keeper, None
        self._up.clear()
        if self.protocol is not None:
            self.protocol.close()
        if keeper is not None:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper

    async def action(
        self,
        name: str,
        *,
        timeout: float = 5.0,  # noqa: ASYNC109  # part of what an action is, not of its caller
        complete: str = "",
        variables: Mapping[str, str] | None = None,
        **fields: Value,
    ) -> Reply:
        """Send and wait: `PbxRefused` for an error reply, `PbxUnavailable` for none in time."""
        return await self._exchange(
            self._wire(name), Ask(name, fields, variables, complete), timeout
        )

    def send(
        self,
        name: str,
        *,
        timeout: float = 5.0,
        done: Done | None = None,
        failed: Failed | None = None,
        variables: Mapping[str, str] | None = None,
        **fields: Value,
    ) -> None:
        """Send and go on. Every failure goes to `failed` (else `on_error`), in a later turn."""
        loop = asyncio.get_running_loop()
        told = failed or self._hooks.on_error
        try:
            wire = self._wire(name)
            action_id, future = wire.ask(Ask(name, fields, variables))
        except YingdaError as error:
            loop.call_soon(self._guarded, told, error)
            return
        late = loop.call_later(timeout, self._expire, wire, action_id, name)

        def settle(settled: asyncio.Future[Reply]) -> None:
            late.cancel()
            error = settled.exception()
            if isinstance(error, YingdaError):
                self._guarded(told, error)
            elif done is not None:
                self._guarded(done, settled.result())

        future.add_done_callback(settle)

    def flush(self) -> None:
        """Write now what was sent, instead of at the end of this turn of the loop."""
        if self.protocol is not None:
            self.protocol.flush()

    def dispatch(self, message: Message) -> None:
        """Hand an event on, in order; a fault of the receiver costs this event only."""
        if self.is_up:
            self._guarded(self._hooks.on_message, message)

    def _guarded(self, hook: Callable[[Any], None], argument: object) -> None:
        try:
            hook(argument)
        except Exception:
            self.faults += 1
            _log.exception("a receiver of the AMI link failed")

    @staticmethod
    def _expire(wire: Wire, action_id: str, name: str) -> None:
        wire.fail(action_id, PbxUnavailable(f"{name}: no reply in time"))

    def _wire(self, name: str) -> Wire:
        if self.protocol is None or not self.is_up:
            raise PbxUnavailable(f"{name}: the link to Asterisk is down")
        return self.protocol

    async def _exchange(self, wire: Wire, ask: Ask, wait_s: float) -> Reply:
        action_id, future = wire.ask(ask)
        try:
            async with asyncio.timeout(wait_s):
                return await future
        except TimeoutError:
            raise PbxUnavailable(f"{ask.name}: no reply within {wait_s:g} s") from None
        finally:
            wire.forget(action_id)

    def _make_wire(self) -> Wire:
        return Wire(self._account.sieve, self.dispatch, self._clock.mono)

    async def _open_tcp(self, make: Callable[[], Wire]) -> tuple[object, Wire]:
        loop = asyncio.get_running_loop()
        return await loop.create_connection(make, self._account.host, self._account.port)

    async def _keep(self) -> None:
        delay = self._pace.first_s
        while True:
            before = self.generation
            reason = await self._life()
            if self.generation != before:
                delay = self._pace.first_s
                self._guarded(self._hooks.on_down, reason)
            _log.warning("AMI session of %s ended: %s", self._account.username, reason)
            await self._pace.sleep(self._pace.jitter(delay))
            delay = min(delay * 2, self._pace.longest_s)

    async def _life(self) -> str:
        """Live through one connection; give the reason of its end."""
        try:
            async with asyncio.timeout(self._pace.open_s):
                _, wire = await self._open(self.config["protocol_factory"])
        except (OSError, TimeoutError) as error:
            return f"cannot connect: {error or 'time-out'}"
        self.protocol = wire
        living = asyncio.create_task(self._live(wire), name="ami-session")
        try:
            ends: set[asyncio.Future[Any]] = {living, wire.lost}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if living.done() and not wire.lost.done():
                wire.drop(str(living.exception() or "no answer to a ping"))
            return wire.lost.result()
        finally:
            self._up.clear()
            self.protocol = None
            living.cancel()
            wire.drop("closed by us")
            await asyncio.gather(living, return_exceptions=True)

    async def _live(self, wire: Wire) -> None:
        account = self._account
        login = {"Username": account.username, "Secret": account.secret, "Events": "on"}
        await self._exchange(wire, Ask("Login", login), self._pace.login_s)
        try:
            async with asyncio.timeout(self._pace.boot_s):
                await self._booted(wire)
        except TimeoutError:
            raise PbxUnavailable("Asterisk does not finish its start") from None
        self.generation += 1
        self._up.set()
        self._guarded(self._hooks.on_up, self.generation)
        await self._watch(wire)

    async def _booted(self, wire: Wire) -> None:
        """Wait for the end of Asterisk's start: by event, or by looking if there is none.

        Only users who may read `system` get FullyBooted; only those who may write `reporting`
        may ask CoreStatus, which shows the year 1970 until Asterisk has booted.
        """
        may_ask = True
        while not wire.booted.is_set():
            if may_ask:
                try:
                    reply = await self._exchange(wire, Ask("CoreStatus", {}), self._pace.login_s)
                except PbxRefused:
                    may_ask = False
                else:
                    if not reply.message.get("CoreStartupDate").startswith("1970"):
                        return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pace.boot_look_s if may_ask else None):
                    await wire.booted.wait()

    async def _watch(self, wire: Wire) -> None:
        """Return as soon as Asterisk was silent for too long and does not answer a ping."""
        while True:
            quiet = self._clock.mono() - wire.heard
            if quiet < self._pace.silent_s:
                await asyncio.sleep(self._pace.silent_s - quiet)
                continue
            try:
                await self._exchange(wire, Ask("Ping", {}), self._pace.ping_s)
            except PbxUnavailable:
                return
