"""The demo's configuration spoilt by seed: refused with file and line, or taken whole.

What is taken must come back from its own text as the same configuration; nothing else may happen.
"""

import random
from pathlib import Path

from domain.errors import Fault, Refused
from office.compile import compile_config
from office.folder import read_files
from office.model import Config
from office.render import render
from switchboard.flows import check_flow
from tests.chaos.tally import Ask, Tally

DEMO = Path(__file__).parents[2] / "demo" / "config"
WORDS = ("", "x", "0", "-1", "1e9", "null", "true", "[]", "{}", '"\\x07"', "'", ":", "- ", "99:99")
WORDS += ("2026-02-30", "一", "!!python/object:os.system", "&a *a", "\t", "%", "../../etc/passwd")


def run(ask: Ask) -> Tally:
    """Spoil the demo `cycles` times, one to three places each."""
    tally, rng = Tally(ask.seed), random.Random(ask.seed)
    files = read_files(DEMO)
    taken = 0
    for cycle in range(ask.cycles):
        tally.cycles += 1
        spoilt = dict(files)
        for _ in range(rng.randint(1, 3)):
            name = rng.choice(sorted(spoilt))
            spoilt[name] = mutated(spoilt[name], rng)
        taken += _judge(tally, spoilt, cycle)
        if cycle % 1000 == 999:
            ask.say(f"{cycle + 1} configurations, {taken} taken whole")
    tally.also["taken"] = taken
    tally.also["refused"] = tally.cycles - taken - len(tally.broken)
    return tally


def mutated(text: str, rng: random.Random) -> str:
    """Change one line: a word for another, the line gone, twice, moved, or cut."""
    lines = text.splitlines(keepends=True)
    if not lines:
        return rng.choice(WORDS)
    at = rng.randrange(len(lines))
    line = lines[at]
    match rng.randrange(6):
        case 0:
            lines[at] = ""
        case 1:
            lines[at] = line * 2
        case 2:
            lines[at] = " " * rng.randint(1, 3) + line
        case 3:
            start = rng.randrange(len(line))
            lines[at] = line[:start] + rng.choice(WORDS) + line[start + rng.randint(0, 3) :]
        case 4:
            head, colon, _ = line.partition(":")
            lines[at] = f"{head}{colon} {rng.choice(WORDS)}\n" if colon else rng.choice(WORDS)
        case _:
            other = rng.randrange(len(lines))
            lines[at], lines[other] = lines[other], line
    return "".join(lines)


def _judge(tally: Tally, files: dict[str, str], cycle: int) -> bool:
    try:
        config = compile_config(files, check_flow)
    except Refused as refused:
        tally.must(
            refused.faults and all(_placed(fault, files) for fault in refused.faults),
            f"cycle {cycle}: refused without a place: {refused}",
        )
        return False
    except Exception as error:
        tally.must(False, f"cycle {cycle}: {type(error).__name__}: {error}")
        return False
    tally.must(isinstance(config, Config) and render(config), f"cycle {cycle}: not taken whole")
    return True


def _placed(fault: Fault, files: dict[str, str]) -> bool:
    return bool(fault.file and fault.text) and fault.line >= 0
