"""A flow walked on a caller's leg: order of commands, typing ahead, notice, message, hang-up."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.errors import CallerGone
from domain.events import (
    EdgeTaken,
    Event,
    FlowEnded,
    GroupChosen,
    KeyPressed,
    MessageLeft,
    NoticeHeard,
    StepEntered,
    SurveyAnswered,
    SurveyInvited,
    SurveySkipped,
)
from domain.ids import AgentId, CallId
from domain.ports import Caller, Gathered, GroupView, Recorded
from ivr.calendar import calendar_from, local_ms
from ivr.holidays_cn import day_kind_cn
from ivr.lint import Known
from ivr.load import load
from ivr.model import Flow
from ivr.talk import MessagePlace, World, talk

CALL = CallId("C1")
FLOW = load(
    "service",
    """\
flow: service
start: welcome
nodes:
  welcome: {kind: play, prompts: welcome, next: notice}
  notice: {kind: play, prompts: notice, notice: true, next: hours}
  hours: {kind: hours, open: menu, closed: message}
  menu: {kind: menu, prompts: menu, keys: {"1": staffed}, otherwise: staffed}
  staffed: {kind: staffed, group: presale, yes: presale, no: message}
  presale: {kind: group, group: presale, prompts: soon}
  message: {kind: voicemail, box: presale, prompts: speak, saved: kept, next: bye}
  bye: {kind: hang_up, prompts: bye}
