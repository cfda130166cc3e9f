"""Telephone numbers: read them from SIP headers, give one person one key, show them masked.

Key of a Chinese number: mobile `13800138000`, landline `02812345678` (area code with its 0),
service numbers as dialled (`4008000001`, `95555`, `12345`), abroad `+14155550100`, withheld "".
Sources: RFC 3261 §19.1 (sip URI), RFC 3966 (tel URI, phone-context), YD/T access prefixes.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

_WITHHELD = {"", "anonymous", "restricted", "unavailable", "unknown", "private", "withheld", "0"}
_URI = re.compile(r"<?(?:sips?|tel):(?P<user>[^@;>]*)(?P<rest>[^>]*)", re.IGNORECASE)
_CONTEXT = re.compile(r"phone-context=\+?([0-9.-]+)", re.IGNORECASE)
_ACCESS = ("17951", "17911", "12593", "17909", "17969", "10193", "11808")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_SERVICE = re.compile(r"(?:400|800)\d{7}|9[56]\d{3,6}|1[0-2]\d{1,6}|1[3-9]\d{1,3}")
_AREA = re.compile(r"0(?:10|2\d|[3-9]\d{2})\d{7,8}")
_LOCAL = re.compile(r"[2-8]\d{6,7}")


@dataclass(frozen=True, slots=True)
class CallerNumber:
    """Who calls: `key` the same for one person in whatever form, `raw` as it came."""

    key: str
    raw: str
    name: str = ""


def parse(raw: str, area: str = "") -> str:
    """Give the key of a number as people, carriers and SIP headers write it.

    >>> parse("+86 138-0013-8000"), parse("0013800138000"), parse("013800138000")
    ('13800138000', '+13800138000', '13800138000')
    >>> parse("17951 13800138000"), parse("61234567", area="028"), parse("862861234567")
    ('13800138000', '02861234567', '02861234567')
    >>> parse("anonymous"), parse("400-800-0001"), parse("0014155550100")
    ('', '4008000001', '+14155550100')
    """
    text = unquote(raw).strip().strip('"')
    if text.lower() in _WITHHELD:
        return ""
    digits = re.sub(r"[^0-9+]", "", text)
    if not re.fullmatch(r"\+?\d{2,20}", digits):
        return ""
    return _home(digits, area)


def _home(digits: str, area: str) -> str:
    """Take off what leads into China; keep what leads abroad."""
    if digits.startswith("+86") or digits.startswith("0086"):
        return _domestic(digits.split("86", 1)[1], area)
    if digits.startswith("+"):
        return digits
    if digits.startswith("00"):
        return "+" + digits[2:]
    if digits.startswith("86") and _is_domestic(_national(digits[2:], area)):
        return _domestic(digits[2:], area)
    return _domestic(digits, area)


def _domestic(digits: str, area: str) -> str:
    for prefix in _ACCESS:
        if digits.startswith(prefix) and len(digits) > len(prefix) + 6:
            digits = digits[len(prefix) :]
    return _national(digits, area)


def _national(digits: str, area: str) -> str:
    bare = digits.lstrip("0")
    if _MOBILE.fullmatch(bare) or _SERVICE.fullmatch(digits):
        return bare
    if _AREA.fullmatch(digits):
        return digits
    if area and _LOCAL.fullmatch(digits):
        return area + digits
    if _AREA.fullmatch("0" + digits) and len(digits) >= 10:
        return "0" + digits
    return digits


def _is_domestic(key: str) -> bool:
    return bool(_MOBILE.fullmatch(key) or _AREA.fullmatch(key) or _SERVICE.fullmatch(key))


def from_header(header: str, area: str = "") -> CallerNumber:
    """Read the number and the display name out of a From, To or identity header.

    >>> from_header('"张三" <sip:+8613800138000@10.0.0.1;user=phone>;tag=1').key
    '13800138000'
    >>> from_header("<tel:61234567;phone-context=+8628>").key
    '02861234567'
    """
    text = unquote(header)
    name, _, address = text.rpartition("<") if "<" in text else ("", "", text)
    found = _URI.search(address if address else text)
    user = unquote(found["user"]).split(";")[0] if found else text.split("@")[0]
    context = _CONTEXT.search(address)
    if context and not user.startswith("+") and parse(user) and len(user) < 9:
        area = "0" + context[1].removeprefix("86")
    return CallerNumber(parse(user, area), user[:64], clean_name(name))


def clean_name(name: str) -> str:
    """Keep at most 64 printable characters of a display name, without tricks of direction.

    >>> clean_name('"李四\\u202e\\r\\n"')
    '李四'
    """
    text = name.strip().strip('"')
    return "".join(sign for sign in text if sign.isprintable() and not _turns(sign))[:64].strip()


def _turns(sign: str) -> bool:
    return 0x200B <= ord(sign) <= 0x200F or 0x202A <= ord(sign) <= 0x202E or sign == "\ufeff"


def mask(number: str) -> str:
    """Hide the middle of a number for eyes that have no right to it.

    >>> mask("13800138000"), mask("02861234567"), mask("95555"), mask("")
    ('138****8000', '028****4567', '95***', '')
    """
    if len(number) >= 10:
        return number[:3] + "****" + number[-4:]
    return number[:2] + "*" * (len(number) - 2) if number else ""
