"""Figures as Prometheus reads them (text format 0.0.4), from one look at the house. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from watch.alarm import Incident
from watch.facts import Facts

KIND = "text/plain; version=0.0.4; charset=utf-8"
Labels = Mapping[str, str]
GROUP_FIGURES = ("waiting", "ready", "ringing", "talking", "wrapping", "on_break", "signed_in")
HELP = {
    "engine_up": "1 while the call engine answers",
    "pbx_up": "1 while the engine is joined to Asterisk",
    "database_up": "1 while the database answers",
    "config_version": "the configuration that the engine works by",
    "journal_seq": "number of the newest fact in the journal",
    "rows_behind": "records that the SQL rows are behind the journal",
    "conversations": "callers who talk with a flow now",
    "loop_lag_seconds": "how late the engine's loop was at its last beat",
    "loop_lag_worst_seconds": "how late it was at worst since the last look",
    "pop_p95_seconds": "95 % of the last 500 screen-pops showed within this",
    "facts_total": "facts since the engine started, by kind; adopted = calls taken over then",
    "calls": "live calls by state",
    "agents": "agents by state",
    "group": "a skill group now, by figure",
    "group_longest_wait_seconds": "how long the first caller of a group has waited",
    "group_today": "a skill group's calls today, by outcome",
    "trunk_channels_in_use": "channels of a trunk in use",
    "incidents_open": "faults on the board that wait to be mended",
    "alarms_open": "alarms that are open, by metric",
    "alarm_receiver_failures": "failures in a row of one who is told of alarms",
    "webhooks_waiting": "webhooks to be delivered",
    "webhooks_dead": "webhooks given up in the last hour",
    "disk_free_ratio": "free share of a disk, by folder",
}
"""Each metric and what it is; those that end in _total count up, the others are gauges."""


@dataclass(frozen=True, slots=True)
class Point:
    """One line: `yingda_NAME{labels} value`."""

    name: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


def page(facts: Facts, alarms: Iterable[Incident], now_ms: int) -> str:
    """Write the whole page."""
    points = [*_of_engine(facts), *_of_floor(facts, now_ms), *_of_house(facts, alarms)]
    lines: list[str] = []
    for name, text in HELP.items():
        same = [each for each in points if each.name == name]
        if same:
            kind = "counter" if name.endswith("_total") else "gauge"
            lines += [f"# HELP yingda_{name} {text}", f"# TYPE yingda_{name} {kind}"]
            lines += [_line(each) for each in same]
    return "\n".join(lines) + "\n"


def _of_engine(facts: Facts) -> Iterator[Point]:
    yield Point("engine_up", facts.engine)
    health = facts.health
    if health is None:
        return
    yield Point("pbx_up", bool(health.get("pbx")))
    yield Point("config_version", health.get("version", 0))
    for name in ("journal_seq", "rows_behind", "conversations"):
        yield Point(name, health.get(name, 0))
    lag, pops = health.get("lag_ms") or {}, health.get("pops") or {}
    yield Point("loop_lag_seconds", lag.get("last", 0) / 1000)
    yield Point("loop_lag_worst_seconds", lag.get("worst", 0) / 1000)
    if pops.get("n"):
        yield Point("pop_p95_seconds", pops["p95_ms"] / 1000)
    for name, count in (health.get("counts") or {}).items():
        yield Point("facts_total", count, (("kind", name),))
    yield Point("incidents_open", len(health.get("incidents") or ()))


def _of_floor(facts: Facts, now_ms: int) -> Iterator[Point]:
    floor = facts.floor
    if floor is None:
        return
    for name, rows in (("calls", floor.get("calls", ())), ("agents", floor.get("agents", ()))):
        states = [str(row["state"]) for row in rows]
        for state in sorted(set(states)):
            yield Point(name, states.count(state), (("state", state),))
    for group in floor.get("groups", ()):
        yield from _of_group(group, now_ms)
    for trunk in floor.get("trunks", ()):
        yield Point("trunk_channels_in_use", trunk["in_use"], (("trunk", trunk["name"]),))


def _of_group(group: Mapping[str, Any], now_ms: int) -> Iterator[Point]:
    name, since = ("group", str(group["id"])), group.get("longest_since")
    for figure in GROUP_FIGURES:
        yield Point("group", group[figure], (name, ("figure", figure)))
    waited = max(0.0, (now_ms - since) / 1000) if since else 0.0
    yield Point("group_longest_wait_seconds", waited, (name,))
    for outcome, count in group["today"].items():
        yield Point("group_today", count, (name, ("outcome", outcome)))


def _of_house(facts: Facts, alarms: Iterable[Incident]) -> Iterator[Point]:
    if facts.database is not None:
        yield Point("database_up", facts.database)
    if facts.webhooks_waiting is not None:
        yield Point("webhooks_waiting", facts.webhooks_waiting)
        yield Point("webhooks_dead", facts.dead_letters or 0)
    for folder, free in (facts.disks or {}).items():
        yield Point("disk_free_ratio", free / 100, (("folder", folder),))
    for name, failures in facts.receivers.items():
        yield Point("alarm_receiver_failures", failures, (("receiver", name),))
    metrics = [each.metric for each in alarms]
    for metric in sorted(set(metrics)):
        yield Point("alarms_open", metrics.count(metric), (("metric", metric),))


def _line(point: Point) -> str:
    r"""Write one line; what a label may not hold is escaped.

    >>> _line(Point("group", 2.0, (("group", 'a"b\\'),)))
    'yingda_group{group="a\\"b\\\\"} 2'
    """
    inside = ",".join(f'{name}="{_escaped(text)}"' for name, text in point.labels)
    where = f"{{{inside}}}" if inside else ""
    value = f"{float(point.value):.6f}".rstrip("0").rstrip(".")
    return f"yingda_{point.name}{where} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