""",
    Known(),
)
SURVEY = load(
    "survey",
    "flow: survey\nstart: rate\nnodes:\n  rate: {kind: survey, prompts: rate, thanks: thanks}\n",
    Known(),
)
WORKDAYS = calendar_from(
    {
        "id": "workdays",
        "periods": [{"days": "mon-fri", "from": "09:00", "to": "18:00"}],
        "holidays": "CN",
    }
)


class Line:
    """The edge: a leg that plays in no time, with keys pressed during prompts or questions."""

    def __init__(
        self,
        *answers: str,
        typed: dict[str, str] | None = None,
        gone_at: str = "",
        message: Recorded | None = None,
    ) -> None:
        self.did: list[str] = []
        self.now_ms = local_ms(WORKDAYS, "2026-11-20T10:00")
        self._answers = list(answers)
        self._typed = dict(typed or {})
        self._gone_at = gone_at
        self._message = message or Recorded(8, "key")

    def _note(self, what: str) -> None:
        if self._gone_at and what == self._gone_at:
            raise CallerGone
        self.did.append(what)

    async def variables(self, *names: str) -> dict[str, str]:
        return dict.fromkeys(names, "")

    async def set(self, name: str, value: str) -> None:
        self._note(f"set {name}={value}")

    async def answer(self) -> None:
        self._note("answer")

    async def play(self, prompts: Sequence[str], interrupt: str = "") -> str:
        for prompt in prompts:
            self.now_ms += 2500
            self._note(f"play {prompt}")
            if interrupt and prompt in self._typed:
                return self._typed.pop(prompt)
        return ""

    async def play_out(self, prompt: str) -> str:
        self.now_ms += 2500
        self._note(f"play {prompt}")
        return self._typed.pop(prompt, "")

    async def gather(
        self,
        prompts: Sequence[str],
        *,
        most: int,
        first_s: float,
        next_s: float,
        end: str = "#",
    ) -> Gathered:
        self._note(f"ask {' '.join(prompts)}")
        digits = self._answers.pop(0) if self._answers else ""
        return Gathered(digits, timed_out=not digits)

    async def record(
        self, path_stem: str, *, max_s: float, silence_s: float, end: str = "#", beep: bool = True
    ) -> Recorded:
        self._note(f"record {path_stem}")
        return self._message

    async def verdict(self, value: str, **variables: str) -> None:
        if self._message.ended_by == "hangup":
            raise CallerGone
        self.did.append(f"verdict {value} {' '.join(sorted(variables))}".strip())

    async def hang_up(self) -> None:
        self._note("hang up")


class Floor:
    def __init__(self, signed_in: int = 1) -> None:
        self._signed_in = signed_in

    def group(self, name: str) -> GroupView:
        return GroupView(waiting=0, ready=0, signed_in=self._signed_in)


async def run(line: Line, flow: Flow = FLOW, world: World | None = None) -> list[Event]:
    told: list[Event] = []
    caller: Caller = line
    await talk(flow, caller, told.append, world or a_world(line))
    return told


def a_world(line: Line) -> World:
    return World(
        call=CALL,
        now_utc_ms=lambda: line.now_ms,
        mono=lambda: line.now_ms / 1000,
        queue=Floor(),
        calendars={"workdays": WORKDAYS},
        prompt_path=lambda name, language: name,
        messages=lambda call, box: MessagePlace(f"/spool/{call}", f"2026/11/20/{call}-message.mp3"),
        calendar="workdays",
        agent=AgentId("8001"),
        day_kind=day_kind_cn,
    )


async def test_the_verdict_is_the_last_command_after_the_facts() -> None:
    line = Line("1")
    told = await run(line)
    assert line.did == [
        "answer",
        "play welcome",
        "play notice",
        "ask menu",
        "play soon",
        "verdict hold CC_FALLBACK CC_RANK",
    ]
    assert told[-3:] == [
        GroupChosen(CALL, "presale", 5, ""),
        EdgeTaken(CALL, "presale", "hold", "service"),
        FlowEnded(CALL, "group"),
    ]
    assert NoticeHeard(CALL, "notice", 2.5) in told


async def test_a_key_typed_ahead_answers_the_menu() -> None:
    line = Line(typed={"welcome": "1"})
    told = await run(line)
    assert "ask menu" not in line.did
    assert KeyPressed(CALL, "menu", "1") in told


async def test_a_key_does_not_cut_the_notice_and_is_not_lost() -> None:
    line = Line(typed={"notice": "1"})
    told = await run(line)
    assert line.did[2:4] == ["play notice", "play soon"]
    assert NoticeHeard(CALL, "notice", 2.5) in told
    assert KeyPressed(CALL, "menu", "1") in told


async def test_closed_by_the_calendar_takes_a_message() -> None:
    line = Line()
    line.now_ms = local_ms(WORKDAYS, "2026-11-21T10:00")
    told = await run(line)
    assert told[-3:] == [
        StepEntered(CALL, "bye", "hang_up", "service"),
        EdgeTaken(CALL, "bye", "end", "service"),
        FlowEnded(CALL, "voicemail"),
    ]
    assert MessageLeft(CALL, "presale", "2026/11/20/C1-message.mp3", 8) in told
    assert line.did[-5:] == [
        "play speak",
        "record /spool/C1",
        "play kept",
        "play bye",
        "verdict hangup",
    ]


async def test_nobody_signed_in_takes_a_message_too() -> None:
    line = Line("1")
    told = await run(line, FLOW, replace(a_world(line), queue=Floor(0)))
    assert FlowEnded(CALL, "voicemail") in told


async def test_a_message_that_ends_with_a_hang_up_is_kept() -> None:
    line = Line("1", message=Recorded(4, "hangup"))
    told = await run(line, FLOW, replace(a_world(line), queue=Floor(0)))
    assert told[-1] == FlowEnded(CALL, "voicemail")


async def test_a_hotline_without_a_calendar_is_open() -> None:
    line = Line("1")
    line.now_ms = local_ms(WORKDAYS, "2026-11-21T03:00")
    told = await run(line, FLOW, replace(a_world(line), calendar=""))
    assert FlowEnded(CALL, "group") in told


@pytest.mark.parametrize("gone_at", ["answer", "play welcome", "play notice", "ask menu"])
async def test_a_caller_who_leaves_ends_the_talk_quietly(gone_at: str) -> None:
    line = Line("1", gone_at=gone_at)
    told = await run(line)
    assert not any(isinstance(event, FlowEnded | GroupChosen) for event in told)
    assert not any(did.startswith("verdict") for did in line.did)


@pytest.mark.parametrize(
    ("gone_at", "outcome"),
    [("play speak", "closed"), ("play kept", "voicemail"), ("play bye", "voicemail")],
)
async def test_who_hangs_up_after_closing_time_is_counted_as_such(
    gone_at: str, outcome: str
) -> None:
    line = Line(gone_at=gone_at)
    line.now_ms = local_ms(WORKDAYS, "2026-11-21T10:00")
    told = await run(line)
    assert [event for event in told if isinstance(event, FlowEnded)] == [FlowEnded(CALL, outcome)]


async def test_the_notice_counts_as_far_as_it_was_heard() -> None:
    told = await run(Line(gone_at="play notice"))
    assert told[-1] == NoticeHeard(CALL, "notice", 2.5, whole=False)


def rated(told: list[Event]) -> list[Event]:
    return [e for e in told if isinstance(e, SurveyInvited | SurveyAnswered | SurveySkipped)]


async def test_a_rating_is_told_for_the_agent() -> None:
    line = Line("5")
    told = await run(line, SURVEY)
    agent = AgentId("8001")
    assert rated(told) == [SurveyInvited(CALL, agent), SurveyAnswered(CALL, agent, 5)]
    assert line.did[-2:] == ["play thanks", "verdict hangup"]


async def test_who_hangs_up_in_the_survey_is_counted_once() -> None:
    agent = AgentId("8001")
    told = await run(Line(gone_at="ask rate"), SURVEY)
    assert rated(told) == [SurveyInvited(CALL, agent), SurveySkipped(CALL, agent, "caller_hung_up")]
    told = await run(Line("4", gone_at="play thanks"), SURVEY)
    assert rated(told) == [SurveyInvited(CALL, agent), SurveyAnswered(CALL, agent, 4)]


async def test_a_failure_gives_no_verdict_and_closes_the_survey() -> None:
    line = Line()
    told: list[Event] = []

    def no_path(name: str, language: str) -> str:
        raise LookupError(name)

    with pytest.raises(LookupError):
        await talk(SURVEY, line, told.append, replace(a_world(line), prompt_path=no_path))
    assert told[-1] == SurveySkipped(CALL, AgentId("8001"), "error")
    assert line.did == ["answer"]


async def test_who_only_waits_is_answered_by_the_dialplan() -> None:
    text = "flow: f\nstart: g\nnodes:\n  g: {kind: group, group: presale}\n"
    line = Line()
    await run(line, load("f", text, Known()))
    assert line.did == ["verdict hold CC_FALLBACK CC_RANK"]
