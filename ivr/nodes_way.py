"""Nodes that lead elsewhere: to one agent, to an outside number, into a sub-flow and back."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.events import AgentChosen, OutsideChosen
from domain.ids import AgentId, GroupId
from ivr.model import (
    At,
    Edge,
    FactsSeen,
    Heard,
    Leave,
    LookAtFacts,
    Name,
    Node,
    Prompts,
    TellFact,
    Turn,
    played,
    prompt_names,
    told,
)
from ivr.nodes import DEFAULT_PRIORITY


class AgentNode(Node):
    """Send the caller to one agent, and to `group` if that agent has not taken it in `wait_s`.

    Goes on at `otherwise` when that agent is not signed in. `agent` may be a value: `{agent}`.
    """

    kind: Literal["agent"]
    agent: Annotated[str, StringConstraints(pattern=r"^([0-9]{2,8}|\{[a-z0-9_-]+\})$")]
    group: str
    wait_s: float = Field(default=20, ge=5, le=300)
    priority: int | None = Field(default=None, ge=0, le=99)
    intent: str = ""
    prompts: Prompts = ()
    otherwise: str

    def edges(self) -> tuple[Edge, ...]:
        """Leave for the hold music, or go on."""
        return Edge("hold"), Edge("otherwise", self.otherwise)

    def names(self) -> tuple[Name, ...]:
        """List its prompts, its group and its agent."""
        literal = self.agent.isdecimal()
        agent = (Name("agent", self.agent, ("agent",)),) if literal else ()
        return (*prompt_names(self, "prompts"), Name("group", self.group, ("group",)), *agent)

    def is_person(self) -> bool:
        """Somebody answers here."""
        return True

    def enter(self, at: At) -> Turn:
        """See whether this agent is here."""
        agent = told(self.agent, at.values)
        if not (agent.isascii() and agent.isdecimal()):
            return Turn(via="otherwise")
        return Turn((LookAtFacts((f"agent.{agent}.signed_in",)),), memo=agent)

    def take(self, at: At, heard: Heard) -> Turn:
        """Let go, or go on."""
        if not isinstance(heard, FactsSeen):
            return Turn(memo=at.memo)
        if not heard.facts.get(f"agent.{at.memo}.signed_in"):
            return Turn(via="otherwise")
        own = at.given.priorities.get(self.group, DEFAULT_PRIORITY)
        priority = own if self.priority is None else self.priority
        intent, group = told(self.intent, at.values), GroupId(self.group)
        chosen = AgentChosen(at.given.call, AgentId(at.memo), group, self.wait_s, priority, intent)
        leave = Leave("hold", "group", self.group, priority)
        return Turn((*played(self.prompts, at), TellFact(chosen), leave), via="hold")


class NumberNode(Node):
    """Put the caller through to an outside number; goes on at `otherwise` if nobody answers."""

    kind: Literal["number"]
    to: Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{3,20}$")]
    ring_s: float = Field(default=30, ge=5, le=120)
    prompts: Prompts = ()
    otherwise: str

    def edges(self) -> tuple[Edge, ...]:
        """Put through, or on."""
        return Edge("out"), Edge("otherwise", self.otherwise)

    def is_person(self) -> bool:
        """People answer there."""
        return True

    def enter(self, at: At) -> Turn:
        """Play, then let go for the time of that call."""
        chosen = TellFact(OutsideChosen(at.given.call, self.to, at.name, self.ring_s))
        leave = Leave("out", number=self.to, ring_s=self.ring_s)
        return Turn((*played(self.prompts, at), chosen, leave), via="out")


class FlowNode(Node):
    """Walk another flow; at its `return` it comes back, with its values, and goes on."""

    kind: Literal["flow"]
    flow: str
    next: str

    def edges(self) -> tuple[Edge, ...]:
        """Go on after it."""
        return (Edge("next", self.next),)

    def names(self) -> tuple[Name, ...]:
        """List its flow."""
        return (Name("flow", self.flow, ("flow",)),)

    def enter(self, at: At) -> Turn:
        """Enter it; a flow that is not there is passed over."""
        return Turn(sub=self.flow) if self.flow in at.given.flows else Turn(via="next")


class ReturnNode(Node):
    """End a sub-flow: the flow that called it goes on."""

    kind: Literal["return"]

    def edges(self) -> tuple[Edge, ...]:
        """Return."""
        return (Edge("return"),)

    def names(self) -> tuple[Name, ...]:
        """Use none."""
        return ()

    def enter(self, at: At) -> Turn:
        """Go back."""
        return Turn(via="return", returns=True)
