"""What must fit together across files: every name points somewhere, nothing stands twice. Pure."""

from collections.abc import Iterator, Mapping

from office.entries import Broken, Entries, Names as Names, unknown
from office.model import Agent, Hotline
from office.overflow_links import overflow_links
from office.reading import Path
from office.shared import Lines, split_number, undivided
from office.skills import skill_links
from office.texts import both


def broken(
    entries: Entries,
    names: Names,
    newest: tuple[str, int] = ("", 0),
    lines: Lines | None = None,
) -> Iterator[Broken]:
    """Find everything that does not fit; of two equal names the `newest` entry's is to blame.

    Whether shared numbers can be told apart is only looked at where the trunks are known.
    """
    yield from _hotline_links(entries.hotlines, names)
    yield from _default_hotline(entries)
    if lines is not None:
        found = undivided(entries.hotlines, lines)
        yield from (Broken("hotlines", path, text) for path, text in found)
    yield from _agent_links(entries.agents, names)
    yield from skill_links(entries, names)
    yield from overflow_links(entries, names)
    yield from _survey_flow(entries, names)
    yield from _twice(sorted(_numbers(entries), key=lambda row: (row[0], row[1][0]) == newest))
    yield from _further_numbers(entries)
    for section in ("groups", "calendars", "webhooks", "prompts", "lists", "alarms", "receivers"):
        places = getattr(entries, section)
        yield from _twice([(section, (place, "id"), item.id) for place, item in places.items()])
    for section in ("do_not_call", "vip", "blacklist"):
        listed = getattr(entries, section)
        yield from _twice([(section, (at, "number"), item.number) for at, item in listed.items()])
    yield from _on_both_lists(entries)
    yield from _takes(entries)
    yield from _alarm_links(entries)


def _hotline_links(hotlines: Mapping[int, Hotline], names: Names) -> Iterator[Broken]:
    for place, hotline in hotlines.items():
        for key, word, known in (
            ("brand", "品牌", names.brands),
            ("flow", "流程", names.flows),
            ("calendar", "服务时间", names.calendars),
        ):
            if getattr(hotline, key) not in known:
                text = unknown(word, key, getattr(hotline, key), known)
                yield Broken("hotlines", (place, key), text)
        trial = hotline.canary
        if trial and trial.flow not in names.flows:
            text = unknown("流程", "flow", trial.flow, names.flows)
            yield Broken("hotlines", (place, "canary", "flow"), text)


def _default_hotline(entries: Entries) -> Iterator[Broken]:
    wanted = entries.firm.default_hotline if entries.firm else ""
    numbers = frozenset(hotline.number for hotline in entries.hotlines.values())
    if wanted and wanted not in numbers:
        yield Broken("firm", ("default_hotline",), unknown("热线", "hotline", wanted, numbers))


def _agent_links(agents: Mapping[int, Agent], names: Names) -> Iterator[Broken]:
    for place, agent in agents.items():
        if agent.site not in names.sites:
            text = unknown("职场", "site", agent.site, names.sites)
            yield Broken("agents", (place, "site"), text)
        for group in agent.groups:
            if group not in names.groups:
                text = unknown("技能组", "group", group, names.groups)
                yield Broken("agents", (place, "groups", group), text)


def _survey_flow(entries: Entries, names: Names) -> Iterator[Broken]:
    """The survey is a flow of its own, run after the talk under the name `survey`."""
    on = entries.firm is not None and entries.firm.survey.enabled
    asked = on and any(item.survey for item in entries.hotlines.values())
    if asked and "survey" not in names.flows:
        text = both("开启评价需要流程 flows/survey.yaml", "needs the flow flows/survey.yaml")
        yield Broken("firm", ("survey", "enabled"), text)


def _numbers(entries: Entries) -> list[tuple[str, Path, str]]:
    """List the numbers that only one may have: hotlines' and agents', further ones beside them."""
    found: list[tuple[str, Path, str]] = [
        ("hotlines", (place, "number"), hotline.number)
        for place, hotline in entries.hotlines.items()
    ]
    found += [
        ("agents", (place, "number"), agent.number) for place, agent in entries.agents.items()
    ]
    return found


def _further_numbers(entries: Entries) -> Iterator[Broken]:
    """Hotlines may share a further number, but it is nobody's own."""
    own = {name for _, _, name in _numbers(entries)}
    for place, hotline in entries.hotlines.items():
        for n, entry in enumerate(hotline.also_called):
            number = split_number(entry)[0]
            if number in own:
                text = both(f"重复：{number}", f"{number} stands twice")
                yield Broken("hotlines", (place, "also_called", n), text)


def _on_both_lists(entries: Entries) -> Iterator[Broken]:
    """A caller is served earlier or not let in, not both."""
    blocked = {item.number for item in entries.blacklist.values()}
    for at, item in entries.vip.items():
        if item.number in blocked:
            text = both("这个号码也在黑名单上", "the number is on the blacklist too")
            yield Broken("vip", (at, "number"), text)


def _takes(entries: Entries) -> Iterator[Broken]:
    """A recording belongs to a hotline that is there, and each place has one."""
    numbers = frozenset(hotline.number for hotline in entries.hotlines.values())
    for at, take in entries.takes.items():
        if take.hotline and take.hotline not in numbers:
            text = unknown("热线", "hotline", take.hotline, numbers)
            yield Broken("takes", (at, "hotline"), text)
    places = {at: " ".join(take.place).strip() for at, take in entries.takes.items()}
    yield from _twice([("takes", (at, "prompt"), place) for at, place in places.items()])


def _alarm_links(entries: Entries) -> Iterator[Broken]:
    """An alarm names receivers that are there."""
    known = frozenset(receiver.id for receiver in entries.receivers.values())
    for at, alarm in entries.alarms.items():
        for key in ("receivers", "escalate"):
            for name in getattr(alarm, key):
                if name not in known:
                    text = unknown("接收方", "receiver", name, known)
                    yield Broken("alarms", (at, key), text)


def _twice(found: list[tuple[str, Path, str]]) -> Iterator[Broken]:
    seen: set[str] = set()
    for section, path, name in found:
        if name in seen:
            yield Broken(section, path, both(f"重复：{name}", f"{name} stands twice"))
        seen.add(name)
