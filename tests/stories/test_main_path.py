"""The main path: menu, wait, ring, talk, rating."""

from tests.stories.table import Story


async def test_a_caller_is_served_and_rates(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  caller 13800138000 dials 4008000001
        09:00:06  caller presses 2                  # 售后
        09:00:08  8001 rings
        09:00:12  8001 answers
        09:03:15  8001 hangs_up
        09:03:15.5 8001 is wrapping
        09:03:17  caller presses 5
        09:03:31  8001 is ready
        => call group=aftersale agent=8001 rang=5 talked=183 score=5 survey=answered
           by=agent outcome=answered wrapped=15
    """)
