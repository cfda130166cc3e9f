"""A simulated day in figures, and the figures in lines for people, Chinese first."""

from collections.abc import Callable, Mapping
from typing import Any

from acd.simulate import SECOND, Simulation
from acd.summary import Line, Summary

FORMS = (1, 2, 3, 4)
ENDS = ("answered", "abandoned", "blocked", "left")
EXITS = ("voicemail", "overflowed", "outside", "callback")
"""Outcomes by the overflow rules of a group, in the reports' words; shown where there are any."""
Level = Callable[[int, Mapping[str, float]], float | None]
"""Service level by the number of its formula, as the reports work it out."""


def figures(run: Simulation, summary: Summary, target_s: float, level: Level) -> dict[str, Any]:
    """Give all figures of a run: in total, by group, by agent; service levels in percent."""
    rows = summary.agents(run)
    busy, there = sum(row["busy_s"] for row in rows), sum(row["there_s"] for row in rows)
    return {
        "target_s": target_s,
        "hours": run.until / SECOND / 3600,
        "decisions": run.decisions,
        "total": _line(summary.total, target_s, level),
        "groups": {
            name: _line(line, target_s, level) for name, line in sorted(summary.groups.items())
        },
        "occupancy": busy / there if there else 0.0,
        "fairness": summary.fairness(rows),
        "little": summary.little(run),
        "agents": rows,
    }


def _line(line: Line, target_s: float, level: Level) -> dict[str, Any]:
    sums = line.sums(target_s)
    counts = line.counts
    outcomes = {name: counts[name] for name in (*ENDS, *EXITS) if name in ENDS or counts[name]}
    levels = {f"sl{form}": level(form, sums) for form in FORMS}
    found = {"offered": sum(outcomes.values())} | outcomes | line.waits() | levels
    return found | {"called_back": _called_back(line)} if line.backs else found


def _called_back(line: Line) -> dict[str, Any]:
    reached = line.backs["reached"]
    return {**line.backs, "mean_s": line.back_s / reached if reached else 0.0}


def told(found: Mapping[str, Any]) -> str:
    """Say the figures in lines."""
    lines = [f"{'':<12} 来电 接听 放弃 · 平均等待 p50 p90 p95 (秒) · SL-1 SL-2 SL-3 SL-4 (%)"]
    lines += [_row(name, row) for name, row in found["groups"].items()]
    lines.append(_row("合计 total", found["total"]))
    fair, little = found["fairness"], found["little"]
    lines += [
        f"{found['target_s']:g} 秒内 · within; 占用率 · occupancy {100 * found['occupancy']:.1f} %",
        f"公平 · Gini: 空闲 idle {fair['gini_idle']:.3f}, 通话 calls {fair['gini_calls']:.3f}",
        f"Little: 排队人数×时间 {little['waiting_s']:.3f} s, 等待之和 {little['waits_s']:.3f} s",
    ]
    return "\n".join(lines)


def _row(name: str, row: Mapping[str, Any]) -> str:
    counts = f"{row['offered']} {row['answered']} {row['abandoned']}"
    more = "".join(f" {key} {row[key]}" for key in ("blocked", "left", *EXITS) if row.get(key))
    if "called_back" in row:
        reached, mean_s = row["called_back"].get("reached", 0), row["called_back"]["mean_s"]
        more += f" (回呼接通 called back {reached}, {mean_s:.0f} s)"
    waits = " ".join(f"{row[key]:.1f}" for key in ("mean_s", "p50_s", "p90_s", "p95_s"))
    levels = " ".join("–" if row[f"sl{n}"] is None else f"{row[f'sl{n}']:.1f}" for n in FORMS)
    return f"{name:<12} {counts}{more} · {waits} · {levels}"
