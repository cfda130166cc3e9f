"""`yingda sample-crm` and `python -m demo.crm`: the sample CRM as a process of its own."""

import argparse
import asyncio
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from demo.crm.site import serve
from domain.settings import Settings

SECRET = "webhook-crm"  # noqa: S105  # the name of the secret that webhooks.yaml refers to


class World(Protocol):
    """What the command needs of an installation."""

    @property
    def settings(self) -> Settings: ...
    def secrets(self, names: Sequence[str]) -> dict[str, str]: ...


def add_commands(sub: Any, open_installation: Callable[[argparse.Namespace], World]) -> None:
    """Hang `sample-crm` under the command line; it sets `run(args) -> exit code`."""
    text = "示例客户系统 · the demo's sample CRM on loopback (started by run)"
    command = sub.add_parser("sample-crm", help=text, description=text)

    def run(args: argparse.Namespace) -> int:
        world = open_installation(args)
        port = world.settings.demo.crm_port
        if not port:
            print("demo.crm_port = 0: 没有示例客户系统 · there is no sample CRM")
            return 1
        asyncio.run(serve_until_told(port, world.secrets([SECRET])[SECRET]))
        return 0

    command.set_defaults(run=run)


def main() -> int:
    """Serve on a port of one's own, with the secret in a file."""
    parser = argparse.ArgumentParser("python -m demo.crm", description="the sample CRM")
    parser.add_argument("--port", type=int, default=0, help="0 = any free port")
    parser.add_argument("--secret-file", type=Path, required=True, help="holds one whsec_… secret")
    args = parser.parse_args()
    secret = args.secret_file.read_text(encoding="utf-8").strip()
    asyncio.run(serve_until_told(args.port, secret))
    return 0


async def serve_until_told(port: int, secret: str) -> None:
    """Serve until SIGINT or SIGTERM."""
    told = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, told.set)
    runner = await serve(port, secret)
    try:
        host, at = runner.addresses[0][:2]
        print(f"示例客户系统 · sample CRM http://{host}:{at}/", flush=True)
        await told.wait()
    finally:
        await runner.cleanup()
