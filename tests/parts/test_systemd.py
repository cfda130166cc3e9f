"""What systemd is told, over a real socket, and the unit that we print for it."""

import asyncio
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.settings import parse_settings
from switchboard.systemd import keep_told, notify, unit


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[tuple[socket.socket, dict[str, str]]]:
    where = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(where)
        heard.setblocking(False)
        yield heard, {"NOTIFY_SOCKET": where, "WATCHDOG_USEC": "20000"}


async def _next(heard: socket.socket) -> str:
    return (await asyncio.get_running_loop().sock_recv(heard, 200)).decode()


async def test_it_says_ready_once_then_that_it_lives_then_that_it_stops(
    listening: tuple[socket.socket, dict[str, str]],
) -> None:
    heard, env = listening
    up: list[bool] = []
    async with asyncio.timeout(20):
        telling = asyncio.create_task(keep_told(lambda: bool(up), env))
        up.append(True)
        assert (await _next(heard)).startswith("READY=1")
        assert [await _next(heard) for _ in range(3)] == ["WATCHDOG=1"] * 3
        telling.cancel()
        while (word := await _next(heard)) != "STOPPING=1":
            assert word == "WATCHDOG=1"


async def test_without_systemd_nothing_is_told() -> None:
    await asyncio.wait_for(keep_told(lambda: True, {}), 5)
    assert not notify("READY=1", {}) and not notify("READY=1", {"NOTIFY_SOCKET": "/nowhere"})


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    settings = parse_settings("", {}, root=tmp_path)
    text = unit(settings, tmp_path / "yingda.toml", " --lan")
    assert f"--settings {tmp_path}/yingda.toml run --lan\n" in text
    assert "{" not in text
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here")
    file = tmp_path / "yingda.service"
    file.write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", file], capture_output=True, text=True)
    wrong = [line for line in done.stderr.splitlines() if "Unknown" in line or "parse" in line]
    assert not wrong, wrong
