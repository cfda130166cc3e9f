"""The live picture of the floor, as rows for the pages: everything, or what one record changed.

Times on the floor are monotonic; rows carry UTC milliseconds.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from acd import Floor
from acd.floor import Agent, Call, Line, Presence, Stage
from acd.why import why_waits
from domain import events as ev
from domain.clock import Clock
from domain.errors import NotFound
from domain.ids import CallId, GroupId, Instant
from switchboard.cards import Names
from switchboard.lines_today import Line as Trunk, LinesToday
from switchboard.tallies import Tallies

Row = dict[str, Any]
OF_TRUNKS = (
    *(ev.CallArrived, ev.CallRefused, ev.CallEnded, ev.CallLost),
    *(ev.FarRang, ev.FarAnswered, ev.RouteFailed, ev.DialEnded),
    *(ev.IncidentSeen, ev.IncidentOver),
)
"""Facts that change what is shown of the trunks."""
REORDERS = (ev.CallMoved, ev.CallPicked, ev.PriorityChanged)
"""Facts that change the places of calls that they do not name."""
OF_PBX = (ev.PbxJoined, ev.PbxLeft, ev.DrainBegan, ev.DrainEnded)


@dataclass(slots=True)
class Board:
    """Reads the floor; never changes it."""

    floor: Floor
    clock: Clock
    tallies: Tallies = field(default_factory=Tallies)
    names: Names = field(default_factory=Names)
    brands: dict[str, str] = field(default_factory=dict)
    pbx_since: int = 0
    incidents: Callable[[], list[Row]] = list
    switches: Callable[[], list[Row]] = list
    draining: Callable[[], bool] = lambda: False
    trunks: Sequence[Trunk] = ()
    lines: LinesToday = field(default_factory=LinesToday)
    _agent_of: dict[str, str] = field(default_factory=dict)
    _last_groups: dict[GroupId, Row] = field(default_factory=dict)

    def snapshot(self) -> Row:
        """Show the whole picture."""
        self._agents_of_calls(set(), list(self.floor.calls.values()))
        self._last_groups = {}  # who comes now has seen none of what was shown before
        return {
            "pbx": self.pbx(),
            "groups": [self.group(group) for group in self.floor.groups],
            "agents": [self.agent(agent) for agent in self.floor.agents.values()],
            "calls": [self.call(call) for call in self.floor.calls.values()],
            "incidents": self.incidents(),
            "switches": self.switches(),
            "trunks": self.lines.rows(self.trunks, self.incidents()),
        }

    def delta(self, records: list[ev.Record], *, groups: bool = True) -> Row:
        """Show what these records touched; with `groups` also those that are not as shown last."""
        calls = {record.call for record in records if record.call}
        calls |= {getattr(record.event, "callback", "") for record in records} - {""}
        agents = {getattr(record.event, "agent", "") for record in records}
        agents |= self._agents_of_phones(records)
        if any(isinstance(record.event, REORDERS) for record in records):
            calls |= {call.id for call in self.floor.calls.values() if call.stage is Stage.WAITING}
        known = [self.floor.calls[call] for call in calls if call in self.floor.calls]  # type: ignore[index]
        agents |= self._agents_of_calls(calls, known)
        row: Row = {
            "agents": [
                self.agent(self.floor.agents[number])  # type: ignore[index]
                for number in agents
                if number in self.floor.agents
            ],
            "calls": [self.call(call) for call in known],
            "gone": sorted(calls - {call.id for call in known}),
            "groups": self._changed_groups() if groups else [],
        }
        if any(isinstance(record.event, OF_PBX) for record in records):
            row["pbx"] = self.pbx()
        if any(isinstance(record.event, ev.IncidentSeen | ev.IncidentOver) for record in records):
            row["incidents"] = self.incidents()
        if any(isinstance(record.event, ev.HotlineSwitched) for record in records):
            row["switches"] = self.switches()
        if any(isinstance(record.event, OF_TRUNKS) for record in records):
            row["trunks"] = self.lines.rows(self.trunks, self.incidents())
        return row

    def _agents_of_calls(self, calls: set[str], known: Sequence[Call]) -> set[str]:
        """Name whose state goes with a call, also where the fact names nobody, and whose did."""
        had = {self._agent_of.pop(call, "") for call in calls}
        now = {str(call.id): str(call.agent) for call in known if call.agent}
        self._agent_of |= now
        return had | set(now.values())

    def _agents_of_phones(self, records: list[ev.Record]) -> set[str]:
        endpoints = {getattr(record.event, "endpoint", "") for record in records} - {""}
        agents = self.floor.agents.values() if endpoints else ()
        return {agent.card.number for agent in agents if agent.endpoint in endpoints}

    def _changed_groups(self) -> list[Row]:
        """Show the groups that are not as they were shown last."""
        now = {group: self.group(group) for group in self.floor.groups}
        last, self._last_groups = self._last_groups, now
        return [row for group, row in now.items() if row != last.get(group)]

    def pbx(self) -> Row:
        """Show whether Asterisk is within reach, since when, and whether it takes new calls."""
        return {"up": self.floor.pbx_up, "since": self.pbx_since, "draining": self.draining()}

    def _utc(self, mono: float) -> int:
        return self.clock.utc_ms() - round((self.clock.mono() - mono) * 1000)

    def group(self, group: str) -> Row:
        """Show one skill group."""
        rules = self.floor.groups[group]  # type: ignore[index]
        waiting = [self.floor.calls[place[-1]] for place in self.floor.waiting.get(rules.id, ())]
        waiting += [
            call
            for call in self.floor.calls.values()
            if call.group == group and call.stage is Stage.OFFERED
        ]
        states = [state_of(agent, self.floor) for agent in self.floor.serving(rules.id)]
        today = self.tallies.groups[group]
        oldest = min((call.entered for call in waiting), default=None)
        return {
            "id": group,
            "name": rules.name,
            "waiting": len(waiting),
            "longest_since": None if oldest is None else self._utc(oldest),
            "ready": states.count("ready"),
            "ringing": states.count("ringing") + states.count("reserved"),
            "talking": states.count("talking") + states.count("holding"),
            "wrapping": states.count("wrapping"),
            "on_break": states.count("break"),
            "signed_in": len(states) - states.count("offline"),
            "today": {
                "entered": today.entered,
                "answered": today.answered,
                "abandoned": today.abandoned,
                "within": today.within,
            },
        }

    def agent(self, agent: Agent) -> Row:
        """Show one agent."""
        today = self.tallies.agents[agent.card.number]
        return {
            "number": agent.card.number,
            "name": agent.card.name,
            "site": agent.card.site,
            "groups": list(agent.card.groups),
            "state": state_of(agent, self.floor),
            "reason": agent.reason,
            "since": self._utc(agent.since),
            "until": None if agent.wrap_until is None else self._utc(agent.wrap_until),
            "phone": agent.phone,
            "reachable": agent.endpoint in self.floor.reachable,
            "call": agent.call,
            "presence": str(agent.presence),
            "today": {
                "answered": today.answered,
                "missed": today.missed,
                "talk_s": round(today.talk_s),
            },
        }

    def call(self, call: Call) -> Row:
        """Show one live call; the number is not masked yet."""
        rung = [self.floor.agents[number] for number in call.rings]
        ringing = any(agent.line is Line.RINGING for agent in rung)
        waiting = call.stage is Stage.WAITING
        return {
            "call": call.id,
            "hotline": call.hotline,
            "hotline_name": self.names.hotlines.get(call.hotline, call.hotline),
            "brand": self.brands.get(call.hotline, ""),
            "caller": "" if call.withheld else call.caller,
            "withheld": call.withheld,
            "state": "ringing" if ringing and call.stage is Stage.OFFERED else str(call.stage),
            "group": call.group or None,
            "agent": call.agent,
            "since": self._utc(call.since),
            "entered": self._utc(call.entered) if call.entered else None,
            "place": self.floor.position(call) if waiting else None,
            "intent": call.intent,
            "priority": call.priority,
            "callback": call.back is not None,
        }

    def why(self, call: str) -> Row:
        """Say why a call still waits; raises NotFound when it does not."""
        known = self.floor.calls.get(CallId(call))
        waits = why_waits(self.floor, known, Instant(self.clock.mono())) if known else None
        if waits is None:
            raise NotFound("this call does not wait any more")
        return asdict(waits)


def state_of(agent: Agent, floor: Floor) -> str:
    """Name the one word that a person would use for an agent's two machines."""
    if agent.line is not Line.FREE:
        return str(agent.line)
    if agent.presence is Presence.READY and agent.endpoint not in floor.reachable:
        return "unreachable"
    return str(agent.presence)
