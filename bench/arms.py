"""One arm of the end-to-end benchmarks, run once: its load, and what it cost."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bench.heard import Seen, read_log
from bench.load import Load, Outcome, agents, callers
from bench.site import ASTERISK, CORE, DIAL, PHONES, QUEUE, RECORDED, WHOLE, Kind, Site
from demo.steps import Pause, Press, Step
from tests.house.system import free_port

T = TypeVar("T")
OURS = ("core", "whole")
MENU: tuple[Step, ...] = (Pause(0.4), Press("1"))
"""What callers of the whole product do: they press the menu's key."""
SPARE_S = 40.0


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of an arm saw: messages of both sides, CPU seconds and megabytes by part."""

    arm: str
    outcome: Outcome
    agents: tuple[Seen, ...]
    spent: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)

    @property
    def served(self) -> int:
        """Count the calls that were carried to their end."""
        return self.outcome.placed - self.outcome.failed

    def ms_per_call(self, *parts: str) -> float:
        """Give the CPU milliseconds of these parts, of all when none is named, per call served."""
        spent = sum(value for name, value in self.spent.items() if not parts or name in parts)
        return spent / max(1, self.served) * 1000


def dialled(arm: str, site: Site) -> Sequence[str]:
    """Tell what callers of an arm dial, in turn; `Dial` needs somebody to be named."""
    if arm in ("dial", "dial_recorded"):
        before = DIAL if arm == "dial" else RECORDED
        return [f"{before}{number}" for number in site.numbers]
    return [{"queue": QUEUE, "core": CORE, "whole": WHOLE}[arm]]


@dataclass(slots=True)
class Bench:
    """The runs of one benchmark on one site; the engine is there for our arms only."""

    site: Site
    room: Path
    phones: int
    engine: bool = False
    runs: list[Run] = field(default_factory=list)

    async def run(self, arm: str, load: Load, talk_ms: str, spare_s: float = SPARE_S) -> Run:
        """Run an arm once: phones up, calls placed, everything quiet again.

        Calls that are not over `spare_s` after the last one was placed have failed.
        """
        await self.prepare(arm)
        room = self.room / f"{len(self.runs)}-{arm}"
        before = self.site.spent()
        async with agents(room / "agents", (PHONES[0], self.phones), talk_ms) as log:
            seconds = load.calls / load.rate + spare_s
            outcome = await callers(room / "callers", self.site.sip, load, seconds)
            await self.site.settled()
        after = self.site.spent()
        spent = {name: value - before.get(name, 0.0) for name, value in after.items()}
        made = Run(arm, outcome, tuple(read_log(log)), spent, self.site.memory())
        self.runs.append(made)
        return made

    async def prepare(self, arm: str) -> None:
        """Start the engine for an arm of ours, end it for any other."""
        if self.engine and arm not in OURS:
            await self.site.engine_off()
        elif not self.engine and arm in OURS:
            await self.site.engine_on()
        self.engine = arm in OURS


def on_site(kind: Kind, runs: Callable[[Bench], Awaitable[T]]) -> T:
    """Open a site of this kind, make the runs and leave nothing behind."""

    async def whole() -> T:
        with tempfile.TemporaryDirectory(prefix="bench") as folder:
            site, phones = Site(Path(folder), kind), free_port()
            try:
                await site.open(phones)
                return await runs(Bench(site, Path(folder) / "runs", phones))
            finally:
                await site.close()

    return asyncio.run(whole())


def asterisk_ms(runs: Sequence[Run]) -> float:
    """Give Asterisk's CPU milliseconds per call over runs of an arm."""
    return part_ms(runs, ASTERISK)


def all_ms(runs: Sequence[Run]) -> float:
    """Give the CPU milliseconds of all server processes per call over runs of an arm."""
    return part_ms(runs)


def part_ms(runs: Sequence[Run], *parts: str) -> float:
    """Give the CPU milliseconds of some parts per call, the mean of these runs."""
    costs = [run.ms_per_call(*parts) for run in runs]
    return sum(costs) / len(costs) if costs else 0.0
