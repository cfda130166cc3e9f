"""Commands into AMI actions: where a leg goes, what is set before, that a lost leg is let be."""

import dataclasses
import re
from pathlib import Path

from hypothesis import given as given_hypothesis, strategies as st

from domain import commands as do
from domain.ids import AgentId, CallId, OfferId
from pbx.hands import PLACES, Action, Hands, Says, Seat, Surroundings, actions, gathered
from pbx.legs import Legs
from pbx.message import parse

CALL, LIN = CallId("01CALL"), AgentId("8001")
CALLER, AGENT = "PJSIP/trunk-1", "PJSIP/a8001-2"
WORLD = Surroundings(
    99,
    lambda call: f"/spool/{call}",
    lambda told: ["you_are", f"n{told.place}"],
    say_wait=lambda told: [str(told.low_s), str(told.high_s)] if told.high_s else [],
)
SEAT = Seat(("one:13900139000",), ("02800000001",), ("seat_call", "num/4"))
DIALPLAN = Path(__file__).parents[3] / "asterisk-config" / "templates" / "extensions.conf"


def legs(*sides: str) -> Legs:
    made = Legs()
    for side, channel in (("caller", CALLER), ("agent", AGENT)):
        if side in sides:
            text = f"Event: Newstate|Channel: {channel}|ChanVariable: CC_CALL={CALL}"
            text += f"|ChanVariable: CC_LEG={side}"
            made.note(parse(text.replace("|", "\r\n").encode()))
    return made


def given(command: do.PbxCommand, *sides: str) -> list[Action]:
    return actions(command, legs(*(sides or ("caller", "agent"))), WORLD)


def to(place: str) -> Action:
    fields = {"Channel": CALLER, "Context": place, "Exten": "s", "Priority": "1"}
    return ("Redirect", fields)


def setting(channel: str, name: str, value: str) -> Action:
    return ("Setvar", {"Channel": channel, "Variable": name, "Value": value})


def test_ringing_sets_the_offer_before_the_move() -> None:
    ring = do.RingAgent(CALL, LIN, "a8001", OfferId(7), 20.0, CALL)
    assert given(ring) == [
        setting(CALLER, "__CC_OFFER", "99:7:a8001"),
        setting(CALLER, "CC_RING", "20"),
        setting(CALLER, "CC_GREET", ""),
        setting(CALLER, "CC_WHISPER", ""),
        setting(CALLER, "__CC_AUTO", ""),
        setting(CALLER, "CC_RATE", ""),
        setting(CALLER, "CC_RECORD", "/spool/01CALL"),
        to("offer"),
    ]
    silent = do.RingAgent(CALL, LIN, "a8001", OfferId(7), 20.0, "")
    assert "CC_RECORD" not in str(given(silent))


def test_what_is_said_at_the_answer_goes_with_the_offer_and_not_with_a_talk_resumed() -> None:
    world = dataclasses.replace(WORLD, says=lambda ring: Says("/said/8001", "/said/hotline", True))
    ring = do.RingAgent(CALL, LIN, "a8001", OfferId(7), 20.0, "")
    told = actions(ring, legs("caller"), world)
    assert setting(CALLER, "CC_GREET", "/said/8001") in told
    assert setting(CALLER, "CC_WHISPER", "/said/hotline") in told
    assert setting(CALLER, "__CC_AUTO", "1") in told
    again = actions(do.ResumeAgent(CALL, LIN, "w8001", OfferId(7), 20.0), legs("caller"), world)
    assert setting(CALLER, "CC_GREET", "") in again
    assert setting(CALLER, "CC_WHISPER", "") in again
    assert setting(CALLER, "__CC_AUTO", "") in again


def test_where_nobody_will_be_asked_to_rate_the_dialplan_hears_so_with_the_ring() -> None:
    ring = do.RingAgent(CALL, LIN, "a8001", OfferId(7), 20.0, "")
    told = actions(ring, legs("caller"), dataclasses.replace(WORLD, asks=lambda ring: False))
    assert setting(CALLER, "CC_RATE", "no") in told


