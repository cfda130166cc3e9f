"""A report that is asked for in another process."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from reports.report import Filters


@dataclass(frozen=True, slots=True)
class Asked:
    """One report as a file of a form; times are UTC ms, as `reports.run` takes them."""

    database: str
    kind: str
    start: int
    end: int
    by: str
    filters: Filters
    form: str
    language: str


ASKED = TypeAdapter(Asked)
