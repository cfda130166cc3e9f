"""What of a call's sound is still kept, and until when it must be. Pure.

Calls out and callbacks, with the call that asked for one, are kept 30 days at least: MIIT 2020 on
call centres (工信部《关于加强呼叫中心业务管理的通知》). Nothing deletes them before, whoever asks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from domain import events as ev
from domain.clock import DAY_MS
from domain.events import Record

FLOOR_OUT_D = 30
"""Days for which a call out, its recording and the consent to it are kept at least."""
TALK, MESSAGE = "talk", "message"


@dataclass(frozen=True, slots=True)
class Sound:
    """A kept sound and the files that hold it, relative to the recordings."""

    call: str
    kind: str
    files: tuple[str, ...]


def floor_ms(records: Iterable[Record]) -> int:
    """Give the moment (UTC ms) before which nothing of this call may be deleted, 0 = at once."""
    out = (ev.DialAsked, ev.CallbackQueued, ev.CallbackAsked)
    times = [record.utc_ms for record in records if isinstance(record.event, out)]
    return max(times) + FLOOR_OUT_D * DAY_MS if times else 0


def sounds_of(records: Sequence[Record]) -> list[Sound]:
    """Name what is kept of a call's sound and was not dropped."""
    found: dict[str, Sound] = {}
    for record in records:
        match record.event:
            case ev.RecordingKept(call, file=file, peaks=peaks):
                found[TALK] = Sound(call, TALK, tuple(filter(None, (file, peaks))))
            case ev.MessageLeft(call, file=file) if file:
                kept = str(PurePosixPath(file).with_suffix(".mp3"))
                found[MESSAGE] = Sound(call, MESSAGE, (kept, file))
            case ev.MessageKept(call, file=file):
                had = found[MESSAGE].files if MESSAGE in found else ()
                found[MESSAGE] = Sound(call, MESSAGE, tuple({*had, file}))
            case ev.SoundDropped(_, kind):
                found.pop(kind, None)
    return list(found.values())
