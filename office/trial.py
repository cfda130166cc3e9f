"""A flow on trial: a share of a hotline's callers walk it, the others the one in force."""

from typing import Annotated

from pydantic import Field

from office.kinds import Called, Id, Once
from office.part import Part


class Canary(Part):
    """A flow on trial (灰度) for `percent` of the callers, each always in the same arm.

    `numbers` are test callers who always walk it; 0 percent = they alone.
    """

    flow: Id
    percent: int = Field(0, ge=0, le=100)
    numbers: Annotated[tuple[Called, ...], Once] = ()
