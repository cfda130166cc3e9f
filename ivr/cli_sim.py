"""`yingda flow sim`: walk a flow with keys given at once, or key by key in the terminal."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from domain.errors import Fault, Refused
from domain.ids import CallId
from ivr.cases import Around
from ivr.given import Situation
from ivr.model import Flow, Given
from ivr.scene import Scene
from ivr.shelf import Shelf, beside
from ivr.show import lines_of, shown
from ivr.simulate import CALL, Walk, read_keys, walk
from ivr.texts import say

OK = 0
_ASK = "按键（数字、*、#；t 等到超时；h 挂机）· keys (t: wait, h: hang up) > "


def add_options(command: argparse.ArgumentParser) -> None:
    """Add what may be said of the caller and the world."""
    add = command.add_argument
    add("--keys", help="1,w2,3：按键与等待秒数；不写则一问一答 · keys and waits, else asks")
    add("--closed", action="store_true", help="非服务时间 · out of hours")
    add("--nobody", action="store_true", help="无人签入 · nobody signed in")
    add("--message", type=float, default=8.0, help="留言秒数 · message, seconds")
    add("--at", default="", help="2026-02-14T10:00：何时来电 · when the call comes")
    add("--calendar", default="", help="热线的日历 · the hotline's calendar")
    add("--number", default="", help="来电号码 · the caller's number")
    add("--vip", type=int, default=0, help="贵宾级别 · VIP level")
    add("--tag", action="append", default=[], help="客户标签，可多个 · a tag, may repeat")
    add("--calls", type=int, default=1, help="24 小时内来电次数 · calls within 24 h")
    add("--province", default="", help="来电省份 · the caller's province")
    add("--language", choices=("zh", "en"), default="zh", help="热线的语言 · its language")
    add(
        "--http",
        action="append",
        default=[],
        metavar="NODE=STATUS[:JSON]",
        help='接口的应答 · e.g. look=200:{"order": {"status": "paid"}}; look=timeout',
    )
    add(
        "--queue",
        action="append",
        default=[],
        metavar="GROUP=WAITING,READY,WAIT_S",
        help="技能组现状 · how a group stands, e.g. presale=3,0,150",
    )


def simulate(
    args: argparse.Namespace, shelf: Shelf, ask: Callable[[str], str] | None = None
) -> int:
    """Walk each file; without keys the person at the terminal is asked for them."""
    asks = ask or (input if args.keys is None and sys.stdin.isatty() else None)
    for file in args.files:
        folder = beside(file, shelf)
        flow, around = folder.load(file), folder.around()
        scene = _situation(args).scene(around.calendars, around.day_kind)
        if asks is not None:
            _converse(flow, scene, around, args.language, asks)
            continue
        done = _walked(flow, read_keys(args.keys or ""), scene, around)
        if args.json:
            print(json.dumps(_facts(done, around, args.language), ensure_ascii=False))
        else:
            print("\n".join(lines_of(done, around.words, args.language)))
    return OK


def _walked(
    flow: Flow, keys: tuple[str | float, ...], scene: Scene, around: Around, patient: bool = False
) -> Walk:
    given = Given(CallId(CALL), flows=around.flows)
    return walk(flow, keys, scene, given, patient=patient)


def _converse(
    flow: Flow, scene: Scene, around: Around, language: str, ask: Callable[[str], str]
) -> None:
    """Walk anew with every key and print what is new; a bad key is said and asked again."""
    keys: tuple[str | float, ...] = ()
    printed = 0
    while True:
        done = _walked(flow, keys, scene, around, patient=True)
        lines = lines_of(done, around.words, language)
        print("\n".join(lines[printed:]))
        printed = len(lines)
        if done.waiting is None:
            return
        try:
            keys += read_keys(ask(_ASK))
        except Refused as refused:
            print(refused)
        except EOFError:
            return


def _facts(done: Walk, around: Around, language: str) -> dict[str, Any]:
    return {**shown(done, around.words, language), "heard": done.heard}


def _situation(args: argparse.Namespace) -> Situation:
    try:
        return Situation.model_validate(
            {
                "open": False if args.closed else None,
                "staffed": not args.nobody,
                "message_s": args.message,
                "at": args.at,
                "calendar": args.calendar,
                "number": args.number,
                "vip": args.vip,
                "tags": tuple(args.tag),
                "calls_24h": args.calls,
                "province": args.province,
                "language": args.language,
                "http": dict(_answer(text) for text in args.http),
                "queues": dict(_queue(text) for text in args.queue),
            }
        )
    except (ValidationError, ValueError) as error:
        raise Refused(Fault("", 0, "", say("bad_option", problem=_plainly(error)))) from error


def _plainly(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        return f"{place}: {first['msg'].removeprefix('Value error, ')}"
    return str(error)


def _answer(text: str) -> tuple[str, dict[str, Any]]:
    node, _, rest = text.partition("=")
    if rest == "timeout":
        return node, {"timeout": True}
    status, _, body = rest.partition(":")
    return node, {"status": status, "body": json.loads(body) if body else None}


def _queue(text: str) -> tuple[str, dict[str, Any]]:
    group, _, rest = text.partition("=")
    names = ("waiting", "ready", "wait_s")
    return group, dict(zip(names, rest.split(","), strict=False))
