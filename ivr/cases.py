"""Tests of flows in files (`*.test.yaml`): given, keys, what is expected, and branch coverage."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from domain.errors import Refused
from domain.ids import CallId
from ivr.calendar import Calendar, DayKind
from ivr.given import Situation
from ivr.model import Flow, Given
from ivr.show import Words, words_of
from ivr.simulate import CALL, Walk, read_keys, walk
from ivr.step import STRAIGHT
from ivr.text import read
from ivr.texts import say

Branch = tuple[str, str]
"""A node and the label of its branch."""


def _keys(text: str) -> str:
    try:
        read_keys(text)
    except Refused as refused:
        raise ValueError(refused.faults[0].text) from None
    return text


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expected(_Part):
    """What must come out; what is not written is not looked at.

    `path` and `heard` are whole; `passes`, `says` and `asked` must occur, in this order: nodes,
    sentences or parts of them in the language of the call, questions to other systems.
    """

    path: tuple[str, ...] | None = None
    heard: tuple[str, ...] | None = None
    outcome: str | None = None
    group: str | None = None
    agent: str | None = None
    number: str | None = None
    callback: str | None = None
    intent: str | None = None
    language: str | None = None
    verdict: Literal["hold", "hangup", "out", ""] | None = None
    values: dict[str, str] | None = None
    passes: tuple[str, ...] | None = None
    says: tuple[str, ...] | None = None
    asked: tuple[str, ...] | None = None


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


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a flow under test: sub-flows, calendars, kinds of days, sentences."""

    calendars: Mapping[str, Calendar]
    day_kind: DayKind
    flows: Mapping[str, Flow]
    words: Words = lambda name, language: ""


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


def run_case(flow: Flow, case: Case, line: int, around: Around) -> Result:
    """Walk one case and compare."""
    scene = case.given.scene(around.calendars, around.day_kind)
    given = Given(CallId(CALL), flows=around.flows)
    done = walk(flow, read_keys(case.keys), scene, given)
    wrong = (*_unknown(case.given, around), *_differences(case, done, around.words))
    return Result(case.name, line, wrong, done)


def _differences(case: Case, done: Walk, words: Words) -> Iterator[str]:
    for field, wanted in case.expect:
        if wanted is None:
            continue
        look = _LOOKS.get(field)
        if look is None:
            came = getattr(done, field)
            same = _plain(wanted) == _plain(came)
        else:
            came = look(done, case.given.language, words)
            same = _within(wanted, came)
        if not same:
            yield f"{field}: {_plain(wanted)} ≠ {_plain(came)}"


def _said(done: Walk, language: str, words: Words) -> list[str]:
    return [
        words_of(said, stop.language or language, words)
        for stop in done.stops
        for said in stop.said()
    ]


_LOOKS: Mapping[str, Callable[[Walk, str, Words], Any]] = {
    "passes": lambda done, language, words: done.path,
    "asked": lambda done, language, words: done.asked,
    "says": _said,
    "values": lambda done, language, words: dict(done.values),
}
"""What is looked at in part only."""


def _within(wanted: Any, came: Any) -> bool:
    """Tell whether the wanted values are so, or the wanted texts occur in this order."""
    if isinstance(wanted, dict):
        return all(came.get(name) == value for name, value in wanted.items())
    rest = iter(came)
    return all(any(text in each for each in rest) for text in wanted)


def branches(flow: Flow, flows: Mapping[str, Flow] | None = None) -> tuple[Branch, ...]:
    """List every branch of a flow; a sub-flow that never returns has no way on."""
    known = flows or {}
    straight = flow.straight
    reasons = ("vip", "calls_24h", "list") if straight else ()
    return (
        *((STRAIGHT, why) for why in reasons if getattr(straight, why)),
        *(
            (name, edge.label)
            for name, node in flow.nodes.items()
            if not (node.kind == "flow" and _never_returns(known.get(getattr(node, "flow", ""))))
            for edge in node.edges()
        ),
    )


def _never_returns(flow: Flow | None) -> bool:
    return flow is not None and all(node.kind != "return" for node in flow.nodes.values())


def uncovered(
    flow: Flow, walks: Sequence[Walk], flows: Mapping[str, Flow] | None = None
) -> tuple[Branch, ...]:
    """List the branches that no walk took."""
    taken = {
        (node, label) for done in walks for name, node, label in done.took if name == flow.name
    }
    return tuple(branch for branch in branches(flow, flows) if branch not in taken)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | list) else value


def _unknown(given: Situation, around: Around) -> tuple[str, ...]:
    missing = given.at and given.calendar and given.calendar not in around.calendars
    return (say("no_such_calendar", name=given.calendar),) if missing else ()
