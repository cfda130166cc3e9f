"""What callers did in one flow, for its drawing: counts per node and per branch."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from cdr.steps import LEFT
from reports.metrics import seconds
from reports.reach import Reach, within
from reports.sources import CALL, STEP, count_if
from store.database import Database


@dataclass(frozen=True, slots=True)
class OfFlow:
    """Which passes count: of this flow, in [start, end) UTC ms; version 0 and arm "" = all.

    `reach` is what the reader may see, None = everything.
    """

    flow: str
    start: int
    end: int
    version: int = 0
    arm: str = ""
    reach: Reach | None = None


@dataclass(frozen=True, slots=True)
class NodeCount:
    """Visits to a node, callers who hung up there, mean seconds of a visit."""

    hits: int
    hangups: int
    avg_s: float | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts by node, and by branch under `node.label`."""

    nodes: dict[str, NodeCount] = field(default_factory=dict)
    edges: dict[str, int] = field(default_factory=dict)


async def counts(db: Database, of: OfFlow) -> Counts:
    """Count what callers did in a flow; nodes that nobody came to are left out."""
    s = STEP.c
    nodes = (
        select(s.node, count_if(s.fresh), count_if(s.result == LEFT), func.sum(s.ms))
        .select_from(STEP.join(CALL, CALL.c.call == s.call))
        .where(*_wanted(of))
        .group_by(s.node)
    )
    edges = (
        select(s.node, s.edge, func.count())
        .select_from(STEP.join(CALL, CALL.c.call == s.call))
        .where(*_wanted(of), s.edge != "")
        .group_by(s.node, s.edge)
    )
    async with db.read() as connection:
        found = (await connection.execute(nodes)).all()
        taken = (await connection.execute(edges)).all()
    return Counts(
        {
            node: NodeCount(int(hits), int(left), seconds(ms, hits))
            for node, hits, left, ms in found
        },
        {f"{node}.{label}": int(count) for node, label, count in taken},
    )


def _wanted(of: OfFlow) -> tuple[Any, ...]:
    s, c = STEP.c, CALL.c
    where = [s.flow == of.flow, s.at >= of.start, s.at < of.end]
    where += [c.flow_version == of.version] if of.version else []
    where += [c.arm == of.arm] if of.arm else []
    return (*where, *within(of.reach, c.hotline, c.group, c.agent))
