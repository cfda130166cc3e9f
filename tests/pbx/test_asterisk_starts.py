"""The real Asterisk with the rendered configuration: starts clean, refuses, falls back, stops."""

import asyncio
import re
import socket
from pathlib import Path

import pytest

from domain.errors import PbxUnavailable
from domain.headers import numbers_of
from domain.settings import Settings, parse_settings
from pbx.asterisk import PortTaken, PrivateAsterisk, check_lines
from pbx.install import Installed, write_config
from pbx.render_trunk import own_ports
from switchboard.arrivals import SOURCES, Arrivals, Line, joined
from switchboard.republish import OF_A_VERSION
from tests.house.ami import Ami
from tests.house.raw_caller import ODD, Caller

ASKED = Arrivals({"every": Line(tuple(SOURCES), tuple(SOURCES))}).asked

pytestmark = pytest.mark.pbx

CONTEXTS = ("hotline", "hold", "offer", "after", "held", "agent-side", "join", "fallback")


async def test_it_starts_without_a_warning(asterisk: PrivateAsterisk) -> None:
    log = (asterisk.config.parent.parent / "log/messages.log").read_text()
    odd = re.findall(r".*(?:WARNING|ERROR).*", log)
    assert [line for line in odd if "registered during operation" not in line] == []
    assert (asterisk.config.parent.parent / "log/console.log").read_text().count("Could not") == 0


async def test_every_place_that_we_redirect_to_is_there(asterisk: PrivateAsterisk) -> None:
    for context in CONTEXTS:
        assert re.search(r"'s' =>\s+1\. ", await asterisk.cli(f"dialplan show {context}"))


async def test_every_module_of_another_versions_files_can_be_loaded_anew(
    asterisk: PrivateAsterisk,
) -> None:
    modules = sorted(set(OF_A_VERSION.values()))
    told = {each: await asterisk.cli(f"module reload {each}", 30) for each in modules}
    assert {name: said for name, said in told.items() if "reloaded successfully" not in said} == {}


async def test_a_second_start_adopts_the_running_one(
    asterisk: PrivateAsterisk, installed: Installed
) -> None:
    second = PrivateAsterisk(installed.binary, asterisk.config.parent.parent, {})
    await second.start()
    assert (second.adopted, second.pid) == (True, asterisk.pid)
    await second.stop()
    async with asyncio.timeout(30):
        await asterisk.wait()
    assert second.running_pid() == 0


async def test_a_taken_port_is_named_before_anything_starts(
    installed: Installed, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        process = PrivateAsterisk(installed.binary, tmp_path, {"sip.port": ("127.0.0.1", port)})
        with pytest.raises(PortTaken, match=rf"port {port} \(setting sip.port\)"):
            await process.start()
    assert process.pid == 0


@pytest.mark.parametrize("kind", ["udp", "tcp"])
async def test_a_trunks_taken_place_is_named_before_anything_starts(
    installed: Installed, tmp_path: Path, kind: str
) -> None:
    sort = socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, sort) as other:
        other.bind(("127.0.7.1", 0))
        other.listen() if kind == "tcp" else None
        port = other.getsockname()[1]
        line = '[[trunk]]\nname = "carrier"\nkind = "address"\nhost = "127.0.9.1"\n'
        line += 'match = ["127.0.9.1"]\n'
        line += f'transport = "{kind}"\nlocal_address = "127.0.7.1"\nlocal_port = {port}\n'
        places = own_ports(parse_settings(line, {}))
        process = PrivateAsterisk(installed.binary, tmp_path, {}, places)
        with pytest.raises(PortTaken, match=rf"port {port} \(local_port of trunk carrier\)"):
            await process.start()
    assert process.pid == 0
    check_lines(places)
    check_lines({"elsewhere": (kind, "203.0.113.5", port)})  # doctor's to tell: others work on


