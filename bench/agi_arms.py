"""The arms of `bench.agi`, each a FastAGI server in its own process: prints its port, serves.

`bare` is asyncio alone with no check at all: the limit. `panoramisk` is its `Application` as it
comes. `ours` is what the engine runs: token, time-outs, quoting, hang-ups, whole answers.
"""

import asyncio
import resource
import sys
from asyncio import Server, StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from typing import Any

from panoramisk.fast_agi import Application

from pbx.agi import AgiLimits, AgiServer, AgiSession

TOKEN = "0123456789abcdef"
COMMANDS = (
    "ANSWER",
    'GET FULL VARIABLE "${CC_CALL}"',
    'SET VARIABLE "CC_CALL" "01JD0000000000000000000000"',
    'STREAM FILE "welcome" "0123456789*#"',
    "WAIT FOR DIGIT 5000",
    'SET VARIABLE "CC_VERDICT" "hold"',
)


async def bare() -> Server:
    """Serve with streams only."""

    async def handle(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            await reader.readuntil(b"\n\n")
            for command in COMMANDS:
                writer.write(command.encode() + b"\n")
                await writer.drain()
                await reader.readline()
        finally:
            writer.close()

    return await asyncio.start_server(handle, "127.0.0.1", 0)


async def panoramisk() -> Server:
    """Serve with panoramisk's own server."""

    async def talk(request: Any) -> None:
        for command in COMMANDS:
            await request.send_command(command)

    app = Application(loop=asyncio.get_running_loop())
    app.add_route(f"{TOKEN}/talk", talk)
    return await asyncio.start_server(app.handler, "127.0.0.1", 0)


async def ours() -> int:
    """Serve with the engine's server; gives its port."""

    async def talk(session: AgiSession) -> None:
        for command in COMMANDS:
            await session.command(command)

    limits = AgiLimits(connections=10_000, command_s=60)
    server = AgiServer(TOKEN, {"talk": talk}, lambda error: None, limits)
    await server.start(port=0)
    _kept.append(server)
    return server.port


_kept: list[AgiServer] = []
ARMS: dict[str, Callable[[], Awaitable[Server | int]]] = {
    "bare": bare,
    "panoramisk": panoramisk,
    "ours": ours,
}


async def main(arm: str) -> None:
    """Serve until the process is ended."""
    made = await ARMS[arm]()
    port = made if isinstance(made, int) else made.sockets[0].getsockname()[1]
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    asyncio.run(main(sys.argv[1]))
