"""House rules that no tool checks: sizes, front doors, waiting in tests, docs that are true."""

import ast
import importlib.util
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from domain import events

ROOT = Path(__file__).parents[2]
ROOMS = (
    *("acd", "cdr", "crm", "demo", "domain", "ivr", "lines", "office", "outside", "pbx"),
    *("phones", "recording", "reports", "speech", "store", "survey", "switchboard", "tracing"),
    *("watch", "web"),
)
HTML_OF_TEXT = (
    r"v-html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|new Function|\beval\("
)
"""What would run a caller's name as a page's own code; charts that take HTML escape it."""
BAD_NAMES = re.compile(r"class \w*(Manager|Helper|Util|Service|Handler)\b")


def sources(*folders: str) -> list[Path]:
    """List the tracked Python files of these folders."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / name for name in told.split() if name.endswith(".py") and (ROOT / name).exists()]


@cache
def text_of(path: Path) -> str:
    """Read a file once."""
    return path.read_text("utf-8")


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Parse a file once; the module comes first."""
    return tuple(ast.walk(ast.parse(text_of(path))))


CODE = [path for path in sources(*ROOMS, "server.py") if "versions" not in path.parts]
TESTS = sources("tests")


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in [*CODE, *TESTS]
        if (lines := text_of(path).count("\n")) > 400
    }
    assert long == {}


def test_no_room_has_the_name_of_a_module_of_python() -> None:
    assert set(ROOMS) & sys.stdlib_module_names == set()


def test_no_function_is_longer_than_50_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in CODE
        for node in nodes_of(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= 50
    ]
    assert long == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_front_door_says_what_the_room_is_in_five_lines(room: str) -> None:
    text = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text("utf-8")))
    assert text
    assert len(text.splitlines()) <= 5


def test_every_file_says_what_it_is() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in [*CODE, *TESTS]
        if text_of(path).strip() and not _doc(path)
    ]
    assert silent == []


def _doc(path: Path) -> str:
    module = nodes_of(path)[0]
    return (ast.get_docstring(module) if isinstance(module, ast.Module) else "") or ""


def test_no_page_makes_html_of_a_text() -> None:
    told = subprocess.run(
        ["git", "grep", "-lE", HTML_OF_TEXT, "--", "web/ui/src", "web/ui/index.html"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.split() == [], "what callers and customers wrote is shown as text only"


def test_tests_wait_for_conditions_and_do_not_just_sleep() -> None:
    sleeping = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in TESTS
        for node in nodes_of(path)
        if isinstance(node, ast.Call) and _is_long_sleep(node)
    ]
    assert sleeping == []


def _is_long_sleep(call: ast.Call) -> bool:
    """Tell a sleep from the short one between two looks at a condition."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    seconds = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else 0
    return name == "sleep" and isinstance(seconds, int | float) and seconds > 0.05


def test_names_say_what_a_thing_is() -> None:
    vague = [path.name for path in CODE if BAD_NAMES.search(text_of(path))]
    assert vague == []


def test_the_page_of_events_is_what_the_classes_say() -> None:
    where = importlib.util.spec_from_file_location("events_page", ROOT / "docs" / "events.py")
    assert where is not None
    assert where.loader is not None
    module = importlib.util.module_from_spec(where)
    where.loader.exec_module(module)
    assert (ROOT / "docs" / "events.md").read_text("utf-8") == module.page(), (
        "run: python docs/events.py"
    )


def test_every_kind_of_event_is_on_the_page() -> None:
    page = (ROOT / "docs" / "events.md").read_text("utf-8")
    assert [kind for kind in events.KINDS if not re.search(rf"^### {kind}\b", page, re.M)] == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_on_the_drawing(room: str) -> None:
    page = ROOT / "docs" / "architecture.md"
    if not page.exists():
        pytest.skip("the page is not written yet")
    assert f"{room}/" in page.read_text("utf-8")


def test_no_status_action_asks_for_functions() -> None:
    """A Status action locks each channel while PJSIP is asked: Asterisk was seen to stand still."""
    asking = [path for path in (ROOT / "pbx").glob("*.py") if '"Status", ' in path.read_text()]
    assert not asking, asking
