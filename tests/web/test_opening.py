"""A look ahead in calendars: which days are open and why, what if at, holidays of one's own."""

from tests.web.conftest import Enter

API = "/api/v1"


async def test_the_days_to_come_say_why_they_are_open_or_closed(enter: Enter) -> None:
    browser = await enter("manager")
    status, seen = await browser.ask("GET", f"{API}/calendars/workdays/days?from=2026-10-01")
    assert status == 200 and len(seen["days"]) == 14, seen
    days = {day["date"]: day for day in seen["days"]}
    assert (days["2026-10-01"]["why"], days["2026-10-01"]["name"]) == ("holiday", "国庆节")
    assert days["2026-10-01"]["hours"] == []
    assert (days["2026-10-10"]["why"], days["2026-10-10"]["weekday"]) == ("make_up", "wed")
    assert days["2026-10-12"]["why"] == "weekday" and days["2026-10-12"]["hours"]


async def test_what_if_at_some_minute(enter: Enter) -> None:
    browser = await enter("supervisor")
    path = f"{API}/calendars/workdays/probe?at="
    for moment, is_open, why in (
        ("2026-10-10T10:00", True, "make_up"),
        ("2026-10-01T10:00", False, "holiday"),
    ):
        status, seen = await browser.ask("GET", path + moment)
        assert status == 200 and (seen["open"], seen["day"]["why"]) == (is_open, why), seen
    assert (await browser.ask("GET", f"{path}2026-13-45T10:00"))[0] == 422
    assert (await browser.ask("GET", f"{API}/calendars/none/days"))[0] == 404


async def test_the_firm_overrides_what_is_published(enter: Enter) -> None:
    browser = await enter("manager")
    entry = {"off": ["2026-10-12"], "work": [{"date": "2026-10-11", "as": "mon"}]}
    status, done = await browser.ask("PUT", f"{API}/admin/holidays", {"entry": entry})
    assert status == 200, done
    status, now = await browser.ask("GET", f"{API}/admin/holidays")
    assert now["entry"] == entry and now["version"] == done["version"]
    path = f"{API}/calendars/workdays/days?from=2026-10-11&count=2"
    _, seen = await browser.ask("GET", path)
    assert [(day["why"], day["overridden"]) for day in seen["days"]] == [
        ("make_up", True),
        ("holiday", True),
    ]
    agent = await enter("8001")
    assert (await agent.ask("GET", f"{API}/calendars/workdays/days"))[0] == 403
    assert (await agent.ask("PUT", f"{API}/admin/holidays", {"entry": entry}))[0] == 403
