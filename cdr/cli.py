"""`yingda rebuild`: make the rows of calls and agents anew from the journal."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from cdr.rebuild import Projection, rebuild
from store.database import Database
from store.journal import JournalReader


class World(Protocol):
    """What this command needs: the database and the journal's path."""

    @property
    def database(self) -> Database: ...
    @property
    def journal(self) -> Path: ...


OpenWorld = Callable[[argparse.Namespace], World]
Others = Callable[[], Sequence[Projection]]


def add_commands(sub: Any, open_world: OpenWorld, others: Others = tuple) -> None:
    """Hang `rebuild` under the command line; `others` makes the other rooms' projections."""
    text = "make the rows of calls and agents anew from the journal"
    parser = sub.add_parser("rebuild", help=text, description=text)
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    parser.set_defaults(run=lambda args: asyncio.run(_rebuild(open_world(args), others(), args)))


async def _rebuild(world: World, others: Sequence[Projection], args: argparse.Namespace) -> int:
    reader = JournalReader(world.journal)
    try:
        done = await rebuild(world.database, reader, others, _bar)
    finally:
        reader.close()
        await world.database.close()
    figures = {"records": done.records, "bad": done.bad, "unknown": done.unknown}
    if args.json:
        print(json.dumps(figures))
    else:
        print(
            f"已重建 · rebuilt from {done.records} records, {done.bad} damaged,"
            f" {done.unknown} of newer kinds"
        )
    return 1 if done.bad else 0


def _bar(done: int, all_: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done >= all_ else ""
        print(f"\r{done}/{all_}", end=end, file=sys.stderr, flush=True)
