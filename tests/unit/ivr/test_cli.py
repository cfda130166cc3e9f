"""The commands `yingda flow …` on real files: exit codes, output, coverage."""

import argparse
import json
from pathlib import Path

import pytest

from domain.errors import Refused
from ivr.cli import Shelf, add, shipped
from ivr.model import At, Leave, Node, Turn
from ivr.simulate import read_keys

ROOT = Path(__file__).parents[3]
FLOWS = ROOT / "demo" / "config" / "flows"
PLAIN = ROOT / "tests" / "house" / "plain.yaml"


class ShrugNode(Node):
    """A kind of node that another package brings."""

    def enter(self, at: At) -> Turn:
        """End at once."""
        return Turn((Leave("hangup", "contained"),))


def run(*words: object, shelf: Shelf | None = None) -> int:
    parser = argparse.ArgumentParser()
    add(parser.add_subparsers(required=True), (lambda: shelf) if shelf else shipped)
    args = parser.parse_args(["flow", *map(str, words)])
    code: int = args.run(args)
    return code


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    file = tmp_path / "flows" / "plain.yaml"
    file.parent.mkdir()
    text = PLAIN.read_text("utf-8")
    file.write_text(text.replace("next: hours", "next: nowhere"), "utf-8")
    return file


def test_lint_passes_the_demo(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("lint", *sorted(FLOWS.glob("*.yaml"))) == 0
    assert capsys.readouterr().out == "8 个流程没有错误 · 8 flows, no faults\n"


def test_lint_lists_faults_with_their_lines(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("lint", broken) == 2
    assert f"{broken}:14: nodes.notice.next: " in capsys.readouterr().out
    assert run("lint", broken, "--json") == 2
    first = json.loads(capsys.readouterr().out)["faults"][0]
    assert (first["line"], first["key"]) == (14, "nodes.notice.next")


def test_lint_knows_the_groups_beside_the_flow(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (broken.parent.parent / "groups.yaml").write_text("- id: presale\n", "utf-8")
    assert run("lint", broken) == 2
    assert "nodes.aftersale.group" in capsys.readouterr().out
    (broken.parent.parent / "groups.yaml").write_text("id: presale\n", "utf-8")
    assert run("lint", broken) == 2


def test_lint_checks_prompts_when_they_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("lint", FLOWS / "survey.yaml", shelf=Shelf({"survey_ask"})) == 2
    assert "nodes.rate.thanks.0" in capsys.readouterr().out


def test_sim_shows_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sim", FLOWS / "service.yaml", "--keys", "9,w6,3,1", "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["group"], shown["outcome"]) == ("presale", "group")
    assert shown["heard"].count("menu_main") == 3
    assert run("sim", FLOWS / "service.yaml", "--closed", "--message", "0") == 0
    assert capsys.readouterr().out.endswith("=> closed\n")


def test_sim_refuses_keys_it_cannot_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sim", FLOWS / "service.yaml", "--keys", "1,x") == 2
    assert "1,w2,3" in capsys.readouterr().out
    with pytest.raises(Refused):
        read_keys("wx")


SHIPPED = sorted(file.stem for file in FLOWS.glob("*.yaml") if ".test" not in file.name)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_demo_tests_walk_every_branch(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("test", FLOWS / f"{name}.test.yaml", "--json") == 0
    [report] = json.loads(capsys.readouterr().out)
    assert (report["failed"], report["uncovered"]) == ([], [])
    assert report["passed"] >= 3


def test_a_failed_case_says_what_differs_and_what_was_not_walked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "survey.yaml").write_text((FLOWS / "survey.yaml").read_text("utf-8"), "utf-8")
    cases = "flow: survey\ntests:\n  - {name: five, keys: '5', expect: {verdict: hold}}\n"
    (tmp_path / "survey.test.yaml").write_text(cases, "utf-8")
    assert run("test", tmp_path / "survey.yaml") == 1
    out = capsys.readouterr().out
    assert "verdict: hold ≠ hangup" in out
    assert "rate.no_input" in out


@pytest.mark.parametrize(
    "case", ["{name: a}", "{name: a, expect: {pth: []}}", "{name: a, keys: x, expect: {}}"]
)
def test_a_test_file_with_a_fault_names_its_line(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "survey.test.yaml"
    file.write_text(f"flow: survey\ntests:\n  - {case}\n", "utf-8")
    assert run("test", file) == 2
    assert f"{file}:3: " in capsys.readouterr().out


def test_a_missing_file_is_one_clear_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("lint", "nowhere/x.yaml") == 2
    assert "cannot be read" in capsys.readouterr().out


def test_graph_draws_every_node(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("graph", FLOWS / "service.yaml") == 0
    out = capsys.readouterr().out
    assert out.startswith("flowchart TD")
    assert '-->|"1"|' in out


def test_another_package_brings_a_kind_of_node(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "shrug.yaml"
    file.write_text("flow: shrug\nstart: a\nnodes: {a: {kind: shrug}}\n", "utf-8")
    assert run("lint", file) == 2
    assert run("sim", file, shelf=Shelf(kinds={"shrug": ShrugNode})) == 0
    assert capsys.readouterr().out.endswith("=> contained\n")
