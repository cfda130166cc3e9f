"""After the link to Asterisk came up: compare its picture with ours, as events.

Asterisk is the durable waiting room. A call that we know and it does not is lost; a caller on
hold music who we think is elsewhere waits again; a caller in the dialplan's own queue fell back.
Whoever talks is never disturbed: an offer that was answered meanwhile is answered, and a talk
that came about without us is left to the dialplan. A call out that is still dialled goes on.
Pure: `differences` takes both pictures.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from acd import Floor
from acd.floor import Call, Line, Stage
from acd.found import who_has
from domain import events as ev
from domain.ids import AgentId, CallId, GroupId

IN_LINE = (Stage.WAITING, Stage.OFFERED, Stage.FALLBACK, Stage.ASIDE, Stage.OUTSIDE)
"""Stages of a caller who belongs on the hold music when found there."""
WAITS = ("hold", "fallback")
"""Where a caller is who waits: on our music, or in the dialplan's own queue."""
ASKED = ("offer", "held", "join")
"""From where a caller is brought back to the music: found there, it was decided and not done."""
UNHELD = ("offer", "join")
"""Where a caller is who talks with the agent: found there, nobody was put on hold."""
AFTERWARDS = ("after", "verdict")
"""Where a caller is whose talk is over."""
UNTAKEN = (Line.FREE, Line.WRAPPING, Line.RESERVED, Line.RINGING)
"""Lines of an agent who may be found in a talk that we do not know of: an offer is taken back."""
OVER = (ev.CallLost, ev.TalkOver, ev.HungUp, ev.DialFailed, ev.DialEnded, ev.CallFellBack)
"""After these a call has no agent any more."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One live channel as Asterisk lists it."""

    channel: str
    context: str
    application: str
    call: str
    side: str
    called: str = ""
    bridged: bool = False
    trunk: str = ""
    queue: str = ""
    """The dialplan's own queue of a caller whose group we do not know: it names the group."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One caller's leg beside our own picture."""

    floor: Floor
    leg: Leg
    phone: str | None
    """Who is at the other end of the talk: an agent's phone, if it is one of ours."""
    alone: bool = False
    """No agent's leg is there, neither talking nor ringing nor waiting beside."""
    freed: Collection[AgentId] = ()
    """Whose call before is told to be over, though our picture has it still."""

    @property
    def call(self) -> CallId:
        return CallId(self.leg.call)

    @property
    def known(self) -> Call | None:
        return self.floor.calls.get(self.call)


def groupless(floor: Floor, legs: Iterable[Leg]) -> list[Leg]:
    """List who waits though we know of no group: the engine died between word and deed."""
    return [leg for leg in legs if _waits_unknown(floor.calls.get(CallId(leg.call)), leg)]


def unmet(legs: Iterable[Leg]) -> list[Leg]:
    """List callers who came while no engine was there: no flow spoke to them, nobody talks."""
    return [leg for leg in _nameless(legs) if not leg.bridged]


def is_unknown_talk(legs: Iterable[Leg]) -> bool:
    """Tell whether somebody whom no flow met talks in the dialplan's own queue."""
    return any(leg.bridged for leg in _nameless(legs))


def _nameless(legs: Iterable[Leg]) -> Iterator[Leg]:
    callers = (leg for leg in legs if leg.side == "caller" and not leg.call)
    return (leg for leg in callers if leg.context == "fallback")


def _waits_unknown(known: Call | None, leg: Leg) -> bool:
    waits = leg.side == "caller" and leg.context in WAITS and not leg.bridged
    return waits and bool(leg.call) and (known is None or not known.group)


def differences(floor: Floor, legs: Iterable[Leg], hotlines: Mapping[str, str]) -> list[ev.Event]:
    """Say what must have happened while nobody listened."""
    known = list(legs)
    agents = {leg.call: leg for leg in known if leg.side == "agent" and leg.call}
    callers = {leg.call: leg for leg in known if leg.side == "caller" and leg.call}
    talking = {leg.call: leg.trunk for leg in known if leg.side == "agent" and leg.bridged}
    told = [_lost(call) for call in floor.calls.values() if _is_gone(call, callers, agents)]
    told += [ev.DialBegan(call.id) for call in floor.calls.values() if _is_dialled(call, agents)]
    went_on = (leg.call for leg in callers.values() if _went_on(floor, leg, talking))
    told += [ev.CallFellBack(CallId(call), talks=True) for call in went_on]
    # who talks comes last: with an agent, perhaps, whose call before is told here to be over
    for bridged in (False, True):
        freed = _freed(floor, told)
        for leg in (each for each in callers.values() if each.bridged is bridged):
            sight = Sight(floor, leg, talking.get(leg.call), leg.call not in agents, freed)
            told += _adopt(sight, hotlines) + _moved(sight)
    return told


