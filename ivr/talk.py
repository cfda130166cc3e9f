"""Walk a flow with a real caller: carries out the acts of `ivr/step` on the caller's leg.

The verdict is the last command, so that a conversation that dies leaves none and the dialplan
falls back by itself (AGISTATUS proves nothing).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from domain.errors import CallerGone
from domain.events import (
    EdgeTaken,
    Event,
    FlowEnded,
    LanguageChosen,
    NoticeHeard,
    SurveyAnswered,
    SurveyInvited,
    SurveySkipped,
)
from domain.ids import AgentId, CallId
from domain.ports import Caller, QueueView, Tell
from ivr.calendar import Calendar, DayKind, is_open, plain_day
from ivr.expression import Fact
from ivr.model import (
    NOBODY,
    Act,
    Ask,
    AskHttp,
    CalendarSeen,
    Digits,
    FactsSeen,
    Flow,
    Given,
    GroupSeen,
    Heard,
    HttpSeen,
    Leave,
    LookAtCalendar,
    LookAtFacts,
    LookAtGroup,
    MessageTaken,
    Play,
    Said,
    Secret,
    Spoken,
    TakeMessage,
    TellFact,
    TimedOut,
)
from ivr.spoken import names_of
from ivr.step import State, begin, resume, step

ANY_KEY = "0123456789*#"
_WINDOW_S = 10_000_000
SILENCE_S = 5.0
"""A message ends after so much silence."""
END_KEY_S = 0.8
"""So long we listen for the end key that people press out of habit after the last digit."""


@dataclass(frozen=True, slots=True)
class MessagePlace:
    """Where a message goes: the path to record to without its ending, and the name to tell."""

    stem: str
    file: str


def nothing_known(name: str) -> Fact:
    """Answer to every name that nothing is known."""
    return ""


def no_version(path: str) -> str:
    """Tell no version of a prompt."""
    return ""


async def nobody_to_ask(ask: AskHttp) -> HttpSeen:
    """Fail, as where there is no way out."""
    return HttpSeen(0)


@dataclass(frozen=True, slots=True)
class World:
    """What a flow may know of the world, for one call; wired by `server.py`.

    `prompt_path` takes a prompt's name and a language; `facts` answers the names of `ivr.facts`
    but `language`, which the talk itself knows; `caller` is the key of the caller's number;
    `prompt_version` names the sound behind a path that `prompt_path` gave.
    """

    call: CallId
    now_utc_ms: Callable[[], int]
    mono: Callable[[], float]
    queue: QueueView
    calendars: Mapping[str, Calendar]
    prompt_path: Callable[[str, str], str]
    messages: Callable[[CallId, str], MessagePlace]
    calendar: str = ""
    agent: AgentId = NOBODY
    day_kind: DayKind = plain_day
    priorities: Mapping[str, int] = field(default_factory=dict)
    language: str = "zh"
    caller: str = field(default="", repr=False)
    facts: Callable[[str], Fact] = nothing_known
    http: Callable[[AskHttp], Awaitable[HttpSeen]] = nobody_to_ask
    flows: Mapping[str, Flow] = field(default_factory=dict)
    prompt_version: Callable[[str], str] = no_version

    def given(self) -> Given:
        """Say what is known when the flow starts."""
        return Given(self.call, self.calendar, self.agent, self.priorities, self.caller, self.flows)


async def talk(
    flow: Flow, caller: Caller, tell: Tell, world: World, parked: State | None = None
) -> State:
    """Walk the flow until it lets go of the caller or the caller is gone; give where it stands.

    `parked`: a walk that was let go with `out` is taken up again where nobody answered.
    """
    line = _Line(caller, tell, world)
    state, acts = resume(parked) if parked else begin(flow, world.given())
    try:
        if parked:
            line.is_up = True
        while (heard := await line.carry_out(acts)) is not None:
            state, acts = step(state, heard)
    except CallerGone:
        line.survey_broken("caller_hung_up")
        line.left_with(state.outcome)
    except Exception:
        line.survey_broken("error")
        raise
    return state


def fallback_rank(priority: int, utc_ms: int) -> int:
    """Rank a caller for the dialplan's own queue: higher first, by priority and then entry.

    >>> fallback_rank(2, 5_000) > fallback_rank(5, 1_000) > fallback_rank(5, 2_000) > 0
    True
    """
    return (100 - priority) * _WINDOW_S - utc_ms // 1000 % _WINDOW_S


def _is_silent(act: Act) -> bool:
    """Tell whether an act needs no answered call; whoever waits is answered by [hold] itself."""
    if isinstance(act, Leave):
        return act.verdict == "hold"
    return isinstance(act, TellFact | LookAtCalendar | LookAtFacts | LookAtGroup)


class _Line:
    """The caller's leg with the keys typed ahead and a survey that is still open."""

    def __init__(self, caller: Caller, tell: Tell, world: World) -> None:
        self._caller = caller
        self._tell = tell
        self._world = world
        self._typed = ""
        self._asked: SurveyInvited | None = None
        self._ended = False
        self._language = world.language
        self._node = ""
        self.is_up = False

    async def carry_out(self, acts: tuple[Act, ...]) -> Heard | None:
        """Do the acts in order; give the answer to the last one, None after a verdict."""
        heard: Heard | None = None
        for act in acts:
            if not self.is_up and not _is_silent(act):
                self.is_up = True
                await self._caller.answer()
            heard = await self._do(act)
        return heard

    def survey_broken(self, reason: str) -> None:
        """Say why an open survey got no rating, so that invited = answered + skipped."""
        if self._asked:
            self._note(SurveySkipped(self._asked.call, self._asked.agent, reason))

    def left_with(self, outcome: str) -> None:
        """Say how a call ended that had an outcome (closed, nobody, voicemail) before it left."""
        if outcome and not self._ended:
            self._note(FlowEnded(self._world.call, outcome))

    async def _do(self, act: Act) -> Heard | None:
        match act:
            case TellFact(event):
                self._note(event)
            case Play():
                await self._play(act)
            case Leave():
                await self._leave(act)
            case _:
                return await self._answer(act)
        return None

    async def _answer(self, act: Act) -> Heard | None:
        match act:
            case Ask():
                return await self._ask(act)
            case TakeMessage():
                return await self._record(act)
            case AskHttp():
                return await self._world.http(act)
            case LookAtFacts(names):
                return FactsSeen({name: self._fact(name) for name in names})
            case LookAtCalendar(name):
                return CalendarSeen(self._is_open(name))
            case LookAtGroup(name):
                return GroupSeen(self._world.queue.group(name))
        return None

    def _note(self, event: Event) -> None:
        self._tell(event)
        match event:
            case SurveyInvited():
                self._asked = event
            case SurveyAnswered() | SurveySkipped():
                self._asked = None
            case FlowEnded():
                self._ended = True
            case LanguageChosen(_, language):
                self._language = language
            case EdgeTaken(_, node, _, flow):
                self._node = f"{flow}/{node}"

    async def _play(self, act: Play) -> None:
        if act.notice:
            for prompt in act.prompts:
                await self._play_notice(str(prompt), self._paths((prompt,))[0])
        elif act.whole:
            await self._caller.play(self._paths(act.prompts))
        else:
            self._typed += await self._caller.play(self._paths(act.prompts), interrupt=ANY_KEY)

    def _paths(self, said: tuple[Said, ...]) -> list[str]:
        """Find the files of prompts and values, in the language of the call."""
        names: list[str] = []
        for each in said:
            names += names_of(each, self._language) if isinstance(each, Spoken) else [each]
        return [self._world.prompt_path(name, self._language) for name in names]

    def _fact(self, name: str) -> Fact:
        return self._language if name == "language" else self._world.facts(name)

    async def _play_notice(self, prompt: str, path: str) -> None:
        """Play whole and tell how much was heard, also when the caller hangs up in it.

        Keys pressed meanwhile are kept for the next question.
        """
        start, whole = self._world.mono(), False
        version = self._world.prompt_version(path)
        try:
            self._typed += await self._caller.play_out(path)
            whole = True
        finally:
            seconds = round(self._world.mono() - start, 3)
            self._note(NoticeHeard(self._world.call, prompt, seconds, version, whole))

    async def _ask(self, act: Ask) -> Heard:
        early, end = self._taken_early(act)
        if end or len(early) == act.most:
            return await self._whole(act, early, ended=bool(end))
        got = await self._caller.gather(
            [] if early else self._paths(act.prompts),
            most=act.most - len(early),
            first_s=act.next_s if early else act.first_s,
            next_s=act.next_s,
            end=act.end,
        )
        digits = early + got.digits
        if got.timed_out and not digits:
            return TimedOut()
        return await self._whole(act, digits, ended=len(digits) < act.most)

    def _taken_early(self, act: Ask) -> tuple[str, str]:
        """Take what was typed ahead for this question, up to its end key or its last digit."""
        typed, end = self._typed, ""
        if act.most > 1 and act.end and act.end in typed[: act.most + 1]:
            early, end, self._typed = typed.partition(act.end)
        else:
            early, self._typed = typed[: act.most], typed[act.most :]
        return early, end

    async def _whole(self, act: Ask, digits: str, *, ended: bool) -> Digits:
        """Give what was pressed; after the last digit the end key still belongs to it."""
        if act.most > 1 and act.end and not ended and not self._typed:
            more = await self._caller.gather(
                [], most=1, first_s=END_KEY_S, next_s=END_KEY_S, end=act.end
            )
            self._typed += more.digits
        if act.secret:
            self._typed = ""
        return Digits(Secret(digits) if act.secret else digits)

    async def _record(self, act: TakeMessage) -> MessageTaken:
        self._typed = ""
        place = self._world.messages(self._world.call, act.box)
        got = await self._caller.record(place.stem, max_s=act.max_s, silence_s=SILENCE_S)
        return MessageTaken(got.seconds, got.ended_by, place.file)

    def _is_open(self, name: str) -> bool:
        """Look at a calendar; a hotline without one is always open."""
        calendar = self._world.calendars.get(name)
        now = self._world.now_utc_ms()
        return calendar is None or is_open(calendar, now, self._world.day_kind)

    async def _leave(self, act: Leave) -> None:
        if act.verdict == "hold":
            rank = fallback_rank(act.priority, self._world.now_utc_ms())
            await self._caller.verdict("hold", CC_FALLBACK=f"fb-{act.group}", CC_RANK=str(rank))
        elif act.verdict == "out":
            await self._caller.verdict("out", CC_NODE=self._node)
        else:
            await self._caller.verdict(act.verdict)
