"""What the fake exchange writes down while no engine hears: [absent], [took], [measured].

Its notes outlive the engine, and Asterisk's own death, like the database of the real one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from pbx.absent import FAMILY, HEARD

if TYPE_CHECKING:
    from pbx.fake import FakePbx
    from pbx.fake_caller import Channel

ENDPOINT = "CHANNEL(endpoint)"


def came(pbx: FakePbx, channel: Channel) -> None:
    """Note on the channel when the caller came."""
    channel.variables.setdefault("CC_CAME", _now(pbx))


def fell(pbx: FakePbx, channel: Channel) -> None:
    """Write down who fell back."""
    known = channel.variables
    channel.variables["CC_ABSENT"] = channel.name.replace("/", "-")
    names = ("CC_CALL", "CC_FALLBACK", "CC_CALLED", ENDPOINT)
    rest = [known.get("CC_CAME", ""), _now(pbx), *(known.get(name, "") for name in names)]
    _write(pbx, channel, "fell", ":".join(rest))
    heard = [f"{name}=x{quote(known.get(of, ''), safe='')}" for name, of in HEARD.items()]
    _write(pbx, channel, "heard", "&".join(heard))


def took(pbx: FakePbx, channel: Channel, leg: Channel) -> None:
    """Write down whose phone took the caller out of the queue."""
    _write(pbx, channel, "took", f"{_now(pbx)}:{leg.name}")


def over(pbx: FakePbx, channel: Channel) -> None:
    """Write down that the queue let go of the caller."""
    _write(pbx, channel, "over", _now(pbx))


def left(pbx: FakePbx, channel: Channel) -> None:
    """Write down that a caller left, if no engine may know of it."""
    known = channel.variables
    if known.get("CC_LEG") != "caller" or (known.get("CC_CALL") and not known.get("CC_ABSENT")):
        return
    if not known.get("CC_ABSENT"):
        fell(pbx, channel)
    _write(pbx, channel, "left", f"{_now(pbx)}:{known.get('CC_CALL', '')}")
    pbx.user_event(channel, "CCAbsent")


def _now(pbx: FakePbx) -> str:
    return str(pbx.timeline.utc_ms())


def _write(pbx: FakePbx, channel: Channel, name: str, value: str) -> None:
    pbx.notes[f"/{FAMILY}/{channel.variables['CC_ABSENT']}/{name}"] = value
