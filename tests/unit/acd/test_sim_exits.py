"""Simulated callers who do not wait on: overflow by every rule, callbacks that keep the place."""

from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, strategies as st

from acd.cli import _scenario, streams
from acd.floor import AgentCard, GroupRules, Overflow
from acd.scenario import Scenario, scenario_from
from acd.sim_exits import simulation_of
from acd.simulate import SECOND, Back, Cast, Fate, SimCall, plain_rules
from acd.summary import Summary
from acd.told import figures, told
from domain.errors import Refused
from domain.ids import AgentId, GroupId
from reports.metrics import service_level

A, B = GroupId("a"), GroupId("b")
CALLBACK = {"callback": True, "tip_s": 30.0, "callback_tries": 2, "callback_retry_s": 300.0}
MINUTE = 60 * SECOND


def rules(name: GroupId, *overflow: Overflow, **more: Any) -> GroupRules:
    return replace(plain_rules(name, wraps=False), overflow=overflow, **more)


def cast(*groups: GroupRules, agents: str = "a", **more: Any) -> Cast:
    """Give one agent for each letter, named by it and its place."""
    cards = tuple(
        AgentCard(AgentId(f"{name}{n}"), groups=(GroupId(name),)) for n, name in enumerate(agents)
    )
    return Cast(groups, cards, **more)


def call(name: str, at_s: float, service_s: float, **more: Any) -> SimCall:
    made = SimCall(name, round(at_s * SECOND), A, 5, round(service_s * SECOND))
    return made._replace(**more)


def fates(who: Cast, *calls: SimCall) -> dict[str, Fate]:
    run = simulation_of(who, {"a": 20 * SECOND})
    return {fate.call.id: fate for fate in run.fates(calls)}


