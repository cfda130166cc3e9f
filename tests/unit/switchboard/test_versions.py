"""Who walks the flow on trial, and that a call stays with the version it began with."""

from dataclasses import replace

from domain import events as ev
from domain.ids import CallId
from office.model import Hotline
from switchboard.versions import Versions, chosen, share
from tests.stories.world import demo_config, plan_with

CALL = CallId("01ARYZ6S410000000000000000")
CALLERS = [f"1380013{n:04d}" for n in range(2000)]


def on_trial(percent: int, *numbers: str) -> Hotline:
    hotline = demo_config().hotlines[0]
    trial = {"flow": "partners", "percent": percent, "numbers": numbers}
    return Hotline.model_validate(hotline.model_dump() | {"canary": trial})


def test_a_share_of_callers_walks_the_trial_and_stays_with_it() -> None:
    tenth, third = on_trial(10), on_trial(30)
    arms = {caller: chosen(tenth, caller) for caller in CALLERS}
    tried = [caller for caller, (flow, arm) in arms.items() if arm == "canary"]
    assert 0.07 < len(tried) / len(CALLERS) < 0.13
    assert {arms[caller] for caller in tried} == {("partners", "canary")}
    more = [caller for caller in CALLERS if chosen(third, caller)[1] == "canary"]
    assert set(tried) < set(more)
    assert arms == {caller: chosen(tenth, caller) for caller in CALLERS}


def test_test_numbers_always_walk_the_trial_and_nobody_else_at_no_percent() -> None:
    hotline = on_trial(0, "138 0013 0007")
    assert [caller for caller in CALLERS if chosen(hotline, caller)[1] == "canary"] == [CALLERS[7]]


def test_who_withholds_the_number_walks_what_is_in_force() -> None:
    hotline = on_trial(99)
    assert chosen(hotline, "")[1] == "main"
    assert {share(hotline, caller) for caller in CALLERS} == set(range(100))


def test_without_a_trial_there_are_no_arms() -> None:
    hotline = demo_config().hotlines[0]
    assert chosen(hotline, "13800130000") == (hotline.flow, "")


def test_a_call_keeps_its_version_until_it_ends() -> None:
    plans = [plan_with("always")]
    versions = Versions(lambda: plans[-1])
    hotline = plans[0].config.hotlines[0]
    versions.begin(CALL, hotline, "13800130000")
    plans.append(replace(plans[0], version=2))
    assert versions.of(CALL, hotline).plan.version == versions.plan(CALL).version == 1
    versions.note(ev.Record(1, 0.0, 0, ev.CallEnded(CALL, 16)))
    assert versions.plan(CALL).version == 2
    assert versions.of(CALL, hotline).plan.version == 2
