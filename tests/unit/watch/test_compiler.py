"""What the compiler of the core needs, and what it says where something is missing."""

from pathlib import Path

import pytest

from domain.errors import Unavailable
from watch import compiler


def test_without_a_compiler_it_says_so_and_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "no-such-compiler -O2")
    assert compiler.lacking() == "no C compiler (no-such-compiler)"
    with pytest.raises(Unavailable, match="the sources run as well"):
        compiler.build(tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_the_compiler_said_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no such thing"):
        compiler._run(["sh", "-c", "echo no such thing >&2; exit 3"], tmp_path)
