"""A part that cannot go on ends its process at once, with one sentence and no trace."""

import subprocess
import sys

CODE = """
import asyncio
from domain.errors import Unavailable
from switchboard.ending import or_end

async def broken():
    raise Unavailable("the journal cannot be written: disk I/O error")

async def hangs():
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            print("asked to stop, does not")

async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(or_end(hangs()))
        group.create_task(or_end(broken()))

asyncio.run(main())
"""


def test_it_ends_at_once_though_another_part_hangs() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr == "yingda engine: the journal cannot be written: disk I/O error\n"
