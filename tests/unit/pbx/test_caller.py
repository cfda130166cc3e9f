"""The caller's leg over AGI: what is sent for each word, and what each answer means."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from domain.errors import BadAction, CallerGone, PbxRefused, PbxUnavailable
from domain.ports import Caller, Gathered, Recorded
from pbx import caller as caller_module
from pbx.agi import AgiServer, AgiSession
from pbx.caller import AgiCaller
from tests.unit.pbx.peers import FakeChannel, env

T = TypeVar("T")


async def talk_with(
    answers: list[str],
    talk: Callable[[Caller], Awaitable[T]],
    errors: list[Exception] | None = None,
) -> tuple[T | Exception, list[str]]:
    """Run a talk against scripted answers; give its outcome and what was sent."""
    outcome: asyncio.Future[T | Exception] = asyncio.get_running_loop().create_future()

    async def route(session: AgiSession) -> None:
        try:
            outcome.set_result(await talk(AgiCaller(session)))
        except Exception as error:
            outcome.set_result(error)

    server = AgiServer("tok", {"flow": route}, (errors if errors is not None else []).append)
    await server.start(port=0)
    channel = FakeChannel(server.port)
    await channel.open(env())
    await channel.script(answers)
    result = await asyncio.wait_for(outcome, 20)
    assert await channel.ended()
    await server.close()
    return result, channel.heard


async def test_variables_are_read_together_and_missing_ones_are_empty() -> None:
    got, sent = await talk_with(
        ["200 result=1 (01J||PJSIP/a-1)"],
        lambda c: c.variables("CC_CALL", "CC_NONE", "CHANNEL(name)"),
    )
    assert got == {"CC_CALL": "01J", "CC_NONE": "", "CHANNEL(name)": "PJSIP/a-1"}
    assert sent == ["GET FULL VARIABLE ${CC_CALL}|${CC_NONE}|${CHANNEL(name)}"]


async def test_a_value_with_the_bar_in_it_moves_no_other() -> None:
    got, sent = await talk_with(
        ["200 result=1 (01J|a|b)", "200 result=1 (01J)", "200 result=1 (a|b)"],
        lambda c: c.variables("CC_CALL", "CC_CALLED"),
    )
    assert got == {"CC_CALL": "01J", "CC_CALLED": "a|b"}
    assert sent[1:] == ["GET FULL VARIABLE ${CC_CALL}", "GET FULL VARIABLE ${CC_CALLED}"]


async def test_one_variable_is_read_as_it_is() -> None:
    for answer, value in (("200 result=1 (a|b)", "a|b"), ("200 result=0", "")):
        got, sent = await talk_with([answer], lambda c: c.variables("CHANNEL(a b)"))
        assert got == {"CHANNEL(a b)": value}
        assert sent == ['GET FULL VARIABLE "${CHANNEL(a b)}"']


@pytest.mark.parametrize("name", ["", "A B", "A\nHANGUP", 'A"', "${X}", "A(b))"])
async def test_names_of_variables_are_checked(name: str) -> None:
    for talk in (lambda c: c.variables(name), lambda c: c.set(name, "x")):
        got, sent = await talk_with([], talk)
        assert isinstance(got, BadAction) and sent == []


async def test_a_verdict_comes_last() -> None:
    _, sent = await talk_with(
        ["200 result=1"] * 3, lambda c: c.verdict("hold", CC_GROUP="sales", CC_SAY='a"b\\')
    )
    assert sent == [
        'SET VARIABLE CC_GROUP "sales"',
        'SET VARIABLE CC_SAY "a\\"b\\\\"',
        'SET VARIABLE CC_VERDICT "hold"',
    ]


async def test_a_plain_verdict_and_what_goes_with_it_are_one_question() -> None:
    got, sent = await talk_with(
        ["200 result=1"], lambda c: c.verdict("hold", CC_FALLBACK="fb-sales", CC_RANK="")
    )
    assert got is None
    assert sent == ['SET VARIABLE ARRAY(CC_FALLBACK,CC_RANK,CC_VERDICT) "fb-sales,,hold"']


async def test_answering_does_not_wait_for_sound() -> None:
    _, sent = await talk_with(["200 result=0"], lambda c: c.answer())
    assert sent == ['EXEC Answer ",i"']


async def test_prompts_play_in_order_until_a_key() -> None:
    key, sent = await talk_with(
        ["200 result=0 endpos=800", "200 result=42 endpos=80"],
        lambda c: c.play(["/p/a", "/p/b", "/p/c"], "1*"),
    )
    assert key == "*"
    assert sent == ['STREAM FILE "/p/a" "1*"', 'STREAM FILE "/p/b" "1*"']


@pytest.mark.parametrize("code", ["0x", "²", "99999999999", "abc"])
async def test_an_answer_that_names_no_key_is_unavailable(code: str) -> None:
    outcome, _ = await talk_with([f"200 result={code}"], lambda c: c.play(["/p/a"], "1"))
    assert isinstance(outcome, PbxUnavailable)


async def test_a_prompt_that_is_played_out_goes_on_where_a_key_stopped_it() -> None:
    answers = ["200 result=51 endpos=800", "200 result=49 endpos=4000", "200 result=0 endpos=9000"]
    keys, sent = await talk_with(answers, lambda c: c.play_out("/p/a"))
    assert keys == "31"
    assert sent == [f'STREAM FILE "/p/a" "0123456789*#" {at}' for at in (0, 800, 4000)]


@pytest.mark.parametrize(
    ("answer", "gathered"),
    [
        ("200 result=12", Gathered("12", timed_out=False)),
        ("200 result=1 (timeout)", Gathered("1", timed_out=True)),
        ("200 result= (timeout)", Gathered("", timed_out=True)),
        ("200 result=", Gathered("", timed_out=False)),
    ],
)
async def test_keys_up_to_the_hash_are_one_command(answer: str, gathered: Gathered) -> None:
    got, sent = await talk_with(
        ["200 result=0", answer],
        lambda c: c.gather(["/p/a", "/p/b"], most=4, first_s=5, next_s=5),
    )
    assert got == gathered
    assert sent == ['STREAM FILE "/p/a" "0123456789*#"', 'GET DATA "/p/b" 5000 4']


@pytest.mark.parametrize(
    ("answers", "gathered"),
    [
        (["200 result=1", "200 result=23 (timeout)"], Gathered("123", timed_out=True)),
        (["200 result=1", "200 result=234"], Gathered("1234", timed_out=False)),
        (["200 result= (timeout)"], Gathered("", timed_out=True)),
        (["200 result="], Gathered("", timed_out=False)),
    ],
)
async def test_first_and_next_key_wait_apart(answers: list[str], gathered: Gathered) -> None:
    got, sent = await talk_with(
        answers, lambda c: c.gather(["/p/a"], most=4, first_s=5, next_s=2.5)
    )
    assert got == gathered
    assert sent == ['GET DATA "/p/a" 5000 1', 'GET DATA "" 2500 3'][: len(answers)]


async def test_a_key_during_an_early_prompt_skips_the_rest() -> None:
    got, sent = await talk_with(
        ["200 result=49", "200 result=23 (timeout)"],
        lambda c: c.gather(["/p/a", "/p/b"], most=4, first_s=5, next_s=2.5),
    )
    assert got == Gathered("123", timed_out=True)
    assert sent[1:] == ['GET DATA "" 2500 3']


async def test_a_missing_prompt_costs_nobody_the_call() -> None:
    errors: list[Exception] = []
    got, sent = await talk_with(
        ["200 result=-1", "200 result=6", "200 result=-1", "200 result=6", "200 result=7"],
        lambda c: c.gather(["/p/a", "/p/b"], most=1, first_s=5, next_s=5),
        errors,
    )
    assert got == Gathered("7", timed_out=False)
    assert sent[-1] == 'GET DATA "" 5000 1'
    assert [type(error) for error in errors] == [PbxRefused, PbxRefused]


@pytest.mark.parametrize(("code", "digits"), [(49, "1"), (35, "")])
async def test_one_key_is_enough_for_a_menu(code: int, digits: str) -> None:
    got, sent = await talk_with(
        [f"200 result={code}"], lambda c: c.gather(["/p/a", "/p/b"], most=1, first_s=5, next_s=2)
    )
    assert got == Gathered(digits, timed_out=False) and len(sent) == 1


async def test_another_end_is_gathered_key_by_key() -> None:
    got, sent = await talk_with(
        ["200 result=0", "200 result=35", "200 result=49", "200 result=42"],
        lambda c: c.gather(["/p/a", "/p/b", "/p/c"], most=9, first_s=5, next_s=2, end="*"),
    )
    assert got == Gathered("#1", timed_out=False)
    assert sent[1:] == [
        'STREAM FILE "/p/b" "0123456789*#"',
        "WAIT FOR DIGIT 2000",
        "WAIT FOR DIGIT 2000",
    ]


async def test_a_menu_may_take_the_hash_as_a_choice() -> None:
    got, _ = await talk_with(
        ["200 result=35"], lambda c: c.gather([], most=1, first_s=5, next_s=2, end="")
    )
    assert got == Gathered("#", timed_out=False)


async def test_silence_after_the_prompts_times_out() -> None:
    got, sent = await talk_with(
        ["200 result=0", "200 result=0"],
        lambda c: c.gather(["/p/a"], most=1, first_s=5, next_s=2, end=""),
    )
    assert got == Gathered("", timed_out=True)
    assert sent[-1] == "WAIT FOR DIGIT 5000"


@pytest.mark.parametrize(
    ("answer", "recorded"),
    [
        ("200 result=35 (dtmf) endpos=16000", Recorded(2.0, "key")),
        ("200 result=0 (timeout) endpos=80000", Recorded(10.0, "limit")),
        ("200 result=0 (timeout) endpos=24000", Recorded(3.0, "silence")),
        ("200 result=-1 (hangup) endpos=8000", Recorded(1.0, "hangup")),
    ],
)
async def test_a_message_says_how_it_ended(answer: str, recorded: Recorded) -> None:
    got, sent = await talk_with([answer], lambda c: c.record("/r/m", max_s=10, silence_s=3))
    assert got == recorded
    assert sent == ['RECORD FILE "/r/m" wav "#" 10000 BEEP s=3']


async def test_a_message_that_cannot_be_written_is_refused() -> None:
    got, _ = await talk_with(
        ["200 result=-1 (writefile)"], lambda c: c.record("/r/m", max_s=10, silence_s=3)
    )
    assert isinstance(got, PbxRefused)


@pytest.mark.parametrize("answers", [["511 Command Not Permitted"], ["200 result=-1"]])
async def test_every_word_says_that_the_caller_has_gone(answers: list[str]) -> None:
    silent: list[Callable[[Caller], Awaitable[object]]] = [
        lambda c: c.variables("A"),
        lambda c: c.set("A", "x"),
        lambda c: c.answer(),
        lambda c: c.gather([], most=1, first_s=1, next_s=1, end=""),
        lambda c: c.verdict("hold"),
    ]
    for word in silent:
        got, _ = await talk_with(answers, word)
        assert isinstance(got, CallerGone)
    playing: list[Callable[[Caller], Awaitable[object]]] = [
        lambda c: c.play(["/p/a"]),
        lambda c: c.gather(["/p/a"], most=1, first_s=1, next_s=1),
    ]
    then = [] if answers[0].startswith("511") else ["511 Command Not Permitted"]
    for word in playing:
        got, _ = await talk_with(answers + then, word)
        assert isinstance(got, CallerGone)


async def test_hanging_up_twice_is_fine() -> None:
    async def talk(caller: Caller) -> str:
        await caller.hang_up()
        await caller.hang_up()
        return "done"

    got, sent = await talk_with(["200 result=1", "511 Command Not Permitted"], talk)
    assert got == "done" and sent == ["HANGUP", "HANGUP"]


async def test_a_key_that_arrives_in_two_ways_is_one_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(caller_module, "ECHO_S", 60.0)  # whatever the machine does in between

    async def two_menus(caller: Caller) -> tuple[Gathered, Gathered, Gathered]:
        menu = {"most": 1, "first_s": 5.0, "next_s": 5.0}
        first = await caller.gather(["/p/a"], **menu)  # type: ignore[arg-type]
        second = await caller.gather(["/p/b"], **menu)  # type: ignore[arg-type]
        return first, second, await caller.gather([], most=3, first_s=5, next_s=5)

    keys = ["1", "1", "2"]
    spelled = ["50", "50", "53", "53", "35"]  # 2 once more, 5, 5 once more, #
    got, sent = await talk_with(
        [*(f"200 result={key}" for key in keys), *(f"200 result={code}" for code in spelled)],
        two_menus,
    )
    assert not isinstance(got, Exception)
    assert [each.digits for each in got] == ["1", "2", "5"]
    assert sent[0].startswith('GET DATA "/p/a"') and sent[1] == sent[2]
    assert sent[3:] == ["WAIT FOR DIGIT 5000"] * 2 + sent[5:]


async def test_the_same_key_a_moment_later_is_a_second_press(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(caller_module, "ECHO_S", 0.01)

    async def slowly(caller: Caller) -> list[str]:
        first = await caller.play(["/p/a"], "1")
        await asyncio.sleep(0.05)
        return [first, await caller.play(["/p/a"], "1")]

    got, sent = await talk_with(["200 result=49", "200 result=49"], slowly)
    assert got == ["1", "1"] and len(sent) == 2
