"""Telephone numbers: one person has one key in whatever form, and a class; shown masked.

Key of a Chinese number: mobile `13800138000`, landline `02812345678` (area code with its 0),
service numbers as dialled (`4008000001`, `95555`, `12345`), abroad `+14155550100`, withheld "".
SIP headers are taken apart in `headers`. Sources: RFC 3261 §19.1 (sip URI), RFC 3966 (tel URI,
phone-context), the national numbering plan, carriers' access prefixes (17951, 12593 ...).
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

WITHHELD = frozenset(
    ("anonymous", "restricted", "private", "withheld", "coverunavailable", "隐藏号码")
)
"""What stands in place of a number when the caller asked for it."""
_NOTHING = WITHHELD | {"", "unavailable", "unknown", "null", "none"}

_ADDRESS = re.compile(r"(?:sips?|tel):(?P<user>[^@;>?]*)(?P<rest>[^>]*)", re.IGNORECASE)
_CONTEXT = re.compile(r";phone-context=(\+?[0-9.-]+)", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s().\-/_\u2010-\u2015]+")  # the dialplan makes _ of )
_DIGITS = re.compile(r"\+?[0-9]{2,40}", re.ASCII)
_LONGEST = 20

_MOBILE = r"1[3-9]\d{9}"
_AREA = r"(?:10|2\d|(?!400|800)[3-9]\d{2})"
_LANDLINE = rf"0{_AREA}\d{{7,8}}"
_FREE400 = r"[48]00\d{7}"
_ACCESS = r"(?:179\d\d|12593|10193|10131|11808)"
_SERVICE = r"9[56]\d{3,6}|1[0-2]\d{1,6}|1[3-9]\d{1,3}"

_KINDS = (
    ("mobile", re.compile(_MOBILE, re.ASCII)),
    ("landline", re.compile(_LANDLINE, re.ASCII)),
    ("free400", re.compile(_FREE400, re.ASCII)),
    ("service", re.compile(_SERVICE, re.ASCII)),
    ("abroad", re.compile(r"\+(?!86|0)\d{5,15}", re.ASCII)),
)
"""Class → what its keys look like. A number that is one of these is left as it is."""

_FORMS = tuple(
    (re.compile(pattern, re.ASCII), into)
    for pattern, into in (
        (r"\+(?=0)", ""),  # +013800138000, +02861234567
        (r"(?:\+|00)86(?=\d)", ""),
        (r"00(?=[1-9]\d{4})", "+"),
        (rf"0*86(?=(?:0?{_MOBILE}|0?{_AREA}\d{{7,8}}|{_FREE400}|{_ACCESS}\d{{7,}})$)", ""),
        (rf"\+?0?{_ACCESS}(?=\d{{7}}|95\d{{3}}$)", ""),
        (rf"0+(?=(?:{_MOBILE}|{_FREE400})$)", ""),
        (rf"0{_AREA}(?=(?:95\d{{3,4}}|{_FREE400}|{_MOBILE})$)", ""),  # what has no area code
        (rf"(?={_AREA}\d{{7,8}}$)(?=\d{{10}})", "0"),
    )
)
"""The ways a number is written beside its key: what stands in front → what is put there.

