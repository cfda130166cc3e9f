"""Skills, levels and requirements in the files: read both ways, and every fault with its place."""

from typing import Any

import pytest

from domain.errors import Conflict, Refused
from office import edit
from office.compile import compile_config
from office.diff import changes
from office.model import Config
from office.render import render
from tests.unit.office.test_config_folder import faults, sound

Files = dict[str, str]
AGENTS = """
- {number: "8001", name: 林, site: chengdu, groups: {presale: 7, vip: 5}, skills: {repair: 3},
   helps: [{group: aftersale, level: 3, until: 2026-11-23 14:00}]}
- {number: "8002", name: 周, site: xian, groups: [partner, aftersale], skills: {english: 9}}
"""


def with_agents(files: Files, text: str = AGENTS) -> Files:
    """Give other agents, and a group vip that asks for no skill."""
    groups = files["groups.yaml"].split("  needs:")[0]
    return files | {"agents.yaml": text, "groups.yaml": groups}


def test_a_list_means_level_5_and_levels_may_be_said(files: Files) -> None:
    config = compile_config(with_agents(files), sound)
    first, second = config.agents
    assert first.groups == {"presale": 7, "vip": 5} and list(second.groups.values()) == [5, 5]
    assert first.skills == {"repair": 3}
    assert (first.helps[0].group, first.helps[0].until) == ("aftersale", "2026-11-23T14:00")
    text = render(config)["agents.yaml"]
    assert "groups: [partner, aftersale]" in text and "groups: {presale: 7, vip: 5}" in text
    assert compile_config(render(config), sound) == config


@pytest.mark.parametrize(
    ("old", "new", "key", "word"),
    [
        ("repair: 3", "repare: 3", "[0].skills.repare", "english, member, repair"),
        ("repair: 3", "repair: 10", "[0].skills.repair", "at most 9"),
        ("english: 9", "english: 0", "[1].skills.english", "at least 1"),
        ("presale: 7", "presale: x", "[0].groups.presale", "whole number"),
        ("partner, aftersale", "partner, partner", "[1].groups", "twice"),
        ("group: aftersale", "group: moon", "[0].helps[0].group", "unknown group"),
        ("2026-11-23 14:00", "14:00", "[0].helps[0].until", "2026-11-23T14:00"),
        ('"8002"', '"8001"', "[1].number", "twice"),
    ],
)
def test_a_wrong_agent_is_named(files: Files, old: str, new: str, key: str, word: str) -> None:
    (fault,) = faults(with_agents(files, AGENTS.replace(old, new)))
    line = 1 + AGENTS[: AGENTS.index(old)].count("\n")
    assert (fault.file, fault.key, fault.line) == ("agents.yaml", key, line)
    assert word in fault.text and "·" in fault.text


@pytest.mark.parametrize(
    ("lines", "key", "word"),
    [
        ("strategy: random", "strategy", "least_occupied"),
        ("needs: repair>=3 and", "needs", "第 14 个字处应为技能"),
        ("needs: repair>=3 or magic", "needs", "unknown skill magic"),
        ("needs: repair>=9 and english>=9", "needs", "no agent meets this"),
        ("steps: [{after_s: 9, needs: english>=3 and repair>=8}]", "steps[0].needs", "no agent"),
        ("steps: [{after_s: 9, also: [moon]}]", "steps[0].also", "unknown group"),
        ("steps: [{after_s: 9}]", "steps[0]", "neither"),
        (
            "steps: [{after_s: 9, needs: repair}, {after_s: 9, also: [vip]}]",
            "steps[1].after_s",
            "more than 9",
        ),
        ("misses: 0", "misses", "at least 1"),
        ("needs: [repair]", "needs", "text"),
    ],
)
def test_a_wrong_group_is_named(files: Files, lines: str, key: str, word: str) -> None:
    files = with_agents(files)
    text = files["groups.yaml"].replace("  strategy: longest_idle\n", "") + f"  {lines}\n"
    (fault,) = faults(files | {"groups.yaml": text})
    assert (fault.file, fault.key) == ("groups.yaml", f"[3].{key}")
    assert fault.line == text.count("\n") and word in fault.text


