"""A call told as a table: each line a time and what somebody does or sees, at the end the record.

    09:00:00  8001 ready
    09:00:01  caller 13800138000 dials 4008000001
    09:00:04  caller presses 2
    09:00:09  8001 rings
    09:00:13  8001 answers
    => call group=aftersale agent=8001 outcome=answered

Who does it comes first: an agent's number, `caller` (the last one that dialled, or with the
number), `far` (the other side of a call out), `trunk` (it breaks), `boss`, `engine` or `pbx` (it
dies). What is seen
(`rings`, `is`, `place`, `heard`, `in`) is a check at that time.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from acd import Floor
from cdr import CallRecord
from domain import events as ev
from domain.errors import Conflict
from domain.ids import AgentId, CallId
from pbx.fake_caller import Channel
from pbx.fake_out import far_of
from switchboard.board import state_of
from tests.stories.world import LETTERS, Rules, World

DAY = "2026-11-23"
"""A Monday."""
LONGEST_S = 1800.0
AWAY_S = 2.0
"""How long Asterisk is away when it dies: its supervisor starts it anew."""
SHANGHAI = ZoneInfo("Asia/Shanghai")
_LINE = re.compile(r"(\d\d:\d\d:\d\d(?:\.\d+)?)\s+(.*?)\s*(?:#.*)?")


class Story:
    """Carries out a table in a world of its own."""

    def __init__(self, folder: Path, calendar: str = "always") -> None:
        self._folder, self._calendar = folder, calendar
        self.rules: Rules = {}
        self.world: World
        self.callers: dict[str, Channel] = {}
        self.last = ""

    async def tell(self, text: str) -> list[CallRecord]:
        """Carry out a table and check it; gives the records of its calls."""
        lines = _lines(text)
        wanted = [line for line in lines if line.startswith("=>")]
        happens = [_parsed(line) for line in lines if not line.startswith("=>")]
        self.world = World(self._folder, happens[0][0] - 1000, self._calendar, self.rules)
        await self.world.pass_to(self.world.time.now + 0.5)
        for at_ms, words in happens:
            await self.world.pass_to(self.world.time.at(at_ms))
            await self._happen(words)
        await self._to_the_end()
        records = self.world.records()
        _compare(records, wanted)
        return records

    async def _to_the_end(self) -> None:
        """Let every call end, and whatever comes after it."""
        world = self.world
        end = world.time.now + LONGEST_S
        while world.engine.floor.calls and world.time.now < end:
            await world.pass_to(world.time.now + 5)
        await world.pass_to(world.time.now + 30)
        assert not world.pbx.faults, world.pbx.faults
        assert shown(world.engine.replayed()) == shown(world.engine.floor)

    async def happens(self, words: str) -> None:
        """Let one thing happen now, in the words of a table."""
        await self._happen(words)

    async def _happen(self, words: str) -> None:
        who, _, what = words.partition(" ")
        if who == "caller":
            await self._caller(what)
        elif who == "engine":
            await self._engine(what)
        elif who == "boss":
            self._boss(what)
        elif who == "pbx":
            self.world.engine.cut(AWAY_S)
            self.world.pbx.dies()
        elif who in ("far", "trunk"):
            self._far(who, what)
        elif who == "clock":
            self.world.time.jumped_ms += int(what.removeprefix("jumps ")) * 1000
        else:
            await self._agent(who, what)
        await self.world.settle()

    async def _caller(self, what: str) -> None:
        if found := re.fullmatch(r"(\d*) ?dials (\d+)", what):
            self.last = found[1] or "anonymous"
            self.callers[self.last] = self.world.pbx.dial(found[1], found[2])
            return
        number, _, rest = what.partition(" ")
        if number not in self.callers:
            number, rest = self.last, what
        channel = self.callers[number]
        word, _, value = rest.partition(" ")
        CALLER[word](self, channel, value)

    async def _engine(self, what: str) -> None:
        if what == "dies":
            await self.world.engine.dies()
        else:
            self.world.started()

    def _boss(self, what: str) -> None:
        """Let the supervisor zhou do something by hand to a waiting call or an agent."""
        word, about, *rest = what.removesuffix(" refused").split()
        do, names = BOSS[word]
        args: dict[str, object] = dict(zip(names, rest, strict=False))
        if word == "prioritises":
            args["priority"] = int(rest[0])
        args["agent" if word == "sets" else "call"] = about if word == "sets" else self.id(about)
        try:
            self.world.engine.desk.ask(do, args | {"by": "zhou"})
        except Conflict:
            assert what.endswith(" refused"), what
        else:
            assert not what.endswith(" refused"), f"{what} was not refused"

    def id(self, caller: str) -> str:
        """Name the call of a caller."""
        return self.callers[caller].variables["CC_CALL"]

    def _far(self, who: str, what: str) -> None:
        """Let the other side of a call out do something, or a trunk break."""
        word, _, value = what.partition(" ")
        if who == "trunk":
            self.world.pbx.broken.add(f"trunk-{word}")
        elif word == "hangs_up":
            self.world.pbx.hang_up(far_of(self.world.pbx))
        elif word == "in":
            assert far_of(self.world.pbx).context == value, far_of(self.world.pbx)
        else:
            self.world.pbx.far(word, int(value or 0))

    async def _agent(self, agent: str, what: str) -> None:
        word, _, value = what.partition(" ")
        refused = value.endswith("refused")
        try:
            result = AGENT[word](self, agent, value.removesuffix("refused").strip())
            if result is not None:
                await result
        except Conflict:
            assert refused, f"{agent} {what}"
        else:
            assert not refused, f"{agent} {what} was not refused"

    def endpoint(self, agent: str) -> str:
        """Name the phone that an agent is signed in with."""
        return self.world.engine.floor.agents[agent].endpoint or f"a{agent}"  # type: ignore[index]

    def ask(self, word: str, agent: str, **args: object) -> None:
        """Press something that belongs to the agent's call."""
        self.world.ask(word, agent, call=self.world.call_of(agent), **args)


