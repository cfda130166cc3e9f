"""Commands → AMI actions. The pure half (`actions`) is a table; `Hands` sends without waiting.

A Redirect to a place that does not exist says Success and loses the caller, so the places are
constants here and are checked against the dialplan at start (`PLACES`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from domain import commands as do
from domain.ids import AgentId, CallId
from pbx.action import PLAIN
from pbx.legs import Legs

PLACES = ("hold", "offer", "after", "held", "agent-side", "join", "dial-out", "aside", "hotline")
"""Contexts that we send legs to; each has an extension `s`, priority 1."""

NOTIFY = "PJSIPNotify"
"""The one action that only the AMI user `watch` may take (class system)."""

Action = tuple[str, dict[str, Any]]
"""An AMI action's name and its fields, all text but `variables`: those of a new channel."""

LEAVE = "D"
"""The key by which the dialplan's own queue lets go of a caller; no telephone of theirs has it."""
MOBILE = "m"
"""The letter of a mobile seat's endpoint."""
KEPT = "place_kept"
"""What who calls again soon hears first."""
MOST_WAYS = 3
FAR_RING_S = 60
"""How long the other side of a call out may ring; the carrier's own time-out is mostly shorter."""
MOST_GATHERED = 900
"""Bytes of one header's value: an AMI line has at most 1024."""
PICK_UP = {
    "PJSIP_HEADER(add,X-Dial)": "1",
    "PJSIP_HEADER(add,Call-Info)": "<sip:yingda>;answer-after=0",
    "PJSIP_HEADER(add,Alert-Info)": "<sip:yingda>;info=alert-autoanswer",
}
"""Headers by which the page and desk phones pick up by themselves: the agent asked for the call."""


