"""What the firm's systems are told: the right event, the right times, numbers masked on demand."""

from crm import event_of, payload_of, times_of
from domain import events as ev
from domain.events import Record
from domain.ids import AgentId, CallId, GroupId, OfferId

CALL, AGENT, OFFER = CallId("c1"), AgentId("8001"), OfferId(7)
CARD = {
    "call": "c1",
    "caller": "13800138000",
    "group": "presale",
    "agent": "8001",
    "ivr": [{"node": "menu", "digits": "1", "meant": "订单查询"}],
    "customer": {"id": "C1", "name": "林", "level": "", "tags": [], "fields": {"a": 1}, "url": ""},
}


def record(seq: int, event: ev.Event) -> Record:
    return Record(seq, 0.0, seq * 1000, event)


def story() -> list[Record]:
    events: list[ev.Event] = [
        ev.CallArrived(CALL, "4008000001", "4008000001", "13800138000"),
        ev.GroupChosen(CALL, GroupId("presale")),
        ev.OfferMade(CALL, AGENT, OfferId(6), GroupId("presale"), 20, "", ""),
        ev.OfferFailed(CALL, AGENT, OfferId(6), "no_answer"),
        ev.GroupChosen(CALL, GroupId("aftersale")),
        ev.OfferMade(CALL, AGENT, OFFER, GroupId("aftersale"), 20, "", ""),
        ev.PhoneRang(CALL, AGENT, OFFER),
        ev.OfferAnswered(CALL, AGENT, OFFER),
        ev.TalkEnded(CALL, AGENT, "caller"),
        ev.CallEnded(CALL, 16),
    ]
    return [record(seq, event) for seq, event in enumerate(events, 1)]


def test_which_records_are_told() -> None:
    assert [event_of(each) for each in story()] == [
        "",
        "",
        "call.offered",
        "",
        "",
        "call.offered",
        "call.ringing",
        "call.answered",
        "",
        "call.ended",
    ]
    assert event_of(record(1, ev.CallLost(CALL, "restart"))) == "call.ended"


def test_times_are_the_last_but_the_queue_is_entered_once() -> None:
    assert times_of(story()) == {
        "arrived": 1000,
        "entered": 2000,
        "offered": 6000,
        "rang": 7000,
        "answered": 8000,
        "talk_ended": 9000,
        "ended": 10000,
    }


def test_the_full_number_or_the_masked_one_and_no_fields() -> None:
    answered, ended = story()[7], story()[9]
    full = payload_of(answered, CARD, {"arrived": 1}, masked=False)
    assert (full["caller"], full["agent"], full["offer"]) == ("13800138000", "8001", 7)
    assert full["customer"] == {"id": "C1", "name": "林", "level": "", "url": ""}
    assert full["ivr"] == CARD["ivr"] and full["times"] == {"arrived": 1}
    masked = payload_of(ended, CARD, {}, masked=True)
    assert masked["caller"] == "138****8000" and "13800138000" not in str(masked)
    named = CARD | {"caller_name": "+86 138-0013-8000 张三"}
    assert payload_of(ended, named, {}, masked=True)["caller_name"] == "861****8000 张三"
    assert masked["cause"] == 16


def test_a_bare_card_is_enough() -> None:
    data = payload_of(story()[9], {"call": "c1"}, {}, masked=True)
    assert (data["call"], data["caller"], data["customer"], data["ivr"]) == ("c1", "", None, [])
