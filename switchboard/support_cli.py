"""`yingda support`: one file for whoever helps from afar."""

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from switchboard.installation import Installation
from switchboard.support import bundle, log_folder, our_version

OpenInstallation = Callable[[argparse.Namespace], Installation]
Examine = Callable[[Any], Awaitable[Sequence[Any]]]
"""Looks at every part of an installation; handed in, as `watch` is a sibling."""


def add_support(sub: Any, open_installation: OpenInstallation, examine: Examine) -> None:
    """Hang `support` under the command line."""
    text = "把排障需要的写进一个文件，不含密码与号码 · what helps from afar, without secrets"
    parser = sub.add_parser("support", help=text, description=text)
    parser.add_argument("-o", "--to", type=Path, default=Path("yingda-support.tar.gz"))
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    parser.set_defaults(
        run=lambda args: asyncio.run(_support(open_installation(args), args, examine))
    )


async def _support(around: Installation, args: argparse.Namespace, examine: Examine) -> int:
    try:
        names = await bundle(around, lambda: examine(around), args.to, our_version(), log_folder())
    finally:
        await around.database.close()
    told = f"{args.to}: {len(names)} 个文件，请看过再发出 · files; look before you send it"
    print(json.dumps({"file": str(args.to), "members": names}) if args.json else told)
    return 0