def _lines(text: str) -> list[str]:
    """Cut a table into lines; one that begins with neither time nor arrow goes on the last one."""
    lines: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if re.match(r"\d\d:|=>", line):
            lines.append(line)
        else:
            lines[-1] += f" {line}"
    return lines


def _parsed(line: str) -> tuple[int, str]:
    found = _LINE.fullmatch(line)
    assert found, f"not a line of a story: {line}"
    at = datetime.fromisoformat(f"{DAY}T{found[1]}").replace(tzinfo=SHANGHAI)
    return round(at.timestamp() * 1000), found[2]


# --- what agents do and what is seen of them ------------------------------------------------------


async def _signs_in(story: Story, agent: str, phone: str) -> None:
    kind = phone or "phone"
    story.world.pbx.registers(LETTERS[kind] + agent)
    await story.world.pass_to(story.world.time.now + 0.01)
    story.world.ask("agent.sign_in", agent, phone=kind)
    await story.world.settle()


async def _ready(story: Story, agent: str, phone: str) -> None:
    if story.world.engine.floor.agents[agent].presence == "offline":  # type: ignore[index]
        await _signs_in(story, agent, phone)
    story.world.ask("agent.ready", agent)


def _dials(story: Story, agent: str, to: str) -> None:
    story.world.ask("call.dial", agent, to=to, hotline="4008000001", consent="order 7")


def _declines(story: Story, agent: str, value: str) -> None:
    offer = story.world.engine.floor.agents[agent].offer  # type: ignore[index]
    story.ask("call.decline", agent, offer=offer, reason=value or "busy")


def _transfers(story: Story, agent: str, value: str) -> None:
    kind, to = value.removeprefix("to ").split()
    story.ask("call.transfer", agent, to_kind=kind, to=to)


async def _reloads(story: Story, agent: str, value: str) -> None:
    """The page goes: no registration, no audio."""
    call = story.world.call_of(agent)
    story.world.pbx.is_lost(story.endpoint(agent))
    if value == "fast":
        story.world.pbx.registers(story.endpoint(agent))
    await story.world.pass_to(story.world.time.now + 0.5)
    story.world.engine.loop.tell(ev.PhoneSilent(CallId(call), AgentId(agent)))


def _rings(story: Story, agent: str, value: str) -> None:
    leg = story.world.pbx.phones[story.endpoint(agent)].leg
    assert leg is not None, f"{agent} does not ring"
    assert not leg.up, f"{agent} talks already"
    _is(story, agent, "ringing")


def _is(story: Story, agent: str, value: str) -> None:
    floor = story.world.engine.floor
    assert state_of(floor.agents[agent], floor) == value, floor.agents[agent]  # type: ignore[index]


def _picks(story: Story, agent: str, caller: str) -> None:
    story.world.ask("call.pick", agent, call=story.id(caller), by=agent)


