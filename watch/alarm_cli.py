"""`yingda alarm list` and `yingda alarm test RECEIVER`: the log, and who is reached."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.clock import real_clock
from domain.errors import NotFound, YingdaError
from domain.settings import Settings
from office import snapshot
from office.alarms import Receiver
from office.model import Config
from outside import GuardedHttp
from watch.alarm import Incident
from watch.alarm_file import AlarmFile
from watch.alarm_text import Place, test_body
from watch.alarms import FILE
from watch.receivers import Ways, tell

OpenSettings = Callable[[argparse.Namespace], Settings]


def add_alarm(sub: Any, settings: OpenSettings) -> None:
    """Hang `alarm` under the command line."""
    text = "报警：看记录，试发 · alarms: their log, and a test"
    alarm = sub.add_parser("alarm", help=text, description=text)
    what = alarm.add_subparsers(required=True, metavar="WHAT")
    text = "未结束的和最近的报警 · open and latest incidents"
    listed = what.add_parser("list", help=text, description=text)
    listed.add_argument("--limit", type=int, default=20, help="how many (20)")
    listed.set_defaults(run=lambda args: _list(settings(args), args))
    text = "给一个接收方发测试消息 · send a test message to one receiver"
    tested = what.add_parser("test", help=text, description=f"{text}. Exit code 1 if not taken.")
    tested.add_argument("receiver", metavar="RECEIVER", help="its id in receivers.yaml")
    tested.set_defaults(run=lambda args: asyncio.run(_test(settings(args), args)))
    for command in (listed, tested):
        command.add_argument("--json", action="store_true", help="answer as JSON")


def _list(settings: Settings, args: argparse.Namespace) -> int:
    path = settings.data / FILE
    found: list[Incident] = []
    if path.exists():
        file = AlarmFile(path)
        try:
            found = file.newest(args.limit)
        finally:
            file.close()
    if args.json:
        rows = [asdict(each) for each in found]
        print(json.dumps({"incidents": rows}, ensure_ascii=False))
        return 0
    for each in found:
        print(_line(each))
    if not found:
        print("没有报警 · no incidents")
    return 0


def _line(one: Incident) -> str:
    at = datetime.fromtimestamp(one.opened / 1000, UTC).astimezone().strftime("%m-%d %H:%M:%S")
    state = "已恢复 over" if one.over else f"{one.by} 处理中" if one.by else "未确认 OPEN"
    return f"{at}  {state:<12} {one.name_zh} · {one.name_en}: {one.zh} · {one.en}"


async def _test(settings: Settings, args: argparse.Namespace) -> int:
    config = snapshot.read(settings.data / "config" / "current.json")[0]
    receiver = _receiver(config, args.receiver)
    clock = real_clock()
    now = clock.utc_ms()
    http = GuardedHttp(settings.outside.on_site)
    secrets = Path(settings.data, "secrets.json")
    ways = Ways(http, settings.mail, secrets, os.environ, clock)
    place = Place(config.firm.name, f"http://{settings.web.host}:{settings.web.port}")
    error = ""
    try:
        await tell(ways, receiver, [json.loads(test_body(place, now))], f"test-{now}")
    except YingdaError as failed:
        error = str(failed)
    finally:
        await http.close()
    if args.json:
        print(json.dumps({"ok": not error, "error": error}, ensure_ascii=False))
    elif error:
        print(f"{receiver.name}：没有送到 · not taken: {error}", file=sys.stderr)
    else:
        print(f"{receiver.name}：已送到 · taken")
    return 1 if error else 0


def _receiver(config: Config, name: str) -> Receiver:
    known = {each.id: each for each in config.receivers}
    if name not in known:
        there = ", ".join(known) or "-"
        raise NotFound(f"没有接收方 {name} · there is no receiver {name}; there are: {there}")
    return known[name]
