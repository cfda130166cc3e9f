"""Whatever is sent, an answer comes that we meant: never a failure of ours, never a leak."""

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


def test_requests_are_the_same_for_the_same_seed() -> None:
    def made(seed: int) -> list[Strange]:
        return list(requests(document(TABLES), seed, LEAVE))

    assert made(5) == made(5) != made(6)
