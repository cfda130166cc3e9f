"""`yingda waits`: how many callers were served within the time that they were told."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from acd.calibration import Row, calibrated
from acd.recorded import Day

Read = Callable[[argparse.Namespace, Path | None, int, int], Day]
"""Read a journal (None = the installation's own) between two moments in UTC milliseconds."""
Span = Callable[[argparse.Namespace], tuple[int, int]]
"""Give the moments that `--from` and `--to` mean."""
TEXT = "报出的等待时间准不准 · the waits that callers were told against those they had"
HEAD = "技能组 报出 范围内 更早 更晚 离开 在等 · 准确率 % 均方根误差 s"


def add_waits(sub: Any, read: Read, span: Span) -> None:
    """Hang `waits` under the command line."""
    waits = sub.add_parser("waits", help=TEXT, description=TEXT)
    waits.add_argument("--from", dest="first", default="today", metavar="DAY")
    waits.add_argument("--to", dest="last", metavar="DAY", help="最后一天 · the last day")
    waits.add_argument("--journal", metavar="FILE", help="流水文件 · another journal")
    waits.add_argument("--json", action="store_true", help="answer as JSON")
    waits.set_defaults(run=lambda args: _waits(read, span, args))


def _waits(read: Read, span: Span, args: argparse.Namespace) -> int:
    file = Path(args.journal) if args.journal else None
    rows = calibrated(read(args, file, *span(args)).records)
    if args.json:
        print(json.dumps([row.to_data() for row in rows], ensure_ascii=False))
    else:
        print("\n".join((HEAD, *map(_row, rows))))
    return 0


def _row(row: Row) -> str:
    counts = (row.quoted, row.within, row.sooner, row.later, row.left, row.waiting)
    rate, error = ("–" if each is None else f"{each:g}" for each in (row.within_rate, row.rmse_s))
    return f"{row.group} {' '.join(map(str, counts))} · {rate} {error}"
