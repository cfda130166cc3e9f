"""Keys for machines: shown once, held to their scopes, void at once; they open no page."""

from sqlalchemy import text

from tests.web.conftest import Browser, Enter, Firm

KEYS = "/api/v1/admin/keys"


async def made(browser: Browser, *scopes: str) -> tuple[int, str]:
    """Make a key; gives its id and itself."""
    body = {"name": "报表系统", "scopes": list(scopes), "days": 30}
    status, done = await browser.ask("POST", KEYS, body)
    assert status == 200, done
    return done["row"]["id"], done["key"]


async def test_a_key_does_what_it_was_made_for_and_nothing_else(enter: Enter, firm: Firm) -> None:
    admin, machine = await enter("admin"), await enter("")
    number, machine.key = await made(admin, "reports", "webhooks")
    assert (await machine.ask("GET", "/api/v1/reports/hotline"))[0] == 200
    status, refused = await machine.ask("POST", "/api/v1/admin/webhooks/none/test")
    assert (status, refused["code"]) == (404, "not_found"), "it needs no CSRF word"
    for path in ("calls", "me", "meta", "board", "admin/users", "admin/keys", "admin/audit"):
        status, refused = await machine.ask("GET", f"/api/v1/{path}")
        assert (status, refused["code"]) == (403, "not_allowed"), path
    _, listed = await admin.ask("GET", KEYS)
    assert listed["rows"][0]["seen"] > 0 and "key" not in listed["rows"][0]
    assert machine.key not in str(listed)
    assert (await admin.ask("POST", f"{KEYS}/{number}/revoke"))[0] == 200
    status, refused = await machine.ask("GET", "/api/v1/reports/hotline")
    assert (status, refused["code"]) == (401, "bad_key")
    _, trail = await admin.ask("GET", "/api/v1/admin/audit")
    assert [row["what"] for row in trail["rows"][:2]] == ["key.revoke", "key.make"]
    async with firm.world.db.read() as connection:
        rows = str((await connection.execute(text("select * from api_key"))).all())
    assert machine.key not in rows, "it is kept only as a hash"


async def test_a_key_sees_masked_numbers_and_a_wrong_one_is_nobody(enter: Enter) -> None:
    machine = await enter("")
    machine.key = "yk_" + "x" * 43
    status, refused = await machine.ask("GET", "/api/v1/calls")
    assert (status, refused["code"]) == (401, "bad_key")
    admin = await enter("admin")
    _, machine.key = await made(admin, "calls")
    assert (await machine.ask("GET", "/api/v1/calls"))[0] == 200
    assert (await machine.ask("POST", "/api/v1/calls/none/reveal"))[0] == 403
    held = {"groups": ["presale"], "hotlines": [], "sites": []}
    status, done = await admin.ask(
        "POST", KEYS, {"name": "x", "scopes": ["calls"], "days": 30, "remit": held}
    )
    assert (status, done["row"]["remit"]) == (200, held)
    nowhere = {"groups": ["nowhere"], "hotlines": [], "sites": []}
    for wrong in (
        {"remit": nowhere},
        {"remit": held, "scopes": ["webhooks"]},
        *({"scopes": []}, {"scopes": ["everything"]}, {"days": 0}, {"name": ""}),
    ):
        body = {"name": "x", "scopes": ["calls"], "days": 30} | wrong
        assert (await admin.ask("POST", KEYS, body))[0] == 422
