"""Callers and agents by SIPp: our own scenarios, real sound both ways, times from its own log."""

import asyncio
import contextlib
import csv
import os
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.heard import Seen, read_log
from demo.call import TEST_TRUNK
from demo.pcap import pcap
from demo.sipp import no_callers
from demo.steps import Step
from domain.errors import Unavailable
from tests.house.system import free_port

SCENARIOS = Path(__file__).parent / "sipp"
ENDING_S = 60.0
START_S = 20.0


@dataclass(frozen=True, slots=True)
class Load:
    """So many calls at a rate a second, at most `at_once` of them, to these numbers in turn."""

    dialled: Sequence[str]
    calls: int
    rate: float
    at_once: int = 1000
    sound_s: float = 5.0
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What SIPp counted on the callers' side, and its messages.

    `failed` did not end as they should, `broken` are those that SIPp gave up itself.
    """

    placed: int
    failed: int
    again: int
    broken: int = 0
    callers: tuple[Seen, ...] = ()


def program() -> str:
    """Name SIPp; Unavailable when it cannot place calls with sound here."""
    if problem := no_callers():
        raise Unavailable(problem)
    return shutil.which("sipp") or ""


@asynccontextmanager
async def agents(room: Path, local: tuple[str, int], talk: str) -> AsyncIterator[Path]:
    """Let phones answer at `local`; `talk` is SIPp's pause, as `milliseconds="500"`.

    Gives the log of their messages, whole when this ends.
    """
    _lay_out_agents(room, talk)
    line = ["-sf", "agent.xml", "-i", local[0], "-p", str(local[1]), "-mp", str(free_port())]
    line += ["-rtp_echo", "-trace_shortmsg", "-shortmessage_file", "agents.log"]
    child = await _started(room, line)
    try:
        await _listens(local[1])
        yield room / "agents.log"
    finally:
        await _ended(child)


async def _listens(port: int) -> None:
    """Wait until somebody has a UDP port, as proc(5) tells."""
    async with asyncio.timeout(START_S):
        while not _has_udp(port):  # noqa: ASYNC110  # another process opens it, untold
            await asyncio.sleep(0.02)


def _has_udp(port: int) -> bool:
    return f":{port:04X} " in Path("/proc/net/udp").read_text()


def _lay_out_agents(room: Path, talk: str) -> None:
    room.mkdir(parents=True, exist_ok=True)
    text = (SCENARIOS / "agent.xml").read_text("utf-8").replace("[talk]", talk)
    (room / "agent.xml").write_text(text)


async def callers(room: Path, far: tuple[str, int], load: Load, seconds: float) -> Outcome:
    """Place the calls and wait for the last one; gives up after `seconds`."""
    _lay_out(room, load)
    child = await _started(room, [f"{far[0]}:{far[1]}", *_caller_line(load, seconds)])
    try:
        async with asyncio.timeout(seconds + ENDING_S):
            await child.wait()
    except TimeoutError:
        pass
    finally:
        await _ended(child)
    return outcome(room)


def _lay_out(room: Path, load: Load) -> None:
    room.mkdir(parents=True, exist_ok=True)
    (room / "media.pcap").write_bytes(pcap(load.steps, load.sound_s))
    scenario = (SCENARIOS / "caller.xml").read_text("utf-8")
    (room / "caller.xml").write_text(scenario.replace("[media.pcap]", str(room / "media.pcap")))
    # as many rows as calls, so that no caller's number comes twice
    rows = [f"{load.dialled[n % len(load.dialled)]};1360{n:07}" for n in range(max(1, load.calls))]
    (room / "dialled.csv").write_text("\n".join(("SEQUENTIAL", *rows)) + "\n")


def _caller_line(load: Load, seconds: float) -> list[str]:
    return [
        *("-sf", "caller.xml", "-inf", "dialled.csv", "-i", TEST_TRUNK, "-p", str(free_port())),
        *("-mi", TEST_TRUNK, "-mp", str(free_port())),
        *("-m", str(load.calls), "-r", f"{load.rate:g}", "-l", str(load.at_once)),
        *("-trace_stat", "-stf", "stat.csv", "-fd", "1", "-timeout", f"{seconds:.0f}s"),
        *("-trace_shortmsg", "-shortmessage_file", "callers.log"),
    ]


async def _started(room: Path, line: Sequence[str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        program(),
        *line,
        "-nostdin",
        cwd=room,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | {"TERM": "dumb"},
    )


async def _ended(child: asyncio.subprocess.Process) -> None:
    """Ask SIPp to end at once, twice: the first time it would wait for its calls."""
    for sign in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
        if child.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(sign)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await child.wait()


def outcome(room: Path) -> Outcome:
    """Read what SIPp counted last; its callers who still talk have not failed."""
    with (room / "stat.csv").open(newline="") as rows:
        last = list(csv.DictReader(rows, delimiter=";"))[-1]
    placed, good = int(last["TotalCallCreated"]), int(last["SuccessfulCall(C)"])
    again = int(last["Retransmissions(C)"])
    broken = int(last["FailedCall(C)"])
    return Outcome(placed, placed - good, again, broken, tuple(read_log(room / "callers.log")))
