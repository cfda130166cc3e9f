"""Descriptions of audio (SDP, RFC 4566): what a carrier offers or answers. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES = {8: "PCMA/8000", 0: "PCMU/8000", 18: "G729/8000", 3: "GSM/8000"}
ALAW, ULAW, G729 = 8, 0, 18


@dataclass(frozen=True, slots=True)
class Audio:
    """One side's audio. `events` is the payload number of telephone-event, 0 = none."""

    host: str = ""
    port: int = 0
    codecs: tuple[int, ...] = (ALAW,)
    events: int = 101
    ptime: int = 20
    srtp: bool = False

    def text(self, version: int = 1) -> str:
        """Write it down."""
        formats = [*self.codecs, *([self.events] if self.events else [])]
        lines = [
            "v=0",
            f"o=- 20261122 {version} IN IP4 {self.host}",
            "s=-",
            f"c=IN IP4 {self.host}",
            "t=0 0",
            f"m=audio {self.port} RTP/AVP {' '.join(map(str, formats))}",
            *(f"a=rtpmap:{each} {_NAMES[each]}" for each in self.codecs),
        ]
        if self.events:
            lines += [f"a=rtpmap:{self.events} telephone-event/8000", f"a=fmtp:{self.events} 0-15"]
        return "\r\n".join([*lines, f"a=ptime:{self.ptime}", "a=sendrecv", ""])


def read_audio(text: str) -> Audio | None:
    """Read a description; None where there is no audio."""
    media = re.search(r"^m=audio (\d+) (\S+) ([\d ]+)", text, re.MULTILINE)
    where = re.search(r"^c=IN IP4 (\S+)", text, re.MULTILINE)
    if not media or not where:
        return None
    events = re.search(r"^a=rtpmap:(\d+) telephone-event/8000", text, re.MULTILINE)
    number = int(events.group(1)) if events else 0
    codecs = tuple(int(each) for each in media.group(3).split() if int(each) != number)
    ptime = re.search(r"^a=ptime:(\d+)", text, re.MULTILINE)
    return Audio(
        where.group(1),
        int(media.group(1)),
        codecs,
        number,
        int(ptime.group(1)) if ptime else 20,
        "SAVP" in media.group(2),
    )
