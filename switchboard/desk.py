"""What the pages may ask of the engine: each word of the door, checked and turned into an event.

A refusal is answered at once, from the floor as it is now; an accepted wish is an event like any
other and takes its effect in the loop's order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from acd import Floor
from acd.floor import MOBILE, Agent, Call, Line, Presence, Stage
from domain import events as ev
from domain.errors import (
    CallForbidden,
    Conflict,
    Fault as _Fault,
    NotFound,
    Refused,
    YingdaError,
)
from domain.ids import AgentId, CallId, OfferId
from domain.ports import Tell
from switchboard import by_hand
from switchboard.dialling import Dialling

Args = Mapping[str, Any]
PHONES = {"browser": "w", "phone": "a", MOBILE: "m"}
"""The kind of phone an agent signs in with, and the letter of its SIP endpoint."""
NOTE_LIMIT = 4000


@dataclass(slots=True)
class Desk:
    """Turns wishes into events; `tell` puts them into the loop."""

    floor: Floor
    tell: Tell
    has_had: Callable[[str, str], bool]
    dialling: Dialling | None = None
    quotas: Callable[[], Mapping[str, int]] = dict

    def ask(self, word: str, args: Args) -> dict[str, Any]:
        """Carry out one wish; raises what cannot be. A call out is answered with its id."""
        wish = WISHES.get(word)
        if wish is None:
            raise NotFound(f"{word} is not something the engine can do")
        event = wish(self, args)
        self.tell(event)
        return {"call": event.call} if isinstance(event, ev.DialAsked) else {}

    def agent(self, args: Args) -> Agent:
        """Find the agent of a wish."""
        found = self.floor.agents.get(AgentId(_text(args, "agent")))
        if found is None:
            raise NotFound(f"agent {_text(args, 'agent')} is not configured")
        return found

    def present(self, args: Args) -> Agent:
        """Find an agent who is signed in."""
        agent = self.agent(args)
        if agent.presence is Presence.OFFLINE:
            raise Conflict("sign in first")
        return agent

    def talking(self, args: Args, *stages: Stage) -> Call:
        """Find the call that this agent has, or is rung for, and that can be reached now."""
        if not self.floor.pbx_up:
            raise Conflict("the exchange is away")
        call = self.floor.calls.get(CallId(_text(args, "call")))
        if call is None or call.stage not in stages:
            raise Conflict("this call is not with you any more")
        if _text(args, "agent") not in (call.rings or (call.agent,)):
            raise Conflict("this call is not with you any more")
        return call

    def check_target(self, kind: str, to: str, but: str = "") -> None:
        """See that a call can be passed to a group, or an agent who is signed in and not `but`."""
        if kind == "group" and to in self.floor.groups:
            return
        target = self.floor.agents.get(AgentId(to)) if kind == "agent" else None
        if target is None or to == but:
            raise Refused(_Fault("", 0, "to", "is not an agent or group that can take the call"))
        if target.presence is Presence.OFFLINE:
            raise Conflict("this agent is not signed in")


def _text(args: Args, name: str) -> str:
    value = args.get(name, "")
    if not isinstance(value, str):
        raise Refused(_Fault("", 0, name, "must be a text"))
    return value


def _sign_in(desk: Desk, args: Args) -> ev.Event:
    agent, phone = desk.agent(args), _text(args, "phone")
    if phone not in PHONES:
        raise Refused(_Fault("", 0, "phone", "must be browser, phone or mobile"))
    if phone == MOBILE and not agent.card.mobile:
        raise Conflict("no mobile number is set for you")
    number = agent.card.number
    return ev.AgentSignedIn(number, phone, PHONES[phone] + number, agent.card.site)


def _sign_out(desk: Desk, args: Args) -> ev.Event:
    agent = desk.agent(args)
    if agent.line not in (Line.FREE, Line.WRAPPING, Line.RESERVED, Line.RINGING):
        raise Conflict("end the call first")
    return ev.AgentSignedOut(agent.card.number, _text(args, "why") or "asked")


def _ready(desk: Desk, args: Args) -> ev.Event:
    agent = desk.present(args)
    if agent.endpoint not in desk.floor.reachable:
        raise Conflict("your phone is not registered")
    return ev.AgentReadied(agent.card.number)


def _pause(desk: Desk, args: Args) -> ev.Event:
    agent, reason = desk.present(args), _text(args, "reason")
    most = desk.quotas().get(reason, 0)
    if most and any(_on_break(desk, agent, group, reason) >= most for group in agent.card.groups):
        raise Conflict("this break is full")
    return ev.AgentPaused(agent.card.number, reason)


def _on_break(desk: Desk, asks: Agent, group: str, reason: str) -> int:
    """Count the others of a group who are on this break now."""
    return sum(
        other.presence is Presence.BREAK and other.reason == reason and group in other.card.groups
        for other in desk.floor.agents.values()
        if other is not asks
    )


def _wrap_up_done(desk: Desk, args: Args) -> ev.Event:
    return ev.WrapUpDone(_wrapping(desk, args).card.number)


def _wrap_up_extend(desk: Desk, args: Args) -> ev.Event:
    return ev.WrapUpExtended(_wrapping(desk, args).card.number)


def _wrapping(desk: Desk, args: Args) -> Agent:
    agent = desk.agent(args)
    if agent.line is not Line.WRAPPING:
        raise Conflict("there is no wrap-up going on")
    return agent


def _decline(desk: Desk, args: Args) -> ev.Event:
    call = desk.talking(args, Stage.OFFERED)
    agent = AgentId(_text(args, "agent"))
    if desk.floor.agents[agent].offer != args.get("offer"):
        raise Conflict("this offer is over")
    return ev.OfferDeclined(call.id, agent, OfferId(int(args["offer"])), _text(args, "reason"))


def _dial(desk: Desk, args: Args) -> ev.Event:
    agent = desk.present(args)
    if desk.dialling is None:
        raise Conflict("calls out are not set up")
    to, hotline = _text(args, "to"), _text(args, "hotline")
    return desk.dialling.ask(agent, to, hotline, _text(args, "consent"))


def _hang_up(desk: Desk, args: Args) -> ev.Event:
    call = desk.talking(args, Stage.TALKING, Stage.HELD, Stage.DIALLING)
    return ev.HangUpAsked(call.id, AgentId(_text(args, "agent")))


def _hold(desk: Desk, args: Args) -> ev.Event:
    return ev.HoldAsked(desk.talking(args, Stage.TALKING).id, AgentId(_text(args, "agent")))


def _retrieve(desk: Desk, args: Args) -> ev.Event:
    call = desk.talking(args, Stage.HELD)
    if call.phone_held and args.get("by_phone") is not True:
        raise Conflict("your phone holds the call: take it back on the phone")
    return ev.RetrieveAsked(call.id, AgentId(_text(args, "agent")))


def _answer(desk: Desk, args: Args) -> ev.Event:
    """Ask a desk phone to answer; the web knows from the devices' table which can."""
    call, agent = desk.talking(args, Stage.OFFERED), desk.agent(args)
    if agent.phone != "phone":
        raise Conflict("only a desk phone is asked to answer")
    return ev.AnswerAsked(call.id, agent.card.number)


