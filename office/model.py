"""What a firm's configuration is made of, frozen; written by people as YAML (`folder`).

Every value arrives as text or JSON and is turned into its type here; where a fault stands is
added by the reader.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from office.alarms import Alarm as Alarm, Receiver as Receiver
from office.flow_rules import FlowRules as FlowRules
from office.holidays import HolidayOverrides as HolidayOverrides
from office.kinds import (
    DAYS,
    AlsoCalled,
    CallerId,
    Closes,
    Day,
    Days,
    Id,
    Line,
    Number,
    Once,
    Opens,
    Permitted,
    SecretRef,
    Some,
    Url,
    Zone,
    fits,
)
from office.listed import (
    Blocked as Blocked,
    DoNotCall as DoNotCall,
    NumberList as NumberList,
    Vip as Vip,
)
from office.part import Name, Part as Part, installed
from office.quiet import Quiet as Quiet, some_time
from office.spoken import Sentence as Sentence, Take as Take
from office.staff import (
    Agent as Agent,
    Distribution as Distribution,
    Group as Group,
    Help as Help,
    Skill as Skill,
    Step as Step,
)
from office.trial import Canary as Canary


class Brand(Part):
    """A brand that hotlines speak for."""

    id: Id
    name: Line


class Site(Part):
    """A place where agents work (职场)."""

    id: Id
    name: Line


class BreakReason(Part):
    """Why an agent takes a break (小休原因); past `max_minutes` the board shows it.

    At most `quota` agents of a group are on it at once, 0 = any number.
    """

    id: Id
    name: Name
    max_minutes: int = Field(ge=1, le=1440)
    quota: int = Field(0, ge=0, le=1000)


class Choice(Part):
    """One entry that an agent picks: a decline reason, a summary category or result."""

    id: Id
    name: Name


class Summary(Part):
    """What an agent may file a call under (小结)."""

    categories: Annotated[tuple[Choice, ...], Some, Once]
    results: Annotated[tuple[Choice, ...], Some, Once]


class Recording(Part):
    """Whether talks are recorded, and the format kept."""

    enabled: bool = True
    format: Literal["mp3", "opus"] = "mp3"


class Survey(Part):
    """Whether callers are asked to rate."""

    enabled: bool = True


_NIGHT = (Quiet.model_validate({"from": "21:00", "to": "08:00"}),)


class CallsOut(Part):
    """Whether and whom the firm calls (外呼); caps are calls of one day in `timezone`.

    `allow` lists classes of numbers and beginnings of numbers (`+852`); `gap_min` are minutes
    between two calls to one number.
    """

    enabled: bool = False
    timezone: Zone = "Asia/Shanghai"
    quiet: tuple[Quiet, ...] = _NIGHT
    per_number_daily: int = Field(default=3, ge=1, le=100)
    gap_min: int = Field(default=5, ge=0, le=1440)
    agent_daily: int = Field(default=100, ge=0, le=5000)
    daily: int = Field(default=500, ge=0, le=100_000)
    allow: Annotated[tuple[Permitted, ...], Once] = ("mobile", "landline")
    consent: Literal["required", "optional"] = "required"


class Firm(Part):
    """firm.yaml: the firm itself and the lists that everything else picks from.

    A call to a number that nobody owns reaches the `default_hotline`, "" = the first.
    """

    name: Line
    language: Literal["zh", "en"] = "zh"
    brands: Annotated[tuple[Brand, ...], Some, Once]
    sites: Annotated[tuple[Site, ...], Some, Once]
    break_reasons: Annotated[tuple[BreakReason, ...], Some, Once]
    decline_reasons: Annotated[tuple[Choice, ...], Some, Once]
    summary: Summary
    recording: Recording = Recording()
    survey: Survey = Survey()
    calls_out: CallsOut = CallsOut()
    skills: Annotated[tuple[Skill, ...], Once] = ()
    distribution: Distribution = Distribution()
    holiday_overrides: HolidayOverrides = HolidayOverrides()
    flows: FlowRules = FlowRules()
    default_hotline: Annotated[
        str, fits(r"(?:\+?[0-9]{2,20})?", "应为热线号码", "must be the number of a hotline")
    ] = ""


class Hotline(Part):
    """A number that callers dial; `also_called` are further numbers that reach it.

    A further number counts on every trunk, or on one: `02860000001@north`.

    Its callers are served as if they had come `head_start_s` seconds earlier.
    `caller_ids` are shown on calls out, the first that a trunk has; none = no calls out.
    With `canary` some callers walk another flow on trial.
    """

    number: Number
    name: Line
    brand: Id
    flow: Id
    calendar: Id
    language: Literal["zh", "en"] = "zh"
    survey: bool = True
    recording: bool = True
    also_called: Annotated[tuple[AlsoCalled, ...], Once] = ()
    caller_ids: Annotated[tuple[CallerId, ...], Once] = ()
    head_start_s: int = Field(0, ge=0, le=3600)
    canary: Canary | None = None
    greeting: Annotated[
        str, fits(r"[A-Za-z0-9_-]{0,64}", "应为提示音名字", "must be the name of a prompt")
    ] = ""


class Period(Part):
    """Opening hours of some days of the week; `from` after `to` goes over midnight."""

    days: Days
    opens: Opens = Field(alias="from")
    closes: Closes = Field(alias="to")

    @property
    def weekdays(self) -> frozenset[int]:
        """Name the days as numbers, Monday 0; `sat-mon` goes over the week's end."""
        return frozenset(
            day for part in self.days.replace(" ", "").split(",") for day in _range(part)
        )

    @model_validator(mode="after")
    def _has_length(self) -> "Period":
        return some_time(self, self.opens, self.closes)


