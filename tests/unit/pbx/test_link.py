"""The AMI link against a peer that speaks bytes: actions, replies, events."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from domain.errors import BadAction, PbxRefused, PbxUnavailable, YingdaError
from pbx.link import Account, AmiLink, Hooks, Pace
from pbx.message import Message
from pbx.wire import MAX_PENDING, Sieve
from tests.unit.pbx.peers import CLOCK, FakeAmi, ok, text, until

FAST = Pace(first_s=0.01, longest_s=0.04, silent_s=5, ping_s=5, boot_look_s=0.01)


class Ear:
    """Keeps what the link tells."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.ups: list[int] = []
        self.downs: list[str] = []
        self.errors: list[YingdaError] = []
        self.broken: Callable[[Message], bool] = lambda message: False

    def hear(self, message: Message) -> None:
        self.messages.append(message)
        if self.broken(message):
            raise KeyError("a fault of the receiver")

    @property
    def hooks(self) -> Hooks:
        return Hooks(self.hear, self.ups.append, self.downs.append, self.errors.append)

    def names(self) -> list[str]:
        return [message.get("Name") or message.event for message in self.messages]


@pytest.fixture
async def ami() -> AsyncIterator[FakeAmi]:
    peer = FakeAmi()
    await peer.start()
    yield peer
    await peer.stop()


@pytest.fixture
def ear() -> Ear:
    return Ear()


def account(ami: FakeAmi, sieve: Sieve | None = None) -> Account:
    return Account("127.0.0.1", ami.port, "engine", "secret", sieve or Sieve())


@pytest.fixture
async def link(ami: FakeAmi, ear: Ear) -> AsyncIterator[AmiLink]:
    made = AmiLink(account(ami), ear.hooks, CLOCK, FAST)
    await made.connect()
    yield made
    await made.close()


def event(name: str, *lines: str) -> bytes:
    return text(f"Event: {name}", "Privilege: call,all", *lines)


async def test_it_logs_in_and_says_that_it_is_up(ami: FakeAmi, ear: Ear, link: AmiLink) -> None:
    login = ami.named("Login")[0]
    assert (login["Username"], login["Secret"], login["Events"]) == ("engine", "secret", "on")
    assert (link.is_up, link.generation, ear.ups) == (True, 1, [1])
    assert "secret" not in repr(account(ami))


async def test_a_fault_in_the_receiver_costs_one_event(
    ami: FakeAmi, ear: Ear, link: AmiLink
) -> None:
    ear.broken = lambda message: message.get("Name") == "3"
    ami.say(b"".join(event("Newstate", f"Name: {i}") for i in range(10)))
    await until(lambda: len(ear.messages) == 10)
    assert ear.names() == [str(i) for i in range(10)]
    assert (link.faults, link.is_up) == (1, True)


async def test_originate_without_async_is_an_ordinary_action(ami: FakeAmi, link: AmiLink) -> None:
    ami.answers["Originate"] = lambda a: ok(a, "Message: Originate successfully queued")
    reply = await link.action("Originate", Channel="PJSIP/a1", Exten="1")
    assert reply.message.get("Message") == "Originate successfully queued"


async def test_queue_add_answers(ami: FakeAmi, link: AmiLink) -> None:
    ami.answers["QueueAdd"] = lambda a: ok(a, "Message: Added interface to queue")
    assert (await link.action("QueueAdd", Queue="q")).events == ()


@pytest.mark.parametrize("complete", ["", "QueueStatusComplete"])
async def test_an_error_reply_is_an_error_also_for_a_list(
    ami: FakeAmi, link: AmiLink, complete: str
) -> None:
    ami.answers["QueueStatus"] = lambda a: text(
        "Response: Error", f"ActionID: {a['ActionID']}", "Message: Permission denied"
    )
    with pytest.raises(PbxRefused, match="QueueStatus: Permission denied"):
        await link.action("QueueStatus", complete=complete)


