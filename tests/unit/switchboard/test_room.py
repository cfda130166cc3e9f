"""Without room on the disk nothing is recorded, and everybody is told once."""

from pathlib import Path

from domain import events as ev
from domain.clock import Clock
from domain.ids import Instant
from switchboard.incidents import Incidents
from switchboard.room import Room


def test_below_two_percent_nothing_is_recorded_until_there_is_room(tmp_path: Path) -> None:
    now, free, told = [0.0], [0.5], list[ev.Event]()
    clock = Clock(lambda: Instant(now[0]), lambda: 0)
    incidents = Incidents(told.append, clock)
    room = Room(tmp_path / "spool", clock.mono, incidents, lambda folder: free[0])

    def after(seconds: float, share: float) -> str:
        now[0], free[0] = now[0] + seconds, share
        place = room("call")
        while told:
            incidents.note(ev.Record(1, now[0], 0, told.pop()))
        return place

    assert after(0, 0.5) == str(tmp_path / "spool" / "call")
    assert after(1, 0.01), "looked at a moment ago"
    assert after(2, 0.019) == ""
    assert incidents.open.keys() == {("recording_off", "spool")}
    assert "1.9%" in incidents.rows()[0]["en"]
    assert after(3, 0.02)
    assert not incidents.open
