"""A publish during calls: who is in a flow finishes on its version, later callers get the new."""

from domain import events as ev
from office.model import Hotline
from switchboard.installation import known_of
from switchboard.plan import plan_of
from tests.stories.table import Story

GONE = "flow: service\nstart: bye\nnodes:\n  bye: {kind: hang_up, prompts: [goodbye]}\n"


def publish(story: Story, flow: str) -> None:
    """Put another text of the flow `service` in force, as `Engine.publish` does."""
    before = story.world.engine.talks.plan
    config = before.config.model_copy(update={"flows": {**before.config.flows, "service": flow}})
    story.world.engine.talks.plan = plan_of(config, before.version + 1, known_of(config))


async def test_a_call_in_the_menu_finishes_on_the_version_it_began_with(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
    """)
    await story.happens("caller 13800138000 dials 4008000001")
    await story.world.pass_to(story.world.time.now + 6)
    publish(story, GONE)
    await story.happens("caller 13800138001 dials 4008000001")
    await story.world.pass_to(story.world.time.now + 6)
    await story.happens("caller 13800138000 presses 2")
    await story.world.pass_to(story.world.time.now + 6)
    arrived = [each for each in story.world.facts() if isinstance(each, ev.CallArrived)]
    assert [each.flow_version for each in arrived] == [1, 2]
    records = {record.caller: record for record in story.world.records()}
    assert records["13800138000"].group == "aftersale"
    assert records["13800138001"].outcome == "contained"
    await story.happens("caller 13800138000 hangs_up")
    await story.world.pass_to(story.world.time.now + 60)
    assert story.world.engine.talks.versions.plan(arrived[0].call).version == 2


async def test_a_test_number_walks_the_flow_on_trial(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
    """)
    talks = story.world.engine.talks
    trial = {"flow": "gone", "percent": 0, "numbers": ["13800138001"]}
    plan = talks.plan
    hotlines = tuple(
        Hotline.model_validate(each.model_dump() | {"canary": trial})
        for each in plan.config.hotlines
    )
    flows = {**plan.config.flows, "gone": GONE.replace("service", "gone")}
    config = plan.config.model_copy(update={"hotlines": hotlines, "flows": flows})
    talks.plan = plan_of(config, 2, known_of(config))
    for number in ("13800138000", "13800138001"):
        await story.happens(f"caller {number} dials 4008000001")
    await story.world.pass_to(story.world.time.now + 20)
    arrived = [each for each in story.world.facts() if isinstance(each, ev.CallArrived)]
    assert [(each.flow, each.arm) for each in arrived] == [("service", "main"), ("gone", "canary")]
    record = story.world.records()[1]
    assert (record.outcome, record.arm, record.flow) == ("contained", "canary", "gone")
