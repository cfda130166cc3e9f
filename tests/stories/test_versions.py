"""A publish during calls: who is in a flow finishes on its version, later callers get the new."""

from cdr.steps import steps
from domain import events as ev
from office.model import Hotline
from switchboard.installation import known_of
from switchboard.plan import plan_of
from tests.stories.table import Story

GONE = "flow: plain\nstart: bye\nnodes:\n  bye: {kind: hang_up, prompts: [goodbye]}\n"


MAIN = """\
flow: plain
start: menu
nodes:
  menu: {kind: menu, prompts: [invalid], keys: {"1": more, "0": to}, otherwise: to}
  more: {kind: flow, flow: more, next: bye}
  bye: {kind: hang_up, prompts: [goodbye]}
  to: {kind: group, group: presale}
"""
MORE = "flow: more\nstart: ret\nnodes:\n  ret: {kind: return}\n"
OTHER = "flow: more\nstart: to\nnodes:\n  to: {kind: group, group: presale}\n"


def publish(story: Story, gone: str = "", **flows: str) -> None:
    """Put other texts of flows in force, and a group out of it, as `Engine.publish` does."""
    engine = story.world.engine
    before = engine.talks.plan.config
    groups = tuple(each for each in before.groups if each.id != gone)
    config = before.model_copy(update={"flows": {**before.flows, **flows}, "groups": groups})
    engine.talks.plan = plan_of(config, engine.talks.plan.version + 1, known_of(config))
    engine.floor.configure(engine.talks.plan.groups(), engine.talks.plan.agents())
    engine.loop.tell(ev.ConfigPublished(engine.talks.plan.version))


async def test_a_call_in_the_menu_finishes_on_the_version_it_began_with(story: Story) -> None:
    await story.tell("""
        09:00:00  8001 ready
    """)
    await story.happens("caller 13800138000 dials 4008000001")
    await story.world.pass_to(story.world.time.now + 6)
    publish(story, plain=GONE)
    await story.happens("caller 13800138001 dials 4008000001")
    await story.world.pass_to(story.world.time.now + 6)
    await story.happens("caller 13800138000 presses 0")
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
    flows = {**plan.config.flows, "gone": GONE.replace("plain", "gone")}
    config = plan.config.model_copy(update={"hotlines": hotlines, "flows": flows})
    talks.plan = plan_of(config, 2, known_of(config))
    for number in ("13800138000", "13800138001"):
        await story.happens(f"caller {number} dials 4008000001")
    await story.world.pass_to(story.world.time.now + 20)
    arrived = [each for each in story.world.facts() if isinstance(each, ev.CallArrived)]
    assert [(each.flow, each.arm) for each in arrived] == [("plain", "main"), ("gone", "canary")]
    record = story.world.records()[1]
    assert (record.outcome, record.arm, record.flow) == ("contained", "canary", "gone")


async def test_a_sub_flow_is_that_of_the_version_the_call_began_with(story: Story) -> None:
    await story.tell("09:00:00  8001 ready")
    publish(story, plain=MAIN, more=MORE)
    await story.happens("caller 13800138000 dials 4008000001")
    await story.world.pass_to(story.world.time.now + 3)
    publish(story, more=OTHER)
    await story.happens("caller 13800138001 dials 4008000001")
    await story.world.pass_to(story.world.time.now + 3)
    for number in ("13800138000", "13800138001"):
        await story.happens(f"caller {number} presses 1")
    await story.world.pass_to(story.world.time.now + 10)
    records = {record.caller: record for record in story.world.records()}
    assert (records["13800138000"].outcome, records["13800138000"].flow_version) == ("contained", 2)
    assert (records["13800138001"].group, records["13800138001"].flow_version) == ("presale", 3)
    facts = story.world.engine.journal.read_call(records["13800138000"].call)
    assert [(each.flow, each.node) for each in steps(facts) if each.fresh] == [
        ("plain", "menu"),
        ("plain", "more"),
        ("more", "ret"),
        ("plain", "bye"),
    ]


async def test_a_group_taken_away_meanwhile_loses_no_caller_of_the_old_version(
    story: Story,
) -> None:
    await story.tell("09:00:00  8001 ready")
    publish(story, plain=MAIN, more=MORE)
    await story.happens("caller 13800138000 dials 4008000001")
    await story.world.pass_to(story.world.time.now + 3)
    names = set(story.world.engine.talks.plan.flows) - {"survey", "plain"}
    others = {name: GONE.replace("plain", name) for name in names}
    publish(story, "presale", plain=MAIN.replace("presale", "aftersale"), **others)
    await story.happens("caller 13800138000 presses 0")
    await story.world.pass_to(story.world.time.now + 20)
    (call,) = story.world.engine.floor.calls.values()
    assert (call.group, call.place is not None) == ("aftersale", True)
    await story.happens("caller 13800138000 hangs_up")
    await story.world.pass_to(story.world.time.now + 5)
    (record,) = story.world.records()
    assert record.group == "aftersale"
