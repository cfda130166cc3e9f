"""A fact without the person in it: nobody is left, and every sum stays."""

from domain import events as ev
from domain.erase import PERSONAL, without_person
from domain.ids import AgentId, CallId

NAME = "~1f2e3d4c"
CALL = CallId("01ARYZ6S410000000000000000")
SUSPECT = {
    *("caller", "caller_raw", "caller_name", "number", "digits", "note", "customer", "consent"),
    *("to", "routes", "sip_id"),
}
OURS = {
    "TransferAsked": "an agent or a group",
    "CallTransferred": "an agent or a group",
    "CallMoved": "an agent or a group",
    "CallOverflowed": "a group, a box or a number of the firm's own configuration",
    "OutsideChosen": "a number of the firm's own configuration",
    "OutsideDialled": "a number of the firm's own configuration",
}
"""Events whose suspect fields name nobody who called, and why."""


def put(event: ev.Event) -> ev.Event:
    return without_person(ev.Record(1, 0.0, 0, event), NAME).event


def test_no_event_with_a_person_in_it_is_forgotten() -> None:
    found = {
        kind: sorted(SUSPECT & set(fields))
        for kind, fields in ((kind.__name__, ev.NAMES[kind]) for kind in ev.KINDS.values())
        if SUSPECT & set(fields) and kind not in OURS
    }
    assert found == {kind.__name__: sorted(fields) for kind, fields in PERSONAL.items()}


def test_who_called_goes_and_what_happened_stays() -> None:
    number = "13800138000"
    arrived = ev.CallArrived(CALL, "4008000001", "4008000001", number, "+86138", "李四", sip_id="x")
    assert put(arrived) == ev.CallArrived(CALL, "4008000001", "4008000001", NAME)
    assert put(ev.KeyPressed(CALL, "id", "510123", "查询")) == ev.KeyPressed(
        CALL, "id", "******", "查询"
    )
    dialled = ev.DialAsked(
        CALL, AgentId("8001"), "4008000001", number, "028", (f"a:9{number}", f"b:{number}"), "说过"
    )
    anew = put(dialled)
    assert number not in str(anew)
    assert isinstance(anew, ev.DialAsked) and anew.routes == (f"a:{NAME}", f"b:{NAME}")


def test_again_changes_nothing_and_what_names_nobody_is_the_same_record() -> None:
    arrived = put(ev.CallArrived(CALL, "4008000001", "4008000001", "13800138000"))
    record = ev.Record(1, 0.0, 0, arrived)
    assert without_person(record, "~other") is record
    ended = ev.Record(2, 0.0, 0, ev.CallEnded(CALL, 16))
    assert without_person(ended, NAME) is ended
