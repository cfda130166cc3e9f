"""Lines: where calls wait and who may take them. A line is a group at a step of its relaxing.

A call waits in exactly one line. Who qualifies is worked out when the configuration changes, so
that no decision reads a requirement.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from acd.ranked import Key, Lanes, Ranked
from acd.rules import MEMBER_LEVEL, AgentCard, GroupRules
from domain.ids import AgentId, GroupId
from domain.needs import Needs, NeedsWrong, parse

OWN_LEVEL = 9


@dataclass(slots=True, eq=False)
class WaitingLine:
    """Calls that may be offered, in order, and the idle agents who qualify, in order.

    `levels` holds everybody who qualifies, with the level; `needs` is the requirement in words.
    `there` are those of them who serve callers, as counted last (acd/quote.py).
    """

    group: GroupId
    step: int = 0
    needs: str = ""
    key: Callable[[Any, int], Key] = lambda agent, level: ()
    levels: dict[AgentId, int] = field(default_factory=dict)
    calls: Lanes = field(default_factory=Lanes)
    idle: Ranked = field(default_factory=Ranked)
    there: frozenset[AgentId] = frozenset()
    counted: float = -inf


@dataclass(frozen=True, slots=True)
class Terms:
    """One way to qualify: as a member of the group, or by what is needed."""

    group: GroupId
    needs: Needs
    members: bool

    def level(self, groups: Sequence[GroupId], levels: Mapping[str, int]) -> int:
        """Give the level with which somebody in these groups qualifies, 0 = does not."""
        found = level_of(self.needs, levels)
        if self.members and self.group in groups:
            found = max(found, levels[self.group])
        return found


def level_of(needs: Needs, levels: Mapping[str, int]) -> int:
    """Give the level at which a requirement is met: the weakest of all, the best of any."""
    if not needs.met(levels):
        return 0
    if needs.kind == "skill":
        return levels[needs.skill]
    parts = [level_of(part, levels) for part in needs.parts]
    return min(parts) if needs.kind == "and" else max(parts)


def levels_of(card: AgentCard) -> dict[str, int]:
    """Give an agent's levels in skills and, as a requirement may name one, in groups."""
    return {group: MEMBER_LEVEL for group in card.groups} | dict(card.levels)


def own_group(agent: str) -> GroupId:
    """Name the group in which calls for one person wait."""
    return GroupId(f"@{agent}")


def read(text: str) -> Needs:
    """Read a requirement; one that cannot be read was refused at publish, and nobody meets it."""
    try:
        return parse(text)
    except NeedsWrong:
        return Needs()


def _terms(rules: GroupRules, needs: str) -> Terms:
    """Say who may take a group's calls: who is needed, and members by list.

    A requirement that names the group itself asks its members for a level, too.
    """
    wanted = read(needs)
    return Terms(rules.id, wanted, rules.id not in wanted.skills())


def ladder(rules: GroupRules, groups: Mapping[GroupId, GroupRules]) -> list[tuple[Terms, ...]]:
    """Give who may take a group's calls, step by step; the first is how it begins."""
    needs, also = rules.needs, tuple[Terms, ...]()
    steps: list[tuple[Terms, ...]] = [(_terms(rules, needs),)]
    for step in rules.steps:
        needs = step.needs or needs
        more = (groups[group] for group in step.also if group in groups)
        also += tuple(_terms(each, each.needs) for each in more)
        steps.append((_terms(rules, needs), *also))
    return steps


def words_of(terms: Iterable[Terms]) -> str:
    """Say a line's terms in one line of text."""
    return "; ".join(f"{each.group}: {each.needs}".removesuffix(": ") for each in terms)
