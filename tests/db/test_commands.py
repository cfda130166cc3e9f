"""The commands of store, cdr and reports against real files, as a person types them."""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import MetaData

import cdr.cli
import reports.cli
import store.cli
from domain.clock import DAY_MS, real_clock
from domain.events import Record
from reports.days import day_of
from store.base import Base
from store.database import Database, open_database
from store.journal import JournalFile
from store.migrations.make import load_rows
from survey.project import SurveyProjection
from tests.unit.cdr.stories import DAY_MS as TOLD, day

pytestmark = pytest.mark.db
load_rows(Path(__file__).parents[2])
DAY = day_of(TOLD).isoformat()


@dataclass
class World:
    folder: Path
    metadata: MetaData = Base.metadata
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.database = open_database(f"sqlite:///{self.folder / 'yingda.db'}")

    @property
    def journal(self) -> Path:
        return self.folder / "journal.db"


@pytest.fixture
def command(tmp_path: Path) -> Callable[[str], int]:
    parser = argparse.ArgumentParser()
    sub = parser.add_subparsers()
    store.cli.add_commands(sub, lambda args: World(tmp_path))
    cdr.cli.add_commands(sub, lambda args: World(tmp_path), lambda: [SurveyProjection()])
    reports.cli.add_commands(sub, lambda args: World(tmp_path))

    def run(line: str) -> int:
        args = parser.parse_args(line.split())
        return int(args.run(args))

    return run


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    import asyncio

    async def fill(records: list[Record]) -> None:
        file = JournalFile.open(tmp_path / "journal.db", ballast_bytes=0)
        await file.append([(r.mono, r.utc_ms, r.event) for r in records])
        file.close()

    asyncio.run(fill(day(7, 40)))
    return tmp_path / "journal.db"


def test_from_a_journal_to_figures(
    journal: Path, command: Callable[[str], int], capfd: pytest.CaptureFixture[str]
) -> None:
    assert command("db check --json") == 1
    assert command("db upgrade") == 0
    assert command("rebuild") == 0
    assert command("db check") == 0
    assert command(f"reconcile --day {DAY}") == 0
    capfd.readouterr()
    assert command(f"report hotline --from {DAY} --format json") == 0
    report = json.loads(capfd.readouterr().out)
    assert report["kind"] == "hotline" and report["to"] - report["from"] == DAY_MS
    assert report["formula"]["calls_in"].startswith("calls_in@1 = ")
    assert sum(row["calls_in"] for row in report["rows"]) == report["total"]["calls_in"] > 5
    assert command(f"report group --from {DAY} --by hour") == 0
    table = capfd.readouterr().out.splitlines()
    assert table[0].startswith("技能组") and "平均应答速度" in table[0] and len(table) > 5
    assert command(f"reconcile --day {DAY} --json") == 0
    assert json.loads(capfd.readouterr().out)["ok"]
    assert command("report hotline --from today") == 0
    assert real_clock().utc_ms() > TOLD
