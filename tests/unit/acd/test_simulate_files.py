"""The files of the simulator: the golden traces to the microsecond; every bad line is named."""

from operator import attrgetter
from pathlib import Path

import pytest

from acd.sim_csv import read_agents, read_calls, write_fates
from acd.simulate import Simulation, cast_of
from domain.errors import Refused

DATA = Path(__file__).parents[2] / "truth" / "data"
HEAD = "call_id,t_arrival_s,skill,priority,service_s,wrap_s,patience_s\n"


def text(name: str) -> str:
    return (DATA / name).read_bytes().decode()


@pytest.mark.parametrize("case", ["G1_mm10", "G2_nmodel", "G3_priority_patience"])
def test_a_golden_trace_is_met_to_the_letter(case: str) -> None:
    agents = read_agents("agents", text(f"{case}.agents.csv"))
    skills = {group for card in agents for group in card.groups}
    calls = read_calls("calls", text(f"{case}.calls.csv"), skills)
    run = Simulation(cast_of(agents, calls))
    fates = run.fates(sorted(calls, key=attrgetter("at")))
    assert write_fates(fates, calls) == text(f"{case}.expected.csv")


def test_every_bad_line_of_agents_is_named() -> None:
    with pytest.raises(Refused) as caught:
        read_agents("A.csv", "agent_id,skills\nA1,x\nA1,x y\n,x\nA2,\nA3,x x\n")
    assert [str(fault) for fault in caught.value.faults] == [
        "A.csv:3: agent_id: A1 was there before",
        "A.csv:4: agent_id: is empty",
        "A.csv:5: skills: is empty",
        "A.csv:6: skills: names a skill twice",
    ]


def test_every_bad_line_of_calls_is_named() -> None:
    rows = [
        "1,0,x,1,10,0,",
        "1,0,x,1,10,0,",
        "2,-1,x,1,10,0,",
        "3,nan,x,high,10,0,",
        "4,0,z,1,1e99,0,soon",
        "5,0,x",
    ]
    with pytest.raises(Refused) as caught:
        read_calls("C.csv", HEAD + "\n".join(rows), ["x"])
    places = [(fault.line, fault.key) for fault in caught.value.faults]
    assert places == [
        (3, "call_id"),
        (4, "t_arrival_s"),
        (5, "t_arrival_s"),
        (5, "priority"),
        (6, "skill"),
        (6, "service_s"),
        (6, "patience_s"),
        (7, "service_s"),
        (7, "wrap_s"),
        (7, "priority"),
    ]


@pytest.mark.parametrize("made", ["", "agent_id\nA1\n", "agent_id,skills\n"])
def test_a_file_without_what_it_needs_is_refused(made: str) -> None:
    with pytest.raises(Refused):
        read_agents("A.csv", made)


def test_a_patience_of_zero_leaves_at_once_and_none_waits_for_ever() -> None:
    agents = read_agents("A", "agent_id,skills\nA1,x\n")
    calls = read_calls("C", HEAD + "1,0,x,1,5,0,0\n2,0,x,1,5,0,0\n3,0,x,1,5,0,\n", ["x"])
    told = write_fates(Simulation(cast_of(agents, calls)).fates(calls), calls)
    assert told.split()[1:] == [
        "1,answered,0.000000,A1",
        "2,abandoned,0.000000,",
        "3,answered,5.000000,A1",
    ]
