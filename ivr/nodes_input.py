"""Nodes that take in more than one key: collect digits, choose a language, ask for a call back."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from domain.events import (
    CallbackAsked,
    KeyPressed,
    LanguageChosen,
    SecretBegan,
    SecretEnded,
)
from domain.ids import GroupId
from domain.numbers import classify, mask, parse
from ivr.digits import CHECKS
from ivr.model import (
    Act,
    Ask,
    At,
    Digits,
    Edge,
    Heard,
    Key,
    KeyOrNone,
    Name,
    Node,
    Prompts,
    Said,
    Secret,
    Spoken,
    TellFact,
    TimedOut,
    Turn,
    filled,
    played,
    prompt_names,
    told,
)
from ivr.nodes import DEFAULT_PRIORITY, NEXT_KEY_S
from ivr.texts import say

YES, AGAIN = "1", "2"
"""What the prompt `confirm` offers."""
_CALLABLE = ("mobile", "landline")


class CollectNode(Node):
    """Collect keys into a value of the flow: least to most of them, ended by `end`.

    `star` stands for the key `*` (X in an identity card). `confirm` reads them back. What is
    `secret` is never recorded, written down, shown or read back.
    """

    kind: Literal["collect"]
    prompts: Prompts = Field(min_length=1)
    into: str
    least: int = Field(default=1, ge=1, le=40)
    most: int = Field(ge=1, le=40)
    end: KeyOrNone = "#"
    star: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]?$")] = ""
    check: Literal["", "id_card", "luhn"] = ""
    confirm: bool = False
    heard: Prompts = ()
    confirm_prompts: Prompts = ("confirm",)
    secret: bool = False
    tries: int = Field(default=3, ge=1, le=9)
    first_s: float = Field(default=6, ge=1, le=60)
    next_s: float = Field(default=4, ge=1, le=60)
    invalid: Prompts = ()
    no_input: Prompts = ()
    next: str
    otherwise: str

    @model_validator(mode="after")
    def _makes_sense(self) -> "CollectNode":
        if self.least > self.most:
            raise ValueError(say("least_most"))
        if self.secret and self.confirm:
            raise ValueError(say("secret_aloud"))
        return self

    def edges(self) -> tuple[Edge, ...]:
        """Collected, entered again, wrong, or given up."""
        again = (Edge("again", key=True),) if self.confirm else ()
        wrong = (Edge("invalid"), Edge("no_input")) if self.tries > 1 else ()
        return (
            Edge("next", self.next, key=True),
            *again,
            *wrong,
            Edge("otherwise", self.otherwise),
        )

    def names(self) -> tuple[Name, ...]:
        """List its prompts and the value that it gives."""
        read_back = ("heard", "confirm_prompts") if self.confirm else ()
        prompts = prompt_names(self, "prompts", *read_back, "invalid", "no_input")
        return (*prompts, Name("value", self.into, ("into",)))

    def enter(self, at: At) -> Turn:
        """Ask for the keys."""
        began = (TellFact(SecretBegan(at.given.call, at.name)),) if self.secret else ()
        return Turn((*began, self._ask(at, self.prompts)))

    def take(self, at: At, heard: Heard) -> Turn:
        """Keep what fits, read it back, or count a wrong answer."""
        match heard:
            case Digits(digits) if at.memo:
                return self._confirmed(at, digits)
            case Digits(digits):
                return self._given(at, digits)
            case TimedOut():
                return self._wrong(at, "", "no_input", self.no_input)
        return Turn(tries=at.tries, memo=at.memo)

    def _given(self, at: At, digits: str) -> Turn:
        typed = digits.replace("*", self.star) if self.star else digits
        if not self._fits(typed):
            return self._wrong(at, digits or self.end, "invalid", self.invalid)
        pressed = self._pressed(at, digits)
        if self.confirm:
            return Turn((pressed, self._read_back(at, typed)), tries=at.tries, memo=typed)
        value = Secret(typed) if self.secret else typed
        acts = (pressed, *self._ended(at))
        return Turn(acts, via="next", values={self.into: value})

    def _confirmed(self, at: At, digits: str) -> Turn:
        pressed = self._pressed(at, digits)
        if digits == YES:
            return Turn((pressed,), via="next", values={self.into: at.memo})
        if digits == AGAIN:
            return Turn((pressed, self._ask(at, self.prompts)), via="again", tries=at.tries)
        return self._wrong(at, digits or "#", "invalid", self.invalid)

    def _fits(self, typed: str) -> bool:
        plain = all(sign.isascii() and (sign.isdigit() or sign in self.star) for sign in typed)
        long_enough = self.least <= len(typed) <= self.most
        return plain and long_enough and CHECKS[self.check](typed)

    def _wrong(self, at: At, digits: str, label: str, prompts: Prompts) -> Turn:
        pressed = self._pressed(at, digits)
        if at.tries + 1 >= self.tries:
            return Turn((pressed, *self._ended(at)), via="otherwise")
        if at.memo:
            ask = self._read_back(at, at.memo, prompts)
        else:
            ask = self._ask(at, (*prompts, *self.prompts))
        return Turn((pressed, ask), via=label, tries=at.tries + 1, memo=at.memo)

    def _ask(self, at: At, prompts: Prompts) -> Ask:
        heard = filled(prompts, at)
        return Ask(heard, self.most, self.first_s, self.next_s, self.end, self.secret)

    def _read_back(self, at: At, typed: str, before: Prompts = ()) -> Ask:
        aloud: tuple[Said, ...] = (*filled((*before, *self.heard), at), Spoken("code", typed))
        return Ask((*aloud, *filled(self.confirm_prompts, at)), 1, self.first_s, NEXT_KEY_S)

    def _pressed(self, at: At, digits: str) -> TellFact:
        shown = "*" * len(digits) if self.secret else digits
        return TellFact(KeyPressed(at.given.call, at.name, shown))

    def _ended(self, at: At) -> tuple[Act, ...]:
        return (TellFact(SecretEnded(at.given.call, at.name)),) if self.secret else ()


class LanguageNode(Node):
    """Let the caller choose a language; who chooses none keeps the hotline's."""

    kind: Literal["language"]
    prompts: Prompts = Field(min_length=1)
    keys: dict[Key, Literal["zh", "en"]] = Field(min_length=1)
    tries: int = Field(default=2, ge=1, le=9)
    timeout_s: float = Field(default=5, ge=1, le=60)
    invalid: Prompts = ()
    no_input: Prompts = ()
    next: str

    def edges(self) -> tuple[Edge, ...]:
        """List a branch per key, the wrong answers and the last resort: all go on."""
        keys = tuple(Edge(key, self.next, key=True, field=("next",)) for key in self.keys)
        wrong = (Edge("invalid"), Edge("no_input")) if self.tries > 1 else ()
        return (*keys, *wrong, Edge("otherwise", self.next, field=("next",)))

    def names(self) -> tuple[Name, ...]:
        """List its prompts."""
        return prompt_names(self, "prompts", "invalid", "no_input")

    def enter(self, at: At) -> Turn:
        """Ask for a key."""
        return Turn((self._ask(at, self.prompts),))

    def take(self, at: At, heard: Heard) -> Turn:
        """Speak the language chosen from now on."""
        match heard:
            case Digits(digits) if digits in self.keys:
                chosen = TellFact(LanguageChosen(at.given.call, self.keys[digits]))
                return Turn((self._pressed(at, digits), chosen), via=digits)
            case Digits(digits):
                return self._wrong(at, digits or "#", "invalid", self.invalid)
            case TimedOut():
                return self._wrong(at, "", "no_input", self.no_input)
        return Turn(tries=at.tries)

    def _wrong(self, at: At, digits: str, label: str, prompts: Prompts) -> Turn:
        pressed = self._pressed(at, digits)
        if at.tries + 1 >= self.tries:
            return Turn((pressed,), via="otherwise")
        acts = (pressed, self._ask(at, (*prompts, *self.prompts)))
        return Turn(acts, via=label, tries=at.tries + 1)

    def _ask(self, at: At, prompts: Prompts) -> Ask:
        end = "" if "#" in self.keys else "#"
        return Ask(filled(prompts, at), 1, self.timeout_s, NEXT_KEY_S, end)

    def _pressed(self, at: At, digits: str) -> TellFact:
        return TellFact(KeyPressed(at.given.call, at.name, digits, self.keys.get(digits, "")))


