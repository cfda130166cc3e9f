"""A walk that let go for an outside number goes on; a secret mutes what records."""

from domain.commands import MuteRecording, PbxCommand
from domain.events import CallEnded, OfferMade, Record, SecretBegan, SecretEnded
from domain.ids import AgentId, CallId, GroupId, OfferId
from ivr.lint import Known
from ivr.load import load
from ivr.model import Given, Leave
from ivr.step import begin, resume
from switchboard.asides import Spools
from switchboard.discreet import Discretion
from switchboard.parked import Parked

CALL = CallId("C1")
TEXT = """\
flow: shop
start: out
nodes:
  out: {kind: number, to: "02812345678", otherwise: sorry}
  sorry: {kind: hang_up, prompts: sorry}
"""
FLOW = load("shop", TEXT, Known())
GIVEN = Given(CALL, flows={"shop": FLOW})


def test_a_walk_goes_on_where_nobody_answered() -> None:
    parked, (state, acts) = Parked(), begin(FLOW, GIVEN)
    assert acts[-1] == Leave("out", number="02812345678", ring_s=30.0)
    parked.keep(CALL, state)
    kept = parked.take(CALL, "shop/out", GIVEN)
    assert kept is state
    assert resume(kept)[1][-1] == Leave("hangup", "contained")


def test_after_a_restart_the_node_alone_is_enough() -> None:
    fresh = Parked().take(CALL, "shop/out", GIVEN)
    assert fresh is not None
    assert resume(fresh)[0].node == "sorry"
    assert Parked().take(CALL, "shop/gone", GIVEN) is None
    assert Parked().take(CALL, "gone/out", GIVEN) is None
    assert Parked().take(CALL, "", GIVEN) is None


def test_a_call_that_is_over_is_forgotten() -> None:
    parked, (state, _) = Parked(), begin(FLOW, GIVEN)
    parked.keep(CALL, state)
    parked.note(Record(1, 0.0, 0, CallEnded(CALL, 16)))
    assert parked.take(CALL, "shop/out", GIVEN) is not state


def test_only_a_call_that_is_recorded_is_muted() -> None:
    spools, did = Spools(), list[PbxCommand]()
    listener = Discretion(spools, did.extend)
    asked, given = SecretBegan(CALL, "pin"), SecretEnded(CALL, "pin")
    for event in (asked, given):
        listener.note(Record(1, 0.0, 0, event))
    assert did == []
    offer = OfferMade(CALL, AgentId("8001"), OfferId(1), GroupId("g"), 20, "/spool/C1", "")
    spools.note(Record(1, 0.0, 0, offer))
    for event in (asked, given):
        listener.note(Record(1, 0.0, 0, event))
    assert did == [MuteRecording(CALL, muted=True), MuteRecording(CALL, muted=False)]
