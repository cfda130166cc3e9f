"""What our processes say: a line each, nobody's words forge one, a flood stays small.

Every key (logger and template) has `MOST` warnings and errors a minute; the rest is counted and
told as a number. Files are turned over by size, so that no flood fills a disk; a disk that takes
nothing drops lines and stops nobody.
"""

import json
import logging
import logging.handlers
import re
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MOST, MINUTE_S = 20, 60.0
"""So many lines of one key within so many seconds."""
KEYS = 500
"""So many keys are counted at once; strangers cannot make more of them."""
FILE_BYTES, FILES = 10_000_000, 5
LONGEST = 4_000
"""Characters of one message; a longer one is cut."""
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

Key = tuple[str, str]


def plain(text: str) -> str:
    r"""Put a message on one line: what would end it, or turn it around, is written out.

    >>> plain("name\r\nERROR forged\x1b[2J")
    'name\\x0d\\x0aERROR forged\\x1b[2J'
    """
    cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}… {len(text) - LONGEST} more"
    return _UNPRINTABLE.sub(_written_out, cut)


def _written_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


class Lines(logging.Formatter):
    """Time, level, logger, message; a trace stands below it, each line set in."""

    default_msec_format = "%s.%03d"

    def format(self, record: logging.LogRecord) -> str:
        """Lay a record out."""
        head = f"{self.formatTime(record)} {record.levelname} {record.name}"
        return "\n    ".join([f"{head} {plain(record.getMessage())}", *self.trace(record)])

    def trace(self, record: logging.LogRecord) -> list[str]:
        """Give the lines of what was raised, none if nothing was."""
        if not record.exc_info:
            return []
        return [plain(line) for line in self.formatException(record.exc_info).splitlines()]


class Objects(Lines):
    """One JSON object a line, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        """Lay a record out."""
        said = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "name": record.name,
            "text": plain(record.getMessage()),
        }
        trace = self.trace(record)
        return json.dumps(said | ({"trace": trace} if trace else {}), ensure_ascii=False)


@dataclass(slots=True)
class Count:
    """How often a key was said since when."""

    since: float
    said: int = 0


class Damper(logging.Filter):
    """Lets `MOST` warnings of one key through a minute, and tells how many more there were."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._counts: dict[Key, Count] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is said."""
        if record.levelno < logging.WARNING:
            return True
        now = self._monotonic()
        key = (record.name, str(record.msg)[:80])
        count = self._counts.get(key)
        if count is None or now - count.since >= MINUTE_S:
            self._begin(key, now)
            self._tell_of(record, count)
            return True
        count.said += 1
        return count.said <= MOST

    def _begin(self, key: Key, now: float) -> None:
        if len(self._counts) >= KEYS:
            self._counts = {
                each: count
                for each, count in self._counts.items()
                if now - count.since < MINUTE_S and count.said > MOST
            }
        if len(self._counts) >= KEYS:
            self._counts.clear()
        self._counts[key] = Count(now, 1)

    def _tell_of(self, record: logging.LogRecord, before: Count | None) -> None:
        more = before.said - MOST if before else 0
        if more > 0:
            record.msg, record.args = f"{record.getMessage()} (… {more} more like it before)", ()


def begin(env: Mapping[str, str], name: str, level: str = "WARNING") -> logging.Handler:
    """Have what is logged written to stderr, or to NAME.log in the folder `YINGDA_LOG_DIR`.

    `YINGDA_LOG` is the level, `YINGDA_LOG_FORM=json` gives a JSON object a line.
    """
    logging.raiseExceptions = False  # a disk that is full takes no line, and no caller is let go
    folder = env.get("YINGDA_LOG_DIR", "")
    handler = _to(Path(folder) / f"{name}.log") if folder else logging.StreamHandler(sys.stderr)
    handler.setFormatter(Objects() if env.get("YINGDA_LOG_FORM") == "json" else Lines())
    handler.addFilter(Damper())
    logging.basicConfig(level=env.get("YINGDA_LOG", level), handlers=[handler])
    return handler


def _to(file: Path) -> logging.Handler:
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        file, maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8"
    )
    with suppress(OSError):
        file.chmod(0o600)
    return handler


def turn_over(file: Path, most: int = FILE_BYTES) -> bool:
    """Empty a log that another program keeps open to append, once it is large; one copy is kept."""
    try:
        if file.stat().st_size <= most:
            return False
        with suppress(OSError):  # without room for a copy, the log itself goes
            shutil.copyfile(file, file.with_name(f"{file.name}.1"))
        with file.open("r+b") as out:
            out.truncate()
    except OSError:
        return False
    return True
