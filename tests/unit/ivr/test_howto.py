"""The page about flows keeps its word: examples can be loaded, every kind and name is there."""

import re
from pathlib import Path

import pytest
import yaml

from ivr.facts import PLAIN
from ivr.kinds import KINDS
from ivr.lint import Known
from ivr.load import load
from ivr.model import Node

PAGE = (Path(__file__).parents[3] / "docs/howto/flows.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
VALUES = "values: {order: '', sum: '', n: '', pin: '', status: '', eta: '', agent: ''}\n"


def nodes_of(example: str) -> dict[str, Node]:
    data = yaml.load(example, Loader=yaml.BaseLoader)  # plain scalars stay text, as in a flow
    written = data.get("nodes", data)
    return {name: KINDS[node["kind"]].model_validate(node) for name, node in written.items()}


def whole(example: str) -> str:
    """Make a flow of some nodes: a start that leads to each, and ends for names not written."""
    nodes = nodes_of(example)
    named = {edge.to for node in nodes.values() for edge in node.edges() if edge.to}
    ends = "".join(f"  {n}: {{kind: group, group: g}}\n" for n in sorted(named - nodes.keys()))
    cases = ", ".join(f'{{if: n == "{name}", to: {name}}}' for name in nodes)
    first = f"  first: {{kind: branch, cases: [{cases}], otherwise: last}}\n"
    last = "  last: {kind: group, group: g}\n"
    text = "".join(f"  {line}\n" for line in example.splitlines())
    return f"flow: shop\nstart: first\n{VALUES}nodes:\n{first}{last}{ends}{text}"


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_can_be_loaded(example: str) -> None:
    text = example if example.startswith("flow:") else whole(example)
    assert load("shop", text, Known()).nodes


def test_every_kind_is_explained_and_shown() -> None:
    shown = {node.kind for example in EXAMPLES for node in nodes_of(example).values()}
    assert shown == set(KINDS)
    assert [kind for kind in KINDS if f"`{kind}`" not in PAGE] == []


def test_every_name_that_a_condition_may_use_is_explained() -> None:
    assert [name for name in PLAIN if f"`{name}`" not in PAGE] == []
