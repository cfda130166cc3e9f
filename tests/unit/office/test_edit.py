"""Admin edits: a new configuration, or a refusal that names the field."""

import pytest

from domain.errors import Conflict, NotFound, Refused
from office import edit
from office.model import Config


def refused(change: dict[str, object], put: object, config: Config) -> list[str]:
    """Give the keys of the faults."""
    with pytest.raises(Refused) as error:
        put(config, change)  # type: ignore[operator]
    return sorted(fault.key for fault in error.value.faults)


def test_put_adds_or_replaces(config: Config) -> None:
    new = {"number": "8007", "name": "钱多", "site": "xian", "groups": ["vip"]}
    more = edit.put_agent(config, new)
    assert [agent.number for agent in more.agents][-1] == "8007"
    changed = edit.put_agent(more, new | {"groups": ["presale"]})
    assert len(changed.agents) == 7 and changed.agents[-1].groups == {"presale": 5}
    assert config.agents == more.agents[:-1]


def test_every_wrong_field_is_named(config: Config) -> None:
    bad = {"number": "80x", "name": "", "site": "xian", "groups": [], "salary": 3}
    assert refused(bad, edit.put_agent, config) == ["groups", "name", "number", "salary"]
    unknown = {"number": "8001", "name": "林", "site": "mars", "groups": ["vip", "moon"]}
    assert refused(unknown, edit.put_agent, config) == ["groups.moon", "site"]
    taken = config.hotlines[1].model_dump() | {"also_called": ["4008000001", "8001"]}
    assert refused(taken, edit.put_hotline, config) == ["also_called[0]", "also_called[1]"]


def test_groups_and_calendars(config: Config) -> None:
    group = config.groups[0].model_dump() | {"ring_s": 30}
    assert edit.put_group(config, group).groups[0].ring_s == 30
    assert refused(group | {"ring_s": 1}, edit.put_group, config) == ["ring_s"]
    night = {"id": "night", "periods": [{"days": "mon-sun", "from": "22:00", "to": "06:00"}]}
    assert edit.put_calendar(config, night).calendars[-1].id == "night"
    period = {"days": "mun", "from": "9:00", "to": "25:00"}
    wrong = {"id": "night", "periods": [period], "closed": ["2026-02-30"]}
    keys = ["closed[0]", "periods[0].days", "periods[0].from", "periods[0].to"]
    assert refused(wrong, edit.put_calendar, config) == keys


def test_a_used_group_is_not_dropped_and_its_users_are_named(config: Config) -> None:
    with pytest.raises(Conflict) as error:
        edit.drop_group(config, "partner")
    for user in ("agents 8004", "agents 8005", "agents 8006", "flows/partners.yaml"):
        assert user in str(error.value)
    spare = edit.put_group(config, {"id": "spare", "name": "备用"})
    assert edit.drop_group(spare, "spare") == config
    with pytest.raises(NotFound):
        edit.drop_group(config, "spare")


def test_drop_agent(config: Config) -> None:
    assert edit.drop_agent(config, "8001").agents == config.agents[1:]
    with pytest.raises(NotFound):
        edit.drop_agent(config, "9999")
