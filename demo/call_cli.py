"""`yingda call`: a real test call to the running system, and what the caller heard."""

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from demo.call import CallPlan, CallReport, Dialler
from demo.steps import parse_steps
from domain.errors import Fault, Refused
from speech.tone import as_wav
from switchboard.installation import Installation

OpenInstallation = Callable[[argparse.Namespace], Installation]

ABOUT = """拨打一通真实的测试电话,并报告来电者听到了什么。
Places a real call over SIP (from 127.0.0.2, the built-in test trunk), presses keys, and tells what
the caller heard. Without --hold the caller stays until the other side hangs up or --limit is over.
--json prints {call, answered_ms, heard: [{from, to, kind}], ended_by, ended_at}: seconds count from
the answer; kind is speech, music, tone or silence; ended_by is caller (we hung up), far (the other
side did) or limit. Exit code 1 when the call was not answered."""

KINDS = {"speech": "语音", "music": "音乐", "tone": "提示音", "silence": "静音"}
ENDED = {"caller": "来电者挂机 · we hung up", "far": "对方挂机 · the other side hung up"}


def add_call(sub: Any, open_installation: OpenInstallation) -> None:
    """Hang `call` under the command line; it sets `run(args) -> exit code`."""
    parser = sub.add_parser(
        "call",
        help="拨打测试电话 · place a real test call",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("hotline", metavar="HOTLINE", help="number to dial, such as 4008000001")
    parser.add_argument("--keys", default="", help="keys in order; wN waits N s: 1,w2,3")
    parser.add_argument("--say", type=Path, metavar="FILE", help="wav file to say, from the start")
    parser.add_argument("--hold", type=float, metavar="S", help="after the keys stay S s, hang up")
    parser.add_argument("--from", dest="caller", default="13800000001", help="the caller's number")
    parser.add_argument("--answer", type=float, default=30, help="give up after S s unanswered")
    parser.add_argument("--limit", type=float, default=180, help="hang up after S s in any case")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep what was heard, as wav")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    parser.set_defaults(run=lambda args: _call(open_installation(args), args))


def _call(installation: Installation, args: argparse.Namespace) -> int:
    plan = _plan(args)
    sip = installation.settings.sip
    host = "127.0.0.1" if sip.host in ("0.0.0.0", "::") else sip.host  # noqa: S104
    caller = Dialler(
        (host, sip.port), installation.data / "run" / "engine.sock", installation.clock
    )
    report = asyncio.run(caller.place(plan))
    if args.save:
        args.save.write_bytes(as_wav(report.audio))
    print(json.dumps(report.row(), ensure_ascii=False) if args.json else _tell(report))
    if report.answered_ms is None:
        print(f"yingda call: not answered: {report.refused}", file=sys.stderr)
        return 1
    return 0


def _plan(args: argparse.Namespace) -> CallPlan:
    for name, value in (("HOTLINE", args.hotline), ("--from", args.caller)):
        if not re.fullmatch(r"\+?[0-9A-Za-z*#._-]{1,32}", value):
            raise Refused(Fault("", 0, name, f"{value!r} is not a number"))
    if args.say is not None and not args.say.is_file():
        raise Refused(Fault("", 0, "--say", f"{args.say} is not a file"))
    return CallPlan(
        args.hotline,
        args.caller,
        parse_steps(args.keys),
        args.say,
        args.hold,
        args.answer,
        args.limit,
    )


def _tell(report: CallReport) -> str:
    if report.answered_ms is None:
        return f"{report.hotline}  未接通 · not answered: {report.refused}"
    lines = [f"{report.hotline}  {report.call}  {report.answered_ms} ms 接通 · answered"]
    lines += [
        f"  {heard.start:7.2f} – {heard.end:7.2f} s  {KINDS[heard.kind]} · {heard.kind}"
        for heard in report.heard
    ]
    ended = ENDED.get(report.ended_by, "到时挂机 · time limit")
    return "\n".join([*lines, f"  {report.ended_at:7.2f} s  {ended}"])
