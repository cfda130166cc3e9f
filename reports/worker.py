"""`python -m reports.worker FOLDER PATIENCE_S`: works reports out one by one, for `reports.apart`.

Asked by a line of JSON; answers a line of JSON and so many bytes. Ends when who asks is gone, even
in the middle of a report. What takes longer than a moment goes on with what nobody else wants of
the CPU (sched(7), SCHED_IDLE and the autogroup): no report delays a call. Who waited PATIENCE_S
beside a machine that is full gets a small share all the same. FOLDER only tells people whose it is.
"""

import asyncio
import contextlib
import json
import os
import select
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from domain.errors import Refused, YingdaError
from reports.asked import ASKED, Asked
from reports.export import to_csv, to_json, to_xlsx
from reports.queries import run
from reports.report import Report
from store.database import open_database

MOMENT_S, LOOK_S, RARELY_S = 0.1, 0.02, 1.0
"""CPU seconds that a report has as everybody else has them; how often that is looked at."""
IDLE_S = 600.0
AUTOGROUP, FULL, SOME, LEAST = Path("/proc/self/autogroup"), 0, 5, 19
"""How much a session weighs among all others, as a nice value; `SOME` is a third of `FULL`."""
FORMS: dict[str, Callable[[Report, str], bytes]] = {
    "json": to_json,
    "csv": to_csv,
    "xlsx": to_xlsx,
}


def main(patience_s: float) -> None:
    """Answer until nobody asks any more."""
    inbox, out = sys.stdin.buffer, sys.stdout.buffer
    while _says_something(inbox, IDLE_S) and (line := inbox.readline()):
        head, body = _answered(ASKED.validate_json(line), inbox, patience_s)
        out.write(json.dumps(head | {"bytes": len(body)}).encode() + b"\n" + body)
        out.flush()


def _says_something(inbox: BinaryIO, within_s: float) -> bool:
    return bool(select.select([inbox], [], [], within_s)[0])


def _answered(asked: Asked, inbox: BinaryIO, patience_s: float) -> tuple[dict[str, object], bytes]:
    with ThreadPoolExecutor(1) as own:
        made = own.submit(lambda: asyncio.run(_made(asked)))
        _watch(made, inbox, patience_s)
        try:
            return {}, made.result()
        except Refused as refused:
            return {"faults": [asdict(fault) for fault in refused.faults]}, b""
        except YingdaError as error:
            return {"error": str(error)}, b""


def _watch(made: "Future[bytes]", inbox: BinaryIO, patience_s: float) -> None:
    """Wait for a report; after a moment it gives way. Nobody asks twice: a word means the end."""
    began, asked, look_s = time.process_time(), time.monotonic(), LOOK_S
    _weigh(FULL)
    while wait([made], look_s).not_done:
        if _says_something(inbox, 0):
            os._exit(0)
        if time.monotonic() - asked > patience_s:
            look_s = _share(os.SCHED_OTHER, SOME)
        elif time.process_time() - began > MOMENT_S:
            look_s = _share(os.SCHED_IDLE, LEAST)


def _share(policy: int, nice: int) -> float:
    """Let every thread but this one run by a policy; theirs inherit it. Gives the next rest.

    SCHED_IDLE: only when nobody else wants to. Who may not come back from there (RLIMIT_NICE)
    stays, and only the session weighs more; so each report has threads of its own.
    """
    for thread in map(int, os.listdir("/proc/self/task")):
        if thread != os.getpid():
            with contextlib.suppress(OSError):  # it ended meanwhile, or the system forbids it
                os.setpriority(os.PRIO_PROCESS, thread, SOME)
                os.sched_setscheduler(thread, policy, os.sched_param(0))
    _weigh(nice)
    return RARELY_S


def _weigh(nice: int) -> None:
    """Weigh our session: where Linux shares out by sessions, SCHED_IDLE counts only within one.

    It is refused to whoever asks twice in 0.1 s; the next look asks again.
    """
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):
            AUTOGROUP.write_text(f"{nice}")


async def _made(asked: Asked) -> bytes:
    database = open_database(asked.database)
    try:
        when = (asked.start, asked.end)
        report = await run(database, asked.kind, *when, asked.by, asked.filters)
    finally:
        await database.close()
    return FORMS[asked.form](report, asked.language)


if __name__ == "__main__":
    main(float(sys.argv[2]))
