"""Schemathesis against a running installation: another hand's idea of what a request may be.

It is no part of our environment (twelve packages that nothing else needs): it stands in one of its
own, `var/schemathesis`, made once by pip from `api_schema.txt`.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.chaos.installed import on_system
from tests.chaos.tally import Ask, Tally
from tests.house.firm import LANES
from tests.house.system import REPO, System
from tests.house.visitor import Visitor, Visitors
from web.app import TABLES
from web.openapi import document

PINNED = Path(__file__).with_suffix(".txt")
PLACE = REPO / "var" / "schemathesis"
COMMAND = PLACE / "bin" / "schemathesis"
PARTS = ("engine", "web")
MAKE_S, RUN_S, ANSWER_S = 300, 1800, 120
LEFT_OUT = ("sign_in", "sign_out", "change_password", "open_live", "open_sip")
"""Operations that would end our session, and the two sockets."""
CHECKS = "not_a_server_error,response_schema_conformance,content_type_conformance"


def run(ask: Ask) -> Tally:
    """Send about `cycles` requests as the administrator to an installation of our own."""
    _made()
    return on_system(ask, stormed)


async def stormed(system: System, ask: Ask) -> Tally:
    """Let it send its requests, then see that nothing ended."""
    tally = Tally(ask.seed)
    pids = [system.pid_of(part) for part in PARTS]
    async with Visitors(system) as visitors:
        await visitors.all_roles(LANES[0].agents[0])
        await _sent(system, visitors.everyone["admin"], ask, tally)
    tally.must(pids == [system.pid_of(part) for part in PARTS], "engine and pages did not end")
    return tally


async def _sent(system: System, admin: Visitor, ask: Ask, tally: Tally) -> None:
    description = document(TABLES)
    operations = sum(len(each) for each in description["paths"].values()) - len(LEFT_OUT)
    file, report = ask.room / "openapi.json", ask.room / "schemathesis.json"
    file.write_text(json.dumps(description))
    command = _command(file, report, system.url, admin)
    command += ["-n", str(max(1, -(-ask.cycles // operations))), "--seed", str(ask.seed)]
    said = await asyncio.to_thread(_run, command, ask.room)
    ask.say(said[-600:])
    _count(tally, report, said)


def _made() -> None:
    """Have it, once for all."""
    if COMMAND.exists():
        return
    for call in (
        [sys.executable, "-m", "venv", str(PLACE)],
        [str(PLACE / "bin" / "pip"), "install", "-q", "-r", str(PINNED)],
    ):
        subprocess.run(call, check=True, timeout=MAKE_S, stdout=subprocess.DEVNULL)


def _command(file: Path, report: Path, url: str, admin: Visitor) -> list[str]:
    cookies = "; ".join(f"{each.key}={each.value}" for each in admin.http.cookie_jar)
    line = [str(COMMAND), "run", str(file), "--url", url, "--no-color", "--no-shrink"]
    line += ["-H", f"Cookie: {cookies}", "-H", f"X-CSRF: {admin.csrf}"]
    line += ["--checks", CHECKS, "--phases", "examples,fuzzing"]
    line += ["--suppress-health-check", "all", "--continue-on-failure"]
    line += ["--request-timeout", str(ANSWER_S)]
    line += ["--report", "json", "--report-json-path", str(report)]
    for name in LEFT_OUT:
        line += ["--exclude-operation-id", name]
    return line


def _run(command: list[str], room: Path) -> str:
    """Run it in a folder of its own; gives what it said."""
    try:
        done = subprocess.run(
            command, cwd=room, capture_output=True, text=True, timeout=RUN_S, check=False
        )
    except subprocess.TimeoutExpired as late:
        return f"not done after {RUN_S} s: {late.output!r}"
    return done.stdout + done.stderr


def _count(tally: Tally, report: Path, said: str) -> None:
    if not tally.must(report.exists(), f"schemathesis ended without a report: {said[-2000:]}"):
        return
    found: dict[str, Any] = json.loads(report.read_text())
    tally.cycles = int(found["test_cases"]["generated"])
    tally.also["schemathesis"] = str(found["schemathesis_version"])
    for failure in found["failures"]:
        where = ", ".join(failure["operations"])
        tally.must(False, f"schemathesis: {failure['title']} at {where}")
    tally.must(not found["errors"], f"schemathesis could not: {found['errors']}")
    if found["failures"]:
        tally.broken.append(said[-6000:])