class CallbackNode(Node):
    """Promise a call back by a group: at the caller's number if confirmed, or at one typed in.

    Only mobile and landline numbers of this country are called back.
    """

    kind: Literal["callback"]
    group: str
    priority: int | None = Field(default=None, ge=0, le=99)
    intent: str = ""
    prompts: Prompts = ()
    heard: Prompts = ("phone_heard",)
    confirm_prompts: Prompts = ("confirm",)
    ask: Prompts = ("phone_ask",)
    saved: Prompts = ("callback_saved",)
    invalid: Prompts = ()
    tries: int = Field(default=3, ge=1, le=9)
    timeout_s: float = Field(default=6, ge=1, le=60)
    next: str
    otherwise: str = ""

    def edges(self) -> tuple[Edge, ...]:
        """Promised, another number, wrong, or given up."""
        wrong = (Edge("invalid"), Edge("no_input")) if self.tries > 1 else ()
        to, field = (self.otherwise, "otherwise") if self.otherwise else (self.next, "next")
        last = Edge("otherwise", to, field=(field,))
        saved = Edge("saved", self.next, key=True, field=("next",))
        return (saved, Edge("other", key=True), *wrong, last)

    def names(self) -> tuple[Name, ...]:
        """List its prompts and its group."""
        fields = ("prompts", "heard", "confirm_prompts", "ask", "saved", "invalid")
        return (*prompt_names(self, *fields), Name("group", self.group, ("group",)))

    def enter(self, at: At) -> Turn:
        """Offer the number that calls, or ask for one."""
        memo = at.given.caller if classify(at.given.caller) in _CALLABLE else ""
        return Turn((*played(self.prompts, at), self._asked(at, memo)), memo=memo)

    def take(self, at: At, heard: Heard) -> Turn:
        """Go by the key, or by the number that was typed."""
        match heard:
            case Digits(digits) if at.memo:
                return self._chosen(at, digits)
            case Digits(digits):
                return self._typed(at, digits)
            case TimedOut():
                return self._wrong(at, "", "no_input")
        return Turn(tries=at.tries, memo=at.memo)

    def _chosen(self, at: At, digits: str) -> Turn:
        pressed = self._pressed(at, digits)
        if digits == YES:
            acts = (pressed, self._promise(at), *played(self.saved, at))
            return Turn(acts, via="saved", outcome="callback")
        if digits == AGAIN:
            return Turn((pressed, self._asked(at, "")), via="other", tries=at.tries)
        return self._wrong(at, digits or "#", "invalid")

    def _typed(self, at: At, digits: str) -> Turn:
        number = parse(digits)
        if classify(number) not in _CALLABLE:
            return self._wrong(at, mask(digits) or "#", "invalid")
        acts = (self._pressed(at, mask(digits)), self._asked(at, number))
        return Turn(acts, tries=at.tries, memo=number)

    def _wrong(self, at: At, digits: str, label: str) -> Turn:
        pressed = self._pressed(at, digits)
        if at.tries + 1 >= self.tries:
            return Turn((pressed,), via="otherwise")
        before = filled(self.invalid, at) if label == "invalid" else ()
        acts = (pressed, self._asked(at, at.memo, before))
        return Turn(acts, via=label, tries=at.tries + 1, memo=at.memo)

    def _asked(self, at: At, number: str, before: tuple[str, ...] = ()) -> Ask:
        if not number:
            return Ask((*before, *filled(self.ask, at)), 12, self.timeout_s, NEXT_KEY_S + 1)
        aloud: tuple[Said, ...] = (*before, *filled(self.heard, at), Spoken("phone", number))
        return Ask((*aloud, *filled(self.confirm_prompts, at)), 1, self.timeout_s, NEXT_KEY_S)

    def _promise(self, at: At) -> TellFact:
        own = at.given.priorities.get(self.group, DEFAULT_PRIORITY)
        priority = own if self.priority is None else self.priority
        intent = told(self.intent, at.values)
        return TellFact(
            CallbackAsked(at.given.call, GroupId(self.group), at.memo, priority, intent)
        )

    def _pressed(self, at: At, digits: str) -> TellFact:
        return TellFact(KeyPressed(at.given.call, at.name, digits))
