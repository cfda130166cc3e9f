"""What a waiting caller hears: the place and the time, and what the journal then tells of it."""

from acd.calibration import calibrated
from domain import events as ev
from tests.stories.table import Story


async def test_a_caller_is_told_the_time_and_served_within_it(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:20  8001 answers
        09:00:21  caller 13800000002 dials 4008000001
        09:00:26  caller 13800000002 presses 2
        09:00:50  caller 13800000002 heard place_1
        09:00:50  caller 13800000002 heard wait_within
        09:01:40  8001 hangs_up
        09:01:41  8001 done
        09:01:50  8001 answers
        09:02:20  8001 hangs_up
        => call caller=13800000001 group=aftersale agent=8001
        => call caller=13800000002 group=aftersale agent=8001
    """)
    records = list(story.world.engine.journal.since(0))
    told = [record.event for record in records if isinstance(record.event, ev.WaitQuoted)]
    assert {(quote.place, quote.agents, quote.group) for quote in told} == {(1, 1, "aftersale")}
    (row,) = calibrated(records)
    assert (row.quoted, row.within) == (1, 1)


async def test_a_caller_for_whom_nobody_is_there_is_told_so(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:28  caller heard place_1
        09:00:28  caller heard nobody
        09:00:38  caller hangs_up
        => call group=aftersale agent=none outcome=abandoned_queue
    """)
