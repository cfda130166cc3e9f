"""A few of the nights' faults of disk and configuration, in every `make test`."""

import json
import subprocess
import sys

import pytest


@pytest.mark.parametrize(("part", "cycles"), [("journal-full", 60), ("config-mutate", 40)])
def test_a_little_of_a_night(part: str, cycles: int) -> None:
    # a process of its own: the limit of a file's length is the whole process's
    command = [sys.executable, "-m", "tests.chaos", part, "--seed", "7", "--cycles", str(cycles)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["cycles"] == cycles
