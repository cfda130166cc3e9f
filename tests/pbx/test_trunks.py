"""The real Asterisk with ten different lines: it loads them without a word, and keeps to each."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from domain.errors import PbxUnavailable
from domain.settings import Settings, parse_settings
from outside.authority import local_ca
from pbx.asterisk import PrivateAsterisk
from pbx.install import Installed, config_source, find_asterisk, read_templates, write_config
from pbx.render import Node, Plan, Secrets, render
from pbx.render_trunk import Tls
from tests.carrier.message import Message, credentials, is_right, reply
from tests.carrier.wire import Datagrams, Reply
from tests.house.system import free_port

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="module")]

DATA = Path(__file__).resolve().parents[2] / "var"
CANARY = "canary-of-the-carriers"
LINES = (
    'kind = "registration"\nhost = "127.0.9.1"\nusername = "02861230001"\nsecret_env = "S"\n'
    'auth_user = "02861230001@ims.example"\nfrom_domain = "ims.example"\n'
    'outbound_proxy = "sip:127.0.9.11:5090"\n',
    'kind = "address"\nhost = "127.0.9.2"\nmatch = ["127.0.9.2", "127.0.9.12", "127.0.8.0/24"]\n'
    'channels = 1\nover_limit = "busy"\nqualify_s = 1\n',
    'kind = "address"\nhost = "127.0.9.3"\nmatch = ["127.0.9.3"]\nchannels = 1\n'
    'over_limit = "congestion"\nsession_timer = "always"\n',
    'kind = "address"\nhost = "127.0.9.4"\nmatch = ["127.0.9.4"]\ntransport = "tcp"\n'
    'dtmf = "inband"\nsession_timer = "off"\n',
    'kind = "address"\nhost = "127.0.9.5"\nport = 5061\nmatch = ["127.0.9.5"]\n'
    'transport = "tls"\nsrtp = "required"\n',
    'kind = "address"\nhost = "127.0.9.6"\nmatch = ["127.0.9.6"]\nprack = "required"\n'
    'qualify_s = 30\ndtmf = "info"\n',
    'kind = "address"\nhost = "127.0.9.7"\nmatch = ["127.0.9.7"]\nprack = "off"\n'
    'local_address = "127.0.7.1"\nlocal_port = {own}\n',
    'kind = "address"\nhost = "127.0.9.8"\nmatch = ["127.0.9.8"]\n'
    'local_address = "127.0.7.1"\nlocal_port = {own}\ndtmf = "rfc4733"\n',
    'kind = "address"\nhost = "127.0.9.9"\nmatch = ["127.0.9.9"]\nusername = "4000000001"\n'
    'present = "ppi"\ncodecs = ["alaw", "ulaw", "g722"]\nchannels = 0\n',
    'kind = "registration"\nhost = "127.0.9.10"\nusername = "4000000002"\npresent = "pai"\n'
    'secret_env = "S"\nchannels = 30\nover_limit = "rejected"\n',
)


@pytest.fixture(scope="module")
def installed() -> Installed:
    try:
        return find_asterisk(DATA)
    except PbxUnavailable as problem:
        pytest.skip(str(problem))


@pytest.fixture(scope="module")
def settings() -> Settings:
    sip, tls, own, ami, agi, http = (free_port() for _ in range(6))
    trunks = "".join(
        f'[[trunk]]\nname = "line-{number}"\n' + text.replace("{own}", str(own))
        for number, text in enumerate(LINES)
    )
    return parse_settings(
        f"[sip]\nport = {sip}\ntls_port = {tls}\n"
        f"[ports]\nami = {ami}\nagi = {agi}\nasterisk_http = {http}\nhep = 0\n"
        '[media]\nrtp_ports = "27300-27399"\npublic_address = "203.0.113.5"\n' + trunks,
        {"S": CANARY},
    )


class Peer:
    """One address of a carrier, in the raw: what it heard, and what it says to that."""

    def __init__(self, settings: Settings, host: str) -> None:
        self.host, self.heard, self.port = host, list[Message](), 0
        self.offer = "RTP/AVP 8"
        self.arrived: asyncio.Queue[Message] = asyncio.Queue()
        self.wire = Datagrams(("127.0.0.1", settings.sip.port), self.hears)

    async def open(self, port: int = 0) -> "Peer":
        self.port = await self.wire.open(self.host, port)
        return self

    def hears(self, message: Message, answer: Reply) -> None:
        self.heard.append(message)
        if message.status:
            self.arrived.put_nowait(message)
        elif text := self.says(message):
            answer(text.data())

    def says(self, message: Message) -> Message | None:
        return reply(message, "200 OK", "t") if message.method in ("BYE", "OPTIONS") else None

    def request(self, method: str, uri: str, call: str, to_tag: str = "") -> None:
        headers = (
            ("Via", f"SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bK{call}{method};rport"),
            ("Max-Forwards", "70"),
            ("From", "<sip:13800138000@carrier.example>;tag=f"),
            ("To", f"<{uri}>" + (f";tag={to_tag}" if to_tag else "")),
            ("Call-ID", call),
            ("CSeq", f"{1 + (method == 'BYE')} {method}"),
            ("Contact", f"<sip:{self.host}:{self.port}>"),
            ("Content-Type", "application/sdp"),
        )
        sdp = f"v=0\r\no=- 1 1 IN IP4 {self.host}\r\ns=-\r\nc=IN IP4 {self.host}\r\nt=0 0\r\n"
        sdp += f"m=audio 28800 {self.offer}\r\n"
        body = sdp if method == "INVITE" else ""
        self.wire.send(Message(f"{method} {uri} SIP/2.0", headers, body).data())

    async def dial(self, uri: str, call: str) -> Message:
        """Send an INVITE; the first final answer, acknowledged."""
        self.request("INVITE", uri, call)
        async with asyncio.timeout(15):
            while (answer := await self.arrived.get()).status < 200 or answer.method != "INVITE":
                pass
        self.request("ACK", uri, call, answer.tag("To"))
        return answer


class Registrar(Peer):
    """Takes a registration, or refuses every one."""

    def __init__(self, settings: Settings, host: str, account: str) -> None:
        super().__init__(settings, host)
        self.account = account

    def says(self, message: Message) -> Message | None:
        if message.method != "REGISTER":
            return super().says(message)
        given = credentials(message.get("Authorization"))
        if not self.account:
            return reply(message, "403 Forbidden", "t")
        if not given:
            challenge = 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"'
            return reply(message, "401 Unauthorized", "t", ("WWW-Authenticate", challenge))
        good = given["username"] == self.account and is_right(given, "REGISTER", CANARY)
        contact = ("Contact", f"<{message.contact()}>;expires=300")
        return reply(message, "200 OK" if good else "404 Wrong", "t", contact)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def registrars(settings: Settings) -> AsyncIterator[tuple[Registrar, Registrar]]:
    """Give the proxy of line-0, which lets it in, and line-9's registrar, which refuses."""
    good = Registrar(settings, "127.0.9.11", "02861230001@ims.example")
    bad = Registrar(settings, "127.0.9.10", "")
    await good.open(5090)
    await bad.open(5060)
    yield good, bad
    good.wire.close()
    bad.wire.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asterisk(
    installed: Installed,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
    registrars: object,
) -> AsyncIterator[PrivateAsterisk]:
    run = tmp_path_factory.mktemp("trk")
    chain = local_ca(run / "tls", ["localhost"], datetime.now(UTC))
    node = Node("node1", "t0ken", run, installed.modules, installed.share, run / "prompts", 0)
    node = replace(node, tls=Tls(*chain, run / "tls" / "ca.pem"))
    passwords = {trunk.name: CANARY for trunk in settings.trunks if trunk.secret_env}
    secrets = Secrets("e" * 24, "w" * 24, "p" * 24, "t" * 24, passwords)
    write_config(render(read_templates(config_source()), Plan(settings, secrets, node)), run)
    process = PrivateAsterisk(installed.binary, run, {})
    await process.start()
    yield process
    await process.stop()


