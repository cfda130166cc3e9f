"""Why a call out did not reach anybody, as one word with its sentence in both languages.

Sources: ITU-T Q.850 causes, RFC 3261 §21 statuses, RFC 3398 between the two, `Reason` (RFC 3326,
in responses RFC 6432). Asterisk invents a cause for a status without `Reason`; such a cause says
no more than the status, so the status is read then.

The limit: most carriers in China say 空号, 停机 and 关机 only by an announcement in the early media
and end with one and the same status. The agent hears it and it is recorded; the word here may then
be no more than `unavailable` or `not_reached`.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in both languages."""

    zh: str
    en: str


WORDS = {
    "empty_number": Said("空号", "The number does not exist"),
    "number_changed": Said("号码已变更", "The number has changed"),
    "suspended": Said("停机", "The number is suspended"),
    "out_of_order": Said("对方线路不通，可能已停机", "The far line is out of order or suspended"),
    "powered_off": Said("关机或不在服务区", "The phone is off or out of coverage"),
    "unavailable": Said("暂时无法接通", "Not available at the moment"),
    "rejected": Said("对方拒接", "The call was rejected"),
    "barred": Said("对方不接受来电或号码被限制", "Calls to this number are barred"),
    "busy": Said("用户忙", "The line is busy"),
    "no_answer": Said("无人接听", "Nobody answered"),
    "incomplete": Said("号码不完整或有误", "The number is incomplete or wrong"),
    "caller_id_refused": Said(
        "运营商拒绝了这次呼叫（多为外显号码未登记）",
        "The carrier refused the call, mostly a caller id that is not registered",
    ),
    "trunk_failed": Said("线路故障", "The line failed"),
    "codec_refused": Said("语音编码不被接受", "No audio codec in common"),
    "cancelled": Said("座席取消", "The agent gave up"),
    "agent_away": Said("座席的话机没有接起", "The agent's own phone was not picked up"),
    "agent_busy": Said("座席正忙", "The agent was busy already"),
    "not_reached": Said("未接通，原因不明", "Not reached, reason unknown"),
}
"""Every word that a `DialEnded` may carry."""

_TEXTS = (
    ("empty_number", r"空号|不存在|unallocated|unassigned|not exist|vacant"),
    ("suspended", r"停机|欠费|suspend|arrear|out of service"),
    ("powered_off", r"关机|不在服务区|power(?:ed)?[ -]?off|switched off|subscriber absent"),
    ("rejected", r"拒接|拒绝|declin"),
    ("busy", r"正在通话|占线|用户忙|user busy"),
)
"""What a carrier's own text says, most telling first."""

_BY_SIP = {
    401: "trunk_failed",
    403: "caller_id_refused",
    404: "empty_number",
    407: "trunk_failed",
    408: "trunk_failed",
    410: "number_changed",
    480: "unavailable",
    484: "incomplete",
    485: "incomplete",
    486: "busy",
    487: "cancelled",
    488: "codec_refused",
    600: "busy",
    603: "rejected",
    604: "empty_number",
    606: "codec_refused",
    607: "barred",
    608: "barred",
}
_BY_CAUSE = {
    1: "empty_number",
    2: "trunk_failed",
    3: "trunk_failed",
    17: "busy",
    18: "unavailable",
    19: "no_answer",
    20: "powered_off",
    21: "rejected",
    22: "number_changed",
    25: "trunk_failed",
    27: "out_of_order",
    28: "incomplete",
    34: "trunk_failed",
    38: "trunk_failed",
    41: "trunk_failed",
    42: "trunk_failed",
    44: "trunk_failed",
    47: "trunk_failed",
    50: "barred",
    52: "caller_id_refused",
    54: "barred",
    55: "barred",
    58: "codec_refused",
    65: "codec_refused",
    87: "barred",
    88: "codec_refused",
    102: "trunk_failed",
}
_INVENTED = {
    401: 21,
    403: 21,
    404: 1,
    407: 21,
    408: 18,
    410: 22,
    480: 19,
    483: 19,
    484: 28,
    485: 1,
    486: 17,
    488: 58,
    500: 38,
    501: 29,
    502: 27,
    503: 34,
    504: 102,
    600: 17,
    603: 21,
    604: 1,
    606: 58,
}
"""The cause that Asterisk 22 sets by itself for a status without `Reason`."""

_ELSEWHERE = frozenset({"trunk_failed"})
_REASON = re.compile(r"Q\.?850\s*;\s*cause\s*=\s*([0-9]{1,3})", re.IGNORECASE)


def word_of(cause: int, sip: int = 0, reason: str = "", rang: bool = False) -> str:
    """Name why nobody was reached, by Q.850 cause, SIP status (0 = none) and `Reason` text.

    `rang`: the far side had rung, so a time-out or 480 means that nobody answered.

    >>> word_of(1, 404), word_of(20, 480), word_of(19, 480), word_of(19, 480, rang=True)
    ('empty_number', 'powered_off', 'unavailable', 'no_answer')
    >>> word_of(34, 503), word_of(21, 403), word_of(0, 500, "Q.850;cause=17")
    ('trunk_failed', 'caller_id_refused', 'busy')
    """
    found = next((word for word, text in _TEXTS if re.search(text, reason, re.IGNORECASE)), "")
    if found:
        return found
    given = _REASON.search(reason)
    told = int(given[1]) if given else 0 if _INVENTED.get(sip) == cause else cause
    silent = cause == 18 and sip in (0, 408) and not given
    word = "trunk_failed" if silent else _BY_CAUSE.get(told) or _by_sip(sip)
    if rang and (silent or word == "unavailable"):
        return "no_answer"
    return word or _BY_CAUSE.get(cause) or "not_reached"


def fails_over(cause: int, sip: int = 0, reason: str = "", rang: bool = False) -> bool:
    """Tell whether the next trunk may do better: 5xx, time-out, congestion, our own credentials.

    Never after the far side was reached: it rang, is busy, rejected, does not exist.

    >>> fails_over(34, 503), fails_over(18, 408), fails_over(21, 403), fails_over(17, 486)
    (True, True, False, False)
    """
    return not rang and word_of(cause, sip, reason) in _ELSEWHERE


def _by_sip(sip: int) -> str:
    return _BY_SIP.get(sip) or ("trunk_failed" if 500 <= sip < 600 else "")
