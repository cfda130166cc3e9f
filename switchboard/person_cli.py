"""`yingda person export|erase --number N`: what one person may ask of us (PIPL 44–47)."""

import argparse
import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from domain.numbers import mask
from switchboard.installation import Installation
from switchboard.person import Outcome, areas_of, erase, key_of
from switchboard.person_export import export

OpenInstallation = Callable[[argparse.Namespace], Installation]
BY = "cli"


def add_person(sub: Any, open_installation: OpenInstallation) -> None:
    """Hang `person` under the command line."""
    text = "一个人的资料：取出副本，或抹除 · one person's data: a copy, or taken out"
    parser = sub.add_parser("person", help=text, description=text)
    inner = parser.add_subparsers(required=True, metavar="export|erase")
    for name, act, about in (
        ("export", _export, "把一个号码的全部资料写进一个 zip · all that is kept, in one zip"),
        ("erase", _erase, "抹除一个号码的全部资料，不可恢复 · take a number out; cannot be undone"),
    ):
        command = inner.add_parser(name, help=about, description=about)
        command.add_argument("--number", required=True, help="电话号码 · the telephone number")
        command.add_argument("--json", action="store_true", help="answer as JSON")
        if name == "export":
            command.add_argument("--to", required=True, type=Path, metavar="FILE.zip")
        else:
            command.add_argument("--reason", default="", help="为什么，记入审计 · why, audited")
        command.set_defaults(run=_bound(act, open_installation))


def _bound(act: Any, open_installation: OpenInstallation) -> Callable[[argparse.Namespace], int]:
    async def run(args: argparse.Namespace) -> int:
        around = open_installation(args)
        try:
            key = key_of(args.number, areas_of(around.settings))
            return int(await act(around, key, args))
        finally:
            await around.database.close()

    return lambda args: asyncio.run(run(args))


async def _export(around: Installation, key: str, args: argparse.Namespace) -> int:
    done = await export(around, key, args.to, BY)
    if args.json:
        print(json.dumps({"file": str(args.to), **done}))
        return 0
    print(f"{args.to}: {mask(key)}")
    print(", ".join(f"{kind} {count}" for kind, count in done.items() if count))
    print(
        "其中是个人信息与录音，请妥善交付 · it holds personal data and sound: hand it over safely"
    )
    return 0


async def _erase(around: Installation, key: str, args: argparse.Namespace) -> int:
    done = await erase(around, key, BY, args.reason)
    if args.json:
        print(json.dumps(asdict(done), ensure_ascii=False))
    else:
        print("\n".join(_lines(key, done)))
    return 1 if done.held else 0


def _lines(key: str, done: Outcome) -> list[str]:
    lines = [
        f"{mask(key)} → {done.name}",
        f"{done.calls} 通通话、{done.sounds} 个录音或留言 · calls, recordings and messages",
    ]
    if done.held:
        day = datetime.fromtimestamp(max(done.held.values()) / 1000, ZoneInfo("Asia/Shanghai"))
        lines.append(
            f"{len(done.held)} 通仍在进行或依规须保存，{day:%Y-%m-%d %H:%M} 之后请再执行一次"
            " · calls that go on or must be kept: run this again after that"
        )
    if done.lists:
        lines.append(f"名单里仍有此号码 · the number stands in lists: {', '.join(done.lists)}")
    lines.append(
        "备份、已发布的旧配置与审计记录不会改动 · backups, older configurations and the audit"
        " trail are not touched"
    )
    return lines
