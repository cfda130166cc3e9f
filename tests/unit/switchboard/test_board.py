"""The live picture: rows, deltas, and today's counters."""

from acd import AgentCard, Floor, GroupRules
from domain import events as ev
from domain.clock import Clock
from domain.events import Event, Record
from domain.ids import AgentId, CallId, GroupId, Instant, OfferId
from switchboard.board import Board
from switchboard.loop import decide_all
from switchboard.tallies import Tallies, midnight

CALL, LIN, SALES = CallId("c1"), AgentId("8001"), GroupId("sales")
NOON = 1_780_027_200_000


class Hall:
    """A floor, its board, and a clock that the test sets."""

    def __init__(self) -> None:
        self.now, self.seq = 100.0, 0
        self.floor = Floor()
        self.floor.configure([GroupRules(SALES, "售前")], [AgentCard(LIN, "林", "xian", (SALES,))])
        clock = Clock(lambda: Instant(self.now), lambda: NOON + round(self.now * 1000))
        self.board = Board(self.floor, clock, Tallies({SALES: 5.0}))

    def happen(self, *events: Event, after: float = 1.0) -> list[Record]:
        told: list[Record] = []
        for event in events:
            self.now += after
            utc_ms = NOON + round(self.now * 1000)
            for entry in decide_all(self.floor, [(self.now, utc_ms, event)]).entries:
                self.seq += 1
                told.append(Record(self.seq, *entry))
                self.board.tallies.count(told[-1])
        return told

    def ready(self) -> list[Record]:
        return self.happen(
            ev.PbxJoined(1),
            ev.PhoneReachable("a8001"),
            ev.AgentSignedIn(LIN, "phone", "a8001"),
            ev.AgentReadied(LIN),
        )

    def waits(self, call: CallId = CALL) -> list[Record]:
        return self.happen(
            ev.CallArrived(call, "400", "400", "13800138000"),
            ev.GroupChosen(call, SALES, 5, "售前"),
            ev.HoldReached(call),
        )


def test_a_waiting_call_has_a_place_and_the_group_its_longest_wait() -> None:
    hall = Hall()
    hall.happen(ev.PbxJoined(1))
    hall.waits()
    hall.waits(CallId("c2"))
    shown = hall.board.snapshot()
    assert [(row["state"], row["place"]) for row in shown["calls"]] == [
        ("waiting", 1),
        ("waiting", 2),
    ]
    group = shown["groups"][0]
    assert (group["waiting"], group["signed_in"], group["today"]["entered"]) == (2, 0, 2)
    assert group["longest_since"] == shown["calls"][0]["entered"] == NOON + 103_000


def test_a_withheld_number_is_not_on_the_board() -> None:
    hall = Hall()
    hall.happen(ev.CallArrived(CALL, "400", "400", "13800138000", withheld=True))
    (row,) = hall.board.snapshot()["calls"]
    assert (row["caller"], row["withheld"]) == ("", True)


def test_an_agents_two_machines_show_as_one_word() -> None:
    hall = Hall()
    assert hall.board.agent(hall.floor.agents[LIN])["state"] == "offline"
    hall.ready()
    assert hall.board.agent(hall.floor.agents[LIN])["state"] == "ready"
    hall.happen(ev.PhoneLost("a8001"))
    assert hall.board.agent(hall.floor.agents[LIN])["state"] == "unreachable"
    hall.happen(ev.PhoneReachable("a8001"))
    hall.waits()
    hall.happen(ev.PhoneRang(CALL, LIN, OfferId(1)))
    assert hall.board.agent(hall.floor.agents[LIN])["state"] == "ringing"
    assert hall.board.call(hall.floor.calls[CALL])["state"] == "ringing"
    assert hall.board.group(SALES)["ringing"] == 1


