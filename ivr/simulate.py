"""Walk a flow without a telephone: keys in, path and outcome out. Pure; a prompt takes no time.

The page's simulator, `yingda flow sim` and `yingda flow test` all walk with `ivr.step`, the very
function that runs live.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any
from urllib.parse import quote

from domain.errors import Fault, Refused
from domain.events import (
    AgentChosen,
    CallbackAsked,
    EdgeTaken,
    Event,
    GroupChosen,
    LanguageChosen,
    OutsideChosen,
    StepEntered,
)
from domain.ids import CallId
from ivr.model import (
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
    Leave,
    LookAtCalendar,
    LookAtFacts,
    LookAtGroup,
    MessageTaken,
    Play,
    Said,
    Secret,
    TakeMessage,
    TellFact,
    TimedOut,
)
from ivr.scene import Scene
from ivr.step import State, begin, resume, step
from ivr.texts import say

CALL = CallId("simulated")
HANG_UP = "h"
"""Stands among the keys for a caller who hangs up."""
_KEYS = "0123456789*#"


@dataclass(slots=True)
class Stop:
    """One node passed: what was said there, what was waited for, what was answered, where next."""

    flow: str
    node: str
    kind: str
    turns: list[tuple[str, Said]] = field(default_factory=list)
    took: str = ""
    language: str = ""

    def note(self, word: str, *what: Said) -> None:
        """Note in order what was said (`said`), answered (`heard`) or decided (`told`)."""
        self.turns.extend((word, each) for each in what)

    def said(self) -> list[Said]:
        """List what the caller heard here."""
        return [what for word, what in self.turns if word == "said"]


@dataclass(slots=True)
class Walk:
    """What a walk did. `waiting` is the question that nobody answered, if the keys ran out.

    `path` names the nodes, those of sub-flows as `flow/node`; `took` the branches with their
    flow; `asked` the questions to other systems.
    """

    path: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    took: list[tuple[str, str, str]] = field(default_factory=list)
    facts: list[Event] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    values: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""
    group: str = ""
    agent: str = ""
    number: str = ""
    callback: str = ""
    intent: str = ""
    language: str = ""
    verdict: str = ""
    waiting: Ask | None = None
    state: State | None = None


def read_keys(text: str) -> tuple[str | float, ...]:
    """Read `1,w2,3`: keys, waits in seconds, `t` (no key until the time-out), `h` (hangs up).

    >>> read_keys("1,w2.5,23,t,h")
    ('1', 2.5, '2', '3', inf, 'h')
    """
    keys: list[str | float] = []
    for part in text.replace(" ", "").split(",") if text.strip() else ():
        if part[:1] == "w":
            keys.append(_seconds(part))
        elif part == "t":
            keys.append(inf)
        elif part == HANG_UP:
            keys.append(HANG_UP)
        elif part and all(key in _KEYS for key in part):
            keys.extend(part)
        else:
            raise Refused(Fault("", 0, "keys", say("bad_keys", part=part)))
    return tuple(keys)


def _seconds(part: str) -> float:
    try:
        seconds = float(part[1:])
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 3600:
        raise Refused(Fault("", 0, "keys", say("bad_keys", part=part)))
    return seconds


def walk(
    flow: Flow,
    keys: Iterable[str | float],
    scene: Scene,
    given: Given | None = None,
    *,
    patient: bool = False,
) -> Walk:
    """Walk a flow to its end: after the last key the caller is silent, or hangs up at a menu.

    `patient` stops at the first question that the keys do not answer.
    """
    known = replace(given or Given(CALL), caller=scene.caller)
    return _Walker(scene, list(keys), patient).walk(flow, known)


class _Walker:
    """Carries out what a walk asks for, in the scene."""

    def __init__(self, scene: Scene, keys: list[str | float], patient: bool) -> None:
        self._scene = scene
        self._left = keys
        self._patient = patient
        self._done = Walk(language=str(scene.facts.get("language", "")))
        self._asked: dict[str, int] = {}

    def walk(self, flow: Flow, given: Given) -> Walk:
        state, acts = begin(flow, given)
        while (heard := self._carry_out(state, acts)) is not None:
            state, acts = step(state, heard)
            if state.over and self._let_ring(acts):
                self._carry_out(state, acts)
                state, acts = resume(state)
        self._done.values = _shown_values(state.values)
        self._done.state = state
        return self._done

    def _let_ring(self, acts: tuple[Act, ...]) -> bool:
        """Tell whether the caller comes back, because nobody answers outside."""
        last = acts[-1] if acts else None
        return isinstance(last, Leave) and last.verdict == "out" and not self._scene.outside

    def _carry_out(self, state: State, acts: tuple[Act, ...]) -> Heard | None:
        heard: Heard | None = None
        for act in acts:
            self._note(act)
            heard = self._answer(state, act)
            if heard is not None:
                self._stop().note("heard", _shown(heard))
        return heard

    def _stop(self) -> Stop:
        stops = self._done.stops
        if not stops:  # asked before the first node: who calls
            stops.append(Stop("", "", "straight"))
        return stops[-1]

    def _note(self, act: Act) -> None:
        match act:
            case Play(prompts) | Ask(prompts):
                self._stop().note("said", *prompts)
                self._done.heard.extend(str(each) for each in prompts)
            case Leave(verdict, outcome):
                self._done.verdict, self._done.outcome = verdict, outcome
            case TellFact(event):
                self._fact(event)

    def _fact(self, event: Event) -> None:
        done = self._done
        done.facts.append(event)
        match event:
            case StepEntered(_, node, kind, flow):
                done.path.append(node if self._is_top(flow) else f"{flow}/{node}")
                done.stops.append(Stop(flow, node, kind, language=done.language))
            case EdgeTaken(_, node, label, flow):
                done.took.append((flow, node, label))
                self._stop().took = label
            case GroupChosen(_, group, priority, intent):
                done.group, done.intent = group, intent
                self._stop().note("told", f"→ {group}, {priority}, {intent}")
            case _:
                self._way_out(event)

    def _way_out(self, event: Event) -> None:
        done = self._done
        match event:
            case AgentChosen():
                done.agent, done.group, done.intent = event.agent, event.group, event.intent
                self._stop().note("told", f"→ {event.agent}, {event.group}")
            case OutsideChosen():
                done.number = event.number
                self._stop().note("told", f"→ {event.number}")
            case CallbackAsked():
                done.callback, done.group, done.intent = event.number, event.group, event.intent
                self._stop().note("told", f"→ {event.group}, {event.number}")
            case LanguageChosen(_, language):
                done.language = self._stop().language = language

    def _is_top(self, flow: str) -> bool:
        first = next((stop.flow for stop in self._done.stops if stop.flow), flow)
        return flow == first

    def _answer(self, state: State, act: Act) -> Heard | None:
        scene = self._scene
        match act:
            case Ask():
                return self._keys(act)
            case LookAtCalendar(name):
                return CalendarSeen(scene.is_open(name))
            case LookAtGroup(name):
                return GroupSeen(scene.queue(name).view())
            case LookAtFacts(names):
                return FactsSeen({name: self._known(name) for name in names})
            case AskHttp():
                return self._http(state, act)
            case TakeMessage(_, most_s):
                ended_by = "hangup" if scene.hangs_up else "key"
                return MessageTaken(min(scene.message_s, most_s), ended_by, "message")
        return None

    def _known(self, name: str) -> Any:
        return self._done.language if name == "language" else self._scene.fact(name)

    def _http(self, state: State, act: AskHttp) -> Heard:
        place = f"{state.flow.name}/{state.node}"
        before = self._asked.get(place, 0)
        self._asked[place] = before + 1
        self._done.asked.append(f"{act.method} {_without_secrets(act.url, state.values)}")
        return self._scene.answer(state.flow.name, state.node, before)

    def _keys(self, act: Ask) -> Heard | None:
        digits, limit = "", act.first_s
        while len(digits) < act.most:
            if not self._left:
                return self._nothing_left(act, digits)
            item = self._left[0]
            if isinstance(item, float) and item < limit:
                limit -= item
                self._left.pop(0)
            elif isinstance(item, float):
                self._waited(item - limit)
                return self._got(act, digits) if digits else TimedOut()
            elif item == HANG_UP:
                return None
            else:
                self._left.pop(0)
                if item == act.end:
                    return self._got(act, digits)
                digits, limit = digits + item, act.next_s
        return self._got(act, digits)

    def _waited(self, rest: float) -> None:
        """Keep what is left of a long wait; `t` waits for one time-out only."""
        if rest == inf:
            self._left.pop(0)
        else:
            self._left[0] = rest

    def _nothing_left(self, act: Ask, digits: str) -> Heard | None:
        if self._patient:
            self._done.waiting = act
            return None
        if digits:
            return self._got(act, digits)
        return None if self._scene.hangs_up else TimedOut()

    def _got(self, act: Ask, digits: str) -> Heard:
        return Digits(Secret(digits) if act.secret else digits)


def _without_secrets(url: str, values: Mapping[str, str]) -> str:
    """Put stars for secrets, which stand in an address as it writes them."""
    for value in values.values():
        if isinstance(value, Secret) and value:
            url = url.replace(quote(value, safe=""), repr(value))
    return url


def _shown_values(values: Mapping[str, str]) -> dict[str, str]:
    return {
        name: repr(value) if isinstance(value, Secret) else value for name, value in values.items()
    }


def _shown(heard: Heard) -> str:
    match heard:
        case Digits(digits):
            return (repr(digits) if isinstance(digits, Secret) else digits) or "#"
        case TimedOut():
            return "…"
        case CalendarSeen(is_open):
            return "open" if is_open else "closed"
        case GroupSeen(view):
            return f"{view.signed_in} signed in"
        case MessageTaken(seconds):
            return f"{seconds:g} s"
        case FactsSeen(facts):
            return ", ".join(f"{name} = {_plain(fact)}" for name, fact in facts.items())
    return f"HTTP {heard.status}" if heard.status else "HTTP: no answer"


def _plain(fact: object) -> str:
    return " ".join(map(str, fact)) if isinstance(fact, tuple) else str(fact)