@dataclass(frozen=True, slots=True)
class Seat:
    """How a mobile is rung: `trunk:number as dialled`, our number on each, what is said first."""

    routes: Sequence[str]
    shown: Sequence[str]
    say: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Says:
    """What the caller and, at the same time, the agent hear first; files without their ending.

    `taken`: the agent's phone is asked to answer by itself.
    """

    caller: str = ""
    agent: str = ""
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the translation needs to know: epoch, where recordings begin, how a place is said.

    `say_wait` gives what is said of the time to wait, after the place; `say` a prompt in the
    language of a call, nothing when it is not there.
    `back` gives how a callback is dialled, None = it may not be now.
    `seat` gives the ways to an agent's mobile for a call, None = it may not be rung now.
    `says` gives what is said when somebody answers, `asks` whether the caller may be asked to rate.
    """

    epoch: int
    spool: Callable[[str], str]
    say_place: Callable[[do.Announce], Sequence[str]]
    seat: Callable[[AgentId, CallId], "Seat | None"] = lambda agent, call: None
    say_wait: Callable[[do.Announce], Sequence[str]] = lambda told: ()
    say: Callable[[CallId, str], Sequence[str]] = lambda call, prompt: ()
    says: Callable[[do.RingAgent], Says] = lambda ring: Says()
    asks: Callable[[do.RingAgent], bool] = lambda ring: True
    back: Callable[[do.RingBack], do.PlaceCall | None] = lambda command: None


def actions(command: do.PbxCommand, legs: Legs, world: Surroundings) -> list[Action]:
    """Translate one command; nothing when the leg is gone already (its Hangup tells the rest)."""
    caller, agent = legs.caller.get(command.call), legs.agent.get(command.call)
    if isinstance(command, do.ReleaseAgent):
        return list(_end(agent or ""))
    if isinstance(command, do.StopRinging):
        return list(_end(legs.at(command.call, command.endpoint)))
    if isinstance(command, do.NotifyPhone):
        phone = legs.at(command.call, command.endpoint) if command.endpoint else agent
        return [(NOTIFY, _notify(phone, command.event))] if phone else []
    if isinstance(command, do.PlaceCall | do.RingBack):
        placed = world.back(command) if isinstance(command, do.RingBack) else command
        return [_place(placed, world)] if placed else []
    if not caller:
        return []
    return list(_for_caller(command, caller, agent or "", world))


def _for_caller(
    command: do.PbxCommand, caller: str, agent: str, world: Surroundings
) -> Iterator[Action]:
    match command:
        case do.RingAgent():
            yield from _ring(command, caller, world)
        case do.ResumeAgent():
            yield from _resume(command, caller, world)
            yield from _end(agent)
        case do.Announce():
            kept = world.say(command.call, KEPT) if command.kept else ()
            said = (*kept, *world.say_place(command), *world.say_wait(command))
            yield _set(caller, "CC_SAY", "&".join(said))
        case do.Say(call, prompt):
            yield _set(caller, "CC_SAY", "&".join(world.say(call, prompt)))
        case do.TakeAside():
            yield _redirect(caller, "aside")
        case do.HangUp():
            yield ("Hangup", {"Channel": caller, "Cause": "16"})
        case do.BringBack() | do.GoOn():
            yield _redirect(caller, "hold" if isinstance(command, do.BringBack) else "after")
        case _:
            yield from _part_and_join(command, caller, agent, world)


def _part_and_join(
    command: do.PbxCommand, caller: str, agent: str, world: Surroundings
) -> Iterator[Action]:
    match command:
        case do.LeaveQueue():
            yield from _leave(caller, "hold")
        case do.TellWinner():
            yield _offer(caller, f"{world.epoch}:{command.offer}:{command.endpoint}")
        case do.MuteRecording(muted=muted):
            fields = {"Channel": caller, "Direction": "both", "State": "1" if muted else "0"}
            yield ("MixMonitorMute", fields)
        case do.AwaitAgent():
            yield _set(caller, "CC_PEER", "")
            yield _redirect(caller, "held")
            yield from _end(agent)
        case do.ParkCaller() if agent:
            yield _set(caller, "CC_PEER", agent)
            yield _set(agent, "CC_PEER", caller)
            yield _part(caller, agent)
        case do.JoinCaller() if agent:
            yield _set(caller, "CC_PEER", agent)
            yield _redirect(caller, "join")


def _end(agent: str) -> Iterator[Action]:
    """End the leg of a phone; it may be gone already."""
    if agent:
        yield ("Hangup", {"Channel": agent, "Cause": "16"})


def _resume(command: do.ResumeAgent, caller: str, world: Surroundings) -> Iterator[Action]:
    yield _offer(caller, f"{world.epoch}:{command.offer}:{command.endpoint}")
    yield _set(caller, "CC_RING", str(int(command.ring_s)))
    yield _set(caller, "CC_RESUME", "1")
    yield from _first_words(caller, Says())
    yield _redirect(caller, "offer")


def _ring(command: do.RingAgent, caller: str, world: Surroundings) -> Iterator[Action]:
    if command.endpoint.startswith(MOBILE):
        seat = world.seat(command.agent, command.call)
        if seat is None:
            return
        for name, value in _seat_variables(seat).items():
            yield _set(caller, f"__{name}", value)
    phones = "&".join((command.endpoint, *command.more))
    yield _offer(caller, f"{world.epoch}:{command.offer}:{phones}")
    yield _set(caller, "CC_RING", str(int(command.ring_s)))
    yield from _first_words(caller, world.says(command))
    yield _set(caller, "CC_RATE", "" if world.asks(command) else "no")
    if command.record:
        yield _set(caller, "CC_RECORD", world.spool(command.record))
    yield _redirect(caller, "offer")


def _first_words(caller: str, says: Says) -> Iterator[Action]:
    yield _set(caller, "CC_GREET", says.caller)
    yield _set(caller, "CC_WHISPER", says.agent)
    yield _set(caller, "__CC_AUTO", "1" if says.taken else "")


def _place(command: do.PlaceCall, world: Surroundings) -> Action:
    """Ring the agent's phone; once it is picked up, [dial-out] tries the routes in order."""
    mobile = command.endpoint.startswith(MOBILE)
    channel = f"Local/{command.endpoint}@mobile/n" if mobile else f"PJSIP/{command.endpoint}"
    variables = _out_variables(command, world)
    if command.offer is not None:
        variables["CC_OFFER"] = f"{world.epoch}:{command.offer}:{command.endpoint}"
        variables["__CC_HELLO"] = "&".join(command.hello)
    if not mobile:
        picks_up = PICK_UP if command.offer is None else {}
        variables |= picks_up | {"PJSIP_HEADER(add,X-Call-Id)": command.call}
    elif seat := world.seat(command.agent, command.call):
        variables |= _seat_variables(seat)
    fields: dict[str, Any] = {
        "Channel": channel,
        "Context": "dial-out",
        "Exten": "s",
        "Priority": "1",
        "Timeout": str(int(command.ring_s * 1000)),
        "CallerID": f"<{command.caller_id}>",
        "Async": "true",
    }
    return ("Originate", fields | {"variables": variables})


