"""Waiting: leaving in the menu or on hold, order, places, two hotlines, closed hours, nobody."""

from tests.stories.table import Story


async def test_a_caller_leaves_in_the_menu(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:02  caller 13800138000 dials 4008000001
        09:00:06  caller hangs_up
        => call group=none agent=none by=caller outcome=abandoned_ivr
    """)


async def test_a_caller_leaves_on_hold(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:02  caller 13800138000 dials 4008000001
        09:00:07  caller presses 2
        09:00:20  caller is waiting
        09:00:28  caller heard place_1
        09:00:38  caller hangs_up
        => call group=aftersale agent=none waited=30 by=caller outcome=abandoned_queue
    """)


async def test_all_are_busy_and_callers_are_served_in_order(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 signs_in
        09:00:01  caller 13800000001 dials 4008000001
        09:00:06  caller 13800000001 presses 2
        09:00:10  caller 13800000002 dials 4008000001
        09:00:15  caller 13800000002 presses 2
        09:00:20  caller 13800000003 dials 4008000001
        09:00:25  caller 13800000003 presses 1
        09:00:30  caller 13800000001 place 1
        09:00:30  caller 13800000002 place 2
        09:00:30  caller 13800000003 place 1       # of presale
        09:00:31  8001 ready
        09:00:32  8001 answers
        09:00:42  8001 hangs_up
        09:00:43  8001 done
        09:00:44  8001 answers
        09:00:54  8001 hangs_up
        09:00:55  8001 done
        09:00:56  8001 answers
        09:01:06  8001 hangs_up
        => call caller=13800000001 group=aftersale agent=8001 waited=24 talked=10
        => call caller=13800000002 group=aftersale agent=8001 waited=27 talked=10
        => call caller=13800000003 group=presale agent=8001 waited=29 talked=10
    """)


async def test_two_hotlines_are_served_apart(story: Story) -> None:
    await story.tell("""
        09:00:00  8002 ready                       # presale, aftersale
        09:00:00  8004 signs_in                    # presale, partner
        09:00:01  caller 13800000001 dials 4008000002
        09:00:02  caller 13800000002 dials 4008000001
        09:00:06  caller 13800000001 presses 1
        09:00:07  caller 13800000002 presses 1
        09:00:09  8002 rings
        09:00:09  caller 13800000001 is waiting
        09:00:10  8002 answers
        09:00:20  8004 ready
        09:00:21  8004 answers
        09:00:30  8002 hangs_up
        09:00:31  8004 hangs_up
        => call caller=13800000001 hotline=4008000002 brand=songzhu group=partner agent=8004
           intent=加盟合作 outcome=answered
        => call caller=13800000002 hotline=4008000001 brand=yunshan group=presale agent=8002
           intent=订单查询 outcome=answered
    """)


async def test_outside_business_hours_a_caller_leaves_a_message(workdays: Story) -> None:
    await workdays.tell("""
        20:00:00  8001 ready
        20:00:01  caller 13800138000 dials 4008000001
        20:00:02  caller speaks 8
        => call group=none agent=none message=yes by=system outcome=voicemail
    """)


async def test_outside_business_hours_a_caller_leaves_without_a_message(workdays: Story) -> None:
    await workdays.tell("""
        12:30:00  8001 ready
        12:30:01  caller 13800138000 dials 4008000001
        12:30:04  caller heard closed
        12:30:04.5  caller hangs_up
        => call group=none agent=none message=no by=caller outcome=closed
    """)


async def test_nobody_is_signed_in(story: Story) -> None:
    await story.tell("""
        09:00:01  caller 13800138000 dials 4008000001
        09:00:06  caller presses 2
        09:00:07.5  caller heard nobody
        09:00:09  caller hangs_up
        => call group=none agent=none message=no outcome=nobody
    """)


async def test_a_withheld_number_is_served_like_any_other(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  caller dials 02800000001
        09:00:06  caller presses 0
        09:00:10  8001 answers
        09:00:20  8001 hangs_up
        => call caller=none hotline=4008000001 called=02800000001 agent=8001 outcome=answered
    """)


async def test_keys_typed_ahead_skip_the_prompts(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
        09:00:01  caller 13800138000 dials 4008000001
        09:00:01.5  caller presses 2
        09:00:06  8001 answers
        09:00:16  8001 hangs_up
        => call group=aftersale agent=8001 outcome=answered
    """)
