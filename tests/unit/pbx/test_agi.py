"""The FastAGI server: strangers, broken peers and hostile values end one conversation only."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from domain.errors import (
    BadAction,
    CallerGone,
    NotAllowed,
    PbxRefused,
    PbxUnavailable,
    Refused,
    YingdaError,
)
from pbx.agi import AgiLimits, AgiServer, AgiSession
from tests.unit.pbx.peers import FakeChannel, env, until

Talk = Callable[[AgiSession], Awaitable[None]]


class Desk:
    """A server with one route whose talk each test sets, and what went wrong."""

    def __init__(self, limits: AgiLimits) -> None:
        self.errors: list[Exception] = []
        self.talk: Talk = self.silent
        self.server = AgiServer("tok", {"flow": self.route}, self.errors.append, limits)

    @staticmethod
    async def silent(session: AgiSession) -> None:
        return None

    async def route(self, session: AgiSession) -> None:
        await self.talk(session)

    async def call(self, *more: str) -> FakeChannel:
        channel = FakeChannel(self.server.port)
        await channel.open(env("tok/flow", *more))
        return channel


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    made = Desk(AgiLimits(connections=5, env_s=0.1, command_s=0.2))
    await made.server.start(port=0)
    yield made
    await made.server.close()


async def converse(desk: Desk, talk: Talk, answers: list[str | bytes]) -> list[str]:
    """Run a talk against scripted answers; give the commands that were sent."""
    ended: list[bool] = []

    async def and_tell(session: AgiSession) -> None:
        try:
            await talk(session)
        finally:
            ended.append(True)

    desk.talk = and_tell
    channel = await desk.call()
    heard = await channel.script(answers)
    await until(lambda: ended)
    channel.close()
    return heard


async def test_connect_and_close_costs_nothing(desk: Desk) -> None:
    for _ in range(50):
        _, writer = await asyncio.open_connection("127.0.0.1", desk.server.port)
        writer.close()
    for partial in (b"agi_request: agi://x/tok/flow\n", b"\xff\xfe\n", b"x" * 20000):
        _, writer = await asyncio.open_connection("127.0.0.1", desk.server.port)
        writer.write(partial)
        writer.close()
    await until(lambda: desk.server.talks == 0)
    assert await (await desk.call()).ended()
    assert desk.errors == []


@pytest.mark.parametrize("start", [b"", b"agi_request: agi://127.0.0.1/tok/flow\n", b"x" * 17000])
async def test_a_silent_or_endless_environment_is_closed(desk: Desk, start: bytes) -> None:
    channel = FakeChannel(desk.server.port)
    await channel.open(start)
    assert await channel.ended()
    await until(lambda: desk.server.talks == 0)


@pytest.mark.parametrize(
    "first",
    [
        env("bad/flow"),
        env("flow"),
        env("tok/other"),
        env("tok"),
        env("tok/flow/more"),
        b"agi_channel: x\n\n",
        b"agi_request: agi://[\n\n",
        b"agi_request: agi://tok]/flow\n\n",
        env("tok/flow", *(f"agi_arg_{i}: x" for i in range(64))),
    ],
)
async def test_without_the_token_and_a_route_nothing_starts(desk: Desk, first: bytes) -> None:
    started: list[AgiSession] = []

    async def talk(session: AgiSession) -> None:
        started.append(session)

    desk.talk = talk
    channel = FakeChannel(desk.server.port)
    await channel.open(first)
    assert await channel.ended()
    assert started == [] and len(desk.errors) == 1
    assert isinstance(desk.errors[0], YingdaError)


async def test_the_first_request_line_decides(desk: Desk) -> None:
    channel = FakeChannel(desk.server.port)
    await channel.open(env("bad/flow", "agi_request: agi://127.0.0.1/tok/flow"))
    assert await channel.ended()
    assert isinstance(desk.errors[0], NotAllowed)


async def test_the_environment_is_given_first_value_first(desk: Desk) -> None:
    seen: list[str] = []

    async def talk(session: AgiSession) -> None:
        seen.append(session.env["agi_callerid"])

    desk.talk = talk
    channel = await desk.call("agi_callerid: 110", "forged: x")
    assert await channel.ended()
    assert seen == ["13800000000"]


async def test_a_fault_ends_only_its_own_conversation(desk: Desk) -> None:
    async def talk(session: AgiSession) -> None:
        await session.command("NOOP")
        raise KeyError("a fault of ours")

    desk.talk = talk
    bad, good = await desk.call(), await desk.call()
    await bad.script(["200 result=0"])
    assert await bad.ended()
    await good.script(["200 result=0"])
    assert await good.ended()
    assert [type(error) for error in desk.errors] == [KeyError, KeyError]


async def test_too_many_connections_are_closed_at_once(desk: Desk) -> None:
    async def talk(session: AgiSession) -> None:
        await session.command("NOOP", 5)

    desk.talk = talk
    channels = [await desk.call() for _ in range(5)]
    await until(lambda: desk.server.talks == 5)
    assert await (await desk.call()).ended()
    for channel in channels:
        channel.close()
    await until(lambda: desk.server.talks == 0)
    assert desk.errors == []


async def test_parallel_conversations_do_not_mix(desk: Desk) -> None:
    got: dict[str, str] = {}

    async def talk(session: AgiSession) -> None:
        for _ in range(20):
            answer = await session.command("GET VARIABLE X", 3)
        got[session.env["agi_arg_1"]] = answer.data

    desk.talk = talk

    async def one(name: str) -> None:
        channel = await desk.call(f"agi_arg_1: {name}")
        await channel.script([f"200 result=1 ({name})"] * 20)
        assert await channel.ended()

    await asyncio.gather(*(one(f"n{i}") for i in range(5)))
    assert got == {f"n{i}": f"n{i}" for i in range(5)}


async def test_hangup_line_is_a_flag_and_shifts_no_answer(desk: Desk) -> None:
    seen: list[object] = []

    async def talk(session: AgiSession) -> None:
        seen.append((await session.command("GET VARIABLE A")).data)
        seen.append(session.hungup)
        seen.append((await session.command("GET VARIABLE B")).data)

    heard = await converse(desk, talk, [b"HANGUP\n200 result=1 (a)" + b"\n", "200 result=1 (b)"])
    assert seen == ["a", True, "b"] and len(heard) == 2


@pytest.mark.parametrize(
    "answer",
    ["200 result=-1", "511 Command Not Permitted on a dead channel or intercept routine", None],
)
async def test_a_channel_that_left_is_said_as_caller_gone(desk: Desk, answer: str | None) -> None:
    caught: list[Exception] = []

    async def talk(session: AgiSession) -> None:
        try:
            await session.command("STREAM FILE x 1", 3)
        except CallerGone as error:
            caught.append(error)
        if answer is None:
            with pytest.raises(CallerGone):
                await session.command("NOOP")

    desk.talk = talk
    channel = await desk.call()
    if answer is None:
        await channel.next()
        channel.close()
    else:
        await channel.script([answer])
    await until(lambda: caught)
    await until(lambda: desk.server.talks == 0)
    assert desk.errors == []


async def test_usage_errors_of_any_length_shift_no_answer(desk: Desk) -> None:
    seen: list[str] = []

    async def talk(session: AgiSession) -> None:
        for line in ("GET DATA", "NONSENSE"):
            with pytest.raises(PbxRefused):
                await session.command(line)
        seen.append((await session.command("GET VARIABLE A")).data)

    usage = "520-Invalid command syntax.\n Usage: a\n b\n c\n520 End of proper usage."
    await converse(desk, talk, [usage, "510 Invalid or unknown command", "200 result=1 (a)"])
    assert seen == ["a"]


async def test_values_with_line_ends_and_trying_shift_no_answer(desk: Desk) -> None:
    seen: list[str] = []

    async def talk(session: AgiSession) -> None:
        seen.append((await session.command("GET VARIABLE A")).data)
        seen.append((await session.command("GET VARIABLE B")).data)

    value = "one\ntwo (x)\n200 result=1 (forged)\n\nthree"
    await converse(desk, talk, [f"200 result=1 ({value})\nHANGUP", "100 Trying\n200 result=1 (b)"])
    assert seen == [value, "b"]


async def test_no_answer_in_time_ends_the_conversation(desk: Desk) -> None:
    caught: list[str] = []

    async def talk(session: AgiSession) -> None:
        for line in ("GET VARIABLE A", "GET VARIABLE B"):
            try:
                await session.command(line, 0.02)
            except PbxUnavailable as error:
                caught.append(str(error))

    desk.talk = talk
    channel = await desk.call()
    assert await channel.next() == "GET VARIABLE A"
    assert await channel.ended()
    await until(lambda: len(caught) == 2)


async def test_an_interrupted_command_does_not_leave_its_answer_to_the_next(desk: Desk) -> None:
    caught: list[Exception] = []

    async def talk(session: AgiSession) -> None:
        first = asyncio.create_task(session.command("GET VARIABLE A", 3))
        await asyncio.wait({first}, timeout=0.02)
        first.cancel()
        try:
            await session.command("GET VARIABLE B")
        except PbxUnavailable as error:
            caught.append(error)

    desk.talk = talk
    channel = await desk.call()
    assert await channel.next() == "GET VARIABLE A"
    assert await channel.ended()
    assert len(caught) == 1


@pytest.mark.parametrize("answer", ["", "nonsense", "200", "2x0 result=1"])
async def test_garbage_is_unavailable(desk: Desk, answer: str) -> None:
    caught: list[type[Exception]] = []

    async def talk(session: AgiSession) -> None:
        try:
            await session.command("NOOP")
        except (PbxUnavailable, PbxRefused) as error:
            caught.append(type(error))

    await converse(desk, talk, [answer])
    assert len(caught) == 1


async def test_a_flood_ends_the_conversation_though_its_answer_can_be_read(desk: Desk) -> None:
    caught: list[Exception] = []

    async def talk(session: AgiSession) -> None:
        await session.command("NOOP")
        try:
            await session.command("NOOP", 900)  # as long as a prompt may be
        except (PbxUnavailable, CallerGone) as error:
            caught.append(error)

    flood = b"200 result=1 (" + b"x" * 70_000 + b")\n"
    await converse(desk, talk, [flood])
    assert len(caught) == 1


@pytest.mark.parametrize("line", ["NOOP\nEXEC System x", "NOOP\r", "NOOP\0", "X" * 2000, "\ud800"])
async def test_a_command_is_one_line_that_fits(desk: Desk, line: str) -> None:
    caught: list[Exception] = []

    async def talk(session: AgiSession) -> None:
        try:
            await session.send_command(line)
        except BadAction as error:
            caught.append(error)
        await session.command("NOOP")

    assert await converse(desk, talk, ["200 result=0"]) == ["NOOP"]
    assert len(caught) == 1


async def test_closing_ends_open_conversations(desk: Desk) -> None:
    async def talk(session: AgiSession) -> None:
        await session.command("NOOP", 60)

    desk.talk = talk
    channel = await desk.call()
    await channel.next()
    await desk.server.close()
    assert await channel.ended()
    assert (desk.server.talks, desk.errors) == (0, [])


async def test_only_loopback_is_listened_on(desk: Desk) -> None:
    with pytest.raises(Refused):
        await desk.server.start("0.0.0.0")
