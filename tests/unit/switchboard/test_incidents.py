"""Incidents open once, are told in words with a mend, and end; audio and trunks make them."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from acd import Floor
from acd.floor import Call, Stage
from domain import events as ev
from domain.clock import Clock
from domain.ids import CallId, Instant
from switchboard.audio import PATIENCE_S, LineWatch
from switchboard.incidents import MOST_OPEN, Incidents

CALL = CallId("01CALL")


@dataclass
class Desk:
    """A clock by hand and incidents whose tellings come back as records, as the loop does."""

    now: float = 100.0
    told: list[ev.Event] = field(default_factory=list)
    incidents: Incidents = field(init=False)
    clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = Clock(lambda: Instant(self.now), lambda: round(self.now * 1000))
        self.incidents = Incidents(self.tell, self.clock, "16000-16999")

    def tell(self, event: ev.Event) -> None:
        self.told.append(event)
        self.note(event)

    def note(self, event: ev.Event) -> None:
        record = ev.Record(len(self.told), self.now, round(self.now * 1000), event)
        self.incidents.note(record)

    @property
    def kinds(self) -> set[tuple[str, str]]:
        return set(self.incidents.open)


def test_an_incident_opens_once_and_ends() -> None:
    desk = Desk()
    for _ in range(3):
        desk.incidents.see("trunk_silent", "carrier", "3 REGISTER")
    assert desk.told == [ev.IncidentSeen("trunk_silent", "carrier", "3 REGISTER")]
    row = desk.incidents.rows()[0]
    assert row["zh"] == "中继 carrier 完全没有回应（3 REGISTER）"
    assert "match" not in row["mend_en"] and row["mend_en"]
    desk.incidents.registered("carrier")
    assert desk.kinds == set()
    desk.incidents.over("trunk_silent", "carrier")
    assert len(desk.told) == 2


def test_facts_of_calls_are_incidents_too() -> None:
    desk = Desk()
    desk.note(ev.CalledNumberUnknown(CALL, "02160000001", "carrier"))
    desk.note(ev.CallRefused("trunk-carrier", 17))
    assert desk.kinds == {("called_unknown", "02160000001"), ("trunk_full", "carrier")}


def test_what_was_quiet_for_long_is_over() -> None:
    desk = Desk()
    desk.incidents.see("trunk_full", "carrier")
    desk.incidents.see("one_way", CALL, "caller")
    desk.now += 400
    desk.incidents.see("trunk_full", "carrier")
    desk.now += 400
    desk.incidents.sweep({CALL})
    assert len(desk.kinds) == 2
    desk.now += 400
    desk.incidents.sweep(set())
    assert desk.kinds == set()


def test_numbers_are_masked_unknown_kinds_refused_and_the_list_is_finite() -> None:
    desk = Desk()
    desk.incidents.see("dialled_unknown", "carrier", "INVITE 404, 13800138000")
    desk.incidents.see("<script>", "x")
    assert "138****8000" in desk.incidents.rows()[0]["en"]
    for number in range(2 * MOST_OPEN):
        desk.incidents.see("address_unknown", f"192.0.2.{number}")
    assert len(desk.kinds) == MOST_OPEN


@dataclass
class Exchange:
    """What Asterisk would answer."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    async def packets(self, calls: Set[str]) -> Mapping[str, Mapping[str, int]]:
        self.asked += 1
        return {call: dict(sides) for call, sides in self.counts.items()}

    async def registrations(self) -> Mapping[str, str]:
        return self.states


def watching(*trunks: str) -> tuple[Desk, Exchange, Floor, LineWatch]:
    desk, exchange, floor = Desk(), Exchange(), Floor()
    floor.pbx_up = True
    watch = LineWatch(floor, exchange, desk.incidents, desk.clock, trunks)
    return desk, exchange, floor, watch


async def test_a_side_that_stops_is_an_incident_and_over_when_it_flows() -> None:
    desk, exchange, floor, watch = watching()
    await watch.look_at_talks()
    assert exchange.asked == 0, "nobody talks: nothing is asked"
    call = floor.calls[CALL] = Call(CALL, "400", "138", stage=Stage.TALKING)
    exchange.counts[CALL] = {"caller": 10, "agent": 10}
    for _ in range(3):
        await watch.look_at_talks()
        desk.now += 1.5
        exchange.counts[CALL]["agent"] += 75
    await watch.look_at_talks()
    assert desk.told == [ev.IncidentSeen("one_way", CALL, "caller")]
    exchange.counts[CALL]["caller"] += 75
    await watch.look_at_talks()
    assert desk.kinds == set()
    call.stage = Stage.HELD
    for _ in range(5):
        await watch.look_at_talks()
        desk.now += 1.5
    call.stage = Stage.TALKING
    await watch.look_at_talks()
    assert desk.kinds == set(), "music is no fault, and a talk begins anew after it"


async def test_a_trunk_that_stays_away_is_told_and_over_when_registered() -> None:
    desk, exchange, _, watch = watching("carrier")
    exchange.states["carrier"] = "Unregistered"
    await watch.look_at_trunks()
    assert desk.kinds == set(), "it may only just have started"
    desk.now += PATIENCE_S + 1
    await watch.look_at_trunks()
    assert desk.kinds == {("trunk_down", "carrier")}
    exchange.states["carrier"] = "Registered"
    await watch.look_at_trunks()
    assert desk.kinds == set()


async def test_what_the_tracer_said_more_exactly_stands() -> None:
    desk, exchange, _, watch = watching("carrier")
    desk.incidents.see("trunk_rejected", "carrier", "REGISTER 403")
    exchange.states["carrier"] = "Rejected"
    desk.incidents.see("trunk_down", "carrier")
    for _ in range(3):
        await watch.look_at_trunks()
        desk.now += 10
    assert desk.kinds == {("trunk_rejected", "carrier")}


def test_a_trunk_that_fails_is_tried_last_until_it_is_well() -> None:
    desk = Desk()
    for kind, about in (("trunk_silent", "a"), ("trunk_failing", "b"), ("trunk_full", "c")):
        desk.incidents.see(kind, about)
    assert desk.incidents.lines_down() == {"a", "b"}
    desk.incidents.registered("a")
    assert desk.incidents.lines_down() == {"b"}


def test_an_answered_call_out_mends_what_kept_calls_from_that_line_only() -> None:
    desk = Desk()
    for about in ("a", "b"):
        desk.incidents.see("trunk_failing", about)
        desk.incidents.see("caller_id_refused", about)
    desk.note(ev.FarAnswered(CALL, "trunk-a"))
    assert desk.kinds == {("trunk_failing", "b"), ("caller_id_refused", "b")}
