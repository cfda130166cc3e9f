"""Admin pages: each edit is a version that the engine is told of; faults name their field."""

import io
import wave
from typing import Any

from aiohttp import FormData

from office import Request
from office.folder import read_files
from outside import Deliveries
from tests.web.conftest import DEMO, EngineEnd, Enter, Firm


async def rows(browser: Any, what: str) -> tuple[list[dict[str, Any]], int]:
    """Read an admin list and its version."""
    status, body = await browser.ask("GET", f"/api/v1/admin/{what}")
    assert status == 200, body
    return body["rows"], body["version"]


async def test_every_list_can_be_put_back_as_it_came(enter: Enter) -> None:
    browser = await enter("manager")
    for what, key in (
        ("agents", "number"),
        ("groups", "id"),
        ("calendars", "id"),
        ("hotlines", "number"),
    ):
        entries, version = await rows(browser, what)
        for entry in entries:
            path = f"/api/v1/admin/{what}/{entry[key]}"
            status, done = await browser.ask("PUT", path, {"entry": entry, "base": version})
            assert status == 200, (what, done)
            assert done["version"] == version == 1


async def test_an_edit_is_a_version_and_the_engine_hears_of_it(
    enter: Enter, engine_end: EngineEnd, firm: Firm
) -> None:
    browser = await enter("manager")
    entries, version = await rows(browser, "groups")
    entry = entries[0] | {"name": "新名字", "ring_s": 25}
    path = f"/api/v1/admin/groups/{entry['id']}"
    status, done = await browser.ask("PUT", path, {"entry": entry, "base": version})
    assert (status, done["version"], done["announced"]) == (200, 2, True)
    assert engine_end.asked[-1] == {
        "id": engine_end.asked[-1]["id"],
        "do": "config.publish",
        "args": {"version": 2},
    }
    assert firm.world.config.version == 2
    assert next(g for g in firm.world.config.now.groups if g.id == entry["id"]).ring_s == 25
    status, body = await browser.ask("PUT", path, {"entry": entry | {"ring_s": 30}, "base": 1})
    assert (status, body["code"]) == (409, "conflict")
    assert "刷新" in body["message_zh"] and "reload" in body["message_en"]


async def test_an_engine_that_is_down_does_not_stop_an_edit(
    enter: Enter, engine_end: EngineEnd
) -> None:
    browser = await enter("manager")
    await engine_end.close()
    entries, version = await rows(browser, "groups")
    path = f"/api/v1/admin/groups/{entries[0]['id']}"
    body = {"entry": entries[0] | {"wrap_s": 33}, "base": version}
    status, done = await browser.ask("PUT", path, body)
    assert (status, done["version"], done["announced"]) == (200, 2, False)


async def test_faults_name_the_field_in_both_languages(enter: Enter) -> None:
    browser = await enter("manager")
    entries, version = await rows(browser, "groups")
    path = f"/api/v1/admin/groups/{entries[0]['id']}"
    wrong = entries[0] | {"ring_s": 1}
    status, body = await browser.ask("PUT", path, {"entry": wrong, "base": version})
    assert (status, body["field"].split(".")[-1]) == (422, "ring_s")
    assert "不能小于" in body["message_zh"] and "at least" in body["message_en"]
    agents, _ = await rows(browser, "agents")
    wrong = agents[0] | {"groups": ["nobody"]}
    path = f"/api/v1/admin/agents/{agents[0]['number']}"
    status, body = await browser.ask("PUT", path, {"entry": wrong, "base": version})
    assert status == 422 and "groups" in body["field"]


async def test_a_used_group_is_not_dropped_and_says_who_uses_it(enter: Enter) -> None:
    browser = await enter("manager")
    status, body = await browser.ask("DELETE", "/api/v1/admin/groups/presale")
    assert status == 409 and "8001" in body["message_zh"]


async def test_an_agent_comes_with_a_login_and_goes_with_it(enter: Enter, firm: Firm) -> None:
    browser = await enter("manager")
    agents, version = await rows(browser, "agents")
    entry = agents[0] | {"number": "8010", "name": "新座席"}
    body = {"entry": entry, "base": version}
    status, done = await browser.ask("POST", "/api/v1/admin/agents", body)
    assert status == 200 and done["login"] == "8010"
    firm.passwords["8010"] = done["password"]
    newcomer = await enter("8010")
    status, body = await browser.ask("POST", "/api/v1/admin/agents", {"entry": entry})
    assert (status, body["code"]) == (409, "conflict")
    assert (await browser.ask("DELETE", "/api/v1/admin/agents/8010"))[0] == 200
    assert (await newcomer.ask("GET", "/api/v1/me"))[0] == 401
    assert all(agent.number != "8010" for agent in firm.world.config.now.agents)


async def test_versions_can_be_rolled_back(enter: Enter, firm: Firm) -> None:
    browser = await enter("manager")
    entries, version = await rows(browser, "groups")
    path = f"/api/v1/admin/groups/{entries[0]['id']}"
    await browser.ask("PUT", path, {"entry": entries[0] | {"ring_s": 40}, "base": version})
    status, done = await browser.ask("POST", "/api/v1/admin/config/rollback", {"version": 1})
    assert (status, done["version"]) == (200, 3)
    assert (await rows(browser, "groups"))[0] == entries
    status, history = await browser.ask("GET", "/api/v1/admin/config/versions")
    assert [row["id"] for row in history["rows"]] == [3, 2, 1] and history["current"] == 3
    status, body = await browser.ask("POST", "/api/v1/admin/config/rollback", {"version": 99})
    assert (status, body["code"]) == (404, "not_found")


