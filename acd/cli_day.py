"""`yingda replay`, `yingda staffing` and `yingda sim --journal`: what a recorded day can tell."""

import argparse
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from acd.cli_waits import add_waits
from acd.recorded import Day
from acd.replay import Strategies, replayed
from acd.roster import Need, Target, needs
from acd.scenario import Streams
from acd.sim_csv import read_agents
from acd.strategies import STRATEGIES
from acd.told import Level
from acd.what_if import Change, Column, Scale, compare
from domain.clock import Clock
from domain.errors import Fault, Refused

ZONE = ZoneInfo("Asia/Shanghai")
OpenDay = Callable[[argparse.Namespace, Path | None, int, int], Day]
"""Read a journal (None = the installation's own) between two moments in UTC milliseconds."""
ALWAYS = 1 << 62
CHANGEABLE = {"strategy"}
"""What `--rules` may change of a group; phones answer at once and wrap-up is each call's own."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the commands are given from elsewhere."""

    level: Level
    day: OpenDay
    strategies: Callable[[], Strategies]
    clock: Clock


def add_day_commands(sub: Any, tools: Tools) -> None:
    """Hang `replay` and `staffing` under the command line."""
    text = "流水重放：每次派单是否与当时相同 · a journal through the core again"
    replay = sub.add_parser("replay", help=text, description=text)
    replay.add_argument("file", nargs="?", help="流水文件 · journal, else the installation's")
    replay.add_argument("--json", action="store_true", help="answer as JSON")
    replay.set_defaults(run=lambda args: _replay(tools, args))
    text = "每半小时要几个座席 · agents needed per half hour, from own data"
    staffing = sub.add_parser("staffing", help=text, description=text)
    staffing.add_argument("--from", dest="first", default="yesterday", metavar="DAY")
    staffing.add_argument("--to", dest="last", metavar="DAY", help="最后一天 · the last day")
    staffing.add_argument("--target", default="80/20", help="80/20 = 80 %% within 20 s")
    staffing.add_argument("--journal", metavar="FILE", help="流水文件 · another journal")
    staffing.add_argument("--json", action="store_true", help="answer as JSON")
    staffing.set_defaults(run=lambda args: _staffing(tools, args))
    add_waits(sub, tools.day, lambda args: _span_ms(tools, args))


def _replay(tools: Tools, args: argparse.Namespace) -> int:
    file = Path(args.file) if args.file else None
    verdict = replayed(tools.day(args, file, 0, ALWAYS), tools.strategies())
    if args.json:
        print(json.dumps(asdict(verdict) | {"identical": verdict.identical}, ensure_ascii=False))
        return 0 if verdict.identical else 1
    counts = f"{verdict.records} 条 · records, {verdict.decisions} 个决定 · decisions"
    print(f"{counts}, {verdict.offers} 次派发 · offers: 相同 · identical")
    if verdict.first is not None:
        print(f"第 {verdict.first.seq} 条不同 · record {verdict.first.seq} differs:")
        print(f"  当时 · recorded: {verdict.first.recorded}")
        print(f"  现在 · decided:  {verdict.first.decided}")
    return 0 if verdict.identical else 1


def _span(tools: Tools, args: argparse.Namespace) -> tuple[date, date]:
    """Read `--from` and `--to`: the first day, and the one after the last."""
    today = datetime.fromtimestamp(tools.clock.utc_ms() / 1000, ZONE).date()
    first, last = _day(args.first, today), _day(args.last or args.first, today)
    if last < first:
        raise Refused(Fault("staffing", 0, "--to", "is before --from"))
    return first, last + timedelta(days=1)


def _span_ms(tools: Tools, args: argparse.Namespace) -> tuple[int, int]:
    start, end = _span(tools, args)
    return _midnight_ms(start), _midnight_ms(end)


def _staffing(tools: Tools, args: argparse.Namespace) -> int:
    first, _ = _span(tools, args)
    start, end = _span_ms(tools, args)
    file = Path(args.journal) if args.journal else None
    rows = needs(tools.day(args, file, start, end), _target(args.target), _offset_ms(first))
    if args.json:
        print(json.dumps([asdict(row) | {"at": row.at} for row in rows], ensure_ascii=False))
        return 0
    print("技能组 时段 来电 AHT 耐心 · 需要座席 服务水平 % · 当时座席 服务水平 %")
    for row in rows:
        print(_need_row(row))
    return 0


