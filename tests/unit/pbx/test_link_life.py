"""The AMI link over time: start, silence, loss, return, end. Nothing is ever sent twice."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from domain.errors import PbxUnavailable
from pbx.link import Account, AmiLink, Hooks, Pace
from tests.unit.pbx.peers import CLOCK, FakeAmi, ok, text, until

FAST = Pace(first_s=0.01, longest_s=0.04, silent_s=5, ping_s=5, boot_look_s=0.01)


@pytest.fixture
async def ami() -> AsyncIterator[FakeAmi]:
    peer = FakeAmi()
    await peer.start()
    yield peer
    await peer.stop()


def quiet() -> Hooks:
    return Hooks(lambda message: None)


def account(ami: FakeAmi) -> Account:
    return Account("127.0.0.1", ami.port, "engine", "secret")


async def test_half_open_is_noticed_by_an_unanswered_ping(ami: FakeAmi) -> None:
    downs: list[str] = []
    hooks = Hooks(lambda message: None, on_down=downs.append)
    pace = Pace(first_s=0.01, silent_s=0.02, ping_s=0.03)
    link = AmiLink(account(ami), hooks, CLOCK, pace)
    await link.connect()
    await until(lambda: len(ami.named("Ping")) >= 2)
    assert downs == []
    ami.silent = True
    await until(lambda: downs)
    assert downs == ["no answer to a ping"]
    ami.silent = False
    await until(lambda: link.generation == 2)
    await link.close()


async def test_nothing_is_replayed_after_a_cut(ami: FakeAmi) -> None:
    ups: list[int] = []
    downs: list[str] = []
    link = AmiLink(account(ami), Hooks(lambda m: None, ups.append, downs.append), CLOCK, FAST)
    await link.connect()
    ami.answers["Originate"] = lambda a: None
    waiting = asyncio.create_task(link.action("Originate", Channel="PJSIP/a1", Async=True))
    await until(lambda: ami.named("Originate"))
    ami.cut()
    with pytest.raises(PbxUnavailable):
        await waiting
    with pytest.raises(PbxUnavailable):
        await link.action("Originate", Channel="PJSIP/a2", Async=True)
    await until(lambda: link.generation == 2)
    await link.action("Ping")
    assert len(ami.named("Originate")) == 1
    assert (ups, len(downs), ami.sessions) == ([1, 2], 1, 2)
    await link.close()


async def test_sends_while_down_are_told_and_forgotten(ami: FakeAmi) -> None:
    link = AmiLink(account(ami), quiet(), CLOCK, FAST)
    failures: list[Exception] = []
    link.send("Originate", failed=failures.append, Channel="x")
    assert failures == [], "the caller of send is never called back in the same turn"
    await until(lambda: failures)
    await link.connect()
    await link.action("Ping")
    assert ami.named("Originate") == []
    await link.close()


async def test_close_while_waiting_to_reconnect_is_final(ami: FakeAmi) -> None:
    link = AmiLink(account(ami), quiet(), CLOCK, FAST)
    await link.connect()
    port = ami.port
    await ami.stop()
    await until(lambda: not link.is_up)
    await link.close()
    again = FakeAmi()
    await again.start(port)
    assert all(task.get_name() not in ("ami-link", "ami-session") for task in asyncio.all_tasks())
    assert again.sessions == 0
    await again.stop()


async def test_close_fails_what_waits(ami: FakeAmi) -> None:
    link = AmiLink(account(ami), quiet(), CLOCK, FAST)
    await link.connect()
    ami.answers["Getvar"] = lambda a: None
    waiting = asyncio.create_task(link.action("Getvar", Variable="X"))
    await until(lambda: ami.named("Getvar"))
    await link.close()
    with pytest.raises(PbxUnavailable):
        await waiting
    with pytest.raises(PbxUnavailable):
        await link.action("Ping")


async def test_waits_double_up_to_the_longest_with_jitter() -> None:
    waits: list[float] = []
    full = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 9:
            full.set()
            await asyncio.Event().wait()

    async def refuse(make: object) -> tuple[object, object]:
        raise ConnectionRefusedError("nobody there")

    pace = Pace(jitter=lambda seconds: seconds * 2, sleep=sleep)
    link = AmiLink(Account("127.0.0.1", 1, "e", "s"), quiet(), CLOCK, pace, refuse)  # type: ignore[arg-type]
    await link.connect(0)
    await asyncio.wait_for(full.wait(), 20)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    await link.close()


async def test_a_refused_login_backs_off_and_never_says_up(ami: FakeAmi) -> None:
    ami.answers["Login"] = lambda a: text(
        "Response: Error", f"ActionID: {a['ActionID']}", "Message: Authentication failed"
    )
    link = AmiLink(account(ami), quiet(), CLOCK, FAST)
    with pytest.raises(PbxUnavailable):
        await link.connect(0.1)
    assert (link.generation, link.is_up) == (0, False)
    assert len(ami.named("Login")) <= 6
    ami.answers["Login"] = ok
    await link.wait_up(3)
    await link.close()


async def test_a_server_that_says_nothing_is_left(ami: FakeAmi) -> None:
    ami.silent = True
    link = AmiLink(account(ami), quiet(), CLOCK, Pace(first_s=0.01, login_s=0.02))
    await link.connect(0)
    await until(lambda: ami.sessions >= 2)
    assert not link.is_up
    await link.close()


async def test_it_is_up_only_when_asterisk_has_booted(ami: FakeAmi) -> None:
    ami.answers["CoreStatus"] = lambda a: ok(a, "CoreStartupDate: 1970-01-01")
    link = AmiLink(account(ami), quiet(), CLOCK, FAST)
    await link.connect(0)
    await until(lambda: len(ami.named("CoreStatus")) >= 3)
    assert not link.is_up
    ami.answers["CoreStatus"] = lambda a: ok(a, "CoreStartupDate: 2026-11-22")
    await link.wait_up(3)
    await link.close()


async def test_who_may_not_ask_waits_for_fully_booted(ami: FakeAmi) -> None:
    ami.answers["CoreStatus"] = lambda a: text(
        "Response: Error", f"ActionID: {a['ActionID']}", "Message: Permission denied"
    )
    link = AmiLink(account(ami), quiet(), CLOCK, FAST)
    await link.connect(0)
    await until(lambda: ami.named("CoreStatus"))
    assert not link.is_up
    ami.say(text("Event: FullyBooted", "Privilege: system,all", "Status: Fully Booted"))
    await link.wait_up(3)
    assert len(ami.named("CoreStatus")) == 1
    await link.close()


async def test_a_stream_without_end_is_cut(ami: FakeAmi) -> None:
    link = AmiLink(account(ami), quiet(), CLOCK, FAST)
    await link.connect()
    ami.say(b"x" * (1 << 20) + b"yy")
    await until(lambda: link.generation == 2)
    await link.close()


async def test_nobody_listening_is_said_in_time() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    link = AmiLink(Account("127.0.0.1", port, "e", "s"), quiet(), CLOCK, FAST)
    with pytest.raises(PbxUnavailable, match=f"127.0.0.1:{port}"):
        await link.connect(0.05)
    await link.close()
