"""One connection to the AMI: bytes in, messages sorted, actions and their replies paired.

Stands between asyncio's transport and `pbx/link.py`. It is panoramisk's protocol with every
method that decides replaced by ours: nothing is replayed, nothing hangs, nothing is guessed.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from panoramisk.ami_protocol import AMIProtocol
from panoramisk.utils import IdGenerator

from domain.errors import BadAction, PbxRefused, PbxUnavailable
from pbx import message as ami
from pbx.action import Value, encode
from pbx.message import Frames, FrameTooLong, Message

MAX_PENDING = 5000
"""Unanswered actions from which on Asterisk counts as not answering."""

_GOOD = frozenset({"Success", "Follows", "Goodbye"})
_BOOTED = b"FullyBooted"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to an action, and the rows that followed if a list was asked for."""

    message: Message
    events: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """An action to send; `complete` names the event that ends its list, if it has one."""

    name: str
    fields: Mapping[str, Value]
    variables: Mapping[str, str] | None = None
    complete: str = ""


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which events pass: those with Asterisk's `token` and, if given, a `wanted` name.

    Asterisk has a new token at each start, so a link that outlives it asks anew at each connect.
    """

    token: str | Callable[[], str] = ""
    wanted: frozenset[str] | None = None


@dataclass(slots=True)
class _Pending:
    ask: Ask
    future: asyncio.Future[Reply]
    first: Message | None = None
    rows: list[Message] = field(default_factory=list)


class Wire(AMIProtocol):  # type: ignore[misc]  # panoramisk is untyped
    """One AMI connection, from the first byte until it is lost."""

    _ids = IdGenerator("yingda")

    def __init__(
        self, sieve: Sieve, dispatch: Callable[[Message], None], mono: Callable[[], float]
    ) -> None:
        loop = asyncio.get_running_loop()
        self.lost: asyncio.Future[str] = loop.create_future()
        self.booted = asyncio.Event()
        self.heard = mono()
        self.version = ""
        self._mono = mono
        self._loop = loop
        self._dispatch = dispatch
        self._frames = Frames()
        self._out: list[bytes] = []
        token = sieve.token if isinstance(sieve.token, str) else sieve.token()
        self._token = token.encode()
        self._wanted = None if sieve.wanted is None else {n.encode() for n in sieve.wanted}

    def connection_made(self, transport: Any) -> None:
        """Keep the transport; replies are looked up by action id in `responses`."""
        super().connection_made(transport)
        self.responses: dict[str, _Pending] = {}
        self.encoding = "utf-8"

    def send(self, data: Any, as_list: Any = False) -> Any:
        """Refuse panoramisk's own way out: it neither checks values nor ever times out."""
        raise BadAction("actions leave through AmiLink.action or AmiLink.send only")

    def ask(self, ask: Ask) -> tuple[str, asyncio.Future[Reply]]:
        """Send an action at the end of this turn of the loop; give its id and its answer."""
        if self.lost.done():
            raise PbxUnavailable(f"{ask.name}: the link to Asterisk is down")
        if len(self.responses) >= MAX_PENDING:
            raise PbxUnavailable(f"{ask.name}: {MAX_PENDING} actions are unanswered already")
        action_id: str = self._ids()
        data = encode(ask.name, action_id, ask.fields, ask.variables)
        future: asyncio.Future[Reply] = self._loop.create_future()
        self.responses[action_id] = _Pending(ask, future)
        # What one turn of the loop decides goes out in one write.
        if not self._out:
            self._loop.call_soon(self.flush)
        self._out.append(data)
        return action_id, future

    def forget(self, action_id: str) -> None:
        """Stop waiting for an action's reply; a late one is passed over."""
        self.responses.pop(action_id, None)

    def fail(self, action_id: str, error: Exception) -> None:
        """Give an action up for its sender, who is told `error`."""
        if action_id in self.responses:
            self._settle(action_id, error)

    def flush(self) -> None:
        """Write what has gathered."""
        out, self._out = self._out, []
        if out and not self.lost.done():
            self.transport.write(b"".join(out))

    def data_received(self, data: bytes) -> None:
        """Cut bytes into messages and sort each."""
        self.heard = self._mono()
        try:
            frames = self._frames.feed(data)
        except FrameTooLong as error:
            self.drop(str(error))
            return
        self.version = self._frames.version
        for frame in frames:
            self._take(frame)

    def _take(self, frame: bytes) -> None:
        name = ami.event_name(frame)
        if not name:
            self._reply(ami.parse(frame))
            return
        unwanted = self._wanted is not None and name not in self._wanted and name != _BOOTED
        listed = b"\r\nActionID: " in frame
        if unwanted and not listed:
            return
        message = ami.parse(frame)
        if listed and self._row(message):
            return
        # At log-in FullyBooted is written without a system name; it only ends our waiting.
        if name == _BOOTED:
            self.booted.set()
        if not unwanted and (not self._token or ami.is_genuine(frame, self._token)):
            self._dispatch(message)

    def _reply(self, message: Message) -> None:
        if not message.get("Response"):
            return
        action_id = message.get("ActionID")
        pending = self.responses.get(action_id)
        if pending is None:
            if not action_id:
                _log.warning("Asterisk could not read an action: %s", message.get("Message"))
        elif message.get("Response") not in _GOOD:
            said = message.get("Message") or message.get("Response")
            self._settle(action_id, PbxRefused(f"{pending.ask.name}: {said}"))
        elif pending.ask.complete:
            pending.first = message
        else:
            self._settle(action_id, Reply(message))

    def _row(self, message: Message) -> bool:
        """Take an event that belongs to a list; say whether it is nothing but that."""
        action_id = message.get("ActionID")
        pending = self.responses.get(action_id)
        if pending is None or not pending.ask.complete:
            return False
        listed = message.get("EventList")
        if message.event != pending.ask.complete and listed not in ("Complete", "cancelled"):
            pending.rows.append(message)
            return True
        first = pending.first or message
        # An OriginateResponse ends its action and is news for everyone else as well.
        news = not listed
        rows = (*pending.rows, message) if news else tuple(pending.rows)
        self._settle(action_id, Reply(first, rows))
        return not news

    def _settle(self, action_id: str, outcome: Reply | Exception) -> None:
        pending = self.responses.pop(action_id)
        if pending.future.done():
            return
        if isinstance(outcome, Exception):
            pending.future.set_exception(outcome)
        else:
            pending.future.set_result(outcome)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail everything that waits; the link decides what comes next."""
        self.drop(str(exc) if exc else "Asterisk closed the connection")

    def drop(self, reason: str) -> None:
        """Cut the connection at once, without waiting for the other side."""
        if self._end(reason):
            self.transport.abort()

    def close(self) -> None:
        """End the connection on our own wish, after what was sent is written."""
        self.flush()
        if self._end("closed by us"):
            self.transport.close()

    def _end(self, reason: str) -> bool:
        if self.lost.done():
            return False
        self.lost.set_result(reason)
        self.closed = True
        for action_id, pending in list(self.responses.items()):
            gone = PbxUnavailable(f"{pending.ask.name}: the link was lost ({reason})")
            self._settle(action_id, gone)
        return True