def outcomes(found: dict[str, Fate]) -> dict[str, tuple[str, int]]:
    return {name: (fate.outcome, fate.wait // SECOND) for name, fate in found.items()}


def test_who_waited_long_enough_is_answered_by_the_other_group() -> None:
    who = cast(rules(A, Overflow("wait_s", 60, "group", "b")), rules(B), agents="ab")
    found = fates(who, call("1", 0, 500), call("2", 1, 10))
    assert outcomes(found) == {"1": ("answered", 0), "2": ("answered", 60)}
    assert (found["2"].agent, found["2"].group) == ("b1", "b")


def test_who_finds_so_many_waiting_is_told_a_message() -> None:
    who = cast(rules(A, Overflow("length", 1, "message", "busy")))
    found = fates(who, call("1", 0, 100), call("2", 1, 10), call("3", 2, 10))
    assert outcomes(found) == {"1": ("answered", 0), "2": ("answered", 99), "3": ("overflowed", 0)}


def test_who_comes_while_nobody_is_there_reaches_the_voicemail() -> None:
    shifts = {AgentId("a0"): ((0, 50 * SECOND),)}
    who = cast(rules(A, Overflow("nobody", 0, "voicemail")), shifts=shifts)
    found = fates(who, call("1", 10, 10), call("2", 60, 10))
    assert outcomes(found) == {"1": ("answered", 0), "2": ("voicemail", 0)}


def test_a_number_outside_keeps_a_line_busy() -> None:
    who = cast(rules(A, Overflow("wait_s", 30, "number", "01088880000")), lines=2)
    found = fates(who, call("1", 0, 100), call("2", 1, 60), call("3", 50, 10), call("4", 95, 10))
    expected = {"1": ("answered", 0), "2": ("outside", 30), "3": ("blocked", 0)}
    assert outcomes(found) == expected | {"4": ("answered", 5)}


def test_a_long_estimate_sends_callers_on() -> None:
    who = cast(rules(A, Overflow("estimate_s", 100, "message", "busy")))
    found = fates(who, call("1", 0, 400), call("2", 1, 10))  # 180 s are believed before it is known
    assert outcomes(found)["2"] == ("overflowed", 0)


def test_who_is_called_back_keeps_the_place() -> None:
    who = cast(rules(A, **CALLBACK))
    found = fates(
        who,
        call("1", 0, 100),
        call("2", 1, 50, reached_at=1),
        call("3", 10, 10, patience=5 * MINUTE),
    )
    assert outcomes(found) == {"1": ("answered", 0), "2": ("callback", 30), "3": ("answered", 160)}
    assert found["2"].back == Back(
        "reached", 119 * SECOND
    )  # the agent is free at 100, it rings 20 s
    assert found["2"].agent == "a0" and found["2"].busy == 70 * SECOND


def test_who_is_not_reached_is_tried_again_and_then_given_up() -> None:
    who = cast(rules(A, **CALLBACK))
    run = simulation_of(who, {"a": 20 * SECOND})
    late = list(run.fates([call("1", 0, 100), call("2", 1, 50, reached_at=2)]))
    assert late[-1].back == Back("reached", (100 + 20 + 300 + 20 - 1) * SECOND)
    assert run.spent == {"a0": 20 * SECOND}
    never = fates(who, call("1", 0, 100), call("2", 1, 50, reached_at=3))
    assert never["2"].back == Back("not_reached") and never["2"].agent == ""


def test_who_does_not_ask_waits_on_at_the_old_place() -> None:
    who = cast(rules(A, Overflow("wait_s", 20, "callback"), **CALLBACK))
    found = fates(who, call("1", 0, 100), call("2", 1, 50), call("3", 2, 50, reached_at=1))
    assert outcomes(found)["2"] == ("answered", 99)
    assert outcomes(found)["3"] == ("callback", 20)


def test_a_callback_that_nobody_takes_expires_and_the_day_is_not_longer_for_it() -> None:
    shifts = {AgentId("a0"): ((0, 90 * SECOND),)}
    who = cast(rules(A, **CALLBACK, callback_s=7200.0), shifts=shifts)
    run, summary = simulation_of(who, {"a": 20 * SECOND}), Summary()
    list(summary.watch(run.fates([call("1", 0, 100), call("2", 1, 50, reached_at=1)])))
    assert summary.total.backs == {"expired": 1}
    assert run.until == 100 * SECOND and run.now >= 7200 * SECOND


seconds = st.integers(0, 12).map(lambda many: many * SECOND)
days = st.lists(
    st.builds(
        SimCall,
        st.just(""),
        seconds,
        st.sampled_from([A, B]),
        st.integers(0, 2),
        seconds,
        st.sampled_from([0, 3 * SECOND]),
        st.one_of(st.none(), seconds),
        st.integers(0, 3),
    ),
    max_size=12,
)
exits = st.lists(
    st.builds(
        Overflow,
        st.sampled_from(["wait_s", "length", "estimate_s", "nobody"]),
        st.integers(0, 5).map(float),
        st.sampled_from(["group", "number", "voicemail", "callback", "message"]),
        st.just("b"),
    ),
    max_size=3,
).map(tuple)


@given(days, exits, st.booleans(), st.sampled_from([0, 3]))
def test_every_call_has_one_fate_and_waits_obey_littles_law(
    day: list[SimCall], leave: tuple[Overflow, ...], callback: bool, lines: int
) -> None:
    calls = [
        each._replace(id=f"{n:03d}", service=each.service + SECOND)
        for n, each in enumerate(sorted(day, key=lambda each: each.at), 1)
    ]
    who = cast(rules(A, *leave, callback=callback, tip_s=15.0), rules(B), agents="aab", lines=lines)
    run, summary = simulation_of(who, {"a": SECOND, "b": SECOND}), Summary()
    found = list(summary.watch(run.fates(calls)))
    assert sorted(each.call.id for each in found) == [each.id for each in calls]
    assert run.waited == summary.wait
    assert not run.floor.calls or any(each.outcome == "left" for each in found)


DAY: dict[str, Any] = {
    "hours": 6,
    "groups": {
        "presale": {
            "per_hour": 120,
            "service": {"mean_s": 180},
            "patience": {"mean_s": 150},
            "overflow": [
                {"when": {"nobody": True}, "to": {"voicemail": True}},
                {"when": {"length": 8}, "to": {"message": "busy"}},
                {"when": {"wait_s": 90}, "to": {"group": "aftersale"}},
            ],
            "callback": {"share": 0.3, "reached": 0.7, "offer_s": 30},
        },
        "aftersale": {
            "per_hour": 60,
            "service": {"mean_s": 180},
            "overflow": [{"when": {"estimate_s": 200}, "to": {"callback": True}}],
            "callback": {"share": 0.5, "reached": 0.5, "offer_s": 0, "tries": 2},
        },
    },
    "agents": [
        {"number": "A", "count": 5, "groups": ["presale"], "shifts": [[1800, 21600]]},
        {"number": "B", "count": 4, "groups": ["aftersale"]},
    ],
}


def test_a_written_day_ends_in_every_way_and_says_so(tmp_path: Path) -> None:
    written, out = tmp_path / "day.yaml", tmp_path / "out.csv"
    written.write_text(yaml.safe_dump(DAY), encoding="utf-8")
    run, summary, _ = _scenario(Namespace(scenario=str(written), seed=1, out=str(out)))
    found = figures(run, summary, 20.0, service_level)
    presale = found["groups"]["presale"]
    for outcome in ("answered", "abandoned", "voicemail", "overflowed", "callback"):
        assert presale[outcome] > 0, outcome
    assert presale["called_back"]["reached"] > 0
    assert found["little"]["off"] < 1e-9
    assert "called back" in told(found)
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "call_id,outcome,wait_s,agent_id,skill,answered_by,back,back_wait_s"
    assert len(lines) == found["total"]["offered"] + 1


def test_as_many_callers_ask_and_are_reached_as_the_scenario_says() -> None:
    calls = scenario_from("s", DAY).stream(streams(1))
    asked = [each.reached_at for each in calls if each.group == "presale"]
    share = sum(map(bool, asked)) / len(asked)
    at_once = sum(attempt == 1 for attempt in asked) / sum(map(bool, asked))
    assert share == pytest.approx(0.3, abs=0.07) and at_once == pytest.approx(0.7, abs=0.12)


@pytest.mark.parametrize(
    "overflow",
    [
        {"when": {"wait_s": 5}, "to": {"group": "nowhere"}},
        {"when": {"wait_s": 5}, "to": {"group": "a"}},
        {"when": {"wait_s": 5}, "to": {"callback": True}},
        {"when": {"wait_s": 5, "length": 2}, "to": {"voicemail": True}},
        {"when": {"wait_s": 5}, "to": {"voicemail": True, "message": "busy"}},
        {"when": {}, "to": {"voicemail": True}},
    ],
)
def test_overflow_that_makes_no_sense_is_refused(overflow: dict[str, Any]) -> None:
    group = {"per_hour": 10, "service": {"mean_s": 60}, "overflow": [overflow]}
    with pytest.raises(Refused):
        scenario_from("s", {"groups": {"a": group}, "agents": [{"number": "1", "groups": ["a"]}]})


def test_a_scenario_without_exits_has_the_plain_columns(tmp_path: Path) -> None:
    plain = {
        "calls": 5,
        "groups": {"a": {"per_hour": 10, "service": {"mean_s": 60}}},
        "agents": [{"number": "1", "groups": ["a"]}],
    }
    assert isinstance(scenario_from("s", plain), Scenario)
    written, out = tmp_path / "plain.yaml", tmp_path / "out.csv"
    written.write_text(yaml.safe_dump(plain), encoding="utf-8")
    _scenario(Namespace(scenario=str(written), seed=1, out=str(out)))
    assert out.read_text(encoding="utf-8").startswith("call_id,outcome,wait_s,agent_id\n")
