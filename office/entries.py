"""Every entry of a configuration under its place in its file, and the names one may point at."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from office.model import (
    Agent,
    Alarm,
    Blocked,
    Calendar,
    Config,
    DoNotCall,
    Firm,
    FlowRules,
    Group,
    Hotline,
    NumberList,
    Receiver,
    Sentence,
    Take,
    Vip,
    Webhook,
)
from office.reading import Path
from office.texts import both


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that may be pointed at, by kind; also what a flow may name.

    `texts` are the flows themselves, `said` the firm's sentences in its `language`. `rules` are
    what the firm demands of flows, None where only what is in force already is read again.
    """

    brands: frozenset[str]
    sites: frozenset[str]
    flows: frozenset[str]
    calendars: frozenset[str]
    groups: frozenset[str]
    skills: frozenset[str] = frozenset()
    prompts: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    texts: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    rules: FlowRules | None = None
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Entries:
    """The readable entries of each file under their place in it; firm is None when unreadable."""

    firm: Firm | None
    hotlines: Mapping[int, Hotline]
    groups: Mapping[int, Group]
    agents: Mapping[int, Agent]
    calendars: Mapping[int, Calendar]
    webhooks: Mapping[int, Webhook]
    do_not_call: Mapping[int, DoNotCall]
    vip: Mapping[int, Vip] = field(default_factory=dict)
    blacklist: Mapping[int, Blocked] = field(default_factory=dict)
    prompts: Mapping[int, Sentence] = field(default_factory=dict)
    takes: Mapping[int, Take] = field(default_factory=dict)
    lists: Mapping[int, NumberList] = field(default_factory=dict)
    alarms: Mapping[int, Alarm] = field(default_factory=dict)
    receivers: Mapping[int, Receiver] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Broken:
    """A link that leads nowhere or a name that stands twice, and where."""

    section: str
    path: Path
    text: str


def names_of(config: Config) -> Names:
    """Collect the names of a whole configuration."""
    return Names(
        frozenset(brand.id for brand in config.firm.brands),
        frozenset(site.id for site in config.firm.sites),
        frozenset(config.flows),
        frozenset(calendar.id for calendar in config.calendars),
        frozenset(group.id for group in config.groups),
        frozenset(skill.id for skill in config.firm.skills),
        frozenset(sentence.id for sentence in config.prompts),
    )


def entries_of(config: Config) -> Entries:
    """Number the entries of a whole configuration."""
    return Entries(
        config.firm,
        dict(enumerate(config.hotlines)),
        dict(enumerate(config.groups)),
        dict(enumerate(config.agents)),
        dict(enumerate(config.calendars)),
        dict(enumerate(config.webhooks)),
        dict(enumerate(config.do_not_call)),
        dict(enumerate(config.vip)),
        dict(enumerate(config.blacklist)),
        dict(enumerate(config.prompts)),
        dict(enumerate(config.takes)),
        dict(enumerate(config.lists)),
        dict(enumerate(config.alarms)),
        dict(enumerate(config.receivers)),
    )


def unknown(word: str, kind: str, name: str, known: frozenset[str]) -> str:
    """Say that a name leads nowhere, and which there are."""
    there = ", ".join(sorted(known)) or "-"
    return both(
        f"没有这个{word}：{name}（现有 {there}）", f"unknown {kind} {name}; there is {there}"
    )
