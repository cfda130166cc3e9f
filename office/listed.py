"""Numbers that the firm treats apart: never called, served first, not let in."""

from typing import Annotated, Literal

from pydantic import Field

from office.kinds import Called, Day, Id, Once, fits
from office.part import Part

Why = Annotated[str, fits(r"[^\x00-\x1f\x7f]{0,100}", "最多 100 字", "at most 100 letters")]


class DoNotCall(Part):
    """A number that is never called (免打扰), since when and why."""

    number: Called
    since: Day | Literal[""] = ""
    why: Why = ""


class Vip(Part):
    """A caller who is served earlier: `level` is taken off the group's priority number."""

    number: Called
    level: int = Field(default=1, ge=1, le=9)
    why: Why = ""


class NumberList(Part):
    """Numbers under one name (lists.yaml), such as elderly callers; flows ask for it by `id`."""

    id: Id
    name: Why = ""
    numbers: Annotated[tuple[Called, ...], Once] = ()


class Blocked(Part):
    """A caller who is not let in (黑名单): refused as busy, or told so by a message."""

    number: Called
    why: Why = ""
    since: Day | Literal[""] = ""
    do: Literal["reject", "message"] = "reject"
