"""What callers did in a flow, over HTTP: the counts that stand in its drawing."""

from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import Field

from reports import days
from reports.flow_counts import OfFlow, counts
from web.reports import Moment
from web.scope import reach_of
from web.table import MOST, Ask, Nothing, Schema, table

flow_counts = table("flows: counts")


class CountsQuery(Schema):
    """Of which time; `version` 0 and `arm` "" are all. A date as `to` is that whole day."""

    start: Annotated[Moment, Field(alias="from")] = "today"
    end: Annotated[Moment, Field(alias="to")] = ""
    version: Annotated[int, Field(ge=0, le=MOST)] = 0
    arm: Literal["", "main", "canary"] = ""


class NodeCount(Schema):
    """Visits to a node, callers who hung up there, mean seconds of a visit."""

    hits: int
    hangups: int
    avg_s: float | None


class FlowCounts(Schema):
    """Counts by node, and by branch under `node.label`; who came nowhere is not named.

    `from` and `to` are UTC ms.
    """

    flow: str
    start: Annotated[int, Field(alias="from")]
    end: Annotated[int, Field(alias="to")]
    nodes: dict[str, NodeCount]
    edges: dict[str, int]


@flow_counts.route("GET ./flows/{flow}/counts", "reports.see", "admin.config")
async def show_flow_counts(ask: Ask[CountsQuery, Nothing]) -> FlowCounts:
    """Count what callers did in a flow, per node and branch; today when nothing is said."""
    query, flow = ask.query, ask.path("flow")
    start, end = days.span(query.start, query.end, ask.world.clock.utc_ms())
    reach = reach_of(ask.world, ask.me)
    wanted = OfFlow(flow, start, end, query.version, query.arm, reach)
    found = await counts(ask.world.db, wanted)
    return FlowCounts.model_validate({"flow": flow, "from": start, "to": end, **asdict(found)})
