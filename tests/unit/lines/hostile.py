"""Numbers by which people tried to make others' telephone systems call: none may be dialled."""

_PREMIUM = ("16812345", "16899999", "12590123456", "968888", "900123456")
_INTO = ("88210", "88216", "882", "979", "881", "252", "53", "371", "257", "960", "675")
_TAILS = ("1234567", "00000000", "2345678901")
_FORMS = ("00{}", "+{}", "000{}", "011{}", "1790900{}", "0086 00{}", "9,00{}", "00 {}")
_TRICKS = (
    "*72{}",
    "#31#{}",
    "{}#",
    "{}&PJSIP/13900139000",
    "{}@trunk-b",
    "{};phone-context=+1",
    "sip:{}@example.com",
    "tel:{}",
    "{},110",
    "{}^s^1",
    "${{EXTEN}}{}",
    "{}|30|g",
    "{}\r\nAction: Originate",
    "{}\x00",
    "\u202e{}",
    "{}p1234",
    "{}w9",
    "Local/{}@dial-out",
    '"{}"',
    "'{}' OR 1=1",
    "{}%0d%0a",
    "%2B{}",
    "{}/n",
    "<{}>",
    "{}?x=1",
    "{}=",
    "~{}",
    "٠{}",
    "१{}",
)
_HELP = ("110", "119", "120", "122", "112", "911", "999", "12110", "12395")
_AREAS = ("", "010", "028", "0755", "+86", "0086", "86", "+86 10 ")

HOSTILE = (
    [form.format(into + tail) for form in _FORMS for into in _INTO for tail in _TAILS[:1]]
    + [f"00{into}{tail}" for into in _INTO for tail in _TAILS[1:]]
    + [trick.format("13800138000") for trick in _TRICKS]
    + [area + number for area in _AREAS for number in _HELP]
    + list(_PREMIUM)
    + ["", " ", "0", "+", "00", "-", "1", "8001", "w8001", "s", "h", "i", "t", "9" * 33, "1" * 21]
    + ["anonymous", "Restricted", "unavailable", "0" * 11, "138001380001380013800", "caller1"]
)
