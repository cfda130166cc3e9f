"""What every test may ask for: a running installation, started once for all."""

from collections.abc import Iterator

import pytest

from tests.house.system import System, started


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Give a real running installation; at the end Ctrl-C must leave nothing behind."""
    system = started(tmp_path_factory.mktemp("s"))
    yield system
    system.stop()
