"""The lines in somebody else's files that take in ours: put at the end, taken away to the byte.

Nothing else of a file is touched. A block of ours stands between two marks; a copy of the file as
it was is kept in a folder of ours.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from pbx.joined import TAKEN_IN, line_for

BEGIN, END = "; yingda begin", "; yingda end"
NEW = " (new file)"
"""Stands behind the mark of a file that was not there before: it goes with the block."""
_BLOCK = re.compile(rf"\n{BEGIN}([^\n]*)\n.*?\n{END}\n", re.S)


def added(text: str | None, folder: Path, name: str) -> str:
    """Give the file's text with our block at the end, once; None = there is no such file.

    >>> added("a", Path("/y"), "x.conf")
    'a\\n; yingda begin\\n#tryinclude "/y/x.conf"\\n; yingda end\\n'
    """
    kept = removed(text) if text is not None else None
    mark = BEGIN + (NEW if kept is None else "")
    return f"{kept or ''}\n{mark}\n{line_for(folder, name)}\n{END}\n"


def removed(text: str) -> str | None:
    """Give the file's text without our block, as it was; None = there was no such file."""
    blocks = _BLOCK.findall(text)
    rest = _BLOCK.sub("", text)
    return None if NEW in blocks and not rest else rest


def apply(etc: Path, folder: Path, backup: Path) -> list[Path]:
    """Add what is missing; gives the files that changed. Raises OSError."""
    return [
        file
        for name in TAKEN_IN
        if _changed(file := etc / name, added(_read(file), folder, name), backup)
    ]


def take_away(etc: Path, backup: Path) -> list[Path]:
    """Take our blocks out again; gives the files that changed. Raises OSError."""
    there = [(etc / name, text) for name in TAKEN_IN if (text := _read(etc / name)) is not None]
    return [file for file, text in there if _changed(file, removed(text), backup)]


def lacking(etc: Path, folder: Path) -> list[str]:
    """List the files that do not take in ours yet."""
    texts = ((name, _read(etc / name) or "") for name in TAKEN_IN)
    return [name for name, text in texts if line_for(folder, name) not in _plain(text)]


def _plain(text: str) -> Iterable[str]:
    return [each.strip() for each in text.splitlines()]


def _read(file: Path) -> str | None:
    try:
        return file.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None


def _changed(file: Path, text: str | None, backup: Path) -> bool:
    """Write a file anew in one step with its owner and rights; None = it goes."""
    before = _read(file)
    if before == text:
        return False
    if before is not None:
        _keep(backup / file.name, before)
    if text is None:
        file.unlink()
        return True
    target = file.resolve()
    draft = target.with_name(f"{target.name}.yingda")
    _keep(draft, text)
    if before is not None:
        told = target.stat()
        os.chmod(draft, told.st_mode & 0o7777)
        os.chown(draft, told.st_uid, told.st_gid)
    draft.replace(target)
    return True


def _keep(file: Path, text: str) -> None:
    """Write for us alone: AMI and SIP passwords stand in these files."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(text.encode("utf-8", "surrogateescape"))
        out.flush()
        os.fsync(out.fileno())
