"""Signing in and out over HTTP."""

from tests.web.conftest import Enter, Firm
from tests.web.test_guard import address
from web.app import TABLES
from web.guard import BEFORE_CHANGE
from web.table import PUBLIC


async def test_a_session_from_start_to_end(enter: Enter) -> None:
    browser = await enter("8001")
    status, me = await browser.ask("GET", "/api/v1/me")
    assert (status, me["role"], me["agent"]) == (200, "agent", "8001")
    assert "desk.work" in me["permissions"] and "calls.see" not in me["permissions"]
    cookie = next(each for each in browser.client.session.cookie_jar if each.key == "yingda")
    assert cookie.key == "yingda" and cookie["httponly"] and cookie["samesite"] == "Lax"
    held = cookie.value
    assert (await browser.ask("DELETE", "/api/v1/session"))[0] == 200
    browser.client.session.cookie_jar.update_cookies({"yingda": held})
    status, body = await browser.ask("GET", "/api/v1/me")
    assert (status, body["code"]) == (401, "sign_in")


async def test_wrong_passwords_get_slow(enter: Enter) -> None:
    browser = await enter("")
    given = {"login": "admin", "password": "wrong-wrong"}
    answers = [await browser.ask("POST", "/api/v1/session", given) for _ in range(8)]
    assert answers[0][0] == 401 and answers[0][1]["code"] == "wrong_login"
    assert answers[-1][0] == 429 and answers[-1][1]["code"] == "too_many_tries"
    assert "秒" in answers[-1][1]["message_zh"] and "wait" in answers[-1][1]["message_en"]


async def test_nobody_locks_a_colleague_out_of_the_colleagues_own_browser(
    enter: Enter, firm: Firm
) -> None:
    own, stranger = await enter("manager"), await enter("")
    right = {"login": "manager", "password": firm.passwords["manager"]}
    for n in range(8):
        firm.world.sessions.backoff.failed("login:manager", firm.world.clock.utc_ms() + n)
    status, body = await stranger.ask("POST", "/api/v1/session", right)
    assert (status, body["code"]) == (429, "too_many_tries")
    own.client.session.cookie_jar.clear(lambda cookie: cookie.key == "yingda")
    status, me = await own.ask("POST", "/api/v1/session", right)
    assert status == 200
    own.csrf = me["csrf"]
    other = right | {"login": "admin"}
    for n in range(8):
        firm.world.sessions.backoff.failed("login:admin", firm.world.clock.utc_ms() + n)
    status, body = await own.ask("POST", "/api/v1/session", other)
    assert (status, body["code"]) == (429, "too_many_tries"), "known for one login only"


async def test_changing_the_password_ends_the_other_sessions(enter: Enter, firm: Firm) -> None:
    here, there = await enter("8002"), await enter("8002")
    old = firm.passwords["8002"]
    change = {"old": "not it at all", "new": "brand-new-word-1"}
    status, body = await here.ask("PUT", "/api/v1/me/password", change)
    assert (status, body["code"], body["field"]) == (422, "wrong_password", "old")
    status, me = await here.ask("PUT", "/api/v1/me/password", change | {"old": old})
    assert status == 200
    here.csrf = me["csrf"]
    assert (await here.ask("PUT", "/api/v1/me", {"language": "en"}))[0] == 200
    assert (await there.ask("GET", "/api/v1/me"))[0] == 401


async def test_the_language_can_be_chosen_at_the_door(enter: Enter, firm: Firm) -> None:
    browser = await enter("")
    given = {"login": "8003", "password": firm.passwords["8003"], "language": "en"}
    status, me = await browser.ask("POST", "/api/v1/session", given)
    assert (status, me["language"]) == (200, "en")


async def test_meta_names_the_firm(enter: Enter) -> None:
    browser = await enter("8001")
    status, meta = await browser.ask("GET", "/api/v1/meta")
    assert status == 200 and meta["firm"] == "云杉家居"
    assert {group["id"] for group in meta["groups"]} >= {"presale", "vip"}
    assert meta["secure"] is True and meta["version"] == 1


async def test_a_made_password_opens_nothing_but_its_own_change(enter: Enter, firm: Firm) -> None:
    admin = await enter("admin")
    given = {"login": "wei.na", "name": "韦娜", "role": "manager"}
    _, made = await admin.ask("POST", "/api/v1/admin/users", given)
    firm.passwords["wei.na"] = made["password"]
    page = await enter("wei.na")
    assert (await page.ask("GET", "/api/v1/me"))[1]["must_change"] is True
    for route in (route for table in TABLES for route in table.routes):
        if route.name in BEFORE_CHANGE or PUBLIC in route.needs or route.socket:
            continue
        status, body = await page.ask(route.method, address(route), {})
        assert (status, body["code"]) == (403, "must_change"), route.path
    headers = {"Origin": page.origin}
    for path, status in (("/api/v1/live", 403), ("/sip", 401)):
        async with page.client.get(path, headers=headers) as response:
            assert response.status == status
    change = {"old": made["password"], "new": "a-word-of-my-own-7"}
    status, me = await page.ask("PUT", "/api/v1/me/password", change)
    assert (status, me["must_change"]) == (200, False)
    assert (await page.ask("GET", "/api/v1/board"))[0] == 200
