"""`yingda pbx join`: serve an Asterisk that is there already, by lines that take in our files."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from office import Config
from office.texts import both
from switchboard.installation import Installation, prepare
from switchboard.joining import Outcome, join, leave

OpenInstallation = Callable[[argparse.Namespace], Installation]


def add_join(sub: Any, open_installation: OpenInstallation, first: Path) -> None:
    """Hang `yingda pbx join` under the command line; `first` is a new installation's folder."""
    text = both("接入已有的 Asterisk", "an Asterisk that is there already")
    parts = sub.add_parser("pbx", help=text, description=text).add_subparsers(
        required=True, metavar="COMMAND"
    )
    text = both(
        "检查，写出自己的文件，打印要加的行", "check, write our files, print the lines to add"
    )
    command = parts.add_parser("join", help=text, description=text)
    command.add_argument(
        "--into", type=Path, metavar="DIR", help=both("它的配置文件夹", "its configuration")
    )
    command.add_argument(
        "--asterisk", type=Path, metavar="FILE", help=both("它的程序", "its program")
    )
    how = command.add_mutually_exclusive_group()
    how.add_argument("--apply", action="store_true", help=both("把行加进去", "add the lines"))
    how.add_argument(
        "--remove", action="store_true", help=both("把行和文件去掉", "take lines and files away")
    )
    command.set_defaults(run=lambda args: _run(open_installation(args), args, first, command))


def _run(installation: Installation, args: argparse.Namespace, first: Path, command: Any) -> int:
    if args.remove:
        outcome = leave(installation, args.into)
        _say(outcome)
        print(both("已离开；请重新加载", 'left; now: asterisk -rx "core reload"'))
        return 0
    if args.into is None:
        command.error(both("请给出 --into", "--into DIR is missing"))
    config = asyncio.run(_config(installation, first))
    _say(outcome := join(installation, config, args.into, args.asterisk, add=args.apply))
    if outcome.lines:
        print(both("请加入这些行", "add these lines, each at the end of its file") + ":")
        for file, line in outcome.lines:
            print(f"  {file}\n      {line}")
    print(both("然后", 'then: asterisk -rx "core reload"; yingda run --no-pbx'))
    return 0


async def _config(installation: Installation, first: Path) -> Config:
    try:
        return await prepare(installation, first)
    finally:
        await installation.database.close()


def _say(outcome: Outcome) -> None:
    for fault in outcome.warnings:
        print(f"{both('注意', 'note')}: {fault}", file=sys.stderr)
    for file in outcome.changed:
        print(f"{both('已改', 'changed')}: {file}")
