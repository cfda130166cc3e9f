"""Change one part of a YAML text and leave every other byte as it was. Pure.

The marks of `yaml.compose` say where a part stands; what is written anew is only that part.
A path is keys and list places from the top, as in `ivr.text`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from domain.errors import Fault, Refused
from ivr.text import Path
from ivr.texts import say

Entry = tuple[yaml.Node, yaml.Node]
_QUOTES = {"'": "'", '"': '"'}
_WIDE = 1_000_000
_STEP = "  "


@dataclass(frozen=True, slots=True)
class _Spot:
    """A part of the text: its node, and the entry or the list around it."""

    node: yaml.Node
    around: yaml.CollectionNode | None = None
    place: int = 0


def put(text: str, path: Path, value: Any, order: Sequence[str] = ()) -> str:
    """Write a value at this path; what already says the same stays. None takes the part away.

    `order` are the keys in the order people write them: it says where a new one goes.
    Raises `Refused` where the text has no place for it.

    >>> put("a: 1 # one\\nb: [x]\\n", ("a",), "2")
    'a: "2" # one\\nb: [x]\\n'
    """
    if value is None or value in ((), [], {}):
        return drop(text, path)
    spot = _find(text, path)
    if spot is None:
        return _insert(text, path, value, order)
    if isinstance(value, Mapping) and isinstance(spot.node, yaml.MappingNode):
        return _each(text, path, value, _keys(spot.node))
    if isinstance(value, list | tuple) and isinstance(spot.node, yaml.SequenceNode):
        return _items(text, path, list(value), spot.node)
    if same(spot.node, value):
        return text
    return _replace(text, spot.node, value)


def drop(text: str, path: Path) -> str:
    """Take a part away, with the comment lines that stand right above it; absent is well."""
    spot = _find(text, path)
    if spot is None or spot.around is None:
        return text
    if len(spot.around.value) == 1:
        return _emptied(text, path, spot.around)
    if spot.around.flow_style:
        start, end = _flow_span(spot)
    else:
        start, end = _block_span(text, spot)
    return text[:start] + text[end:]


def rename(text: str, path: Path, name: str) -> str:
    """Give the entry at this path another key."""
    spot = _find(text, path)
    if spot is None or not isinstance(spot.around, yaml.MappingNode):
        raise _no_place(path)
    return _replace(text, spot.around.value[spot.place][0], name)


def same(node: yaml.Node, value: Any) -> bool:
    """Tell whether a node of the text says this already."""
    if isinstance(node, yaml.MappingNode):
        inner = {key.value: each for key, each in node.value}
        fits = isinstance(value, Mapping) and list(inner) == list(value)
        return fits and all(same(each, value[key]) for key, each in inner.items())
    if isinstance(node, yaml.SequenceNode):
        fits = isinstance(value, list | tuple) and len(value) == len(node.value)
        return fits and all(map(same, node.value, value))
    return not isinstance(value, Mapping | list | tuple) and node.value == _plain(value)


def _each(text: str, path: Path, value: Mapping[str, Any], there: Sequence[str]) -> str:
    for key in there:
        if key not in value:
            text = drop(text, (*path, key))
    for key, inner in value.items():
        text = put(text, (*path, key), inner, tuple(value))
    return text


def _items(text: str, path: Path, value: list[Any], node: yaml.SequenceNode) -> str:
    for place in range(len(node.value) - 1, len(value) - 1, -1):
        text = drop(text, (*path, str(place)))
    for place, inner in enumerate(value):
        text = put(text, (*path, str(place)), inner)
    return text


def _compose(text: str) -> yaml.Node:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        problem = getattr(error, "problem", None) or "too deep"
        raise Refused(Fault("", 0, "", say("not_yaml", problem=problem))) from error
    if node is None:
        raise Refused(Fault("", 0, "", say("empty")))
    return node


def _find(text: str, path: Path) -> _Spot | None:
    spot = _Spot(_compose(text))
    for key in path:
        found = _below(spot.node, key)
        if found is None:
            return None
        spot = found
    return spot


def _below(node: yaml.Node, key: str) -> _Spot | None:
    if isinstance(node, yaml.MappingNode):
        for place, (name, value) in enumerate(node.value):
            if name.value == key:
                return _Spot(value, node, place)
    if isinstance(node, yaml.SequenceNode) and key.isdecimal() and int(key) < len(node.value):
        return _Spot(node.value[int(key)], node, int(key))
    return None


def _keys(node: yaml.MappingNode) -> list[str]:
    return [str(key.value) for key, _ in node.value]


def _replace(text: str, node: yaml.Node, value: Any) -> str:
    quote = _QUOTES.get(getattr(node, "style", None) or "", "")
    start, end = node.start_mark.index, _end(node)
    block = isinstance(node, yaml.CollectionNode) and not node.flow_style
    if block or _is_literal(node):
        start = text.rindex(":", 0, start) + 1
    written = written_as(value, quote)
    space = " " if text[start - 1 : start] in (":", "-") else ""
    return text[:start] + space + written + text[end:]


def _insert(text: str, path: Path, value: Any, order: Sequence[str]) -> str:
    around = _find(text, path[:-1])
    if around is None:
        raise _no_place(path)
    node = around.node
    if isinstance(node, yaml.ScalarNode) and not node.value:
        end = node.end_mark.index
        return f"{text[:end]} {written_as({path[-1]: value})}{text[end:]}"
    if not isinstance(node, yaml.CollectionNode):
        raise _no_place(path)
    if node.flow_style:
        return _into_flow(text, node, path[-1], value)
    return _into_block(text, node, path[-1], value, order)


def _into_flow(text: str, node: yaml.CollectionNode, key: str, value: Any) -> str:
    listed = isinstance(node, yaml.SequenceNode)
    new = written_as(value) if listed else f"{written_as(key)}: {written_as(value)}"
    if not node.value:
        at = node.end_mark.index - 1
        return text[:at] + new + text[at:]
    last = node.value[-1]
    at = _end(last if listed else last[1])
    return f"{text[:at]}, {new}{text[at:]}"


def _into_block(
    text: str, node: yaml.CollectionNode, key: str, value: Any, order: Sequence[str]
) -> str:
    entries = list(node.value)
    if isinstance(node, yaml.SequenceNode):
        return _new_line(text, entries[-1], _indent(entries[0]) - 2, f"- {written_as(value)}")
    before = set(order[: order.index(key)]) if key in order else set()
    known = [entry for entry in entries if entry[0].value in before]
    after = known[-1] if known else entries[-1]
    indent = entries[0][0].start_mark.column
    lines = _block(key, value, indent)
    return _new_line(text, after[1], indent, lines)


def _indent(node: yaml.Node) -> int:
    return int(node.start_mark.column)


def _new_line(text: str, after: yaml.Node, indent: int, lines: str) -> str:
    at = _line_end(text, _end(after))
    ending = "\r\n" if "\r\n" in text else "\n"
    lead = "" if at == 0 or text[at - 1] == "\n" else ending
    new = " " * indent + lines.replace("\n", ending)
    return text[:at] + lead + new + (ending if not lead else "") + text[at:]


def _block(key: str, value: Any, indent: int) -> str:
    """Write an entry of a block; a mapping of mappings or of keys goes on lines of its own."""
    if not isinstance(value, Mapping) or not value:
        return f"{written_as(key)}: {written_as(value)}"
    pad = " " * indent + _STEP
    lines = [f"{pad}{_block(name, inner, indent + 2)}" for name, inner in value.items()]
    return "\n".join((f"{written_as(key)}:", *lines))


def _emptied(text: str, path: Path, around: yaml.CollectionNode) -> str:
    """Take the last entry away: a list or mapping without one goes as well, but not the file."""
    if len(path) > 1:
        return drop(text, path[:-1])
    raise _no_place(path)


def _flow_span(spot: _Spot) -> tuple[int, int]:
    entries = [_entry(each) for each in spot.around.value] if spot.around else []
    start, end = entries[spot.place][0].start_mark.index, _end(entries[spot.place][1])
    if spot.place + 1 < len(entries):
        return start, entries[spot.place + 1][0].start_mark.index
    return _end(entries[spot.place - 1][1]), end


def _block_span(text: str, spot: _Spot) -> tuple[int, int]:
    """Give from the entry's first line, comments right above included, to behind its last."""
    first, last = _entry(spot.around.value[spot.place]) if spot.around else (spot.node, spot.node)
    column = first.start_mark.column - (2 if isinstance(spot.around, yaml.SequenceNode) else 0)
    start = text.rfind("\n", 0, first.start_mark.index) + 1
    if text[start : first.start_mark.index].strip(" -"):
        raise _no_place((str(first.value),))
    return _with_comments(text, start, column), _line_end(text, _end(last))


