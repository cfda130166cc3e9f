"""One call's SIP and RTP as they travel; times are UTC microseconds, numbers are masked."""

from web.table import Schema


class RungInfo(Schema):
    """One SIP message; `inward` came to us. `zh` and `en` say a failure in words."""

    at_us: int
    side: str
    far: str
    inward: bool
    label: str
    zh: str
    en: str
    call_id: str
    text: str


class MediaInfo(Schema):
    """The RTP packets of one leg, counted when it ended."""

    side: str
    received: int
    sent: int
    lost: int
    jitter_ms: float


class Signalling(Schema):
    """The ladder of one call; messages are kept for `keep_h` hours."""

    call: str
    keep_h: int
    rungs: list[RungInfo]
    media: list[MediaInfo]
