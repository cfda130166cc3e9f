"""The tracer with a real socket and a real file: keeps, passes on, drops and lives."""

import json
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from domain.clock import real_clock
from domain.errors import Unavailable
from domain.settings import parse_settings
from tracing.buffer import Buffer, Captured
from tracing.hep import Address, Packet, decode, encode
from tracing.judge import Finding
from tracing.sentry import Sentry, door
from tracing.sip import Sip
from tracing.tracer import Place, Tracer

CANARY = "c4n4ry5ecret"
US, FAR = Address("127.0.0.1", 5160), Address("198.51.100.1", 5060)


def sip(method: str, number: int = 1, more: str = "") -> bytes:
    return (
        f"{method} sip:4001000001@127.0.0.1 SIP/2.0\r\nCall-ID: c{number}\r\n"
        f"CSeq: 1 {method}\r\n{more}\r\n"
    ).encode()


def packet(payload: bytes, source: Address = FAR, target: Address = US) -> bytes:
    at_us = real_clock().utc_ms() * 1000
    return encode(Packet(at_us, source, target, 17, payload))


def free_udp() -> socket.socket:
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    taken.bind(("127.0.0.1", 0))
    taken.settimeout(40)
    return taken


def until(look: Callable[[], object], within_s: float = 40.0) -> None:
    end = time.monotonic() + within_s
    while not look():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def running(tracer: Tracer) -> Iterator[Callable[[bytes], None]]:
    """Run it in a thread; gives how to send it a datagram."""
    thread = threading.Thread(target=tracer.run, daemon=True)
    thread.start()
    until(tracer.place.beat.exists)
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        yield lambda data: out.sendto(data, ("127.0.0.1", tracer.place.port)) and None
    finally:
        tracer.stop()
        thread.join(40)
        out.close()
    assert not thread.is_alive()


def place(folder: Path, to: tuple[str, int] | None = None) -> Place:
    with free_udp() as probe:
        port = int(probe.getsockname()[1])
    return Place(port, folder / "trace.db", folder / "beat", to=to)


def kept(folder: Path) -> list[str]:
    buffer = Buffer.read(folder / "trace.db")
    try:
        return [message.call_id for message in buffer.since(0)]
    finally:
        buffer.close()


def test_it_keeps_messages_without_secrets_and_passes_them_on(tmp_path: Path) -> None:
    collector = free_udp()
    tracer = Tracer(place(tmp_path, collector.getsockname()), real_clock(), lambda *_: True)
    secret = f'Authorization: Digest username="u", response="{CANARY}"\r\n'
    with running(tracer) as send:
        send(b"HEP3 garbage")
        send(packet(b"\r\n\r\n"))
        send(packet(sip("REGISTER", more=secret)))
        until(lambda: kept(tmp_path) == ["c1"])
        passed = [collector.recv(65535), collector.recv(65535)]
    assert tracer.strange == 1
    files = b"".join(file.read_bytes() for file in tmp_path.glob("trace.db*"))
    assert CANARY.encode() not in files + b"".join(passed)
    again = decode(passed[1])
    assert again is not None and (again.source, again.target) == (FAR, US)
    collector.close()


def test_a_file_that_cannot_be_written_costs_copies_and_nothing_else(tmp_path: Path) -> None:
    tracer = Tracer(place(tmp_path), real_clock(), lambda *_: True)
    with running(tracer) as send:
        until((tmp_path / "trace.db").exists)
        until(lambda: kept_or_none(tmp_path) is not None)
        lock = sqlite3.connect(tmp_path / "trace.db", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        send(packet(sip("INVITE", 1)))
        until(lambda: tracer.dropped == 1, 40)
        lock.execute("ROLLBACK")
        lock.close()
        send(packet(sip("INVITE", 2)))
        until(lambda: kept(tmp_path) == ["c2"])


def kept_or_none(folder: Path) -> list[str] | None:
    try:
        return kept(folder)
    except Unavailable:
        return None


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with free_udp() as taken:
        port = int(taken.getsockname()[1])
        tracer = Tracer(
            Place(port, tmp_path / "t.db", tmp_path / "beat"), real_clock(), lambda *_: True
        )
        with pytest.raises(Unavailable, match=r"ports\.hep"):
            tracer.run()


TRUNK = """
[sip]
port = 5160
[[trunk]]
name = "carrier"
kind = "address"
host = "198.51.100.1"
match = ["198.51.100.1"]
"""


def test_the_sentry_tells_once_and_again_only_after_a_while() -> None:
    told: list[Finding] = []
    sentry = Sentry(
        parse_settings(TRUNK, {}),
        real_clock(),
        lambda finding: told.append(finding) is None,
        lambda host: frozenset({host}),
    )
    sip_of = Sip("INVITE", 0, "", "sip:4001000001@x", (("call-id", "c1"),), "")
    at_us = real_clock().utc_ms() * 1000
    batch = [
        (Captured(at_us + n, "c1", "", str(US), str(FAR), 17, False, ""), sip_of) for n in range(3)
    ]
    sentry.look(batch)
    sentry.look(batch)
    assert told == [Finding("trunk_silent", "carrier", "3 INVITE, 198.51.100.1")]


def test_the_engine_is_told_through_its_door(tmp_path: Path) -> None:
    say = door(tmp_path / "engine.sock")
    finding = Finding("trunk_silent", "carrier", "x")
    assert not say(finding), "an engine that is away is told at the next sight"
    heard: list[dict[str, object]] = []
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "engine.sock"))
        listening.listen(1)

        def engine() -> None:
            with suppress(OSError):
                while True:  # on a busy machine who asks may have given up, and asks again
                    line, _ = listening.accept()
                    with line, suppress(OSError, ValueError):
                        line.sendall(b'{"ev": "board.snapshot", "data": {}}\n')
                        heard.append(json.loads(line.makefile("rb").readline()))
                        line.sendall(b'{"id": 1, "ok": {}}\n')

        threading.Thread(target=engine, daemon=True).start()
        until(lambda: say(finding))
    assert heard[0]["do"] == "incident.seen"
