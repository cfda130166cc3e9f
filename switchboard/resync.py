"""After the link to Asterisk came up: compare its picture with ours, as events.

Asterisk is the durable waiting room. A call that we know and it does not is lost; a caller on
hold music who we think is elsewhere waits again; a caller in the dialplan's own queue fell back.
Pure: `differences` takes both pictures.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from acd import Floor
from acd.floor import Stage
from domain import events as ev
from domain.ids import CallId, GroupId


@dataclass(frozen=True, slots=True)
class Leg:
    """One live channel as Asterisk lists it."""

    channel: str
    context: str
    application: str
    call: str
    side: str
    called: str = ""


def differences(floor: Floor, legs: Iterable[Leg], hotlines: Mapping[str, str]) -> list[ev.Event]:
    """Say what must have happened while nobody listened."""
    callers = {leg.call: leg for leg in legs if leg.side == "caller" and leg.call}
    told: list[ev.Event] = [
        ev.CallLost(call.id, "gone while the link was down")
        for call in floor.calls.values()
        if call.id not in callers
    ]
    for leg in callers.values():
        told += _adopt(floor, leg, hotlines) + _moved(floor, leg)
    return told


def _adopt(floor: Floor, leg: Leg, hotlines: Mapping[str, str]) -> list[ev.Event]:
    """Take in a call that started while the engine was away, if it waits for somebody."""
    call = CallId(leg.call)
    if call in floor.calls or leg.context not in ("hold", "fallback"):
        return []
    group = next(iter(floor.groups), GroupId(""))
    hotline = hotlines.get(leg.called, leg.called)
    return [ev.CallArrived(call, hotline, leg.called, ""), ev.GroupChosen(call, group)]


def _moved(floor: Floor, leg: Leg) -> list[ev.Event]:
    known = floor.calls.get(CallId(leg.call))
    stage = known.stage if known else Stage.WAITING
    if leg.context == "fallback" and leg.application == "Queue":
        return [ev.CallFellBack(CallId(leg.call))]
    if leg.context != "hold":
        return []
    told: list[ev.Event] = []
    if known and known.offer and stage is Stage.OFFERED:
        told.append(ev.DialFailed(known.id, known.offer, "NOANSWER"))
    if known and stage in (Stage.TALKING, Stage.HELD):
        told.append(ev.TalkOver(known.id))
    if stage in (Stage.WAITING, Stage.OFFERED, Stage.FALLBACK):
        told.append(ev.HoldReached(CallId(leg.call)))
    return told
