"""Reports in a process of their own: the same figures, out of everybody's way, given up in time."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from domain.clock import DAY_MS
from domain.errors import Refused, Unavailable
from reports import Apart, Asked, Filters, run
from reports.worker import SOME
from store import Base, Database, open_database
from tests.db.test_reports import END, START, filled

YEARS_MS = 200 * 365 * DAY_MS


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'rows.db'}")
    async with database.write() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await filled(database, 3)
    yield database
    await database.close()


@pytest.fixture
async def apart(tmp_path: Path) -> AsyncIterator[Apart]:
    apart = Apart(tmp_path)
    yield apart
    await apart.close()
    assert not workers(tmp_path)


def asked(tmp_path: Path, kind: str, by: str, end: int = END) -> Asked:
    where = f"sqlite:///{tmp_path / 'rows.db'}"
    return Asked(where, kind, START, end, by, Filters(now_ms=END), "json", "zh")


def workers(folder: Path) -> list[int]:
    """Find the processes that name this folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str(folder).encode() in (place / "cmdline").read_bytes():
                found.append(int(place.name))
    return found


async def test_figures_are_the_same_as_in_this_process(
    database: Database, apart: Apart, tmp_path: Path
) -> None:
    for kind, by in (("group", "hour"), ("agent", "half_hour")):
        told = json.loads(await apart.made(asked(tmp_path, kind, by), lambda: True))
        own = await run(database, kind, START, END, by, Filters(now_ms=END))
        assert told == json.loads(json.dumps(own.to_data()))
    assert len(workers(tmp_path)) == 1
    with pytest.raises(Refused, match="none of half_hour"):
        await apart.made(asked(tmp_path, "group", "moon"), lambda: True)


async def test_one_that_ended_is_followed_by_another(
    database: Database, apart: Apart, tmp_path: Path
) -> None:
    before = await apart.made(asked(tmp_path, "group", ""), lambda: True)
    for pid in workers(tmp_path):
        os.kill(pid, 9)
    assert await apart.made(asked(tmp_path, "group", ""), lambda: True) == before


async def test_a_long_one_gives_way_and_ends_when_nobody_waits(
    database: Database, apart: Apart, tmp_path: Path
) -> None:
    def yielding() -> bool:
        return any(
            os.sched_getscheduler(int(thread.name)) == os.SCHED_IDLE and weighs_least(pid)
            for pid in workers(tmp_path)
            for thread in Path(f"/proc/{pid}/task").iterdir()
        )

    def weighs_least(pid: int) -> bool:
        group = Path(f"/proc/{pid}/autogroup")
        return "nice 19" in group.read_text() if group.exists() and group.read_text() else True

    waits = True

    def wanted() -> bool:
        nonlocal waits
        with suppress(OSError):
            waits = waits and not yielding()
        return waits

    with pytest.raises(Unavailable):
        await apart.made(asked(tmp_path, "interval", "half_hour", START + YEARS_MS), wanted)
    assert not waits
    assert not workers(tmp_path)


async def test_one_that_waits_beside_a_full_machine_gets_some_of_it(
    database: Database, tmp_path: Path
) -> None:
    apart = Apart(tmp_path, patience_s=0.5)
    has_some = False

    def wanted() -> bool:
        nonlocal has_some
        for thread in (each for pid in workers(tmp_path) for each in tasks(pid)):
            with suppress(OSError):
                ordinary = os.sched_getscheduler(thread) == os.SCHED_OTHER
                has_some |= ordinary and os.getpriority(os.PRIO_PROCESS, thread) == SOME
        return not has_some

    with pytest.raises(Unavailable):
        await apart.made(asked(tmp_path, "interval", "half_hour", START + YEARS_MS), wanted)
    assert has_some
    await apart.close()


async def test_nobody_waits_for_ever(database: Database, tmp_path: Path) -> None:
    apart = Apart(tmp_path, longest_s=1.0)
    with pytest.raises(Unavailable, match="算得太久"):
        await apart.made(asked(tmp_path, "interval", "half_hour", START + YEARS_MS), lambda: True)
    assert not workers(tmp_path)


def tasks(pid: int) -> list[int]:
    """List a process's threads but the first."""
    with suppress(OSError):
        return [int(each.name) for each in Path(f"/proc/{pid}/task").iterdir()][1:]
    return []
