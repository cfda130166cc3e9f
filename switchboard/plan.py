"""The published configuration as the engine works by it: hotlines, flows, calendars, rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from acd import AgentCard, GroupRules, Overflow, Step
from domain.ids import AgentId, GroupId
from ivr.calendar import Calendar, DayKind, calendar_from, overridden
from ivr.lint import Known
from ivr.load import load
from ivr.model import Flow
from lines import Owned
from office.model import Agent, Config, Group, Hotline
from office.shared import split_number
from switchboard.callers import Callers, callers_of
from switchboard.cards import Names

SURVEY_FLOW = "survey"


@dataclass(frozen=True, slots=True)
class Plan:
    """One version of the configuration, ready to work by."""

    version: int
    config: Config
    hotlines: Mapping[str, Hotline]
    flows: Mapping[str, Flow]
    calendars: Mapping[str, Calendar]
    owned: tuple[Owned, ...] = ()
    callers: Callers = field(default_factory=Callers)

    @property
    def default(self) -> Hotline:
        """Give the hotline that takes calls to numbers nobody owns."""
        return self.hotlines[self.config.firm.default_hotline or self.config.hotlines[0].number]

    def groups(self) -> list[GroupRules]:
        """Give the rules of distribution."""
        return [_rules(self.config, group) for group in self.config.groups]

    def agents(self, now: str = "") -> list[AgentCard]:
        """Give who may sign in as an agent, and their groups and levels.

        Help for a group that is over by the firm's wall clock (`2026-11-23T14:00`) is left out.
        """
        return [_card(agent, now) for agent in self.config.agents]

    def ends_of_help(self) -> list[str]:
        """Give the moments at which somebody's help for a group ends, by the firm's clock."""
        return [each.until for agent in self.config.agents for each in agent.helps]

    def names(self) -> Names:
        """Give what hotlines and groups are called."""
        return Names(
            {hotline.number: hotline.name for hotline in self.config.hotlines},
            {group.id: group.name for group in self.config.groups},
        )

    def targets(self) -> dict[str, float]:
        """Give the seconds within which each group wants to answer."""
        return {group.id: float(group.service_level_s) for group in self.config.groups}

    def priorities(self) -> dict[str, int]:
        """Give each group's priority, lower is earlier."""
        return {group.id: group.priority for group in self.config.groups}

    def quotas(self) -> dict[str, int]:
        """Give how many agents of a group may be on each break at once, where that is limited."""
        return {each.id: each.quota for each in self.config.firm.break_reasons if each.quota}

    def days(self, published: DayKind) -> DayKind:
        """Give the kinds of days: what the firm overrides goes before what is published."""
        return overridden(published, self.config.firm.holiday_overrides.model_dump(by_alias=True))

    def asks(self, hotline: str, group: str) -> bool:
        """Tell whether callers of this hotline and group are asked to rate."""
        found = self.hotlines.get(hotline)
        groups = {each.id: each.survey for each in self.config.groups}
        wanted = self.config.firm.survey.enabled and SURVEY_FLOW in self.flows
        return bool(wanted and found and found.survey and groups.get(group, True))


def _rules(config: Config, group: Group) -> GroupRules:
    steps = (
        Step(step.after_s, step.needs, tuple(GroupId(other) for other in step.also))
        for step in group.steps
    )
    return GroupRules(
        GroupId(group.id),
        group.name,
        group.ring_s,
        group.wrap_s,
        group.announce_s,
        config.firm.recording.enabled,
        group.strategy,
        group.needs,
        tuple(steps),
        group.sticky_s,
        group.misses,
        group.decline_s,
        group.wrap_until_done,
        config.firm.distribution.ageing_s,
        60.0 * group.redial_min,
        announce_wait=group.announce_wait,
        ring_several=group.ring_several,
        overflow=_overflow(group),
        tips=group.tips,
        tip_s=group.tip_s,
        callback=group.callback,
        callback_tries=group.callback_tries,
        callback_retry_s=60.0 * group.callback_retry_min,
        callback_s=3600.0 * group.callback_hours,
        unrecorded=frozenset(each.number for each in config.hotlines if not each.recording),
    )


def _overflow(group: Group) -> tuple[Overflow, ...]:
    """Give a group's rules in the order of testing: being full first, the longest wait last."""
    full = Overflow("max_length", group.max_length, group.full_to.kind, group.full_to.to)
    late = Overflow("max_wait_s", group.max_wait_s, group.late_to.kind, group.late_to.to)
    rules = [
        Overflow(rule.when.kind, rule.when.limit, rule.to.kind, rule.to.to)
        for rule in group.overflow
    ]
    return (
        *([full] if group.max_length else ()),
        *rules,
        *([late] if group.max_wait_s else ()),
    )


def _card(agent: Agent, now: str) -> AgentCard:
    helps = {each.group: each.level for each in agent.helps if each.until > now}
    return AgentCard(
        AgentId(agent.number),
        agent.name,
        agent.site,
        tuple(GroupId(group) for group in {**agent.groups, **helps}),
        agent.mobile,
        {**agent.groups, **helps, **agent.skills},
    )


def plan_of(config: Config, version: int, known: Known) -> Plan:
    """Ready a configuration; raises `Refused` with every fault of its flows."""
    hotlines: dict[str, Hotline] = {}
    for hotline in config.hotlines:
        hotlines[hotline.number] = hotline
        for number, _ in map(split_number, hotline.also_called):
            hotlines.setdefault(number, hotline)
    return Plan(
        version,
        config,
        hotlines,
        {
            name: load(name, text, known, f"flows/{name}.yaml")
            for name, text in config.flows.items()
        },
        {each.id: calendar_from(each.model_dump(by_alias=True)) for each in config.calendars},
        tuple(
            Owned(hotline.number, *split_number(number))
            for hotline in config.hotlines
            for number in (hotline.number, *hotline.also_called)
        ),
        callers_of(config),
    )
