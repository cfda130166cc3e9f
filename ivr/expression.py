"""The conditions of `branch`: a tiny language of our own, read into values. Pure; never `eval`.

    vip >= 1 and not (caller.province == "四川" or "complaint" in tags)

Names stand for values of the flow and facts of the world; one that is missing is empty. `==`
compares as numbers when one side is a number (`order == 7`), else letter by letter, so that
`order == "007"` is not the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ivr.texts import say

Fact = str | int | float | tuple[str, ...]
"""What a name may stand for."""
LONGEST = 300
DEEPEST = 20

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?[0-9]+(?:\.[0-9]+)?)(?![\w.])
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_-]+)*)
    |"(?P<double>[^"]*)"|'(?P<single>[^']*)'
    |(?P<sign>==|!=|<=|>=|<|>|[()\[\],]))""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,9})?")
_WORDS = ("and", "or", "not", "in")
_EMPTY = ("", "0", "false", "no")


@dataclass(frozen=True, slots=True)
class Ref:
    """A name."""

    name: str


@dataclass(frozen=True, slots=True)
class Listed:
    """`[a, b]`."""

    items: tuple["Value", ...]


Value = str | int | float | Ref | Listed


@dataclass(frozen=True, slots=True)
class Test:
    """Two values compared; with sign "" the left one alone: is there anything?"""

    left: Value
    sign: str = ""
    right: Value = ""


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    of: "Condition"


@dataclass(frozen=True, slots=True)
class Both:
    """`and` (`every`) or `or` of parts."""

    parts: tuple["Condition", ...]
    every: bool


Condition = Test | Not | Both


@lru_cache(maxsize=1024)
def parse(text: str) -> Condition:
    """Read a condition; ValueError says in both languages what is wrong and where."""
    if len(text) > LONGEST:
        raise ValueError(say("too_long", most=LONGEST))
    reader = _Reader(_tokens(text))
    condition = reader.either(0)
    if reader.left:
        raise ValueError(say("bad_condition", part=reader.left[0][1]))
    return condition


def names_in(condition: Condition) -> tuple[str, ...]:
    """List the names that a condition uses, each once."""
    found: list[str] = []
    match condition:
        case Test(left, _, right):
            found = [*_names(left), *_names(right)]
        case Not(of):
            found = [*names_in(of)]
        case Both(parts):
            found = [name for part in parts for name in names_in(part)]
    return tuple(dict.fromkeys(found))


def holds(condition: Condition, facts: Mapping[str, Fact]) -> bool:
    """Tell whether a condition is true of these facts; never raises.

    >>> holds(parse('vip >= 1 and "b" in tags'), {"vip": 2, "tags": ("a", "b")})
    True
    >>> holds(parse('order == "007"'), {"order": "7"}), holds(parse("order == 7"), {"order": "7"})
    (False, True)
    """
    match condition:
        case Not(of):
            return not holds(of, facts)
        case Both(parts, every):
            return (all if every else any)(holds(part, facts) for part in parts)
        case Test(left, "", _):
            return _is_something(_fact(left, facts))
        case Test(left, sign, right):
            return _compare(_fact(left, facts), sign, _fact(right, facts))


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise ValueError(say("bad_condition", part=text[at:].strip()[:20]))
        kind = found.lastgroup
        tokens.append((kind, found[kind]))
        at = found.end()
    return tokens


class _Reader:
    """Reads tokens from left to right; `left` are those not read yet."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.left = tokens

    def either(self, depth: int) -> Condition:
        return self._joined("or", depth)

    def _joined(self, word: str, depth: int) -> Condition:
        parts = [self._part(word, depth)]
        while self._takes("name", word):
            parts.append(self._part(word, depth))
        return parts[0] if len(parts) == 1 else Both(tuple(parts), word == "and")

    def _part(self, word: str, depth: int) -> Condition:
        return self._joined("and", depth) if word == "or" else self._negated(depth)

    def _negated(self, depth: int) -> Condition:
        if depth > DEEPEST:
            raise ValueError(say("too_deep"))
        if self._takes("name", "not"):
            return Not(self._negated(depth + 1))
        if self._takes("sign", "("):
            inner = self.either(depth + 1)
            self._must("sign", ")")
            return inner
        return self._test(depth)

    def _test(self, depth: int) -> Condition:
        left = self._value(depth)
        sign = self._sign()
        if sign == "not in":
            return Not(Test(left, "in", self._value(depth)))
        return Test(left, sign, self._value(depth)) if sign else Test(left)

    def _sign(self) -> str:
        for sign in ("==", "!=", "<=", ">=", "<", ">"):
            if self._takes("sign", sign):
                return sign
        if self._takes("name", "in"):
            return "in"
        if self.left[:2] == [("name", "not"), ("name", "in")]:
            del self.left[:2]
            return "not in"
        return ""

    def _value(self, depth: int) -> Value:
        if depth > DEEPEST:
            raise ValueError(say("too_deep"))
        if self._takes("sign", "["):
            return self._list(depth)
        kind, text = self.left.pop(0) if self.left else ("sign", "…")
        if kind == "number":
            return float(text) if "." in text else int(text[:19])
        if kind == "sign" or (kind == "name" and text in _WORDS):
            raise ValueError(say("bad_condition", part=text))
        return Ref(text) if kind == "name" else text

    def _list(self, depth: int) -> Listed:
        items: list[Value] = []
        while not self._takes("sign", "]"):
            if items:
                self._must("sign", ",")
            items.append(self._value(depth + 1))
        return Listed(tuple(items))

    def _takes(self, kind: str, text: str) -> bool:
        there = self.left[:1] == [(kind, text)]
        if there:
            self.left.pop(0)
        return there

    def _must(self, kind: str, text: str) -> None:
        if not self._takes(kind, text):
            raise ValueError(say("bad_condition", part=self.left[0][1] if self.left else "…"))


def _names(value: Value) -> list[str]:
    if isinstance(value, Listed):
        return [name for item in value.items for name in _names(item)]
    return [value.name] if isinstance(value, Ref) else []


def _fact(value: Value, facts: Mapping[str, Fact]) -> Fact:
    if isinstance(value, Ref):
        return facts.get(value.name, "")
    if isinstance(value, Listed):
        return tuple(str(_fact(item, facts)) for item in value.items)
    return value


def _is_something(fact: Fact) -> bool:
    return bool(fact) and not (isinstance(fact, str) and fact.lower() in _EMPTY)


def _compare(left: Fact, sign: str, right: Fact) -> bool:
    if sign == "in":
        return _within(left, right)
    if sign in ("==", "!="):
        return _same(left, right) == (sign == "==")
    one, other = _number(left), _number(right)
    if one is None or other is None:
        return False
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[sign]


def _within(one: Fact, many: Fact) -> bool:
    """Tell whether a list has it, or a text holds it."""
    if isinstance(many, tuple):
        return str(one) in many
    return bool(one) and str(one) in str(many)


def _same(one: Fact, other: Fact) -> bool:
    if isinstance(one, tuple) or isinstance(other, tuple):
        return one == other
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    left, right = _number(one), _number(other)
    return left is not None and left == right


def _number(fact: Fact) -> float | None:
    if isinstance(fact, int | float):
        return float(fact)
    if isinstance(fact, str) and _NUMBER.fullmatch(fact.strip()):
        return float(fact)
    return None