async def test_users_are_added_changed_and_shut_out(enter: Enter, firm: Firm) -> None:
    browser = await enter("admin")
    given = {"login": "lin.mei", "name": "林梅", "role": "supervisor"}
    status, made = await browser.ask("POST", "/api/v1/admin/users", given)
    assert status == 200 and made["user"]["must_change"] is True
    firm.passwords["lin.mei"] = made["password"]
    person = await enter("lin.mei")
    path = f"/api/v1/admin/users/{made['user']['id']}"
    status, body = await browser.ask("PUT", path, {"disabled": True})
    assert status == 200 and body["user"]["disabled"] is True
    assert (await person.ask("GET", "/api/v1/me"))[0] == 401
    _, body = await browser.ask("PUT", path, {"disabled": False, "password": "reset"})
    assert body["password"] and body["password"] != made["password"]
    me = (await browser.ask("GET", "/api/v1/me"))[1]["id"]
    status, body = await browser.ask("PUT", f"/api/v1/admin/users/{me}", {"disabled": True})
    assert (status, body["code"]) == (409, "conflict")
    status, body = await browser.ask("PUT", "/api/v1/admin/users/424242", {"disabled": True})
    assert status == 404


async def test_the_trail_tells_who_did_what_and_holds_no_secret(enter: Enter, firm: Firm) -> None:
    browser = await enter("admin")
    await browser.ask("POST", "/api/v1/test-caller")
    status, page = await browser.ask("GET", "/api/v1/admin/audit", params={"limit": "500"})
    assert status == 200 and page["broken_at"] == 0
    acts = {row["what"] for row in page["rows"]}
    assert {"session.start", "config.publish", "user.add", "test_caller.link"} <= acts
    text = str(page)
    assert not [secret for secret in firm.passwords.values() if secret in text]
    _, first = await browser.ask("GET", "/api/v1/admin/audit", params={"limit": "2"})
    _, second = await browser.ask(
        "GET", "/api/v1/admin/audit", params={"limit": "2", "before": str(first["next"])}
    )
    assert second["rows"][0]["seq"] == first["rows"][-1]["seq"] - 1


def sound() -> bytes:
    """Make a second of a 16 kHz stereo saw."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(b"".join(bytes(((n * 37) % 256, 8)) * 2 for n in range(16000)))
    return out.getvalue()


async def test_a_greeting_becomes_what_asterisk_plays(enter: Enter, firm: Firm) -> None:
    browser = await enter("manager")
    path = "/api/v1/admin/hotlines/4008000001/greeting"

    async def send(data: bytes) -> tuple[int, Any]:
        form = FormData()
        form.add_field("file", data, filename="greeting.wav", content_type="audio/wav")
        async with browser.client.post(
            path, data=form, headers={"X-CSRF": browser.csrf}
        ) as response:
            return response.status, await response.json()

    status, body = await send(b"this is not a sound " * 100)
    assert (status, body["code"]) == (422, "bad_audio")
    status, done = await send(sound())
    assert (status, done["version"]) == (200, 2)
    hotline = firm.world.config.now.hotlines[0]
    file = firm.world.data / "prompts" / "4008000001" / f"{hotline.greeting}.wav"
    with wave.open(str(file)) as made:
        assert (made.getframerate(), made.getnchannels(), made.getsampwidth()) == (8000, 1, 2)
        assert 7900 <= made.getnframes() <= 8100


async def test_webhooks_are_listed_tested_and_replayed(enter: Enter, firm: Firm) -> None:
    browser = await enter("admin")
    assert [entry["numbers"] for entry in (await rows(browser, "webhooks"))[0]] == ["full"]
    files = dict(read_files(DEMO))
    files["webhooks.yaml"] = (
        "- {id: crm, url: 'https://crm.example.com/hooks', events: [call.ended],"
        " secret_ref: 'file:webhook-crm'}\n"
    )
    await firm.world.publisher.publish(files, Request("test", "webhook", 2))
    entries, _ = await rows(browser, "webhooks")
    assert [entry["secret_ref"] for entry in entries] == ["file:webhook-crm"]
    status, sent = await browser.ask("POST", "/api/v1/admin/webhooks/crm/test")
    assert status == 200
    assert (await browser.ask("POST", "/api/v1/admin/webhooks/nope/test"))[0] == 404
    status, found = await browser.ask("GET", "/api/v1/admin/webhooks/deliveries")
    assert (status, found["rows"][0]["id"]) == (200, sent["message"])
    assert (found["rows"][0]["status"], found["rows"][0]["endpoint"]) == ("pending", "crm")
    replay = f"/api/v1/admin/webhooks/deliveries/{sent['message']}/replay"
    assert (await browser.ask("POST", replay))[0] == 404, "it is not dead"
    outbox = Deliveries(firm.world.outbox)
    outbox.give_up("crm", "a test")
    outbox.close()
    assert (await browser.ask("POST", replay))[0] == 200
