"""The engine's side of Asterisk over real sockets: joining, order, the beat, the safety net."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from acd import AgentCard, Floor, GroupRules, decide
from domain import events as ev
from domain.clock import Clock
from domain.events import Record
from domain.ids import AgentId, CallId, GroupId, Instant
from pbx.hands import PLACES
from pbx.legs import Legs
from pbx.link import Account
from pbx.places import PREFIX
from switchboard.exchange import Accounts, Exchange
from tests.unit.pbx.peers import CLOCK, FakeAmi, Header, ok, text, until

CALL, LIN, SALES = CallId("01CALL"), AgentId("8001"), GroupId("sales")
CALLER = ("ChanVariable: CC_CALL=01CALL", "ChanVariable: CC_LEG=caller")


def listing(action: Header, row: str, complete: str, *rows: tuple[str, ...]) -> bytes:
    """Answer an action with a list of events."""
    mine = f"ActionID: {action['ActionID']}"
    told = ok(action, "EventList: start")
    for lines in rows:
        told += text(f"Event: {row}", mine, *lines)
    return told + text(f"Event: {complete}", mine, "EventList: Complete")


class Asterisk(FakeAmi):
    """A peer with channels and phones."""

    def __init__(self) -> None:
        super().__init__()
        self.channels: list[tuple[str, ...]] = []
        self.phones = [("Device: PJSIP/a8001", "State: NOT_INUSE")]
        self.answers |= {
            "ShowDialPlan": lambda a: listing(a, "ListDialplan", "ShowDialPlanComplete"),
            "DeviceStateList": lambda a: listing(
                a, "DeviceStateChange", "DeviceStateListComplete", *self.phones
            ),
            "CoreShowChannels": self.show_channels,
        }
        self.meanwhile = b""

    def show_channels(self, action: Header) -> bytes:
        rows = listing(action, "CoreShowChannel", "CoreShowChannelsComplete", *self.channels)
        return self.meanwhile + rows


class Hall:
    """An exchange between a floor and two peers."""

    def __init__(self, engine: Asterisk, watch: Asterisk, prefix: str = "") -> None:
        self.stood_s = 0.0
        clock = Clock(lambda: Instant(CLOCK.mono() + self.stood_s), CLOCK.utc_ms)
        self.floor, self.legs, self.told = Floor(), Legs(), list[ev.Event]()
        self.floor.configure([GroupRules(SALES)], [AgentCard(LIN, groups=(SALES,))])
        self.floor.epoch = 77
        accounts = Accounts(
            Account("127.0.0.1", engine.port, "engine", "x"),
            Account("127.0.0.1", watch.port, "watch", "x"),
            prefix,
        )
        self.exchange = Exchange(accounts, self.floor, self.legs, self.told.append, clock)

    async def joined(self) -> None:
        await self.exchange.open()
        await until(lambda: ev.PbxJoined(1) in self.told)


@pytest.fixture
async def peers() -> AsyncIterator[tuple[Asterisk, Asterisk]]:
    """Start the two peers."""
    engine, watch = Asterisk(), Asterisk()
    await engine.start()
    await watch.start()
    yield engine, watch
    await engine.stop()
    await watch.stop()


@pytest.fixture
async def hall(peers: tuple[Asterisk, Asterisk]) -> AsyncIterator[Hall]:
    """Give an exchange that is not open yet."""
    made = Hall(*peers)
    yield made
    await made.exchange.close()


async def test_it_joins_with_the_epoch_first_and_every_place_checked(
    hall: Hall, peers: tuple[Asterisk, Asterisk]
) -> None:
    await hall.joined()
    epoch = peers[0].named("Setvar")[0]
    assert (epoch["Variable"], epoch["Value"]) == ("CC_EPOCH", "77")
    assert [action["Context"] for action in peers[0].named("ShowDialPlan")] == list(PLACES)
    assert hall.told == [ev.PhoneReachable("a8001"), ev.PbxJoined(1)]


async def test_what_happens_while_the_picture_is_read_comes_after_it(
    hall: Hall, peers: tuple[Asterisk, Asterisk]
) -> None:
    for event in (ev.CallArrived(CALL, "400", "400", "138"), ev.GroupChosen(CALL, SALES)):
        decide(hall.floor, event, Instant(1.0))
    peers[0].channels = [("Channel: PJSIP/t-1", "Context: hold", "Application: WaitExten", *CALLER)]
    peers[0].meanwhile = text("Event: Hangup", "Channel: PJSIP/t-1", "Cause: 16", *CALLER)
    await hall.joined()
    await until(lambda: ev.CallEnded(CALL, 16, "") in hall.told)
    assert hall.told[-3:] == [ev.HoldReached(CALL), ev.PbxJoined(1), ev.CallEnded(CALL, 16, "")]


async def test_who_comes_while_the_picture_is_read_is_not_gone(
    hall: Hall, peers: tuple[Asterisk, Asterisk]
) -> None:
    """AGI brings callers from the first moment on, before the two pictures are compared."""
    old, show = CallId("01OLD"), peers[0].show_channels
    decide(hall.floor, ev.CallArrived(old, "400", "400", ""), Instant(1.0))

    def comes_meanwhile(action: Header) -> bytes:
        decide(hall.floor, ev.CallArrived(CALL, "400", "400", "138"), Instant(2.0))
        return show(action)

    peers[0].answers["CoreShowChannels"] = comes_meanwhile
    await hall.joined()
    assert [event.call for event in hall.told if isinstance(event, ev.CallLost)] == [old]


async def test_it_learns_the_legs_of_calls_that_are_there(
    hall: Hall, peers: tuple[Asterisk, Asterisk]
) -> None:
    peers[0].channels = [("Channel: PJSIP/t-1", "Context: offer", "Application: Dial", *CALLER)]
    await hall.joined()
    assert hall.legs.caller == {CALL: "PJSIP/t-1"}


async def test_phones_are_heard_from_the_watching_user_only(
    hall: Hall, peers: tuple[Asterisk, Asterisk]
) -> None:
    await hall.joined()
    await until(lambda: hall.exchange.watch.is_up)
    lost = text("Event: ContactStatus", "EndpointName: a8001", "ContactStatus: Unreachable")
    peers[1].say(text("Event: UserEvent", "UserEvent: CCHold", *CALLER) + lost)
    await until(lambda: ev.PhoneLost("a8001") in hall.told)
    assert ev.HoldReached(CALL) not in hall.told


async def test_a_cut_link_is_told_and_joined_again(
    hall: Hall, peers: tuple[Asterisk, Asterisk]
) -> None:
    await hall.joined()
    peers[0].cut()
    await until(lambda: ev.PbxJoined(2) in hall.told)
    assert [type(event) for event in hall.told[-3:]] == [
        ev.PbxLeft,
        ev.PhoneReachable,
        ev.PbxJoined,
    ]


async def test_the_beat_stops_when_the_loop_is_not_well(
    hall: Hall, peers: tuple[Asterisk, Asterisk]
) -> None:
    await hall.joined()
    asked: list[bool] = []

    def is_well() -> bool:
        asked.append(True)
        return False

    hall.exchange.is_well = is_well
    beating = asyncio.create_task(hall.exchange.beat())
    await until(lambda: bool(asked))
    beats = [each for each in peers[0].named("Setvar") if each["Variable"] == "CC_BEAT"]
    assert beats == []
    beating.cancel()


async def test_who_is_signed_in_stands_in_the_safety_net(
    hall: Hall, peers: tuple[Asterisk, Asterisk]
) -> None:
    for event in (
        ev.PhoneReachable("a8001"),
        ev.AgentSignedIn(LIN, "phone", "a8001"),
        ev.AgentReadied(LIN),
    ):
        decide(hall.floor, event, Instant(1.0))
    await hall.joined()
    await until(lambda: bool(peers[0].named("QueuePause")))
    assert [each["Queue"] for each in peers[0].named("QueueAdd")] == ["fb-any", "fb-sales"]
    hall.exchange.note(Record(1, 0.0, 0, ev.AgentSignedOut(LIN, "asked")))
    await until(lambda: len(peers[0].named("QueueRemove")) == 2)


async def test_who_waits_for_an_unknown_group_and_who_was_met_by_nobody(
    hall: Hall, peers: tuple[Asterisk, Asterisk]
) -> None:
    decide(hall.floor, ev.CallArrived(CALL, "400", "400", "138"), Instant(1.0))
    unmet = ("ChanVariable: CC_CALL=", "ChanVariable: CC_LEG=caller")
    peers[0].answers["Getvar"] = lambda a: ok(a, f"Variable: {a['Variable']}", "Value: fb-sales")
    peers[0].channels = [
        ("Channel: PJSIP/t-1", "Context: hold", "Application: WaitExten", *CALLER),
        ("Channel: PJSIP/t-2", "Context: fallback", "Application: Queue", *unmet),
    ]
    await hall.joined()
    assert hall.told[-3:] == [ev.GroupChosen(CALL, SALES), ev.HoldReached(CALL), ev.PbxJoined(1)]
    await until(lambda: bool(peers[0].named("PlayDTMF")))
    (key,) = peers[0].named("PlayDTMF")
    assert (key["Channel"], key["Digit"], key["Receive"]) == ("PJSIP/t-2", "D", "true")
    back = [each for each in peers[0].named("Setvar") if each["Variable"] == "CC_BACK"]
    assert [(each["Channel"], each["Value"]) for each in back] == [("PJSIP/t-2", "flow")]
    # who falls back before any flow spoke begins anew too, but only once
    fell = text("Event: UserEvent", "UserEvent: CCFallback", "Channel: PJSIP/t-3", *unmet)
    peers[0].say(fell + fell)
    await until(lambda: bool(peers[0].named("Redirect")))
    (moved,) = peers[0].named("Redirect")
    place = (moved["Channel"], moved["Context"], moved["Priority"])
    assert place == ("PJSIP/t-3", "hotline", "flow")


async def test_an_engine_that_stood_still_compares_pictures_before_it_moves_anybody(
    hall: Hall, peers: tuple[Asterisk, Asterisk]
) -> None:
    unmet = ("Context: fallback", "ChanVariable: CC_CALL=", "ChanVariable: CC_LEG=caller")
    await hall.joined()
    beating = asyncio.create_task(hall.exchange.beat())
    await until(lambda: any(a["Variable"] == "CC_BEAT" for a in peers[0].named("Setvar")))
    # two fell back while it stood; one of them talks with an agent by now
    peers[0].channels = [
        ("Channel: PJSIP/t-1", "Application: Queue", "BridgeId: b", *unmet),
        ("Channel: PJSIP/t-2", "Application: Queue", *unmet),
    ]
    hall.stood_s = 12.0
    for channel in ("PJSIP/t-1", "PJSIP/t-2"):
        fell = ("Event: UserEvent", "UserEvent: CCFallback", f"Channel: {channel}")
        peers[0].say(text(*fell, *unmet))
    await until(lambda: bool(peers[0].named("PlayDTMF")))
    await until(lambda: hall.told.count(ev.PbxJoined(1)) == 2)
    told = [each for each in hall.told if isinstance(each, ev.PbxLeft | ev.PbxJoined)]
    assert told == [ev.PbxJoined(1), ev.PbxLeft("stood still for 12 s"), ev.PbxJoined(1)]
    assert [each["Channel"] for each in peers[0].named("PlayDTMF")] == ["PJSIP/t-2"]
    beating.cancel()


async def test_a_talk_with_somebody_whom_no_flow_met_is_looked_up_in_the_notes(
    hall: Hall, peers: tuple[Asterisk, Asterisk]
) -> None:
    unmet = ("Context: fallback", "ChanVariable: CC_CALL=", "ChanVariable: CC_LEG=caller")
    read: list[int] = []

    async def notes() -> dict[str, ev.CallArrived]:
        """The talk began after the first reading; it has a name after the second."""
        read.append(len(read))
        if len(read) == 2:
            peers[0].channels = []
        return {}

    hall.exchange.read_notes = notes
    peers[0].channels = [("Channel: PJSIP/t-1", "Application: Queue", "BridgeId: b", *unmet)]
    await hall.joined()
    assert len(read) == 2 and not peers[0].named("PlayDTMF")
    # and while an engine is there: an agent took who was on the way out of the queue
    peers[0].say(text("Event: UserEvent", "UserEvent: CCTook", "Channel: PJSIP/a8001-1", *unmet))
    await until(lambda: hall.told.count(ev.PbxJoined(1)) == 2)
    assert len(read) == 3


async def test_a_talk_that_begins_while_pictures_are_compared_is_looked_up_too(
    hall: Hall, peers: tuple[Asterisk, Asterisk]
) -> None:
    """Each reading of the notes takes its time, and another agent takes another caller in it."""
    unmet = ("Context: fallback", "ChanVariable: CC_CALL=", "ChanVariable: CC_LEG=caller")
    took = ("Event: UserEvent", "UserEvent: CCTook", "Channel: PJSIP/a8001-1", *unmet)
    talk = ("Channel: PJSIP/t-1", "Application: Queue", "BridgeId: b", *unmet)
    read: list[int] = []

    async def notes() -> dict[str, ev.CallArrived]:
        read.append(len(read))
        if len(read) == 2:
            peers[0].channels = []
            peers[0].say(text(*took))
        return {}

    hall.exchange.read_notes = notes
    peers[0].channels = [talk]
    await hall.joined()
    assert len(read) == 3 and hall.told.count(ev.PbxJoined(1)) == 1


async def test_in_an_asterisk_of_others_our_places_have_a_name_of_their_own(
    peers: tuple[Asterisk, Asterisk],
) -> None:
    hall = Hall(*peers, PREFIX)
    other = "ChanVariable: CC_CALL=02CALL", "ChanVariable: CC_LEG=caller"
    peers[0].channels = [
        ("Channel: PJSIP/t-1", "Context: yd-hold", "Application: WaitExten", *CALLER),
        ("Channel: PJSIP/t-2", "Context: hold", "Application: WaitExten", *other),
    ]
    await hall.joined()
    asked = [action["Context"] for action in peers[0].named("ShowDialPlan")]
    assert asked == [f"{PREFIX}{place}" for place in PLACES]
    assert [event.call for event in hall.told if isinstance(event, ev.CallArrived)] == [CALL]
    hall.exchange.send([("Redirect", {"Channel": "PJSIP/t-1", "Context": "after"})])
    await until(lambda: bool(peers[0].named("Redirect")))
    assert peers[0].named("Redirect")[0]["Context"] == f"{PREFIX}after"
    await hall.exchange.close()
