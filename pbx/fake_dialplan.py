"""The contexts of `asterisk-config/templates/extensions.conf`, as the fake exchange walks them.

One function per context, named in `CONTEXTS`; the same steps in the same order, the same events.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pbx import fake_absent as absent, fake_out as out
from pbx.fake_caller import Channel

if TYPE_CHECKING:
    from pbx.fake import FakePbx

SLICE_S = 4.0
LOOK_S = 2.0
RING_AFTER_S = 0.05
"""From the INVITE to the phone's 180."""
TRY_S = 1.0
GIVE_UP_S = 300.0


class Exchange:
    """The dialplan's applications over the fake's channels."""

    def __init__(self, pbx: FakePbx) -> None:
        self.pbx = pbx

    def go(self, channel: Channel, context: str) -> None:
        """Go to a context."""
        channel.application = ""
        CONTEXTS[context](self, channel)

    def enter(self, channel: Channel, context: str, application: str = "") -> None:
        """Note where a channel is; what was planned before is void."""
        channel.move += 1
        channel.context, channel.application = context, application

    def record(self, channel: Channel) -> None:
        """Begin the recording once."""
        if channel.variables.get("CC_RECORD"):
            channel.variables.setdefault("CC_RECORDING", "1")

    def dial(self, channel: Channel, endpoints: str, ring_s: float) -> str:
        """Ring phones (`a8001&a8002`); gives DIALSTATUS if that is not possible at all."""
        channel.rung = []
        statuses = [self._ring(channel, one, ring_s) for one in endpoints.split("&")]
        return "" if channel.rung else statuses[-1]

    def _ring(self, channel: Channel, endpoint: str, ring_s: float) -> str:
        phone = self.pbx.phones.get(endpoint)
        if phone is None or not phone.reachable:
            return "CHANUNAVAIL"
        if phone.leg is not None:
            return "BUSY"
        leg = self.pbx.born_leg(channel, phone)
        channel.rung.append(leg)
        self.pbx.tell("DialBegin", channel, leg)
        if phone.alive:
            self.pbx.later(leg, RING_AFTER_S, lambda: self._rings(leg))
        self.pbx.later(channel, ring_s, lambda: self._unanswered(leg))
        return ""

    def _rings(self, leg: Channel) -> None:
        if not leg.up:
            self.pbx.tell("Newstate", leg, ChannelState="5")

    def _unanswered(self, leg: Channel) -> None:
        if leg.alive and not leg.up:
            self.dial_over(leg, "NOANSWER")

    def dial_over(self, leg: Channel, status: str) -> None:
        """End a leg that was not answered, and let the caller's dialplan go on."""
        caller = leg.caller
        if caller is None:
            return
        self.pbx.tell("DialEnd", caller, leg, DialStatus=status)
        self.drop(caller, leg)
        if caller.application == "Dial" and not caller.rung:
            dial_done(self, caller, status)

    def picked_up(self, caller: Channel, leg: Channel) -> None:
        """Let the one phone be answered, and the others that rang with it be quiet."""
        self.pbx.tell("Newstate", leg, ChannelState="6")
        self.pbx.tell("DialEnd", caller, leg, DialStatus="ANSWER")
        self._quiet(caller, [other for other in caller.rung if other is not leg])
        caller.leg, caller.rung = leg, []
        if caller.application == "Queue":
            absent.took(self.pbx, caller, leg)
            self.pbx.user_event(leg, "CCTook")

    def _quiet(self, caller: Channel, legs: list[Channel]) -> None:
        for leg in legs:
            if not leg.up:
                self.pbx.tell("DialEnd", caller, leg, DialStatus="CANCEL")
            self.drop(caller, leg)

    def hush(self, caller: Channel) -> None:
        """End all legs of a Dial, because the caller is there no more."""
        legs = caller.rung or ([caller.leg] if caller.leg else [])
        self._quiet(caller, list(legs))

    def part(self, caller: Channel, leg: Channel) -> None:
        """Part a leg from its caller; another that rings takes its place."""
        caller.rung = [other for other in caller.rung if other is not leg]
        leg.caller = None
        if caller.leg is leg:
            caller.leg = caller.rung[-1] if caller.rung else None

    def drop(self, caller: Channel, leg: Channel) -> None:
        """End an agent's leg without anything following for the caller."""
        self.part(caller, leg)
        self.pbx.end(leg)