They are tried in this order until the number is one of the kinds, or none fits any more.
"""
_LOCAL = re.compile(r"[2-8]\d{6,7}", re.ASCII)
_AREA_CODE = re.compile(rf"0?({_AREA})", re.ASCII)


@dataclass(frozen=True, slots=True)
class CallerNumber:
    """Who calls: `key` the same for one person in whatever form, `raw` as it came.

    `withheld`: the caller asked for privacy; the key may route, nobody may see it.
    """

    key: str
    raw: str
    name: str = ""
    withheld: bool = False


def parse(raw: str, area: str = "") -> str:
    """Give the key of a number as people, carriers and SIP URIs write it, "" for none.

    `area` is the area code of a 7 or 8 digit number that comes without one.

    >>> parse("+86 138-0013-8000"), parse("0013800138000"), parse("013800138000")
    ('13800138000', '+13800138000', '13800138000')
    >>> parse("17951 13800138000"), parse("61234567", area="028"), parse("862861234567")
    ('13800138000', '02861234567', '02861234567')
    >>> parse("anonymous"), parse("400-800-0001"), parse("0014155550100")
    ('', '4008000001', '+14155550100')
    >>> parse("tel:61234567;phone-context=+8628"), parse("sip:+8613800138000@10.0.0.1;user=phone")
    ('02861234567', '13800138000')
    """
    text = unicodedata.normalize("NFKC", unquote(raw)).strip().strip('"')
    found = _ADDRESS.search(text)
    user = unquote(found["user"]) if found else text.partition(";")[0].partition("@")[0]
    digits = _BETWEEN.sub("", user)
    context = _CONTEXT.search(text)
    if context and not digits.startswith("+"):
        digits, area = _in_context(digits, re.sub(r"[.-]", "", context[1]), area)
    if digits.lower() in _NOTHING or not _DIGITS.fullmatch(digits) or not digits.strip("+0"):
        return ""
    key = _key(digits, area)
    return key if len(key) <= _LONGEST else ""


def _in_context(digits: str, context: str, area: str) -> tuple[str, str]:
    """RFC 3966 §5.1.5: a local number means something only where its context says."""
    within = context.removeprefix("+")
    if context.startswith("+") and not within.startswith("86"):
        return context + digits, ""
    return digits, within.removeprefix("86") or area


def _key(digits: str, area: str) -> str:
    """Take off one form after the other; each step is followed by a look at the kinds."""
    local = _AREA_CODE.fullmatch(area)
    for _ in range(_LONGEST):
        if classify(digits) != "unknown":
            return digits
        if local and _LOCAL.fullmatch(digits):
            return f"0{local[1]}{digits}"
        shorter = _one_form_less(digits)
        if shorter == digits:
            break
        digits = shorter
    return digits


def _one_form_less(digits: str) -> str:
    for pattern, into in _FORMS:
        found = pattern.match(digits)
        if found:
            return into + digits[found.end() :]
    return digits


def classify(key: str) -> str:
    """Name what a key is: mobile, landline, service, free400 (400 and 800), abroad or unknown.

    >>> [classify(key) for key in ("13800138000", "02861234567", "95555", "4008000001", "8001")]
    ['mobile', 'landline', 'service', 'free400', 'unknown']
    """
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(key)), "unknown")


def area_of(key: str) -> str:
    """Give the area code of a landline's key with its 0, "" for any other number.

    >>> area_of("02861234567"), area_of("081261234567"), area_of("13800138000")
    ('028', '0812', '')
    """
    if classify(key) != "landline":
        return ""
    return key[:3] if key[1] in "12" else key[:4]


def local_part(key: str, area: str) -> str:
    """Give a landline as it is dialled within its own area; any other key as it is.

    >>> local_part("02861234567", "028"), local_part("01061234567", "028")
    ('61234567', '01061234567')
    """
    return key[len(area) :] if area and area_of(key) == area else key


def clean_name(name: str) -> str:
    """Keep at most 64 printable characters of a display name, without tricks of direction.

    >>> clean_name('"李四\\u202e\\r\\n"')
    '李四'
    """
    text = name.strip().strip('"')
    return "".join(sign for sign in text if sign.isprintable() and not _turns(sign))[:64].strip()


def _turns(sign: str) -> bool:
    return 0x200B <= ord(sign) <= 0x200F or 0x202A <= ord(sign) <= 0x202E or sign == "\ufeff"


NOBODY = "~"
"""Begins what stands in the place of a number whose person was erased; no number begins so."""


def mask(number: str) -> str:
    """Hide the middle of a number for eyes that have no right to it.

    >>> mask("13800138000"), mask("02861234567"), mask("95555"), mask("")
    ('138****8000', '028****4567', '95***', '')
    >>> mask("~1f2e3d4c")
    '~1f2e3d4c'
    """
    if number.startswith(NOBODY):
        return number
    if len(number) >= 10:
        return number[:3] + "****" + number[-4:]
    return number[:2] + "*" * (len(number) - 2) if number else ""


def mask_within(text: str) -> str:
    """Hide every telephone number in free text: carriers give the number as the caller's name.

    >>> mask_within("138-0013-8000"), mask_within("张三 １３８００１３８０００")
    ('138****8000', '张三 １３８****８０００')
    """
    return _RUN.sub(lambda found: mask("".join(filter(str.isdigit, found[0]))), text)


_RUN = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){4,}")
