"""Who takes which calls: skills, skill groups with their rules, agents with their levels."""

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from domain.needs import NeedsWrong, parse
from office.kinds import AgentNumber, Id, Line, Moment, Once, Person, Some
from office.overflow import Waiting
from office.part import Name, Part, installed
from office.texts import both

MEMBER = 5
"""The level of a member whose level nobody wrote."""
STRATEGIES = (
    *("longest_idle", "least_occupied", "fewest_calls"),
    *("round_robin", "best_level", "least_flexible"),
)
"""What ships; other packages add theirs as `yingda.strategy`."""


def strategies() -> list[str]:
    """List what a group may choose, ours first."""
    theirs = entry_points(group="yingda.strategy").names
    return [*STRATEGIES, *sorted(theirs - set(STRATEGIES))]


def _needs(text: str) -> str:
    try:
        parse(text)
    except NeedsWrong as wrong:
        raise ValueError(both(wrong.zh, wrong.en)) from wrong
    return text


def _members(value: Any) -> Any:
    """Read a plain list of groups as members of the usual level."""
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        return value
    twice = sorted({one for one in value if value.count(one) > 1})
    if twice:
        listed = ", ".join(twice)
        raise ValueError(both(f"重复：{listed}", f"stands twice: {listed}"))
    return dict.fromkeys(value, MEMBER)


def _shortly(levels: Mapping[str, int]) -> list[str] | dict[str, int]:
    usual = all(level == MEMBER for level in levels.values())
    return list(levels) if usual else dict(levels)


Level = Annotated[int, Field(ge=1, le=9)]
Levels = Mapping[Id, Level]
Membership = Annotated[
    Mapping[Id, Level],
    Some,
    BeforeValidator(_members, json_schema_input_type=list[str] | dict[str, int]),
    PlainSerializer(_shortly, return_type=list[str] | dict[str, int]),
]
"""Groups with the level in each; a list means level 5 and is written as one again."""
Expression = Annotated[str, Field(max_length=500), AfterValidator(_needs)]


class Skill(Part):
    """Something that agents can do, each at a level from 1 to 9 (技能)."""

    id: Id
    name: Name


class Distribution(Part):
    """How priorities weigh: one level is worth `ageing_s` seconds of waiting, 0 = always first."""

    ageing_s: int = Field(default=0, ge=0, le=86_400)


class Step(Part):
    """What is asked of agents once a call waited `after_s`: less skill, or other groups' agents."""

    after_s: int = Field(ge=1, le=7200)
    needs: Expression = ""
    also: Annotated[tuple[Id, ...], Once] = ()


class Group(Waiting):
    """A skill group (技能组); times in seconds, a lower priority number is served earlier.

    Whoever meets `needs` qualifies beside the members; `steps` ask for less after some waiting.
    A caller's last agent of `sticky_days` is waited for `sticky_s` (0 = not at all). After
    `misses` unanswered rings an agent goes on break; a declined pair rests `decline_s`.
    `announce_wait`: a waiting caller is told the time to wait with the place. Who gives up and
    calls again within `redial_min` minutes has the place back. `ring_several`: so many agents are
    rung together for one call and the first to answer has it; 0 and 1 = one after another. At the
    answer `greet` tells the caller the agent's number, while `whisper` tells the agent the hotline
    and the caller's wish. With `auto_answer` browser and desk phones take its calls by themselves,
    where one agent is rung alone.
    """

    id: Id
    name: Line
    strategy: Annotated[Id, installed("yingda.strategy", STRATEGIES)] = "longest_idle"
    ring_s: int = Field(20, ge=5, le=120)
    wrap_s: int = Field(15, ge=0, le=3600)
    service_level_s: int = Field(20, ge=1, le=3600)
    announce_s: int = Field(15, ge=0, le=600)
    priority: int = Field(5, ge=1, le=10)
    survey: bool = True
    needs: Expression = ""
    steps: tuple[Step, ...] = ()
    sticky_s: int = Field(0, ge=0, le=600)
    sticky_days: int = Field(30, ge=1, le=365)
    misses: int = Field(2, ge=1, le=10)
    decline_s: int = Field(60, ge=0, le=3600)
    wrap_until_done: bool = False
    announce_wait: bool = True
    redial_min: int = Field(5, ge=0, le=60)
    ring_several: int = Field(0, ge=0, le=10)
    greet: bool = False
    whisper: bool = False
    auto_answer: bool = False


class Help(Part):
    """Help for a group for some time (临时支援); `until` is wall clock of the firm."""

    group: Id
    level: Level = MEMBER
    until: Moment


class Agent(Part):
    """A person who takes calls (座席); `mobile` is where they may answer away from the desk."""

    number: AgentNumber
    name: Line
    site: Id
    groups: Membership
    role: Literal["agent"] = "agent"
    mobile: Person = ""
    skills: Levels = Field(default_factory=dict)
    helps: tuple[Help, ...] = ()