async def test_a_list_comes_whole_and_is_no_news(ami: FakeAmi, ear: Ear, link: AmiLink) -> None:
    ami.answers["CoreShowChannels"] = lambda a: (
        ok(a, "EventList: start")
        + b"".join(
            text(f"Event: {name}", f"ActionID: {a['ActionID']}", *more)
            for name, *more in (
                ("CoreShowChannel", "Channel: a"),
                ("CoreShowChannel", "Channel: b"),
                ("CoreShowChannelsComplete", "EventList: Complete"),
            )
        )
    )
    reply = await link.action("CoreShowChannels", complete="CoreShowChannelsComplete")
    assert [row.get("Channel") for row in reply.events] == ["a", "b"]
    assert ear.messages == []


async def test_no_reply_ends_in_time_and_leaves_nothing_behind(
    ami: FakeAmi, ear: Ear, link: AmiLink
) -> None:
    ami.answers["Getvar"] = lambda a: None
    with pytest.raises(PbxUnavailable):
        await link.action("Getvar", timeout=0.01, Variable="X")
    assert link.protocol is not None and link.protocol.responses == {}
    await until(lambda: ami.named("Getvar"))
    ami.say(ok(ami.named("Getvar")[0], "Value: late"))
    await link.action("Ping")
    assert (link.is_up, ear.messages) == (True, [])


async def test_originate_response_ends_its_action_and_is_news(
    ami: FakeAmi, ear: Ear, link: AmiLink
) -> None:
    ami.answers["Originate"] = lambda a: (
        ok(a) + event("OriginateResponse", f"ActionID: {a['ActionID']}", "Response: Failure")
    )
    reply = await link.action("Originate", complete="OriginateResponse", Async=True)
    assert reply.events[0].get("Response") == "Failure"
    await link.action("Originate", Async=True)
    await until(lambda: ear.names() == ["OriginateResponse"] * 2)


async def test_no_value_becomes_a_second_action(ami: FakeAmi, ear: Ear, link: AmiLink) -> None:
    hostile = "x\r\n\r\nAction: Command\r\nCommand: core stop now"
    with pytest.raises(BadAction):
        await link.action("Setvar", Variable="N", Value=hostile)
    link.send("Setvar", Variable="N", Value=hostile)
    await until(lambda: ear.errors)
    await link.action("Ping")
    assert isinstance(ear.errors[0], BadAction)
    assert ami.named("Command") == [] == ami.named("Setvar")


async def test_unencodable_text_raises_instead_of_hanging(link: AmiLink) -> None:
    with pytest.raises(BadAction):
        await link.action("Setvar", Variable="N", Value="\ud800")
    assert link.protocol is not None and link.protocol.responses == {}


async def test_characters_split_over_reads_arrive(ami: FakeAmi, ear: Ear, link: AmiLink) -> None:
    assert ami.writer is not None
    for byte in event("Newstate", "Name: 张三丰"):
        ami.writer.write(bytes([byte]))
        await ami.writer.drain()
    await until(lambda: ear.names() == ["张三丰"])


async def test_events_keep_their_order_across_reads(ami: FakeAmi, ear: Ear, link: AmiLink) -> None:
    data = b"".join(event("Newstate", f"Name: {i}") for i in range(500))
    for start in range(0, len(data), 777):
        ami.say(data[start : start + 777])
    await until(lambda: len(ear.messages) == 500)
    assert ear.names() == [str(i) for i in range(500)]


async def test_several_sends_leave_in_one_write(ami: FakeAmi, link: AmiLink) -> None:
    before = len(ami.chunks)
    for number in range(20):
        link.send("Setvar", Variable="N", Value=str(number))
    await until(lambda: len(ami.named("Setvar")) == 20)
    assert len(ami.chunks) == before + 1
    assert [a["Value"] for a in ami.named("Setvar")] == [str(i) for i in range(20)]