def leave(exchange: Exchange, channel: Channel) -> None:
    """Let a leg go from where it is: by hang-up or redirect; the other leg is told."""
    if out.is_out(channel):
        out.parted(exchange, channel)
    elif channel.caller is not None:
        _agent_leaves(exchange, channel, channel.caller)
    elif channel.leg is not None and channel.application in ("Dial", "Queue"):
        exchange.hush(channel)
    elif channel.leg is not None and channel.application == "Bridge":
        # measured on 22.10.1: after Bridge a caller's leaving does not end the agent's leg
        channel.leg.caller = None


def _agent_leaves(exchange: Exchange, leg: Channel, caller: Channel) -> None:
    if caller.leg is not leg and leg not in caller.rung:
        return  # parked once, and the caller was given to somebody else meanwhile
    exchange.part(caller, leg)
    if not caller.alive:
        return
    if caller.application == "Dial" and caller.rung:
        exchange.pbx.tell("DialEnd", caller, leg, DialStatus="NOANSWER")
    elif caller.application == "Dial":
        dial_done(exchange, caller, "ANSWER" if leg.up else "CHANUNAVAIL")
    elif caller.application == "Bridge":
        exchange.pbx.user_event(caller, "CCJoinDone", Result="SUCCESS")
        exchange.go(caller, "after")
    elif caller.application == "Queue":
        _queue_done(exchange, caller, "CONTINUE")


def dial_done(exchange: Exchange, channel: Channel, status: str) -> None:
    """Go on after Dial in [offer]."""
    exchange.pbx.user_event(channel, "CCDialDone", Status=status)
    exchange.go(channel, "after" if status == "ANSWER" else "hold")


def _hotline(exchange: Exchange, channel: Channel) -> None:
    exchange.enter(channel, "hotline", "AGI")
    channel.variables["CC_VERDICT"] = ""
    exchange.pbx.converse(channel, "flow", lambda: _verdict(exchange, channel))


def _verdict(exchange: Exchange, channel: Channel) -> None:
    verdict = channel.variables.get("CC_VERDICT", "")
    if verdict in ("hangup", "busy"):
        exchange.pbx.end(channel)
    else:
        places = {"hold": "hold", "after": "after", "again": "hotline"}
        exchange.go(channel, places.get(verdict, "fallback"))


def _beat(exchange: Exchange) -> str:
    return exchange.pbx.globals.get("CC_BEAT", "")


def _hold(exchange: Exchange, channel: Channel) -> None:
    exchange.enter(channel, "hold", "WaitExten")
    channel.up, channel.seen = True, _beat(exchange)
    exchange.pbx.user_event(channel, "CCHold")
    _slice(exchange, channel)


def _slice(exchange: Exchange, channel: Channel) -> None:
    said = list(filter(None, channel.variables.pop("CC_SAY", "").split("&")))
    channel.heard += [name.rpartition("/")[2] for name in said]
    wait_s = SLICE_S + len(said) * exchange.pbx.prompt_s

    def look() -> None:
        if _beat(exchange) == channel.seen:
            exchange.go(channel, "fallback")
        else:
            channel.seen = _beat(exchange)
            _slice(exchange, channel)

    exchange.pbx.later(channel, wait_s, look)


def _offer(exchange: Exchange, channel: Channel) -> None:
    epoch, _, rest = channel.variables.get("CC_OFFER", "").partition(":")
    if int(epoch or 0) < int(exchange.pbx.globals.get("CC_EPOCH") or 0):
        exchange.go(channel, "hold")
        return
    exchange.record(channel)
    exchange.enter(channel, "offer", "Dial")
    ring_s = float(channel.variables.get("CC_RING") or 20)
    status = exchange.dial(channel, rest.partition(":")[2], ring_s)
    if status:
        dial_done(exchange, channel, status)