def test_groups_are_told_when_they_changed_and_all_to_who_comes_new() -> None:
    hall = Hall()
    hall.floor.configure([GroupRules(SALES), GroupRules(GroupId("vip"))], [])
    assert [row["id"] for row in hall.board.delta([])["groups"]] == [SALES, "vip"]
    assert hall.board.delta([])["groups"] == []
    assert [row["id"] for row in hall.board.delta(hall.waits())["groups"]] == [SALES]
    hall.board.snapshot()
    assert [row["id"] for row in hall.board.delta([])["groups"]] == [SALES, "vip"]


def test_a_delta_has_what_the_records_touched() -> None:
    hall = Hall()
    hall.ready()
    hall.waits(CallId("c0"))
    delta = hall.board.delta(hall.happen(ev.OfferAnswered(CallId("c0"), LIN, OfferId(1))))
    assert [row["number"] for row in delta["agents"]] == [LIN]
    assert [row["state"] for row in delta["calls"]] == ["talking"]
    assert "pbx" not in delta
    delta = hall.board.delta(hall.happen(ev.CallEnded(CallId("c0"), 16)))
    assert delta["gone"] == ["c0"]
    assert delta["agents"][0]["until"] == NOON + round(hall.now * 1000) + 15_000
    assert "pbx" in hall.board.delta(hall.happen(ev.PbxLeft("cut")))


def test_a_lost_phone_shows_at_its_agent() -> None:
    hall = Hall()
    hall.ready()
    delta = hall.board.delta(hall.happen(ev.PhoneLost("a8001")))
    assert [row["reachable"] for row in delta["agents"]] == [False]


def test_today_is_counted_as_it_happens() -> None:
    hall = Hall()
    hall.ready()
    hall.waits()
    hall.happen(ev.OfferAnswered(CALL, LIN, OfferId(1)))
    hall.happen(ev.CallEnded(CALL, 16), after=60)
    hall.happen(ev.WrapUpDone(LIN))
    hall.waits(CallId("late"))
    hall.happen(ev.DialFailed(CallId("late"), OfferId(2), "NOANSWER"), after=20)
    hall.happen(ev.CallEnded(CallId("late"), 16))
    group, agent = hall.board.tallies.groups[SALES], hall.board.tallies.agents[LIN]
    assert (group.entered, group.answered, group.within, group.abandoned) == (2, 1, 1, 1)
    assert (agent.answered, agent.missed, agent.talk_s) == (1, 1, 60.0)


def test_counting_begins_anew_at_midnight_in_china() -> None:
    tallies = Tallies()
    first = midnight(NOON)
    event = ev.GroupChosen(CALL, SALES)
    tallies.count(Record(1, 0.0, first + 86_399_000, event))
    assert tallies.groups[SALES].entered == 1
    tallies.count(Record(2, 0.0, first + 86_400_000, ev.GroupChosen(CallId("c2"), SALES)))
    assert tallies.groups[SALES].entered == 1
    assert midnight(first) == first


def test_whose_state_goes_with_a_call_is_told_also_where_the_fact_names_nobody() -> None:
    hall = Hall()
    hall.ready()
    asked = ev.DialAsked(CALL, LIN, "400", "13900139000", "02812345678", ("a:13900139000",), "")
    rows = hall.board.delta(hall.happen(asked))["agents"]
    assert [row["state"] for row in rows] == ["dialling"]
    rows = hall.board.delta(hall.happen(ev.DialBegan(CALL), ev.FarAnswered(CALL, "a")))["agents"]
    assert [(row["number"], row["state"]) for row in rows] == [(LIN, "talking")]


def test_who_reached_nobody_is_told_with_the_calls_end() -> None:
    hall = Hall()
    hall.ready()
    asked = ev.DialAsked(CALL, LIN, "400", "13900139000", "02812345678", ("a:13900139000",), "")
    hall.happen(asked)
    hall.board.snapshot()
    ended = hall.happen(ev.DialBegan(CALL), ev.DialEnded(CALL, "busy"))
    rows = hall.board.delta(ended)["agents"]
    assert [row["number"] for row in rows] == [LIN]
    assert rows[0]["state"] != "dialling"
