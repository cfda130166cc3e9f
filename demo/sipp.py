"""Callers in volume by SIPp (Debian: sip-tester), from our own scenarios in demo/sipp/."""

import asyncio
import csv
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from demo.pcap import pcap
from demo.steps import Step
from domain.errors import Unavailable

SCENARIOS = Path(__file__).parent / "sipp"


@dataclass(frozen=True, slots=True)
class Volume:
    """So many calls to a hotline at a rate (calls a second); each stays `stay_s` at most."""

    hotline: str
    calls: int
    rate: float
    steps: tuple[Step, ...]
    stay_s: float
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What SIPp counted. A call that the other side ended is successful too."""

    placed: int
    successful: int
    failed: int
    retransmissions: int


def no_callers() -> str:
    """Say why SIPp cannot place calls with audio here, "" if it can."""
    program = shutil.which("sipp")
    if program is None:
        return "SIPp is not installed; mend: apt-get install sip-tester"
    # it plays audio through a raw socket
    if os.geteuid() != 0 and "security.capability" not in os.listxattr(program):
        return f"SIPp may not send audio as this user; mend: setcap cap_net_raw+ep {program}"
    return ""


def _program() -> str:
    problem = no_callers()
    if problem:
        raise Unavailable(problem)
    return shutil.which("sipp") or ""


async def callers(far: tuple[str, int], volume: Volume, local: str = "127.0.0.2") -> Outcome:
    """Place the calls and wait for the last; Unavailable when SIPp cannot do that here."""
    program = _program()
    with tempfile.TemporaryDirectory(prefix="sipp-") as folder:
        room = Path(folder)
        (room / "media.pcap").write_bytes(pcap(volume.steps, volume.stay_s))
        scenario = room / "caller.xml"
        text = (SCENARIOS / "caller.xml").read_text("utf-8")
        text = text.replace("[stay]", str(round(volume.stay_s * 1000)))
        scenario.write_text(text.replace("[$media]", str(room / "media.pcap")))
        process = await asyncio.create_subprocess_exec(
            *_command(program, scenario, far, volume, local),
            cwd=room,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return _outcome(room / "stat.csv")


def _command(
    program: str, scenario: Path, far: tuple[str, int], volume: Volume, local: str
) -> list[str]:
    return [
        program,
        f"{far[0]}:{far[1]}",
        *("-sf", str(scenario), "-s", volume.hotline, "-i", local, "-mi", local),
        *("-m", str(volume.calls), "-r", f"{volume.rate:g}", "-l", str(volume.limit)),
        *("-trace_stat", "-stf", "stat.csv", "-fd", "1", "-nostdin"),
        *("-timeout", f"{volume.calls / volume.rate + volume.stay_s + 40:.0f}s"),
    ]


def _outcome(file: Path) -> Outcome:
    """Read the last line of SIPp's statistics."""
    with file.open(newline="") as rows:
        last = list(csv.DictReader(rows, delimiter=";"))[-1]
    return Outcome(
        int(last["TotalCallCreated"]),
        int(last["SuccessfulCall(C)"]),
        int(last["FailedCall(C)"]),
        int(last["Retransmissions(C)"]),
    )