BOSS = {
    "moves": ("call.move", ("to_kind", "to")),
    "prioritises": ("call.priority", ()),
    "sets": ("agent.force", ("state", "reason")),
}
"""What a supervisor does: the wish, and what the words after the call or agent are."""
AgentVerb = Callable[[Story, str, str], Awaitable[None] | None]
AGENT: dict[str, AgentVerb] = {
    "ready": _ready,
    "signs_in": _signs_in,
    "signs_out": lambda story, agent, _: story.world.ask("agent.sign_out", agent),
    "breaks": lambda story, agent, why: story.world.ask("agent.pause", agent, reason=why),
    "done": lambda story, agent, _: story.world.ask("agent.wrapup_done", agent),
    "extends": lambda story, agent, _: story.world.ask("agent.wrapup_extend", agent),
    "dials": _dials,
    "declines": _declines,
    "picks": _picks,
    "holds": lambda story, agent, _: story.ask("call.hold", agent),
    "retrieves": lambda story, agent, _: story.ask("call.retrieve", agent),
    "ends": lambda story, agent, _: story.ask("call.hang_up", agent),
    "transfers": _transfers,
    "answers": lambda story, agent, _: story.world.pbx.answer(story.endpoint(agent)),
    "rejects": lambda story, agent, _: story.world.pbx.reject(story.endpoint(agent)),
    "hangs_up": lambda story, agent, _: story.world.pbx.put_down(story.endpoint(agent)),
    "phone_lost": lambda story, agent, _: story.world.pbx.is_lost(story.endpoint(agent)),
    "phone_back": lambda story, agent, _: story.world.pbx.registers(story.endpoint(agent)),
    "reloads": _reloads,
    "rings": _rings,
    "is": _is,
}


# --- what callers do and what is seen of them -----------------------------------------------------


def _stage(story: Story, channel: Channel, value: str) -> None:
    calls = story.world.engine.floor.calls
    call = calls[channel.variables["CC_CALL"]]  # type: ignore[index]
    assert call.stage == value, call


def _place(story: Story, channel: Channel, value: str) -> None:
    floor = story.world.engine.floor
    call = floor.calls[channel.variables["CC_CALL"]]  # type: ignore[index]
    assert floor.position(call) == int(value)


def _heard(story: Story, channel: Channel, value: str) -> None:
    assert value in channel.heard, channel.heard


def _in(story: Story, channel: Channel, value: str) -> None:
    assert channel.context == value, channel.context


def _speaks(story: Story, channel: Channel, value: str) -> None:
    channel.speaks_s = float(value)


CALLER: dict[str, Callable[[Story, Channel, str], None]] = {
    "presses": lambda story, channel, key: story.world.pbx.press(channel, key),
    "hangs_up": lambda story, channel, _: story.world.pbx.hang_up(channel),
    "speaks": _speaks,
    "is": _stage,
    "in": _in,
    "place": _place,
    "heard": _heard,
}


# --- the record -----------------------------------------------------------------------------------


def _seconds(ms: int) -> str:
    return str(round(ms / 1000))


def _survey(record: CallRecord) -> str:
    return next((piece.result for piece in record.segments if piece.kind == "survey"), "none")


SHOWN: dict[str, Callable[[CallRecord], object]] = {
    "waited": lambda record: _seconds(record.wait_ms),
    "rang": lambda record: _seconds(record.ring_ms),
    "talked": lambda record: _seconds(record.talk_ms),
    "dialled": lambda record: _seconds(record.dial_ms),
    "held": lambda record: _seconds(record.hold_ms),
    "wrapped": lambda record: _seconds(record.wrap_ms),
    "survey": _survey,
    "message": lambda record: "yes" if record.has_message else "no",
}


def _compare(records: list[CallRecord], wanted: list[str]) -> None:
    shown_, expected = [], []
    for record, line in zip(records, wanted, strict=True):
        pairs = [pair.split("=", 1) for pair in line.removeprefix("=>").split()[1:]]
        expected.append(" ".join(f"{name}={value}" for name, value in pairs))
        shown_.append(" ".join(f"{name}={_value(record, name)}" for name, _ in pairs))
    assert shown_ == expected, f"\n  {shown_}\n  {expected}"


def _value(record: CallRecord, name: str) -> object:
    show = SHOWN.get(name)
    value = show(record) if show else getattr(record, name)
    return "none" if value in (None, "") else value


def shown(floor: Floor) -> tuple[object, ...]:
    """Show what of a floor must survive a replay; instants only to a tenth of a second."""
    calls = {
        call.id: (
            *(call.stage, call.group, call.priority, call.agent, call.offer, call.confirmed),
            *(call.parked, call.first_hangup, round(call.entered, 1), sorted(call.barred or ())),
            *(call.step, call.line.group if call.line else None),
        )
        for call in floor.calls.values()
    }
    agents = {
        number: (
            *(agent.presence, agent.reason, agent.line, agent.call, agent.offer, agent.endpoint),
            *(agent.misses, agent.seats is not None, agent.answered),
        )
        for number, agent in floor.agents.items()
    }
    queues = {group: [place[2] for place in line] for group, line in floor.waiting.items() if line}
    return calls, agents, queues, floor.last_offer, floor.epoch, floor.pbx_up, floor.reachable
