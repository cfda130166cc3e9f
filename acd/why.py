"""Why a call still waits: everybody who could take it now or later, and what keeps each from it.

Worked out when somebody asks, from the floor as it is.
"""

from dataclasses import dataclass

from acd.floor import Agent, Call, Floor, Line, Presence, Stage
from domain.ids import Instant

READY = "free"
"""Nothing keeps this agent from the call; it is offered as soon as the exchange can be told."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One agent, and what excludes them: `detail` is the break's reason, the step or the seconds.

    `why`: offline, break, unreachable, level (does not qualify before a later step), reserved,
    ringing, talking, holding, dialling, wrapping, cooling_down, free.
    """

    agent: str
    why: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Waits:
    """Where a call waits, and for whom; `needs` is what its line asks for now."""

    place: int
    group: str
    step: int
    needs: str
    preferred: str
    on_hold: bool
    candidates: tuple[Candidate, ...]


def why_waits(floor: Floor, call: Call, now: Instant) -> Waits | None:
    """Say why a call waits; None when it does not."""
    if call.stage is not Stage.WAITING:
        return None
    able = floor.serving_ever(call.group)
    if call.line is not None:
        here = [floor.agents[number] for number in call.line.levels if number in floor.agents]
        able = list({agent.card.number: agent for agent in [*here, *able]}.values())
    found = (Candidate(agent.card.number, *_kept(floor, call, agent, now)) for agent in able)
    return Waits(
        floor.position(call),
        call.group,
        call.step,
        call.line.needs if call.line else "",
        call.preferred,
        call.confirmed,
        tuple(sorted(found, key=lambda each: (each.why != READY, each.agent))),
    )


def _kept(floor: Floor, call: Call, agent: Agent, now: Instant) -> tuple[str, str]:
    """Say what keeps an agent from a call, the most lasting reason first."""
    number = agent.card.number
    if agent.presence is Presence.OFFLINE:
        return "offline", ""
    if agent.presence is Presence.BREAK:
        return "break", agent.reason
    if agent.endpoint not in floor.reachable:
        return "unreachable", ""
    if call.line is not None and number not in call.line.levels:
        return "level", str(_step_of(floor, call, agent))
    if agent.line is not Line.FREE:
        return str(agent.line), agent.call or ""
    rest_s = (call.barred or {}).get(agent.number, now) - now
    return ("cooling_down", f"{rest_s:.0f}") if rest_s > 0 else (READY, "")


def _step_of(floor: Floor, call: Call, agent: Agent) -> int:
    """Tell the step at which an agent may take the call."""
    steps = [line.step for line in agent.lines if line.group == call.group]
    return min((step for step in steps if step > call.step), default=-1)
