"""What `yingda call --keys` means: keys and pauses in order. Pure."""

import re
from dataclasses import dataclass

from demo.rtp import KEYS
from domain.errors import Fault, Refused


@dataclass(frozen=True, slots=True)
class Press:
    """Press these keys one after the other."""

    keys: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait this many seconds."""

    seconds: float


Step = Press | Pause


def parse_steps(text: str) -> tuple[Step, ...]:
    """Read `1,w2,3`; several keys without a comma are pressed one after the other.

    >>> parse_steps("1,w2,34#")
    (Press(keys='1'), Pause(seconds=2.0), Press(keys='34#'))
    >>> parse_steps("")
    ()
    """
    return tuple(_step(item.strip()) for item in text.split(",") if item.strip())


def _step(item: str) -> Step:
    if re.fullmatch(r"[wW]\d+(\.\d+)?", item):
        return Pause(float(item[1:]))
    if item.upper().strip(KEYS) == "":
        return Press(item.upper())
    raise Refused(Fault("", 0, "--keys", f"{item!r} is neither keys (0-9 * #) nor a pause like w2"))
