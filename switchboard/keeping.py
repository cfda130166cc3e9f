"""Deletes what is no longer kept, for a person who asks or because its time is over.

The facts are written anew first, then the files go, then it is told: whatever stops this in the
middle, doing it again ends it. Rows follow from the facts, as always.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from domain import events as ev
from domain.erase import without_person
from domain.errors import NotFound, YingdaError
from domain.events import Event, Record
from domain.extensions import extensions
from domain.ids import CallId
from domain.numbers import NOBODY
from domain.places import JOURNAL, OUTBOX, TRACE
from domain.ports import Storage, Tell
from domain.settings import Settings
from outside.deliveries import Deliveries
from recording.retention import Sound, floor_ms, sounds_of
from recording.seal import shred
from store.journal_reader import JournalReader
from tracing.buffer import Buffer

log = logging.getLogger("yingda.keeping")

SETTLED_MS = 60_000
"""So long after its end a call's sound may still be on its way."""
EXPIRED, ASKED = "expired", "asked"


class Facts(Protocol):
    """The journal, as far as it is needed here."""

    def read_call(self, call: str) -> list[Record]: ...
    async def put_anew(self, records: Sequence[Record]) -> None: ...


@dataclass(frozen=True, slots=True)
class Places:
    """Where a call leaves something: facts, sound, what was sent out, SIP, Asterisk's call log."""

    journal: Path
    recordings: Path
    storage: Storage
    outbox: Path
    trace: Path
    pbx_log: Path


def places_of(settings: Settings) -> Places:
    """Give the places of an installation."""
    data, recordings = settings.data, settings.data / "recordings"
    return Places(
        data / JOURNAL,
        recordings,
        extensions("yingda.storage")[settings.extensions.storage](recordings),
        data / OUTBOX,
        data / TRACE,
        data / "run" / "asterisk" / "log" / "cdr-csv" / "Master.csv",
    )


@dataclass(slots=True)
class Erased:
    """What was done; `held` are calls that may not be touched yet, and until when (UTC ms)."""

    calls: list[str] = field(default_factory=list)
    sounds: int = 0
    held: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Keeping:
    """Deletes sounds, and takes people out of calls. `now_ms` is UTC."""

    facts: Facts
    places: Places
    tell: Tell
    now_ms: Callable[[], int]

    async def erase(self, calls: Iterable[str], name: str, why: str = ASKED) -> Erased:
        """Take who called out of these calls, with their sound; `name` stands for the number."""
        done = Erased()
        for call in calls:
            records = await asyncio.to_thread(self.facts.read_call, call)
            if any(isinstance(event, ev.CallErased) for event in _events(records)):
                continue
            until = held_ms(records, self.now_ms())
            if until:
                done.held[call] = until
                continue
            await self.facts.put_anew(_changed(records, name))
            done.sounds += await self._drop(sounds_of(records), why)
            await asyncio.to_thread(self._forget, call, records)
            self.tell(ev.CallErased(CallId(call), why, name))
            done.calls.append(call)
        return done

    async def drop_sound(self, call: str, kind: str) -> bool:
        """Delete the recording or message of a call whose time is over; False = may not yet."""
        records = await asyncio.to_thread(self.facts.read_call, call)
        if held_ms(records, self.now_ms()):
            return False
        sounds = [sound for sound in sounds_of(records) if sound.kind == kind]
        return await self._drop(sounds, EXPIRED) > 0

    async def asked(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a wish from the door: {calls, name, number} → {calls, sounds, held}."""
        name, number = str(args["name"]), str(args.get("number", ""))
        done = await self.erase([str(call) for call in args["calls"]], name)
        if number:
            await self.facts.put_anew(
                _changed(await asyncio.to_thread(self._refused, number), name)
            )
            log_file = self.places.pbx_log
            await asyncio.to_thread(forget_lines, log_file, lambda line: number not in line)
        return {"calls": done.calls, "sounds": done.sounds, "held": done.held}

    def _refused(self, number: str) -> list[Record]:
        """Find facts of no call that name the number: calls out to it that were refused."""
        reader = JournalReader(self.places.journal)
        try:
            found = reader.of_kind(ev.DialRefused.__name__)
        finally:
            reader.close()
        return [each for each in found if getattr(each.event, "to", "") == number]

    async def _drop(self, sounds: Sequence[Sound], why: str) -> int:
        for sound in sounds:
            for file in sound.files:
                await asyncio.to_thread(self._delete, file)
            self.tell(_dropped(sound, why))
        return len(sounds)

    def _delete(self, file: str) -> None:
        """Forget the file's own key, then the file; what is gone already is no fault."""
        with contextlib.suppress(NotFound, OSError):
            shred(self.places.storage.path(file))
        self.places.storage.delete(file)
        (self.places.recordings / file).unlink(missing_ok=True)

    def _forget(self, call: str, records: Sequence[Record]) -> None:
        """Drop what was sent out, the SIP messages and Asterisk's own line about a call."""
        places = self.places
        if places.outbox.is_file():
            outbox = Deliveries(places.outbox)
            try:
                outbox.forget_calls([call])
            finally:
                outbox.close()
        sip = [event.sip_id for event in _events(records) if isinstance(event, WITH_SIP)]
        if places.trace.is_file():
            with contextlib.suppress(YingdaError):
                trace = Buffer.open(places.trace)
                try:
                    trace.forget(call, sip)
                finally:
                    trace.close()


def held_ms(records: Sequence[Record], now: int) -> int:
    """Give until when (UTC ms) nothing of this call may be deleted, 0 = it may now."""
    over = (ev.CallEnded, ev.CallLost, ev.DialEnded, ev.CallbackLeft)
    ends = [record.utc_ms for record in records if isinstance(record.event, over)]
    free = max(floor_ms(records), ends[-1] + SETTLED_MS if ends else now + SETTLED_MS)
    return free if free > now else 0


WITH_SIP = (ev.CallArrived, ev.LegOpened)


def _events(records: Iterable[Record]) -> Iterable[Event]:
    return (record.event for record in records)


def _changed(records: Sequence[Record], name: str) -> list[Record]:
    anew = (without_person(record, name) for record in records)
    return [after for before, after in zip(records, anew, strict=True) if after is not before]


def _dropped(sound: Sound, why: str) -> ev.SoundDropped:
    return ev.SoundDropped(CallId(sound.call), sound.kind, why)


def forget_lines(file: Path, stays: Callable[[str], bool]) -> int:
    """Take lines out of Asterisk's call log; tells how many went.

    Asterisk opens that file for each line, so it may be put in place meanwhile.
    """
    try:
        lines = file.read_text("utf-8", "replace").splitlines(keepends=True)
    except FileNotFoundError:
        return 0
    kept = list(filter(stays, lines))
    if len(kept) < len(lines):
        part = file.with_name(f"{file.name}.part")
        part.write_text("".join(kept), "utf-8")
        part.chmod(file.stat().st_mode & 0o777)
        part.replace(file)
    return len(lines) - len(kept)


def new_name() -> str:
    """Make a name that stands for nobody: random, so that nothing leads back to a number."""
    return f"{NOBODY}{secrets.token_hex(4)}"
