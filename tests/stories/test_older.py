"""An older version's journal is taken up by this engine, in the middle of its calls."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store.journal import JournalFile
from store.journal_record import Row
from tests.stories.older.day import AFTER, BEFORE
from tests.stories.table import Story

OLDER = sorted((Path(__file__).parent / "older").glob("*.jsonl"))
ROW = "INSERT INTO journal (seq, version, crc, mono, utc_ms, call, kind, data) VALUES"
RECORDS = """
    => call caller=13800000001 agent=8001 held=5 survey=answered outcome=answered
    => call caller=13800000002 waited=24 outcome=abandoned_queue
    => call caller=13800000003 agent=8001 talked=106 survey=answered outcome=answered
    => call caller=13900001234 direction=out agent=8003 talked=142 outcome=answered
    => call caller=13800000004 agent=8001 waited=75 outcome=answered
    => call caller=13800000005 agent=8001 waited=47 outcome=answered
    => call caller=13800000006 agent=8001 outcome=answered
"""


class Upgraded(Story):
    """The same day, but what the first engine wrote is replaced by what an older one wrote."""

    rows: list[Row]

    async def _engine(self, what: str) -> None:
        if what == "starts":
            self._becomes_older()
        await super()._engine(what)

    def _becomes_older(self) -> None:
        with closing(sqlite3.connect(self._folder / "journal.db")) as file, file:
            own = {call for (call,) in file.execute("SELECT DISTINCT call FROM journal")}
            assert own == {row[5] for row in self.rows}, "the same calls, as the same people came"
            file.execute("DELETE FROM journal")
            file.executemany(f"{ROW} (?, ?, ?, ?, ?, ?, ?, ?)", self.rows)


def rows_of(file: Path) -> list[Row]:
    return [tuple(json.loads(line)) for line in file.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("file", OLDER, ids=lambda file: file.stem)
async def test_calls_that_an_older_engine_left_are_served(tmp_path: Path, file: Path) -> None:
    story = Upgraded(tmp_path)
    story.rows = rows_of(file)
    await story.tell(BEFORE + AFTER + RECORDS)
    journal = story.world.engine.journal
    assert isinstance(journal, JournalFile)
    assert (journal.bad, journal.skipped) == ([], {})
