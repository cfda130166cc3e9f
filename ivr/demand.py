"""What a firm demands before a flow is published, beyond what the engine needs to walk it. Pure.

A flow in force is never refused by these rules: they are asked when somebody publishes.
"""

from collections.abc import Mapping

from ivr.care import care
from ivr.lint import Known
from ivr.model import Flow
from ivr.plain import plain_secrets
from ivr.text import Reading
from ivr.values import empty_values
from ivr.ways import unfold


def demand(flow: Flow, known: Known, reading: Reading) -> None:
    """Note what breaks a rule of the firm, and what is only advised."""
    plain_secrets(flow, reading)
    if reading.faults or known.house is None:
        return
    shapes = known.shapes()
    empty_values(flow, shapes, reading)
    _rings(flow, shapes, reading)
    _calendars(flow, known.undated, reading)
    ways = unfold(flow, shapes, known.seconds)
    care(flow, ways, known.house, known.seconds, reading)


def _rings(flow: Flow, shapes: Mapping[str, Flow], reading: Reading) -> None:
    """Find sub-flows that lead back into this flow."""
    for name, node in flow.nodes.items():
        inner = getattr(node, "flow", "") if node.kind == "flow" else ""
        if inner and flow.name in _all_below(inner, shapes):
            reading.blame(("nodes", name, "flow"), "flow_ring", name=inner, flow=flow.name)


def _calendars(flow: Flow, undated: Mapping[str, int], reading: Reading) -> None:
    for name, node in flow.nodes.items():
        year = undated.get(getattr(node, "calendar", "")) if node.kind == "hours" else None
        if year:
            reading.advise(("nodes", name), "no_year", year=year)


def _all_below(name: str, shapes: Mapping[str, Flow]) -> set[str]:
    found: set[str] = set()
    todo = [name]
    while todo:
        here = todo.pop()
        if here not in found:
            found.add(here)
            flow = shapes.get(here)
            nodes = flow.nodes.values() if flow else ()
            todo += [getattr(node, "flow", "") for node in nodes if node.kind == "flow"]
    return found
