"""AMI events for a CPU second, beside panoramisk's own protocol and a bare split of the bytes.

The same events of queue calls, with Chinese names, go to each arm: fed in chunks as a socket gives
them, and over a loopback socket. Every arm counts names and reads each event's channel; in the
filtered arms only of the events that we hear. Arms take turns A-B-B-A; CPU seconds judge. Then
ours at every chunk size, and how late it hears events at a fixed rate.
"""

import asyncio
import logging
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message as Theirs

from bench.ami_stream import BANNER, TOKEN, events
from pbx.ears import EARS
from pbx.message import Frames, Message, parse
from pbx.wire import Sieve, Wire

CALLS, PAIRS = 250, 4
CHUNK = 64 << 10
RATE, RATE_S, STEP_S = 10_000, 3.0, 0.01
WANTED = frozenset(EARS)
AIMS: dict[str, tuple[str, float]] = {
    "alone_over_panoramisk": (">=", 3.0),
    "socket_over_panoramisk": (">=", 2.0),
    "filtered_over_panoramisk": (">=", 5.0),
    "lost_characters": ("<=", 0.0),
    "lag_p99_ms": ("<=", 100.0),
}


class Reader:
    """What is done with each event: count its name, read its channel."""

    def __init__(self, wanted: frozenset[str] | None = None) -> None:
        self.heard: Counter[str] = Counter()
        self.bytes = 0
        self._wanted = wanted

    def ours(self, message: Message) -> None:
        """Take one of ours."""
        self.heard[message.event] += 1
        self.bytes += len(message.get("Channel"))

    def whole(self, message: Message) -> None:
        """Take one of ours and read all of it, as panoramisk always does."""
        self.heard[message.event] += 1
        self.bytes += len(message.fields.get("Channel", ""))

    def dispatch(self, message: Theirs) -> None:
        """Take one of panoramisk's, which calls this of its manager."""
        name = message.event
        if self._wanted is None or name in self._wanted:
            self.heard[name] += 1
            self.bytes += len(message.channel)

    def connection_lost(self, exc: object) -> None:
        """Be told by panoramisk that the stream is over."""


class Bare(asyncio.Protocol):
    """Only cuts the bytes: the most that Python can do."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._rest = reader, b""

    def data_received(self, data: bytes) -> None:
        """Count frames."""
        *frames, self._rest = (self._rest + data).split(b"\r\n\r\n")
        self._reader.heard[""] += len(frames)


def _ours(wanted: frozenset[str] | None = None) -> Any:
    take = Reader()
    return Wire(Sieve(TOKEN, wanted), take.ours, time.monotonic), take


def _whole() -> Any:
    take = Reader()
    return Wire(Sieve(TOKEN), take.whole, time.monotonic), take


def _panoramisk(wanted: frozenset[str] | None = None) -> Any:
    take, wire = Reader(wanted), AMIProtocol()
    wire.connection_made(SimpleNamespace(write=lambda data: None, close=lambda: None))
    wire.factory, wire.encoding = take, "utf8"
    return wire, take


def _bare() -> Any:
    take = Reader()
    return Bare(take), take


ARMS: dict[str, Callable[[], Any]] = {
    "ours": _ours,
    "ours_every_header": _whole,
    "panoramisk": _panoramisk,
    "ours_filtered": lambda: _ours(WANTED),
    "panoramisk_filtered": lambda: _panoramisk(WANTED),
    "split": _bare,
}


def alone(stream: bytes, count: int) -> dict[str, list[float]]:
    """Feed the stream in chunks; give each arm's events for a CPU second, round after round."""
    chunks = [stream[at : at + CHUNK] for at in range(0, len(stream), CHUNK)]
    rates: dict[str, list[float]] = {arm: [] for arm in ARMS}
    for nth in range(PAIRS):
        for arm in ARMS if nth % 2 == 0 else reversed(ARMS):
            wire, reader = ARMS[arm]()
            began = time.process_time()
            for chunk in chunks:
                wire.data_received(chunk)
            rates[arm].append(count / (time.process_time() - began))
            _check(arm, reader, count)
    return rates


def _check(arm: str, reader: Reader, count: int) -> None:
    heard = sum(reader.heard.values())
    if heard != count if "filtered" not in arm else not 0 < heard < count:
        raise RuntimeError(f"{arm} heard {heard} of {count} events")


async def socketed(stream: bytes, count: int) -> dict[str, list[float]]:
    """Let another process send the stream; give our own CPU seconds as events for each."""
    rates: dict[str, list[float]] = {"ours": [], "panoramisk": []}
    server = await _source("all", stream)
    port = await _port(server)
    try:
        for nth in range(PAIRS):
            for arm in rates if nth % 2 == 0 else reversed(rates):
                rates[arm].append(count / await _listened(arm, port, count))
    finally:
        server.terminate()
        await server.wait()
    return rates


async def _listened(arm: str, port: int, count: int) -> float:
    """Hear the whole stream over one connection; give the CPU seconds that it took."""
    wire, reader = ARMS[arm]()
    began = time.process_time()
    transport, _ = await asyncio.get_running_loop().create_connection(
        lambda: _Ending(wire), "127.0.0.1", port
    )
    await transport.get_protocol().ended  # type: ignore[attr-defined]
    spent = time.process_time() - began
    _check(arm, reader, count)
    return spent


