"""Nodes that look at the world or speak of it: branch on what is known, ask by HTTP, say values."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from domain.events import HttpAsked
from ivr import expression
from ivr.facts import is_fact, queue_fact
from ivr.jsonpath import PATTERN, find
from ivr.model import (
    AskHttp,
    At,
    Edge,
    FactsSeen,
    Heard,
    HttpSeen,
    LookAtFacts,
    Name,
    Node,
    Play,
    Prompts,
    Said,
    Secret,
    Spoken,
    TellFact,
    Turn,
    fill,
    played,
    prompt_names,
    told,
)
from ivr.texts import say

LABEL = 80
"""Signs of a condition that name its branch."""


def _condition(text: str) -> str:
    expression.parse(text)
    return text


class Case(BaseModel):
    """One condition and where it leads."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    condition: Annotated[str, AfterValidator(_condition)] = Field(alias="if")
    to: str

    @property
    def label(self) -> str:
        """Name the branch: the condition itself."""
        return self.condition.strip()[:LABEL]


class BranchNode(Node):
    """Go by what is known: the first condition that holds leads on (`ivr.expression`)."""

    kind: Literal["branch"]
    cases: tuple[Case, ...] = Field(min_length=1, max_length=50)
    otherwise: str

    @model_validator(mode="after")
    def _each_once(self) -> "BranchNode":
        if len({case.label for case in self.cases}) < len(self.cases):
            raise ValueError(say("case_twice"))
        return self

    def edges(self) -> tuple[Edge, ...]:
        """List a branch per condition, and the last."""
        cases = tuple(
            Edge(case.label, case.to, field=("cases", str(place), "to"))
            for place, case in enumerate(self.cases)
        )
        return (*cases, Edge("otherwise", self.otherwise))

    def names(self) -> tuple[Name, ...]:
        """List the values and groups that the conditions look at."""
        return tuple(
            _named(name, ("cases", str(place), "if"))
            for place, case in enumerate(self.cases)
            for name in expression.names_in(expression.parse(case.condition))
            if name not in ("true", "false") and not (is_fact(name) and not queue_fact(name))
        )

    def enter(self, at: At) -> Turn:
        """Ask for the facts that the conditions need, or decide at once."""
        names = (
            name
            for case in self.cases
            for name in expression.names_in(expression.parse(case.condition))
        )
        needed = tuple(dict.fromkeys(name for name in names if is_fact(name)))
        return Turn((LookAtFacts(needed),)) if needed else self._decided(at, {})

    def take(self, at: At, heard: Heard) -> Turn:
        """Decide by what is known."""
        return self._decided(at, heard.facts) if isinstance(heard, FactsSeen) else Turn()

    def _decided(self, at: At, facts: Mapping[str, expression.Fact]) -> Turn:
        known = {"true": 1, "false": 0, **at.values, **facts}
        for case in self.cases:
            if expression.holds(expression.parse(case.condition), known):
                return Turn(via=case.label)
        return Turn(via="otherwise")


def _named(name: str, field: tuple[str, ...]) -> Name:
    queue = queue_fact(name)
    if queue:
        return Name("group", queue[0], field)
    return Name("fact" if "." in name else "value", name, field)


class HttpNode(Node):
    """Ask another system by HTTP; `take` puts parts of its JSON answer into values of the flow.

    `found`: it said 2xx and everything is there. `missing`: 404, or a part is not there.
    `failed`: any other answer or none (time-out, breaker). A header may end in a secret by
    reference, `Bearer file:crm-key`.
    """

    kind: Literal["http"]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s{}]+[^\s]*$", max_length=1000)]
    headers: dict[str, str] = Field(default_factory=dict, max_length=20)
    body: dict[str, Any] | None = None
    timeout_s: float = Field(default=3, ge=0.5, le=10)
    retries: int = Field(default=0, ge=0, le=2)
    take_values: dict[str, Annotated[str, StringConstraints(pattern=PATTERN)]] = Field(
        default_factory=dict, alias="take"
    )
    prompts: Prompts = ()
    found: str
    missing: str
    failed: str

    @model_validator(mode="after")
    def _has_body_where_one_may_be(self) -> "HttpNode":
        if self.body is not None and self.method in ("GET", "DELETE"):
            raise ValueError(say("no_body", method=self.method))
        return self

    def edges(self) -> tuple[Edge, ...]:
        """Found, missing or failed."""
        return (
            Edge("found", self.found),
            Edge("missing", self.missing),
            Edge("failed", self.failed),
        )

    def names(self) -> tuple[Name, ...]:
        """List its prompts and the values that it gives."""
        values = tuple(Name("value", name, ("take", name)) for name in self.take_values)
        return (*prompt_names(self, "prompts"), *values)

    def enter(self, at: At) -> Turn:
        """Ask; values in the address are escaped, so that a key cannot change the place asked."""
        escaped = {name: quote(value, safe="") for name, value in at.values.items()}
        headers = {name: _line(fill(text, at.values)) for name, text in self.headers.items()}
        url, body = fill(self.url, escaped), _filled(self.body, at.values)
        ask = AskHttp(self.method, url, headers, body, self.timeout_s, self.retries)
        return Turn((*played(self.prompts, at), ask))

    def take(self, at: At, heard: Heard) -> Turn:
        """Keep what was wanted."""
        if not isinstance(heard, HttpSeen):
            return Turn()
        asked = TellFact(HttpAsked(at.given.call, at.name, heard.status, heard.ms))
        if heard.status in (404, 410):
            return Turn((asked,), via="missing")
        if not 200 <= heard.status < 300:
            return Turn((asked,), via="failed")
        found = {name: find(heard.body, path) for name, path in self.take_values.items()}
        values = {name: value for name, value in found.items() if value is not None}
        whole = len(values) == len(found)
        return Turn((asked,), via="found" if whole else "missing", values=values)


def _line(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())


def _filled(body: Any, values: Mapping[str, str]) -> Any:
    """Put the flow's values into every text of a body."""
    if isinstance(body, dict):
        return {key: _filled(value, values) for key, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, values) for value in body]
    return fill(body, values) if isinstance(body, str) else body


class Part(BaseModel):
    """One thing to say: a prompt, or a value in the way that suits it. `place`: 1 is next."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    prompt: str | None = None
    digits: str | None = None
    number: str | None = None
    amount: str | None = None
    date: str | None = None
    time: str | None = None
    place: str | None = None
    code: str | None = None
    phone: str | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "Part":
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError(say("one_part"))
        return self

    def said(self, values: Mapping[str, str]) -> tuple[Said, ...]:
        """Give what is to be said; nothing for an empty value, and never a secret."""
        ((kind, text),) = self.model_dump(exclude_none=True).items()
        if kind == "prompt":
            return (told(text, values),)
        value = fill(text, values)
        return () if not value or isinstance(value, Secret) else (Spoken(kind, value),)


class SayNode(Node):
    """Say prompts and values, one after the other."""

    kind: Literal["say"]
    parts: tuple[Part, ...] = Field(min_length=1, max_length=50)
    next: str

    def edges(self) -> tuple[Edge, ...]:
        """Go on."""
        return (Edge("next", self.next),)

    def names(self) -> tuple[Name, ...]:
        """List its prompts."""
        return tuple(
            Name("prompt", part.prompt, ("parts", str(place), "prompt"))
            for place, part in enumerate(self.parts)
            if part.prompt is not None
        )

    def enter(self, at: At) -> Turn:
        """Say it all, then go on."""
        said = tuple(each for part in self.parts for each in part.said(at.values))
        return Turn((Play(said),) if said else (), via="next")
