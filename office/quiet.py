"""Hours of the day in which something rests: nobody is called, nobody is told."""

from typing import TypeVar

from pydantic import Field, model_validator

from office.kinds import Closes, Opens
from office.part import Part
from office.texts import both

P = TypeVar("P")


def some_time(span: P, opens: str, closes: str) -> P:
    """Refuse hours of no length; an end before the start goes over midnight."""
    if opens == closes:
        raise ValueError(both("开始与结束相同", "must not end when it starts"))
    return span


class Quiet(Part):
    """Wall-clock hours in which something rests; `from` after `to` goes over midnight."""

    begins: Opens = Field(alias="from")
    ends: Closes = Field(alias="to")

    @model_validator(mode="after")
    def _has_length(self) -> "Quiet":
        return some_time(self, self.begins, self.ends)
