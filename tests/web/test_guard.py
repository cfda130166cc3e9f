"""Every route × every role: what `rights.txt` says by hand is what the guard does."""

import re
from pathlib import Path

import pytest

from tests.web.conftest import ROLES, Enter
from web.app import TABLES
from web.table import Route

LOGINS = {"": "", "agent": "8001", "supervisor": "supervisor", "manager": "manager"} | {
    role: role for role in ("admin", "qa", "auditor", "api")
}
ROUTES = [route for table in TABLES for route in table.routes]


def told() -> dict[str, str]:
    """Read the table: `METHOD /path` to its roles."""
    text = (Path(__file__).parent / "rights.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    rows = [line.rsplit(" : ", 1) for line in lines]
    assert len(dict(rows)) == len(rows), "a route stands there twice"
    return dict(rows)


RIGHTS = told()


def address(route: Route) -> str:
    """Fill a route's path with something that does not exist."""
    return re.sub(r"\{(\w+)(:[^}]*)?\}", "999", route.path).replace("reports/999", "reports/nope")


def allowed(route: Route, role: str) -> bool:
    """Tell whether a role is meant to pass."""
    roles = RIGHTS[f"{route.method} {route.path}"].split()
    return roles == ["public"] or role in roles


def test_every_route_has_its_line_and_every_line_its_route() -> None:
    assert sorted(f"{route.method} {route.path}" for route in ROUTES) == sorted(RIGHTS), (
        "say in tests/web/rights.txt who may call a new route"
    )
    words = {word for roles in RIGHTS.values() for word in roles.split()}
    assert words == {"public", *ROLES}


def test_what_is_open_to_everybody_is_little() -> None:
    assert [name for name, roles in RIGHTS.items() if "public" in roles] == [
        "POST /api/v1/session",
        "GET /api/v1/test-caller/{token}",
        "GET /phones/{token}/{file}",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
        "GET /trust",
        "GET /trust/yingda-ca.crt",
        "GET /api/v1/openapi.json",
        "GET /{path:.*}",
    ]


@pytest.mark.parametrize("role", ["", *ROLES])
async def test_the_guard_is_the_table(enter: Enter, role: str) -> None:
    browser = await enter(LOGINS[role])
    for route in sorted(ROUTES, key=lambda route: (route.method, route.path) == LAST):
        headers = {"Origin": browser.origin}
        status, body = await browser.ask(route.method, address(route), {}, headers=headers)
        code = body.get("code", "") if isinstance(body, dict) else ""
        refused = code in ("sign_in", "not_allowed")
        assert refused is not allowed(route, role), (route.method, route.path, role, status, body)
        assert status != 500, (route.path, body)


LAST = ("DELETE", "/api/v1/session")


def test_no_route_is_without_permission_or_text() -> None:
    for table in TABLES:
        for route in table.routes:
            assert route.needs, route.path
            assert route.text.endswith("."), route.name


def test_names_of_routes_are_unique() -> None:
    names = [route.name for table in TABLES for route in table.routes]
    assert len(names) == len(set(names))


async def test_writing_needs_the_csrf_word(enter: Enter) -> None:
    browser = await enter("8001")
    for word in ("", "wrong", browser.csrf[:-1]):
        headers = {"X-CSRF": word}
        status, body = await browser.ask("PUT", "/api/v1/me", {"language": "en"}, headers=headers)
        assert (status, body["code"]) == (403, "csrf")
    assert (await browser.ask("PUT", "/api/v1/me", {"language": "en"}))[0] == 200


async def test_foreign_pages_are_refused(enter: Enter) -> None:
    browser = await enter("8001")
    status, body = await browser.ask(
        "PUT", "/api/v1/me", {"language": "en"}, headers={"Origin": "http://evil.example"}
    )
    assert (status, body["code"]) == (403, "origin")
    status, _ = await browser.ask(
        "PUT", "/api/v1/me", {"language": "en"}, headers={"Origin": browser.origin}
    )
    assert status == 200


async def test_bodies_are_checked_and_faults_name_their_field(enter: Enter) -> None:
    browser = await enter("8001")
    status, body = await browser.ask("PUT", "/api/v1/me", {"language": "fr"})
    assert (status, body["code"], body["field"]) == (422, "refused", "language")
    assert body["message_zh"] and body["message_en"]
    status, body = await browser.ask("PUT", "/api/v1/me", {"language": "en", "role": "admin"})
    assert (status, body["field"]) == (422, "role")
    async with browser.client.put(
        "/api/v1/me", data=b"[" * 100_000, headers={"X-CSRF": browser.csrf}
    ) as response:
        assert response.status == 400
    async with browser.client.put(
        "/api/v1/me", data=b"{" + b" " * 300_000, headers={"X-CSRF": browser.csrf}
    ) as response:
        assert response.status == 413


async def test_every_answer_carries_the_security_headers(enter: Enter) -> None:
    browser = await enter("")
    for path in ("/", "/desk", "/api/v1/me", "/api/v1/nope", "/healthz", "/assets/none.js"):
        async with browser.client.get(path) as response:
            assert "default-src 'self'" in response.headers["Content-Security-Policy"]
            assert response.headers["X-Frame-Options"] == "DENY"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "aiohttp" not in response.headers["Server"].lower()