def _line_end(text: str, end: int) -> int:
    """Give the start of the next line; a text on lines of its own ends at one already."""
    if end and text[end - 1] == "\n":
        return end
    found = text.find("\n", end)
    return len(text) if found < 0 else found + 1


def _with_comments(text: str, start: int, column: int) -> int:
    while start > 0:
        above = text.rfind("\n", 0, start - 1) + 1
        line = text[above : start - 1]
        if not line.strip().startswith("#") or len(line) - len(line.lstrip()) != column:
            return start
        if above == 0:
            return start
        start = above
    return start


def _entry(each: Any) -> Entry:
    return each if isinstance(each, tuple) else (each, each)


def _end(node: yaml.Node) -> int:
    """Give where a part really ends: a block's own mark lies behind the comments after it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        return _end(_entry(node.value[-1])[1])
    mark = node.end_mark
    return int(mark.index - mark.column if _is_literal(node) else mark.index)


def _is_literal(node: yaml.Node) -> bool:
    """Tell whether a text stands on lines of its own; its mark may lie behind further blanks."""
    return getattr(node, "style", None) in ("|", ">")


def written_as(value: Any, quote: str = "") -> str:
    """Write a value on one line, quoted where it must be (or as it was).

    >>> written_as("订单"), written_as("1"), written_as(["a", "b, c"]), written_as(True)
    ('订单', '"1"', '[a, "b, c"]', 'true')
    """
    if isinstance(value, Mapping):
        inner = (f"{written_as(key)}: {written_as(each)}" for key, each in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written_as, value)) + "]"
    if not isinstance(value, str):
        return _plain(value)
    if quote == "'" and _prints(value):
        return "'" + value.replace("'", "''") + "'"
    return value if not quote and _needs_no_quotes(value) else _quoted(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _prints(value: str) -> bool:
    return value.isprintable()


def _quoted(value: str) -> str:
    dumped = yaml.dump(
        value, Dumper=yaml.SafeDumper, default_style='"', allow_unicode=True, width=_WIDE
    )
    return str(dumped).rstrip("\n")


def _needs_no_quotes(value: str) -> bool:
    """Tell whether any reader takes it as this very text, in lists and mappings too."""
    if not value or value != value.strip() or not value.isprintable():
        return False
    try:
        node = yaml.compose(f"- [{value}]\n- {{{value}: {value}}}\n- {value}: {value}\n")
    except yaml.YAMLError:
        return False
    return node is not None and list(_scalars(node)) == [("tag:yaml.org,2002:str", value)] * 5


def _scalars(node: yaml.Node) -> Iterable[tuple[str, str]]:
    if isinstance(node, yaml.ScalarNode):
        yield node.tag, node.value
        return
    for each in node.value:
        for inner in each if isinstance(each, tuple) else (each,):
            yield from _scalars(inner)


def _no_place(path: Path) -> Refused:
    return Refused(Fault("", 0, ".".join(path), say("no_place")))
