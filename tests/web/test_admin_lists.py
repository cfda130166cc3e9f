"""Skills, reasons, callers apart and tables of agents by the admin pages: who may, what it does."""

from typing import Any

import pytest
from aiohttp import FormData

from office import audit
from tests.web.conftest import Enter, Firm

API = "/api/v1/admin"
HEAD = "number,name,site,groups,skills\n"


async def rows(browser: Any, what: str) -> list[dict[str, Any]]:
    """Read a list."""
    status, body = await browser.ask("GET", f"{API}/{what}")
    assert status == 200, body
    return list(body["rows"])


@pytest.mark.parametrize(
    ("what", "key", "entry", "more"),
    [
        (
            "skills",
            "id",
            {"id": "french", "name": "法语"},
            {"name": {"zh": "法语", "en": "French"}},
        ),
        ("break-reasons", "id", {"id": "tea", "name": "茶", "max_minutes": 5}, {"quota": 2}),
        ("decline-reasons", "id", {"id": "hoarse", "name": "失声"}, {"name": "嗓子哑"}),
        ("vip", "number", {"number": "13800000777", "level": 2}, {"why": "老客户"}),
        ("blacklist", "number", {"number": "13800000666", "do": "message"}, {"do": "reject"}),
    ],
)
async def test_an_entry_comes_changes_and_goes(
    enter: Enter, firm: Firm, what: str, key: str, entry: dict[str, Any], more: dict[str, Any]
) -> None:
    browser = await enter("manager")
    before = await rows(browser, what)
    status, done = await browser.ask("POST", f"{API}/{what}", {"entry": entry})
    assert (status, done["version"]) == (200, 2), done
    assert (await browser.ask("POST", f"{API}/{what}", {"entry": entry}))[0] == 409
    one = f"{API}/{what}/{entry[key]}"
    status, done = await browser.ask("PUT", one, {"entry": entry | more, "base": 2})
    assert (status, done["version"]) == (200, 3), done
    changed = (await rows(browser, what))[-1]
    for name, value in more.items():
        assert changed[name] in (value, {"zh": value, "en": value})
    assert (await browser.ask("PUT", f"{API}/{what}/zz", {"entry": entry}))[0] == 404
    assert (await browser.ask("DELETE", one))[0] == 200
    assert await rows(browser, what) == before
    assert (await browser.ask("DELETE", one))[0] == 404
    trail = await audit.trail(firm.world.db)
    assert [note.who for note in trail if note.what == "config.publish"][:3] == ["manager"] * 3


async def test_agents_have_no_hand_in_it(enter: Enter) -> None:
    for login in ("8001", "supervisor"):
        browser = await enter(login)
        for what in ("skills", "break-reasons", "vip", "blacklist", "distribution", "agents.csv"):
            assert (await browser.ask("GET", f"{API}/{what}"))[0] == 403


async def test_a_used_skill_stays_and_says_who_uses_it(enter: Enter) -> None:
    browser = await enter("manager")
    status, body = await browser.ask("DELETE", f"{API}/skills/member")
    assert status == 409 and "agents 8001" in body["message_zh"]
    assert "groups vip" in body["message_en"]


async def test_the_last_reason_stays(enter: Enter) -> None:
    browser = await enter("manager")
    reasons = await rows(browser, "decline-reasons")
    for reason in reasons[1:]:
        assert (await browser.ask("DELETE", f"{API}/decline-reasons/{reason['id']}"))[0] == 200
    status, body = await browser.ask("DELETE", f"{API}/decline-reasons/{reasons[0]['id']}")
    assert status == 422 and "decline_reasons" in body["field"]


async def test_how_priorities_weigh(enter: Enter, firm: Firm) -> None:
    browser = await enter("manager")
    body = {"entry": {"ageing_s": 90}, "base": 1}
    assert (await browser.ask("PUT", f"{API}/distribution", body))[0] == 200
    assert firm.world.config.now.firm.distribution.ageing_s == 90
    status, shown = await browser.ask("GET", f"{API}/distribution")
    assert status == 200 and shown == {"version": 2, "entry": {"ageing_s": 90}}


