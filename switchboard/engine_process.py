"""The engine as a process: runs until it is told to stop, then lets go in order."""

import asyncio
import contextlib
import signal
import sys

from switchboard.engine import Engine
from switchboard.installation import Installation

SWITCH_S = 0.0005
"""How long a thread may keep the interpreter from the loop, and the loop from the journal."""


async def run_engine(installation: Installation) -> None:
    """Be the engine process until told to stop."""
    sys.setswitchinterval(SWITCH_S)
    engine = Engine(installation)
    running = asyncio.create_task(engine.run())
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, running.cancel)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await running
    finally:
        await engine.close()
