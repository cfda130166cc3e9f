"""Alarms, who is told, and the log of incidents; times are UTC milliseconds, 0 = not yet."""

from typing import Annotated

from pydantic import Field

from office.model import Alarm, Receiver
from web.schema_admin import Base
from web.table import Schema


class AlarmIncident(Schema):
    """One alarm's trouble with one thing. `told`: names of who was told."""

    id: str
    alarm: str
    metric: str
    about: str
    name_zh: str
    name_en: str
    zh: str
    en: str
    mend_zh: str
    mend_en: str
    page: str
    opened: int
    since: int
    over: int
    value: float
    worst: float
    limit: float
    told: list[str]
    told_at: int
    escalated: int
    acknowledged: int
    by: str


class ReceiverState(Schema):
    """How it goes with one who is told: failures in a row, messages that wait."""

    id: str
    name: str
    failures: int
    waiting: int
    last_ok: int
    last_error: str


class IncidentList(Schema):
    """Open incidents first, then the newest that are over; and who cannot be told just now."""

    rows: list[AlarmIncident]
    failing: list[ReceiverState]


class IncidentQuery(Schema):
    """How many; `open` leaves out what is over."""

    limit: Annotated[int, Field(ge=1, le=500)] = 100
    open: bool = False


class TellRow(Schema):
    """One message to one receiver: pending, sent or dead."""

    receiver: str
    kind: str
    made: int
    status: str
    at: int
    error: str


class TellList(Schema):
    """Who was told of an incident, in order."""

    rows: list[TellRow]


class MetricRow(Schema):
    """What an alarm may watch; `below`: low is bad."""

    id: str
    zh: str
    en: str
    unit_zh: str
    unit_en: str
    below: bool


class AlarmList(Schema):
    """The alarms in force; `shipped`: the firm has written none of its own yet."""

    version: int
    shipped: bool
    metrics: list[MetricRow]
    rows: list[Alarm]


class AlarmEntry(Schema):
    """The whole entry of an alarm, and the version it was made from."""

    entry: Alarm
    base: Base = 0


class ReceiverList(Schema):
    """Who is told, and how it goes with them; `mail`: a mail server is set."""

    version: int
    mail: bool
    rows: list[Receiver]
    states: list[ReceiverState]


class ReceiverEntry(Schema):
    """The whole entry of a receiver, and the version it was made from."""

    entry: Receiver
    base: Base = 0


class Tested(Schema):
    """What came of a test: it arrived, or why not."""

    ok: bool
    error: str = ""
