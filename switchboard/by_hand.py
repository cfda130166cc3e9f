"""What people may do by hand to calls that wait and to other agents, as wishes of the door.

`by` is the login of who asks; who may ask at all is the web's to know.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from acd.by_hand import can_be_rung, waiting, works_for
from acd.floor import Agent, Call, Line, Presence, own_group
from domain import events as ev
from domain.errors import Conflict, Fault as _Fault, Refused
from domain.ids import CallId

if TYPE_CHECKING:
    from switchboard.desk import Desk

Args = Mapping[str, Any]
FIRST, LAST = 0, 99
"""The priorities that a call can be given."""


def _waiting(desk: "Desk", args: Args) -> Call:
    call = waiting(desk.floor, CallId(str(args.get("call", ""))))
    if call is None:
        raise Conflict("this call does not wait any more")
    return call


def _by(args: Args) -> str:
    return str(args.get("by", ""))


def _pick(desk: "Desk", args: Args) -> ev.Event:
    call, agent = _waiting(desk, args), desk.present(args)
    if not works_for(agent, call):
        raise Conflict("this call waits for another group")
    if agent.line not in (Line.FREE, Line.WRAPPING):
        raise Conflict("end the call first")
    if not can_be_rung(desk.floor, agent):
        raise Conflict("your phone is not registered")
    if not desk.floor.may_offer:
        raise Conflict("the exchange is away")
    if not call.confirmed:
        raise Conflict("this call is not on hold yet")
    return ev.CallPicked(call.id, agent.card.number, _by(args))


def _move(desk: "Desk", args: Args) -> ev.Event:
    call, kind, to = _waiting(desk, args), str(args.get("to_kind", "")), str(args.get("to", ""))
    desk.check_target(kind, to)
    if call.group == (own_group(to) if kind == "agent" else to):
        raise Conflict("this call waits there already")
    return ev.CallMoved(call.id, kind, to, _by(args))


def _prioritise(desk: "Desk", args: Args) -> ev.Event:
    call, priority = _waiting(desk, args), args.get("priority")
    if not isinstance(priority, int) or not FIRST <= priority <= LAST:
        raise Refused(_Fault("", 0, "priority", f"{FIRST} to {LAST}"))
    return ev.PriorityChanged(call.id, priority, _by(args))


def _cancel_callback(desk: "Desk", args: Args) -> ev.Event:
    call = _waiting(desk, args)
    if call.back is None:
        raise Conflict("this call is no callback")
    return ev.CallbackCancelled(call.id, _by(args))


def _force(desk: "Desk", args: Args) -> ev.Event:
    """Set an agent's state; in a talk it holds for afterwards, as if the agent had said so."""
    agent, state = desk.agent(args), str(args.get("state", ""))
    change = STATES.get(state)
    if change is None:
        raise Refused(_Fault("", 0, "state", "must be ready, break or offline"))
    if agent.presence is Presence.OFFLINE:
        raise Conflict("this agent is not signed in")
    event = change(desk, agent, args)
    desk.tell(ev.AgentForced(agent.card.number, state, str(args.get("reason", "")), _by(args)))
    return event


def _ready(desk: "Desk", agent: Agent, args: Args) -> ev.Event:
    if agent.endpoint not in desk.floor.reachable:
        raise Conflict("this agent's phone is not registered")
    return ev.AgentReadied(agent.card.number)


def _break(desk: "Desk", agent: Agent, args: Args) -> ev.Event:
    return ev.AgentPaused(agent.card.number, str(args.get("reason", "")), forced=True)


def _offline(desk: "Desk", agent: Agent, args: Args) -> ev.Event:
    return ev.AgentSignedOut(agent.card.number, "forced")


def _switch(desk: "Desk", args: Args) -> ev.Event:
    """Hold a hotline ("" = all) open or closed, or ("") let it go by its calendar again."""
    state, until = args.get("state", ""), args.get("until", 0)
    if state not in ("", "open", "closed"):
        raise Refused(_Fault("", 0, "state", "must be open, closed or nothing"))
    if not isinstance(until, int):
        raise Refused(_Fault("", 0, "until", "must be a time"))
    hotline, reason, prompt = (str(args.get(name, "")) for name in ("hotline", "reason", "prompt"))
    return ev.HotlineSwitched(hotline, state, until, reason, prompt, _by(args))


STATES: dict[str, Callable[["Desk", Agent, Args], ev.Event]] = {
    "ready": _ready,
    "break": _break,
    "offline": _offline,
}
WISHES: dict[str, Callable[["Desk", Args], ev.Event]] = {
    "call.pick": _pick,
    "call.move": _move,
    "call.priority": _prioritise,
    "call.cancel_callback": _cancel_callback,
    "agent.force": _force,
    "hotline.switch": _switch,
}
SENTENCES: dict[str, tuple[str, str]] = {
    "this call does not wait any more": (
        "该来电已不在排队",
        "This call does not wait any more",
    ),
    "this call waits for another group": (
        "该来电不在您的技能组排队",
        "This call waits for another group",
    ),
    "this call is no callback": ("这不是回拨", "This call is no callback"),
    "this call waits there already": ("该来电已在那里排队", "This call waits there already"),
    "this call is not on hold yet": (
        "该来电正在转入等待，请稍后再试",
        "This call is just coming to the hold music; try again",
    ),
    "this agent's phone is not registered": (
        "该座席的话机未注册",
        "This agent's phone is not registered",
    ),
}
"""Refusals in both languages, for the page."""