def test_variables_of_one_channel_travel_together() -> None:
    ring = do.RingAgent(CALL, LIN, "a8001", OfferId(7), 20.0, CALL)
    names = "__CC_OFFER,CC_RING,CC_GREET,CC_WHISPER,__CC_AUTO,CC_RATE,CC_RECORD"
    values = "99:7:a8001,20,,,,,/spool/01CALL"
    assert gathered(given(ring)) == [setting(CALLER, f"ARRAY({names})", values), to("offer")]
    parked = given(do.ParkCaller(CALL))
    assert gathered(parked) == parked, "two channels, one variable each"


@given_hypothesis(st.lists(st.text(st.sampled_from('a,"\\()[] ${}中/&'), max_size=600), max_size=8))
def test_a_value_that_would_be_split_goes_alone(values: list[str]) -> None:
    sent = [setting(CALLER, f"V{nth}", value) for nth, value in enumerate(values)]
    got: list[tuple[str, str]] = []
    for _, fields in gathered([*sent, to("hold")])[:-1]:
        name, value = fields["Variable"], fields["Value"]
        if name.startswith("ARRAY("):
            assert not set(value) & set('"\\()[] ${}') and len(value.encode()) < 1000
            got += zip(name[6:-1].split(","), value.split(","), strict=True)
        else:
            got.append((name, value))
    assert got == [(f"V{nth}", value) for nth, value in enumerate(values)]


def test_where_each_command_takes_the_caller() -> None:
    assert given(do.BringBack(CALL)) == [to("hold")]
    key = {"Channel": CALLER, "Digit": "D", "Receive": "true"}
    assert given(do.LeaveQueue(CALL)) == [setting(CALLER, "CC_BACK", "hold"), ("PlayDTMF", key)]
    assert given(do.GoOn(CALL)) == [to("after")]
    assert given(do.HangUp(CALL)) == [("Hangup", {"Channel": CALLER, "Cause": "16"})]
    assert given(do.Announce(CALL, 3)) == [setting(CALLER, "CC_SAY", "you_are&n3")]
    told = do.Announce(CALL, 3, 130, 230)
    assert given(told) == [setting(CALLER, "CC_SAY", "you_are&n3&130&230")]
    assert given(do.ReleaseAgent(CALL)) == [("Hangup", {"Channel": AGENT, "Cause": "16"})]


def test_parking_parts_both_legs_in_one_action() -> None:
    *set_first, (name, fields) = given(do.ParkCaller(CALL))
    assert set_first == [setting(CALLER, "CC_PEER", AGENT), setting(AGENT, "CC_PEER", CALLER)]
    assert (name, fields["Context"], fields["ExtraChannel"]) == ("Redirect", "held", AGENT)
    assert fields["ExtraContext"] == "agent-side"


def test_joining_names_the_leg_to_join() -> None:
    assert given(do.JoinCaller(CALL)) == [setting(CALLER, "CC_PEER", AGENT), to("join")]


def test_a_phone_is_told_within_its_own_call() -> None:
    [(name, fields)] = given(do.NotifyPhone(CALL, "talk"))
    assert (name, fields["Channel"]) == ("PJSIPNotify", AGENT)
    assert fields["Variable"] == "Event=talk,Subscription-State=active"
    assert given(do.NotifyPhone(CALL, "talk"), "caller") == []


def test_a_leg_that_is_gone_is_let_be() -> None:
    assert given(do.BringBack(CALL), "agent") == []
    assert given(do.ReleaseAgent(CALL), "caller") == []
    assert given(do.ParkCaller(CALL), "caller") == []
    assert given(do.JoinCaller(CALL), "caller") == []


def test_a_leg_is_forgotten_when_it_hangs_up() -> None:
    known = legs("caller", "agent")
    gone = f"Event: Hangup|Channel: {AGENT}|ChanVariable: CC_CALL={CALL}|ChanVariable: CC_LEG=agent"
    known.note(parse(gone.replace(AGENT, "PJSIP/a8001-9").replace("|", "\r\n").encode()))
    assert known.agent == {CALL: AGENT}, "an older leg's hang-up does not take the newer one"
    known.note(parse(gone.replace("|", "\r\n").encode()))
    assert known.agent == {}


