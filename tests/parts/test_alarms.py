"""Alarms on their way out: a real HTTP sink, a real mail server, a file; time is the test's own."""

import json
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from domain.clock import Clock
from domain.errors import Unavailable
from domain.ids import Instant
from domain.settings import Mail, parse_settings
from office.alarms import Alarm, Receiver
from office.compile import compile_config
from office.folder import read_files
from office.model import Config
from outside import GuardedHttp, is_genuine
from outside.authority import local_ca
from outside.mail import send_mail
from tests.house.mail_sink import MailSink
from tests.house.sink import Sink
from watch.alarm_file import AlarmFile
from watch.alarms import AlarmKeeper, Around
from watch.facts import Facts
from watch.receivers import Ways

DEMO = Path(__file__).parents[2] / "demo" / "config"
START = 1_795_354_200_000
OK = (200, b'{"errcode":0,"errmsg":"ok"}')
KEYS = {"WECOM": "wecom-canary", "DING": "ding-canary", "SIGN": "SECcanary", "GATE": "gate-canary"}


@dataclass
class Time:
    """A clock that only the test moves."""

    ms: int = START

    def clock(self) -> Clock:
        """Give it to whom it may concern."""
        return Clock(lambda: Instant(self.ms / 1000), lambda: self.ms)


def config_with(alarms: list[Alarm], receivers: list[Receiver]) -> Config:
    """Give the demo's configuration with these."""
    made = compile_config(read_files(DEMO), lambda name, text, names: [])
    return made.model_copy(update={"alarms": tuple(alarms), "receivers": tuple(receivers)})


def away(**more: Any) -> Alarm:
    """Give an alarm on the engine."""
    usual = {"id": "engine", "name": {"zh": "引擎停止", "en": "Engine away"}, "for_s": 10}
    return Alarm.model_validate(usual | {"metric": "engine_away", "calm_s": 10} | more)


def receiver(kind: str, port: int = 0, **more: Any) -> Receiver:
    """Give a receiver at the sink."""
    url = f"http://127.0.0.1:{port}/{kind}" if port else ""
    return Receiver.model_validate(
        {"id": kind, "name": f"接收 {kind}", "kind": kind} | {"url": url} | more
    )