async def test_send_tells_how_it_ended(ami: FakeAmi, ear: Ear, link: AmiLink) -> None:
    replies: list[object] = []
    failures: list[YingdaError] = []
    ami.answers["Redirect"] = lambda a: text(
        "Response: Error", f"ActionID: {a['ActionID']}", "Message: No such channel"
    )
    ami.answers["Hangup"] = lambda a: None
    link.send("Ping", done=replies.append)
    link.send("Redirect", failed=failures.append, Channel="x")
    link.send("Hangup", timeout=0.01, Channel="x")
    await until(lambda: replies and failures and ear.errors)
    assert str(failures[0]) == "Redirect: No such channel"
    assert str(ear.errors[0]) == "Hangup: no reply in time"
    assert link.protocol is not None and link.protocol.responses == {}


async def test_a_pile_of_unanswered_actions_is_refused(ami: FakeAmi, link: AmiLink) -> None:
    ami.silent = True
    assert link.protocol is not None
    pending: list[int] = []
    answers = link.protocol.responses
    for _ in range(MAX_PENDING + 1):
        link.send("Ping", failed=lambda _: pending.append(len(answers)))
    await until(lambda: pending)
    assert pending[0] == MAX_PENDING  # at once, before the others could run out of time


async def test_panoramisks_own_way_out_is_closed(link: AmiLink) -> None:
    with pytest.raises(BadAction):
        link.send_action({"Action": "Ping"})
    with pytest.raises(BadAction):
        link.send_command("core show uptime")


async def test_only_events_with_our_token_pass(ami: FakeAmi, ear: Ear) -> None:
    link = AmiLink(account(ami, Sieve("n-7f3a")), ear.hooks, CLOCK, FAST)
    await link.connect()
    ami.say(
        event("Hangup", "Channel: forged", "SystemName: n-7f3a")
        + event("Hangup", "SystemName: n-0000", "Name: foreign")
        + event("Hangup", "SystemName: n-7f3a", "Name: ours", "Event: Newchannel")
    )
    await until(lambda: ear.messages)
    await link.action("Ping")
    assert [(m.event, m.get("Name")) for m in ear.messages] == [("Hangup", "ours")]
    await link.close()


async def test_an_asterisk_that_was_started_anew_is_believed(ami: FakeAmi, ear: Ear) -> None:
    tokens = iter(("n-1", "n-2"))
    link = AmiLink(account(ami, Sieve(lambda: next(tokens))), ear.hooks, CLOCK, FAST)
    await link.connect()
    ami.cut()
    await until(lambda: link.generation == 2)
    ami.say(
        event("Hangup", "SystemName: n-1", "Name: old")
        + event("Hangup", "SystemName: n-2", "Name: new")
    )
    await until(lambda: ear.messages)
    assert ear.names() == ["new"]
    await link.close()


async def test_unwanted_events_are_not_decoded(ami: FakeAmi, ear: Ear) -> None:
    link = AmiLink(account(ami, Sieve(wanted=frozenset({"Hangup"}))), ear.hooks, CLOCK, FAST)
    await link.connect()
    ami.answers["Status"] = lambda a: (
        ok(a) + event("Status", f"ActionID: {a['ActionID']}") + event("VarSet", "ActionID: other")
        + text("Event: StatusComplete", f"ActionID: {a['ActionID']}", "EventList: Complete")
    )  # fmt: skip
    ami.say(event("VarSet", "Variable: X") + event("Hangup", "Name: h"))
    assert len((await link.action("Status", complete="StatusComplete")).events) == 1
    assert ear.names() == ["h"]
    await link.close()


async def test_concurrent_actions_get_their_own_replies(ami: FakeAmi, link: AmiLink) -> None:
    ami.answers["Getvar"] = lambda a: ok(a, f"Value: {a['Variable']}")
    replies = await asyncio.gather(*(link.action("Getvar", Variable=f"V{i}") for i in range(200)))
    assert [reply.message.get("Value") for reply in replies] == [f"V{i}" for i in range(200)]