def _aside(exchange: Exchange, channel: Channel) -> None:
    exchange.enter(channel, "aside", "AGI")
    channel.variables["CC_VERDICT"] = ""
    exchange.pbx.converse(channel, "aside", lambda: _verdict(exchange, channel))


def _after(exchange: Exchange, channel: Channel) -> None:
    if channel.variables.get("CC_RATE") == "no":
        exchange.pbx.end(channel)
        return
    exchange.enter(channel, "after", "AGI")
    channel.variables["CC_VERDICT"] = ""

    def then() -> None:
        if channel.variables["CC_VERDICT"]:
            _verdict(exchange, channel)
        else:
            exchange.pbx.later(channel, exchange.pbx.prompt_s, lambda: exchange.pbx.end(channel))

    exchange.pbx.converse(channel, "after", then)


def _held(exchange: Exchange, channel: Channel) -> None:
    exchange.enter(channel, "held", "MusicOnHold")
    channel.seen = _beat(exchange)
    exchange.pbx.user_event(channel, "CCHeld")

    def look() -> None:
        if _beat(exchange) != channel.seen:
            channel.seen = _beat(exchange)
            exchange.pbx.later(channel, SLICE_S, look)
        elif channel.variables.get("CC_PEER", "") in exchange.pbx.channels:
            exchange.go(channel, "join")
        else:
            channel.variables["CC_RANK"] = "2000000000"
            exchange.go(channel, "fallback")

    exchange.pbx.later(channel, SLICE_S, look)


def _agent_side(exchange: Exchange, leg: Channel) -> None:
    exchange.enter(leg, "agent-side", "Wait")
    exchange.pbx.user_event(leg, "CCAgentSide")

    def look() -> None:
        if leg.variables.get("CC_PEER", "") in exchange.pbx.channels:
            exchange.pbx.later(leg, LOOK_S, look)
        else:
            exchange.pbx.end(leg)

    look()


def _join(exchange: Exchange, channel: Channel) -> None:
    leg = exchange.pbx.channels.get(channel.variables.get("CC_PEER", ""))
    if leg is None:
        exchange.go(channel, "after")
        return
    exchange.enter(channel, "join", "Bridge")
    exchange.enter(leg, "")
    channel.leg, leg.caller = leg, channel


def _fallback(exchange: Exchange, channel: Channel) -> None:
    channel.up = True
    exchange.enter(channel, "fallback", "Queue")
    channel.variables["CC_BACK"] = ""
    absent.fell(exchange.pbx, channel)
    exchange.pbx.user_event(channel, "CCFallback")
    exchange.record(channel)
    queue = channel.variables.get("CC_FALLBACK") or "fb-any"

    def give_up() -> None:
        if channel.leg is None or not channel.leg.up:
            _queue_done(exchange, channel, "TIMEOUT")

    def look() -> None:
        if channel.leg is None:
            _ring_member(exchange, channel, queue)
        exchange.pbx.later(channel, TRY_S, look)

    exchange.pbx.later(channel, GIVE_UP_S, give_up)
    exchange.pbx.later(channel, exchange.pbx.prompt_s, look)


def _ring_member(exchange: Exchange, channel: Channel, queue: str) -> None:
    for interface, paused in exchange.pbx.queues.get(queue, {}).items():
        if not paused and not exchange.dial(channel, interface.removeprefix("PJSIP/"), 20.0):
            return


def _queue_done(exchange: Exchange, channel: Channel, status: str) -> None:
    absent.over(exchange.pbx, channel)
    exchange.pbx.user_event(channel, "CCQueueDone", Status=status)
    if status == "CONTINUE":
        exchange.go(channel, "after")
    else:
        exchange.pbx.later(channel, exchange.pbx.prompt_s, lambda: exchange.pbx.end(channel))


CONTEXTS: dict[str, Callable[[Exchange, Channel], None]] = {
    "hotline": _hotline,
    "hold": _hold,
    "offer": _offer,
    "after": _after,
    "aside": _aside,
    "held": _held,
    "agent-side": _agent_side,
    "join": _join,
    "fallback": _fallback,
    "dial-out": out.dial_out,
}
"""Each context and what it does with a channel that enters it."""
