"""What is logged: one line each, nothing forged, a flood stays small, a full disk stops nobody."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from store.logs import KEYS, MOST, Damper, Lines, Objects, begin, turn_over


@contextmanager
def nobody_else() -> Iterator[None]:
    """Let nobody listen to the root logger but whom the body brings."""
    root, raising = logging.getLogger(), logging.raiseExceptions
    kept, level = root.handlers[:], root.level
    root.handlers.clear()
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:], logging.raiseExceptions = kept, raising
    root.setLevel(level)


def said(text: str, *args: object, name: str = "yingda.x") -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, "", 0, text, args, None)


def test_a_callers_name_forges_no_line() -> None:
    name = "\r\n2026-01-01 ERROR yingda.web forged\x1b[2J\u202e\u2028"
    line = Lines().format(said("caller %s", name))
    assert line.splitlines() == [line] and "\x1b" not in line and "\u202e" not in line
    assert "\\x0d\\x0a2026" in line
    assert json.loads(Objects().format(said("caller %s", name)))["text"].startswith("caller \\x0d")
    assert len(Lines().format(said("%s", "x" * 10_000))) < 4_200


def test_a_trace_stands_set_in_below_its_line() -> None:
    try:
        raise ValueError("first\n2026-01-01 ERROR forged")
    except ValueError as error:
        record = said("it failed")
        record.exc_info = (type(error), error, error.__traceback__)
    first, *rest = Lines().format(record).splitlines()
    assert first.endswith("it failed") and all(line.startswith("    ") for line in rest)
    assert "    Traceback (most recent call last):" in rest
    assert "Traceback (most recent call last):" in json.loads(Objects().format(record))["trace"]


def test_a_flood_of_one_key_is_counted_and_others_are_heard() -> None:
    now = [0.0]
    damper = Damper(lambda: now[0])
    heard = sum(damper.filter(said("wrong password of %s", n)) for n in range(10_000))
    assert heard == MOST
    assert damper.filter(said("something else"))
    assert damper.filter(logging.LogRecord("yingda.x", logging.INFO, "", 0, "wrong", (), None))
    now[0] = 61.0
    again = said("wrong password of %s", "last")
    assert damper.filter(again)
    assert again.getMessage() == f"wrong password of last (… {10_000 - MOST} more like it before)"
    for n in range(5 * KEYS):
        damper.filter(said(f"key {n}"))
    assert len(damper._counts) <= KEYS


def test_ten_thousand_errors_a_second_leave_a_small_file(tmp_path: Path) -> None:
    with nobody_else():
        begin({"YINGDA_LOG_DIR": str(tmp_path), "YINGDA_LOG": "INFO"}, "engine")
        log = logging.getLogger("yingda.flood")
        for n in range(10_000):
            log.error("handler failed on %s", n)
    file = tmp_path / "engine.log"
    assert len(file.read_text().splitlines()) == MOST
    assert file.stat().st_mode & 0o077 == 0


def test_a_disk_that_takes_nothing_stops_nobody() -> None:
    went_on = False
    with suppress(OSError), nobody_else(), open("/dev/full", "w") as full:  # closing says no too
        handler = begin({}, "engine")
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(full)
        logging.getLogger("yingda.full").error("nobody hears this, and nothing is raised")
        went_on = True
        handler.setStream(sys.stderr)
    assert went_on


def test_another_programs_log_is_turned_over_in_place(tmp_path: Path) -> None:
    file = tmp_path / "messages.log"
    assert not turn_over(file)
    with file.open("a") as theirs:
        theirs.write("x" * 100)
        theirs.flush()
        assert not turn_over(file, 100)
        theirs.write("y")
        theirs.flush()
        assert turn_over(file, 100)
        theirs.write("z")
        theirs.flush()
    assert file.read_text() == "z"
    assert (tmp_path / "messages.log.1").read_text() == "x" * 100 + "y"
