"""Before maintenance: new calls are turned away, and those in progress end by themselves.

It holds over a restart of the engine, by a file; `yingda run` takes new calls again.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from acd import Floor
from acd.people import Call
from domain import events as ev
from domain.errors import Fault, Refused
from domain.ports import Tell
from office.atomic import write_atomic

log = logging.getLogger("yingda.draining")

MESSAGE, BUSY = "message", "busy"
FILE = "draining.json"


@dataclass(frozen=True, slots=True)
class Drain:
    """What a new caller gets, a sentence ("" = our usual excuse) or busy; and who said so."""

    new: str = MESSAGE
    prompt: str = ""
    by: str = ""


class Draining:
    """Whether it is on now, and how many calls are left."""

    def __init__(self, folder: Path, floor: Floor, tell: Tell) -> None:
        self._file, self._floor, self._tell = folder / FILE, floor, tell
        self.on: Drain | None = _read(self._file)
        """What holds for new calls now, None = they are taken."""

    @property
    def left(self) -> int:
        """Count the calls that people are in; a callback that waits is nobody's call yet."""
        return sum(map(_somebody_is_in, self._floor.calls.values()))

    def asked(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a wish: {do: begin, end or look, new, prompt, by} → {on, left, …the Drain}."""
        wish, by = str(args.get("do", "look")), str(args.get("by", ""))
        if wish == "begin":
            self._begin(Drain(str(args.get("new") or MESSAGE), str(args.get("prompt") or ""), by))
        elif wish == "end" and self.on is not None:
            self.on = None
            self._file.unlink(missing_ok=True)
            self._tell(ev.DrainEnded(by))
        how = asdict(self.on) if self.on else {}
        return {"on": self.on is not None, "left": self.left, **how}

    def _begin(self, drain: Drain) -> None:
        if drain.new not in (MESSAGE, BUSY):
            raise Refused(Fault("", 0, "new", f"must be {MESSAGE} or {BUSY}"))
        self.on = drain
        write_atomic(self._file, json.dumps(asdict(drain)) + "\n")
        self._tell(ev.DrainBegan(drain.new, drain.prompt, drain.by))


def _somebody_is_in(call: Call) -> bool:
    return call.back is None or call.agent is not None


def _read(file: Path) -> Drain | None:
    try:
        return Drain(**json.loads(file.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        log.error("%s cannot be read: new calls are taken: %s", file, error)
        return None


def forget(folder: Path) -> None:
    """Take new calls again at the next start of an engine."""
    (folder / FILE).unlink(missing_ok=True)
