"""Whether overflow leads somewhere, and never round: the checks of publish. Pure."""

from collections.abc import Iterator

from office.entries import Broken, Entries, Names, unknown
from office.model import Group
from office.texts import both
from speech import prompt_names

LOOP = both(
    "溢出绕成了圈，来电会转回原来的组", "overflow goes in a circle: a call would come back here"
)
NO_CALLS_OUT = both(
    "回拨与转外线要先开启外呼（firm.yaml calls_out.enabled）",
    "callbacks and numbers outside need calls out (firm.yaml calls_out.enabled)",
)


def overflow_links(entries: Entries, names: Names) -> Iterator[Broken]:
    """Find groups that are not there, circles, and ways out that the firm has not switched on."""
    leads = {group.id: _groups(group) for group in entries.groups.values()}
    known = prompt_names() | names.prompts
    may_dial = entries.firm is None or entries.firm.calls_out.enabled
    for place, group in entries.groups.items():
        for path, exit_ in group.exits():
            if exit_.group and exit_.group not in names.groups:
                text = unknown("技能组", "group", exit_.group, names.groups)
                yield Broken("groups", (place, *path, "group"), text)
            elif exit_.group and _comes_back(group.id, exit_.group, leads):
                yield Broken("groups", (place, *path, "group"), LOOP)
            if exit_.kind in ("number", "callback") and not may_dial:
                yield Broken("groups", (place, *path, exit_.kind), NO_CALLS_OUT)
        yield from _prompts(place, group, known)
        if group.callback and not may_dial:
            yield Broken("groups", (place, "callback"), NO_CALLS_OUT)


def _prompts(place: int, group: Group, known: frozenset[str]) -> Iterator[Broken]:
    said = [((*path, "message"), exit_.message) for path, exit_ in group.exits() if exit_.message]
    said += [(("tips", n), name) for n, name in enumerate(group.tips)]
    for path, name in said:
        if name not in known:
            text = both(f"没有这个提示音：{name}", f"unknown prompt {name}")
            yield Broken("groups", (place, *path), text)


def _groups(group: Group) -> set[str]:
    return {exit_.group for _, exit_ in group.exits() if exit_.group}


def _comes_back(home: str, to: str, leads: dict[str, set[str]]) -> bool:
    seen: set[str] = set()
    found = [to]
    while found:
        group = found.pop()
        if group == home:
            return True
        if group not in seen:
            seen.add(group)
            found += leads.get(group, ())
    return False
