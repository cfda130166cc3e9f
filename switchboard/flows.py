"""How a flow is checked against the configuration around it, node kinds of others included."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache

from domain.errors import Fault
from domain.extensions import extensions
from ivr import KINDS, Flow, House, Known, Node, Review, Seconds, review, shape
from office import Config, FlowRules, Names
from speech import guessed_seconds, prompt_names, shipped_seconds


@cache
def node_kinds() -> dict[str, type[Node]]:
    """Give every kind of node: ours and those of installed packages."""
    return {**KINDS, **extensions("yingda.flow_node")}


def check_flow(name: str, text: str, names: Names) -> list[Fault]:
    """Check a flow against the names that exist and the firm's rules (`office.FlowCheck`)."""
    known = Known(
        prompts=prompt_names() | names.prompts,
        groups=names.groups,
        calendars=names.calendars,
        flows=shapes(names.texts),
        agents=names.agents,
        skills=names.skills | names.groups,
        kinds=node_kinds(),
        house=None if names.rules is None else house_of(names.rules),
        seconds=seconds_of(names.said, names.language),
    )
    return list(review(name, text, known).faults)


def known_of(config: Config) -> Known:
    """Give the names that this configuration's flows may use, without the firm's rules."""
    return Known(
        prompts=prompt_names() | {sentence.id for sentence in config.prompts},
        groups=frozenset(group.id for group in config.groups),
        calendars=frozenset(calendar.id for calendar in config.calendars),
        flows=shapes(config.flows),
        agents=frozenset(agent.number for agent in config.agents),
        skills={skill.id for skill in config.firm.skills} | {group.id for group in config.groups},
        kinds=node_kinds(),
    )


def review_in(config: Config, name: str, text: str) -> Review:
    """Look at a text as the flow of this name in a configuration: faults, and advice too."""
    language = config.firm.language
    said = {sentence.id: sentence.said(language) for sentence in config.prompts}
    known = replace(
        known_of(config),
        flows=shapes({**config.flows, name: text}),
        house=house_of(config.firm.flows),
        seconds=seconds_of(said, language),
    )
    return review(name, text, known)


def seconds_of(said: Mapping[str, str], language: str) -> Seconds:
    """Tell how long prompts play: the firm's own sentences by their length, ours by their audio."""

    def seconds(name: str) -> float:
        own = said.get(name, "")
        return guessed_seconds(own, language) if own else shipped_seconds(name, language)

    return seconds


def house_of(rules: FlowRules) -> House:
    """Hand the firm's rules to the check."""
    return House(**rules.model_dump())


def shapes(texts: Mapping[str, str]) -> dict[str, Flow]:
    """Read flows as they are written, so that the check can follow sub-flows."""
    read = {name: _shape(name, text) for name, text in texts.items()}
    return {name: flow for name, flow in read.items() if flow is not None}


@lru_cache(maxsize=256)
def _shape(name: str, text: str) -> Flow | None:
    return shape(name, text, node_kinds())
