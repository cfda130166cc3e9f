"""When a record happened, by the clock of now: exact within one boot, never in the future."""

from domain import events as ev
from domain.clock import Clock, boot_id
from domain.events import Record
from domain.ids import Instant
from switchboard.recall import instants, next_epoch

NOW = Clock(lambda: Instant(500.0), lambda: 1_000_000)


def test_within_one_boot_the_steady_clock_counts() -> None:
    records = [
        Record(1, 90_000.0, 880_000, ev.PbxLeft("in another boot")),
        Record(2, 400.0, 9_900_000, ev.EngineStarted(7, 1, "this")),
        Record(3, 450.0, 9_950_000, ev.PbxLeft("before the clock was set back")),
        Record(4, 480.0, 980_000, ev.EngineStarted(8, 1, "this")),
        Record(5, 490.0, 990_000, ev.PbxLeft("now")),
    ]
    instant = instants(records, NOW, "this")
    assert [instant(record) for record in records] == [380.0, 400.0, 450.0, 480.0, 490.0]


def test_without_a_known_boot_utc_must_do_and_nothing_is_still_to_come() -> None:
    records = [
        Record(1, 1.0, 990_000, ev.EngineStarted(7, 1)),
        Record(2, 2.0, 8_000_000, ev.PbxLeft("the clock was set back since")),
    ]
    for boot in ("", "this"):
        instant = instants(records, NOW, boot)
        assert [instant(record) for record in records] == [490.0, 500.0]


def test_an_epoch_is_above_all_before_it_though_the_clock_was_set_back() -> None:
    records = [Record(1, 1.0, 1, ev.EngineStarted(9_000, 1)), Record(2, 2.0, 2, ev.PbxLeft(""))]
    assert next_epoch(records, 1_000) == 9_001
    assert next_epoch(records, 10_000) == 10_000
    assert next_epoch([], 5) == 5


def test_this_machine_names_its_boot() -> None:
    assert boot_id() == boot_id() and len(boot_id()) == 36