def test_a_later_step_may_meet_what_nobody_meets_at_once(files: Files) -> None:
    files = with_agents(files)
    for later in ("needs: repair>=2", "also: [partner]"):
        rules = f"  needs: repair>=9\n  steps: [{{after_s: 30, {later}}}]\n"
        config = compile_config(files | {"groups.yaml": files["groups.yaml"] + rules}, sound)
        assert config.groups[3].needs == "repair>=9"


def test_a_requirement_may_name_its_own_group_for_a_level(files: Files) -> None:
    files = with_agents(files)
    text = files["groups.yaml"] + "  needs: vip>=5\n"
    config = compile_config(files | {"groups.yaml": text}, sound)
    assert config.groups[3].needs == "vip>=5"
    (fault,) = faults(files | {"groups.yaml": text.replace("vip>=5", "vip>=9")})
    assert "no agent meets this" in fault.text


def test_lists_of_callers(files: Files) -> None:
    files = files | {
        "vip.yaml": '- {number: "+86 138-0000-0001", level: 9}\n- {number: 13800000002}\n',
        "blacklist.yaml": "- {number: 13800000003, do: message}\n",
    }
    config = compile_config(files, sound)
    assert [(one.number, one.level) for one in config.vip] == [
        ("13800000001", 9),
        ("13800000002", 1),
    ]
    assert config.blacklist[0].do == "message"
    wrong = files | {
        "vip.yaml": "- {number: 13800000003, level: 10}\n- {number: 1380000000x}\n",
        "blacklist.yaml": "- {number: 13800000003, do: shout}\n- {number: 13800000003}\n",
    }
    found = [(fault.file, fault.line, fault.key) for fault in faults(wrong)]
    assert found == [
        ("blacklist.yaml", 1, "[0].do"),
        ("vip.yaml", 1, "[0].level"),
        ("vip.yaml", 2, "[1].number"),
    ]
    both = files | {"vip.yaml": "- {number: 013800000003}\n"}
    (fault,) = faults(both)
    assert (fault.file, fault.key) == ("vip.yaml", "[0].number")


def test_the_difference_names_skill_and_step(config: Config) -> None:
    agent = config.agents[0].model_dump(mode="json") | {
        "skills": {"member": 8},
        "groups": {"vip": 9},
    }
    after = edit.put_agent(config, agent)
    told = [str(change) for change in changes(config, after)]
    assert "~ agents 8001.skills.member: 7 → 8" in told
    assert "- agents 8001.skills.english: 5" in told and "+ agents 8001.groups.vip: 9" in told


def test_edits_keep_a_requirement_that_somebody_meets(config: Config) -> None:
    group = config.groups[1].model_dump(mode="json") | {"needs": "repair>=9"}
    asked = edit.put_group(config, group)
    with pytest.raises(Refused) as refused:
        edit.drop_agent(asked, "8006")
    assert refused.value.faults[0].key == "[1].needs"
    with pytest.raises(Refused) as refused:
        edit.put_group(config, group | {"needs": "repair>=9 and member>=10"})
    assert refused.value.faults[0].key == "needs"
    spare = edit.put_group(config, {"id": "spare", "name": "备用"})
    wider = group | {"steps": [{"after_s": 5, "also": ["spare"]}]}
    with pytest.raises(Conflict, match="groups aftersale"):
        edit.drop_group(edit.put_group(spare, wider), "spare")


def test_many_agents_at_once_or_none(config: Config) -> None:
    bad: list[dict[str, Any]] = [
        {"number": "8001", "name": "", "site": "xian", "groups": ["vip"]},
        {
            "number": "8009",
            "name": "钱",
            "site": "xian",
            "groups": ["vip"],
            "skills": {"repair": 12},
        },
    ]
    with pytest.raises(Refused) as refused:
        edit.put_agents(config, bad)
    assert [one.key for one in refused.value.faults] == ["8001.name", "8009.skills.repair"]
