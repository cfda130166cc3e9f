"""Who is held to a part of the work sees exactly that part, on every way there is.

Random remits over random calls: what the API answers is what a model of a few lines says.
"""

import csv
import io
import random
from dataclasses import dataclass
from typing import Any

import pytest

from domain import events as ev
from domain.events import Event
from domain.ids import AgentId, CallId, GroupId, OfferId
from office.keys import NewKey
from office.remit import remit as made
from office.roles import SCOPES
from tests.web.conftest import Browser, EngineEnd, Enter, Firm, agent_row, call_row, until
from tests.web.test_calls import PATH, get, project
from tests.web.test_live import Page, ids

CALLS, REMITS = 16, 4


@dataclass(frozen=True)
class Past:
    """A call of the past as the model knows it: it waited in one group and then in another."""

    call: str
    hotline: str
    waited: str
    offered: str
    agent: str


def told(past: Past) -> list[tuple[float, Event]]:
    """Tell its story."""
    call, who, offer = CallId(past.call), AgentId(past.agent), OfferId(1)
    kept = ev.RecordingKept(call, f"{PATH}/{call}.mp3", 20, 9, "", 2, f"{PATH}/{call}.peaks.json")
    return [
        (0, ev.CallArrived(call, past.hotline, past.hotline, "13800138000", brand="yunshan")),
        (4, ev.GroupChosen(call, GroupId(past.waited))),
        (5, ev.HoldReached(call)),
        (5.5, ev.CallMoved(call, "group", past.offered, "boss")),
        (6, ev.OfferMade(call, who, offer, GroupId(past.offered), 20, "", "")),
        (9, ev.OfferAnswered(call, who, offer)),
        (29, ev.TalkEnded(call, who, "caller")),
        (29, ev.CallEnded(call, 16)),
        (31, kept),
    ]


def sees(remit: dict[str, list[str]], past: Past, sites: dict[str, str]) -> bool:
    """Say by hand whether a remit shows a call."""
    near = _near(remit, past, sites[past.agent])
    return near or not {past.waited, past.offered}.isdisjoint(remit["groups"])


async def held_to(firm: Firm, login: str, remit: dict[str, list[str]] | None) -> None:
    """Give somebody a remit as the administrator's page does."""
    who = await firm.world.people.find(login)
    given = None if remit is None else made(**remit)
    await firm.world.people.set_remit(who.id, given, "admin")


def some(chance: random.Random, among: list[str]) -> list[str]:
    return chance.sample(sorted(among), chance.randrange(min(3, len(among)) + 1))


async def key_held_to(firm: Firm, machine: Browser, remit: dict[str, list[str]]) -> None:
    """Give a machine a key that is held to a remit."""
    scopes = tuple(scope for scope in SCOPES if scope != "webhooks")
    new = NewKey("crm", scopes, 30, made(**remit))
    _, machine.key = await firm.world.api_keys.make(new, "admin")


@pytest.mark.parametrize("login", ["supervisor", "qa", "api"])
async def test_what_is_answered_is_what_the_model_says(
    firm: Firm, enter: Enter, login: str
) -> None:
    config, chance = firm.world.config.now, random.Random(f"remit {login}")
    groups = [each.id for each in config.groups]
    hotlines = [each.number for each in config.hotlines]
    sites = {each.number: each.site for each in config.agents}
    pasts = [
        Past(f"01{'B' * 22}{n:02d}", *map(chance.choice, (hotlines, groups, groups)), who)
        for n, who in enumerate(chance.choices(sorted(sites), k=CALLS))
    ]
    await project(firm, [step for past in pasts for step in told(past)])
    browser = await enter(login)
    for _ in range(REMITS):
        remit = {"groups": some(chance, groups), "hotlines": some(chance, hotlines)}
        remit["sites"] = some(chance, sorted(set(sites.values()))) if chance.random() < 0.4 else []
        if login == "api":
            await key_held_to(firm, browser, remit)
        else:
            await held_to(firm, login, remit)
        mine = {past.call for past in pasts if sees(remit, past, sites)}
        _, page = await get(browser, "calls", limit="200")
        assert ({row["call"] for row in page["rows"]}, page["total"]) == (mine, len(mine)), remit
        for past in pasts:
            within = past.call in mine
            assert (await get(browser, f"calls/{past.call}"))[0] == (200 if within else 404)
            for what in (f"recordings/{past.call}", f"recordings/{past.call}/peaks"):
                _, refused = await get(browser, what)
                assert refused["code"] == ("recording_gone" if within else "not_found"), remit
        if login == "api":
            for past in pasts:
                path = f"/api/v1/calls/{past.call}/reveal"
                shown = (await browser.ask("POST", path))[0]
                assert shown == (200 if past.call in mine else 404), remit
        if login != "qa":
            await check_reports(browser, remit, pasts, sites)


async def test_an_auditor_held_to_a_part_reads_the_figures_of_that_part(
    firm: Firm, enter: Enter
) -> None:
    config, chance = firm.world.config.now, random.Random("remit auditor")
    groups, hotlines = [g.id for g in config.groups], [h.number for h in config.hotlines]
    sites = {each.number: each.site for each in config.agents}
    pasts = [
        Past(f"01{'D' * 22}{n:02d}", *map(chance.choice, (hotlines, groups, groups)), who)
        for n, who in enumerate(chance.choices(sorted(sites), k=CALLS))
    ]
    await project(firm, [step for past in pasts for step in told(past)])
    browser = await enter("auditor")
    for _ in range(REMITS):
        remit = {"groups": some(chance, groups), "hotlines": some(chance, hotlines), "sites": []}
        await held_to(firm, "auditor", remit)
        await check_reports(browser, remit, pasts, sites)
    assert (await get(browser, "admin/audit"))[0] == 200, "what was done stays whole"


