"""What the dialplan wrote down of callers while no engine heard: read from Asterisk's database.

`[absent]`, `[took]`, `[fallback]` and `[measured]` of the dialplan write a few keys per call into
the family yd-absent of Asterisk's own database. Words of the other side stand there encoded. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from pbx.ears import trunk_of
from pbx.net import QUEUE as EVERYBODY

FAMILY = "yd-absent"
HEARD: Mapping[str, str] = {
    "pai": "PJSIP_HEADER(read,P-Asserted-Identity,1)",
    "from": "PJSIP_HEADER(read,From,1)",
    "id": "CHANNEL(pjsip,call-id)",
    "uri": "CHANNEL(pjsip,request_uri)",
    "to": "PJSIP_HEADER(read,To,1)",
    "privacy": "PJSIP_HEADER(read,Privacy,1)",
    "rpid": "PJSIP_HEADER(read,Remote-Party-ID,1)",
    "ppi": "PJSIP_HEADER(read,P-Preferred-Identity,1)",
    "pcpid": "PJSIP_HEADER(read,P-Called-Party-ID,1)",
    "diversion": "PJSIP_HEADER(read,Diversion,1)",
    "history": "PJSIP_HEADER(read,History-Info,1)",
}
"""Its short name in a note → what the dialplan reads; the same that a conversation asks for."""
MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Absence:
    """One call as the dialplan wrote it down; times are UTC ms, 0 = that never was.

    `key` is its place in the database, `call` our id of it, "" where no engine ever met it. `seen`
    is what a conversation would have read of the channel. Without `left_ms` nobody saw its end.
    `leg` is the channel that took the call, `phone` its endpoint.
    """

    key: str
    call: str = ""
    came_ms: int = 0
    fell_ms: int = 0
    took_ms: int = 0
    over_ms: int = 0
    left_ms: int = 0
    group: str = ""
    leg: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)

    @property
    def phone(self) -> str:
        """Name the endpoint of the leg that took the call.

        >>> Absence("", leg="PJSIP/a8001-0000002a").phone
        'a8001'
        >>> Absence("", leg="Local/m8001@mobile-00000001;1").phone
        'm8001'
        """
        if self.leg.startswith("Local/"):
            return self.leg.removeprefix("Local/").partition("@")[0]
        return trunk_of(self.leg)

    @property
    def talks(self) -> bool:
        """Tell whether the caller talks with whom the dialplan found."""
        return bool(self.took_ms) and not (self.over_ms or self.left_ms)


def absences(rows: Iterable[tuple[str, str]]) -> list[Absence]:
    """Read keys (`/yd-absent/ID/fell`) and values; what is not ours or broken is passed over."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for path, value in rows:
        family, _, rest = path.lstrip("/").partition("/")
        key, slash, name = rest.rpartition("/")
        if family == FAMILY and slash and key:
            found[key][name] = value
    calls = [_absence(key, notes) for key, notes in found.items()]
    return sorted(calls, key=lambda each: (each.came_ms, each.key))


def _absence(key: str, notes: Mapping[str, str]) -> Absence:
    came, fell, call, queue, called, endpoint = _parts(notes.get("fell", ""), 6)
    took, leg = _parts(notes.get("took", ""), 2)
    left, last = _parts(notes.get("left", ""), 2)
    heard = _heard(notes.get("heard", ""))
    began = _ms(came) or _ms(fell) or _ms(left)
    again = _ms(took) < _ms(fell)  # they fell back once more: that talk is over, and an engine's
    return Absence(
        key,
        last or call,
        began,
        max(began, _ms(fell)),
        0 if again else _ms(took),
        0 if again else _ms(notes.get("over", "")),
        _ms(left),
        "" if queue == EVERYBODY else queue.removeprefix("fb-"),
        "" if again else leg,
        heard | {"CC_CALLED": called, "CHANNEL(endpoint)": endpoint},
    )


def _parts(text: str, count: int) -> list[str]:
    return [*text.split(":", count - 1), *[""] * count][:count]


def _ms(text: str) -> int:
    right = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if right else 0


def _heard(text: str) -> dict[str, str]:
    told = dict(part.split("=", 1) for part in text.split("&") if "=" in part)
    known = {HEARD[name]: unquote(said) for name, said in told.items() if name in HEARD}
    return {name: said.removeprefix("x") for name, said in known.items() if said != "x"}
