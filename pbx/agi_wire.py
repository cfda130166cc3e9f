"""The bytes of one FastAGI connection: what came and was not read yet, and who waits for more.

A protocol instead of streams, one timer for a whole conversation: `python -m bench agi` says what
this saves.
"""

import asyncio
from collections.abc import Callable
from typing import cast

MOST = 65536
"""Bytes that may lie unread; a longer answer is not Asterisk's."""


class AgiWire(asyncio.Protocol):
    """Holds in `unread` what came; `begin` is told once the connection stands."""

    __slots__ = (
        *("_begin", "_ended", "_flooded", "_loop", "_timer", "_transport", "_until", "_waiter"),
        "unread",
    )

    def __init__(self, begin: Callable[["AgiWire"], None]) -> None:
        self._begin = begin
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._until = 0.0
        self._ended = self._flooded = False
        self.unread = b""

    def allow(self, seconds: float) -> None:
        """Set the time within which what is awaited next must come."""
        self._until = self._loop.time() + seconds
        if self._timer is None or self._timer.when() > self._until:
            self._arm()

    def arrival(self) -> asyncio.Future[None]:
        """Wait for more; raises TimeoutError, ValueError when nobody could read as much, and
        ConnectionResetError when the other side has ended it."""
        self._waiter = waiter = self._loop.create_future()
        if self._ended:
            self._wake(ConnectionResetError("the other side closed it"))
        elif self._flooded:
            self._wake(ValueError("too long"))
        return waiter

    def write(self, data: bytes) -> None:
        """Send; ConnectionResetError when nobody is there."""
        if self._ended or self._transport is None:
            raise ConnectionResetError("the other side closed it")
        self._transport.write(data)

    def close(self) -> None:
        """End the connection; closing twice does nothing."""
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.close()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._until, self._rang)

    def _rang(self) -> None:
        """The timer was set for an earlier command: go on, or say that it is too late."""
        self._timer = None
        if self._loop.time() < self._until:
            self._arm()
        else:
            self._wake(TimeoutError())

    def _wake(self, error: Exception | None = None) -> None:
        waiter = self._waiter
        if waiter is None or waiter.done():
            return
        if error is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(error)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio: the connection stands."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is no subclass of it
        self._begin(self)

    def data_received(self, data: bytes) -> None:
        """Asyncio: bytes came; after too many that nobody read nothing more is taken, for good."""
        self.unread += data
        if len(self.unread) > MOST and self._transport is not None:
            self._flooded = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Asyncio: the other side sends no more."""
        self.connection_lost(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Asyncio: it is over."""
        self._ended = True
        self._wake(ConnectionResetError("the other side closed it"))
