"""Yingda's command line and wiring: `yingda run`, `yingda call`, `yingda report`, …

Each room's commands stand in its own `cli.py`; this file only hangs them under one parser.
"""

# ruff: noqa: E402  # the form of the core is chosen before any of it is imported

import argparse
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from domain import compiled

ROOT = Path(__file__).resolve().parent
compiled.use(ROOT, os.environ)

import demo
from acd.cli import Tools, add_commands as add_acd
from acd.recorded import Day
from acd.replay import Strategies
from cdr.cli import add_commands as add_cdr
from demo.cli import add_commands as add_demo
from domain.clock import real_clock
from domain.errors import Refused, YingdaError
from domain.extensions import extensions
from domain.settings import Settings, load_settings
from ivr.cli import add as add_flow
from office.cli import add_commands as add_office
from office.cli_world import OfficeWorld
from recording import RecordingProjection
from recording.cli import add_commands as add_recording
from reports.cli import add_commands as add_reports
from reports.metrics import service_level
from store import logs
from store.cli import add_commands as add_store
from store.cli_backup import add_backup
from store.upgrade import upgrade
from survey import SurveyProjection
from switchboard.announce import announce
from switchboard.drain_cli import add_drain
from switchboard.guard_cli import add_commands as add_guard
from switchboard.installation import Installation, open_installation
from switchboard.join_cli import add_join
from switchboard.past import past_day
from switchboard.person_cli import add_person
from switchboard.run_cli import add_commands as add_run, be_nursery
from switchboard.support_cli import add_support
from switchboard.systemd import add_unit
from tracing.cli import add_commands as add_trace
from watch.alarm_cli import add_alarm
from watch.checks import examine
from watch.cli import add_commands as add_watch
from watch.compiler import add_compile, build
from watch.holidays import advice as holiday_advice
from watch.limits import raise_files
from web.cli import add_commands as add_web
from web.signalling import cause_words

PROGRAM = "yingda"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; exit 2 with every fault when refused, 1 with one sentence otherwise."""
    args = _parser(_settings_file(argv)).parse_args(argv)
    be_nursery(args.command)
    logs.begin(os.environ, args.command)
    raise_files()
    try:
        return int(args.run(args) or 0)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 2
    except YingdaError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _settings_file(argv: Sequence[str] | None) -> str:
    early = argparse.ArgumentParser(add_help=False)
    early.add_argument("--settings", default="yingda.toml")
    return str(early.parse_known_args(argv)[0].settings)


def _parser(settings: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(PROGRAM, description="应答 · an open call-centre engine")
    parser.add_argument("--settings", default="yingda.toml", help="安装设置 · settings file")
    sub = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    add_run(sub, _installation, Path(demo.__file__).parent / "config")
    add_office(sub, partial(_office, settings))
    add_unit(sub, _settings)
    add_store(sub, _installation)
    add_backup(sub, _installation)
    add_flow(sub)
    add_reports(sub, _installation)
    add_acd(sub, Tools(service_level, _day, _strategies, real_clock()))
    add_cdr(sub, _installation, lambda: (RecordingProjection(), SurveyProjection()))
    add_recording(sub, _installation)
    add_person(sub, _installation)
    add_drain(sub, _installation)
    add_watch(sub, _installation)
    add_compile(sub, partial(build, ROOT))
    add_support(sub, _installation, examine)
    add_alarm(sub, _settings)
    add_trace(sub, _installation, cause_words)
    add_web(sub, _settings)
    add_demo(sub, _installation)
    add_guard(sub, _installation)
    add_join(sub, _installation, Path(demo.__file__).parent / "config")
    return parser


def _settings(args: argparse.Namespace) -> Settings:
    return load_settings(Path(args.settings), os.environ)


def _installation(args: argparse.Namespace) -> Installation:
    return open_installation(_settings(args), real_clock())


@asynccontextmanager
async def _office(settings: str) -> AsyncIterator[OfficeWorld]:
    installation = open_installation(load_settings(Path(settings), os.environ), real_clock())
    try:
        await upgrade(installation.database, installation.metadata)
        yield OfficeWorld(
            installation.publisher(),
            installation.people(),
            installation.clock,
            lambda version: announce(installation, version),
            advice=holiday_advice,
        )
    finally:
        await installation.database.close()


def _day(args: argparse.Namespace, file: Path | None, since_ms: int, until_ms: int) -> Day:
    return past_day(_installation(args), file, since_ms, until_ms)


def _strategies() -> Strategies:
    return extensions("yingda.strategy")


if __name__ == "__main__":
    sys.exit(main())
