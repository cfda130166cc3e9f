"""Whatever is sent, an answer comes that we meant: never a failure of ours, never a leak."""

import asyncio
import json
from typing import Any

import pytest

from tests.web.conftest import EngineEnd, Enter
from tests.web.strange import Strange, requests
from web.app import TABLES
from web.openapi import document

LEAVE = frozenset(
    (
        "DELETE /api/v1/session",
        "PUT /api/v1/me/password",
        "GET /api/v1/live",
        "GET /sip",
    )
)
"""What would end the session of the test itself, and what is no request but a socket."""


class Refusing(dict[str, Any]):
    """An engine that says no to everything: what it might answer is not the matter here."""

    def get(self, key: str, default: Any = None) -> Any:
        """Give the refusal."""
        return {"code": "conflict", "zh": "不行", "en": "no"}


@pytest.mark.parametrize(("login", "seed"), [("admin", 1), ("admin", 2), ("8001", 3)])
async def test_no_request_breaks_us(
    enter: Enter, engine_end: EngineEnd, login: str, seed: int
) -> None:
    engine_end.answers = Refusing()
    browser = await enter(login)
    sent, broken = 0, list[str]()
    for strange in requests(document(TABLES), seed, LEAVE):
        status, body = await browser.ask(
            strange.method, strange.path, strange.body, params=strange.query
        )
        sent += 1
        if not _meant(status, body):
            broken.append(f"{status} {strange.told} → {body!r:.300}")
    assert broken == []
    assert sent >= 100
    assert (await browser.ask("GET", "/api/v1/me"))[0] == 200, "the session is still ours"


def _meant(status: int, body: Any) -> bool:
    """503 is ours to say (the telephone system is away in this test); nothing else above 499 is."""
    text = json.dumps(body, ensure_ascii=False) if isinstance(body, dict) else repr(body)
    return (status < 500 or status == 503) and "Traceback" not in text and "sqlalchemy" not in text


FORMS = (
    b"",
    b"--x--\r\n",
    b"--x",
    b"no boundary at all",
    b"--x\r\n\r\nwithout a name\r\n--x--\r\n",
    b'--x\r\nContent-Disposition: form-data; name="\x8e5$"; filename="a"\r\n\r\na\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; name="f\x00"\r\n\r\na\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; filename="a"\r\n\r\ncut off',
    b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\nz\r\n--y--\r\n--x--\r\n",
    b"--x\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: form-data; filename=a\r\n"
    b"\r\n%%%%\r\n--x--\r\n",
)
"""Bodies of an upload that no browser sends."""
BOUNDED = [("multipart/form-data; boundary=x", form) for form in FORMS]


async def test_no_upload_breaks_us_or_is_never_answered(enter: Enter) -> None:
    browser = await enter("admin")
    paths = [
        path.replace("{", "").replace("}", "")
        for path, operations in document(TABLES)["paths"].items()
        if "multipart/form-data"
        in operations.get("post", {}).get("requestBody", {}).get("content", {})
    ]
    assert len(paths) >= 3
    for path in paths:
        for kind, form in [("multipart/form-data", FORMS[4]), ("text/plain", b"x"), *BOUNDED]:
            headers = {"X-CSRF": browser.csrf, "Content-Type": kind}
            async with (
                asyncio.timeout(60),
                browser.client.post(path, data=form, headers=headers) as answer,
            ):
                assert answer.status < 500, (path, kind, form, await answer.text())


@pytest.mark.parametrize("number", [2**31, 2**63, 10**40])
async def test_a_number_that_no_row_can_have_is_refused(enter: Enter, number: int) -> None:
    browser = await enter("admin")
    asked = [
        ("POST", "admin/config/rollback", {"version": number}),
        ("POST", "flows/main/rollback", {"version": number, "base": 0}),
        ("GET", f"flows/main?version={number}", None),
        ("GET", f"flows/main/counts?version={number}", None),
        ("GET", f"admin/audit?before={number}", None),
        ("GET", f"messages?before={number}", None),
    ]
    for method, path, body in asked:
        status, told = await browser.ask(method, f"/api/v1/{path}", body)
        assert status < 500, (method, path, told)


def test_requests_are_the_same_for_the_same_seed() -> None:
    def made(seed: int) -> list[Strange]:
        return list(requests(document(TABLES), seed, LEAVE))

    assert made(5) == made(5) != made(6)
