"""AMI messages, as Asterisk 22 sends them, into events; what does not concern us is nothing."""

import pytest

from domain import events as ev
from domain.ids import AgentId, CallId, OfferId
from pbx.ears import hear
from pbx.message import parse

CALL, LIN, OFFER = CallId("01CALL"), AgentId("8001"), OfferId(7)
CALLER = "ChanVariable: CC_CALL=01CALL|ChanVariable: CC_LEG=caller"
AGENT = "ChanVariable: CC_CALL=01CALL|ChanVariable: CC_LEG=agent|ChanVariable: CC_OFFER=99:7:a8001"
DEST = AGENT.replace("ChanVariable", "DestChanVariable")
FAR = "DestChanVariable: CC_CALL=01CALL|DestChanVariable: CC_LEG=far"
RTCP = "ssrc=7;themssrc=9;lp=2;rxjitter=0.000375;rxcount=177;txjitter=0.1;txcount=176;rlp=5;rtt=0.1"
OF_LIN = "Channel: PJSIP/a8001-0000002a|"
HEARD: dict[str, ev.Event | None] = {
    f"Event: UserEvent|UserEvent: CCHold|{CALLER}": ev.HoldReached(CALL),
    "Event: UserEvent|UserEvent: CCRefused|Trunk: trunk-x|Cause: 17": ev.CallRefused("trunk-x", 17),
    f"Event: UserEvent|UserEvent: CCKey|Key: 0|{CALLER}": ev.HoldKeyPressed(CALL, "0"),
    f"Event: UserEvent|UserEvent: CCFallback|{CALLER}": ev.CallFellBack(CALL, queued=True),
    f"Event: UserEvent|UserEvent: CCTook|{OF_LIN}{AGENT}": ev.TalkFound(CALL, AgentId("8001")),
    f"Event: UserEvent|UserEvent: CCJoinDone|{CALLER}": ev.TalkOver(CALL),
    f"Event: UserEvent|UserEvent: CCQueueDone|{CALLER}": ev.TalkOver(CALL),
    f"Event: UserEvent|UserEvent: CCDialDone|Status: ANSWER|{CALLER}": ev.TalkOver(CALL),
    f"Event: UserEvent|UserEvent: CCDialDone|Status: BUSY|{AGENT}": ev.DialFailed(
        CALL, OFFER, "BUSY"
    ),
    f"Event: UserEvent|UserEvent: CCDialDone|Status: BUSY|{CALLER}": None,
    f"Event: UserEvent|UserEvent: CCHeld|{CALLER}": None,
    f"Event: UserEvent|UserEvent: CCLeg|{OF_LIN}SipId: 7d0e@x|{AGENT}": ev.LegOpened(
        CALL, "agent", "7d0e@x", "a8001"
    ),
    f"Event: UserEvent|UserEvent: CCMedia|Rtcp: {RTCP}|{CALLER}": (
        ev.LegMeasured(CALL, "caller", 177, 176, 2, 0.37)
    ),
    f"Event: UserEvent|UserEvent: CCMedia|Rtcp: |{CALLER}": (
        ev.LegMeasured(CALL, "caller", 0, 0, 0, 0.0)
    ),
    "Event: UserEvent|UserEvent: CCHold": None,
    f"Event: UserEvent|UserEvent: CCTransfer|To: 8002|{AGENT}": ev.TransferAsked(
        CALL, LIN, "agent", "8002", "phone"
    ),
    f"Event: UserEvent|UserEvent: CCTransfer|To: 8002|{CALLER}": None,
    f"Event: Hold|Channel: PJSIP/a8001-0000002a|{AGENT}": ev.PhoneHeld(CALL, LIN),
    f"Event: Unhold|Channel: PJSIP/a8001-0000002a|{AGENT}": ev.PhoneRetrieved(CALL, LIN),
    f"Event: Hold|Channel: PJSIP/trunk-demo-0000002a|{CALLER}": None,
    "Event: Hold|Channel: PJSIP/a8001-0000002a": None,
    f"Event: Newstate|ChannelState: 5|{AGENT}": ev.PhoneRang(CALL, LIN, OFFER),
    f"Event: Newstate|ChannelState: 6|{AGENT}": ev.OfferAnswered(CALL, LIN, OFFER),
    f"Event: Newstate|ChannelState: 6|{AGENT}|ChanVariable: CC_DIAL=ringing": None,
    f"Event: Newstate|ChannelState: 5|{CALLER}": None,
    f"Event: DialEnd|DialStatus: ANSWER|{CALLER}|{DEST}": ev.OfferAnswered(CALL, LIN, OFFER),
    f"Event: DialEnd|DialStatus: ANSWER|{DEST}|DestChanVariable: CC_DIAL=ringing": None,
    f"Event: DialEnd|DialStatus: ANSWER|DestChannel: PJSIP/trunk-demo-00000002|{FAR}": (
        ev.FarAnswered(CALL, "trunk-demo")
    ),
    f"Event: DialEnd|DialStatus: NOANSWER|{CALLER}|{DEST}": None,
    f"Event: DialEnd|DialStatus: ANSWER|{CALLER}": None,
    f"Event: HangupRequest|{CALLER}": ev.HungUp(CALL, "caller"),
    f"Event: HangupRequest|{AGENT}": ev.HungUp(CALL, "agent"),
    "Event: HangupRequest|ChanVariable: CC_LEG=caller": None,
    f"Event: Hangup|Cause: 16|Cause-txt: Normal Clearing|{CALLER}": ev.CallEnded(
        CALL, 16, "Normal Clearing"
    ),
    f"Event: Hangup|Cause: x|{CALLER}": ev.CallEnded(CALL, 0, ""),
    f"Event: Hangup|Cause: 16|{AGENT}": None,
    "Event: ContactStatus|EndpointName: a8001|ContactStatus: Reachable": ev.PhoneReachable("a8001"),
    "Event: ContactStatus|EndpointName: a8001|ContactStatus: Unreachable": ev.PhoneLost("a8001"),
    "Event: ContactStatus|EndpointName: a8001|ContactStatus: Unknown": None,
    f"Event: BridgeEnter|{CALLER}": None,
    f"Event: UserEvent|UserEvent: CCDialBegan|{AGENT}": ev.DialBegan(CALL),
    f"Event: DialState|DialStatus: RINGING|DestChannel: PJSIP/trunk-a-b-0000001f|{FAR}": (
        ev.FarRang(CALL, "trunk-a-b")
    ),
    f"Event: DialState|DialStatus: PROGRESS|DestChannel: PJSIP/trunk-a-0000001f|{FAR}": (
        ev.FarRang(CALL, "trunk-a")
    ),
    f"Event: DialState|DialStatus: RINGING|DestChannel: PJSIP/a8001-0000001f|{DEST}": None,
    f"Event: DialState|DialStatus: RINGING|DestChannel: Local/m8001@mobile-01;1|{DEST}": (
        ev.PhoneRang(CALL, LIN, OFFER)
    ),
    f"Event: UserEvent|UserEvent: CCRouteFailed|Trunk: trunk-a|Cause: 34|Sip: 503|{AGENT}": (
        ev.RouteFailed(CALL, "trunk-a", 34, 503)
    ),
    f"Event: UserEvent|UserEvent: CCFarUp|Channel: PJSIP/trunk-a-0000001f|{CALLER}": (
        ev.FarAnswered(CALL, "trunk-a")
    ),
    f"Event: UserEvent|UserEvent: CCDialEnded|Status: BUSY|Cause: 17|Sip: 486|{AGENT}": (
        ev.DialEnded(CALL, "", 17, 486)
    ),
    f"Event: UserEvent|UserEvent: CCDialEnded|Sip: 480|Said: x%E5%81%9C%0D%E6%9C%BA%2Ca|{AGENT}": (
        ev.DialEnded(CALL, "", 0, 480, said="停机,a")
    ),
    f"Event: UserEvent|UserEvent: CCDialEnded|Status: NOANSWER|Cause: 19|Sip: 480|{AGENT}": (
        ev.DialEnded(CALL, "", 19, 480)
    ),
    f"Event: UserEvent|UserEvent: CCDialEnded|Status: NOANSWER|Cause: |Sip: 487|{AGENT}": (
        ev.DialEnded(CALL, "no_answer", 0, 487)
    ),
    f"Event: UserEvent|UserEvent: CCDialEnded|Status: CANCEL|Cause: 16|By: agent|{AGENT}": (
        ev.DialEnded(CALL, "cancelled", 16, 0, "agent")
    ),
    f"Event: Hangup|Cause: 17|{AGENT}|ChanVariable: CC_DIAL=ringing": (
        ev.DialEnded(CALL, "agent_away", 17, by="agent")
    ),
    f"Event: Hangup|Cause: 17|{AGENT}|ChanVariable: CC_DIAL=out": None,
    f"Event: Hangup|Cause: ²|{CALLER}": ev.CallEnded(CALL, 0, ""),
    f"Event: Hangup|Cause: 17|{CALLER.replace('caller', 'far')}": None,
    "Response: Success": None,
}


@pytest.mark.parametrize("lines", HEARD)
def test_each_message_means_one_thing(lines: str) -> None:
    assert hear(parse(lines.replace("|", "\r\n").encode())) == HEARD[lines]


@pytest.mark.parametrize("offer", ["", "99", "99:x:a8001", "99:²:a8001", ":::", "99:7"])
def test_an_offer_that_nobody_made_is_nothing(offer: str) -> None:
    lines = f"Event: Newstate|ChannelState: 5|{AGENT}".replace("99:7:a8001", offer)
    assert hear(parse(lines.replace("|", "\r\n").encode())) is None
