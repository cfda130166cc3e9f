"""`yingda report` and `yingda reconcile`: the same figures as the pages, on a terminal."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any, Protocol
from unicodedata import east_asian_width

from domain.clock import real_clock
from reports.days import INTERVALS, day_of, span
from reports.export import to_csv, to_json, to_xlsx
from reports.queries import run
from reports.reconcile import Check, reconcile
from reports.report import Filters, Report
from reports.sources import KINDS
from store.database import Database


class World(Protocol):
    """What these commands need."""

    @property
    def database(self) -> Database: ...


OpenWorld = Callable[[argparse.Namespace], World]
Act = Callable[[World, argparse.Namespace], Coroutine[Any, Any, int]]


def add_commands(sub: Any, open_world: OpenWorld) -> None:
    """Hang `report` and `reconcile` under the command line; each sets `run(args) -> exit code`."""
    text = "print a report; the same figures as the pages"
    report = sub.add_parser("report", help=text, description=text)
    report.add_argument("kind", choices=list(KINDS), metavar="KIND", help=", ".join(KINDS))
    report.add_argument("--from", dest="start", default="today", help="today, yesterday, ISO")
    report.add_argument("--to", dest="end", default="", help="the last day, or an ISO time")
    report.add_argument("--by", default="", help=", ".join((*INTERVALS, "hotline", "group", "…")))
    for name in ("hotline", "group", "agent"):
        report.add_argument(f"--{name}", default="", help=f"only this {name}")
    report.add_argument("--level", type=float, default=20, help="service level target, seconds")
    report.add_argument("--format", choices=list(FORMATS), default="table")
    report.add_argument("--language", choices=["zh", "en"], default="zh")
    report.set_defaults(run=_bound(_report, open_world))
    text = "prove that a day's figures close"
    check = sub.add_parser("reconcile", help=text, description=text)
    check.add_argument("--day", default="today", help="today, yesterday or 2026-11-22")
    check.add_argument("--json", action="store_true", help="answer as JSON")
    check.set_defaults(run=_bound(_reconcile, open_world))


def _bound(act: Act, open_world: OpenWorld) -> Callable[[argparse.Namespace], int]:
    async def go(args: argparse.Namespace) -> int:
        world = open_world(args)
        try:
            return await act(world, args)
        finally:
            await world.database.close()

    return lambda args: asyncio.run(go(args))


async def _report(world: World, args: argparse.Namespace) -> int:
    now = real_clock().utc_ms()
    start, end = span(args.start, args.end, now)
    filters = Filters(args.hotline, args.group, args.agent, level_s=args.level, now_ms=now)
    report = await run(world.database, args.kind, start, end, args.by, filters)
    sys.stdout.buffer.write(FORMATS[args.format](report, args.language))
    return 0


async def _reconcile(world: World, args: argparse.Namespace) -> int:
    start, _ = span(args.day, args.day, real_clock().utc_ms())
    day: date = day_of(start)
    checks = await reconcile(world.database, day)
    wrong = [check for check in checks if not check.ok]
    if args.json:
        data = {"day": str(day), "ok": not wrong, "checks": [check.to_data() for check in checks]}
        print(json.dumps(data, ensure_ascii=False))
    else:
        print("\n".join(map(_said, checks)))
        print(f"{day}: {len(checks) - len(wrong)} 项相符 · equal, {len(wrong)} 项不符 · unequal")
    return 1 if wrong else 0


def _said(check: Check) -> str:
    sign = "=" if check.ok else "≠"
    return (
        f"{'✓' if check.ok else '✗'} {check.identity} {check.of}: {check.left} {sign} {check.right}"
    )


def to_table(report: Report, language: str = "zh") -> bytes:
    """Draw the report for a terminal, columns aligned, Chinese counted as two wide."""
    heads = [column.zh if language == "zh" else column.en for column in report.columns]
    names = [column.id for column in report.columns]
    body = [[_cell(row.get(name)) for name in names] for row in report.rows]
    widths = [max(map(_wide, cells)) for cells in zip(heads, *body, strict=True)]
    lines = [
        "  ".join(_padded(cell, width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        for cells in (heads, *body)
    ]
    return ("\n".join(lines) + "\n").encode()


def _cell(value: Any) -> str:
    return "–" if value is None else str(value)


def _wide(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _wide(text))


FORMATS: dict[str, Callable[[Report, str], bytes]] = {
    "table": to_table,
    "json": to_json,
    "csv": to_csv,
    "xlsx": to_xlsx,
}
