"""Calls that came or went while no engine heard: from the dialplan's notes into the journal.

The notes are read before each comparison of pictures, and a moment after the dialplan says that it
wrote one. A note is deleted once its facts are durable; until then it is read again, and whatever
the journal knows already is not told twice.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from acd import Floor
from domain import events as ev
from domain.errors import YingdaError
from domain.ids import AgentId, CallId, call_id
from domain.ports import Tell
from pbx.absent import Absence
from switchboard.arrivals import SIP_ID, TRUNK, Arrivals
from switchboard.plan import Plan

log = logging.getLogger("yingda.absent")

SOON_S = 1.0
"""So long after a note was written all that AMI says of that call has come, too."""
AGAIN_S = 10.0
MET_MS = 10_000
"""A Call-ID is the caller's own word: one of long ago is of another call."""
WHY = "ended while no engine was there"


Fact = ev.CallArrived | ev.FallbackTold | ev.CallEnded | ev.CallLost


class Notes(Protocol):
    """Where the dialplan's notes are; `switchboard.exchange` has them. Raises YingdaError."""

    async def absences(self) -> list[Absence]: ...
    async def live(self) -> Mapping[str, str]: ...
    async def name(self, call: CallId, *channels: str) -> None: ...
    def forget(self, key: str) -> None: ...


class Facts(Protocol):
    """What the journal knows already."""

    def read_call(self, call: str) -> Sequence[ev.Record]: ...
    def since(self, utc_ms: int) -> Sequence[ev.Record]: ...


@dataclass(slots=True)
class Absent:
    """Tells what the notes say, once each."""

    floor: Floor
    journal: Facts
    tell: Tell
    plan: Callable[[], Plan]
    arrivals: Arrivals
    notes: Notes
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _told: dict[str, str] = field(default_factory=dict)
    _reading: asyncio.Task[None] | None = None

    def note(self, record: ev.Record) -> None:
        """Listener: what is durable needs no note any more."""
        if isinstance(record.event, ev.FallbackTold) and record.call in self._told:
            self.notes.forget(self._told.pop(record.call))

    def soon(self) -> None:
        """Read the notes in a moment; several wishes are one."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._later())

    async def _later(self) -> None:
        wait_s = SOON_S
        while True:
            await self.sleep(wait_s)
            try:
                await self.read()
            except YingdaError as error:
                log.warning("the dialplan's notes cannot be read, asking again: %s", error)
                wait_s = AGAIN_S
            else:
                return

    async def join(self) -> dict[str, ev.CallArrived]:
        """Read at a join, too, who is there and was written down by nobody; give how they came.

        Who talks already has a name from now on, so that the picture shows a talk of ours: nobody
        rings an agent who has one. Who waits without a name begins anew. Raises YingdaError.
        """
        met: dict[str, ev.CallArrived] = {}
        for channel, each in (await self.read()).items():
            if self.is_new(each):
                came = self.met(each)
                met[came.call] = came
                if not each.call:
                    await self.notes.name(came.call, channel, each.leg)
        return met

    def is_new(self, absence: Absence) -> bool:
        """Tell whether this is a call to be met: it has a name that nobody wrote down, or talks."""
        if absence.call:
            return not _is_met(self.journal.read_call(absence.call))
        return absence.talks

    async def read(self) -> dict[str, Absence]:
        """Tell all that is finished and not known yet; give who is there, by the channel's name.

        Raises YingdaError.
        """
        known = await self.notes.absences()
        if all(absence.left_ms for absence in known):
            self.take(known)
            return {}
        live = await self.notes.live()
        gone = {each.key for each in known if not each.left_ms and each.key not in live}
        again = await self.notes.absences()  # who left meanwhile has an end by now
        self.take(each for each in again if each.left_ms or each.key in gone)
        return {live[each.key]: each for each in again if not each.left_ms and each.key in live}

    def met(self, absence: Absence) -> ev.CallArrived:
        """Say how a caller came whom no engine met."""
        return self._arrived(self._call(absence), absence)

    def take(self, finished: Iterable[Absence]) -> None:
        """Tell of calls that are over what the journal lacks."""
        for absence in finished:
            if absence.key in self._told.values():
                continue  # on its way into the journal
            events = self.facts(absence)
            if not events:
                self.notes.forget(absence.key)
                continue
            self._told[events[0].call] = absence.key
            for event in events:
                self.tell(event)

    def facts(self, absence: Absence) -> list[Fact]:
        """Say what the journal lacks of a finished call; nothing if it knows all."""
        call = self._call(absence)
        records = self.journal.read_call(call)
        if any(isinstance(record.event, ev.FallbackTold) for record in records):
            return []
        end: Fact = ev.CallEnded(call, 16, WHY) if absence.left_ms else ev.CallLost(call, WHY)
        if not _is_met(records):
            return [self._arrived(call, absence), _told(call, absence, alone=True), end]
        live = call in self.floor.calls
        if not (live or absence.took_ms or _talked_at(records, absence.fell_ms)):
            return []
        return [_told(call, absence), *([end] if live else [])]

    def _call(self, absence: Absence) -> CallId:
        """Name the call: by our own id, by the wire's, else by one that is the same each time."""
        if absence.call:
            return CallId(absence.call)
        chance = hashlib.sha256(absence.key.encode()).digest()[:10]
        return self._met(absence) or call_id(absence.came_ms, int.from_bytes(chance))

    def _met(self, absence: Absence) -> CallId:
        """Find who was met, and left before the channel knew our id; "" for nobody."""
        since, sip_id = absence.came_ms - MET_MS, absence.seen.get(SIP_ID, "")[:256]
        until = max(absence.came_ms, absence.left_ms) + MET_MS
        for record in self.journal.since(since) if sip_id else ():
            event = record.event
            same = isinstance(event, ev.CallArrived) and event.sip_id == sip_id
            if same and record.utc_ms < until:
                return CallId(record.call)
        return CallId("")

    def _arrived(self, call: CallId, absence: Absence) -> ev.CallArrived:
        seen = dict.fromkeys((*self.arrivals.asked, "CC_CALLED", TRUNK), "") | dict(absence.seen)
        return self.arrivals.read(seen, self.plan()).told(call, seen[TRUNK])


def _is_met(records: Iterable[ev.Record]) -> bool:
    return any(isinstance(record.event, ev.CallArrived) for record in records)


def _talked_at(records: Iterable[ev.Record], utc_ms: int) -> bool:
    """Tell whether the journal has a talk at that moment: its end was heard too late."""
    began = 0
    for record in records:
        if isinstance(record.event, ev.OfferAnswered):
            began = record.utc_ms
        elif isinstance(record.event, ev.TalkEnded):
            if 0 < began < utc_ms < record.utc_ms:
                return True
            began = 0
    return False


def _told(call: CallId, absence: Absence, *, alone: bool = False) -> ev.FallbackTold:
    return ev.FallbackTold(
        call,
        absence.came_ms,
        absence.fell_ms,
        absence.took_ms,
        absence.over_ms,
        absence.left_ms,
        absence.group,
        AgentId(absence.phone[1:]),
        alone=alone,
    )