async def check_reports(
    browser: Browser, remit: dict[str, list[str]], pasts: list[Past], sites: dict[str, str]
) -> None:
    """Hold the figures by group, and the file made of them, against the model."""
    entered: dict[str, int] = {}
    for past in pasts:
        for group, agent in ((past.waited, ""), (past.offered, past.agent)):
            if _near(remit, past, sites.get(agent, "")) or group in remit["groups"]:
                entered[group] = entered.get(group, 0) + 1
    span = {"from": "yesterday", "to": "today"}
    _, report = await get(browser, "reports/group", **span)
    assert {row["group"]: row["entered"] for row in report["rows"]} == entered
    assert report["total"]["entered"] == sum(entered.values())
    _, text = await get(browser, "reports/group.csv", **span)
    lines = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert sum(any(line and line[0] == group for group in entered) for line in lines) == len(
        entered
    )
    _, agents = await get(browser, "reports/agent", **span)
    taken = {
        past.agent
        for past in pasts
        if _near(remit, past, sites[past.agent]) or past.offered in remit["groups"]
    }
    assert {row["agent"] for row in agents["rows"] if row["offers"]} == taken


def _near(remit: dict[str, list[str]], past: Past, site: str) -> bool:
    return past.hotline in remit["hotlines"] or site in remit["sites"]


async def test_the_live_board_and_every_act_by_hand_keep_to_the_remit(
    firm: Firm, enter: Enter, engine_end: EngineEnd
) -> None:
    await held_to(firm, "supervisor", {"groups": ["presale"], "hotlines": [], "sites": []})
    browser = await enter("supervisor")
    async with Page(browser) as page:
        snapshot = await page.get("board.snapshot")
        assert ids(snapshot) == ({"presale"}, {"8001"}, {"C1"})
        assert not snapshot["data"].keys() & {"incidents", "trunks"}
        engine_end.tell(
            "board.delta",
            {"calls": [call_row("C9", "partner"), call_row("C8", "presale")], "gone": ["C2"]},
        )
        engine_end.tell("board.delta", {"agents": [agent_row("8006", "partner")]})
        delta = await page.get("board.delta")
        assert ids(delta)[2] == {"C8"} and not delta["data"]["gone"]
    await until(lambda: firm.world.engine.floor.call("C9"))
    _, board = await get(browser, "board")
    assert {row["call"] for row in board["calls"]} == {"C1", "C8"}
    asked = len(engine_end.asked)
    for method, path, body in FOREIGN:
        status, answer = await browser.ask(method, f"/api/v1/{path}", body)
        assert (status, answer["code"]) == (404, "not_found"), (path, answer)
    assert len(engine_end.asked) == asked, "nothing of it reached the engine"
    for method, path, body in OWN:
        assert (await browser.ask(method, f"/api/v1/{path}", body))[0] == 200, path


CLOSED = {"state": "closed", "reason": "演练"}
FOREIGN: tuple[tuple[str, str, Any], ...] = (
    ("POST", "calls/C9/move", {"to_kind": "group", "to": "presale"}),
    ("POST", "calls/C1/move", {"to_kind": "group", "to": "partner"}),
    ("POST", "calls/C1/move", {"to_kind": "agent", "to": "8003"}),
    ("PUT", "calls/C9/priority", {"priority": 1}),
    ("POST", "calls/C9/cancel-callback", None),
    ("GET", "calls/C9/why", None),
    ("GET", "calls/C9/signalling", None),
    ("PUT", "agents/8003/state", {"state": "offline"}),
    ("PUT", "hotlines/4008000001/switch", CLOSED),
    ("PUT", "hotlines/all/switch", CLOSED),
    ("DELETE", "hotlines/4008000001/switch", None),
)
OWN: tuple[tuple[str, str, Any], ...] = (
    ("POST", "calls/C1/move", {"to_kind": "agent", "to": "8001"}),
    ("PUT", "calls/C1/priority", {"priority": 1}),
    ("PUT", "agents/8001/state", {"state": "offline"}),
)


async def test_a_remit_is_set_by_the_administrator_and_only_for_some(
    firm: Firm, enter: Enter
) -> None:
    browser = await enter("admin")
    who = await firm.world.people.find("supervisor")
    path = f"/api/v1/admin/users/{who.id}"
    given = {"groups": ["vip"], "hotlines": ["4008000001"], "sites": []}
    status, changed = await browser.ask("PUT", path, {"remit": given})
    assert (status, changed["user"]["remit"]) == (200, given)
    status, refused = await browser.ask("PUT", path, {"remit": {"groups": ["nope"]}})
    assert (status, refused["field"]) == (422, "remit.groups")
    _, changed = await browser.ask("PUT", path, {"disabled": False})
    assert changed["user"]["remit"] == given, "what is absent stays"
    _, changed = await browser.ask("PUT", path, {"role": "manager"})
    assert changed["user"]["remit"] is None, "a manager is held to nothing"
    assert (await browser.ask("PUT", path, {"remit": given}))[0] == 422
