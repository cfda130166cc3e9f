"""`yingda run`, everything under one supervisor; `yingda engine`, the process that it starts."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.errors import Fault, Refused
from domain.settings import FILE, Settings
from outside.shown import fault
from speech import prompt_names
from switchboard.installation import Installation
from switchboard.nursery import line_of, stand_by

OpenInstallation = Callable[[argparse.Namespace], Installation]


def add_commands(sub: Any, open_installation: OpenInstallation, demo: Path) -> None:
    """Add both commands; `demo` is the folder of the first configuration."""
    run = sub.add_parser("run", help="Asterisk + 引擎 + 网页 · everything under one supervisor")
    run.add_argument("--no-pbx", action="store_true", help="use an Asterisk that is already there")
    run.add_argument("--lan", action="store_true", help="bind SIP, RTP and https for others")
    run.set_defaults(run=lambda args: _run(args, open_installation, demo))
    engine = sub.add_parser("engine", help="the engine process alone (started by run)")
    engine.set_defaults(run=lambda args: _engine(open_installation(args)))


def be_nursery(command: str) -> None:
    """Where the supervisor keeps the engine ready: read its code and fork; returns in a child."""
    line = line_of(os.environ) if command == "engine" else None
    if line is not None:
        import switchboard.engine_process  # noqa: F401  # all that an engine is made of

        prompt_names()  # shipped with the code, and as slow to read
        stand_by(line)


def _run(args: argparse.Namespace, open_installation: OpenInstallation, demo: Path) -> int:
    from switchboard.run import Options, run

    if args.lan:
        _open_to_lan()
    installation = open_installation(args)
    _check_certificate(installation.settings)
    options = Options(not args.no_pbx, demo, args.settings, lambda text: print(text, flush=True))
    if asyncio.run(run(installation, options)):
        # a process that began with another version must not go on with half of this one
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606
    return 0


def _check_certificate(settings: Settings) -> None:
    """Say once what is wrong with the firm's own certificate; one that cannot be read stops us."""
    wrong = fault(settings, datetime.now(UTC))
    if wrong is not None and wrong.fatal:
        raise Refused(Fault(FILE, 0, "web.cert", f"{wrong.zh} · {wrong.en}"))
    if wrong is not None:
        print(f"{wrong.zh}\n{wrong.en}", file=sys.stderr)


def _open_to_lan() -> None:
    """Bind for other machines: the environment wins over the file, and children inherit it."""
    os.environ.update(YINGDA_WEB_HOST="0.0.0.0", YINGDA_SIP_HOST="0.0.0.0")  # noqa: S104
    os.environ.setdefault("YINGDA_WEB_TLS", "local-ca")


def _engine(installation: Installation) -> int:
    from switchboard.engine_process import run_engine

    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        runner.run(run_engine(installation))
    return 0


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Give libuv's loop where it is installed: a call costs the engine a tenth less with it."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop
