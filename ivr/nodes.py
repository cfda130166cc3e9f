"""The plain kinds of node; pure. Each knows its branches and its part of a walk."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from domain.events import (
    GroupChosen,
    KeyPressed,
    MessageLeft,
    SurveyAnswered,
    SurveyInvited,
    SurveySkipped,
)
from domain.ids import GroupId
from domain.needs import parse as parse_needs
from ivr.model import (
    Act,
    Ask,
    At,
    CalendarSeen,
    Digits,
    Edge,
    GroupSeen,
    Heard,
    Key,
    KeyOrNone,
    Leave,
    LookAtCalendar,
    LookAtGroup,
    MessageTaken,
    Name,
    Node,
    Play,
    Prompts,
    TakeMessage,
    TellFact,
    TimedOut,
    Turn,
    fill,
    filled,
    played,
    prompt_names,
    told,
)

NEXT_KEY_S = 3.0
DEFAULT_PRIORITY = 5


class PlayNode(Node):
    """Say something and go on; `notice` marks the recording notice, heard to its end."""

    kind: Literal["play"]
    prompts: Prompts = Field(min_length=1)
    next: str
    notice: bool = False

    def edges(self) -> tuple[Edge, ...]:
        """Go on."""
        return (Edge("next", self.next),)

    def enter(self, at: At) -> Turn:
        """Play, then go on."""
        return Turn((Play(filled(self.prompts, at), self.notice),), via="next")


class MenuNode(Node):
    """Offer keys; after `tries` wrong or missing answers take `otherwise`.

    `back` leads to the menu before. Without `barge_in` the prompts are heard to their end and
    keys pressed meanwhile do not count.
    """

    kind: Literal["menu"]
    prompts: Prompts = Field(min_length=1)
    keys: dict[Key, str] = Field(min_length=1)
    labels: dict[Key, str] = Field(default_factory=dict)
    repeat: KeyOrNone = ""
    back: KeyOrNone = ""
    barge_in: bool = True
    tries: int = Field(default=3, ge=1, le=9)
    timeout_s: float = Field(default=5, ge=1, le=60)
    invalid: Prompts = ()
    no_input: Prompts = ()
    otherwise: str

    def edges(self) -> tuple[Edge, ...]:
        """List a branch per key, repeat and back, the two wrong answers and the last resort."""
        keys = tuple(Edge(key, to, key=True, field=("keys", key)) for key, to in self.keys.items())
        own = (("repeat", self.repeat), ("back", self.back))
        again = tuple(Edge(key, key=True, field=(field,)) for field, key in own if key)
        wrong = (Edge("invalid"), Edge("no_input")) if self.tries > 1 else ()
        return (*keys, *again, *wrong, Edge("otherwise", self.otherwise))

    def names(self) -> tuple[Name, ...]:
        """List its prompts."""
        return prompt_names(self, "prompts", "invalid", "no_input")

    def is_menu(self) -> bool:
        """Be where `back` comes back to."""
        return True

    def enter(self, at: At) -> Turn:
        """Ask for a key."""
        return Turn(self._ask(at, self.prompts))

    def take(self, at: At, heard: Heard) -> Turn:
        """Follow the key, say it again, go back, or count a wrong answer."""
        match heard:
            case Digits(digits) if digits in self.keys:
                return Turn((self._pressed(at, digits),), via=digits)
            case Digits(digits) if digits and digits == self.repeat:
                acts = (self._pressed(at, digits), *self._ask(at, self.prompts))
                return Turn(acts, via=digits, tries=at.tries)
            case Digits(digits) if digits and digits == self.back:
                return Turn((self._pressed(at, digits),), via=digits, back=True)
            case Digits(digits):  # nothing but the hash, which ends a question
                return self._wrong(at, digits or "#", "invalid", self.invalid)
            case TimedOut():
                return self._wrong(at, "", "no_input", self.no_input)
        return Turn(tries=at.tries)

    def _wrong(self, at: At, digits: str, label: str, prompts: Prompts) -> Turn:
        pressed = self._pressed(at, digits)
        if at.tries + 1 >= self.tries:
            return Turn((pressed,), via="otherwise")
        acts = (pressed, *self._ask(at, (*prompts, *self.prompts)))
        return Turn(acts, via=label, tries=at.tries + 1)

    def _ask(self, at: At, prompts: Prompts) -> tuple[Act, ...]:
        end = "" if "#" in (*self.keys, self.repeat, self.back) else "#"
        heard = filled(prompts, at)
        if self.barge_in:
            return (Ask(heard, 1, self.timeout_s, NEXT_KEY_S, end),)
        return (Play(heard, whole=True), Ask((), 1, self.timeout_s, NEXT_KEY_S, end))

    def _pressed(self, at: At, digits: str) -> TellFact:
        meant = self.labels.get(digits, "")
        return TellFact(KeyPressed(at.given.call, at.name, digits, meant))


class HoursNode(Node):
    """Open or closed by a calendar; without one by the hotline's own."""

    kind: Literal["hours"]
    calendar: str = ""
    open: str
    closed: str

    def edges(self) -> tuple[Edge, ...]:
        """Open or closed."""
        return Edge("open", self.open), Edge("closed", self.closed)

    def names(self) -> tuple[Name, ...]:
        """List its calendar."""
        return (Name("calendar", self.calendar, ("calendar",)),) if self.calendar else ()

    def enter(self, at: At) -> Turn:
        """Look at the calendar."""
        return Turn((LookAtCalendar(self.calendar or at.given.calendar),))

    def take(self, at: At, heard: Heard) -> Turn:
        """Go by what was seen."""
        match heard:
            case CalendarSeen(True):
                return Turn(via="open")
            case CalendarSeen(False):
                return Turn(via="closed", outcome="closed")
        return Turn()


class StaffedNode(Node):
    """Is anybody of the group signed in?"""

    kind: Literal["staffed"]
    group: str
    yes: str
    no: str

    def edges(self) -> tuple[Edge, ...]:
        """Yes or no."""
        return Edge("yes", self.yes), Edge("no", self.no)

    def names(self) -> tuple[Name, ...]:
        """List its group."""
        return (Name("group", self.group, ("group",)),)

    def enter(self, at: At) -> Turn:
        """Look at the group."""
        return Turn((LookAtGroup(self.group),))

    def take(self, at: At, heard: Heard) -> Turn:
        """Go by whether anybody is signed in."""
        match heard:
            case GroupSeen(view) if view.signed_in > 0:
                return Turn(via="yes")
            case GroupSeen():
                return Turn(via="no", outcome="nobody")
        return Turn()


def _requirement(text: str) -> str:
    """Check a requirement; one with a value of the flow in it is known only in the call."""
    if "{" not in text:
        parse_needs(text)  # raises ValueError that says what is wrong
    return text


class GroupNode(Node):
    """Send the caller to a skill group; without a priority the group's own holds.

    `needs` is asked of the agent beside what the group asks for.
    """

    kind: Literal["group"]
    group: str
    priority: int | None = Field(default=None, ge=0, le=99)
    intent: str = ""
    needs: Annotated[str, AfterValidator(_requirement)] = ""
    prompts: Prompts = ()

    def edges(self) -> tuple[Edge, ...]:
        """Leave for the hold music."""
        return (Edge("hold"),)

    def names(self) -> tuple[Name, ...]:
        """List its prompts, its group and the skills that it asks for."""
        skills = () if "{" in self.needs else sorted(parse_needs(self.needs).skills())
        asked = (Name("skill", skill, ("needs",)) for skill in skills)
        return (*prompt_names(self, "prompts"), Name("group", self.group, ("group",)), *asked)

    def is_person(self) -> bool:
        """People answer here."""
        return True

    def enter(self, at: At) -> Turn:
        """Play, choose the group, let go."""
        own = at.given.priorities.get(self.group, DEFAULT_PRIORITY)
        priority = own if self.priority is None else self.priority
        intent, needs = told(self.intent, at.values), told(self.needs, at.values)
        chosen = GroupChosen(at.given.call, GroupId(self.group), priority, intent, needs=needs)
        leave = Leave("hold", "group", self.group, priority)
        return Turn((*played(self.prompts, at), TellFact(chosen), leave), via="hold")


class VoicemailNode(Node):
    """Take a message for a group's box; shorter than `min_s` counts as none."""

    kind: Literal["voicemail"]
    box: str
    prompts: Prompts = ()
    max_s: float = Field(default=120, ge=5, le=600)
    min_s: float = Field(default=1, ge=0, le=10)
    saved: Prompts = ()
    empty: Prompts = ()
    next: str

    def edges(self) -> tuple[Edge, ...]:
        """Saved or empty, then on."""
        return Edge("saved", self.next, field=("next",)), Edge("empty", self.next, field=("next",))

    def names(self) -> tuple[Name, ...]:
        """List its prompts and its box, which is a group's."""
        return (*prompt_names(self, "prompts", "saved", "empty"), Name("group", self.box, ("box",)))

    def enter(self, at: At) -> Turn:
        """Play, then record."""
        return Turn((*played(self.prompts, at), TakeMessage(self.box, self.max_s)))

    def take(self, at: At, heard: Heard) -> Turn:
        """Keep the message, or say that there was none."""
        if not isinstance(heard, MessageTaken):
            return Turn()
        gone = heard.ended_by == "hangup"
        if heard.seconds < self.min_s:
            acts = (Leave("hangup", at.outcome or "hang_up"),) if gone else played(self.empty, at)
            return Turn(acts, via="empty")
        left = TellFact(MessageLeft(at.given.call, self.box, heard.file, heard.seconds))
        rest = (Leave("hangup", "voicemail"),) if gone else played(self.saved, at)
        return Turn((left, *rest), via="saved", outcome="voicemail")


class SurveyNode(Node):
    """Ask for a rating from 1 (worst) to 5 and hang up; the outcome of the call stays."""

    kind: Literal["survey"]
    prompts: Prompts = Field(min_length=1)
    thanks: Prompts = ()
    invalid: Prompts = ()
    tries: int = Field(default=2, ge=1, le=5)
    timeout_s: float = Field(default=5, ge=1, le=60)

    def edges(self) -> tuple[Edge, ...]:
        """Answered, asked again, or given up."""
        again = (Edge("again"),) if self.tries > 1 else ()
        return (Edge("answered", key=True), *again, Edge("no_input"), Edge("invalid"))

    def names(self) -> tuple[Name, ...]:
        """List its prompts."""
        return prompt_names(self, "prompts", "thanks", "invalid")

    def enter(self, at: At) -> Turn:
        """Invite and ask."""
        invited = TellFact(SurveyInvited(at.given.call, at.given.agent))
        return Turn((invited, self._ask(at, self.prompts)))

    def take(self, at: At, heard: Heard) -> Turn:
        """Keep the score, ask again, or give up with the reason."""
        match heard:
            case Digits(digits) if digits in ("1", "2", "3", "4", "5"):
                answered = SurveyAnswered(at.given.call, at.given.agent, int(digits))
                acts = (TellFact(answered), *played(self.thanks, at), Leave("hangup"))
                return Turn(acts, via="answered")
            case Digits():
                return self._wrong(at, "invalid", (*self.invalid, *self.prompts))
            case TimedOut():
                return self._wrong(at, "no_input", self.prompts)
        return Turn(tries=at.tries)

    def _wrong(self, at: At, reason: str, prompts: Prompts) -> Turn:
        if at.tries + 1 < self.tries:
            return Turn((self._ask(at, prompts),), via="again", tries=at.tries + 1)
        skipped = TellFact(SurveySkipped(at.given.call, at.given.agent, reason))
        return Turn((skipped, Leave("hangup")), via=reason)

    def _ask(self, at: At, prompts: Prompts) -> Ask:
        return Ask(filled(prompts, at), 1, self.timeout_s, NEXT_KEY_S)


class HangUpNode(Node):
    """Say goodbye and hang up; without an outcome the walk's own holds, else contained."""

    kind: Literal["hang_up"]
    prompts: Prompts = ()
    outcome: Literal["", "contained", "closed", "nobody", "voicemail", "hang_up"] = ""

    def edges(self) -> tuple[Edge, ...]:
        """End."""
        return (Edge("end"),)

    def enter(self, at: At) -> Turn:
        """Play, then let go."""
        outcome = self.outcome or at.outcome or "contained"
        return Turn((*played(self.prompts, at), Leave("hangup", outcome)), via="end")


class SetNode(Node):
    """Give one of the flow's declared values, which may be made of others: `{order}-{n}`."""

    kind: Literal["set"]
    name: str
    value: str
    next: str

    def edges(self) -> tuple[Edge, ...]:
        """Go on."""
        return (Edge("next", self.next),)

    def names(self) -> tuple[Name, ...]:
        """List the value that it sets."""
        return (Name("value", self.name, ("name",)),)

    def enter(self, at: At) -> Turn:
        """Set it and go on."""
        return Turn(via="next", values={self.name: fill(self.value, at.values)})


BASIC: dict[str, type[Node]] = {
    "play": PlayNode,
    "menu": MenuNode,
    "hours": HoursNode,
    "staffed": StaffedNode,
    "group": GroupNode,
    "voicemail": VoicemailNode,
    "survey": SurveyNode,
    "hang_up": HangUpNode,
    "set": SetNode,
}
"""The kinds of this file by the word that a flow uses; `ivr.kinds` has all."""
