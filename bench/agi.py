"""FastAGI: conversations for a CPU second, beside panoramisk's own server and bare asyncio.

Each arm serves the same six commands in a process of its own; callers are played from this one.
Arms take turns A-B-C-D-D-C-B-A; their CPU seconds judge, since the callers share the machine. Then
ours alone: the time to the next command at a fixed rate, and the memory of parked conversations.
"""

import asyncio
import resource
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from bench.agi_arms import ARMS, COMMANDS, TOKEN
from bench.processes import cpu_s, rss_bytes

SESSIONS, PARALLEL = 2_000, 50
PAIRS = 6
RATE, RATE_S = 500, 6.0
PARKED = 5_000
AIMS: dict[str, tuple[str, float]] = {
    "over_bare": (">=", 0.8),
    "over_mended": (">=", 1.0),
    "p99_ms": ("<=", 10.0),
    "lost": ("<=", 0.0),
    "parked_mb": ("<=", 40.0),
}

HELLO = "".join(
    f"agi_{name}: {value}\n"
    for name, value in {
        "network": "yes",
        "network_script": f"{TOKEN}/talk",
        "request": f"agi://127.0.0.1/{TOKEN}/talk",
        "channel": "PJSIP/trunk-test-00000001",
        "language": "zh",
        "type": "PJSIP",
        "uniqueid": "n-1795401712.1",
        "version": "22.10.1",
        "callerid": "13700137001",
        "calleridname": "unknown",
        "callingpres": "0",
        "dnid": "4008000001",
        "context": "hotline",
        "extension": "s",
        "priority": "7",
        "enhanced": "0.0",
        "threadid": "139872637",
    }.items()
).encode()
"""What Asterisk tells first, without the empty line that ends it."""


@asynccontextmanager
async def serving(arm: str) -> AsyncIterator[tuple[int, int]]:
    """Run one arm's server; gives its pid and port."""
    command = (sys.executable, "-m", "bench.agi_arms", arm)
    server = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert server.stdout is not None
        yield server.pid, int(await server.stdout.readline())
    finally:
        server.terminate()
        await server.wait()


async def conversation(port: int, late: list[float] | None = None) -> bool:
    """Play one channel: the environment, then an answer to each command until the server ends.

    False when the server let go before its last command.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HELLO + b"\n")
    heard = 0
    asked = time.perf_counter()
    while await reader.readline():
        if late is not None:
            late.append((time.perf_counter() - asked) * 1000)
        heard += 1
        writer.write(b"200 result=0\n")
        asked = time.perf_counter()
    writer.close()
    return heard == len(COMMANDS)


async def many(port: int, sessions: int) -> None:
    """Hold so many conversations, some at a time."""
    left = iter(range(sessions))

    async def line() -> None:
        for _ in left:
            if not await conversation(port):
                raise RuntimeError("a server let go before the last command")

    await asyncio.gather(*(line() for _ in range(PARALLEL)))


async def per_cpu_s() -> dict[str, list[float]]:
    """Give for each arm its conversations for a CPU second, round after round."""
    rates: dict[str, list[float]] = {arm: [] for arm in ARMS}
    async with _all_serving(tuple(ARMS)) as places:
        for _, port in places.values():
            await many(port, SESSIONS // 10)  # warm
        for nth in range(PAIRS):
            for arm in ARMS if nth % 2 == 0 else reversed(ARMS):
                pid, port = places[arm]
                before = cpu_s(pid)
                await many(port, SESSIONS)
                rates[arm].append(SESSIONS / (cpu_s(pid) - before))
    return rates


@asynccontextmanager
async def _all_serving(arms: Sequence[str]) -> AsyncIterator[dict[str, tuple[int, int]]]:
    if not arms:
        yield {}
        return
    async with serving(arms[0]) as place, _all_serving(arms[1:]) as others:
        yield {arms[0]: place, **others}


async def paced() -> tuple[float, int]:
    """Begin 500 conversations a second: p99 in ms to the next command, and how many were lost."""
    late: list[float] = []
    async with serving("ours") as (_, port), asyncio.TaskGroup() as group:
        began, talks = asyncio.get_running_loop().time(), []
        for nth in range(round(RATE * RATE_S)):
            await _until(began + nth / RATE)
            talks.append(group.create_task(conversation(port, late)))
    return statistics.quantiles(late, n=100)[98], sum(not talk.result() for talk in talks)


async def _until(moment: float) -> None:
    loop = asyncio.get_running_loop()
    if (ahead := moment - loop.time()) > 0:
        await asyncio.sleep(ahead)


async def parked() -> float:
    """Give the megabytes that 5,000 conversations cost which wait for an answer."""
    async with serving("ours") as (pid, port):
        await many(port, 200)
        before = rss_bytes(pid)
        opened = await _gathered(lambda: _park(port), PARKED)
        after = rss_bytes(pid)
        for writer in opened:
            writer.close()
    return (after - before) / 1e6


async def _gathered(
    one: Callable[[], Awaitable[asyncio.StreamWriter]], times: int
) -> list[asyncio.StreamWriter]:
    made: list[asyncio.StreamWriter] = []
    for start in range(0, times, 100):
        made += await asyncio.gather(*(one() for _ in range(min(100, times - start))))
    return made


async def _park(port: int) -> asyncio.StreamWriter:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HELLO + b"\n")
    await reader.readline()  # the first command came: from here it waits for us
    return writer


def measure() -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """Measure all arms, then ours at a fixed rate and parked."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 3 * PARKED), hard))
    rates = asyncio.run(per_cpu_s())
    figures: dict[str, float] = {}
    figures |= {f"{arm}_per_cpu_s": round(statistics.median(each)) for arm, each in rates.items()}
    for other in ("bare", "panoramisk", "mended"):
        ratios = [ours / theirs for ours, theirs in zip(rates["ours"], rates[other], strict=True)]
        figures[f"over_{other}"] = round(statistics.median(ratios), 2)
        figures[f"over_{other}_worst"] = round(min(ratios), 2)
    p99_ms, figures["lost"] = asyncio.run(paced())
    figures["p99_ms"] = round(p99_ms, 2)
    figures["parked_mb"] = round(asyncio.run(parked()), 1)
    return figures, AIMS
