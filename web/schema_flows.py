"""What the flow page sends and gets."""

from typing import Annotated, Any, Literal

from pydantic import Field

from ivr.given import Situation
from web.schema_admin import Base
from web.table import MOST, Schema

Text = Annotated[str, Field(max_length=262_144, description="the flow's YAML, byte for byte")]
FlowName = Annotated[str, Field(max_length=64)]
NodeName = Annotated[str, Field(max_length=64)]


class FlowRow(Schema):
    """A flow in the list; `at` UTC ms, 0 = before the versions that are kept."""

    name: str
    title: str
    hotlines: list[str]
    users: list[str]
    nodes: int
    faults: int
    at: int
    by: str


class FlowList(Schema):
    """The flows and the configuration version they stand in."""

    version: int
    may_edit: bool
    rows: list[FlowRow]


class FlowFault(Schema):
    """A fault of a flow; `node` is "" outside nodes; advice does not keep it from publishing."""

    line: int
    node: str
    key: str
    zh: str
    en: str
    advice: bool = False


class FlowNode(Schema):
    """One node as it is drawn; `whole` = well-formed, `person` = people answer here."""

    name: str
    kind: str
    line: int
    fields: dict[str, Any]
    whole: bool
    person: bool
    prompts: list[str]


class FlowEdge(Schema):
    """One branch; `to` is "" when it stays or ends, `meaning` is what a key stands for."""

    node: str
    label: str
    to: str
    key: bool
    meaning: str


class Drawn(Schema):
    """A text as a picture, and what is wrong with it."""

    text: str
    title: str
    start: str
    values: dict[str, Any]
    straight: Any = None
    nodes: list[FlowNode]
    edges: list[FlowEdge]
    faults: list[FlowFault]


class FlowSeen(Schema):
    """A flow as it is in force, or was in an earlier version."""

    name: str
    version: int
    may_edit: bool
    hotlines: list[str]
    drawn: Drawn


class FlowQuery(Schema):
    """Which version of the configuration; 0 = the one in force."""

    version: Base = 0


class FlowText(Schema):
    """A text that is not published."""

    name: FlowName
    text: Text


class Rewrite(Schema):
    """One change of a text: everything else stays byte for byte.

    `set`: field or fields of a node, null takes one away; with node "" of the flow itself.
    `add`: a new node with these fields; `rename`: to `to`, wherever it is named; `drop`: a node.
    """

    name: FlowName
    text: Text
    do: Literal["set", "add", "rename", "drop"]
    node: NodeName = ""
    to: NodeName = ""
    fields: dict[str, Any] = Field(default_factory=dict)


class FlowPublish(Schema):
    """A flow's new text, and the version it was made from."""

    text: Text
    note: Annotated[str, Field(max_length=500)] = ""
    base: Base = 0


class FlowNew(Schema):
    """A new flow, as a copy of another ("" = the smallest that works)."""

    name: FlowName
    title: Annotated[str, Field(max_length=100)] = ""
    copy_of: FlowName = ""


class FlowVersion(Schema):
    """A version in which this flow changed."""

    id: int
    at: int
    by: str
    note: str
    gone: bool


class FlowVersions(Schema):
    """The versions of a flow, newest first; `current` is the one in force."""

    current: int
    rows: list[FlowVersion]


class FlowBack(Schema):
    """The version whose text of this flow is to be published again."""

    version: Annotated[int, Field(ge=1, le=MOST)]


class TwoTexts(Schema):
    """Two texts to be compared."""

    left: Text
    right: Text


class DiffRow(Schema):
    """One line of both; number 0 = no line on that side."""

    mark: Literal["same", "changed", "added", "removed"]
    left_no: int
    left: str
    right_no: int
    right: str


class FlowDiff(Schema):
    """Two texts side by side."""

    rows: list[DiffRow]


class NodeKind(Schema):
    """A kind of node: its form as JSON Schema; `roles`: field → what it names."""

    kind: str
    fields: dict[str, Any]
    roles: dict[str, str]


class NamedText(Schema):
    """Something to choose: its name in flows, and what people read."""

    name: str
    zh: str
    en: str


class FlowKinds(Schema):
    """Every kind of node, and the names that nodes may use."""

    kinds: list[NodeKind]
    prompts: list[NamedText]
    groups: list[NamedText]
    calendars: list[NamedText]
    agents: list[NamedText]
    flows: list[NamedText]


class Simulate(Schema):
    """A call to be simulated: `keys` as `1,w2,3,t,h`, `given` as in a flow's tests."""

    name: FlowName
    text: Text
    keys: Annotated[str, Field(max_length=2000)] = ""
    given: Situation = Situation()


class TurnRow(Schema):
    """What happened at a node: something was said to the caller, heard, or told the journal."""

    kind: str
    name: str
    text: str


class StopRow(Schema):
    """One node passed: what happened there in its order, and which branch was taken."""

    flow: str
    node: str
    kind: str
    turns: list[TurnRow]
    took: str


class ChoiceRow(Schema):
    """A key that the caller may press, what it means, where it leads."""

    key: str
    label: str
    to: str


class Waiting(Schema):
    """The question that the keys so far do not answer."""

    flow: str
    node: str
    kind: str
    most: int
    end: str
    secret: bool
    timeout_s: float
    choices: list[ChoiceRow]


class Simulated(Schema):
    """A walk through a flow so far; `over` when nothing is waited for."""

    stops: list[StopRow]
    waiting: Waiting | None
    over: bool
    outcome: str
    verdict: str
    group: str
    agent: str
    number: str
    callback: str
    intent: str
    language: str
    values: dict[str, str]
    asked: list[str]
    path: list[str]
