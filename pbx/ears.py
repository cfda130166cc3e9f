"""AMI message → our events, pure: one small function per message name, a dict by name.

The names come from Asterisk's AMI (docs.asterisk.org, Asterisk 22 manager events). Which call and
which leg a message is about stands in the channel variables that our dialplan sets and
manager.conf's `channelvars` gives back in every event: CC_CALL, CC_LEG, CC_OFFER, CC_DIAL. On a
call out the other side's leg is `far` until it has answered, then it is the caller's.
"""

from collections.abc import Callable, Mapping
from urllib.parse import unquote

from domain import events as ev
from domain.ids import AgentId, CallId, OfferId
from pbx.message import Message

RINGING, UP = "5", "6"
"""AST_STATE_RINGING: the far end answered 180."""
FAR_RINGS = ("RINGING", "PROGRESS")
"""DialStatus of SIP 180 and 183."""
NOT_TAKEN = "agent_away"
"""Why nobody was dialled: the agent's own phone was not picked up."""
WHY = {"NOANSWER": "no_answer", "CANCEL": "cancelled", "CHANUNAVAIL": "trunk_failed"}
"""What ended a call out from our side; else the far side's cause and status say it."""
REQUEST_TERMINATED = 487
"""What a far side answers to our own CANCEL."""
STOPPED = ("BUSY", "CONGESTION", "CHANUNAVAIL", "NOANSWER")
"""How one of several phones stops on its own; else another answered, or the caller left."""
CONTACT_UP = {"Reachable", "Created", "NonQualified", "Updated"}
CONTACT_DOWN = {"Unreachable", "Removed"}


def hear(message: Message) -> ev.Event | None:
    """Translate one AMI event; None for what does not concern us."""
    listen = EARS.get(message.event)
    return listen(message) if listen else None


def offer_of(variables: Mapping[str, str], channel: str = "") -> tuple[OfferId, AgentId] | None:
    """Read `epoch:offer:endpoint`; the agent's number follows the endpoint's letter.

    Of phones that ring together (`a8001&w8002`) the channel is one, and each has an offer, with
    numbers that follow each other; the caller's own leg gives the first.
    """
    parts = variables.get("CC_OFFER", "").split(":")
    if len(parts) < 3 or not (parts[1].isascii() and parts[1].isdigit()):
        return None
    phones, own = parts[2].split("&"), trunk_of(channel)
    nth = phones.index(own) if own in phones else 0
    return OfferId(int(parts[1]) + nth), AgentId(phones[nth][1:])


def _told_by_dial(variables: Mapping[str, str], channel: str) -> bool:
    """Whether DialEnd tells the answer: of several, and of a mobile, to which nothing is said."""
    return _rings_together(variables) or channel.startswith("Local/")


def _rings_together(variables: Mapping[str, str]) -> bool:
    return "&" in variables.get("CC_OFFER", "")


def _call(variables: Mapping[str, str]) -> CallId:
    return CallId(variables.get("CC_CALL", ""))


def _user_event(message: Message) -> ev.Event | None:
    if message.get("UserEvent") == "CCRefused":
        return ev.CallRefused(message.get("Trunk"), _number(message, "Cause"))
    call = _call(message.variables)
    if not call:
        return None
    leg = OF_LEGS.get(message.get("UserEvent"))
    return leg(message, call) if leg else _call_event(message, call)


def _call_event(message: Message, call: CallId) -> ev.Event | None:
    match message.get("UserEvent"):
        case "CCHold":
            return ev.HoldReached(call)
        case "CCKey":
            return ev.HoldKeyPressed(call, message.get("Key")[:1])
        case "CCFallback":
            return ev.CallFellBack(call, queued=True)
        case "CCTook":
            return ev.TalkFound(call, AgentId(trunk_of(message.get("Channel"))[1:]))
        case "CCJoinDone" | "CCQueueDone":
            return ev.TalkOver(call)
        case "CCDialDone":
            return _dial_done(message, call)
        case "CCTransfer":
            return _transfer(message, call)
        case _:
            return _out_event(message, call)


