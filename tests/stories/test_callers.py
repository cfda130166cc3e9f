"""Callers whom the firm treats apart: not let in, or served earlier (demo's blacklist and VIPs)."""

from domain import events as ev
from tests.stories.table import Story


async def test_a_blocked_caller_hears_busy_and_nobody_is_asked(story: Story) -> None:
    records = await story.tell("""
        09:00:00  8001 ready
        09:00:01  caller 13800000999 dials 4008000001
        09:00:03  8001 is ready
        => call outcome=blocked by=system
    """)
    assert records[0].answered is None and not story.callers["13800000999"].up
    told = [record.event for record in story.world.engine.journal.since(0)]
    assert [event.do for event in told if isinstance(event, ev.CallBlocked)] == ["reject"]


async def test_a_vip_goes_before_who_waits_longer(story: Story) -> None:
    await story.tell("""
        09:00:00  8002 signs_in
        09:00:01  caller 13800138000 dials 4008000001
        09:00:06  caller 13800138000 presses 2
        09:00:11  caller 13800000888 dials 4008000001
        09:00:16  caller 13800000888 presses 2
        09:00:25  caller 13800000888 place 1
        09:00:25  caller 13800138000 place 2
        09:00:26  8002 ready
        09:00:28  8002 answers
        09:00:40  caller 13800000888 hangs_up
        09:00:41  8002 done
        09:00:45  8002 answers
        09:00:50  caller 13800138000 hangs_up
        => call caller=13800138000 agent=8002 outcome=answered
        => call caller=13800000888 agent=8002 outcome=answered
    """)