async def test_a_group_asks_for_skills_and_an_agent_has_levels(enter: Enter, firm: Firm) -> None:
    browser = await enter("manager")
    group = (await rows(browser, "groups"))[0]
    steps = [{"after_s": 30, "needs": "repair"}, {"after_s": 60, "also": ["vip"]}]
    more = {"needs": "repair>=9 or english>=8", "steps": steps, "strategy": "best_level"}
    path = f"{API}/groups/{group['id']}"
    assert (await browser.ask("PUT", path, {"entry": group | more}))[0] == 200
    assert firm.world.config.now.groups[0].steps[1].also == ("vip",)
    for key, wrong, said in (
        ("needs", "repair>=9 and (", "needs"),
        ("needs", "magic", "needs"),
        ("needs", "repair>=9 and english>=9", "needs"),
        ("steps", [steps[1], steps[0]], "steps[1].after_s"),
        ("strategy", "random", "strategy"),
    ):
        asked = group | more | {"steps": []} | {key: wrong}
        status, body = await browser.ask("PUT", path, {"entry": asked})
        assert (status, body["field"].removeprefix("entry.")) == (422, said), body
    agent = (await rows(browser, "agents"))[3]
    helps = [{"group": "vip", "level": 3, "until": "2026-11-23T14:00"}]
    put = agent | {"groups": {"presale": 8}, "skills": {"english": 2}, "helps": helps}
    path = f"{API}/agents/{agent['number']}"
    assert (await browser.ask("PUT", path, {"entry": put}))[0] == 200
    shown = (await rows(browser, "agents"))[3]
    assert (shown["groups"], shown["skills"]) == ({"presale": 8}, {"english": 2})
    assert shown["helps"] == helps
    status, body = await browser.ask("PUT", path, {"entry": put | {"skills": {"english": 10}}})
    assert status == 422 and "skills.english" in body["field"]


def sheet(text: str, coding: str = "utf-8") -> FormData:
    """Fill the upload form."""
    form = FormData()
    form.add_field("file", text.encode(coding), filename="agents.csv", content_type="text/csv")
    return form


async def test_a_table_is_looked_at_and_then_applied(enter: Enter, firm: Firm) -> None:
    browser = await enter("manager")
    text = HEAD + "8007,钱多,xian,presale:7 vip,repair:3\n8001,林小雨,chengdu,vip,\n"
    status, seen = await browser.ask("POST", f"{API}/agents/import", data=sheet(text, "gbk"))
    assert status == 200 and seen["published"] is None and seen["faults"] == []
    assert [(row["line"], row["act"]) for row in seen["rows"]] == [(2, "new"), (3, "changed")]
    assert firm.world.config.version == 1
    path = f"{API}/agents/import?apply=true&base=1"
    status, done = await browser.ask("POST", path, data=sheet(text, "gbk"))
    assert status == 200 and done["published"]["version"] == done["version"] == 2
    (login,) = done["logins"]
    assert (login["login"], login["name"]) == ("8007", "钱多")
    assert firm.world.config.now.agents[-1].groups == {"presale": 7, "vip": 5}
    status, _ = await browser.ask("POST", path, data=sheet(HEAD + "8002,x,xian,vip,\n"))
    assert status == 409
    status, file = await browser.ask("GET", f"{API}/agents.csv")
    assert status == 200 and "8007,钱多,xian,presale:7 vip,repair:3," in file.decode("utf-8-sig")


async def test_one_bad_line_and_nothing_is_applied(enter: Enter, firm: Firm) -> None:
    browser = await enter("manager")
    text = HEAD + "8007,钱多,xian,vip,\n8008,甲,mars,vip,magic:10\n8007,乙,xian,vip,\n"
    status, seen = await browser.ask("POST", f"{API}/agents/import?apply=1", data=sheet(text))
    assert status == 200 and seen["published"] is None and seen["logins"] == []
    places = [(one["line"], one["key"]) for one in seen["faults"]]
    assert places == [(3, "skills.magic"), (4, "number")]
    assert all(one["zh"] != one["en"] for one in seen["faults"])
    assert firm.world.config.version == 1 and firm.world.config.now.agents[-1].number == "8006"