def _out_event(message: Message, call: CallId) -> ev.Event | None:
    match message.get("UserEvent"):
        case "CCDialBegan":
            return ev.DialBegan(call)
        case "CCRouteFailed":
            trunk = message.get("Trunk")
            cause, sip = _number(message, "Cause"), _number(message, "Sip")
            return ev.RouteFailed(call, trunk, cause, sip)
        case "CCFarUp":
            return ev.FarAnswered(call, trunk_of(message.get("Channel")))
        case "CCDialEnded":
            return _dial_ended(message, call)
        case "CCOutsideUp":
            return ev.OutsideAnswered(call, trunk_of(message.get("Channel")))
        case "CCOutsideEnded":
            return _outside_ended(message, call)
        case _:
            return None


def _dial_ended(message: Message, call: CallId) -> ev.Event:
    cause, sip = _number(message, "Cause"), _number(message, "Sip")
    ours = sip in (0, REQUEST_TERMINATED)
    why = WHY.get(message.get("Status"), "") if ours else ""
    return ev.DialEnded(call, why, cause, sip, message.get("By") or "far", _said(message))


def _outside_ended(message: Message, call: CallId) -> ev.Event:
    cause, sip = _number(message, "Cause"), _number(message, "Sip")
    status = message.get("Status")
    ours = sip in (0, REQUEST_TERMINATED)
    why = "answered" if status == "ANSWER" else WHY.get(status, "") if ours else ""
    return ev.OutsideEnded(call, why, cause, sip, _said(message))


def _said(message: Message) -> str:
    """Read a carrier's own words; the x before them keeps an empty text from being none."""
    text = unquote(message.get("Said")).removeprefix("x")
    return "".join(sign for sign in text if sign.isprintable())[:60]


def trunk_of(channel: str) -> str:
    """Name the trunk's endpoint of a channel, as `PJSIP/trunk-demo-00000001`."""
    return channel.removeprefix("PJSIP/").rpartition("-")[0]


def _number(message: Message, name: str) -> int:
    text = message.get(name)
    return int(text) if text.isascii() and text.isdigit() else 0


def _dial_state(message: Message) -> ev.Event | None:
    variables = message.dest_variables
    found = offer_of(variables, message.get("DestChannel"))
    if found and variables.get("CC_LEG") == "agent":
        # a mobile seat's leg is no device whose own state changes
        local = message.get("DestChannel").startswith("Local/")
        rings = local and message.get("DialStatus") in FAR_RINGS
        return ev.PhoneRang(_call(variables), found[1], found[0]) if rings else None
    if variables.get("CC_LEG") != "far" or message.get("DialStatus") not in FAR_RINGS:
        return None
    return ev.FarRang(_call(variables), trunk_of(message.get("DestChannel")))


def _leg_opened(message: Message, call: CallId) -> ev.Event:
    side, channel = message.variables.get("CC_LEG", ""), message.get("Channel")
    endpoint = trunk_of(channel) if channel.startswith("PJSIP/") else ""
    return ev.LegOpened(call, side, message.get("SipId")[:256], endpoint[:64])


def _leg_measured(message: Message, call: CallId) -> ev.Event:
    """Read `ssrc=…;lp=2;rxjitter=0.000375;rxcount=177;txcount=176;…` (CHANNEL(rtcp,all)).

    Jitter is in seconds; a leg without audio has no counters.
    """
    told = dict(part.split("=", 1) for part in message.get("Rtcp").split(";") if "=" in part)
    received, sent, lost = (_count(told.get(name, "")) for name in ("rxcount", "txcount", "lp"))
    jitter = told.get("rxjitter", "").partition(".")
    jitter_ms = _count(jitter[0]) * 1000 + _count(jitter[2][:5].ljust(5, "0")) / 100
    side = message.variables.get("CC_LEG", "")
    return ev.LegMeasured(call, side, received, sent, lost, jitter_ms)


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


OF_LEGS: dict[str, Callable[[Message, CallId], ev.Event]] = {
    "CCLeg": _leg_opened,
    "CCMedia": _leg_measured,
}