def _need_row(row: Need) -> str:
    patience = "–" if row.patience_s is None else f"{row.patience_s:.0f}"
    there = "–" if row.service_level_there is None else f"{100 * row.service_level_there:.0f}"
    return (
        f"{row.group} {row.at} {row.calls:g} {row.aht_s:.0f} {patience} · "
        f"{row.agents} {100 * row.service_level:.0f} · {row.there:.1f} {there}"
    )


def _day(text: str, today: date) -> date:
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        return named.get(text) or date.fromisoformat(text)
    except ValueError as error:
        raise Refused(Fault("staffing", 0, text, "is no day: today, yesterday or ISO")) from error


def _midnight_ms(day: date) -> int:
    return int(datetime.combine(day, time(), ZONE).astimezone(UTC).timestamp() * 1000)


def _offset_ms(day: date) -> int:
    offset = datetime.combine(day, time(), ZONE).utcoffset()
    return int((offset or timedelta()).total_seconds() * 1000)


def _target(text: str) -> Target:
    share, _, seconds = text.partition("/")
    try:
        found = Target(float(share) / 100, float(seconds))
    except ValueError:
        found = Target(0, -1)
    if not (0 < found.share < 1 and 0 <= found.seconds < ALWAYS):
        raise Refused(Fault("staffing", 0, "--target", "give percent/seconds, as 80/20"))
    return found


def what_if(tools: Tools, args: argparse.Namespace, streams: Streams) -> int:
    """Show a recorded day beside the same day with other agents or rules."""
    day = tools.day(args, Path(args.journal), 0, ALWAYS)
    strategies = {*STRATEGIES, *tools.strategies()}
    scale = Scale(args.target or 20.0, tools.level)
    columns = compare(day, _change(args, day, strategies), scale, streams)
    print(json.dumps(columns, ensure_ascii=False) if args.json else _side_by_side(columns))
    return 0


def _change(args: argparse.Namespace, day: Day, strategies: Collection[str]) -> Change:
    agents = read_agents(args.agents, _read(args.agents)) if args.agents else ()
    known = {rules.id for rules in day.current.groups}
    faults = [
        Fault(args.agents, 0, card.number, f"there is no group {group}")
        for card in agents
        for group in card.groups
        if group not in known
    ]
    rules = yaml.safe_load(_read(args.rules)) if args.rules else None
    given = rules.items() if isinstance(rules, Mapping) else [(args.rules, rules)] * bool(rules)
    faults += [
        Fault(args.rules, 0, str(name), f"there is no group with such rules: {fields}")
        for name, fields in given
        if name not in known or not _may_change(fields, strategies)
    ]
    if faults:
        raise Refused(*faults)
    return Change(agents, rules, frozenset(filter(None, (args.without or "").split(","))))


def _may_change(fields: Any, strategies: Collection[str]) -> bool:
    plain = isinstance(fields, Mapping) and set(fields) <= CHANGEABLE
    return plain and fields.get("strategy", "longest_idle") in strategies


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(Fault(path, 0, "", str(error))) from error


def _side_by_side(columns: Mapping[str, Column]) -> str:
    names = {"recorded": "实际", "simulated": "模拟", "changed": "假设"}
    lines = [f"{'':<12}" + "".join(f"{names[key]} {key:<12}" for key in columns)]
    for figure in ("answered", "abandoned", "mean_s", "p50_s", "p90_s", "sl3"):
        lines.append(f"{figure:<12}" + "".join(_cell(each[figure]) for each in columns.values()))
    agents = sorted({agent for column in columns.values() for agent in column["agents"]})
    for agent in agents:
        cells = (_cell(column["agents"].get(agent, 0)) for column in columns.values())
        lines.append(f"{agent:<12}" + "".join(cells))
    return "\n".join(lines)


def _cell(value: Any) -> str:
    text = "–" if value is None else f"{value:g}" if isinstance(value, int) else f"{value:.1f}"
    return f"{text:<15}"