def _out_variables(command: do.PlaceCall, world: Surroundings) -> dict[str, str]:
    record = world.spool(command.record) if command.record else ""
    return {
        "__CC_CALL": command.call,
        "CC_LEG": "agent",
        "CC_DIAL": "ringing",
        "__CC_RECORD": record,
        "CC_RING": str(FAR_RING_S),
        **ways("CC_OUT", "CC_CLI", command.routes, command.shown or (command.caller_id,)),
    }


def _seat_variables(seat: Seat) -> dict[str, str]:
    """Write the ways to a mobile; those of an earlier offer are taken away."""
    none = {f"CC_SEAT{n}": "" for n in range(1, MOST_WAYS + 1)}
    there = ways("CC_SEAT", "CC_SEATCLI", seat.routes, seat.shown)
    return none | there | {"CC_SEATSAY": "&".join(seat.say)}


def ways(way: str, cli: str, routes: Sequence[str], shown: Sequence[str]) -> dict[str, str]:
    """Write routes as the dialplan reads them: CC_OUT1 is dialled, CC_CLI1 is our number there."""
    found = {}
    for n, route in enumerate(routes[:MOST_WAYS], 1):
        trunk, _, number = route.partition(":")
        found[f"{way}{n}"] = f"PJSIP/{number}@trunk-{trunk}"
        found[f"{cli}{n}"] = shown[min(n, len(shown)) - 1]
    return found


def _set(channel: str, name: str, value: str) -> Action:
    return ("Setvar", {"Channel": channel, "Variable": name, "Value": value})


def _offer(caller: str, offer: str) -> Action:
    """Let the leg, and those that are dialled from it, know the offer."""
    return _set(caller, "__CC_OFFER", offer)


def begin_anew(channel: str, *, queued: bool = False) -> list[Action]:
    """Take a caller to whom no flow has spoken to the start of the hotline's flow.

    `queued`: who may be answered in the dialplan's own queue at this moment leaves it by its key.
    """
    fields = {"Channel": channel, "Context": "hotline", "Exten": "s", "Priority": "flow"}
    return list(_leave(channel, "flow")) if queued else [("Redirect", fields)]


def _leave(caller: str, to: str) -> Iterator[Action]:
    yield _set(caller, "CC_BACK", to)
    yield ("PlayDTMF", {"Channel": caller, "Digit": LEAVE, "Receive": "true"})


def _redirect(channel: str, place: str) -> Action:
    return ("Redirect", {"Channel": channel, "Context": place, "Exten": "s", "Priority": "1"})


def _notify(agent: str, event: str) -> dict[str, str]:
    # one header only: AMI reads a comma in it as the next one
    fields = f"Event={event},Subscription-State=active"
    return {"Channel": agent, "Variable": fields}


def _part(caller: str, agent: str) -> Action:
    name, fields = _redirect(caller, "held")
    extra = {"ExtraContext": "agent-side", "ExtraExten": "s", "ExtraPriority": "1"}
    return (name, fields | {"ExtraChannel": agent} | extra)


def gathered(batch: Sequence[Action]) -> list[Action]:
    """Let variables that one channel is given in a row travel as one action.

    ARRAY splits like arguments: a value with a sign of its own meaning there goes alone.
    """
    made: list[Action] = []
    for channel, run in groupby(batch, _gathers):
        own = list(run)
        if channel and len(own) > 1:
            made += _as_array(channel, [(each["Variable"], each["Value"]) for _, each in own])
        else:
            made += own
    return made


def _gathers(action: Action) -> str:
    name, fields = action
    plain = name == "Setvar" and PLAIN.fullmatch(fields["Value"])
    return str(fields.get("Channel", "")) if plain else ""


def _as_array(channel: str, pairs: Sequence[tuple[str, str]]) -> Iterator[Action]:
    names, values = ",".join(name for name, _ in pairs), ",".join(value for _, value in pairs)
    if max(len(names), len(values.encode())) > MOST_GATHERED:
        half = len(pairs) // 2
        for part in (pairs[:half], pairs[half:]):
            yield from _as_array(channel, part) if len(part) > 1 else [_set(channel, *part[0])]
    else:
        yield _set(channel, f"ARRAY({names})", values)


class Hands:
    """Sends the actions of commands, in order, in one go; never waits for Asterisk."""

    def __init__(
        self, legs: Legs, world: Surroundings, send: Callable[[Sequence[Action]], None]
    ) -> None:
        self._legs = legs
        self._world = world
        self._send = send

    def do(self, commands: Sequence[do.PbxCommand]) -> None:
        """Carry out commands of one turn."""
        batch = [
            action for command in commands for action in actions(command, self._legs, self._world)
        ]
        if batch:
            self._send(gathered(batch))