def _transfer(desk: Desk, args: Args) -> ev.Event:
    call = desk.talking(args, Stage.TALKING, Stage.HELD)
    kind, to = _text(args, "to_kind"), _text(args, "to")
    desk.check_target(kind, to, _text(args, "agent"))
    return ev.TransferAsked(call.id, AgentId(_text(args, "agent")), kind, to)


def _check_had(desk: Desk, args: Args) -> None:
    if not desk.has_had(_text(args, "agent"), _text(args, "call")):
        raise Conflict("this call is not with you any more")


def _summary(desk: Desk, args: Args) -> ev.Event:
    _check_had(desk, args)
    note = _text(args, "note")
    if len(note) > NOTE_LIMIT:
        raise Refused(_Fault("", 0, "note", f"at most {NOTE_LIMIT} characters"))
    return ev.SummarySaved(
        CallId(_text(args, "call")),
        AgentId(_text(args, "agent")),
        _text(args, "category"),
        _text(args, "result"),
        note,
    )


def _painted(desk: Desk, args: Args) -> ev.Event:
    _check_had(desk, args)
    ms = float(args.get("ms", 0))
    return ev.PopPainted(CallId(_text(args, "call")), AgentId(_text(args, "agent")), ms)


WISHES: dict[str, Callable[[Desk, Args], ev.Event]] = {
    "agent.sign_in": _sign_in,
    "agent.sign_out": _sign_out,
    "agent.ready": _ready,
    "agent.pause": _pause,
    "agent.wrapup_done": _wrap_up_done,
    "agent.wrapup_extend": _wrap_up_extend,
    "call.answer": _answer,
    "call.dial": _dial,
    "call.decline": _decline,
    "call.hang_up": _hang_up,
    "call.hold": _hold,
    "call.retrieve": _retrieve,
    "call.transfer": _transfer,
    "call.summary": _summary,
    "pop.painted": _painted,
    **by_hand.WISHES,
}

SENTENCES: dict[str, tuple[str, str]] = {
    "sign in first": ("请先签入", "Sign in first"),
    "end the call first": ("请先结束通话", "End the call first"),
    "your phone is not registered": ("话机未注册", "Your phone is not registered"),
    "this break is full": (
        "本组选这个小休的人数已满，请稍后再试",
        "As many of your group as may are on this break; try later",
    ),
    "there is no wrap-up going on": ("当前不在整理状态", "There is no wrap-up going on"),
    "this offer is over": ("该来电已经转走", "This offer is over"),
    "this call is not with you any more": ("该通话已不在您这里", "This call is not with you now"),
    "only a desk phone is asked to answer": (
        "只有话机可以由系统代为接听",
        "Only a desk phone is asked to answer",
    ),
    "your phone holds the call: take it back on the phone": (
        "通话由话机保持,请在话机上取回",
        "Your phone holds the call: take it back on the phone",
    ),
    "no mobile number is set for you": (
        "没有给您设置手机号码",
        "No mobile number is set for you",
    ),
    "calls out are not set up": ("没有设置外呼", "Calls out are not set up"),
    "the exchange is away": ("交换机暂时连接不上", "The exchange is away"),
    "this agent is not signed in": ("对方座席未签入", "This agent is not signed in"),
    **by_hand.SENTENCES,
}
"""Refusals in both languages, for the page."""


def in_words(error: YingdaError) -> dict[str, str]:
    """Give an error's code and sentence in both languages."""
    if isinstance(error, CallForbidden):
        return {"code": error.code, "zh": error.zh, "en": error.en}
    text = str(error)
    zh, en = SENTENCES.get(text, (text, text))
    return {"code": error.code, "zh": zh, "en": en}
