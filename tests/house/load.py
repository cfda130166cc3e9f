"""How busy the machine was: what a promise in seconds is judged against."""

from contextlib import suppress
from pathlib import Path


def stood_in_line_s(pid: int) -> float:
    """Tell how long a process was ready to run and had no processor (Linux), seconds; else 0."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    return 0.0
