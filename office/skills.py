"""Whether skills, levels and requirements fit together, and whether somebody meets each. Pure."""

from collections.abc import Iterable, Iterator

from domain.needs import parse
from office.entries import Broken, Entries, Names, unknown
from office.model import Agent, Group
from office.reading import Path
from office.texts import both

NOBODY = both(
    "没有座席满足这个要求，之后的步骤也没有：请给座席加技能、降低级别，或加一步",
    "no agent meets this and no later step helps: give agents the skill, ask for less, add a step",
)


def skill_links(entries: Entries, names: Names) -> Iterator[Broken]:
    """Find skills and groups that are not there, and steps whose times do not grow."""
    for place, agent in entries.agents.items():
        yield from _agent(place, agent, names)
    for place, group in entries.groups.items():
        yield from _wanted((place, "needs"), group.needs, names)
        yield from _steps(place, group, names)


def unmet(entries: Entries) -> Iterator[Broken]:
    """Find requirements that no configured agent can meet, at once or in a later step."""
    agents = tuple(entries.agents.values())
    for place, group in entries.groups.items():
        hopeless = list(_hopeless(place, group, agents))
        yield from (Broken("groups", path, NOBODY) for path in hopeless)


def _agent(place: int, agent: Agent, names: Names) -> Iterator[Broken]:
    for skill in agent.skills:
        if skill not in names.skills:
            text = unknown("技能", "skill", skill, names.skills)
            yield Broken("agents", (place, "skills", skill), text)
    for n, given in enumerate(agent.helps):
        if given.group not in names.groups:
            text = unknown("技能组", "group", given.group, names.groups)
            yield Broken("agents", (place, "helps", n, "group"), text)


def _steps(place: int, group: Group, names: Names) -> Iterator[Broken]:
    before = 0
    for n, step in enumerate(group.steps):
        at = (place, "steps", n)
        yield from _wanted((*at, "needs"), step.needs, names)
        for other in step.also:
            if other not in names.groups:
                text = unknown("技能组", "group", other, names.groups)
                yield Broken("groups", (*at, "also"), text)
        if not step.needs and not step.also:
            text = both("这一步没有写 needs 或 also", "the step says neither needs nor also")
            yield Broken("groups", at, text)
        if step.after_s <= before:
            text = both(
                f"步骤的时间要递增，应大于 {before}", f"steps must grow: more than {before}"
            )
            yield Broken("groups", (*at, "after_s"), text)
        before = step.after_s


def _wanted(path: Path, needs: str, names: Names) -> Iterator[Broken]:
    # a group asks its own members, or those of another, for a level
    for skill in sorted(parse(needs).skills() - names.skills - names.groups):
        yield Broken("groups", path, unknown("技能", "skill", skill, names.skills))


def _hopeless(place: int, group: Group, agents: Iterable[Agent]) -> list[Path]:
    """List the requirements of a group up to the last that somebody meets, from the end."""
    asked: list[tuple[Path, str, tuple[str, ...]]] = [((place, "needs"), group.needs, ())]
    asked += [
        ((place, "steps", n, "needs"), step.needs, step.also) for n, step in enumerate(group.steps)
    ]
    wrong: list[Path] = []
    for path, needs, also in reversed(asked):
        if _somebody(needs, also, agents):
            break
        if needs:
            wrong.append(path)
    return wrong[::-1]


def _somebody(needs: str, also: tuple[str, ...], agents: Iterable[Agent]) -> bool:
    wanted = parse(needs)
    return any(
        wanted.met({**one.groups, **one.skills}) or not one.groups.keys().isdisjoint(also)
        for one in agents
    )
