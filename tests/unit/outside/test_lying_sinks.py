"""A receiver that is slow, lies or breaks off: every message arrives once it behaves again."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.unit.outside.sinks import Sink, listening
from tests.unit.outside.test_outbox import Office

COUNT = 200
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _closes_midway(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


async def _says_garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"\x00\xff not http at all\r\n\r\n")


async def _answers_without_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 500 Oops\r\nContent-Length: 10000000\r\n\r\n")
    for _ in range(160):
        writer.write(b"x" * 65536)
        await writer.drain()


async def _one_byte_at_a_time(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n":  # and never the one byte
        writer.write(bytes([byte]))
        await writer.drain()
    await reader.read()


@asynccontextmanager
async def talking(talk: Talk, secure: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Answer every connection in a way of one's own."""

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(met, "127.0.0.1", 0, ssl=secure)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.mark.parametrize(
    ("talk", "scheme"),
    [
        (_closes_midway, "http"),
        (_says_garbage, "http"),
        (_answers_without_end, "http"),
        (_closes_midway, "https"),
    ],
    ids=["closes midway", "garbage", "10 MB", "no TLS where TLS is wanted"],
)
async def test_a_broken_answer_is_a_failed_try_and_comes_again(
    tmp_path: Path, talk: Talk, scheme: str
) -> None:
    sink = Sink()
    async with listening(sink.handle) as sink.port, talking(talk) as port:
        office = Office(tmp_path, sink)
        office.on_site.append(f"127.0.0.1:{port}")
        office.endpoints = [office.endpoint(url=f"{scheme}://127.0.0.1:{port}/")]
        await office.start()
        await office.ends("c1")
        await office.until(lambda: [each.attempts for each in office.file.newest()] == [1])
        assert office.status() == {"1-crm": "pending"} and office.file.newest()[0].last_error
        office.endpoints = [office.endpoint()]  # it is mended
        await office.pass_s(5)
        await office.until(lambda: office.status() == {"1-crm": "delivered"})
        await office.stop()
        office.journal.close()
        office.file.close()


async def test_two_hundred_events_of_a_bad_hour_all_arrive(tmp_path: Path) -> None:
    """500, 429, redirects, then well again; one that dribbles holds up nobody beside it."""
    sink = Sink()
    async with listening(sink.handle) as sink.port, talking(_one_byte_at_a_time) as port:
        office = Office(tmp_path, sink)
        office.on_site.append(f"127.0.0.1:{port}")
        office.endpoints = [
            office.endpoint(),
            office.endpoint("slow", url=f"http://127.0.0.1:{port}/"),
        ]
        sink.script = [500, 302, 429, 503, 404, 500, 307, 502]
        await office.start()
        await office.ends(*(f"c{number % 50}" for number in range(COUNT)))
        await office.until(lambda: len(office.sink.heard) >= 4)

        def has_all() -> bool:
            office.now_ms += 60_000  # a minute of theirs passes with every look
            office.outbox.wake()
            done = [each.id for each in office.file.newest(3 * COUNT) if each.status == "delivered"]
            return len(done) == COUNT

        await office.until(has_all)
        ids = [each.id for each in sink.heard]
        assert set(ids) == {f"{seq}-crm" for seq in range(1, COUNT + 1)}
        await office.stop()
        office.journal.close()
        office.file.close()
