"""SIP headers that name people and numbers, read from untrusted text: never an exception.

Sources: RFC 3261 §20 (name-addr), RFC 3323 and 3325 (Privacy, P-Asserted-Identity), RFC 5806
(Diversion), RFC 7044 (History-Info), RFC 7315 (P-Called-Party-ID), Remote-Party-ID (an expired
draft that gateways still speak). A header that came several times is joined by commas.
"""

import re
from urllib.parse import unquote

from domain.numbers import WITHHELD, CallerNumber, clean_name, parse

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_PARAMETER = re.compile(r";\s*([\w-]+)\s*=\s*\"?([^;,>\"]*)")
_USER = re.compile(r"(?:sips?|tel):([^@;>?]*)", re.IGNORECASE)
_HIDES = frozenset(("id", "header", "user"))
_MOST_ENTRIES = 16
_LONGEST = 8192


def entries(header: str) -> list[str]:
    """Split a header into its addresses; a comma in quotes or in <> separates nothing.

    >>> entries('"Li, Si" <sip:1@h>;reason=busy, <tel:2>')
    ['"Li, Si" <sip:1@h>;reason=busy', '<tel:2>']
    """
    parts: list[str] = []
    start = depth = 0
    text = header[:_LONGEST]
    plain = _QUOTED.sub(lambda found: "_" * len(found[0]), text)
    for place, sign in enumerate(plain):
        depth = {"<": 1, ">": 0}.get(sign, depth)
        if sign == "," and not depth:
            parts.append(text[start:place].strip())
            start = place + 1
    parts.append(text[start:].strip())
    return [part for part in parts if part][:_MOST_ENTRIES]


def from_header(header: str, area: str = "") -> CallerNumber:
    """Read number and display name of a From, To or identity header, the first with a number.

    >>> from_header('"张三" <sip:+8613800138000@10.0.0.1;user=phone>;tag=1').key
    '13800138000'
    >>> from_header("<tel:61234567;phone-context=+8628>").key
    '02861234567'
    """
    numbers = [_one(entry, area) for entry in entries(header)]
    return next((n for n in numbers if n.key), numbers[0] if numbers else CallerNumber("", ""))


def numbers_of(header: str, area: str = "") -> list[str]:
    """Give the keys of all addresses of a header, in their order, each once.

    >>> numbers_of("<sip:61234567@h>;index=1, <sip:4008000001@h?Reason=SIP>;index=1.1", "028")
    ['02861234567', '4008000001']
    """
    return list(dict.fromkeys(key for entry in entries(header) if (key := _one(entry, area).key)))


def asks_privacy(privacy: str, party: str = "", sender: str = "") -> bool:
    """Tell whether the caller wants to stay unknown.

    `privacy` is the header of RFC 3323, `party` a Remote-Party-ID, `sender` the From header.

    >>> asks_privacy("id;critical"), asks_privacy("none")
    (True, False)
    >>> asks_privacy("", "<sip:1@h>;privacy=full"), asks_privacy("", "<sip:1@h>;privacy=off")
    (True, False)
    >>> asks_privacy("", "", '"Anonymous" <sip:anonymous@anonymous.invalid>')
    True
    """
    if _HIDES & {word.strip().lower() for word in re.split(r"[;,]", privacy)}:
        return True
    words = {name.lower(): value.lower() for name, value in _PARAMETER.findall(party)}
    return words.get("privacy", "") in ("full", "uri") or _is_anonymous(sender)


def _is_anonymous(sender: str) -> bool:
    found = _USER.search(sender)
    user = unquote(found[1]).strip().lower() if found else ""
    return user in WITHHELD or "@anonymous.invalid" in sender.lower()


def _one(entry: str, area: str) -> CallerNumber:
    text = _without_name(entry)
    address = text.partition("<")[2].partition(">")[0] if "<" in text else text
    found = _USER.search(address)
    raw = clean_name(unquote(found[1] if found else address.partition("@")[0]))
    name = clean_name(entry[: entry.rfind("<")]) if "<" in entry else ""
    return CallerNumber(parse(address, area), raw, name)


def _without_name(entry: str) -> str:
    """Blank out what is quoted: a display name may hold what looks like an address."""
    return _QUOTED.sub("", entry)
