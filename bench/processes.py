"""What a process has cost so far, as Linux counts it (proc(5))."""

import contextlib
import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_s(pid: int) -> float:
    """Give the CPU seconds of a process, user and system, without its children."""
    return sum(map(int, _fields(pid)[11:13])) / _TICKS


def cpu_with_children_s(pid: int) -> float:
    """Give the CPU seconds of a process and of those of its children that have ended."""
    return sum(map(int, _fields(pid)[11:15])) / _TICKS


def rss_bytes(pid: int) -> int:
    """Give the memory that a process holds now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


def _fields(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def tree_cpu_s(pid: int) -> float:
    """Give the CPU seconds of a process and of its children, the ended ones included."""
    total = cpu_with_children_s(pid)
    for each in map(int, filter(str.isdigit, os.listdir("/proc"))):
        with contextlib.suppress(OSError):  # it ended meanwhile
            total += cpu_s(each) if int(_fields(each)[1]) == pid else 0.0
    return total


def idle_s() -> float:
    """Give the seconds that all cores together had nothing to do so far."""
    first = Path("/proc/stat").read_text().split("\n", 1)[0]
    return sum(map(int, first.split()[4:6])) / _TICKS