class _Ending(asyncio.Protocol):
    """Passes bytes on and says when the stream is over."""

    def __init__(self, wire: Any) -> None:
        self.ended = asyncio.get_running_loop().create_future()
        self.data_received = wire.data_received

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set_result(None)


async def _source(how: str, stream: bytes) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.ami", how, stdin=pipe, stdout=pipe
    )
    assert server.stdin is not None
    server.stdin.write(stream)
    server.stdin.close()
    return server


async def _port(server: asyncio.subprocess.Process) -> int:
    assert server.stdout is not None
    return int(await server.stdout.readline())


async def lags() -> list[float]:
    """Hear 10,000 events a second, each with the time when it was sent; give delays in ms."""
    late: list[float] = []

    def take(message: Message) -> None:
        late.append((time.perf_counter() - float(message.get("Sent"))) * 1000)

    server = await _source("paced", b"")
    wire = Wire(Sieve(), take, time.monotonic)
    loop = asyncio.get_running_loop()
    try:
        port = await _port(server)
        transport, _ = await loop.create_connection(lambda: _Ending(wire), "127.0.0.1", port)
        await transport.get_protocol().ended  # type: ignore[attr-defined]
    finally:
        server.terminate()
        await server.wait()
    return late


def lost(frames: Sequence[bytes]) -> tuple[int, int]:
    """Feed at every chunk size from 1 to 4096; count what we lose, and where panoramisk does."""
    stream = BANNER + b"".join(frames)
    wanted = [parse(frame.removesuffix(b"\r\n\r\n")).fields for frame in frames]
    text = "".join("".join(fields.values()) for fields in wanted)
    ours = theirs = 0
    for size in range(1, 4097):
        chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
        cut = Frames()
        heard = [parse(frame).fields for chunk in chunks for frame in cut.feed(chunk)]
        if heard != wanted:
            ours += max(1, len(text) - len("".join("".join(each.values()) for each in heard)))
        theirs += _panoramisk_loses(chunks, [fields["CallerIDName"] for fields in wanted])
    return ours, theirs


def _panoramisk_loses(chunks: Sequence[bytes], names: list[str]) -> bool:
    heard: list[str] = []
    wire, reader = _panoramisk()
    reader.dispatch = lambda message: heard.append(message.calleridname)
    for chunk in chunks:
        wire.data_received(chunk)
    return heard != names


def measure() -> tuple[dict[str, float], dict[str, tuple[str, float]]]:
    """Run every arm."""
    logging.getLogger("panoramisk").setLevel(logging.ERROR)
    return asyncio.run(_measured()), AIMS


async def _measured() -> dict[str, float]:
    found = events(CALLS)
    stream, count = BANNER + b"".join(found), len(found)
    figures: dict[str, float] = {"events": count, "bytes_each": round(len(stream) / count)}
    rates = alone(stream, count)
    sock = await socketed(stream, count)
    for name, each in rates.items():
        figures[f"alone.{name}"] = round(statistics.median(each))
    for name, each in sock.items():
        figures[f"socket.{name}"] = round(statistics.median(each))
    figures["alone_over_panoramisk"] = _ratio(rates["ours"], rates["panoramisk"])
    filtered = _ratio(rates["ours_filtered"], rates["panoramisk_filtered"])
    figures["filtered_over_panoramisk"] = filtered
    whole = _ratio(rates["ours_every_header"], rates["panoramisk"])
    figures["every_header_over_panoramisk"] = whole
    figures["alone_over_split"] = _ratio(rates["ours"], rates["split"])
    figures["socket_over_panoramisk"] = _ratio(sock["ours"], sock["panoramisk"])
    some = [event for event in found if b"CallerIDName" in event][:20]
    losses = lost(some)
    figures["lost_characters"], figures["panoramisk_loses_at_sizes"] = losses
    late = await lags()
    figures["lag_p99_ms"] = round(statistics.quantiles(late, n=100)[98], 2)
    return figures


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Give the median of the ratios, round by round."""
    return round(statistics.median(a / b for a, b in zip(ours, theirs, strict=True)), 2)


async def _serve(how: str, stream: bytes) -> None:
    """Be the other side: whoever connects is sent the stream, or events at the fixed rate."""

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await (_paced(writer) if how == "paced" else _all(writer, stream))
        writer.close()

    server = await asyncio.start_server(send, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _all(writer: asyncio.StreamWriter, stream: bytes) -> None:
    writer.write(stream)
    await writer.drain()


async def _paced(writer: asyncio.StreamWriter) -> None:
    loop = asyncio.get_running_loop()
    some = [event.removesuffix(b"\r\n") for event in events(4)]
    began, sent = loop.time(), 0
    while sent < RATE * RATE_S:
        due = min(int((loop.time() - began) * RATE), int(RATE * RATE_S))
        for nth in range(sent, due):
            writer.write(some[nth % len(some)] + b"Sent: %.6f\r\n\r\n" % time.perf_counter())
        sent = due
        await writer.drain()
        await asyncio.sleep(STEP_S)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], sys.stdin.buffer.read()))
