"""The contexts of `dialplan-out.conf` as the fake exchange walks them, and people far away.

The far side does what the story lets it do: rings, answers, refuses with a status. A trunk in
`FakePbx.broken` answers 503 to everything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pbx.fake_caller import Channel

if TYPE_CHECKING:
    from pbx.fake import FakePbx
    from pbx.fake_dialplan import Exchange

CAUSES = {486: "17", 603: "21", 404: "1", 480: "19", 503: "34"}
"""Q.850 causes that Asterisk makes of a SIP status."""
STATUS = {486: "BUSY", 603: "CONGESTION", 480: "NOANSWER", 503: "CONGESTION"}
OVER = {503}
"""After these the next trunk is tried."""


def dial_out(exchange: Exchange, agent: Channel) -> None:
    """[dial-out]: the agent has picked up."""
    exchange.enter(agent, "dial-out", "Dial")
    agent.variables["CC_DIAL"] = "out"
    agent.variables["CC_N"] = "0"
    exchange.pbx.user_event(agent, "CCDialBegan")
    _next(exchange, agent, "CHANUNAVAIL", 0)


def _next(exchange: Exchange, agent: Channel, status: str, sip: int) -> None:
    n = int(agent.variables["CC_N"]) + 1
    agent.variables["CC_N"] = str(n)
    way = agent.variables.get(f"CC_OUT{n}", "")
    if not way:
        _nobody(exchange, agent, status, sip)
        return
    pbx, trunk = exchange.pbx, way.partition("@")[2]
    far = pbx.born_far(agent, trunk)
    pbx.tell("DialBegin", agent, far)
    if trunk in pbx.broken:
        pbx.later(far, 0.1, lambda: refuse(exchange, far, 503))
    else:
        ring_s = float(agent.variables["CC_RING"])
        pbx.later(far, ring_s, lambda: _unanswered(exchange, far))


def _unanswered(exchange: Exchange, far: Channel) -> None:
    agent = far.leg
    if not far.up and agent is not None:
        _drop(exchange, far, agent)
        _nobody(exchange, agent, "NOANSWER", 0)


def rings(exchange: Exchange, far: Channel, status: str = "RINGING") -> None:
    """Let the far side answer 180 (RINGING) or 183 (PROGRESS)."""
    if far.leg is not None:
        exchange.pbx.tell("DialState", far.leg, far, DialStatus=status)


def answers(exchange: Exchange, far: Channel) -> None:
    """Let the far side take the call."""
    far.up = True
    if far.leg is not None:
        exchange.pbx.tell("DialEnd", far.leg, far, DialStatus="ANSWER")
    far.variables["CC_LEG"] = "caller"
    far.application = "AppDial"
    exchange.pbx.user_event(far, "CCFarUp")


def refuse(exchange: Exchange, far: Channel, sip: int) -> None:
    """Let the far side answer with a status that is no answer."""
    agent = far.leg
    if agent is None:
        return
    trunk = far.name.removeprefix("PJSIP/").rpartition("-")[0]
    _drop(exchange, far, agent)
    status = STATUS.get(sip, "CHANUNAVAIL")
    if sip in OVER:
        fields = {"Trunk": trunk, "Cause": CAUSES[sip], "Sip": str(sip)}
        exchange.pbx.user_event(agent, "CCRouteFailed", **fields)
        _next(exchange, agent, status, sip)
    else:
        _nobody(exchange, agent, status, sip)


def _drop(exchange: Exchange, far: Channel, agent: Channel) -> None:
    far.leg, agent.caller = None, None
    exchange.pbx.end(far)


def _nobody(exchange: Exchange, agent: Channel, status: str, sip: int) -> None:
    agent.variables["CC_TOLD"] = "1"
    fields = {"Status": status, "Cause": CAUSES.get(sip, "0"), "Sip": str(sip or ""), "By": "far"}
    exchange.pbx.user_event(agent, "CCDialEnded", **fields)
    exchange.pbx.end(agent)


def is_out(channel: Channel) -> bool:
    """Tell whether a leg is one of the two of a call out whose Dial still holds them."""
    agent = channel.leg or channel
    return agent.context == "dial-out"


def parted(exchange: Exchange, channel: Channel) -> None:
    """One of the two legs leaves, by hang-up or redirect: the other one ends."""
    agent = channel if channel.context == "dial-out" else channel.leg
    if agent is None:
        return
    far = agent.caller
    talked = far is not None and far.up
    if far is not None:
        far.leg, agent.caller = None, None
    agent.context = ""
    if channel is not agent:
        exchange.pbx.end(agent)
        return
    if far is not None:
        exchange.pbx.end(far)
    if not talked and not agent.variables.get("CC_TOLD"):
        exchange.pbx.user_event(agent, "CCDialEnded", Status="CANCEL", Cause="16", By="agent")


def originate(exchange: Exchange, endpoint: str, wanted: dict[str, str], ring_s: float) -> None:
    """Ring a phone; once it is picked up it goes to [dial-out]."""
    pbx = exchange.pbx
    agent = pbx.born_alone(endpoint, wanted)
    if agent is None:
        return

    def unless_up(step: Callable[[], None]) -> Callable[[], None]:
        return lambda: None if agent.up else step()

    ringing = unless_up(lambda: pbx.tell("Newstate", agent, ChannelState="5"))
    pbx.later(agent, 0.05, ringing)
    pbx.later(agent, ring_s, unless_up(lambda: pbx.end(agent)))


def far_of(pbx: FakePbx) -> Channel:
    """Find the far leg that is being dialled, or the newest one that talks."""
    legs = [c for c in pbx.channels.values() if c.name.startswith("PJSIP/trunk-")]
    return next((c for c in reversed(legs) if c.leg is not None and not c.up), legs[-1])
