"""A real coturn with the settings that we print: our log-ins are taken, others are not."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain import events as ev
from domain.clock import real_clock
from domain.settings import Turn, parse_settings
from outside.relay import ask_relay, minted
from switchboard.incidents import Incidents
from switchboard.relays import check_relays
from tests.house.system import free_port, missing, until
from watch import network
from web.turn import coturn

TURN = Turn((), "", "file", 600, "invented-shared-secret")


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run coturn on loopback; gives host:port."""
    program = shutil.which("turnserver")
    if program is None:
        missing("no turnserver: apt-get install coturn")
    folder = tmp_path_factory.mktemp("relay")
    port = free_port()
    config = _written(folder, port)
    with (folder / "log").open("wb") as out:
        process = subprocess.Popen([str(program), "-c", str(config)], stdout=out, stderr=out)
    try:
        until(lambda: _listens(port), 20, f"coturn, see {folder}/log")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


def _written(folder: Path, port: int) -> Path:
    settings = replace(parse_settings("", {}), turn=TURN)
    text = coturn(settings, ["198.51.100.10"], "yingda", secret=True)
    text = text.replace("listening-port=3478", f"listening-port={port}")
    text = text.replace("no-stdout-log\nsyslog\n", "log-file=stdout\n")
    here = f"listening-ip=127.0.0.1\nrelay-ip=127.0.0.1\npidfile={folder}/pid\nuserdb={folder}/db\n"
    (folder / "conf").write_text(text + here)
    return folder / "conf"


@pytest.mark.parametrize("way", ["udp", "tcp"])
async def test_our_log_in_is_taken_and_no_other(relay: str, way: str) -> None:
    url = f"turn:{relay}?transport={way}"
    now = int(time.time() * 1000)
    assert await ask_relay(url, minted(TURN, "8001", now)) == ""
    assert await ask_relay(url, minted(replace(TURN, secret="another"), "8001", now)) == "refused"
    assert await ask_relay(url, minted(TURN, "8001", now - 3_600_000)) == "refused"


async def test_the_doctor_tells_a_relay_that_is_away_from_one_that_refuses(relay: str) -> None:
    class House:
        settings = replace(parse_settings("", {}), turn=TURN)

    async def level(*urls: str, secret: str = TURN.secret) -> tuple[str, str]:
        turn = replace(TURN, urls=urls, secret=secret)
        House.settings = replace(House.settings, turn=turn)
        found = await network.relays(House())  # type: ignore[arg-type]
        return found.level, found.en

    assert (await level(f"turn:{relay}"))[0] == "ok"
    assert "refuses our log-in" in (await level(f"turn:{relay}", secret="another"))[1]
    away = f"turn:127.0.0.1:{free_port()}?transport=tcp"
    assert "does not answer" in (await level(f"turn:{relay}", away))[1]


async def test_a_relay_of_no_use_is_on_the_board_until_it_is_well(relay: str) -> None:
    seen: list[ev.Event] = []
    incidents = Incidents(seen.append, real_clock())
    url = f"turn:{relay}"
    for secret, kind in (("another", ev.IncidentSeen), (TURN.secret, ev.IncidentOver)):
        turn = replace(TURN, urls=(url,), secret=secret)
        await check_relays(turn, real_clock(), incidents)
        assert isinstance(seen[-1], kind) and seen[-1].about == url
        incidents.note(ev.Record(len(seen), 0.0, 0, seen[-1]))
    assert incidents.rows() == []
