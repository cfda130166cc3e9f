"""Frozen dataclasses that are made in less than half the time. Pure.

The usual `__init__` of a frozen class sets each field by `object.__setattr__`, which is most of
what a decision costs. A few fields are set through their slots here. An instance with more of
them is of an open class with the same slots meanwhile, and frozen from then on: nobody sees it
open.
"""

from collections.abc import Iterable
from dataclasses import MISSING, Field, fields
from typing import Any

FEW = 3
"""Up to so many fields their own slots are the quicker way."""


def quicken(kinds: Iterable[type[Any]]) -> None:
    """Give frozen, slotted dataclasses a quick `__init__` with the same parameters."""
    for kind in kinds:
        if all(_is_plain(field) for field in fields(kind)) and not hasattr(kind, "__post_init__"):
            kind.__init__ = _init(kind)


def _is_plain(field: Field[Any]) -> bool:
    return field.init and not field.kw_only and field.default_factory is MISSING


def _init(kind: type[Any]) -> Any:
    """Write the `__init__`, as `dataclasses` writes its own."""
    names = [field.name for field in fields(kind)]
    known: dict[str, Any] = {
        "OPEN": type(f"Open{kind.__name__}", (), {"__slots__": kind.__slots__}),
        "KIND": kind,
        "SET": object.__setattr__,
    }
    parameters = ["self"]
    for field in fields(kind):
        known[f"_{field.name}"] = field.default
        parameters.append(field.name if field.default is MISSING else f"{field.name}=_{field.name}")
    lines = [f"def __init__({', '.join(parameters)}):"]
    if len(names) <= FEW:
        known |= {f"SET_{name}": getattr(kind, name).__set__ for name in names}
        lines += [f" SET_{name}(self, {name})" for name in names] or [" pass"]
    else:
        lines += [" SET(self, '__class__', OPEN)"]
        lines += [f" self.{name} = {name}" for name in names]
        lines += [" self.__class__ = KIND"]
    exec("\n".join(lines), known)  # noqa: S102  # our own classes' field names, nothing from outside
    return known["__init__"]
