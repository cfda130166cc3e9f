"""The firm's day and the end of help, by a wall clock that may jump."""

from dataclasses import dataclass, field
from datetime import datetime

from domain import events as ev
from domain.ids import AgentId, CallId, GroupId, OfferId
from office.model import Group, Hotline
from switchboard.cards import Cards
from switchboard.days import Days
from switchboard.placing import Placing
from switchboard.tallies import SHANGHAI


@dataclass
class Wall:
    """A clock that is set by hand."""

    at: str = "2026-11-23T13:59"

    def mono(self) -> float:
        """Stand still."""
        return 0.0

    def utc_ms(self) -> int:
        """Give the moment it is set to."""
        moment = datetime.fromisoformat(self.at).replace(tzinfo=SHANGHAI)
        return int(moment.timestamp() * 1000)


@dataclass
class Told:
    """What the days told, and how often everybody was looked at again."""

    events: list[ev.Event] = field(default_factory=list)
    renewed: int = 0
    day: str = ""

    def tell(self, event: ev.Event) -> None:
        """Take in an event as the floor would."""
        self.events.append(event)
        if isinstance(event, ev.DayBegan):
            self.day = event.day

    def renew(self) -> None:
        """Count."""
        self.renewed += 1


def test_a_day_begins_once_and_help_ends_at_its_minute() -> None:
    wall, told = Wall(), Told()
    days = Days(wall, told.tell, lambda: told.day, lambda: ["2026-11-23T14:00"], told.renew)
    for at in ("2026-11-23T13:59", "2026-11-23T13:59", "2026-11-23T14:00", "2026-11-23T14:01"):
        wall.at = at
        days.look()
    assert (told.events, told.renewed) == ([ev.DayBegan("2026-11-23")], 1)
    wall.at = "2026-11-24T00:00"
    days.look()
    assert told.events[1:] == [ev.DayBegan("2026-11-24")]


def test_help_comes_back_when_the_clock_is_set_back() -> None:
    wall, told = Wall("2026-11-23T15:00"), Told()
    days = Days(wall, told.tell, lambda: told.day, lambda: ["2026-11-23T14:00"], told.renew)
    days.look()
    wall.at = "2026-11-23T12:00"
    days.look()
    assert told.renewed == 1


def _chosen(sticky_s: int, *, days_later: int = 0, caller: str = "138") -> ev.GroupChosen:
    """Let a caller whom 8001 talked to call again, and choose a group."""
    wall, told, cards = Wall(), Told(), Cards()
    first, second = CallId("c1"), CallId("c2")
    for seq, event in enumerate(
        [
            ev.CallArrived(first, "400", "400", caller),
            ev.OfferAnswered(first, AgentId("8001"), OfferId(1)),
            ev.CallEnded(first, 16),
        ]
    ):
        cards.note(ev.Record(seq, 0.0, wall.utc_ms(), event))
    wall.at = f"2026-11-{23 + days_later}T13:59"
    cards.note(ev.Record(9, 0.0, wall.utc_ms(), ev.CallArrived(second, "400", "400", caller)))
    group = Group.model_validate(
        {"id": "tea", "name": "茶", "sticky_s": sticky_s, "sticky_days": 2}
    )
    hotline = Hotline.model_validate(
        {
            "number": "4008000001",
            "name": "n",
            "brand": "b",
            "flow": "f",
            "calendar": "c",
            "head_start_s": 30,
        }
    )
    Placing(told.tell, hotline, {"tea": group}, cards, wall, lambda: CallId("c"))(
        ev.GroupChosen(second, GroupId("tea"))
    )
    made = told.events[-1]
    assert isinstance(made, ev.GroupChosen)
    return made


def test_the_choice_of_a_group_gets_the_hotlines_weight_and_the_agent_one_knows() -> None:
    assert (_chosen(20).head_start_s, _chosen(20).preferred) == (30.0, "8001")
    assert _chosen(0).preferred == ""
    assert _chosen(20, days_later=3).preferred == ""
    assert _chosen(20, caller="").preferred == ""
