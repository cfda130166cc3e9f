"""What a call needs of an agent: `refund>=3 and (english>=5 or japanese>=3)`. Pure.

Skill ids with a minimum level (`refund` alone is level 1), `and` before `or`, parentheses. The
empty text asks for nothing and nobody meets it: then only membership counts.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LEVELS = range(1, 10)
"""The levels that an agent may have in a skill or a group, 9 the best."""
LONGEST = 500
_DEEPEST = 20
_PARTS = re.compile(r"\s*(>=|[()]|[a-z][a-z0-9_-]{0,31}|[0-9]+)", re.IGNORECASE)
_WORDS = {"and", "or"}


class NeedsWrong(ValueError):
    """A text that is no requirement; `at` counts letters from 0."""

    def __init__(self, at: int, zh: str, en: str) -> None:
        super().__init__(f"{zh} · {en}")
        self.at, self.zh, self.en = at, zh, en


@dataclass(frozen=True, slots=True)
class Needs:
    """A requirement as a tree: `kind` is skill, and, or, nothing."""

    kind: str = "nothing"
    skill: str = ""
    level: int = 0
    parts: tuple["Needs", ...] = ()

    def met(self, levels: Mapping[str, int]) -> bool:
        """Tell whether somebody with these levels meets it."""
        match self.kind:
            case "skill":
                return levels.get(self.skill, 0) >= self.level
            case "and":
                return all(part.met(levels) for part in self.parts)
        return any(part.met(levels) for part in self.parts)

    def skills(self) -> frozenset[str]:
        """Name every skill in it."""
        own = {self.skill} if self.skill else set()
        return frozenset(own.union(*(part.skills() for part in self.parts)))

    def __str__(self) -> str:
        """Write it the way `parse` reads it."""
        if self.kind == "skill":
            return f"{self.skill}>={self.level}"
        inner = (f"({part})" if part.kind == "or" else str(part) for part in self.parts)
        return f" {self.kind} ".join(inner if self.kind == "and" else map(str, self.parts))


def parse(text: str) -> Needs:
    """Read a requirement; raises NeedsWrong with the place of the first fault.

    >>> parse("refund>=3 and (english>=5 or japanese)").met({"refund": 4, "japanese": 1})
    True
    >>> str(parse("a and b>=2 or c"))
    'a>=1 and b>=2 or c>=1'
    """
    if len(text) > LONGEST:
        raise NeedsWrong(LONGEST, f"最多 {LONGEST} 个字", f"at most {LONGEST} letters")
    words = _Words(list(_split(text)), len(text))
    if not words.here:
        return Needs()
    found = _either(words, 0)
    if words.here:
        raise _wrong(words, "应为 and 或 or", "expected and, or")
    return found


class _Words:
    """The words of a text, read one after the other."""

    def __init__(self, words: list[tuple[int, str]], end: int) -> None:
        self._words, self._next, self._end = words, 0, end

    @property
    def here(self) -> str:
        """The next word, "" at the end."""
        return self._words[self._next][1] if self._next < len(self._words) else ""

    @property
    def at(self) -> int:
        """Where the next word begins."""
        return self._words[self._next][0] if self._next < len(self._words) else self._end

    def take(self, word: str) -> bool:
        """Pass over the next word if it is this one."""
        if self.here != word:
            return False
        self._next += 1
        return True

    def any(self) -> str:
        """Pass over the next word and give it."""
        word = self.here
        self._next += 1
        return word


def _split(text: str) -> Iterator[tuple[int, str]]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _PARTS.match(text, at)
        if found is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise NeedsWrong(at, f"第 {at + 1} 个字看不懂", f"letter {at + 1} is not understood")
        word = found[1]
        yield found.start(1), word.lower() if word.lower() in _WORDS else word
        at = found.end()


def _either(words: _Words, depth: int) -> Needs:
    parts = [_both(words, depth)]
    while words.take("or"):
        parts.append(_both(words, depth))
    return parts[0] if len(parts) == 1 else Needs("or", parts=tuple(parts))


def _both(words: _Words, depth: int) -> Needs:
    parts = [_one(words, depth)]
    while words.take("and"):
        parts.append(_one(words, depth))
    return parts[0] if len(parts) == 1 else Needs("and", parts=tuple(parts))


def _one(words: _Words, depth: int) -> Needs:
    if depth > _DEEPEST:
        raise _wrong(words, "括号太深", "too many parentheses")
    if words.take("("):
        inner = _either(words, depth + 1)
        if not words.take(")"):
            raise _wrong(words, "缺少 )", "expected )")
        return inner
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", words.here) or words.here in _WORDS:
        raise _wrong(words, "应为技能", "expected a skill")
    return Needs("skill", words.any(), _level(words))


def _level(words: _Words) -> int:
    if not words.take(">="):
        return 1
    if not words.here.isdigit() or int(words.here) not in LEVELS:
        raise _wrong(words, "级别应为 1–9", "expected a level from 1 to 9")
    return int(words.any())


def _wrong(words: _Words, zh: str, en: str) -> NeedsWrong:
    place = words.at + 1
    return NeedsWrong(words.at, f"第 {place} 个字处{zh}", f"at letter {place}: {en}")