class OpenDay(Part):
    """A day that is open against the rule."""

    date: Day
    opens: Opens = Field(alias="from")
    closes: Closes = Field(alias="to")

    @model_validator(mode="after")
    def _has_length(self) -> "OpenDay":
        return some_time(self, self.opens, self.closes)


class Calendar(Part):
    """When a hotline is served; closed and open days go before holidays and periods."""

    id: Id
    timezone: Zone = "Asia/Shanghai"
    periods: Annotated[tuple[Period, ...], Some]
    holidays: Literal["", "CN"] = ""
    closed: Annotated[tuple[Day, ...], Once] = ()
    open: tuple[OpenDay, ...] = ()


class Lookup(Part):
    """Where the firm's CRM is asked who calls; `{number}` stands for the caller."""

    kind: Annotated[Id, installed("yingda.lookup")] = "http"
    url: Annotated[Url, fits(r".*\{number\}.*", "网址里要有 {number}", "must hold {number}")]
    budget_ms: int = Field(800, ge=50, le=5000)
    secret_env: Annotated[
        str, fits(r"(?:[A-Z_][A-Z0-9_]*)?", "应为环境变量名", "must name an environment variable")
    ] = ""


class Crm(Part):
    """crm.yaml: the connection to customers' data; without lookup nobody is asked."""

    lookup: Lookup | None = None


class Webhook(Part):
    """An address that is told of calls, with its secret by reference.

    `numbers` says whether it gets callers' numbers in full or with the middle hidden.
    """

    id: Id
    url: Url
    events: Annotated[
        tuple[
            Literal[
                "call.offered", "call.ringing", "call.answered", "call.ended", "voicemail.left"
            ],
            ...,
        ],
        Some,
        Once,
    ]
    secret_ref: SecretRef
    numbers: Literal["full", "masked"] = "full"


class Config(Part):
    """The whole business configuration of a firm, as one version runs it."""

    firm: Firm
    hotlines: Annotated[tuple[Hotline, ...], Some]
    groups: Annotated[tuple[Group, ...], Some]
    agents: tuple[Agent, ...] = ()
    calendars: Annotated[tuple[Calendar, ...], Some]
    crm: Crm = Crm()
    webhooks: tuple[Webhook, ...] = ()
    do_not_call: tuple[DoNotCall, ...] = ()
    vip: tuple[Vip, ...] = ()
    blacklist: tuple[Blocked, ...] = ()
    lists: tuple[NumberList, ...] = ()
    prompts: tuple[Sentence, ...] = ()
    takes: tuple[Take, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    receivers: tuple[Receiver, ...] = ()
    flows: Mapping[str, str]


def _range(part: str) -> Iterable[int]:
    first, _, last = part.partition("-")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return ((start + step) % 7 for step in range((end - start) % 7 + 1))
