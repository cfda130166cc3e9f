"""Hotlines that somebody holds open or closed by hand, at once and without a publish.

A switch of one hotline goes before the switch of all. The journal has each as a fact; a file keeps
what holds for longer than the journal is replayed. Calls in the menu notice it at their next look
at the calendar; calls that wait are not touched.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from domain import events as ev
from domain.clock import Clock
from domain.ports import Tell
from ivr.calendar import Calendar, forced
from ivr.model import Flow
from office.atomic import write_atomic

log = logging.getLogger("yingda.switches")

OPEN, CLOSED = "open", "closed"
ALL = ""
"""Stands for every hotline."""
LOOK_S = 1.0
CLOCK = "clock"
"""Who lets go of a switch whose time is over."""


@dataclass(frozen=True, slots=True)
class Switch:
    """A hotline ("" = all) held open or closed; UTC ms, `until` 0 = until somebody lets go."""

    hotline: str
    state: str
    since: int
    until: int = 0
    reason: str = ""
    prompt: str = ""
    by: str = ""


class Switches:
    """The switches in force, by hotline."""

    def __init__(self, file: Path, clock: Clock, tell: Tell) -> None:
        self._file, self._clock, self._tell = file, clock, tell
        self._by_hotline: dict[str, Switch] = _read(file)
        self._kept = dict(self._by_hotline)
        self._let_go: set[Switch] = set()

    def of(self, hotline: str) -> Switch | None:
        """Give what holds for a hotline now."""
        now = self._clock.utc_ms()
        found = (self._by_hotline.get(name) for name in (hotline, ALL))
        return next((each for each in found if each and not _over(each, now)), None)

    def rows(self) -> list[dict[str, Any]]:
        """Lay out what holds now for the board, oldest first."""
        now = self._clock.utc_ms()
        held = sorted(self._by_hotline.values(), key=lambda each: (each.since, each.hotline))
        return [asdict(each) for each in held if not _over(each, now)]

    def note(self, record: ev.Record) -> None:
        """Listener, and at the start: take in what the journal says."""
        match record.event:
            case ev.HotlineSwitched(hotline, "") if hotline in self._by_hotline:
                self._let_go.discard(self._by_hotline.pop(hotline))
            case ev.HotlineSwitched(hotline, str(state), until, reason, prompt, by) if state:
                switch = Switch(hotline, state, record.utc_ms, until, reason, prompt, by)
                self._by_hotline[hotline] = switch

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Let go of switches whose time is over, and keep the file up to date."""
        while True:
            self.look()
            await self._keep()
            await sleep(LOOK_S)

    def look(self) -> None:
        """Tell once of each switch whose time is over."""
        now = self._clock.utc_ms()
        for switch in self._by_hotline.values():
            if _over(switch, now) and switch not in self._let_go:
                self._let_go.add(switch)
                self._tell(ev.HotlineSwitched(switch.hotline, "", by=CLOCK))

    async def _keep(self) -> None:
        held = dict(self._by_hotline)
        if held == self._kept:
            return
        text = json.dumps([asdict(each) for each in held.values()], ensure_ascii=False, indent=1)
        try:
            await asyncio.to_thread(write_atomic, self._file, text + "\n")
        except OSError as error:
            log.error("the switches cannot be kept, the journal has them: %s", error)
            return
        self._kept = held


class ByHand(Mapping[str, Calendar]):
    """Calendars as they are while a hotline may be held open or closed by hand."""

    def __init__(
        self, calendars: Mapping[str, Calendar], switch: Callable[[], Switch | None]
    ) -> None:
        self._calendars, self._switch = calendars, switch

    def __getitem__(self, name: str) -> Calendar:
        switch = self._switch()
        calendar = self._calendars[name]
        return forced(calendar, switch.state == OPEN) if switch else calendar

    def __iter__(self) -> Iterator[str]:
        return iter(self._calendars)

    def __len__(self) -> int:
        return len(self._calendars)


def looks_at_hours(flow: Flow, flows: Mapping[str, Flow]) -> bool:
    """Tell whether a flow, or one that it calls, looks at a calendar by itself."""
    seen, todo = {flow.name}, [flow]
    while todo:
        for node in todo.pop().nodes.values():
            if node.kind == "hours":
                return True
            called = flows.get(getattr(node, "flow", "")) if node.kind == "flow" else None
            if called and called.name not in seen:
                seen.add(called.name)
                todo.append(called)
    return False


def _over(switch: Switch, now_ms: int) -> bool:
    return 0 < switch.until <= now_ms


def _read(file: Path) -> dict[str, Switch]:
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
        return {row["hotline"]: Switch(**row) for row in rows}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.error("%s cannot be read; only what the journal still tells holds: %s", file, error)
        return {}
