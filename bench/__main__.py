"""`python -m bench NAME [--json]`: run one benchmark and print its figures."""

import argparse
import importlib
import json
import os
import platform
import sys
from typing import Any

NAMES = {"handoff": "an agent who hangs up to the next INVITE at the phone, on a real system"}
"""Benchmark → what it measures; each is a module here with `measure() -> (figures, aims)`."""


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


def _judged(value: float, aim: float) -> dict[str, Any]:
    return {"value": value, "aim": aim, "ok": value <= aim}


def _machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def _told(result: dict[str, Any]) -> str:
    lines = [f"{result['name']}  ({result['machine']})"]
    lines += [f"  {key:<16} {value}" for key, value in result["figures"].items()]
    for key, aim in result["aims"].items():
        lines.append(f"  {key} ≤ {aim['aim']}: {'reached' if aim['ok'] else 'MISSED'}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
