"""Callers by SIPp: many at once, or with headers that no phone would send."""

import asyncio
import shutil
from pathlib import Path

from demo.call import TEST_TRUNK
from tests.house.system import free_port, missing

HERE = Path(__file__).parent


async def sipp(
    scenario: str, far: tuple[str, int], number: str, *options: str, within_s: float = 120
) -> str:
    """Place calls from the test trunk's address; gives what SIPp said, fails if a call failed."""
    program = shutil.which("sipp")
    if program is None:
        missing("SIPp is not installed (apt: sip-tester)")
    line = [program or "", f"{far[0]}:{far[1]}", "-sf", str(HERE / f"{scenario}.xml")]
    line += ["-s", number, "-i", TEST_TRUNK, "-p", str(free_port()), "-mp", str(free_port())]
    line += ["-nostdin", "-timeout", f"{within_s:.0f}s", "-timeout_error", *options]
    child = await asyncio.create_subprocess_exec(
        *line, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        said = (await child.communicate())[0].decode("utf-8", "replace")
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    assert child.returncode == 0, f"sipp ended with {child.returncode}: {said[-1500:]}"
    return said
