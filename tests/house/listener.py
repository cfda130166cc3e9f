"""A test phone that looks closely at the sound that reaches it: what is missing, how unevenly."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from demo.audio import tone
from demo.media import AudioLine
from demo.phone_aio import AioPhone
from demo.rtp import ALAW, unpack
from demo.softphone import Account

RATE = 8000


@dataclass(frozen=True, slots=True)
class Sound:
    """What came in a while: packets, how many were missing, RFC 3550's jitter and the worst gap."""

    came: int
    missing: int
    jitter_ms: float
    gap_ms: float


def sound_of(packets: Sequence[tuple[float, int, int]]) -> Sound:
    """Judge packets by time of arrival (s), number and timestamp, in order of arrival.

    >>> sound_of([(0.00, 1, 0), (0.02, 2, 160), (0.06, 4, 480)])
    Sound(came=3, missing=1, jitter_ms=0.0, gap_ms=40.0)
    """
    if not packets:
        return Sound(0, 0, 0.0, 0.0)
    jitter, gap, span = 0.0, 0.0, 1
    for (before, one, stamp), (at, two, now) in pairwise(packets):
        drift = (at - before) - (now - stamp) / RATE
        jitter += (abs(drift) - jitter) / 16
        gap, span = max(gap, at - before), span + ((two - one + 0x8000) & 0xFFFF) - 0x8000
    missing = max(0, span - len(packets))
    return Sound(len(packets), missing, round(jitter * 1000, 2), round(gap * 1000, 1))


class Ear(AudioLine):
    """An audio line that notes number, timestamp and time of each packet."""

    def __init__(self) -> None:
        super().__init__(tone(440))
        self.noted: list[tuple[float, int, int]] = []

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Note a packet and let it go: nobody listens to it."""
        packet = unpack(data)
        if packet is not None and packet.kind == ALAW:
            now = asyncio.get_running_loop().time()
            self.noted.append((now, packet.number, packet.timestamp))


class Listener(AioPhone):
    """A caller whose sound is judged."""

    def __init__(self, account: Account) -> None:
        super().__init__(account, lambda: tone(440))
        self.ear = Ear()

    @property
    def is_over(self) -> bool:
        """Tell whether the call has ended."""
        return self._over.is_set()

    async def _new_line(self) -> None:
        await self.line.close()
        self.line = self.ear = Ear()
        self._rtp_port = await self.line.open(self.account.local)

    def judge(self) -> Sound:
        """Judge what came since the last time."""
        noted, self.ear.noted = self.ear.noted, []
        return sound_of(noted)
