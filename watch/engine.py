"""Asks the running engine how it is, through its door."""

import asyncio
import json
from pathlib import Path
from typing import Any

WAIT_S = 3.0


async def health(door: Path) -> dict[str, Any] | None:
    """Give what the engine says of itself; None when none answers."""
    try:
        async with asyncio.timeout(WAIT_S):
            reader, writer = await asyncio.open_unix_connection(str(door), limit=1 << 24)
            writer.write(b'{"id": 1, "do": "health", "args": {}}\n')
            answer: dict[str, Any] = {}
            while answer.get("id") != 1:
                answer = json.loads(await reader.readline())
            writer.close()
    except (OSError, TimeoutError, ValueError):
        return None
    found: dict[str, Any] | None = answer.get("ok")
    return found
