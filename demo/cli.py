"""`yingda call` and `yingda demo`: test calls and simulated people against the running system."""

import argparse
from collections.abc import Callable
from typing import Any

from demo.call_cli import add_call
from demo.crm import add_commands as add_crm
from demo.demo_cli import add_demo
from switchboard.installation import Installation

OpenInstallation = Callable[[argparse.Namespace], Installation]


def add_commands(sub: Any, open_installation: OpenInstallation) -> None:
    """Hang the demo's commands under the command line; each sets `run(args) -> exit code`."""
    add_call(sub, open_installation)
    add_demo(sub, open_installation)
    add_crm(sub, open_installation)
