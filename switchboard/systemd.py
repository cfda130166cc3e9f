"""What systemd is told of us, and the unit that keeps us (sd_notify(3), systemd.service(5)).

Asterisk is in this unit's group, but not ours to lose: `KillMode=process` lets a talk go on while a
dead supervisor is started again, and the next one adopts it. `CPUWeight` has Linux share out the
CPU by services instead of by sessions, so that a report, which gives way, does so to Asterisk too;
`LimitNICE` lets one that waited long beside a full machine come back with a third of the weight.
"""

import argparse
import asyncio
import os
import pwd
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from domain.settings import Settings

WATCHDOG_S = 10
READY_LOOK_S = 0.2

OpenSettings = Callable[[argparse.Namespace], Settings]

UNIT = """\
[Unit]
Description=Yingda call centre
Documentation=file://{docs}
Wants=network-online.target
After=network-online.target time-sync.target postgresql.service
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
User={user}
WorkingDirectory={folder}
ExecStart={python} -m server --settings {settings} run{options}
Restart=always
RestartSec=1
TimeoutStartSec=180
TimeoutStopSec=30
WatchdogSec={watchdog}
KillMode=process
OOMPolicy=continue
LimitNOFILE=65536
CPUWeight=200
LimitNICE=+5
UMask=0077
NoNewPrivileges=true
ProtectSystem=full
PrivateTmp=true

[Install]
WantedBy=multi-user.target
"""


def notify(state: str, env: Mapping[str, str]) -> bool:
    """Tell systemd a state, such as `READY=1`; False where no systemd listens."""
    where = env.get("NOTIFY_SOCKET", "")
    if not where:
        return False
    name = f"\0{where[1:]}" if where.startswith("@") else where
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.setblocking(False)
        try:
            out.sendto(state.encode(), name)
        except OSError:
            return False
    return True


async def keep_told(is_ready: Callable[[], bool], env: Mapping[str, str]) -> None:
    """Say READY when all parts answer, then that this loop lives, until cancelled."""
    if not env.get("NOTIFY_SOCKET"):
        return
    rest_s = int(env.get("WATCHDOG_USEC", "0")) / 2e6 or WATCHDOG_S / 2
    try:
        while not is_ready():  # noqa: ASYNC110  # another process opens its port, untold
            await asyncio.sleep(READY_LOOK_S)
        notify("READY=1\nSTATUS=ready", env)
        while True:
            notify("WATCHDOG=1", env)
            await asyncio.sleep(rest_s)
    finally:
        notify("STOPPING=1", env)


def add_unit(sub: Any, open_settings: OpenSettings) -> None:
    """Hang `yingda unit` under the command line."""
    text = "打印 systemd 单元 · print the systemd unit of this installation"
    parser = sub.add_parser("unit", help=text, description=text)
    parser.add_argument("--lan", action="store_true", help="with `run --lan`")
    parser.add_argument("--no-pbx", action="store_true", help="with `run --no-pbx`")
    parser.set_defaults(run=lambda args: _print(open_settings(args), args))


def _print(settings: Settings, args: argparse.Namespace) -> int:
    print(unit(settings, Path(args.settings).absolute(), _options(args)), end="")
    return 0


def _options(args: argparse.Namespace) -> str:
    named = {"--lan": args.lan, "--no-pbx": args.no_pbx}
    return "".join(f" {name}" for name, wanted in named.items() if wanted)


def unit(settings: Settings, file: Path, options: str) -> str:
    """Write the unit: as whoever owns the data, in the settings' folder."""
    owner = pwd.getpwuid(settings.data.stat().st_uid if settings.data.exists() else os.geteuid())
    here = Path(__file__).resolve().parents[1]
    return UNIT.format(
        docs=here / "README.md",
        user=owner.pw_name,
        folder=here if (here / "server.py").exists() else file.parent,
        python=sys.executable,
        settings=file,
        options=options,
        watchdog=WATCHDOG_S,
    )
