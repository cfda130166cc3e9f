"""`python -m bench NAME [--json]`: run one benchmark and print its figures."""

import argparse
import importlib
import json
import os
import platform
import sys
from typing import Any

NAMES = {
    "handoff": "an agent who hangs up to the next INVITE at the phone, on a real system",
    "agi": "conversations for a CPU second, beside panoramisk's server and bare asyncio",
    "acd": "decisions a second from 100 to 100,000 waiting callers, beside a scan and bare deques",
    "wait": "waits told against waits had, beside theory's estimate and app_queue's",
    "truth": "queueing theory against the simulator, up to seven million calls a case",
}
"""Benchmark → what it measures; each is a module here with `measure() -> (figures, aims)`.

An aim is a number not to exceed, or a pair of "<=" or ">=" and the number.
"""


def main() -> int:
    """Run one benchmark; exit 1 when an aim was missed."""
    listed = "\n".join(f"  {name}  {text}" for name, text in NAMES.items())
    parser = argparse.ArgumentParser(
        "python -m bench", epilog=listed, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=NAMES, metavar="NAME")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args()
    figures, aims = importlib.import_module(f"bench.{args.name}").measure()
    judged = {key: _judged(figures[key], aim) for key, aim in aims.items()}
    result = {"name": args.name, "machine": _machine(), "figures": figures, "aims": judged}
    print(json.dumps(result, ensure_ascii=False) if args.json else _told(result))
    return 0 if all(aim["ok"] for aim in judged.values()) else 1


def _judged(value: float, aim: float | tuple[str, float]) -> dict[str, Any]:
    sign, border = aim if isinstance(aim, tuple) else ("<=", aim)
    ok = value >= border if sign == ">=" else value <= border
    return {"value": value, "aim": border, "sign": sign, "ok": ok}


def _machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def _told(result: dict[str, Any]) -> str:
    lines = [f"{result['name']}  ({result['machine']})"]
    lines += [f"  {key:<16} {value}" for key, value in result["figures"].items()]
    for key, aim in result["aims"].items():
        lines.append(f"  {key} {aim['sign']} {aim['aim']}: {'reached' if aim['ok'] else 'MISSED'}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
