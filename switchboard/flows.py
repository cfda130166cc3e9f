"""How a flow is checked against the configuration around it, node kinds of others included."""

from functools import cache

from domain.errors import Fault
from domain.extensions import extensions
from ivr import KINDS, Known, Node, check
from office import Config, Names
from speech import prompt_names


@cache
def node_kinds() -> dict[str, type[Node]]:
    """Give every kind of node: ours and those of installed packages."""
    return {**KINDS, **extensions("yingda.flow_node")}


def check_flow(name: str, text: str, names: Names) -> list[Fault]:
    """Check a flow against the prompts, groups and calendars that exist (`office.FlowCheck`)."""
    prompts = prompt_names() | names.prompts
    skills = frozenset((*names.skills, *names.groups))
    kinds = node_kinds()
    known = Known(prompts, names.groups, names.calendars, skills=skills, kinds=kinds)
    return check(name, text, known)


def known_of(config: Config) -> Known:
    """Give the names that this configuration's flows may use."""
    return Known(
        prompt_names() | {sentence.id for sentence in config.prompts},
        frozenset(group.id for group in config.groups),
        frozenset(calendar.id for calendar in config.calendars),
        skills={skill.id for skill in config.firm.skills} | {group.id for group in config.groups},
        kinds=node_kinds(),
    )
