"""`python -m tests.chaos [PART] [--seed S] [--cycles N] [--calls N]`: break things, count, judge.

Without a part all run, each in a process of its own. A line per cycle goes to stderr, one JSON
object to stdout; the exit code is 1 when a promise broke, and 2 when a part could not run.
"""

import argparse
import importlib
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.tally import Ask, Tally, together


@dataclass(frozen=True, slots=True)
class Part:
    """One way to break things: what it does, and how much of it a night has."""

    what: str
    cycles: int
    calls: int = 0


PARTS: dict[str, Part] = {
    "ami-fuzz": Part("damaged AMI messages, counted one by one", 1_000_000),
    "sip": Part("RFC 4475 and damaged SIP from strangers", 500_000),
    "sip-flood": Part("talks and new calls under a flood, requests a second x talks", 1_000, 12),
    "api": Part("made-up requests of every role to every operation", 2_000),
    "api-schema": Part("Schemathesis' idea of requests, as the administrator", 2000),
    "hostile": Part("calls whose names and headers mean harm, into page, files, webhooks", 500),
    "mutate": Part("scenarios on an AMI stream that lies, by seed", 50_000),
    "sweep-io": Part("the n-th write, action or statement of a call fails, every n", 6),
    "days": Part("virtual days with faults, by seed", 2_000),
    "agi-fuzz": Part("damaged AGI conversations with our server", 50_000),
    "config-mutate": Part("the demo's configuration spoilt, refused or taken whole", 20_000),
    "damage": Part("flip a byte of the journal's file or log, open it", 2000),
    "kill-engine": Part("kill -9 of the engine at random moments under live calls", 200, 60),
    "dead-phones": Part("a desk phone loses its power in a talk; another is only silent", 10),
    "stall": Part("SIGSTOP of the engine for 1, 5 and 30 s under live calls", 40, 30),
    "ami": Part("the link to Asterisk cut, half-open, stalled, under a talk", 500, 2),
    "db": Part("the database locked, down, hanging, with calls going on; both kinds", 1, 20),
    "clock": Part("the wall clock set by an hour, by a day, over midnight", 1, 20),
    "disks": Part("each disk full apart, with calls going on (root)", 1, 20),
    "kill-asterisk": Part("kill -9 of Asterisk; it comes back and everything is closed", 30, 20),
    "soak": Part("very many short calls; memory, files and threads stay flat", 20_000),
    "sweep": Part("the engine dies at every turn of a call, in each way, in virtual time", 8),
    "sweep-real": Part("the engine dies after the n-th record of a real call", 40, 1),
    "sweep-return": Part("the engine dies at every turn of its return from the fallback", 100, 3),
    "upgrade": Part("an older version with calls, followed by this one", 3),
    "journal-full": Part("the journal's disk is full at every length of its files", 2000),
}
"""Part → what it does; `kill-engine` is `tests/chaos/kill_engine.py` with `run(Ask) -> Tally`."""
NOT_RUN = {"broken": ["it ended without figures; its own words went to stderr"], "ok": False}


def main() -> int:
    """Run one part, or without a name all of them."""
    args = _arguments()
    # whoever is told to end must still end the processes that it started
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    seed = args.seed if args.seed is not None else random.SystemRandom().randrange(1 << 31)
    if args.part:
        found = run(args.part, seed, args.cycles, args.calls, args.away)
    else:
        found = together([_apart(name, seed) for name in PARTS])
    print(json.dumps(found, ensure_ascii=False))
    return 0 if found["ok"] else 1


def _arguments() -> argparse.Namespace:
    listed = "\n".join(
        f"  {name:<14} {part.what} ({part.cycles} x {part.calls})" for name, part in PARTS.items()
    )
    parser = argparse.ArgumentParser(
        "python -m tests.chaos",
        epilog=f"parts (cycles x calls of a night):\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("part", nargs="?", choices=PARTS, metavar="PART", help="without: all")
    parser.add_argument("--seed", type=int, help="the same faults again; without: a new one")
    parser.add_argument("--cycles", type=int, help="how often; without: a night's number")
    parser.add_argument("--calls", type=int, help="live calls per cycle")
    parser.add_argument("--away", type=float, default=60.0, help="seconds that something is away")
    return parser.parse_args()


def run(
    name: str, seed: int, cycles: int | None = None, calls: int | None = None, away_s: float = 60.0
) -> dict[str, Any]:
    """Run a part here and give its JSON object."""
    part, began = PARTS[name], time.monotonic()
    print(f"{name}: {part.what}; --seed {seed}", file=sys.stderr, flush=True)
    module = importlib.import_module(f"tests.chaos.{name.replace('-', '_')}")
    with tempfile.TemporaryDirectory(prefix="yd-") as room:
        tally: Tally = module.run(
            Ask(
                seed,
                part.cycles if cycles is None else cycles,
                part.calls if calls is None else calls,
                Path(room),
                lambda line: print(f"{name}: {line}", file=sys.stderr, flush=True),
                away_s,
            )
        )
    return tally.told(name) | {"took_s": round(time.monotonic() - began, 1)}


def _apart(name: str, seed: int) -> dict[str, Any]:
    """Run a part in a process of its own, so that none inherits what another left."""
    command: Sequence[str] = (sys.executable, "-m", "tests.chaos", name, "--seed", str(seed))
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    lines = done.stdout.strip().splitlines()
    if not lines:
        return {"part": name, "seed": seed} | NOT_RUN
    found: dict[str, Any] = json.loads(lines[-1])
    return found


if __name__ == "__main__":
    sys.exit(main())
