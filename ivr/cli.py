"""`yingda flow lint|sim|test|graph FILE…`: check flows, walk them with keys, run their tests."""

import argparse
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from domain.errors import Fault, Refused
from ivr.calendar import Calendar, calendar_from
from ivr.cases import Result, branches, read_cases, run_case, uncovered
from ivr.holidays_cn import day_kind_cn
from ivr.kinds import KINDS
from ivr.lint import Known
from ivr.load import check, load
from ivr.model import Flow, Node
from ivr.simulate import Scene, Walk, read_keys, walk
from ivr.texts import say
from speech import prompt_names

TEST_END = ".test.yaml"
OK, FAILED, WRONG = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the installation offers to flows: the names of prompts (None = unknown) and kinds."""

    prompts: Collection[str] | None = None
    kinds: Mapping[str, type[Node]] | None = None


def shipped() -> Shelf:
    """Offer the prompts that ship with the product, and no foreign kinds."""
    return Shelf(frozenset(prompt_names()))


def add(subparsers: Any, shelf: Callable[[], Shelf] = shipped) -> None:
    """Add `flow` to the command line; each command returns its exit code through `run(args)`."""
    flow = subparsers.add_parser("flow", help="热线流程：检查、模拟、测试 · check and try flows")
    commands = flow.add_subparsers(dest="flow_command", required=True)
    for name, text, run in (
        ("lint", "检查流程，列出每一处错误 · check flows, list every fault", _lint),
        ("sim", "用按键走一遍流程 · walk a flow with keys", _sim),
        ("test", "运行 *.test.yaml 并统计分支覆盖 · run test files, count branches", _test),
        ("graph", "画成 Mermaid 图 · draw as a Mermaid chart", _graph),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("files", nargs="+", type=Path, metavar="FILE")
        command.add_argument("--json", action="store_true", help="机器可读 · for programs")
        command.set_defaults(run=_guarded(run, shelf))
        if name == "sim":
            _sim_options(command)


def _sim_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--keys", default="", help="1,w2,3：按键与等待秒数 · keys and waits")
    command.add_argument("--closed", action="store_true", help="非服务时间 · out of hours")
    command.add_argument("--nobody", action="store_true", help="无人签入 · nobody signed in")
    command.add_argument("--message", type=float, default=8.0, help="留言秒数 · message, seconds")


def _guarded(
    run: Callable[[argparse.Namespace, Shelf], int], shelf: Callable[[], Shelf]
) -> Callable[[argparse.Namespace], int]:
    def guarded(args: argparse.Namespace) -> int:
        try:
            return run(args, shelf())
        except Refused as refused:
            _show_faults(refused.faults, args.json)
            return WRONG

    return guarded


def known_beside(file: Path, shelf: Shelf) -> Known:
    """Collect the names that a flow file may use from the configuration folder it lies in."""
    folder = file.resolve().parent.parent
    return Known(
        prompts=shelf.prompts,
        groups=_ids(folder / "groups.yaml"),
        calendars=_ids(folder / "calendars.yaml"),
        kinds={**KINDS, **(shelf.kinds or {})},
    )


def _entries(file: Path) -> list[Any] | None:
    """Read a list of the configuration; None when the flow stands by itself."""
    if not file.is_file():
        return None
    try:
        data = yaml.load(_text(file), Loader=yaml.BaseLoader)  # noqa: S506 - plain text only
    except yaml.YAMLError as error:
        raise _unfit(file) from error
    if not isinstance(data, list) or not all(isinstance(part, dict) for part in data):
        raise _unfit(file)
    return data


def _unfit(file: Path) -> Refused:
    return Refused(Fault(str(file), 0, "", say("bad_beside")))


def _ids(file: Path) -> frozenset[str] | None:
    entries = _entries(file)
    return None if entries is None else frozenset(str(entry.get("id", "")) for entry in entries)


def _calendars(file: Path) -> dict[str, Calendar]:
    beside = file.resolve().parent.parent / "calendars.yaml"
    try:
        return {entry["id"]: calendar_from(entry) for entry in _entries(beside) or []}
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise _unfit(beside) from error


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", "") or "not UTF-8"
        raise Refused(Fault(str(file), 0, "", f"读不了 · cannot be read: {reason}")) from error


def _load(file: Path, shelf: Shelf) -> Flow:
    return load(file.stem, _text(file), known_beside(file, shelf), str(file))


def _lint(args: argparse.Namespace, shelf: Shelf) -> int:
    faults: list[Fault] = []
    files = [file for file in args.files if not file.name.endswith(TEST_END)]
    for file in files:
        faults += check(file.stem, _text(file), known_beside(file, shelf), str(file))
    if faults or args.json:
        _show_faults(faults, args.json)
    else:
        print(f"{len(files)} 个流程没有错误 · {len(files)} flows, no faults")
    return WRONG if faults else OK


def _show_faults(faults: Collection[Fault], as_json: bool) -> None:
    if as_json:
        rows = [{"file": f.file, "line": f.line, "key": f.key, "text": f.text} for f in faults]
        print(json.dumps({"faults": rows}, ensure_ascii=False))
        return
    for fault in faults:
        print(fault)


def _sim(args: argparse.Namespace, shelf: Shelf) -> int:
    scene = Scene(
        is_open=lambda name: not args.closed,
        staffed=lambda group: not args.nobody,
        message_s=args.message,
    )
    for file in args.files:
        done = walk(_load(file, shelf), read_keys(args.keys), scene)
        print(json.dumps(_facts(done), ensure_ascii=False) if args.json else "\n".join(done.lines))
    return OK


def _facts(done: Walk) -> dict[str, Any]:
    return {
        "path": done.path,
        "heard": done.heard,
        "outcome": done.outcome,
        "group": done.group,
        "intent": done.intent,
        "verdict": done.verdict,
    }


def _test(args: argparse.Namespace, shelf: Shelf) -> int:
    reports = [_tested(file, shelf) for file in sorted({_test_file(file) for file in args.files})]
    if args.json:
        print(json.dumps([_report(report) for report in reports], ensure_ascii=False))
    else:
        for report in reports:
            _show(report)
    return FAILED if any(result.wrong for report in reports for result in report.results) else OK


@dataclass(frozen=True, slots=True)
class _Report:
    file: Path
    results: tuple[Result, ...]
    total: int
    missed: tuple[tuple[str, str], ...]


def _test_file(file: Path) -> Path:
    return file if file.name.endswith(TEST_END) else file.with_name(file.stem + TEST_END)


def _tested(file: Path, shelf: Shelf) -> _Report:
    cases, lines = read_cases(str(file), _text(file))
    flow = _load(file.with_name(f"{cases.flow}.yaml"), shelf)
    calendars = _calendars(file)
    results = tuple(
        run_case(flow, case, line, calendars, day_kind_cn)
        for case, line in zip(cases.tests, lines, strict=True)
    )
    missed = uncovered(flow, [result.walk for result in results])
    return _Report(file, results, len(branches(flow)), missed)


def _report(report: _Report) -> dict[str, Any]:
    return {
        "file": str(report.file),
        "passed": sum(not result.wrong for result in report.results),
        "failed": [
            {"name": r.name, "line": r.line, "wrong": list(r.wrong)}
            for r in report.results
            if r.wrong
        ],
        "branches": report.total,
        "uncovered": [".".join(branch) for branch in report.missed],
    }


def _show(report: _Report) -> None:
    for result in report.results:
        print(f"{'✗' if result.wrong else '✓'} {report.file}:{result.line}: {result.name}")
        for wrong in result.wrong:
            print(f"    {wrong}")
    covered = report.total - len(report.missed)
    print(f"分支覆盖 · branches covered: {covered}/{report.total}")
    for node, label in report.missed:
        print(f"    未走到 · not walked: {node}.{label}")


def _graph(args: argparse.Namespace, shelf: Shelf) -> int:
    loaded = [_load(file, shelf) for file in args.files]
    charts = {flow.name: chart(flow) for flow in loaded}
    print(json.dumps(charts, ensure_ascii=False) if args.json else "\n".join(charts.values()))
    return OK


def chart(flow: Flow) -> str:
    """Draw a flow in the Mermaid language."""
    places = {name: f"n{number}" for number, name in enumerate(flow.nodes)}
    lines = ["flowchart TD"]
    for name, node in flow.nodes.items():
        lines.append(f'  {places[name]}["{name} ({node.kind})"]')
        lines += [
            f'  {places[name]} -->|"{edge.label}"| {places[edge.to]}'
            for edge in node.edges()
            if edge.to
        ]
    return "\n".join(lines)
