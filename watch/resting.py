"""Quiet hours of an alarm: until when nobody is told. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from office.alarms import Alarm
from office.quiet import Quiet


def rests_until(alarm: Alarm, now_ms: int) -> int:
    """Give when the quiet hours that hold now end (UTC ms), 0 when none hold."""
    if not alarm.quiet:
        return 0
    local = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(alarm.timezone))
    ends = [end for span in alarm.quiet if (end := _end(span, local)) is not None]
    return round(max(ends).astimezone(UTC).timestamp() * 1000) if ends else 0


def _end(span: Quiet, local: datetime) -> datetime | None:
    minute = local.hour * 60 + local.minute
    begins, ends = _minutes(span.begins), _minutes(span.ends)
    over_night = ends < begins
    inside = minute >= begins or minute < ends if over_night else begins <= minute < ends
    if not inside:
        return None
    days = 1 if over_night and minute >= begins else 0
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return midnight + timedelta(days=days, minutes=ends)


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
