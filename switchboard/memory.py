"""Who gives way when memory is short: pages and reports first, then the small parts, calls last.

Pages and their reports have a limit of their own, so that a report that is too large fails there.
Where the machine or systemd's `MemoryMax` has no more all the same, Linux ends the process with the
highest score (proc(5), oom_score_adj): one that is started again without harm to a call.
"""

import os
import resource
from contextlib import suppress
from pathlib import Path

FIRST, SOON = 800, 400
"""Scores of pages and reports, of tracer, guard and sample CRM; engine and Asterisk have 0."""
SHARE, LEAST, MOST = 0.5, 2**30, 4 * 2**30
"""What a process of the pages may hold: a share of the machine's memory, bytes."""


def most_of_pages() -> int:
    """Give how many bytes the web process and each of its report workers may hold."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(LEAST, min(MOST, round(machine * SHARE)))


def bind(score: int, most_bytes: int) -> None:
    """Set this process's score, and its limit where there is one; what it starts inherits both."""
    if score:
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(str(score))
    if most_bytes:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        allowed = most_bytes if hard == resource.RLIM_INFINITY else min(most_bytes, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (allowed, hard))
