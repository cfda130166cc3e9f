"""`yingda drain` and `yingda restart`: before maintenance, and through it, with no call cut."""

import argparse
import asyncio
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from domain.errors import Conflict, EngineUnavailable, Unavailable, YingdaError
from switchboard.announce import ask
from switchboard.draining import BUSY, MESSAGE
from switchboard.installation import Installation
from switchboard.run import ANEW, NEWER, PID_FILE

OpenInstallation = Callable[[argparse.Namespace], Installation]
LOOK_S = 0.5
BACK_S = 120.0
"""How long a start may take on a slow machine before we say that it failed."""
BY = "cli"


def add_drain(sub: Any, open_installation: OpenInstallation) -> None:
    """Hang `drain` and `restart` under the command line."""
    text = "维护之前：不再接入新来电，等通话结束 · take no new calls, wait for the others to end"
    drain = sub.add_parser("drain", help=text, description=text)
    drain.add_argument("--cancel", action="store_true", help="重新接入新来电 · take calls again")
    drain.set_defaults(run=_bound(_drain, open_installation))
    text = "排空后全部重启；只重启引擎用 --engine · drain, then start everything anew"
    again = sub.add_parser("restart", help=text, description=text)
    way = again.add_mutually_exclusive_group()
    way.add_argument("--engine", action="store_true", help="只重启引擎，不断通话 · cuts no call")
    way.add_argument(
        "--upgrade",
        action="store_true",
        help="换成磁盘上的新版本，Asterisk 不停，不断通话 · the version on the disk, cuts no call",
    )
    way.add_argument("--now", action="store_true", help="不等通话结束 · cut the calls there are")
    again.set_defaults(run=_bound(_restart, open_installation))
    for command in (drain, again):
        command.add_argument(
            "--within", type=float, default=0.0, metavar="S", help="最多等几秒，0 = 一直 · at most"
        )
        command.add_argument(
            "--new",
            choices=(MESSAGE, BUSY),
            default=MESSAGE,
            help="新来电得到 · new callers get",
        )
        command.add_argument("--prompt", default="", help="播放哪条提示音 · which prompt")
        command.add_argument("--json", action="store_true", help="answer as JSON")


def _bound(act: Any, open_installation: OpenInstallation) -> Callable[[argparse.Namespace], int]:
    return lambda args: int(asyncio.run(act(open_installation(args), args)))


async def _drain(around: Installation, args: argparse.Namespace) -> int:
    if args.cancel:
        await ask(around, "drain", {"do": "end", "by": BY})
        _say(args, {"on": False}, "重新接入新来电 · new calls are taken again")
        return 0
    left = await _drained(around, args)
    done = "通话已全部结束，可以停止 · no call is left: stop now, or yingda restart --now"
    waits = f"还有 {left} 通，仍不接入新来电 · calls are left, new ones are still turned away"
    _say(args, {"on": True, "left": left}, waits if left else done)
    return 1 if left else 0


async def _drained(around: Installation, args: argparse.Namespace) -> int:
    """Begin, and wait until nobody is in a call or the time is over; gives how many are left."""
    wish = {"do": "begin", "new": args.new, "prompt": args.prompt, "by": BY}
    left, told = int((await ask(around, "drain", wish))["left"]), -1
    until = around.clock.mono() + args.within if args.within else float("inf")
    while left and around.clock.mono() < until:
        if left != told and not args.json:
            print(f"还有 {left} 通 · calls left", flush=True)
        told = left
        await asyncio.sleep(LOOK_S)
        left = int((await ask(around, "drain", {"do": "look"}))["left"])
    return left


async def _restart(around: Installation, args: argparse.Namespace) -> int:
    before = int((await ask(around, "health", {})).get("pid", 0))
    if not before and not args.upgrade:
        raise Conflict("正在运行的是旧版本 · an older version runs: yingda restart --upgrade")
    if args.engine:
        os.kill(before, signal.SIGTERM)
    elif args.upgrade:
        os.kill(_supervisor(around.data), NEWER)
    else:
        await _end_without_calls(around, args)
    now = await _back(around, before)
    adopted = int(now["counts"]["adopted"])
    _say(
        args, {"pid": now["pid"], "adopted": adopted}, f"已重启，接管 {adopted} 通 · calls adopted"
    )
    return 0


async def _end_without_calls(around: Installation, args: argparse.Namespace) -> None:
    left = 0 if args.now else await _drained(around, args)
    if left:
        await ask(around, "drain", {"do": "end", "by": BY})
        raise Conflict(f"还有 {left} 通，未重启，重新接入新来电 · calls are left: not started anew")
    os.kill(_supervisor(around.data), ANEW)


def _supervisor(data: Path) -> int:
    """Give the pid of `yingda run`; a file that is left over names nobody of ours."""
    try:
        pid = int((data / PID_FILE).read_text())
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        words = []
    if b"run" not in words:
        raise EngineUnavailable("yingda run is not running here")
    return pid


async def _back(around: Installation, before: int) -> dict[str, Any]:
    """Wait until another engine answers and has Asterisk."""
    try:
        async with asyncio.timeout(BACK_S):
            while True:
                await asyncio.sleep(LOOK_S)
                try:
                    health = await ask(around, "health", {})
                except YingdaError:
                    continue
                if health["pid"] != before and health["pbx"]:
                    return health
    except TimeoutError:
        raise Unavailable("it did not come back; see yingda doctor") from None


def _say(args: argparse.Namespace, data: dict[str, Any], text: str) -> None:
    print(json.dumps(data) if args.json else text, flush=True)
