"""Events and commands made quickly are the frozen dataclasses that they say they are."""

import copy
import pickle
from dataclasses import FrozenInstanceError, fields, replace
from inspect import signature
from typing import Any

import pytest

from domain import commands as do, events as ev
from domain.ids import CallId, GroupId

KINDS: list[type[Any]] = [*ev.KINDS.values(), *do.Command.__args__]
CHOSEN = ev.GroupChosen(CallId("c1"), GroupId("tea"), 3)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_takes_its_fields_and_is_frozen(kind: type[Any]) -> None:
    names = [field.name for field in fields(kind)]
    assert list(signature(kind).parameters) == names
    made = kind(*names)
    assert made == kind(**{name: name for name in names})
    assert type(made) is kind
    for name in names:
        assert getattr(made, name) == name
        with pytest.raises(FrozenInstanceError):
            setattr(made, name, "x")


def test_it_can_be_copied_compared_and_told() -> None:
    assert repr(CHOSEN).startswith("GroupChosen(call='c1', group='tea', priority=3, intent=''")
    assert pickle.loads(pickle.dumps(CHOSEN)) == copy.copy(CHOSEN) == CHOSEN
    assert replace(CHOSEN, priority=4).priority == 4
    assert hash(CHOSEN) == hash(replace(CHOSEN))
    assert ev.from_data("GroupChosen", ev.to_data(CHOSEN)) == CHOSEN
    with pytest.raises(TypeError):
        ev.GroupChosen(CallId("c1"))  # type: ignore[call-arg]
