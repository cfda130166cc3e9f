"""`python -m bench [NAME] [--json]`: run one benchmark, or all, and print figures and aims."""

import argparse
import importlib
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

NAMES = {
    "handoff": "an agent who hangs up to the next INVITE at the phone, beside app_queue",
    "calls": "what a call costs and how soon an idle agent rings, beside Dial and app_queue",
    "whole": "what a call of the whole product costs, part by part, and the highest rate of calls",
    "rush": "the highest rate of calls, beside Dial and app_queue",
    "scale": "recorded talks for each core beside Dial with MixMonitor, and a firm's everyday",
    "ami": "events of Asterisk for a CPU second, beside panoramisk and a bare split of bytes",
    "agi": "conversations for a CPU second, beside panoramisk's server and bare asyncio",
    "acd": "decisions a second from 100 to 100,000 waiting callers, beside a scan and bare deques",
    "pop": "a fact to the frame at one of 1,000 desks, whatever the CRM does; 1,000 wallboards",
    "cdr": "rows of calls for a CPU second, beside row by row and the database's bulk load",
    "mem": "memory of a waiting call, an agent, an open page; whether a million calls leave any",
    "recording": "CPU of a recorded hour, locked and with peaks, beside ffmpeg alone; its memory",
    "wait": "waits told against waits had, beside theory's estimate and app_queue's",
    "truth": "queueing theory against the simulator, up to seven million calls a case",
}
"""Benchmark → what it measures; each is a module here with `measure() -> (figures, aims)`. A module
with options of its own has `add_options(parser)`; `measure` takes them by name.

An aim is a number not to exceed, or a pair of "<=" or ">=" and the number.
"""
NOT_RUN = {"value": 0.0, "aim": 1.0, "sign": ">=", "ok": False}
"""What is said of a benchmark that ended without figures; its own words went to stderr."""


def main() -> int:
    """Run one benchmark, or without a name all of them; exit 1 when an aim was missed."""
    listed = "\n".join(f"  {name:<9} {text}" for name, text in NAMES.items())
    parser = argparse.ArgumentParser(
        "python -m bench",
        epilog=f"{listed}\n\nNAME --help tells of the options that a benchmark has of its own",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    parser.add_argument("-h", "--help", action="store_true", help="show this")
    parser.add_argument("name", nargs="?", choices=NAMES, metavar="NAME", help="without: all")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args, rest = parser.parse_known_args()
    if not args.name and (args.help or rest):
        parser.exit(2 if rest else 0, parser.format_help())
    rest += ["--help"] * args.help
    # a benchmark that is told to end must still end the processes that it started
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    results = [_measured(args.name, rest)] if args.name else [_apart(name) for name in NAMES]
    if args.json:
        print(json.dumps(results[0] if args.name else results, ensure_ascii=False))
    else:
        print("\n\n".join(map(_told, results)) + "\n\n" + _summed(results))
    return 0 if all(aim["ok"] for result in results for aim in result["aims"].values()) else 1


def _measured(name: str, rest: Sequence[str]) -> dict[str, Any]:
    module = importlib.import_module(f"bench.{name}")
    own = argparse.ArgumentParser(f"python -m bench {name}")
    getattr(module, "add_options", lambda parser: None)(own)
    figures, aims = module.measure(**vars(own.parse_args(rest)))
    judged = {key: _judged(figures[key], aim) for key, aim in aims.items()}
    return {"name": name, "machine": _machine(), "figures": figures, "aims": judged}


def _apart(name: str) -> dict[str, Any]:
    """Run one in a process of its own, so that none inherits another's memory."""
    print(f"{name}: {NAMES[name]} …", file=sys.stderr, flush=True)
    command = (sys.executable, "-m", "bench", name, "--json")
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if not done.stdout.strip():
        return {"name": name, "machine": _machine(), "figures": {}, "aims": {"ran": NOT_RUN}}
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _judged(value: float, aim: float | tuple[str, float]) -> dict[str, Any]:
    sign, border = aim if isinstance(aim, tuple) else ("<=", aim)
    ok = value >= border if sign == ">=" else value <= border
    return {"value": value, "aim": border, "sign": sign, "ok": ok}


def _machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def _told(result: dict[str, Any]) -> str:
    lines = [f"{result['name']}  ({result['machine']})"]
    lines += [f"  {key:<28} {value}" for key, value in result["figures"].items()]
    return "\n".join(lines)


def _summed(results: Sequence[dict[str, Any]]) -> str:
    """Draw the one table: each aim, what was reached, and by how much it was missed."""
    rows = [("benchmark", "figure", "reached", "aim", "")]
    for result in results:
        for key, aim in result["aims"].items():
            asked = f"{aim['sign']} {aim['aim']:g}"
            rows.append((result["name"], key, f"{aim['value']:g}", asked, _verdict(aim)))
    widths = [max(len(row[at]) for row in rows) for at in range(5)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _verdict(aim: dict[str, Any]) -> str:
    if aim["ok"]:
        return "reached"
    return f"MISSED: {aim['value'] / aim['aim']:.2f} x the aim" if aim["aim"] else "MISSED"


if __name__ == "__main__":
    sys.exit(main())
