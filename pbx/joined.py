"""What a joined Asterisk loads of ours: fragments of the rendered files, for `#tryinclude`. Pure.

A stock Asterisk keeps its own [general], [global], [globals], modules, ports. Of ours it takes in
contexts, endpoints, transports, queues, music and AMI users; every name that others may use for
something of their own gets `pbx.places.PREFIX`. Made from files that passed `pbx.hardening`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pbx.places import PREFIX
from pbx.render import stamped

DIALPLAN = ("dialplan-in.conf", "dialplan-out.conf", "dialplan-trunks.conf")
TAKEN_IN = ("extensions.conf", "manager.conf", "musiconhold.conf", "pjsip.conf", "queues.conf")
"""The files of a stock Asterisk that get a line which takes in ours of the same name."""
OWN = (*TAKEN_IN, *DIALPLAN)
CHANNEL_VARIABLES = ("CC_CALL", "CC_LEG", "CC_OFFER", "CC_DIAL")
NOWHERE = "nowhere"
"""A context that does not exist: who transfers there is refused."""
_HEAD = re.compile(r"\[([^]]+)\](?:\((.*?)\))?")
_GLOBAL = re.compile(r"^([A-Z_]+)=(.*)$", re.M)
_DROPPED: Mapping[str, frozenset[str]] = {
    "extensions.conf": frozenset(("general", "globals")),
    "manager.conf": frozenset(("general",)),
    "musiconhold.conf": frozenset(("general", "default")),
    "pjsip.conf": frozenset(("global", "system")),
    "queues.conf": frozenset(("general",)),
}
_MUSIC = re.compile(r"(?<=\bm\()hold(?=\))|(?<=MusicOnHold\()hold\b|(?<=\?)hold(?=:\$\{CC_MUSIC)")


def fragments(
    files: Mapping[str, str], folder: Path, channel_variables: bool = True
) -> dict[str, str]:
    """File name → what stands in `folder` under that name.

    `channel_variables`: the AMI's own list is empty, so ours may be set.
    """
    made = {name: _kept(name, files[name]) for name in OWN}
    places = frozenset(_places(made))
    known = _globals(files["extensions.conf"])
    for name in ("extensions.conf", *DIALPLAN):
        made[name] = _dialplan(made[name], places, known)
    takes_in = "\n".join(line_for(folder, name) for name in DIALPLAN)
    made["extensions.conf"] = re.sub(r"^#include .*\n", "", made["extensions.conf"], flags=re.M)
    made["extensions.conf"] = f"{takes_in}\n{made['extensions.conf']}"
    made["pjsip.conf"] = _sections(made["pjsip.conf"], _pjsip_names(made["pjsip.conf"]), places)
    made["queues.conf"] = _queues(made["queues.conf"])
    made["musiconhold.conf"] = _renamed(made["musiconhold.conf"], frozenset(("hold",)))
    made["manager.conf"] = _manager(made["manager.conf"], channel_variables)
    return {name: stamped(text) for name, text in made.items()}


def line_for(folder: Path, name: str) -> str:
    """Give the line that takes in our file; a file that is gone does no harm."""
    return f'#tryinclude "{folder / name}"'


def headings(text: str) -> Iterator[tuple[str, str]]:
    """Give each section's name and what stands in brackets behind it.

    >>> list(headings("[a](!)\\n; [b]\\nx = 1\\n[c]"))
    [('a', '!'), ('c', '')]
    """
    for line in text.splitlines():
        if found := _HEAD.match(line):
            yield found[1], found[2] or ""


def _kept(name: str, text: str) -> str:
    """Leave out the stamp, comments and the sections that are the Asterisk's own affair."""
    dropped, keeps, lines = _DROPPED.get(name, frozenset()), True, []
    for line in text.splitlines():
        if found := _HEAD.match(line):
            keeps = found[1] not in dropped
        elif line.startswith("#"):
            keeps = True
        if keeps and line and not line.startswith(";"):
            lines.append(line)
    return "\n".join(lines) + "\n"


def _places(made: Mapping[str, str]) -> Iterator[str]:
    """Name our contexts; a trunk's own is found by its endpoint's name and keeps it."""
    yield NOWHERE
    for name in ("extensions.conf", *DIALPLAN):
        for place, _ in headings(made[name]):
            if not place.startswith("trunk-"):
                yield place


def _globals(text: str) -> dict[str, str]:
    _, _, rest = text.partition("[globals]\n")
    return dict(_GLOBAL.findall(rest.partition("\n[")[0]))


def _dialplan(text: str, places: frozenset[str], known: Mapping[str, str]) -> str:
    """Rename contexts where they begin and where they are gone to; write our globals out."""
    one = "|".join(sorted(map(re.escape, places), key=len, reverse=True))
    text = re.sub(rf"(?<![\w-])({one})(?=[,^]s[,^])", rf"{PREFIX}\1", text)
    text = re.sub(rf"(?<=TRANSFER_CONTEXT=)({one})\b", rf"{PREFIX}\1", text)
    text = text.replace("@mobile/n", f"@{PREFIX}mobile/n")
    text = _MUSIC.sub(f"{PREFIX}hold", text)
    for name, value in known.items():
        text = text.replace(f"${{{name}}}", value)
    return _renamed(text, places)


def _pjsip_names(text: str) -> frozenset[str]:
    """Name the templates and transports: what nobody outside our own files asks for."""
    names = {name for name, parents in headings(text) if "!" in parents.split(",")}
    found = re.findall(r"^\[([^]]+)\]\ntype = transport$", text, re.M)
    return frozenset(names | set(found))


def _sections(text: str, names: frozenset[str], places: frozenset[str]) -> str:
    """Rename templates, transports and the contexts that endpoints lead to."""
    rules: tuple[tuple[str, frozenset[str]], ...] = (
        ("transport", names),
        ("context", places),
        ("set_var = TRANSFER_CONTEXT", places),
    )
    for key, known in rules:
        text = re.sub(rf"^({key} ?= ?)(\S+)$", _prefixed(known), text, flags=re.M)
    return _renamed(text, names)


def _prefixed(known: frozenset[str]) -> Callable[[re.Match[str]], str]:
    return lambda found: f"{found[1]}{PREFIX if found[2] in known else ''}{found[2]}"


def _renamed(text: str, names: frozenset[str]) -> str:
    """Rename sections and those of them that are built upon."""
    lines = []
    for line in text.splitlines():
        if found := _HEAD.match(line):
            name = _own(found[1], names)
            upon = ",".join(_own(each, names) for each in (found[2] or "").split(","))
            line = f"[{name}]({upon})" if upon else f"[{name}]"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _own(name: str, names: frozenset[str]) -> str:
    return PREFIX + name if name in names else name


def _queues(text: str) -> str:
    """Say in the template what is set for all queues elsewhere."""
    text = text.replace("musicclass = hold", f"musicclass = {PREFIX}hold\nautofill = yes")
    for key in ("membergosub", "context"):
        text = text.replace(f"{key} = ", f"{key} = {PREFIX}")
    return _renamed(text, frozenset(("fallback",)))


def _manager(text: str, channel_variables: bool) -> str:
    head = f"[general](+)\nchannelvars = {','.join(CHANNEL_VARIABLES)}\n"
    return (head if channel_variables else "") + _renamed(text, frozenset(("user",)))
