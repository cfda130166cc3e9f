"""Hotlines held open or closed by hand: which switch holds, until when, and after a restart."""

from pathlib import Path

from domain import events as ev
from domain.clock import Clock
from ivr.calendar import is_open
from switchboard.switches import ByHand, Switches, looks_at_hours
from tests.stories.world import plan_with

NIGHT = 1_795_366_800_000
"""2026-11-23 01:00 in Shanghai."""
HOUR = 3_600_000
LINE, OTHER = "4008000001", "4008000002"


class Held:
    """Switches on a clock of their own; what is told comes back as a record at once."""

    def __init__(self, file: Path) -> None:
        self.now = NIGHT
        self.told: list[ev.Event] = []
        self.switches = Switches(file, Clock(lambda: self.now / 1000, lambda: self.now), self.tell)

    def tell(self, event: ev.Event) -> None:
        self.told.append(event)

    def turn(self, *fields: object) -> None:
        event = ev.HotlineSwitched(*fields)  # type: ignore[arg-type]
        self.switches.note(ev.Record(1, self.now / 1000, self.now, event))

    async def kept(self) -> None:
        """Run one look, which also writes the file."""

        async def once(seconds: float) -> None:
            raise StopAsyncIteration

        try:
            await self.switches.run(once)
        except (StopAsyncIteration, RuntimeError):
            return


def state(held: Held, hotline: str) -> str:
    found = held.switches.of(hotline)
    return found.state if found else ""


def test_the_switch_of_one_hotline_goes_before_that_of_all(tmp_path: Path) -> None:
    held = Held(tmp_path / "switches.json")
    held.turn("", "closed", 0, "fire drill")
    held.turn(LINE, "open", 0, "storm")
    assert (state(held, LINE), state(held, OTHER)) == ("open", "closed")
    assert [row["hotline"] for row in held.switches.rows()] == ["", LINE]
    held.turn(LINE, "")
    held.turn(OTHER, "")  # nothing to let go
    assert state(held, LINE) == "closed"
    held.turn("", "")
    assert not held.switches.rows()


def test_a_switch_lets_go_by_itself_and_says_so_once(tmp_path: Path) -> None:
    held = Held(tmp_path / "switches.json")
    held.turn(LINE, "closed", NIGHT + HOUR, "storm")
    held.switches.look()
    assert held.told == [] and state(held, LINE) == "closed"
    held.now += HOUR
    assert state(held, LINE) == "" and held.switches.rows() == []
    held.switches.look()
    held.switches.look()
    assert held.told == [ev.HotlineSwitched(LINE, "", by="clock")]
    held.turn(LINE, "", 0, "", "", "clock")
    held.turn(LINE, "closed", held.now + HOUR)
    assert state(held, LINE) == "closed"


async def test_a_switch_survives_a_restart(tmp_path: Path) -> None:
    held = Held(tmp_path / "switches.json")
    held.turn(LINE, "closed", 0, "storm", "sorry_storm", "zhou")
    await held.kept()
    again = Held(tmp_path / "switches.json")
    assert again.switches.rows() == held.switches.rows() != []
    again.turn(LINE, "")
    await again.kept()
    assert Held(tmp_path / "switches.json").switches.rows() == []


def test_a_spoilt_file_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "switches.json").write_text('[{"hotline": 1, "colour": 2}]')
    assert Held(tmp_path / "switches.json").switches.rows() == []


def test_calendars_are_held_by_hand_while_a_switch_holds(tmp_path: Path) -> None:
    held, plan = Held(tmp_path / "switches.json"), plan_with("workdays")
    calendars = ByHand(plan.calendars, lambda: held.switches.of(LINE))
    noon = NIGHT + 11 * HOUR
    assert set(calendars) == set(plan.calendars) and len(calendars) == len(plan.calendars)
    for turned, seen in (("", False), ("open", True), ("closed", False)):
        held.turn(LINE, turned)
        assert is_open(calendars["workdays"], NIGHT) is seen
    assert not is_open(calendars["workdays"], noon)
    held.turn(LINE, "")
    assert calendars["workdays"] is plan.calendars["workdays"]


def test_a_flow_that_looks_at_no_calendar_is_known() -> None:
    flows = plan_with("always").flows
    assert looks_at_hours(flows["service"], flows)
    assert not looks_at_hours(flows["survey"], flows)
