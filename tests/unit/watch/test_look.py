"""Which disks the alarms look at."""

from pathlib import Path
from typing import Any

import pytest

from domain.clock import real_clock
from store import open_database
from watch.look import House, disks, folders


class NoEngine:
    """A line to an engine that is away."""

    up = False

    async def ask(self, do: str, /, **args: Any) -> dict[str, Any]:
        raise AssertionError(do)


def house(data: Path, url: str) -> House:
    return House(NoEngine(), dict, open_database(url), data, real_clock())


def test_the_disk_of_the_rows_is_looked_at_wherever_it_is(tmp_path: Path) -> None:
    data, rows = tmp_path / "var", tmp_path / "elsewhere" / "rows.db"
    assert folders(house(data, f"sqlite:///{rows}"))[-1] == rows.parent
    assert folders(house(data, "postgresql://firm@rows.example/yingda"))[-1] == data / "spool"


def test_a_disk_is_told_once_and_what_is_not_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    (name, free), *others = disks([tmp_path, tmp_path / "journal", tmp_path / "gone"]).items()
    assert name == tmp_path.name and free == pytest.approx(50, abs=50) and not others
