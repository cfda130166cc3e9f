"""Where recordings lie below the recordings folder: by day in China, then by call. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

_SHANGHAI = ZoneInfo("Asia/Shanghai")


def _day(utc_ms: int) -> str:
    return datetime.fromtimestamp(utc_ms / 1000, _SHANGHAI).strftime("%Y/%m/%d")


def call_file(call: str, utc_ms: int, fmt: str) -> str:
    """Name a call's recording.

    >>> call_file("01ABC", 1795323289000, "mp3")
    '2026/11/22/01ABC.mp3'
    """
    return f"{_day(utc_ms)}/{call}.{fmt}"


def message_file(call: str, utc_ms: int) -> str:
    """Name the wav of a message; the mp3 that is kept has the same name."""
    return f"{_day(utc_ms)}/{call}-message.wav"