def _went_on(floor: Floor, leg: Leg, talking: Mapping[str, str]) -> bool:
    """Tell whether a talk that we know of is over, and the dialplan found the caller another."""
    known = floor.calls.get(CallId(leg.call))
    if known is None or known.stage is not Stage.TALKING:
        return False
    elsewhere = leg.context == "fallback" and leg.bridged
    return elsewhere and not _is_at(Sight(floor, leg, talking.get(leg.call)), known)


def _freed(floor: Floor, told: Iterable[ev.Event]) -> set[AgentId]:
    """List who has no call any more by what is told already."""
    ends = (floor.calls.get(event.call) for event in told if isinstance(event, OVER))
    return {agent.number for call in ends if call is not None for agent in who_has(floor, call)}


def _is_gone(call: Call, callers: Mapping[str, Leg], agents: Mapping[str, Leg]) -> bool:
    """Tell whether a call has no leg left; a callback has none while it waits."""
    if call.id in callers or (call.back is not None and call.stage is Stage.WAITING):
        return False
    alone = call.stage is Stage.DIALLING or (call.back and call.stage is Stage.OFFERED)
    return not (alone and call.id in agents)


def _lost(call: Call) -> ev.Event:
    """Say that a call is gone; a callback has its next attempt."""
    if call.back is not None:
        return ev.DialEnded(call.id, "cancelled", by="system")
    return ev.CallLost(call.id, "gone while the link was down")


def _is_dialled(call: Call, agents: Mapping[str, Leg]) -> bool:
    """Tell whether the agent has picked up for a call out meanwhile; the rest is still to come."""
    leg = agents.get(call.id)
    taken_up = call.back is not None and call.stage is Stage.OFFERED
    ringing = taken_up or (call.stage is Stage.DIALLING and not call.confirmed)
    return ringing and leg is not None and leg.context == "dial-out"


def _adopt(sight: Sight, hotlines: Mapping[str, str]) -> list[ev.Event]:
    """Take in a call that nobody wrote down, if it waits for somebody or talks with an agent."""
    leg, call = sight.leg, sight.call
    found = _found(sight) if leg.bridged else []
    if sight.known is not None or leg.context not in WAITS or (leg.bridged and not found):
        return []
    hotline, group = hotlines.get(leg.called, leg.called), _group(sight.floor, leg)
    return [ev.CallArrived(call, hotline, leg.called, ""), ev.GroupChosen(call, group), *found]


def _group(floor: Floor, leg: Leg) -> GroupId:
    """Give the group that a caller was told to wait for; the first one where nobody knows."""
    named = GroupId(leg.queue.removeprefix("fb-"))
    return named if named in floor.groups else next(iter(floor.groups), GroupId(""))


def _moved(sight: Sight) -> list[ev.Event]:
    """Say what became of a call that we know, or that waits."""
    floor, leg, known = sight.floor, sight.leg, sight.known
    if leg.context in WAITS and not leg.bridged:
        return _waiting(floor, known, leg)
    if known is None or leg.context == "through":
        return []  # put through outside, by the dialplan: it tells when that is over
    if known.stage is Stage.DIALLING:
        return [ev.FarAnswered(known.id, leg.trunk)]
    if known.stage is Stage.OFFERED and sight.phone is not None and leg.context != "fallback":
        return _answered(floor, known, sight.phone)
    if known.stage in (Stage.TALKING, Stage.HELD):
        return _in_talk(sight, known)
    if leg.bridged:
        return _strange(sight, known)
    if known.stage is Stage.AFTER and leg.context == "held":
        return [ev.LeftOnHold(known.id)]
    stuck = known.stage is Stage.WAITING and leg.context in ASKED
    return [ev.CallFellBack(known.id)] if stuck and not known.confirmed else []


