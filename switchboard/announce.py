"""Ask the running engine something from another process, through its door."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from domain.errors import Conflict, EngineUnavailable
from switchboard.installation import Installation

WAIT_S = 5.0


async def ask(installation: Installation, word: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Give the engine's answer; EngineUnavailable if none runs."""
    door = installation.data / "run" / "engine.sock"
    try:
        async with asyncio.timeout(WAIT_S):
            reader, writer = await asyncio.open_unix_connection(str(door), limit=1 << 24)
            writer.write(json.dumps({"id": 1, "do": word, "args": args}).encode() + b"\n")
            answer: dict[str, Any] = {}
            while answer.get("id") != 1:
                answer = json.loads(await reader.readline())
            writer.close()
    except (OSError, TimeoutError, ValueError) as error:
        raise EngineUnavailable("no engine is running here; start it: yingda run") from error
    if "error" in answer:
        raise Conflict(answer["error"]["en"])
    result: dict[str, Any] = answer["ok"]
    return result


async def announce(installation: Installation, version: int) -> bool:
    """Tell a running engine of a new configuration; False if none runs."""
    try:
        await ask(installation, "config.publish", {"version": version})
    except EngineUnavailable:
        return False
    return True
