"""`yingda doctor`: the health of every part, and what mends it."""

import argparse
from collections.abc import Callable
from typing import Any

from switchboard.installation import Installation

OpenInstallation = Callable[[argparse.Namespace], Installation]


def add_commands(sub: Any, open_installation: OpenInstallation) -> None:
    """Hang `doctor` under the command line; it sets `run(args) -> exit code`."""
