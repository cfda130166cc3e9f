"""The arms of `bench.agi`, each a FastAGI server in its own process: prints its port, serves.

`bare` is asyncio alone with no check at all: the limit. `panoramisk` is its `Application` as it
comes, `mended` the same with time-outs, hang-ups, refused line ends and answers read as they are.
`ours` is what the engine runs: all of that, with the token and whole answers of many lines.
"""

import asyncio
import resource
import sys
from asyncio import Server, StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from typing import Any

from panoramisk.fast_agi import Application, Request

from domain.errors import BadAction, CallerGone
from pbx.agi import AgiLimits, AgiServer, AgiSession
from pbx.agi_text import AgiResult, parse_env, parse_result

COMMAND_S = 60.0
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


async def _served(app: Application) -> Server:
    async def talk(request: Any) -> None:
        for command in COMMANDS:
            await request.send_command(command)

    app.add_route(f"{TOKEN}/talk", talk)
    return await asyncio.start_server(app.handler, "127.0.0.1", 0)


async def panoramisk() -> Server:
    """Serve with panoramisk's own server."""
    return await _served(Application(loop=asyncio.get_running_loop()))


class MendedRequest(Request):  # type: ignore[misc]  # panoramisk is untyped
    """panoramisk's request without its traps."""

    async def send_command(self, command: str) -> AgiResult:
        """Send one line and read its answer."""
        if any(char in command for char in "\r\n\0"):
            raise BadAction("an AGI command is one line")
        async with asyncio.timeout(COMMAND_S):
            self.writer.write(command.encode() + b"\n")
            await self.writer.drain()
            line = b"HANGUP\n"
            while line == b"HANGUP\n" or line.startswith(b"100"):
                line = await self.reader.readline()
        if not line:
            raise CallerGone("the conversation was closed")
        return parse_result(line.decode().rstrip("\n"))


class Mended(Application):  # type: ignore[misc]  # panoramisk is untyped
    """panoramisk's server without its traps."""

    async def handler(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serve one connection."""
        try:
            async with asyncio.timeout(COMMAND_S):
                block = await reader.readuntil(b"\n\n")
            env = parse_env(block)
            route = self._route[env.get("agi_network_script", "")]
            await route(MendedRequest(self, env, reader, writer))
        finally:
            writer.close()


async def mended() -> Server:
    """Serve with panoramisk's server, mended."""
    return await _served(Mended(loop=asyncio.get_running_loop()))


async def ours() -> int:
    """Serve with the engine's server; gives its port."""

    async def talk(session: AgiSession) -> None:
        for command in COMMANDS:
            await session.command(command)

    limits = AgiLimits(connections=10_000, command_s=COMMAND_S)
    server = AgiServer(TOKEN, {"talk": talk}, lambda error: None, limits)
    await server.start(port=0)
    _kept.append(server)
    return server.port


_kept: list[AgiServer] = []
ARMS: dict[str, Callable[[], Awaitable[Server | int]]] = {
    "bare": bare,
    "panoramisk": panoramisk,
    "mended": mended,
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
