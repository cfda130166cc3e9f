"""What goes on beside a call: storage and notifier of other packages are used, and may fail."""

import asyncio
import hashlib
import os
import wave
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from crm import Looked
from domain import events as ev
from domain.errors import Unavailable
from domain.ids import AgentId, CallId, GroupId, OfferId
from switchboard.asides import AT_ONCE, Asides, Places, Spools
from switchboard.cards import Cards

CALL = CallId("01TEST")


@dataclass
class Shelf:
    """A storage as another package would bring it."""

    fails: bool = False
    taken: list[str] = field(default_factory=list)

    def put(self, file: Path, name: str) -> None:
        if self.fails:
            raise Unavailable("the shelf is away")
        assert file.is_file()
        self.taken.append(name)

    def path(self, name: str) -> Path:
        return Path(name)

    def delete(self, name: str) -> None:
        self.taken.remove(name)


@dataclass
class Bell:
    """A notifier as another package would bring it."""

    told: list[tuple[str, str]] = field(default_factory=list)

    async def notify(self, to: str, text: str) -> None:
        self.told.append((to, text))


class Nothing:
    """An outbox with nothing to deliver."""

    async def run(self) -> None: ...
    def wake(self, record: ev.Record) -> None: ...


async def nobody(number: str) -> Looked:
    return Looked("off", 0.0)