async def test_a_broken_configuration_is_told_with_its_log(
    installed: Installed, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run = tmp_path_factory.mktemp("bad")
    write_config({"asterisk.conf": f"[directories]\nastrundir => {run}/run\n"}, run)
    process = PrivateAsterisk(installed.binary, run, {})
    with pytest.raises(PbxUnavailable):
        await process.start()
    assert process.running_pid() == 0


async def test_without_the_engine_a_caller_waits_in_the_fallback(
    asterisk: PrivateAsterisk, settings: Settings
) -> None:
    assert await Caller().dial("127.0.0.2", settings, "4001000001") == 200
    waiting = ""
    async with asyncio.timeout(40):
        while "has 1 calls" not in waiting:
            waiting = await asterisk.cli("queue show fb-any")
    assert "PJSIP/trunk-test" in waiting


@pytest.mark.parametrize(
    ("source", "number", "answer"),
    [
        ("127.0.0.1", "4001000001", 401),
        ("127.0.0.2", "0" * 41, 404),
        ("127.0.0.2", "9%22%7d", 404),
        ("127.0.0.2", "9$(id)", 404),
        ("127.0.0.2", "-", 404),
    ],
)
async def test_strangers_and_strange_numbers_are_turned_away(
    asterisk: PrivateAsterisk, settings: Settings, source: str, number: str, answer: int
) -> None:
    assert await Caller().dial(source, settings, number) == answer
    assert "0 active channels" in await asterisk.cli("core show channels")


async def flow_that_says_hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\n\n")
    for line in ("SET VARIABLE __CC_CALL C1", "EXEC Answer ,i", "SET VARIABLE CC_VERDICT hold"):
        writer.write(f"{line}\n".encode())
        await reader.readline()
    writer.close()


class Reading:
    """An engine that only reads what the dialplan hands over, then hangs up."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}
        self.asked = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        await reader.readuntil(b"\n\n")
        asked = "|CUT|".join("${" + name + "}" for name in ASKED)
        writer.write(f'GET FULL VARIABLE "{asked}"\n'.encode())
        answer = (await reader.readline()).decode().strip()
        values = answer.removeprefix("200 result=1 (").removesuffix(")").split("|CUT|")
        self.seen = dict(zip(ASKED, values, strict=True))
        writer.write(b"SET VARIABLE CC_VERDICT hangup\n")
        await reader.readline()
        writer.close()


def read(engine: Reading, source: str) -> str:
    """Give what the engine would read of a source."""
    return joined(engine.seen, SOURCES[source])


@pytest.mark.parametrize("number", ["s", "1", "4001000001", "a-b_c.d+1*", "x" * 40, "*72", "00853"])
async def test_whatever_a_carrier_calls_reaches_the_engine_and_no_dial(
    asterisk: PrivateAsterisk, settings: Settings, number: str
) -> None:
    engine = Reading()
    async with await asyncio.start_server(engine, "127.0.0.1", settings.ports.agi):
        assert await Caller().dial("127.0.0.2", settings, number) == 603
    assert engine.seen["CC_CALLED"] == number.replace("-", "")
    assert read(engine, "uri") == f"sip:{number}@127.0.0.1"
    assert "1 call processed" in await asterisk.cli("core show channels")


async def test_a_number_with_parameters_is_read_from_the_whole_uri(
    asterisk: PrivateAsterisk, settings: Settings
) -> None:
    number = "61234567;phone-context=+8628;isub=12345;postd=p22222"
    engine = Reading()
    async with await asyncio.start_server(engine, "127.0.0.1", settings.ports.agi):
        assert await Caller().dial("127.0.0.2", settings, number) == 603
    assert engine.seen["CC_CALLED"] == "61234567"
    assert numbers_of(read(engine, "uri")) == ["02861234567"]


async def test_headers_reach_the_engine_as_data_and_forge_nothing(
    asterisk: PrivateAsterisk, settings: Settings
) -> None:
    engine = Reading()
    spy = await Ami.login(settings.ports.ami, "engine", "e" * 24)
    headers = (
        f'P-Asserted-Identity: "{ODD}" <sip:x@ims.example>',
        "P-Asserted-Identity: <tel:+8613900000001>",
        "Privacy: id",
        "Diversion: <sip:4000000002@h>;reason=unconditional",
        "Diversion: <sip:61234567@h>;reason=busy",
        "History-Info: <sip:4000000002@h>;index=1, <sip:61234567@h>;index=1.1",
        "History-Info: <sip:99@h>;index=1.1.1",
        "P-Called-Party-ID: <sip:+862861234567@h>",
        f'Remote-Party-ID: "{"z,)(" * 500}" <sip:1@h>;privacy=full',
        "P-Preferred-Identity:\r\n <sip:2@h>",
    )
    async with await asyncio.start_server(engine, "127.0.0.1", settings.ports.agi):
        assert await Caller().dial("127.0.0.2", settings, "4001000001", *headers, name=ODD) == 603
    assert engine.asked == 1
    seen = {source: read(engine, source) for source in SOURCES}
    assert seen["from"].startswith(f'"{ODD}" <sip:13800000000@127.0.0.2>')
    assert seen["pai"] == f'"{ODD}" <sip:x@ims.example>,<tel:+8613900000001>'
    assert numbers_of(seen["pai"]) == ["13900000001"]
    assert seen["privacy"] == "id"
    assert numbers_of(seen["diversion"], "028") == ["4000000002", "02861234567"]
    assert numbers_of(seen["history"], "028") == ["4000000002", "02861234567", "99"]
    assert numbers_of(seen["pcpid"]) == ["02861234567"]
    assert seen["rpid"].endswith("<sip:1@h>;privacy=full")
    assert seen["ppi"] == "<sip:2@h>"
    heard = ""
    async with asyncio.timeout(40):
        while "Event: Hangup\r\n" not in heard:
            heard += (await spy.reader.read(4096)).decode()
    spy.writer.write(b"Action: Logoff\r\n\r\n")
    heard += (await spy.reader.read()).decode()
    assert not re.findall(r"^Event: Forged", heard, re.M)
    events = [each for each in heard.split("\r\n\r\n") if "Event: H" in each]
    assert events and all("SystemName: node1-t0ken" in each for each in events)


async def test_who_waits_is_released_when_the_beat_stands_still(
    asterisk: PrivateAsterisk, settings: Settings
) -> None:
    server = await asyncio.start_server(flow_that_says_hold, "127.0.0.1", settings.ports.agi)
    engine = await Ami.login(settings.ports.ami, "engine", "e" * 24)
    await engine.ask("Setvar", Variable="CC_BEAT", Value="1")
    async with server:
        assert await Caller().dial("127.0.0.2", settings, "4001000001") == 200
        arrival = await engine.read("UserEvent: CCHold")
        assert arrival.splitlines()[2] == "SystemName: node1-t0ken"
        assert "ChanVariable: CC_CALL=C1" in arrival
        assert "CallerIDNum: 0" in arrival
        started = asyncio.get_running_loop().time()
        await engine.ask("Setvar", Variable="CC_BEAT", Value="2")
        released = await engine.read("UserEvent: CCFallback")
    # two looks of 4 s each; a busy machine may add to them
    assert 5 < asyncio.get_running_loop().time() - started < 20, released
