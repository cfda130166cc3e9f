"""The wider language on a caller's leg: values said, language, keys typed ahead, secrets, HTTP."""

from collections.abc import Sequence
from dataclasses import replace

from domain.events import HttpAsked, KeyPressed, LanguageChosen, SecretBegan, SecretEnded
from domain.ids import CallId
from domain.ports import Gathered
from ivr.acts import AskHttp, HttpSeen
from ivr.expression import Fact
from ivr.lint import Known
from ivr.load import load
from ivr.model import Secret
from ivr.talk import talk
from tests.unit.ivr.test_talk import Line, a_world, run

CALL = CallId("C1")
FLOW = load(
    "order",
    """\
flow: order
start: lang
values: {order: "", status: "", pin: ""}
nodes:
  lang: {kind: language, prompts: which, keys: {"1": zh, "2": en}, next: ask}
  ask:
    {kind: collect, prompts: ask, into: order, least: 2, most: 4, next: look, otherwise: person}
  look:
    kind: http
    url: "https://shop.example/{order}"
    take: {status: $.status}
    found: tell
    missing: person
    failed: person
  tell: {kind: say, parts: [{prompt: yours}, {digits: "{order}"}], next: pin}
  pin:
    {kind: collect, prompts: pin, into: pin, least: 6, most: 6, secret: true, next: which,
     otherwise: person}
  which: {kind: branch, cases: [{if: 'language == "en" and vip', to: out}], otherwise: person}
  out: {kind: number, to: "02812345678", otherwise: person}
  person: {kind: group, group: presale, prompts: soon}
""",
    Known(),
)


class Keys(Line):
    """A leg on which whole answers are given in turn; an answer with # ends by that key."""

    async def gather(
        self,
        prompts: Sequence[str],
        *,
        most: int,
        first_s: float,
        next_s: float,
        end: str = "#",
    ) -> Gathered:
        self._note(f"ask {' '.join(prompts)} {most} {first_s:g}".replace("  ", " "))
        digits = self._answers.pop(0) if self._answers else ""
        return Gathered(digits.rstrip("#"), timed_out=not digits)


def facts(name: str) -> Fact:
    return {"vip": 1}.get(name, "")


async def test_language_values_http_secret_and_the_way_out() -> None:
    asked: list[AskHttp] = []

    async def http(ask: AskHttp) -> HttpSeen:
        asked.append(ask)
        return HttpSeen(200, {"status": "shipped"}, 30.0)

    line = Keys("2", "77#", "908172", "")
    world = replace(
        a_world(line),
        facts=facts,
        http=http,
        prompt_path=lambda name, language: f"{language}/{name}",
    )
    told = await run(line, FLOW, world)
    assert line.did == [
        "answer",
        "ask zh/which 1 5",
        "ask en/ask 4 6",
        "play en/yours",
        "play en/num/7",
        "play en/num/7",
        "ask en/pin 6 6",
        "ask 1 0.8",
        "verdict out CC_NODE",
    ]
    assert LanguageChosen(CALL, "en") in told
    assert HttpAsked(CALL, "look", 200, 30.0) in told
    assert [ask.url for ask in asked] == ["https://shop.example/77"]
    assert told.index(SecretBegan(CALL, "pin")) < told.index(SecretEnded(CALL, "pin"))
    assert KeyPressed(CALL, "pin", "******") in told
    assert "908172" not in repr(told)


async def test_a_walk_that_let_go_is_taken_up_again() -> None:
    line = Keys("2", "77#", "908172", "")
    told: list[object] = []

    async def http(ask: AskHttp) -> HttpSeen:
        return HttpSeen(200, {"status": "shipped"})

    world = replace(a_world(line), facts=facts, http=http)
    state = await talk(FLOW, line, told.append, world)
    line.did.clear()
    await talk(FLOW, line, told.append, world, state)
    assert line.did == ["play soon", "verdict hold CC_FALLBACK CC_RANK"]


async def test_the_end_key_after_the_last_digit_is_not_the_next_answer() -> None:
    line = Keys("1", "1234", "#")
    told = await run(line, FLOW)
    assert line.did[2:4] == ["ask ask 4 6", "ask 1 0.8"]
    assert KeyPressed(CALL, "ask", "1234") in told


async def test_another_key_after_the_last_digit_is_typed_ahead() -> None:
    flow = load(
        "f",
        "flow: f\nstart: a\nvalues: {n: ''}\nnodes:\n"
        "  a: {kind: collect, prompts: ask, into: n, most: 2, next: m, otherwise: p}\n"
        '  m: {kind: menu, prompts: menu, keys: {"5": p}, otherwise: p}\n'
        "  p: {kind: group, group: presale}\n",
        Known(),
    )
    line = Keys("12", "5")
    told = await run(line, flow)
    assert KeyPressed(CALL, "m", "5") in told
    assert line.did == ["answer", "ask ask 2 6", "ask 1 0.8", "verdict hold CC_FALLBACK CC_RANK"]


async def test_digits_typed_ahead_answer_up_to_the_end_key() -> None:
    flow = load(
        "f",
        "flow: f\nstart: hi\nvalues: {n: ''}\nnodes:\n"
        "  hi: {kind: play, prompts: [hi, there], next: hello}\n"
        "  hello: {kind: play, prompts: hello, next: a}\n"
        "  a: {kind: collect, prompts: ask, into: n, most: 9, next: p, otherwise: p}\n"
        '  p: {kind: group, group: presale, intent: "{n}"}\n',
        Known(),
    )
    line = Keys(typed={"hi": "1", "hello": "#"})
    told = await run(line, flow)
    assert KeyPressed(CALL, "a", "1") in told
    assert not any(did.startswith("ask") for did in line.did)


async def test_without_barge_in_the_menu_is_heard_to_its_end() -> None:
    flow = load(
        "f",
        "flow: f\nstart: m\nnodes:\n"
        '  m: {kind: menu, prompts: [one, two], keys: {"1": p}, barge_in: false, otherwise: p}\n'
        "  p: {kind: group, group: presale}\n",
        Known(),
    )
    line = Keys("1", typed={"one": "9"})
    told = await run(line, flow)
    assert line.did[1:4] == ["play one", "play two", "ask 1 5"]
    assert KeyPressed(CALL, "m", "1") in told


def test_a_secret_shows_itself_as_stars() -> None:
    hidden = Secret("123456")
    assert f"{hidden!r} {[hidden]} {(hidden,)}" == "****** [******] (******,)"
    assert hidden == "123456"
