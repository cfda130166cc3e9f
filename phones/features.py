"""What a kind of phone can be asked to do over SIP; a table, with the reason where it cannot.

`talk` and `hold` are events of a NOTIFY inside the call (BroadSoft's SIP access side extensions,
chapters 6 and 7): an offer that rings is answered, a talk that is held is taken back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

AUTO_ANSWER: Mapping[str, str] = {
    "Call-Info": "<sip:yingda>;answer-after=0",
    "Alert-Info": "<sip:yingda>;info=alert-autoanswer",
}
"""Headers of an INVITE that a phone takes up by itself."""


@dataclass(frozen=True, slots=True)
class Features:
    """`talk`: answers when told; `why` says in both languages why not, empty when it does."""

    talk: bool
    why: tuple[str, str] = ("", "")
    auto_answer: Mapping[str, str] = field(default_factory=lambda: AUTO_ANSWER)


KNOWN: Mapping[str, Features] = {
    "yealink": Features(talk=True),
    "fanvil": Features(
        talk=False,
        why=(
            "方位话机的资料没有写明支持远程接听，请在话机上接听",
            "Fanvil's documents name no way to answer from afar: answer on the phone",
        ),
    ),
}
UNKNOWN = Features(
    talk=False,
    why=(
        "这部话机不是由系统配置的，不知道它能否远程接听，请在话机上接听",
        "This phone was not set up by the system, so whether it can is unknown: answer on it",
    ),
)


def features_of(vendor: str) -> Features:
    """Tell what the phones of a vendor can do; "" and unknown ones can nothing."""
    return KNOWN.get(vendor, UNKNOWN)


def auto_answer_headers(vendor: str) -> Mapping[str, str]:
    """Give the headers by which a phone takes up a call that its own agent asked for."""
    return features_of(vendor).auto_answer
