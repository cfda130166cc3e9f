"""`make test` gives a few failed tests one more try, and takes nothing else for a success."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "setup" / "test_all.py"
RIGHT = "def test_right(): pass\n"
ONCE = """
from pathlib import Path
def test_once():
    seen = Path(__file__).with_name("seen")
    was = seen.exists()
    seen.touch()
    assert was
"""
GONE = """
from pathlib import Path
import pytest
seen = Path(__file__).with_name("went")
@pytest.mark.parametrize("name", ["second" if seen.exists() else "first"])
def test_gone(name):
    seen.touch()
    assert name == "second"
"""
NEVER = "def test_never(): assert False\n"
STORY = """
import pytest
@pytest.fixture(scope="module")
def told(request):
    return [item.name for item in request.session.items]
def test_right(told): pass
def test_alone(told): assert told == ["test_alone"]
"""
DEADLY = "import os\ndef test_deadly(): os._exit(1)\n"
KILLED = "import os, signal\ndef test_killed(): os.kill(os.getpid(), signal.SIGKILL)\n"
LATE = """
import pytest
from pathlib import Path
@pytest.fixture
def leaves():
    yield
    seen = Path(__file__).with_name("seen")
    was = seen.exists()
    seen.touch()
    assert was
def test_late(leaves): pass
"""
MANY = "import pytest\n@pytest.mark.parametrize('n', range(11))\ndef test_many(n): assert False\n"
STOPPED = "def test_stopped(): raise KeyboardInterrupt\n"


def carry_out(folder: Path, files: dict[str, str]) -> tuple[int, int, list[str]]:
    """Run test files by the script; gives its code, how many runs, and who needed another."""
    (folder / "setup").mkdir()
    script = shutil.copy(SCRIPT, folder / "setup")
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\ntestpaths = ['tests']\n")
    for name, text in files.items():
        (folder / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tests" / name).write_text(text)
    plain = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    call = [sys.executable, script]
    done = subprocess.run(call, capture_output=True, text=True, timeout=100, env=plain)
    listed = folder / "var" / "second-try.txt"
    names = listed.read_text().splitlines() if listed.exists() else []
    assert all(done.stderr.count(name) == 2 for name in names), "told before and after"
    return done.returncode, done.stdout.count(" test session starts "), names


@pytest.mark.parametrize(
    ("text", "code", "runs", "again"),
    [
        (RIGHT, 0, 1, []),
        (RIGHT + ONCE, 0, 2, ["test_once"]),
        (RIGHT + LATE, 0, 2, ["test_late"]),
        (STORY, 0, 2, ["test_alone"]),
        (ONCE + NEVER, 1, 2, ["test_once", "test_never"]),
        (GONE + ONCE, 1, 2, ["test_gone[first]", "test_once"]),
        (RIGHT + MANY, 1, 1, []),
        (NEVER + DEADLY, 1, 1, []),
        (NEVER + KILLED, 137, 1, []),
        (NEVER + STOPPED, 2, 1, []),
        ("import nothing_of_this_name", 2, 1, []),
        ("", 5, 1, []),
    ],
)
def test_only_failed_tests_that_pass_then_are_a_success(
    tmp_path: Path, text: str, code: int, runs: int, again: list[str]
) -> None:
    named = [f"tests/test_it.py::{name}" for name in again]
    assert carry_out(tmp_path, {"test_it.py": text}) == (code, runs, named)


@pytest.mark.parametrize(
    ("calls", "others", "code", "runs", "again"),
    [
        (RIGHT, RIGHT, 0, 2, []),
        (ONCE, ONCE, 0, 4, ["pbx/test_one.py::test_once", "unit/test_two.py::test_once"]),
        (NEVER, RIGHT, 1, 3, ["pbx/test_one.py::test_never"]),
        (RIGHT, NEVER, 1, 3, ["unit/test_two.py::test_never"]),
        (NEVER, DEADLY, 1, 2, []),
        (KILLED, ONCE, 137, 2, []),
        (MANY.replace("11", "6"), MANY.replace("11", "5"), 1, 2, []),
        (RIGHT, "import nothing_of_this_name", 2, 2, []),
        ("", RIGHT, 5, 2, []),
    ],
)
def test_both_lanes_count(
    tmp_path: Path, calls: str, others: str, code: int, runs: int, again: list[str]
) -> None:
    files = {"pbx/test_one.py": calls, "unit/test_two.py": others}
    named = [f"tests/{name}" for name in again]
    assert carry_out(tmp_path, files) == (code, runs, named)
