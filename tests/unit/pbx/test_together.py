"""Phones that ring together: whose event it is, which leg is stopped, who has the talk."""

from domain import commands as do, events as ev
from domain.ids import AgentId, CallId, OfferId
from pbx.ears import hear
from pbx.hands import Surroundings, actions
from pbx.legs import Legs
from pbx.message import Message, parse

CALL = CallId("01CALL")
CALLER, FIRST, SECOND = "PJSIP/trunk-1", "PJSIP/a8001-0000000a", "PJSIP/w8002-0000000b"
OFFER = "CC_OFFER=99:7:a8001&w8002"
WORLD = Surroundings(99, lambda call: call, lambda place: [])


def of(event: str, channel: str, **fields: str) -> Message:
    """Make a message about one agent's leg, as its own or as the leg that a Dial rings."""
    prefix = "Dest" if event.startswith("Dial") else ""
    lines = [f"Event: {event}", f"{prefix}Channel: {channel}"]
    for variable in (f"CC_CALL={CALL}", "CC_LEG=agent", OFFER):
        lines.append(f"{prefix}ChanVariable: {variable}")
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return parse("\r\n".join(lines).encode())


def test_each_phone_has_its_own_offer() -> None:
    first, second = (AgentId("8001"), OfferId(7)), (AgentId("8002"), OfferId(8))
    rang = [hear(of("Newstate", leg, ChannelState="5")) for leg in (FIRST, SECOND)]
    assert rang == [ev.PhoneRang(CALL, *first), ev.PhoneRang(CALL, *second)]
    answered = hear(of("DialEnd", SECOND, DialStatus="ANSWER"))
    assert answered == ev.OfferAnswered(CALL, *second)
    assert hear(of("DialEnd", FIRST, DialStatus="CANCEL")) is None
    assert hear(of("DialEnd", FIRST, DialStatus="BUSY")) == ev.RingEnded(CALL, *first, "BUSY")
    caller = f"Event: UserEvent|UserEvent: CCDialDone|Status: NOANSWER|Channel: {CALLER}"
    caller += f"|ChanVariable: CC_CALL={CALL}|ChanVariable: CC_LEG=caller|ChanVariable: {OFFER}"
    whole = hear(parse(caller.replace("|", "\r\n").encode()))
    assert whole == ev.DialFailed(CALL, OfferId(7), "NOANSWER")


def rung() -> Legs:
    """Let two phones ring for the caller."""
    legs = Legs()
    legs.arrived(CALL, CALLER)
    for leg in (FIRST, SECOND):
        legs.note(of("DialBegin", leg))
    return legs


def test_all_are_dialled_at_once_and_one_can_be_stopped() -> None:
    ring = do.RingAgent(CALL, AgentId("8001"), "a8001", OfferId(7), 20, "", ("w8002",))
    assert actions(ring, rung(), WORLD)[0][1]["Value"] == "99:7:a8001&w8002"
    [(name, fields)] = actions(do.StopRinging(CALL, "a8001"), rung(), WORLD)
    assert (name, fields["Channel"]) == ("Hangup", FIRST)
    assert actions(do.StopRinging(CALL, "a8009"), rung(), WORLD) == []
    [(_, asked)] = actions(do.NotifyPhone(CALL, "talk", "w8002"), rung(), WORLD)
    assert asked["Channel"] == SECOND


def test_the_leg_that_was_picked_up_is_the_agents() -> None:
    legs = rung()
    legs.note(of("DialEnd", FIRST, DialStatus="ANSWER"))
    legs.note(of("DialEnd", SECOND, DialStatus="CANCEL"))
    legs.note(of("Newstate", SECOND, ChannelState="5"))
    assert legs.agent[CALL] == FIRST
    legs.note(of("Hangup", SECOND))
    assert legs.agent[CALL] == FIRST
    legs.note(of("Hangup", FIRST))
    assert CALL not in legs.agent
    told = actions(do.TellWinner(CALL, "a8001", OfferId(7)), legs, WORLD)
    assert told[0][1]["Value"] == "99:7:a8001"


def test_the_next_agent_after_a_talk_is_the_agents_leg() -> None:
    legs = rung()
    legs.note(of("DialEnd", FIRST, DialStatus="ANSWER"))
    legs.note(of("DialBegin", SECOND))
    assert legs.agent[CALL] == FIRST
    legs.note(of("Hangup", FIRST))
    assert legs.agent[CALL] == SECOND