def root(asterisk: PrivateAsterisk) -> Path:
    return asterisk.config.parent.parent


async def seen(asterisk: PrivateAsterisk, command: str, wanted: str) -> str:
    """Wait until the console shows something; gives the console's text."""
    async with asyncio.timeout(20):
        while not re.search(wanted, text := await asterisk.cli(command)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return text


async def test_ten_lines_are_loaded_without_a_word(asterisk: PrivateAsterisk) -> None:
    log = (root(asterisk) / "log/messages.log").read_text()
    odd = [line for line in log.splitlines() if re.search("WARNING|ERROR", line)]
    # registrars that are not there, and pjproject's word on modules that load while it runs
    known = re.compile("outbound_registration|registered during operation")
    assert [line for line in odd if not known.search(line)] == []
    identifies = await asterisk.cli("pjsip show identifies")
    for number in range(10):
        assert f"trunk-line-{number}/trunk-line-{number}" in identifies
    assert set(re.findall(r"Match: (127\.0\.9\.12|127\.0\.8\.0)/", identifies)) == {
        "127.0.9.12",
        "127.0.8.0",
    }


async def test_one_transport_serves_two_lines_of_a_second_card(
    asterisk: PrivateAsterisk, settings: Settings
) -> None:
    text = await asterisk.cli("pjsip show transports")
    own = settings.trunks[6].local_port
    assert re.findall(r"(\S+) +(\w+) +\w+ +\w+ +127\.0\.7\.1:(\d+)", text) == [
        (f"udp-127-0-7-1-{own}", "udp", str(own))
    ]
    for line in ("6", "7"):
        text = await asterisk.cli(f"pjsip show endpoint trunk-line-{line}")
        assert re.search(rf"transport +: udp-127-0-7-1-{own}", text)
        assert re.search(r"bind_rtp_to_media_address +: true", text)


async def test_registration_with_a_private_identity_over_a_proxy(
    asterisk: PrivateAsterisk, registrars: tuple[Registrar, Registrar]
) -> None:
    await seen(asterisk, "pjsip show registrations", r"trunk-line-0/\S+ +trunk-line-0 +Registered")
    asked = registrars[0].heard[-1]
    assert asked.uri == "sip:127.0.9.1:5060"
    assert "sip:02861230001@ims.example" in asked.get("To")
    assert asked.get("Route") == "<sip:127.0.9.11:5090;lr>"
    assert re.search(r"sip:02861230001@\S+;line=", asked.get("Contact"))


async def test_a_registrar_that_refuses_is_not_hammered(
    asterisk: PrivateAsterisk, registrars: tuple[Registrar, Registrar]
) -> None:
    text = await seen(asterisk, "pjsip show registrations", r"trunk-line-9 +Rejected")
    wait = re.search(r"trunk-line-9 +Rejected +\(exp. (\d+)s\)", text)
    assert wait is None or int(wait[1]) > 500
    assert len([m for m in registrars[1].heard if m.method == "REGISTER"]) == 1


async def test_a_call_to_our_contact_is_known_from_any_address(
    asterisk: PrivateAsterisk, settings: Settings, registrars: tuple[Registrar, Registrar]
) -> None:
    await seen(asterisk, "pjsip show registrations", r"trunk-line-0/\S+ +trunk-line-0 +Registered")
    stranger = await Peer(settings, "127.0.6.6").open()
    contact = registrars[0].heard[-1].contact()
    number = await stranger.dial(contact, "by-line")
    assert number.status == 200
    assert "PJSIP/trunk-line-0-" in await asterisk.cli("core show channels concise")
    stranger.request("BYE", contact, "by-line", number.tag("To"))
    plain = f"sip:02861230001@127.0.0.1:{settings.sip.port}"
    assert (await stranger.dial(plain, "by-nothing")).status in (401, 403)
    stranger.wire.close()


async def test_silence_to_options_keeps_calls_out_and_lets_calls_in(
    asterisk: PrivateAsterisk, settings: Settings
) -> None:
    await seen(asterisk, "pjsip show contacts", r"trunk-line-1/\S+ +\S+ +Unavail")
    peer = await Peer(settings, "127.0.9.12").open()
    uri = f"sip:4001000001@127.0.0.1:{settings.sip.port}"
    taken = await peer.dial(uri, "silent")
    assert taken.status == 200
    peer.request("BYE", uri, "silent", taken.tag("To"))
    await seen(asterisk, "core show channels concise", r"\A(?![\s\S]*trunk-line-1-)")
    peer.wire.close()


@pytest.mark.parametrize(("line", "status"), [(1, 486), (2, 503)])
async def test_a_call_above_the_channels_bought_is_refused_as_chosen(
    asterisk: PrivateAsterisk, settings: Settings, line: int, status: int
) -> None:
    peer = await Peer(settings, f"127.0.9.{line + 1}").open()
    uri = f"sip:4001000001@127.0.0.1:{settings.sip.port}"
    first = await peer.dial(uri, f"{line}-first")
    assert first.status == 200
    assert (await peer.dial(uri, f"{line}-second")).status == status
    peer.request("BYE", uri, f"{line}-first", first.tag("To"))
    await seen(asterisk, "core show channels concise", rf"\A(?![\s\S]*trunk-line-{line}-)")
    assert (await peer.dial(uri, f"{line}-third")).status == 200
    peer.wire.close()


async def test_a_law_comes_first_in_packets_of_20_ms(
    asterisk: PrivateAsterisk, settings: Settings
) -> None:
    peer = await Peer(settings, "127.0.9.9").open()
    uri = f"sip:4001000001@127.0.0.1:{settings.sip.port}"
    peer.offer = "RTP/AVP 18 0 8 97\r\na=rtpmap:97 telephone-event/8000"
    answer = await peer.dial(uri, "codecs")
    assert re.search(r"m=audio \d+ RTP/AVP 8 ", answer.body)
    assert "a=ptime:20" in answer.body and "a=rtpmap:97 telephone-event" in answer.body
    peer.request("BYE", uri, "codecs", answer.tag("To"))
    peer.offer = "RTP/AVP 18"
    assert (await peer.dial(uri, "no-codec")).status == 488
    peer.wire.close()


async def test_a_plain_offer_is_refused_where_srtp_is_required(
    asterisk: PrivateAsterisk, settings: Settings
) -> None:
    peer = await Peer(settings, "127.0.9.5").open()
    uri = f"sip:4001000001@127.0.0.1:{settings.sip.port}"
    assert (await peer.dial(uri, "plain")).status == 488
    key = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw"
    peer.offer = f"RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}"
    answer = await peer.dial(uri, "secret")
    assert answer.status == 200 and "RTP/SAVP 8" in answer.body
    assert "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" in answer.body
    peer.request("BYE", uri, "secret", answer.tag("To"))
    peer.wire.close()


async def test_the_tls_port_shows_our_certificate(
    asterisk: PrivateAsterisk, settings: Settings
) -> None:
    trust = ssl.create_default_context(cafile=root(asterisk) / "tls/ca.pem")
    _, writer = await asyncio.open_connection(
        "127.0.0.1", settings.sip.tls_port, ssl=trust, server_hostname="localhost"
    )
    assert writer.get_extra_info("ssl_object").version() == "TLSv1.2"
    writer.close()


async def test_the_carriers_passwords_are_ours_alone(asterisk: PrivateAsterisk) -> None:
    holding = [
        file
        for file in root(asterisk).rglob("*")
        if file.is_file() and CANARY.encode() in file.read_bytes()
    ]
    assert [file.name for file in holding] == ["pjsip.conf"]
    assert holding[0].stat().st_mode & 0o077 == 0
