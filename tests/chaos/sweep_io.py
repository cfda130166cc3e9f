"""The n-th input or output fails, every n of one scripted call: `sweep-io --cycles SCENARIOS`.

A write of the journal: the engine ends with a clear word, nothing that it had written is lost,
and the next engine or the dialplan serves the caller. An action at Asterisk: nobody is left behind.
A write of the rows' database: the rows come later, once. What fails is each n, until a run has no
n-th any more. (Webhooks and lookups have sweeps of their own: they never stand in a call's way.)
"""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from cdr.project import AgentProjection, CallProjection
from domain.errors import Unavailable, YingdaError
from pbx.hands import Action
from store.base import Base
from store.database import Database, open_database
from survey import SurveyProjection
from switchboard.projector import Projector
from tests.chaos.mutate import SCENARIOS, A, B
from tests.chaos.people import Firm, Step
from tests.chaos.tally import Ask, Tally

BACK_S = 5.0
"""How long after its end the engine is started again."""
TABLES = ("call", "segment", "survey_answer")
"""Rows that are compared."""


class Guarded:
    """A firm whose n-th write of the journal, or n-th action at Asterisk, fails."""

    def __init__(self, kind: str, n: int) -> None:
        self.kind, self.n, self.seen, self.word = kind, n, 0, ""
        self.firm = Firm((A, B))

    async def tell(self, steps: Sequence[Step]) -> None:
        """Tell the scenario; the n-th counts from its first step on."""
        firm = self.firm
        await firm.open_up()
        journal = firm.journal
        if self.kind == "journal":
            journal.fails_at = journal.batches + self.n
        else:
            self._count_actions()
        began = journal.batches
        for step in steps:
            await self._safely(firm.live([step]))
        await self._safely(firm.close_down())
        await self._safely(firm.close_down())
        self.seen = self.seen or journal.batches - began

    async def _safely(self, living: Any) -> None:
        """Live on; an engine that cannot write ends, and a new one comes when it can."""
        try:
            await living
        except Unavailable as error:
            self.word = str(error)
            firm = self.firm
            written = len(firm.journal.rows)
            await firm.world.engine.dies()
            await firm.pass_s(BACK_S)
            assert len(firm.journal.rows) == written, "something was written by a dead engine"
            firm.journal.fails_at = 0
            firm.world.started()
            await firm.pass_s(1)

    def _count_actions(self) -> None:
        pbx = self.firm.world.pbx
        carry_out = pbx.act

        def act(actions: Sequence[Action]) -> None:
            for action in actions:
                self.seen += 1
                if self.seen == self.n:
                    self.word = action[0]
                else:
                    carry_out([action])

        self.firm.world.engine.act = act  # type: ignore[method-assign]
        self.firm.world.engine.hands._send = act


async def _swept(kind: str, name: str, tally: Tally) -> int:
    """Fail each n; gives how many there are."""
    n, failed = 0, True
    while failed:
        n += 1
        tally.cycles += 1
        tally.live_calls += 1
        guarded = Guarded(kind, n)
        where = f"{kind} {n} of {name}"
        try:
            await guarded.tell(SCENARIOS[name])
        except YingdaError as error:
            tally.must(False, f"{where}: {error!r}")
        failed = bool(guarded.word)
        judge(guarded.firm, tally, where)
    return n - 1


def judge(firm: Firm, tally: Tally, where: str) -> None:
    """Look at the end: nobody left behind, every call with one outcome, agents free."""
    engine, pbx = firm.world.engine, firm.world.pbx
    tally.must(not pbx.faults, f"{where}: {pbx.faults}")
    tally.must(not pbx.channels, f"{where}: left behind {list(pbx.channels)}")
    tally.must(not engine.floor.calls, f"{where}: the engine still has {list(engine.floor.calls)}")
    lines = {str(agent.line) for agent in engine.floor.agents.values()}
    tally.must(lines == {"free"}, f"{where}: agents are {lines}")
    for record in firm.world.records():
        tally.must(record.outcome, f"{where}: {record.call} has no outcome")
    reached = all(channel.heard or channel.up for channel in firm.callers.values())
    tally.must(reached, f"{where}: somebody heard nothing")


class Rows:
    """The rows of a journal in a database whose n-th statement fails."""

    def __init__(self, firm: Firm, database: Database) -> None:
        self.firm, self.database = firm, database
        self.fails_at = self.seen = 0
        event.listen(database.writer.sync_engine, "before_cursor_execute", self._look)

    def _look(self, *about: Any) -> None:
        self.seen += 1
        if self.seen == self.fails_at:
            raise OperationalError(str(about[2]), {}, Exception("disk I/O error"))

    async def filled(self, n: int) -> list[Any]:
        """Make the tables anew, project with the n-th statement failing, give the rows."""
        self.fails_at = 0
        async with self.database.write() as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.run_sync(Base.metadata.create_all)
        journal = self.firm.journal
        made = (CallProjection(journal.read_call), AgentProjection(), SurveyProjection())
        projector = Projector(journal, self.database, made)
        self.seen, self.fails_at = 0, n
        for _ in range(3):
            with contextlib.suppress(OperationalError, Unavailable):
                await projector.catch_up()
        async with self.database.read() as connection:
            found = [await connection.exec_driver_sql(f"SELECT * FROM {t}") for t in TABLES]
            return [sorted(map(repr, rows)) for rows in found]


async def _swept_rows(name: str, room: Path, tally: Tally) -> int:
    firm = Firm((A, B))
    await firm.open_up()
    await firm.live(SCENARIOS[name])
    await firm.close_down()
    database = open_database(f"sqlite:///{room / 'rows.db'}")
    try:
        rows, n = Rows(firm, database), 0
        straight = await rows.filled(0)
        tally.must(straight[0], f"{name}: no rows")
        while rows.seen >= n:
            n += 1
            tally.cycles += 1
            same = await rows.filled(n) == straight
            tally.must(same, f"statement {n} of the rows of {name}: other rows")
        return n - 1
    finally:
        await database.close()


async def _sweep(ask: Ask, tally: Tally) -> None:
    for name in list(SCENARIOS)[: ask.cycles]:
        found = {kind: await _swept(kind, name, tally) for kind in ("journal", "ami")}
        found["db"] = await _swept_rows(name, ask.room, tally)
        ask.say(f"{name}: {found}")
        for kind, count in found.items():
            tally.also[kind] = int(tally.also.get(kind, 0)) + count  # type: ignore[arg-type]


def run(ask: Ask) -> Tally:
    """Sweep the first `cycles` scenarios."""
    tally = Tally(ask.seed)
    asyncio.run(_sweep(ask, tally))
    return tally
