"""Open files: how many a process of ours may have, and whether that is enough.

Engine, pages and Asterisk are processes of their own: pages that run out of files refuse the next
browser, and take none from the engine's links, conversations and journal.
"""

import resource

from watch.finding import Finding, fail, ok, warn
from watch.world import World

WANTED, LEAST, MOST = 8192, 1024, 65536
"""For some hundred calls; below which calls may fail; what is asked for."""


def raise_files() -> int:
    """Ask for as many files as we are allowed; gives how many those are. Children inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(MOST, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft


async def files(_: World) -> Finding:
    """Check that we may open as many files as calls and pages need."""
    return judged(raise_files())


def judged(limit: int) -> Finding:
    """Judge a limit of open files."""
    mend = f"LimitNOFILE={MOST} in the unit (yingda unit writes it), or ulimit -n {MOST}"
    if limit != resource.RLIM_INFINITY and limit < LEAST:
        return fail("files", f"最多只能打开 {limit} 个文件", f"only {limit} open files", mend)
    if limit != resource.RLIM_INFINITY and limit < WANTED:
        text = f"{limit} open files are few for many calls"
        return warn("files", f"只允许打开 {limit} 个文件，通话多时不够", text, mend)
    return ok("files", "可打开的文件数足够", "enough files may be open")
