"""pydantic's complaints → our faults, in both languages, with a guess at the key that was meant."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from office import model
from office.reading import Path
from office.texts import FAULTS, both

KEYS = sorted(
    {
        info.alias or name
        for part in vars(model).values()
        if isinstance(part, type) and issubclass(part, model.Part)
        for name, info in part.model_fields.items()
    }
)
"""Every key that a configuration may hold, for guesses."""


def complaints(error: ValidationError) -> Iterator[tuple[Path, str]]:
    """Give each complaint its path and a sentence; values are never repeated."""
    for detail in error.errors(include_url=False, include_input=False):
        yield tuple(part for part in detail["loc"] if part != "[key]"), sentence(detail)


def sentence(detail: ErrorDetails) -> str:
    """Say one complaint in both languages."""
    context: Mapping[str, Any] = detail.get("ctx", {})
    kind = detail["type"]
    if kind == "value_error":
        return str(context["error"])
    zh, en = FAULTS.get(kind, ("不正确", detail["msg"]))
    if kind == "extra_forbidden" and (near := guess(str(detail["loc"][-1]), KEYS)):
        return both(f"{zh}，是否指 {near}？", f"{en}; did you mean {near}?")
    return both(zh.format(**context), en.format(**context))


def guess(word: str, known: list[str]) -> str:
    """Name what was probably meant, "" for no idea.

    >>> guess("hotline.yaml", ["hotlines.yaml", "groups.yaml"])
    'hotlines.yaml'
    """
    return next(iter(get_close_matches(word, known, 1)), "")