def test_commands_of_a_turn_go_out_together_and_nothing_means_silence() -> None:
    sent: list[list[str]] = []
    hands = Hands(legs("caller"), WORLD, lambda batch: sent.append([name for name, _ in batch]))
    hands.do([do.Announce(CALL, 1), do.BringBack(CALL)])
    hands.do([do.ReleaseAgent(CALL)])
    assert sent == [["Setvar", "Redirect"]]


def test_every_place_is_in_the_dialplan() -> None:
    files = (DIALPLAN, *map(DIALPLAN.with_name, ("dialplan-in.conf", "dialplan-out.conf")))
    text = "".join(file.read_text() for file in files)
    contexts = set(re.findall(r"^\[([\w-]+)\]", text, re.MULTILINE))
    assert set(PLACES) <= contexts


def test_a_call_out_rings_the_agent_who_then_dials_the_routes() -> None:
    place = do.PlaceCall(
        *(CALL, LIN, "a8001", ("one:13800138000", "two:013800138000"), "02800000001", 20.0, CALL),
        ("02800000001", "02900000001"),
    )
    [(name, fields)] = given(place, "")
    variables = fields.pop("variables")
    assert name == "Originate"
    assert fields == {
        "Channel": "PJSIP/a8001",
        "Context": "dial-out",
        "Exten": "s",
        "Priority": "1",
        "Timeout": "20000",
        "CallerID": "<02800000001>",
        "Async": "true",
    }
    assert variables["CC_OUT1"] == "PJSIP/13800138000@trunk-one"
    assert variables["CC_OUT2"] == "PJSIP/013800138000@trunk-two"
    assert (variables["CC_CLI1"], variables["CC_CLI2"]) == ("02800000001", "02900000001")
    assert (variables["__CC_CALL"], variables["CC_LEG"]) == (CALL, "agent")
    assert variables["__CC_RECORD"] == "/spool/01CALL"
    assert variables["PJSIP_HEADER(add,X-Dial)"] == "1"
    assert "CC_OUT3" not in variables


def test_a_mobile_is_rung_over_its_own_routes_or_not_at_all() -> None:
    ring = do.RingAgent(CALL, LIN, "m8001", OfferId(7), 40.0, "")
    assert given(ring) == []
    world = dataclasses.replace(WORLD, seat=lambda agent, call: SEAT)
    told = {
        fields["Variable"]: fields["Value"]
        for name, fields in actions(ring, legs("caller"), world)
        if name == "Setvar"
    }
    assert told["__CC_SEAT1"] == "PJSIP/13900139000@trunk-one"
    assert told["__CC_SEAT2"] == told["__CC_SEAT3"] == ""
    assert told["__CC_SEATCLI1"] == "02800000001"
    assert told["__CC_SEATSAY"] == "seat_call&num/4"
    place = do.PlaceCall(CALL, LIN, "m8001", ("one:138",), "028", 20.0, "")
    [(_, fields)] = actions(place, legs(""), world)
    assert fields["Channel"] == "Local/m8001@mobile/n"
    assert fields["variables"]["CC_SEAT1"] == "PJSIP/13900139000@trunk-one"
    assert not any(name.startswith("PJSIP_HEADER") for name in fields["variables"])


def test_a_dead_phone_is_let_go_and_rung_again() -> None:
    hang_up = ("Hangup", {"Channel": AGENT, "Cause": "16"})
    assert given(do.AwaitAgent(CALL)) == [setting(CALLER, "CC_PEER", ""), to("held"), hang_up]
    resume = do.ResumeAgent(CALL, LIN, "w8001", OfferId(7), 5.0)
    assert given(resume, "caller") == [
        setting(CALLER, "__CC_OFFER", "99:7:w8001"),
        setting(CALLER, "CC_RING", "5"),
        setting(CALLER, "CC_RESUME", "1"),
        setting(CALLER, "CC_GREET", ""),
        setting(CALLER, "CC_WHISPER", ""),
        setting(CALLER, "__CC_AUTO", ""),
        to("offer"),
    ]
    assert given(resume)[-1] == hang_up
