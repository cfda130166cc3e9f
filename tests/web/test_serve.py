"""TLS by a local authority, the generated documents, the pages, and a real process."""

import asyncio
import os
import signal
import ssl
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web as aio
from aiohttp.test_utils import unused_port

from domain.settings import parse_settings
from outside.authority import local_ca
from tests.web.conftest import Enter, Firm
from web import pages, tls
from web.document import outputs
from web.live import PING_S
from web.serve import runner_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_the_committed_documents_are_the_generated_ones() -> None:
    for path, text in outputs().items():
        assert path.read_text(encoding="utf-8") == text, f"{path}: run python -m web.document"


async def test_a_browser_trusts_the_local_authority(tmp_path: Path) -> None:
    text = f'[paths]\ndata = "{tmp_path}"\n[web]\ntls = "local-ca"\n'
    secure = tls.context(parse_settings(text, {}), datetime.now(UTC))
    app = aio.Application()
    app.router.add_get("/", _ok)
    runner = aio.AppRunner(app)
    await runner.setup()
    port = unused_port()
    await aio.TCPSite(runner, "127.0.0.1", port, ssl_context=secure).start()
    trusting = ssl.create_default_context(cafile=str(tmp_path / "tls" / "ca.pem"))
    async with aiohttp.ClientSession() as client:
        async with client.get(f"https://127.0.0.1:{port}/", ssl=trusting) as response:
            assert response.status == 200
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await client.get(f"https://127.0.0.1:{port}/")
    await runner.cleanup()
    assert (tmp_path / "tls" / "ca.key").stat().st_mode & 0o777 == 0o600


async def test_pages_are_not_pinged_in_the_same_instant() -> None:
    """aiohttp would move each ping to a whole second, and with it those of all other pages."""
    due: list[float] = []

    async def open_one(request: aio.Request) -> aio.WebSocketResponse:
        socket = aio.WebSocketResponse(heartbeat=PING_S)
        await socket.prepare(request)
        due.append(socket._heartbeat_when)
        await socket.close()
        return socket

    app = aio.Application()
    app.router.add_get("/", open_one)
    runner, port = runner_of(app), unused_port()
    await runner.setup()
    await aio.TCPSite(runner, "127.0.0.1", port).start()
    async with aiohttp.ClientSession() as client:
        for _ in range(3):
            async with client.ws_connect(f"http://127.0.0.1:{port}/") as page:
                await page.receive()
    await runner.cleanup()
    assert len(set(due)) == 3
    assert not all(at == int(at) for at in due)


async def _ok(_request: aio.Request) -> aio.Response:
    return aio.Response(text="ok")


def test_the_authority_stays_and_the_leaf_is_renewed(tmp_path: Path) -> None:
    local_ca(tmp_path, ["127.0.0.1"], NOW)
    ca, leaf = ((tmp_path / name).read_bytes() for name in ("ca.pem", "web.pem"))
    local_ca(tmp_path, ["127.0.0.1"], NOW + timedelta(days=100))
    assert (tmp_path / "web.pem").read_bytes() == leaf
    local_ca(tmp_path, ["127.0.0.1", "desk.example"], NOW)
    assert (tmp_path / "web.pem").read_bytes() != leaf
    local_ca(tmp_path, ["127.0.0.1"], NOW + timedelta(days=380))
    assert (tmp_path / "ca.pem").read_bytes() == ca


async def test_pages_and_what_is_said_without_them(
    enter: Enter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pages"
    monkeypatch.setattr(pages, "FOLDER", folder)
    browser = await enter("")
    status, text = await browser.ask("GET", "/desk")
    assert status == 503 and "make run" in text.decode()
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>应答</title>", encoding="utf-8")
    (folder / "assets" / "app-1a2b.js").write_text("1")
    (tmp_path / "secret").write_text("x")
    for path in ("/", "/desk", "/call/abc", "/..%2fsecret", "/%2e%2e/secret"):
        status, text = await browser.ask("GET", path)
        assert (status, text.decode()) == (200, "<title>应答</title>"), path
    async with browser.client.get("/assets/app-1a2b.js") as response:
        assert "immutable" in response.headers["Cache-Control"]
    assert (await browser.ask("GET", "/assets/gone.js"))[0] == 404
    assert (await browser.ask("GET", "/api/v1/nope"))[0] == 404
    assert (await browser.ask("GET", "/api/v1/me/nope"))[1]["code"] == "not_found"


async def test_the_process_serves_and_leaves_on_sigterm(firm: Firm) -> None:
    port = unused_port()
    here = Path(__file__).parents[2]
    names = {"YINGDA_PATHS_DATA": str(firm.world.data), "YINGDA_WEB_PORT": str(port)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "web", cwd=here, env=os.environ | names
    )
    try:
        async with aiohttp.ClientSession() as client, asyncio.timeout(90):
            while not await _alive(client, port):
                assert process.returncode is None
    finally:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            assert await process.wait() == 0


async def _alive(client: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with client.get(f"http://127.0.0.1:{port}/healthz") as response:
            return response.status == 200
    except aiohttp.ClientConnectorError:
        await asyncio.sleep(0.05)
        return False
