"""Asterisk's files read back: sections with their lines, and dialplan steps. Pure.

Only as much of the format as our own templates use; for the rules of `pbx.hardening`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEAD = re.compile(r"\[([^]]+)\](?:\((.*)\))?")
_EXTEN = re.compile(r"exten\s*=>?\s*([^,]+),([^,]+),(.*)")
_SAME = re.compile(r"same\s*=>?\s*([^,]+),(.*)")
_APP = re.compile(r"\s*(\w+)\s*\((.*)\)\s*$|\s*(\w+)\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """One `key = value`; `section` is the heading above it, `parents` its templates."""

    file: str
    number: int
    section: str
    parents: str
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the dialplan: an application with its argument, in a context's extension."""

    file: str
    number: int
    context: str
    exten: str
    app: str
    argument: str


def lines(file: str, text: str) -> Iterator[Line]:
    r"""Read every setting of a file.

    >>> [(at.number, at.section, at.key, at.value) for at in lines("a", "[x](y)\n; z\nk = v;c\n")]
    [(3, 'x', 'k', 'v')]
    """
    section = parents = ""
    for number, line in bare(text):
        if head := _HEAD.match(line):
            section, parents = head[1], head[2] or ""
        elif line.startswith("#"):
            yield Line(file, number, section, parents, *_directive(line))
        elif "=" in line:
            key, _, value = line.partition("=")
            yield Line(file, number, section, parents, key.strip(), value.lstrip(">").strip())


def steps(file: str, text: str) -> Iterator[Step]:
    r"""Read every step of a dialplan file.

    >>> text = "[a]\nexten => s,1,Set(X=1)\n same => n(b),Hangup()\n"
    >>> [(at.exten, at.app, at.argument) for at in steps("a", text)]
    [('s', 'Set', 'X=1'), ('s', 'Hangup', '')]
    """
    context = exten = ""
    for number, line in bare(text):
        if head := _HEAD.match(line):
            context = head[1]
        elif found := _EXTEN.match(line):
            exten = found[1].strip()
            yield Step(file, number, context, exten, *_app(found[3]))
        elif found := _SAME.match(line):
            yield Step(file, number, context, exten, *_app(found[2]))


def bare(text: str) -> Iterator[tuple[int, str]]:
    r"""Give what is not a comment; a semicolon that stands as `\;` begins none."""
    for number, line in enumerate(text.splitlines(), 1):
        bare = re.split(r"(?<!\\);", line, maxsplit=1)[0].strip()
        if bare:
            yield number, bare


def _directive(line: str) -> tuple[str, str]:
    word, _, rest = line.partition(" ")
    return word, rest.strip().strip('"<>')


def _app(text: str) -> tuple[str, str]:
    found = _APP.match(text)
    if found is None:
        return text.strip(), ""
    return found[1] or found[3], found[2] or ""
