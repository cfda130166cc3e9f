"""What the wall clock brings: the firm's day begins, somebody's help for a group is over."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from domain import events as ev
from domain.clock import Clock
from domain.ports import Tell
from switchboard.tallies import SHANGHAI

LOOK_S = 1.0


def moment(clock: Clock) -> str:
    """Give the firm's wall clock, `2026-11-23T14:00`."""
    local = datetime.fromtimestamp(clock.utc_ms() / 1000, SHANGHAI)
    return local.isoformat(timespec="minutes")[:16]


@dataclass(slots=True)
class Days:
    """Looks at the clock each second; a clock that jumps is believed at once.

    `day` is the day that distribution counts; `ends` gives when helps end; `renew` has everybody
    who helps no longer taken out.
    """

    clock: Clock
    tell: Tell
    day: Callable[[], str]
    ends: Callable[[], Iterable[str]]
    renew: Callable[[], None]
    seen: str = ""

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await sleep(LOOK_S)

    def look(self) -> None:
        """Tell what the clock says is new."""
        now = moment(self.clock)
        if self.day() != now[:10]:
            self.tell(ev.DayBegan(now[:10]))
        before, self.seen = self.seen or now, now
        if any(before < end <= now or now < end <= before for end in self.ends()):
            self.renew()
