"""`yingda guard`, the process; `yingda bans list|remove`: who is shut out of SIP, and let go."""

import argparse
import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.errors import NotFound
from office.atomic import write_atomic
from office.texts import both
from pbx.bans import written
from switchboard.installation import Installation, bans_of

ZONE = ZoneInfo("Asia/Shanghai")
OpenInstallation = Callable[[argparse.Namespace], Installation]


def add_commands(sub: Any, open_installation: OpenInstallation) -> None:
    """Add the commands to argparse's sub-parsers."""
    text = both("SIP 防扫描进程（由 run 启动）", "shuts out who guesses SIP passwords")
    guard = sub.add_parser("guard", help=text)
    guard.set_defaults(run=lambda args: _guard(open_installation(args)))
    about = both("被封的 SIP 地址", "addresses that are shut out of SIP")
    parts = sub.add_parser("bans", help=about, description=about).add_subparsers(
        required=True, metavar="COMMAND"
    )
    listing = parts.add_parser("list", help=both("列出", "list them"))
    listing.add_argument("--json", action="store_true", help=both("供程序读取", "for programs"))
    listing.set_defaults(run=lambda args: _list(open_installation(args), args))
    lifting = parts.add_parser("remove", help=both("解封，半分钟内生效", "within half a minute"))
    lifting.add_argument("address", help=both("地址", "the address"))
    lifting.set_defaults(run=lambda args: _remove(open_installation(args), args))


def _guard(installation: Installation) -> int:
    from switchboard.guard import run_guard

    asyncio.run(run_guard(installation))
    return 0


def _list(installation: Installation, args: argparse.Namespace) -> int:
    bans = bans_of(installation.bans_file)
    if args.json:
        print(json.dumps({"bans": [asdict(ban) for ban in bans]}, indent=1))
        return 0
    for ban in bans:
        until = datetime.fromtimestamp(ban.until / 1000, ZONE)
        print(f"{ban.address:<40}{ban.tries:>4}  {until:%m-%d %H:%M}")
    return 0


def _remove(installation: Installation, args: argparse.Namespace) -> int:
    bans = {ban.address: ban for ban in bans_of(installation.bans_file)}
    if bans.pop(args.address, None) is None:
        raise NotFound(both(f"没有封 {args.address}", f"{args.address} is not shut out"))
    write_atomic(installation.bans_file, written(bans))
    return 0