def _dial_done(message: Message, call: CallId) -> ev.Event | None:
    status = message.get("Status")
    if status == "ANSWER":
        return ev.TalkOver(call)
    found = offer_of(message.variables)
    return ev.DialFailed(call, found[0], status) if found else None


def _transfer(message: Message, call: CallId) -> ev.Event | None:
    """Take in a desk phone's REFER that the dialplan let through; `To` is an agent's number."""
    found = offer_of(message.variables)
    return ev.TransferAsked(call, found[1], "agent", message.get("To"), "phone") if found else None


def _hold(message: Message) -> ev.Event | None:
    return _phone_key(message, ev.PhoneHeld)


def _unhold(message: Message) -> ev.Event | None:
    return _phone_key(message, ev.PhoneRetrieved)


def _phone_key(
    message: Message, kind: type[ev.PhoneHeld] | type[ev.PhoneRetrieved]
) -> ev.Event | None:
    """Take in a re-INVITE of the agent's own phone (a=sendonly, a=sendrecv: RFC 3264)."""
    variables = message.variables
    call, agent = _call(variables), AgentId(trunk_of(message.get("Channel"))[1:])
    ours = call and agent and variables.get("CC_LEG") == "agent"
    return kind(call, agent) if ours else None


def _new_state(message: Message) -> ev.Event | None:
    """Hear an agent's phone ring, and a phone that rings alone being picked up.

    DialEnd comes only after what is said at the answer, as a second witness; of several it alone
    names the winner. Of a call that we place the dialplan says when it is taken (`CCDialBegan`).
    """
    variables, state = message.variables, message.get("ChannelState")
    found = offer_of(variables, message.get("Channel"))
    if not found or variables.get("CC_LEG") != "agent":
        return None
    if state == RINGING:
        return ev.PhoneRang(_call(variables), found[1], found[0])
    told = _told_by_dial(variables, message.get("Channel")) or variables.get("CC_DIAL")
    if state == UP and not told:
        return ev.OfferAnswered(_call(variables), found[1], found[0])
    return None


def _dial_end(message: Message) -> ev.Event | None:
    """Hear how a ring ended; an answer is told twice, so that one lost message hides none."""
    variables, status = message.dest_variables, message.get("DialStatus")
    call, leg = _call(variables), variables.get("CC_LEG")
    if leg == "far" and call and status == "ANSWER":
        return ev.FarAnswered(call, trunk_of(message.get("DestChannel")))
    found = offer_of(variables, message.get("DestChannel"))
    if not found or leg != "agent":
        return None
    offer, agent = found
    if status == "ANSWER":
        told = _told_by_dial(variables, message.get("DestChannel")) or not variables.get("CC_DIAL")
        return ev.OfferAnswered(call, agent, offer) if told else None
    alone = status not in STOPPED or not _rings_together(variables)
    return None if alone else ev.RingEnded(call, agent, offer, status)


def _hangup_request(message: Message) -> ev.Event | None:
    call, leg = _call(message.variables), message.variables.get("CC_LEG", "")
    return ev.HungUp(call, leg) if call and leg in ("caller", "agent") else None


def _hangup(message: Message) -> ev.Event | None:
    call, leg = _call(message.variables), message.variables.get("CC_LEG", "")
    if call and leg == "agent" and message.variables.get("CC_DIAL") == "ringing":
        return ev.DialEnded(call, NOT_TAKEN, _number(message, "Cause"), by="agent")
    if not call or leg != "caller":
        return None
    return ev.CallEnded(call, _number(message, "Cause"), message.get("Cause-txt")[:64])


def _contact(message: Message) -> ev.Event | None:
    endpoint, status = message.get("EndpointName"), message.get("ContactStatus")
    if status in CONTACT_UP:
        return ev.PhoneReachable(endpoint)
    return ev.PhoneLost(endpoint) if status in CONTACT_DOWN else None


EARS: dict[str, Callable[[Message], ev.Event | None]] = {
    "UserEvent": _user_event,
    "Newstate": _new_state,
    "DialState": _dial_state,
    "DialEnd": _dial_end,
    "HangupRequest": _hangup_request,
    "Hangup": _hangup,
    "Hold": _hold,
    "Unhold": _unhold,
    "ContactStatus": _contact,
}
