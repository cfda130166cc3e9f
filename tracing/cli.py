"""`yingda trace`: the SIP of one call, drawn; `yingda tracer`: the process that captures it."""

import argparse
import json
import signal
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from domain.clock import Clock
from domain.errors import NotFound
from domain.places import TRACE
from domain.settings import Settings
from tracing.ladder import Words, as_text
from tracing.of_call import CallTrace, Files, trace_of
from tracing.redact import mask_numbers
from tracing.sentry import Sentry, door
from tracing.sides import inward_of
from tracing.tracer import Place, Tracer

ZONE = ZoneInfo("Asia/Shanghai")


class World(Protocol):
    """What these commands need of an installation."""

    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def data(self) -> Path: ...
    @property
    def journal(self) -> Path: ...


OpenWorld = Callable[[argparse.Namespace], World]


def add_commands(sub: Any, open_world: OpenWorld, words: Words) -> None:
    """Hang `trace` and `tracer` under the command line; `words` says causes in words."""
    text = "一通电话的 SIP 信令 · the SIP ladder and the RTP of one call"
    parser = sub.add_parser("trace", help=text, description=text)
    parser.add_argument("call", help="通话编号 · the call's id")
    parser.add_argument("--json", action="store_true", help="answer as JSON, messages included")
    parser.add_argument("--numbers", action="store_true", help="完整号码 · numbers in full")
    parser.set_defaults(run=lambda args: _trace(open_world(args), words, args))
    tracer = sub.add_parser("tracer", help="the process that captures SIP (started by run)")
    tracer.set_defaults(run=lambda args: _tracer(open_world(args)))


def _trace(world: World, words: Words, args: argparse.Namespace) -> int:
    found = trace_of(Files(world.journal, world.data / TRACE), args.call, words)
    if args.json:
        text = json.dumps(asdict(found), ensure_ascii=False)
        print(text if args.numbers else _masked(found))
        return 0
    for line in as_text(found.rungs, found.media, ZONE, numbers=args.numbers):
        print(line)
    if not found.rungs:
        hours = world.settings.trace.keep_h
        print(f"没有信令：只保留 {hours} 小时 · no messages: they are kept for {hours} h")
    return 0


def _masked(found: CallTrace) -> str:
    rows = asdict(found)
    for rung in rows["rungs"]:
        rung["label"], rung["text"] = mask_numbers(rung["label"]), mask_numbers(rung["text"])
        rung["far"] = mask_numbers(rung["far"])
    return json.dumps(rows, ensure_ascii=False)


def _tracer(world: World) -> int:
    settings = world.settings
    host, _, port = settings.trace.hep_to.rpartition(":")
    place = Place(
        settings.ports.hep,
        world.data / TRACE,
        world.data / "run" / "tracer.beat",
        settings.trace.keep_h,
        (host, int(port)) if host else None,
    )
    if not settings.ports.hep:
        raise NotFound("ports.hep is 0: nothing is captured")
    sentry = Sentry(settings, world.clock, door(world.data / "run" / "engine.sock"))
    tracer = Tracer(place, world.clock, inward_of(settings), sentry.look)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: tracer.stop())
    tracer.run()
    return 0
