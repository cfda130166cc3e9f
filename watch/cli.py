"""`yingda doctor`: the health of every part, and what mends it."""

import argparse
import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from watch.checks import examine, is_well
from watch.finding import FAIL, OK, WARN, Finding
from watch.trunks import examine_trunks
from watch.world import World

OpenWorld = Callable[[argparse.Namespace], World]
MARKS = {OK: "正常 ok  ", WARN: "注意 warn", FAIL: "故障 FAIL"}


def add_commands(sub: Any, open_world: OpenWorld) -> None:
    """Hang `doctor` under the command line; it sets `run(args) -> exit code`."""
    text = "逐项检查并说明如何修复 · check every part and tell what mends it"
    doctor = sub.add_parser("doctor", help=text, description=f"{text}. Exit code 1 if any failed.")
    doctor.add_argument("--json", action="store_true", help="answer as JSON")
    doctor.set_defaults(run=lambda args: asyncio.run(_doctor(open_world(args), args)), trunk=None)
    text = "逐条检查中继并说明如何修复 · each trunk's fault and its mend"
    trunk = doctor.add_subparsers(metavar="trunk").add_parser("trunk", help=text, description=text)
    trunk.add_argument("trunk", nargs="?", default="", metavar="NAME", help="only this one")
    trunk.add_argument("--json", action="store_true", help="answer as JSON")


async def _doctor(world: World, args: argparse.Namespace) -> int:
    try:
        wanted = args.trunk is None
        findings = await (examine(world) if wanted else examine_trunks(world, args.trunk))
    finally:
        await world.database.close()
    well = is_well(findings)
    if args.json:
        rows = [asdict(finding) for finding in findings]
        print(json.dumps({"ok": well, "findings": rows}, ensure_ascii=False))
    else:
        for finding in findings:
            print("\n".join(_lines(finding)))
    return 0 if well else 1


def _lines(finding: Finding) -> list[str]:
    first = f"{MARKS[finding.level]}  {finding.zh} · {finding.en}"
    return [first, f"           → {finding.mend}"] if finding.mend else [first]
