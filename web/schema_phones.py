"""What the pages of desk phones send and get."""

from typing import Annotated, Literal

from pydantic import Field

from web.schema_desk import Id
from web.table import Schema

Vendor = Literal["yealink", "fanvil"]
State = Literal["waiting", "used", "expired", "revoked"]


class PhoneRow(Schema):
    """A desk phone or the link that waits for it; times in UTC ms, null = not yet."""

    id: int
    agent: str
    vendor: Vendor
    model: str
    mac: str
    state: State
    by: str
    made: int
    expires: int
    claimed: int | None
    seen: int | None
    user_agent: str
    address: str


class PhoneList(Schema):
    """Every link and phone, the newest first."""

    rows: list[PhoneRow]


class NewPhone(Schema):
    """For whose phone a link is made; a MAC address binds it beforehand."""

    agent: Id
    vendor: Vendor
    model: Annotated[str, Field(max_length=40)] = ""
    mac: Annotated[str, Field(max_length=17)] = ""


class Warned(Schema):
    """Something to know before the link is typed into a phone."""

    zh: str
    en: str


class PhoneLink(Schema):
    """The link, shown only here: what to type as the provisioning server, and until when."""

    url: str
    expires: int
    warnings: list[Warned]


class PhoneRevoked(Schema):
    """Whether the exchange was told of the new password."""

    announced: bool


class DeskPhone(Schema):
    """What the own desk phone can be asked to do from the page; `why` says why it cannot."""

    vendor: str
    model: str
    answers: bool
    why_zh: str
    why_en: str
