"""`yingda sim`: the real distribution in simulated time, over two CSV files or a scenario."""

import argparse
import json
import random
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any

import yaml

from acd.cli_day import Tools as Tools, add_day_commands, what_if
from acd.scenario import Chance, Streams, scenario_from
from acd.sim_csv import OUT, WITH_EXITS, read_agents, read_calls, write_fates
from acd.sim_exits import Leaving, simulation_of
from acd.simulate import Fate, Simulation, cast_of
from acd.summary import Summary
from acd.told import figures, told
from domain.errors import Fault, Refused

WHAT = "模拟一天：真正的派单规则，虚拟的时间 · the real distribution in simulated time"
TARGET_S = 20.0


def add_commands(sub: Any, tools: Tools) -> None:
    """Hang `sim`, `replay` and `staffing` under the command line."""
    add_day_commands(sub, tools)
    parser = sub.add_parser("sim", help=WHAT, description=WHAT)
    parser.add_argument("scenario", nargs="?", help="场景 YAML · a scenario")
    parser.add_argument("--agents", metavar="CSV", help="座席 · agent_id,skills")
    parser.add_argument("--calls", metavar="CSV", help="来电 · call_id,t_arrival_s,skill,…")
    parser.add_argument("--out", metavar="CSV", help="结果 · call_id,outcome,wait_s,agent_id")
    parser.add_argument("--journal", metavar="FILE", help="一天的流水 · a recorded day, what if")
    parser.add_argument("--rules", metavar="YAML", help="组的规则 · with these rules of groups")
    parser.add_argument("--without", metavar="8001,8002", help="少了谁 · without these agents")
    parser.add_argument("--seed", type=int, help="随机种子 · instead of the scenario's")
    parser.add_argument("--target", type=float, help="目标秒数 · seconds of the service level")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    parser.set_defaults(run=lambda args: _sim(tools, args))


def _sim(tools: Tools, args: argparse.Namespace) -> int:
    if args.journal:
        return what_if(tools, args, streams(args.seed or 1))
    if bool(args.scenario) == bool(args.agents or args.calls):
        raise Refused(Fault("sim", 0, "", "give a scenario, or --agents and --calls"))
    run = _scenario if args.scenario else _files
    simulation, summary, target_s = run(args)
    found = figures(simulation, summary, args.target or target_s, tools.level)
    print(json.dumps(found, ensure_ascii=False) if args.json else told(found))
    return 0


def _files(args: argparse.Namespace) -> tuple[Simulation, Summary, float]:
    """Run two files; both are read and checked whole before anything is written."""
    if not (args.agents and args.calls):
        raise Refused(Fault("sim", 0, "", "--agents and --calls belong together"))
    agents = read_agents(args.agents, read_text(args.agents))
    skills = (group for card in agents for group in card.groups)
    calls = read_calls(args.calls, read_text(args.calls), skills)
    simulation, summary = Simulation(cast_of(agents, calls)), Summary()
    fates = list(_run(simulation, summary, sorted(calls, key=attrgetter("at"))))
    if args.out:
        _write(args.out, write_fates(fates, calls))
    return simulation, summary, TARGET_S


def _scenario(args: argparse.Namespace) -> tuple[Simulation, Summary, float]:
    try:
        data = yaml.safe_load(read_text(args.scenario))
    except yaml.YAMLError as error:
        raise Refused(Fault(args.scenario, 0, "", f"this is not YAML: {error}")) from error
    scenario = scenario_from(args.scenario, data)
    seed = scenario.seed if args.seed is None else args.seed
    simulation, summary = simulation_of(scenario.cast(), scenario.rings()), Summary()
    fates = _run(simulation, summary, scenario.stream(streams(seed)))
    if args.out:
        kept = sorted(fates, key=lambda fate: fate.call.id)
        columns = WITH_EXITS if isinstance(simulation, Leaving) else OUT
        _write(args.out, write_fates(kept, [fate.call for fate in kept], columns))
    for _ in fates:
        pass
    return simulation, summary, scenario.target_s


def _run(simulation: Simulation, summary: Summary, calls: Any) -> Iterator[Fate]:
    return summary.watch(simulation.fates(calls))


def streams(seed: int) -> Streams:
    """Give streams of chance by name; the same seed and name give the same numbers."""

    def stream(name: str) -> Chance:
        return random.Random(f"{seed} {name}")  # noqa: S311  # a simulation, no secret

    return stream


def read_text(path: str) -> str:
    """Read a file that a person named; raises `Refused` when that is not possible."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise Refused(Fault(path, 0, "", str(error.strerror))) from error
    except UnicodeDecodeError as error:
        raise Refused(Fault(path, 0, "", "this is not UTF-8")) from error


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise Refused(Fault(path, 0, "", str(error.strerror))) from error