@dataclass
class House:
    """A keeper with sinks, and facts that the test sets."""

    data: Path
    sink: Sink
    time: Time
    facts: Facts = field(default_factory=lambda: Facts(True))
    config: Config | None = None
    mail: Mail | None = None
    keeper: AlarmKeeper | None = None

    async def open(self) -> AlarmKeeper:
        """Start the alarms, anew after a restart."""
        ways = Ways(
            GuardedHttp([f"127.0.0.1:{self.sink.port}"]),
            self.mail or parse_settings("", {}).mail,
            self.data / "secrets.json",
            KEYS,
            self.time.clock(),
        )

        async def look() -> Facts:
            return self.facts

        def config() -> Config:
            assert self.config is not None
            return self.config

        url, file = "https://desk.example:8080", self.data / "alarms.db"
        self.keeper = AlarmKeeper(Around(look, config, ways, self.time.clock(), url, file))
        await self.keeper.begin()
        return self.keeper

    async def live(self, seconds: int, step_s: int = 2) -> None:
        """Let time pass, look by look, every message out before the next look."""
        assert self.keeper is not None
        for _ in range(0, seconds, step_s):
            await self.keeper.turn()
            await self.keeper.until_told()
            self.time.ms += step_s * 1000

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        """Read what the sink got at a path."""
        found = zip(self.sink.paths, self.sink.received, strict=True)
        return [json.loads(body) for path, (_, body) in found if path.startswith(f"/{kind}")]


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Open a web server that remembers."""
    made = Sink()
    made.answer = OK
    yield made
    made.close()


@pytest.fixture
async def house(tmp_path: Path, sink: Sink) -> AsyncIterator[House]:
    """Set up a house; its keeper is opened by the test."""
    made = House(tmp_path, sink, Time())
    yield made
    if made.keeper is not None:
        await made.keeper.close()


async def test_each_kind_is_told_once_in_its_own_form_and_again_when_over(house: House) -> None:
    port, to = house.sink.port, ["13800138000"]
    body = '{"phone": "{to}", "say": "{text}"}'
    house.config = config_with(
        [away()],
        [
            receiver("webhook", port, secret_ref="file:webhook-alarm"),
            receiver("wecom", port, secret_ref="env:WECOM", to=to),
            receiver("dingtalk", port, secret_ref="env:DING", sign_ref="env:SIGN", to=to),
            receiver(
                "sms", port, secret_ref="env:GATE", to=to, headers=["X-Key: {secret}"], body=body
            ).model_copy(update={"expect": "errcode"}),
        ],
    )
    await house.open()
    house.facts = Facts(False)
    await house.live(60)
    assert [len(house.bodies(kind)) for kind in ("webhook", "wecom", "dingtalk", "sms")] == [1] * 4
    house.facts = Facts(True)
    await house.live(60)
    assert [len(house.bodies(kind)) for kind in ("webhook", "wecom", "dingtalk", "sms")] == [2] * 4
    first, second = house.bodies("webhook")
    assert (first["type"], second["type"]) == ("alarm.opened", "alarm.over")
    told = first["data"]
    assert told["metric"] == "engine_away" and told["page"] == "https://desk.example:8080/live"
    assert "引擎停止" in told["zh"]["subject"] and "Engine away" in told["en"]["subject"]
    assert "yingda doctor" in told["zh"]["text"] and "11-22 21:30" in told["zh"]["text"]
    headers, raw = house.sink.received[house.sink.paths.index("/webhook")]
    secret = json.loads((house.data / "secrets.json").read_text())["webhook-alarm"]
    assert is_genuine(secret, {k.lower(): v for k, v in headers.items()}, raw, house.time.ms / 1000)
    ids = {
        h["webhook-id"]
        for p, (h, _) in zip(house.sink.paths, house.sink.received, strict=True)
        if p == "/webhook"
    }
    assert len(ids) == 2
    wecom, ding = house.bodies("wecom")[0], house.bodies("dingtalk")[0]
    assert wecom["msgtype"] == ding["msgtype"] == "text"
    assert wecom["text"]["mentioned_mobile_list"] == ding["at"]["atMobiles"] == to
    assert "报警：引擎停止" in wecom["text"]["content"]
    asked = {urlsplit(path).path: parse_qs(urlsplit(path).query) for path in house.sink.paths}
    assert asked["/wecom"] == {"key": ["wecom-canary"]}
    assert set(asked["/dingtalk"]) == {"access_token", "timestamp", "sign"}
    sms = house.bodies("sms")[0]
    assert sms["phone"] == to[0] and "引擎停止" in sms["say"] and len(sms["say"]) <= 130


async def test_flapping_is_few_messages_and_much_at_once_is_one(house: House) -> None:
    alarms = [away(for_s=0), *(away(id=f"more{n}", for_s=0) for n in range(8))]
    house.config = config_with(alarms, [receiver("wecom", house.sink.port, secret_ref="env:WECOM")])
    await house.open()
    for n in range(450):  # half an hour that comes and goes every 8 seconds
        house.facts = Facts(n // 2 % 2 == 0)
        await house.live(4, 4)
    (one,) = house.bodies("wecom")
    assert "等 9 条" in one["text"]["content"] and len(one["text"]["content"].encode()) <= 2048
    for n in range(450):  # and slowly, so that it is over in between
        house.facts = Facts(n // 5 % 2 == 0)
        await house.live(4, 4)
    assert 2 <= len(house.bodies("wecom")) <= 18


async def test_one_that_is_down_is_asked_again_blocks_nobody_and_keeps_its_secret(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    port = house.sink.port
    house.config = config_with(
        [away()],
        [
            receiver("wecom", port, secret_ref="env:WECOM"),
            receiver("dingtalk", secret_ref="env:DING", url="http://127.0.0.1:9/gone"),
            receiver("mail", to=["duty@firm.example"]),
        ],
    )
    keeper = await house.open()
    house.facts = Facts(False)
    await house.live(400)
    assert len(house.bodies("wecom")) == 1
    lines = keeper.lines()
    assert lines["dingtalk"][0].failures >= 4 and lines["dingtalk"][1] == 1
    assert "no mail server is set" in lines["mail"][0].last_error
    assert keeper.last is not None and keeper.last.receivers["接收 dingtalk"] >= 4
    shown = f"{lines} {caplog.text}"
    assert not [key for key in KEYS.values() if key in shown]
    house.config = config_with(
        [away()], [receiver("dingtalk", port, secret_ref="env:DING", sign_ref="env:SIGN")]
    )
    house.facts = Facts(True)
    await house.live(700)
    (late,) = house.bodies("dingtalk")
    assert "报警：引擎停止" in late["text"]["content"] and "已恢复" in late["text"]["content"]
    assert keeper.lines()["dingtalk"] == (replace(keeper.lines()["dingtalk"][0], failures=0), 0)


async def test_a_robot_that_says_no_is_told_and_tried_again(house: House) -> None:
    house.sink.answer = (200, b'{"errcode":45009,"errmsg":"api freq out of limit"}')
    house.config = config_with(
        [away()], [receiver("wecom", house.sink.port, secret_ref="env:WECOM")]
    )
    keeper = await house.open()
    house.facts = Facts(False)
    await house.live(20)
    assert keeper.lines()["wecom"][0].last_error == "errcode 45009: api freq out of limit"
    house.sink.answer = OK
    await house.live(300)
    assert keeper.lines()["wecom"] == (replace(keeper.lines()["wecom"][0], last_error=""), 0)


async def test_a_restart_forgets_nothing_and_repeats_nothing(house: House) -> None:
    house.config = config_with(
        [away(escalate=["wecom"], escalate_min=2)],
        [
            receiver("webhook", house.sink.port, secret_ref="file:webhook-alarm"),
            receiver("wecom", house.sink.port, secret_ref="env:WECOM"),
        ],
    )
    keeper = await house.open()
    house.facts = Facts(False)
    await house.live(30)
    assert (len(house.bodies("webhook")), len(house.bodies("wecom"))) == (1, 0)
    await keeper.close()
    keeper = await house.open()
    await house.live(60)
    assert (len(house.bodies("webhook")), len(house.bodies("wecom"))) == (1, 0)
    await house.live(120)
    assert "报警升级" in house.bodies("wecom")[0]["text"]["content"]
    (one,) = await keeper.incidents(10)
    assert one.told == ("webhook", "wecom") and one.escalated
    history = await keeper.history(one.id)
    assert [(row["receiver"], row["kind"], row["status"]) for row in history] == [
        ("webhook", "opened", "sent"),
        ("wecom", "escalated", "sent"),
    ]
    await keeper.acknowledge(one.id, "lin")
    await keeper.close()
    keeper = await house.open()
    assert next(iter(keeper.state.open.values())).by == "lin"


async def test_what_was_not_sent_before_a_restart_is_sent_after_it(house: House) -> None:
    house.config = config_with(
        [away()], [receiver("webhook", house.sink.port, secret_ref="file:webhook-alarm")]
    )
    house.sink.answer = (503, b"")
    keeper = await house.open()
    house.facts = Facts(False)
    await house.live(14)
    tried = len(house.bodies("webhook"))
    assert tried and keeper.lines()["webhook"][1] == 1
    await keeper.close()
    house.sink.answer = OK
    await house.open()
    await house.live(10)
    assert len(house.bodies("webhook")) == tried + 1
    assert len({h["webhook-id"] for h, _ in house.sink.received}) == 1


async def test_without_its_file_everything_goes_on(house: House) -> None:
    (house.data / "alarms.db").mkdir()
    house.config = config_with(
        [away()], [receiver("wecom", house.sink.port, secret_ref="env:WECOM")]
    )
    keeper = await house.open()
    house.facts = Facts(False)
    await house.live(30)
    assert len(house.bodies("wecom")) == 1 and len(await keeper.incidents(5)) == 1
    (house.data / "alarms.db").rmdir()
    house.facts = Facts(True)
    await house.live(30)
    assert [each.over > 0 for each in await keeper.incidents(5)] == [True]
    assert len(house.bodies("wecom")) == 2


async def test_an_older_file_and_a_damaged_row_are_no_end(tmp_path: Path) -> None:
    file = AlarmFile(tmp_path / "alarms.db")
    file._db.execute("INSERT INTO incident VALUES ('a', 1, 0, 'no json')")
    with pytest.raises(Unavailable, match="alarms' file"):
        file.newest()
    file.close()


async def test_mail_arrives_in_both_languages_with_and_without_tls(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, key = local_ca(house.data / "tls", ["127.0.0.1", "localhost"], datetime.now(UTC))
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(cert, key)
    for tls, context in (("off", None), ("tls", secure)):
        server = MailSink(context)
        await server.open()
        login = 'user = "alarm@firm.example"\n' + ('secret_env = "P"\n' if context else "")
        text = f'[mail]\nhost = "localhost"\nport = {server.port}\ntls = "{tls}"\n{login}'
        if not context:
            text = text.replace("localhost", "127.0.0.1")
        mail = replace(
            parse_settings(text, {"P": "x"}).mail, secret="pass-canary" if context else ""
        )
        if context:
            with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED") as refused:
                await send_mail(mail, ["duty@firm.example"], "x", "y")
            assert "canary" not in str(refused.value) and not server.logins
            monkeypatch.setenv("SSL_CERT_FILE", str(house.data / "tls" / "ca.pem"))
        house.mail, house.time.ms = mail, START
        house.config = config_with(
            [away()], [receiver("mail", to=["duty@firm.example", "boss@firm.example"])]
        )
        (house.data / "alarms.db").unlink(missing_ok=True)
        keeper = await house.open()
        house.facts = Facts(False)
        await house.live(20)
        await keeper.close()
        house.keeper = None
        await server.close()
        ((to, message),) = server.messages
        assert to == ["duty@firm.example", "boss@firm.example"]
        assert message["Subject"] == "【云杉家居】报警：引擎停止"
        assert "yingda doctor" in message.get_content() and message["Auto-Submitted"]
        assert bool(server.logins) is bool(context)


async def test_a_mail_server_that_refuses_is_told(house: House) -> None:
    server = MailSink(refuse="554 go away")
    await server.open()
    text = (
        f'[mail]\nhost = "127.0.0.1"\nport = {server.port}\ntls = "off"\nsender = "a@b.example"\n'
    )
    with pytest.raises(Unavailable, match="554"):
        await send_mail(parse_settings(text, {}).mail, ["duty@firm.example"], "x", "y")
    await server.close()
    with pytest.raises(ValueError, match="linefeed"):
        await send_mail(parse_settings(text, {}).mail, ["duty@firm.example"], "x\nBcc: z", "y")
