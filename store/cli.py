"""`yingda db upgrade|check`: bring the database to this version, or tell what is amiss."""

import argparse
import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import MetaData

from store.database import Database
from store.journal_reader import verify
from store.upgrade import differences, head, upgrade


class World(Protocol):
    """What these commands need: the database, all tables' metadata, the journal's path."""

    @property
    def database(self) -> Database: ...
    @property
    def metadata(self) -> MetaData: ...
    @property
    def journal(self) -> Path: ...


OpenWorld = Callable[[argparse.Namespace], World]
"""Open the installation that a command line speaks of."""


Act = Callable[[World, argparse.Namespace], Coroutine[Any, Any, int]]


def add_commands(sub: Any, open_world: OpenWorld) -> None:
    """Hang `db` under the command line; each command sets `run(args) -> exit code`."""
    parser = sub.add_parser("db", help="bring the database to this version, or check it")
    inner = parser.add_subparsers(required=True, metavar="upgrade|check")
    for name, act, text in (
        ("upgrade", _upgrade, "apply the missing migrations"),
        ("check", _check, "compare tables with this version, verify every journal record"),
    ):
        command = inner.add_parser(name, help=text, description=text)
        command.add_argument("--json", action="store_true", help="answer as JSON")
        command.set_defaults(run=_bound(act, open_world))


def _bound(act: Act, open_world: OpenWorld) -> Callable[[argparse.Namespace], int]:
    def run(args: argparse.Namespace) -> int:
        return asyncio.run(act(open_world(args), args))

    return run


async def _upgrade(world: World, args: argparse.Namespace) -> int:
    try:
        reached = await upgrade(world.database, world.metadata)
    finally:
        await world.database.close()
    print(json.dumps({"revision": reached}) if args.json else f"数据库已是最新 · at {reached}")
    return 0


async def _check(world: World, args: argparse.Namespace) -> int:
    try:
        found = await differences(world.database, world.metadata)
    finally:
        await world.database.close()
    facts, bad = await asyncio.to_thread(verify, world.journal)
    if args.json:
        print(json.dumps({"differences": found, "records": facts, "bad": bad, "head": head()}))
    else:
        for line in (*found, *bad):
            print(line)
        print(
            f"{len(found)} 处表差异 · table differences, {facts} 条记录 · journal records,"
            f" {len(bad)} 条损坏 · damaged"
        )
    return 1 if found or bad else 0
