"""What a test or a simulation says of the world, as written, and the `Scene` it makes. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from domain.numbers import parse
from ivr.calendar import Calendar, DayKind, calendar_from, is_open, local_ms
from ivr.expression import Fact
from ivr.model import HttpSeen
from ivr.scene import EMPTY, NO_ANSWER, STAFFED, Queue, Scene, caller_facts
from ivr.texts import say


def _moment(text: str) -> str:
    try:
        datetime.fromisoformat(text or "2026-01-01")
    except ValueError:
        raise ValueError(say("bad_moment")) from None
    return text


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Moment = Annotated[str, AfterValidator(_moment)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QueueGiven(_Part):
    """How a group stands; without numbers one agent is ready and nobody waits."""

    waiting: int = Field(default=0, ge=0)
    ready: int = Field(default=1, ge=0)
    signed_in: int | None = Field(default=None, ge=0)
    wait_s: float = Field(default=0, ge=0)

    def queue(self) -> Queue:
        """Give it to the scene; who is ready is signed in."""
        here = self.ready if self.signed_in is None else self.signed_in
        return Queue(self.waiting, self.ready, here, self.wait_s)


class Answer(_Part):
    """What another system answers; `timeout` stands for any reason of getting none."""

    status: int = Field(default=200, ge=100, le=599)
    body: Any = None
    timeout: bool = False

    def seen(self) -> HttpSeen:
        """Give it to the scene."""
        return NO_ANSWER if self.timeout else HttpSeen(self.status, self.body)


Answers = Annotated[tuple[Answer, ...], BeforeValidator(_listed)]


class Situation(_Part):
    """The world of a case: `at` looks into the calendars, `open` overrules them.

    `http` answers by node, several one after the other; `agents` who is here, by number.
    """

    at: Moment = ""
    calendar: str = ""
    open: bool | None = None
    staffed: bool | tuple[str, ...] = True
    queues: dict[str, QueueGiven] = Field(default_factory=dict)
    agents: dict[str, Literal["ready", "busy", "away"]] = Field(default_factory=dict)
    number: str = ""
    province: str = ""
    city: str = ""
    vip: int = Field(default=0, ge=0)
    tags: Words = ()
    lists: Words = ()
    calls_24h: int = Field(default=1, ge=0)
    language: str = "zh"
    hotline: str = ""
    http: dict[str, Answers] = Field(default_factory=dict)
    outside: bool = True
    message_s: float = 8.0
    hangs_up: bool = False

    def scene(self, calendars: Mapping[str, Calendar], day_kind: DayKind) -> Scene:
        """Make the scene that it describes."""

        def opened(name: str) -> bool:
            calendar = calendars.get(name or self.calendar)
            if self.open is not None or calendar is None or not self.at:
                return self.open is not False
            return is_open(calendar, local_ms(calendar, self.at), day_kind)

        return Scene(
            is_open=opened,
            queue=self._queue,
            agent=self._agent,
            facts=self._facts(calendars),
            http={node: tuple(one.seen() for one in all_) for node, all_ in self.http.items()},
            message_s=self.message_s,
            hangs_up=self.hangs_up,
            outside=self.outside,
            caller=parse(self.number),
        )

    def _queue(self, name: str) -> Queue:
        if name in self.queues:
            return self.queues[name].queue()
        here = self.staffed if isinstance(self.staffed, bool) else name in self.staffed
        return STAFFED if here else EMPTY

    def _agent(self, number: str) -> tuple[bool, bool]:
        state = self.agents.get(number, "ready" if self.staffed else "away")
        return state == "ready", state != "away"

    def _facts(self, calendars: Mapping[str, Calendar]) -> dict[str, Fact]:
        facts: dict[str, Fact] = {
            **caller_facts(parse(self.number)),
            "caller.province": self.province,
            "caller.city": self.city,
            "vip": self.vip,
            "tags": self.tags,
            "lists": self.lists,
            "calls_24h": self.calls_24h,
            "language": self.language,
            "hotline": self.hotline,
        }
        if self.at:
            calendar = calendars.get(self.calendar) or _CHINA
            utc = datetime.fromtimestamp(local_ms(calendar, self.at) / 1000, UTC)
            local = utc.astimezone(calendar.zone)
            facts |= {"hour": local.hour, "weekday": local.isoweekday()}
        return facts


_CHINA = calendar_from({"id": ""})