def speak(path: Path) -> None:
    """Write a second of sound."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\x10\x20" * 8000)


def beside(folder: Path, shelf: Shelf, bell: Bell, told: list[ev.Event]) -> Asides:
    places = Places(folder / "spool", folder / "kept", lambda: "mp3", shelf, bell)
    return Asides(Cards(), told.append, places, Spools(), nobody, Nothing())


async def first(told: list[ev.Event], kind: type[ev.Event]) -> ev.Event:
    await soon(lambda: any(isinstance(event, kind) for event in told))
    return next(event for event in told if isinstance(event, kind))


async def soon(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not look():  # noqa: ASYNC110  # what is waited for is a program of its own
            await asyncio.sleep(0.02)


TALK = [
    ev.Record(seq, 0.0, 1795323289000, event)
    for seq, event in enumerate(
        (
            ev.OfferMade(CALL, AgentId("8001"), OfferId(1), GroupId("g"), 20, CALL, ""),
            ev.OfferAnswered(CALL, AgentId("8001"), OfferId(1)),
            ev.CallEnded(CALL, 16),
        )
    )
]


def talk(asides: Asides, call: CallId = CALL) -> None:
    """Tell of a talk from the offer to the end."""
    for record in TALK:
        asides.note(replace(record, event=replace(record.event, call=call)))


async def test_a_finished_recording_goes_to_the_storage(tmp_path: Path) -> None:
    shelf, told = Shelf(), list[ev.Event]()
    for side in ("caller", "agent"):
        speak(tmp_path / "spool" / f"{CALL}-{side}.wav")
    talk(beside(tmp_path, shelf, Bell(), told))
    kept = await first(told, ev.RecordingKept)
    assert isinstance(kept, ev.RecordingKept)
    assert shelf.taken == [kept.file, kept.peaks]


async def test_many_that_wait_for_their_file_take_turns(tmp_path: Path) -> None:
    told, calls = list[ev.Event](), [CallId(f"01TEST{n}") for n in range(2 * AT_ONCE)]
    asides = beside(tmp_path, Shelf(), Bell(), told)
    for call in calls:
        for side in ("caller", "agent"):
            speak(tmp_path / "spool" / f"{call}-{side}.wav")
        talk(asides, call)
    assert len(asyncio.all_tasks()) == AT_ONCE + 1
    await soon(lambda: len(told) == len(calls))
    assert {event.call for event in told if isinstance(event, ev.RecordingKept)} == set(calls)


async def test_a_storage_that_is_away_loses_nothing(tmp_path: Path) -> None:
    told = list[ev.Event]()
    for side in ("caller", "agent"):
        speak(tmp_path / "spool" / f"{CALL}-{side}.wav")
    talk(beside(tmp_path, Shelf(fails=True), Bell(), told))
    kept = await first(told, ev.RecordingKept)
    assert isinstance(kept, ev.RecordingKept)
    assert (tmp_path / "kept" / kept.file).is_file()


async def test_an_engine_that_died_between_file_and_journal_leaves_no_file_without_a_row(
    tmp_path: Path,
) -> None:
    """Only the journal's word lets go of what the file was made of; the next engine makes it again.

    By the day of the talk, also when midnight has passed since.
    """
    for side in ("caller", "agent"):
        speak(tmp_path / "spool" / f"{CALL}-{side}.wav")
    first_told, told = list[ev.Event](), list[ev.Event]()
    talk(beside(tmp_path, Shelf(), Bell(), first_told))
    made = await first(first_told, ev.RecordingKept)  # and never written down
    spools = Spools()
    for record in TALK:
        spools.note(record)
    spools.take(CALL)
    places = Places(tmp_path / "spool", tmp_path / "kept", lambda: "mp3", Shelf())
    asides = Asides(Cards(), told.append, places, spools, nobody, Nothing())
    await asides.run()
    kept = await first(told, ev.RecordingKept)
    assert kept == made and isinstance(kept, ev.RecordingKept)
    files = [each for each in (tmp_path / "kept").rglob("*") if each.is_file()]
    assert sorted(each.name for each in files) == [f"{CALL}.mp3", f"{CALL}.peaks.json"]
    asides.note(ev.Record(9, 0.0, 1795323289000, kept))
    await soon(lambda: not list((tmp_path / "spool").iterdir()))


async def test_what_the_journal_says_is_kept_is_not_made_again(tmp_path: Path) -> None:
    speak(tmp_path / "spool" / f"{CALL}-caller.wav")
    told, spools = list[ev.Event](), Spools()
    spools.note(ev.Record(1, 0.0, 0, ev.RecordingKept(CALL, "c.mp3", 1.0, 1, "", 2, "")))
    places = Places(tmp_path / "spool", tmp_path / "kept", lambda: "mp3", Shelf())
    await Asides(Cards(), told.append, places, spools, nobody, Nothing()).run()
    assert not list((tmp_path / "spool").iterdir()) and not told


async def test_a_message_is_told_to_the_notifier(tmp_path: Path) -> None:
    shelf, bell, told = Shelf(), Bell(), list[ev.Event]()
    speak(tmp_path / "kept" / "m.wav")
    asides = beside(tmp_path, shelf, bell, told)
    asides.note(ev.Record(1, 0.0, 1795323289000, ev.MessageLeft(CALL, "care", "m.wav", 1.0)))
    await soon(lambda: bool(bell.told))
    assert bell.told == [("care", f"voicemail of call {CALL}")]
    assert shelf.taken == ["m.mp3"]
    kept = await first(told, ev.MessageKept)
    assert isinstance(kept, ev.MessageKept)
    made = (tmp_path / "kept" / "m.mp3").read_bytes()
    assert (kept.file, kept.bytes, kept.channels) == ("m.mp3", len(made), 1)
    assert kept.sha256 == hashlib.sha256(made).hexdigest() and kept.seconds > 0


async def test_a_message_that_a_dead_engine_left_is_finished(tmp_path: Path) -> None:
    told = list[ev.Event]()
    wav = tmp_path / "kept" / "2026" / f"{CALL}-message.wav"
    speak(wav)
    os.utime(wav, (0, 0))
    asides = beside(tmp_path, Shelf(), Bell(), told)
    running = asyncio.create_task(asides.run())
    kept = await first(told, ev.MessageKept)
    running.cancel()
    assert isinstance(kept, ev.MessageKept) and kept.call == CALL
    assert kept.file == f"2026/{CALL}-message.mp3" and wav.exists()
    asides.note(ev.Record(1, 0.0, 0, kept))
    await soon(lambda: not wav.exists())
