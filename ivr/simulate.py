"""Walk a flow without a telephone: keys in, path and outcome out. Pure; a prompt takes no time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from domain.errors import Fault, Refused
from domain.events import EdgeTaken, Event, GroupChosen, StepEntered
from domain.ids import CallId
from domain.ports import GroupView
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
    HttpSeen,
    Leave,
    LookAtCalendar,
    LookAtFacts,
    LookAtGroup,
    MessageTaken,
    Play,
    TakeMessage,
    TellFact,
    TimedOut,
)
from ivr.step import begin, step
from ivr.texts import say

CALL = CallId("simulated")
_KEYS = "0123456789*#"


@dataclass(frozen=True, slots=True)
class Scene:
    """The world in which a walk is simulated; `message_s` is what callers leave by voicemail."""

    is_open: Callable[[str], bool] = lambda name: True
    staffed: Callable[[str], bool] = lambda name: True
    message_s: float = 8.0
    hangs_up: bool = False


@dataclass(slots=True)
class Walk:
    """What a walk did: nodes passed, prompts heard, branches taken, facts told, how it ended."""

    path: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    took: list[tuple[str, str]] = field(default_factory=list)
    facts: list[Event] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    outcome: str = ""
    group: str = ""
    intent: str = ""
    verdict: str = ""


def read_keys(text: str) -> tuple[str | float, ...]:
    """Read `1,w2,3`: keys, and waits in seconds; raises `Refused` on anything else.

    >>> read_keys("1,w2.5,23")
    ('1', 2.5, '2', '3')
    """
    keys: list[str | float] = []
    for part in text.replace(" ", "").split(",") if text.strip() else ():
        if part[:1] == "w":
            keys.append(_seconds(part))
        elif part and all(key in _KEYS for key in part):
            keys.extend(part)
        else:
            raise Refused(Fault("", 0, "keys", say("bad_keys", part=part)))
    return tuple(keys)


def _seconds(part: str) -> float:
    try:
        return float(part[1:])
    except ValueError:
        raise Refused(Fault("", 0, "keys", say("bad_keys", part=part))) from None


def walk(flow: Flow, keys: Iterable[str | float], scene: Scene, given: Given | None = None) -> Walk:
    """Walk a flow to its end: after the last key the caller is silent, or hangs up at a menu."""
    done = Walk()
    left = list(keys)
    state, acts = begin(flow, given or Given(CALL))
    while (heard := _carry_out(acts, left, scene, done)) is not None:
        state, acts = step(state, heard)
    return done


def _carry_out(
    acts: tuple[Act, ...], left: list[str | float], scene: Scene, done: Walk
) -> Heard | None:
    heard: Heard | None = None
    for act in acts:
        _note(act, done)
        heard = _answer(act, left, scene)
        if heard is not None:
            done.lines.append(f"  ← {_shown(heard)}")
    return heard


def _note(act: Act, done: Walk) -> None:
    match act:
        case Play(prompts) | Ask(prompts):
            done.heard.extend(str(each) for each in prompts)
            done.lines.append(f"  ♪ {' '.join(map(str, prompts))}")
        case Leave(verdict, outcome):
            done.verdict = verdict
            done.outcome = outcome
            done.lines.append(f"=> {outcome or verdict}")
        case TellFact(event):
            _fact(event, done)


def _fact(event: Event, done: Walk) -> None:
    done.facts.append(event)
    match event:
        case StepEntered(_, node, kind):
            done.path.append(node)
            done.lines.append(f"{node} ({kind})")
        case EdgeTaken(_, node, label):
            done.took.append((node, label))
        case GroupChosen(_, group, priority, intent):
            done.group, done.intent = group, intent
            done.lines.append(f"  → {group}, {priority}, {intent}")


def _answer(act: Act, left: list[str | float], scene: Scene) -> Heard | None:
    match act:
        case Ask():
            return _keys(act, left, scene)
        case LookAtCalendar(name):
            return CalendarSeen(scene.is_open(name))
        case LookAtGroup(name):
            here = int(scene.staffed(name))
            return GroupSeen(GroupView(waiting=0, ready=here, signed_in=here))
        case LookAtFacts():
            return FactsSeen({})
        case AskHttp():
            return HttpSeen(0)
        case TakeMessage(_, most_s):
            ended_by = "hangup" if scene.hangs_up else "key"
            return MessageTaken(min(scene.message_s, most_s), ended_by, "message")
    return None


def _keys(act: Ask, left: list[str | float], scene: Scene) -> Heard | None:
    digits, limit = "", act.first_s
    while len(digits) < act.most:
        if not left:
            return Digits(digits) if digits else _silence(scene)
        item = left[0]
        if isinstance(item, str):
            digits, limit = digits + item, act.next_s
            left.pop(0)
        elif item >= limit:
            left[0] = item - limit
            return Digits(digits) if digits else TimedOut()
        else:
            limit -= item
            left.pop(0)
    return Digits(digits)


def _silence(scene: Scene) -> Heard | None:
    return None if scene.hangs_up else TimedOut()


def _shown(heard: Heard) -> str:
    match heard:
        case Digits(digits):
            return digits or "#"
        case TimedOut():
            return "…"
        case CalendarSeen(is_open):
            return "open" if is_open else "closed"
        case GroupSeen(view):
            return f"{view.signed_in} signed in"
        case MessageTaken(seconds):
            return f"{seconds:g} s"
        case FactsSeen(facts):
            return ", ".join(f"{name} = {fact}" for name, fact in facts.items())
        case HttpSeen(status):
            return f"HTTP {status}"
