"""What goes on beside a call and never delays it: CRM lookup, finishing recordings, webhooks."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from crm import Looked
from domain import events as ev
from domain.errors import YingdaError
from domain.ports import Customer, Notifier, Storage, Tell
from recording import (
    Keys,
    RecordingBroken,
    call_file,
    clear,
    finish,
    finish_message,
    left_behind,
    messages_left_behind,
)
from switchboard.cards import Cards

log = logging.getLogger("yingda.asides")

QUIET_S = 30.0
"""A wav that was not written for so long is not being recorded."""

AT_ONCE = 16
"""Files that are made at once: two are encoded, the others wait until Asterisk has written all."""

LookUp = Callable[[str], Coroutine[Any, Any, Looked]]


class Outbox(Protocol):
    """Delivers webhooks from the journal."""

    async def run(self) -> None: ...
    def wake(self, record: ev.Record) -> None: ...


@dataclass(frozen=True, slots=True)
class Places:
    """Where audio lies: what Asterisk writes, what is kept, in which format; `keys` lock it."""

    spool: Path
    recordings: Path
    format: Callable[[], str]
    storage: Storage
    notifier: Notifier | None = None
    keys: Keys | None = None


@dataclass(slots=True)
class Spools:
    """Which live calls have audio in the spool; only answered ones must be kept. Pure.

    A call out that nobody took is kept if the carrier said something.
    """

    offered: dict[str, int] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    ended: dict[str, int] = field(default_factory=dict)
    """Calls that are over and whose file is still to be made: since when each was recorded."""
    kept: set[str] = field(default_factory=set)
    """Calls whose file is there, and whose audio may still lie in the spool."""

    def note(self, record: ev.Record) -> None:
        """Take in one record."""
        match record.event:
            case ev.OfferMade(call, record=wanted) if wanted:
                self.offered.setdefault(call, record.utc_ms)
            case ev.DialAsked(call, record=wanted) if wanted:
                self.offered.setdefault(call, record.utc_ms)
            case ev.OutsideDialled(call, record=wanted) if wanted:
                self.offered.setdefault(call, record.utc_ms)
            case ev.OfferAnswered(call) | ev.FarAnswered(call) | ev.OutsideAnswered(call) if (
                call in self.offered
            ):
                self.answered.add(call)
            case ev.FallbackTold(call, took_ms=took_ms) if took_ms and call in self.offered:
                self.answered.add(call)  # recorded by the dialplan, which served the caller alone
            case ev.RecordingKept(call):
                self.ended.pop(call, None)
                self.kept.add(call)
            case ev.RecordingFailed(call):
                self.ended.pop(call, None)

    def take(self, call: str) -> tuple[int, bool] | None:
        """Forget a call that ended: since when it was recorded, and whether somebody answered."""
        since = self.offered.pop(call, None)
        if since is None:
            return None
        answered = call in self.answered
        self.answered.discard(call)
        if answered:
            self.ended[call] = since
        return since, answered


class Asides:
    """Listens to the loop and starts the slow things; each result is told as an event."""

    def __init__(
        self,
        cards: Cards,
        tell: Tell,
        places: Places,
        spools: Spools,
        look_up: LookUp,
        outbox: Outbox,
    ) -> None:
        self._cards = cards
        self._tell = tell
        self._places = places
        self._look_up = look_up
        self._outbox = outbox
        self._spools = spools
        self._running: set[asyncio.Task[None]] = set()
        self._wanted: deque[Callable[[], Coroutine[Any, Any, None]]] = deque()
        self._making = 0

    def note(self, record: ev.Record) -> None:
        """Listener: start what this record asks for."""
        self._spools.note(record)
        match record.event:
            case ev.CallArrived(call, caller=caller, withheld=withheld):
                # whoever asks for privacy is looked up nowhere: the name would tell the number
                self._start(self._who_calls(call, "" if withheld else caller))
            case ev.CallbackQueued(call, number=caller):
                self._start(self._who_calls(call, caller))
            case ev.DialAsked(call, to=caller) if not self._is_callback(call):
                self._start(self._who_calls(call, caller))
            case ev.DialEnded(call):
                self._not_reached(call)
            case ev.CallEnded(call) | ev.CallLost(call):
                self._ended(call)
            case ev.MessageLeft(call, box, file):
                self._make(partial(self._finish_message, call, box, file))
            case _:
                self._let_go(record.event)
        self._outbox.wake(record)

    def _let_go(self, event: ev.Event) -> None:
        """Remove what a file was made of, now that the journal says that the file is there."""
        match event:
            case ev.RecordingKept(call):
                self._spools.kept.discard(call)
                self._start(asyncio.to_thread(clear, self._places.spool / call))
            case ev.MessageKept(_, file):
                wav = self._places.recordings / Path(file).with_suffix(".wav")
                self._start(asyncio.to_thread(wav.unlink, missing_ok=True))

    def _is_callback(self, call: str) -> bool:
        card = self._cards.cards.get(call)
        return card is not None and card.callback

    async def run(self) -> None:
        """Finish what a crashed engine left behind, then deliver webhooks until cancelled."""
        kept, self._spools.kept = self._spools.kept, set()
        for stem, utc_ms in left_behind(self._places.spool, set(self._spools.offered)):
            if stem.name in kept:
                await asyncio.to_thread(clear, stem)
            else:
                # by its own day, also after midnight: a file that was made already is made again
                since = self._spools.ended.get(stem.name, utc_ms)
                self._make(partial(self._finish, stem.name, since))
        for call, file in messages_left_behind(self._places.recordings):
            self._start(self._finish_left(call, file))
        await self._outbox.run()

    def _ended(self, call: str) -> None:
        taken = self._spools.take(call)
        if taken is None:
            return
        since, answered = taken
        if answered:
            self._make(partial(self._finish, call, since))
        else:
            self._start(asyncio.to_thread(clear, self._places.spool / call))

    def _not_reached(self, call: str) -> None:
        taken = self._spools.take(call)
        if taken is not None:
            self._make(partial(self._finish, call, taken[0], must=False))

    def _make(self, file: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Make a file when it is its turn: where thousands wait, each costs little memory."""
        self._wanted.append(file)
        self._make_next()

    def _make_next(self) -> None:
        while self._wanted and self._making < AT_ONCE:
            self._making += 1
            self._start(self._wanted.popleft()()).add_done_callback(self._made)

    def _made(self, task: asyncio.Task[None]) -> None:
        self._making -= 1
        self._make_next()

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("beside a call: %r", task.exception())

    async def _who_calls(self, call: str, caller: str) -> None:
        looked = await self._look_up(caller)
        customer: Customer | None = looked.customer
        self._cards.found(call, looked.status, customer)
        name = customer.id if customer else ""
        self._tell(ev.CustomerLookedUp(_call(call), looked.status, looked.ms, name))

    async def _finish(self, call: str, utc_ms: int, *, must: bool = True) -> None:
        """Make one file of the two sides; `must`: that there is none is a failure."""
        fmt = self._places.format()
        file = call_file(call, utc_ms, fmt)
        try:
            kept = await finish(
                self._places.spool / call, self._places.recordings / file, fmt, self._places.keys
            )
        except RecordingBroken as broken:
            if not must:
                await asyncio.to_thread(clear, self._places.spool / call)
                return
            self._tell(ev.RecordingFailed(_call(call), str(broken)))
            await self._notify("recording", f"call {call}: {broken}")
            return
        peaks = str(Path(file).with_suffix(".peaks.json"))
        await self._hand_over(file, peaks)
        self._tell(
            ev.RecordingKept(
                _call(call),
                file,
                kept.seconds,
                kept.bytes,
                kept.sha256,
                kept.channels,
                peaks,
            )
        )

    async def _finish_message(self, call: str, box: str, file: str) -> None:
        wav = self._places.recordings / file
        name = str(Path(file).with_suffix(".mp3"))
        try:
            kept = await finish_message(wav, self._places.recordings / name, self._places.keys)
        except RecordingBroken as broken:
            log.error("call=%s the message stays as wav: %s", call, broken)
            return
        await self._hand_over(name)
        self._tell(
            ev.MessageKept(_call(call), name, kept.seconds, kept.bytes, kept.sha256, kept.channels)
        )
        if box:
            await self._notify(box, f"voicemail of call {call}")

    async def _finish_left(self, call: str, file: str) -> None:
        """Finish a message of before: once nobody writes it, for its caller may still speak."""
        wav = self._places.recordings / file
        try:
            # Asterisk tells nobody that it stopped
            while (quiet := time.time() - wav.stat().st_mtime) < QUIET_S:  # noqa: ASYNC110
                await asyncio.sleep(QUIET_S - quiet)
        except FileNotFoundError:
            return  # its end was told meanwhile, and it was finished
        await self._finish_message(call, "", file)

    async def _hand_over(self, *names: str) -> None:
        """Give whole files to the storage; what it does not take stays where it is."""
        for name in names:
            try:
                put = self._places.storage.put
                await asyncio.to_thread(put, self._places.recordings / name, name)
            except (OSError, YingdaError) as error:
                log.error("%s stays on this machine: %s", name, error)

    async def _notify(self, to: str, text: str) -> None:
        if self._places.notifier is None:
            return
        try:
            await self._places.notifier.notify(to, text)
        except (OSError, YingdaError) as error:
            log.error("nobody could be told of %s: %s", text, error)


def _call(name: str) -> Any:
    return name
