"""The journal's disk says no at every length of its files: what was acknowledged is there after.

The limit of a file's length (RLIMIT_FSIZE) stands for the full disk: the same write fails, and
nothing else of the machine is touched.
"""

import asyncio
import contextlib
import random
import resource
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from domain.errors import Unavailable
from domain.events import PbxLeft
from store.journal import JournalFile
from tests.chaos.tally import Ask, Tally

FACTS = 40
LONGEST = 40 * 4120 + 32
"""Bytes of the log that so many facts take, a page each."""


def run(ask: Ask) -> Tally:
    """Let the disk be full at `cycles` lengths by seed, with and without a reserve."""
    tally, rng = Tally(ask.seed), random.Random(ask.seed)
    for cycle in range(ask.cycles):
        limit = rng.randrange(1, LONGEST)
        reserve = rng.choice((0, 4096))
        _judge(tally, ask.room / "journal", limit, reserve)
        if cycle % 100 == 99:
            ask.say(f"{cycle + 1} lengths, {len(tally.broken)} broken")
    return tally


def _judge(tally: Tally, folder: Path, limit: int, reserve: int) -> None:
    tally.cycles += 1
    shutil.rmtree(folder, ignore_errors=True)
    kept, refused = asyncio.run(_filled(folder / "journal.db", limit, reserve))
    journal = JournalFile.open(folder / "journal.db", 0)
    try:
        found = [each.event.why for each in journal.read(0) if isinstance(each.event, PbxLeft)]
    finally:
        journal.close()
    tally.missing += len(set(kept) - set(found))
    tally.doubled += len(found) - len(set(found))
    tally.must(
        set(found) <= set(kept) | set(refused), f"at {limit} bytes: {found} of {kept} were told"
    )


async def _filled(path: Path, limit: int, reserve: int) -> tuple[list[str], list[str]]:
    """Write until the disk is full, once more when it is not; give what was kept and refused."""
    journal = JournalFile.open(path, 0)
    if reserve:
        path.with_suffix(".ballast").write_bytes(b"\0" * reserve)
    kept: list[str] = []
    refused: list[str] = []
    with _full_at(limit):
        for number in range(FACTS):
            try:
                await journal.append([(float(number), number, PbxLeft(f"before {number}"))])
            except Unavailable:
                refused.append(f"before {number}")
                break
            kept.append(f"before {number}")
    await journal.append([(99.0, 99, PbxLeft("after"))])
    journal.close()
    return [*kept, "after"], refused


@contextlib.contextmanager
def _full_at(limit: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    sys.stdout.flush()
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
