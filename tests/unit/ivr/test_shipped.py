"""The shipped flows hold whatever callers press, and any slip in them is refused or harmless."""

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings, strategies as st

from domain.events import FlowEnded, StepEntered
from ivr.given import Situation
from ivr.holidays_cn import day_kind_cn
from ivr.house import House
from ivr.kinds import KINDS
from ivr.lint import Known
from ivr.load import load, look, shape
from ivr.model import Flow, Given
from ivr.scene import Scene
from ivr.simulate import CALL, HANG_UP, Walk, walk
from ivr.step import MOST_STEPS
from ivr.text import Reading
from speech import prompt_names
from tests.unit.pace import QUICK, some

FLOWS = Path(__file__).parents[3] / "demo" / "config" / "flows"
TEXTS = {
    file.stem: file.read_text("utf-8")
    for file in sorted(FLOWS.glob("*.yaml"))
    if not file.name.endswith(".test.yaml")
}
GROUPS = {"presale", "aftersale", "partner", "vip"}
OUTCOMES = {"group", "voicemail", "closed", "nobody", "contained", "hang_up"}
ANSWERS = (
    {"timeout": True},
    {"status": 404},
    {"status": 500},
    {"body": None},
    {"body": ["odd"]},
    {"body": {"order": {"status": "shipped", "amount": "1", "arrives": "2026-11-25", "days": ""}}},
    {"body": {"order": {"status": "delivered", "amount": "x", "arrives": "?", "days": 3}}},
    {"body": {"item": {"price": 459, "total": 918, "stock": 80}, "order": "7", "request": "8"}},
)


@cache
def flows() -> dict[str, Flow]:
    """Every shipped flow, checked."""
    shapes = {name: shape(name, text, KINDS) for name, text in TEXTS.items()}
    whole = {name: flow for name, flow in shapes.items() if flow is not None}
    known = Known(prompt_names(), GROUPS, {"always", "workdays"}, whole, house=House(zero=True))
    return {name: load(name, text, known) for name, text in TEXTS.items()}


def walked(flow: Flow, keys: list[str | float], scene: Scene) -> Walk:
    """Walk with the sub-flows at hand."""
    return walk(flow, keys, scene, Given(CALL, flows={**flows(), flow.name: flow}))


def ended(done: Walk, keys: list[str | float]) -> None:
    """Hold what is true of every walk."""
    steps = sum(isinstance(fact, StepEntered) for fact in done.facts)
    assert steps <= MOST_STEPS
    ends = [fact.outcome for fact in done.facts if isinstance(fact, FlowEnded)]
    if done.verdict:
        assert ends == ([done.outcome] if done.outcome else [])
        assert done.outcome in OUTCOMES or (done.outcome == "" and done.path[0] == "rate")
    else:
        assert HANG_UP in keys


some_keys = st.lists(
    st.one_of(st.sampled_from("0123456789*#"), st.sampled_from((inf, 2.0, 7.0, HANG_UP))),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), some_keys, st.data())
def test_any_keys_end_within_the_budget_at_a_declared_outcome(
    name: str, keys: list[str | float], data: st.DataObject
) -> None:
    answers = st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=3)
    nodes = ("look", "place", "request")
    scene = Situation.model_validate(
        {
            "open": data.draw(st.booleans()),
            "staffed": data.draw(st.sampled_from([True, False, ("presale",)])),
            "vip": data.draw(st.integers(0, 2)),
            "calls_24h": data.draw(st.integers(1, 6)),
            "language": data.draw(st.sampled_from(["zh", "en"])),
            "http": {node: tuple(data.draw(answers)) for node in nodes},
            "message_s": data.draw(st.sampled_from([0, 0.5, 30])),
        }
    ).scene({}, day_kind_cn)
    ended(walked(flows()[name], keys, scene), keys)


Place = tuple[Any, ...]


def places(tree: Any, above: Place = ()) -> Iterator[Place]:
    """List the way to every part."""
    for key, part in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield (*above, key)
        if isinstance(part, dict | list):
            yield from places(part, (*above, key))


def slips(tree: Any, place: Place) -> Iterator[tuple[str, Any]]:
    """Give every slip at one place: empty, of another kind, odd, left out, misspelt."""
    for word, slip in (("empty", ""), ("list", []), ("mapping", {}), ("odd", "zzz"), ("9", "9")):
        whole, part = copied(tree, place)
        part[place[-1]] = slip
        yield word, whole
    whole, part = copied(tree, place)
    kept = part.pop(place[-1])
    yield "left out", whole
    if isinstance(part, dict):
        whole, part = copied(tree, place)
        part[f"{place[-1]}x"] = part.pop(place[-1])
        yield "misspelt", whole
    else:
        part.extend([kept, kept])
        yield "twice", whole


def copied(tree: Any, place: Place) -> tuple[Any, Any]:
    """Copy a tree and give what holds the place in it."""
    whole = deepcopy(tree)
    part = whole
    for key in place[:-1]:
        part = part[key]
    return whole, part


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_slip_at_any_key_is_refused_or_harmless(name: str) -> None:
    tree = yaml.load(TEXTS[name], Loader=yaml.BaseLoader)
    known = Known(prompt_names(), GROUPS, {"always", "workdays"}, flows())
    scene = Situation().scene({}, day_kind_cn)
    keys: list[str | float] = [*"1", inf, *"20261002#0"]
    harmless = 0
    for place in some(places(tree), 5):
        for word, slipped in slips(tree, place):
            seen = look(name, Reading(f"flows/{name}.yaml", slipped), known)
            assert all(fault.text for fault in seen.faults), (word, place)
            if not seen.faults:
                assert seen.flow is not None, (word, place)
                ended(walked(seen.flow, keys, scene), keys)
                harmless += 1
    assert harmless or QUICK, "a text of prompts or labels may change"
