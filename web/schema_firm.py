"""What the admin pages of skills, reasons, callers and agents' tables send and get."""

from typing import Annotated

from pydantic import Field

from office.model import Blocked, BreakReason, Choice, Distribution, Skill, Vip
from web.schema_admin import Base, Published
from web.table import Schema


class SkillList(Schema):
    """The skills and the version they stand in."""

    version: int
    rows: list[Skill]


class BreakReasonList(Schema):
    """The reasons of breaks and the version they stand in."""

    version: int
    rows: list[BreakReason]


class DeclineReasonList(Schema):
    """The reasons of declining and the version they stand in."""

    version: int
    rows: list[Choice]


class VipList(Schema):
    """The callers who are served earlier, and the version they stand in."""

    version: int
    rows: list[Vip]


class Blacklist(Schema):
    """The callers who are not let in, and the version they stand in."""

    version: int
    rows: list[Blocked]


class DistributionNow(Schema):
    """How priorities weigh, and the version it stands in."""

    version: int
    entry: Distribution


class SkillEntry(Schema):
    """A whole skill, and the version it was made from."""

    entry: Skill
    base: Base = 0


class BreakReasonEntry(Schema):
    """A whole reason of breaks, and the version it was made from."""

    entry: BreakReason
    base: Base = 0


class DeclineReasonEntry(Schema):
    """A whole reason of declining, and the version it was made from."""

    entry: Choice
    base: Base = 0


class VipEntry(Schema):
    """A caller who is served earlier, and the version it was made from."""

    entry: Vip
    base: Base = 0


class BlacklistEntry(Schema):
    """A caller who is not let in, and the version it was made from."""

    entry: Blocked
    base: Base = 0


class DistributionEntry(Schema):
    """How priorities weigh, and the version it was made from."""

    entry: Distribution
    base: Base = 0


class SheetQuery(Schema):
    """Whether the table is applied; `base` is the version that was looked at, 0 = any."""

    apply: bool = False
    base: Base = 0


class SheetRow(Schema):
    """A line of the table as it would be taken over; `act` is new, changed or same."""

    line: int
    number: str
    name: str
    act: str
    changes: list[str]


class SheetFault(Schema):
    """What is wrong with a line; line 0 is the file as a whole or another file."""

    file: str
    line: int
    key: str
    zh: str
    en: str


class MadeLogin(Schema):
    """A login that came with a new agent; the password is shown only here."""

    login: str
    name: str
    password: str


class SheetSeen(Schema):
    """What a table would do, or did: with a fault nothing was applied."""

    version: int
    rows: list[SheetRow]
    faults: list[SheetFault]
    published: Annotated[Published | None, Field(description="null = nothing was applied")] = None
    logins: list[MadeLogin] = Field(default_factory=list)