def _in_talk(sight: Sight, known: Call) -> list[ev.Event]:
    """Say what became of a talk; the dialplan gives a held caller back when no engine beats."""
    leg = sight.leg
    if leg.context in AFTERWARDS:
        return [ev.TalkOver(known.id)]
    if known.stage is Stage.TALKING and known.parked and leg.context == "held" and known.agent:
        return _taken_back(sight, known, known.agent)
    if known.stage is Stage.TALKING and leg.bridged and leg.context == "fallback":
        return [] if _is_at(sight, known) else _found(sight)
    parked = known.stage is Stage.HELD and known.parked and not known.awaited
    if parked and leg.context == "held" and sight.alone:
        return [ev.HungUp(known.id, "agent")]
    if not (parked and leg.bridged and known.agent):
        return []
    if leg.context in UNHELD or (leg.context == "fallback" and _is_at(sight, known)):
        return [ev.TalkFound(known.id, known.agent)]
    return _strange(sight, known) if leg.context == "fallback" else []


def _taken_back(sight: Sight, call: Call, agent: AgentId) -> list[ev.Event]:
    """Say what became of a retrieve that was never carried out: who asked may have hung up."""
    if sight.alone:
        return [ev.HungUp(call.id, "agent"), ev.TalkOver(call.id), ev.LeftOnHold(call.id)]
    return [ev.RetrieveAsked(call.id, agent)]


def _is_at(sight: Sight, call: Call) -> bool:
    """Tell whether the caller talks with the agent who has the call."""
    return call.agent is not None and sight.floor.agents[call.agent].endpoint == sight.phone


def _waiting(floor: Floor, known: Call | None, leg: Leg) -> list[ev.Event]:
    """Say what became of a caller on the music, or in the dialplan's own queue."""
    told: list[ev.Event] = []
    if known is not None and _waits_unknown(known, leg) and (leg.queue or leg.context == "hold"):
        # the caller was told where to wait, and nobody wrote it down any more
        told = [ev.GroupChosen(known.id, _group(floor, leg))]
    if leg.context == "fallback":
        return [*told, ev.CallFellBack(CallId(leg.call), queued=True)]
    return [*told, ev.HoldReached(CallId(leg.call))] if told else _waits(known, leg)


def _strange(sight: Sight, call: Call) -> list[ev.Event]:
    """Say what a talk is that we know nothing of; with nobody of ours it is let be."""
    if _is_passed_on(sight.floor, call, sight.phone):
        return [ev.CallFellBack(call.id)]  # to be brought to the music, as was decided
    if found := _found(sight):
        return found
    # it goes on: were it written down as over, its end would be no end any more
    return [] if call.stage is Stage.FALLBACK else [ev.CallFellBack(call.id, talks=True)]


def _found(sight: Sight) -> list[ev.Event]:
    """Take in the talk of an agent of ours who has no other call; nothing if there is none."""
    phone, freed = sight.phone, sight.freed
    agents = [agent for agent in sight.floor.agents.values() if phone and agent.endpoint == phone]
    free = [each.number for each in agents if each.line in UNTAKEN or each.number in freed]
    return [ev.TalkFound(sight.call, number) for number in free[:1]]


def _is_passed_on(floor: Floor, call: Call, phone: str | None) -> bool:
    """Tell whether an agent passed the caller on, and they talk still: it was never carried out."""
    wraps = (agent for agent in floor.agents.values() if agent.line is Line.WRAPPING)
    has = any(agent.call == call.id and agent.endpoint == phone for agent in wraps)
    return has and call.stage is Stage.WAITING and not call.confirmed


def _answered(floor: Floor, call: Call, phone: str) -> list[ev.Event]:
    """Say whose phone of those that rang was picked up; a mobile seat's leg has no name of ours."""
    rung = [floor.agents[number] for number in call.rings]
    agent = next((one for one in rung if one.endpoint == phone), rung[0] if rung else None)
    if agent is None or agent.offer is None:
        return []
    return [ev.OfferAnswered(call.id, agent.card.number, agent.offer)]


def _waits(known: Call | None, leg: Leg) -> list[ev.Event]:
    told: list[ev.Event] = []
    if known and known.awaited:
        return told  # the phone is rung again, or the time runs out
    stage = known.stage if known else Stage.WAITING
    if known and known.offer and stage is Stage.OFFERED:
        told.append(ev.DialFailed(known.id, known.offer, "LOST"))
    if known and stage in (Stage.TALKING, Stage.HELD):
        told.append(ev.TalkOver(known.id))
    if stage in IN_LINE:
        told.append(ev.HoldReached(CallId(leg.call)))
    return told
