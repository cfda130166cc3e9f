"""The journal damaged at every byte: it opens all the same, and loses what it must at most."""

import asyncio
import random
import shutil
from pathlib import Path

from domain.errors import Damaged, YingdaError
from domain.events import JournalMended, PbxLeft
from store.journal import Entry, JournalFile
from tests.chaos.tally import Ask, Tally

FACTS = 30
BITS = (0xFF, *(1 << bit for bit in range(8)))
"""Which bits of a byte flip at once: all, or one of them."""
FILES = (("journal.db", True), ("journal.db-wal", False))
"""What is damaged: the file of a journal that was closed, and the log of one that was not."""


def written(folder: Path, *, closed: bool) -> Path:
    """Give a folder with a journal of `FACTS` facts, closed or as a killed engine leaves it."""

    async def write() -> None:
        journal = JournalFile.open(folder / "live" / "journal.db", 0)
        for number in range(FACTS):
            entry: Entry = (float(number), number, PbxLeft(f"reason {number} {'x' * number}"))
            await journal.append([entry])
        if not closed:
            shutil.copytree(folder / "live", folder / "left")
        journal.close()

    asyncio.run(write())
    left = folder / ("live" if closed else "left")
    for name in ("journal.db-shm", "journal.lock"):
        (left / name).unlink(missing_ok=True)
    return left


def broken(
    source: Path,
    folder: Path,
    name: str,
    *,
    flip: int | None = None,
    bits: int = 0xFF,
    cut: int | None = None,
) -> Path:
    """Give a copy in which one file has a byte with flipped bits, or is cut."""
    copy = folder / "broken"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(source, copy)
    data = bytearray((copy / name).read_bytes())
    if flip is not None:
        data[flip] ^= bits
    (copy / name).write_bytes(data[:cut])
    return copy


def reopened(folder: Path) -> tuple[int, int, JournalMended | None]:
    """Open it twice, write in between; give facts found, the new one's number, what was said."""
    path = folder / "journal.db"

    async def first() -> tuple[int, int, JournalMended | None]:
        journal = JournalFile.open(path, 0)
        try:
            found = sum(isinstance(record.event, PbxLeft) for record in journal.read(0))
            new = (await journal.append([(99.0, 99, PbxLeft("new"))]))[0].seq
            return found, new, journal.mended
        finally:
            journal.close()

    try:
        told = asyncio.run(first())
    except Damaged:  # seen by a read only: whoever opens it next mends it
        told = asyncio.run(first())
        assert told[2] is not None
    again = JournalFile.open(path, 0)
    try:
        assert again.mended is None, "mended once is mended"
        assert again.read(told[1] - 1)[0].event == PbxLeft("new")
    finally:
        again.close()
    return told


def run(ask: Ask) -> Tally:
    """Flip bits of `cycles` bytes by seed, half in the file and half in the log; judge each."""
    tally = Tally(ask.seed)
    rng = random.Random(ask.seed)
    for name, closed in FILES:
        source = written(ask.room / name, closed=closed)
        size = (source / name).stat().st_size
        for place in sorted(rng.choices(range(size), k=ask.cycles // len(FILES))):
            bits = rng.choice(BITS)
            damaged = broken(source, ask.room, name, flip=place, bits=bits)
            _judge(tally, damaged, f"{name} byte {place} ^ {bits}")
        ask.say(f"{name}: {tally.cycles} bytes flipped, {_count(tally)} within a record")
    return tally


def _judge(tally: Tally, folder: Path, where: str) -> None:
    tally.cycles += 1
    try:
        facts, new, _ = reopened(folder)
    except (AssertionError, YingdaError) as error:
        tally.broken.append(f"{where}: {error}")
        return
    tally.also["unreadable"] = _count(tally) + FACTS - facts
    tally.must(
        facts >= FACTS - 1 and new > FACTS, f"{where}: {facts} facts, the new one is number {new}"
    )


def _count(tally: Tally) -> int:
    found = tally.also.get("unreadable", 0)
    return found if isinstance(found, int) else 0
