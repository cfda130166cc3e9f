"""Tests of flows in files (`*.test.yaml`): given, keys, what is expected, and branch coverage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from domain.errors import Refused
from ivr.calendar import Calendar, DayKind, is_open, local_ms
from ivr.model import Flow
from ivr.simulate import Scene, Walk, read_keys, walk
from ivr.text import read
from ivr.texts import say


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text or "2026-01-01")
    except ValueError:
        raise ValueError(say("bad_moment")) from None
    return text


def _keys(text: str) -> str:
    try:
        read_keys(text)
    except Refused as refused:
        raise ValueError(refused.faults[0].text) from None
    return text


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Situation(_Part):
    """The world of a case: `at` looks into the calendars, `open` overrules them."""

    at: Annotated[str, AfterValidator(_moment)] = ""
    calendar: str = ""
    open: bool | None = None
    staffed: bool | tuple[str, ...] = True
    message_s: float = 8.0
    hangs_up: bool = False


class Expected(_Part):
    """What must come out; what is not written is not looked at."""

    path: tuple[str, ...] | None = None
    heard: tuple[str, ...] | None = None
    outcome: str | None = None
    group: str | None = None
    intent: str | None = None
    verdict: Literal["hold", "hangup"] | None = None


class Case(_Part):
    """One caller's way through a flow."""

    name: str
    given: Situation = Situation()
    keys: Annotated[str, AfterValidator(_keys)] = ""
    expect: Expected


class Cases(_Part):
    """The cases of one file."""

    flow: str
    tests: tuple[Case, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Result:
    """How a case went: the differences, none when it passed."""

    name: str
    line: int
    wrong: tuple[str, ...]
    walk: Walk


def read_cases(file: str, text: str) -> tuple[Cases, tuple[int, ...]]:
    """Read a test file and the line of each case; raises `Refused` with every fault."""
    reading = read(file, text)
    cases: Cases | None = None
    if not reading.faults:
        try:
            cases = Cases.model_validate(reading.data or {})
        except ValidationError as error:
            for problem in error.errors():
                path = tuple(str(part) for part in problem["loc"])
                reading.blame(
                    path, "bad_value", problem=problem["msg"].removeprefix("Value error, ")
                )
    if cases is None:
        raise Refused(*reading.faults)
    return cases, tuple(reading.lines[("tests", str(n))] for n in range(len(cases.tests)))


def run_case(
    flow: Flow, case: Case, line: int, calendars: Mapping[str, Calendar], day_kind: DayKind
) -> Result:
    """Walk one case and compare."""
    scene = _scene(case.given, calendars, day_kind)
    done = walk(flow, read_keys(case.keys), scene)
    wrong = tuple(
        f"{field}: {_plain(wanted)} ≠ {_plain(getattr(done, field))}"
        for field, wanted in case.expect
        if wanted is not None and _plain(wanted) != _plain(getattr(done, field))
    )
    return Result(case.name, line, (*_unknown_calendar(case.given, calendars), *wrong), done)


def branches(flow: Flow) -> tuple[tuple[str, str], ...]:
    """List every branch of a flow as node and label."""
    return tuple((name, edge.label) for name, node in flow.nodes.items() for edge in node.edges())


def uncovered(flow: Flow, walks: Sequence[Walk]) -> tuple[tuple[str, str], ...]:
    """List the branches that no walk took."""
    taken = {branch for done in walks for branch in done.took}
    return tuple(branch for branch in branches(flow) if branch not in taken)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | list) else value


def _unknown_calendar(given: Situation, calendars: Mapping[str, Calendar]) -> tuple[str, ...]:
    missing = given.at and given.calendar and given.calendar not in calendars
    return (say("no_such_calendar", name=given.calendar),) if missing else ()


def _scene(given: Situation, calendars: Mapping[str, Calendar], day_kind: DayKind) -> Scene:
    def opened(name: str) -> bool:
        calendar = calendars.get(name or given.calendar)
        if given.open is not None or calendar is None or not given.at:
            return given.open is not False
        return is_open(calendar, local_ms(calendar, given.at), day_kind)

    def staffed(group: str) -> bool:
        if isinstance(given.staffed, bool):
            return given.staffed
        return group in given.staffed

    return Scene(opened, staffed, given.message_s, given.hangs_up)
