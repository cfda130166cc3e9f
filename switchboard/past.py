"""A day out of the journal with the rules it was worked by, for replay, what-if and staffing."""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path

from acd.recorded import Day, Rules
from domain import events as ev
from domain.errors import NotFound, YingdaError
from store.journal import JournalReader
from switchboard.flows import known_of
from switchboard.installation import Installation
from switchboard.plan import Plan, plan_of


def past_day(
    installation: Installation, file: Path | None, since_ms: int = 0, until_ms: int = 1 << 62
) -> Day:
    """Read a journal's records between two moments; without a file, the installation's own."""
    path = file or installation.journal
    if not path.exists():
        raise NotFound(f"there is no journal {path}")
    reader = JournalReader(path)
    try:
        records = [each for each in _all(reader) if since_ms <= each.utc_ms < until_ms]
    finally:
        reader.close()
    current = _rules(installation.plan())
    return Day(records, asyncio.run(_versions(installation, records)), current)


def _all(reader: JournalReader) -> Iterator[ev.Record]:
    after = 0
    while records := reader.read(after):
        yield from records
        after = records[-1].seq


def _named(records: Iterable[ev.Record]) -> set[int]:
    found = set()
    for record in records:
        if isinstance(record.event, ev.ConfigPublished):
            found.add(record.event.version)
        elif isinstance(record.event, ev.EngineStarted):
            found.add(record.event.config)
    return found


async def _versions(installation: Installation, records: Iterable[ev.Record]) -> dict[int, Rules]:
    """Find the versions that the records name, as far as the database still has them."""
    publisher, found = installation.publisher(), {}
    try:
        for number in _named(records):
            try:
                config = (await publisher.at(number)).config
            except YingdaError:
                continue  # another installation's journal, or a version that is gone
            found[number] = _rules(plan_of(config, number, known_of(config)))
    finally:
        await installation.database.close()
    return found


def _rules(plan: Plan) -> Rules:
    return Rules(tuple(plan.groups()), tuple(plan.agents()))
