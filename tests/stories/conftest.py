"""Every story is told in a world of its own."""

from pathlib import Path

import pytest

from tests.stories.table import Story


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """Give an open firm."""
    return Story(tmp_path)


@pytest.fixture
def workdays(tmp_path: Path) -> Story:
    """Give a firm that is open from nine to six, with a break at noon."""
    return Story(tmp_path, "workdays")
