"""`yingda flow lint|sim|test|graph|schema`: check flows, walk them, run their tests."""

import argparse
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.errors import Fault, Refused
from ivr.cases import Result, branches, read_cases, run_case, uncovered
from ivr.cli_sim import add_options, simulate
from ivr.load import Review, review
from ivr.schema import schema_text
from ivr.shelf import TEST_END, Beside, Shelf as Shelf, beside, shipped as shipped, text_of_file
from ivr.show import chart

OK, FAILED, WRONG = 0, 1, 2


def add(subparsers: Any, shelf: Callable[[], Shelf] = shipped) -> None:
    """Add `flow` to the command line; each command returns its exit code through `run(args)`."""
    flow = subparsers.add_parser("flow", help="热线流程：检查、模拟、测试 · check and try flows")
    commands = flow.add_subparsers(dest="flow_command", required=True)
    for name, text, run in (
        (
            "lint",
            "检查流程，列出错误和建议 · check flows, list faults and advice",
            _lint,
        ),
        ("sim", "用按键走一遍流程，或一问一答 · walk a flow with keys, or key by key", simulate),
        ("test", "运行 *.test.yaml 并统计分支覆盖 · run test files, count branches", _test),
        ("graph", "画成 Mermaid 图 · draw as a Mermaid chart", _graph),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("files", nargs="+", type=Path, metavar="FILE")
        command.add_argument("--json", action="store_true", help="机器可读 · for programs")
        command.set_defaults(run=_guarded(run, shelf))
        if name == "sim":
            add_options(command)
    text = "打印流程文件的 JSON Schema，供编辑器使用 · print the JSON Schema of flows, for editors"
    command = commands.add_parser("schema", help=text, description=text)
    command.set_defaults(run=lambda args: _schema(shelf()), json=False)


def _guarded(
    run: Callable[[argparse.Namespace, Shelf], int], shelf: Callable[[], Shelf]
) -> Callable[[argparse.Namespace], int]:
    def guarded(args: argparse.Namespace) -> int:
        try:
            return run(args, shelf())
        except Refused as refused:
            _show_faults(refused.faults, (), args.json)
            return WRONG

    return guarded


def _lint(args: argparse.Namespace, shelf: Shelf) -> int:
    files = [file for file in args.files if not file.name.endswith(TEST_END)]
    reviews = [_reviewed(file, shelf) for file in files]
    faults = [fault for each in reviews for fault in each.faults]
    advice = [fault for each in reviews for fault in each.advice]
    if faults or advice or args.json:
        _show_faults(faults, advice, args.json)
    if not faults and not args.json:
        print(f"{len(files)} 个流程没有错误 · {len(files)} flows, no faults")
    return WRONG if faults else OK


def _reviewed(file: Path, shelf: Shelf) -> Review:
    today = datetime.now().astimezone().date()
    return review(file.stem, text_of_file(file), beside(file, shelf).known(today), str(file))


def _show_faults(faults: Collection[Fault], advice: Collection[Fault], as_json: bool) -> None:
    if as_json:
        print(json.dumps({"faults": _rows(faults), "advice": _rows(advice)}, ensure_ascii=False))
        return
    for fault in faults:
        print(fault)
    for fault in advice:
        print(f"{fault} （建议 · advice）")


def _rows(faults: Collection[Fault]) -> list[dict[str, Any]]:
    return [{"file": f.file, "line": f.line, "key": f.key, "text": f.text} for f in faults]


def _test(args: argparse.Namespace, shelf: Shelf) -> int:
    files = sorted({_test_file(file) for file in args.files})
    folders = {each.folder: each for each in (beside(file, shelf) for file in files)}
    reports = [_tested(file, folders[beside(file, shelf).folder]) for file in files]
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


def _tested(file: Path, folder: Beside) -> _Report:
    cases, lines = read_cases(str(file), text_of_file(file))
    flow, around = folder.load(file.with_name(f"{cases.flow}.yaml")), folder.around()
    results = tuple(
        run_case(flow, case, line, around) for case, line in zip(cases.tests, lines, strict=True)
    )
    missed = uncovered(flow, [result.walk for result in results], around.flows)
    return _Report(file, results, len(branches(flow, around.flows)), missed)


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
    share = 100 * covered // report.total if report.total else 100
    print(f"分支覆盖 · branches covered: {covered}/{report.total} ({share} %)")
    for node, label in report.missed:
        print(f"    未走到 · not walked: {node}.{label}")


def _graph(args: argparse.Namespace, shelf: Shelf) -> int:
    loaded = [beside(file, shelf).load(file) for file in args.files]
    charts = {flow.name: chart(flow) for flow in loaded}
    print(json.dumps(charts, ensure_ascii=False) if args.json else "\n".join(charts.values()))
    return OK


def _schema(shelf: Shelf) -> int:
    print(schema_text(shelf.kinds or {}), end="")
    return OK
