"""The memory of who talked to a caller last, from the rows, on the cards."""

from domain import events as ev
from domain.ids import AgentId, CallId, GroupId, OfferId
from switchboard.cards import Cards

CALL, CALLER = CallId("c1"), "13800138000"


def cards() -> Cards:
    """Let somebody call whom nobody remembers."""
    made = Cards()
    made.note(ev.Record(1, 0.0, 1000, ev.CallArrived(CALL, "400", "400", CALLER)))
    return made


def test_what_the_rows_know_is_on_the_card_of_who_calls_now() -> None:
    known = cards()
    known.remember(CALLER, "", 0)
    assert known.cards[CALL].last_agent == ""
    known.remember(CALLER, "8003", 500)
    assert known.cards[CALL].last_agent == "8003"
    assert known.last_agent(CALLER) == "8003"
    assert known.last_agent(CALLER, since_ms=501) == ""


def test_what_was_seen_since_counts_more() -> None:
    known = cards()
    agent, offer = AgentId("8001"), OfferId(1)
    made = ev.OfferMade(CALL, agent, offer, GroupId("tea"), 20, "", "")
    for n, event in enumerate((made, ev.OfferAnswered(CALL, agent, offer)), 2):
        known.note(ev.Record(n, 0.0, 2000, event))
    known.remember(CALLER, "8003", 500)
    assert known.last_agent(CALLER) == "8001"
