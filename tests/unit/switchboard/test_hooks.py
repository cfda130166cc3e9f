"""The engine's ways out, wired: a call's webhooks reach the sample CRM, also after a restart."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from demo.crm import serve
from demo.crm.site import RECEIVED
from domain import events as ev
from domain.clock import real_clock
from domain.ids import AgentId, CallId, GroupId, OfferId
from domain.settings import parse_settings
from office.model import Crm, Lookup, Webhook
from office.secrets import secrets_for
from outside import Deliveries
from store import JournalFile
from switchboard.cards import Cards, Names
from switchboard.hooks import Lookups, webhooks
from switchboard.installation import Installation, open_installation

CALL, AGENT, OFFER = CallId("c1"), AgentId("8001"), OfferId(7)
STORY: list[ev.Event] = [
    ev.CallArrived(CALL, "4008000001", "4008000001", "13800138000"),
    ev.CustomerLookedUp(CALL, "found", 12.0, "C1001"),
    ev.KeyPressed(CALL, "menu", "1", "订单查询"),
    ev.GroupChosen(CALL, GroupId("presale")),
    ev.OfferMade(CALL, AGENT, OFFER, GroupId("presale"), 20, "", ""),
    ev.PhoneRang(CALL, AGENT, OFFER),
    ev.OfferAnswered(CALL, AGENT, OFFER),
    ev.TalkEnded(CALL, AGENT, "agent"),
    ev.WrapUpEnded(AGENT, CALL, "done"),
    ev.CallEnded(CALL, 16),
]
EVENTS = ("call.offered", "call.ringing", "call.answered", "call.ended")


@dataclass
class Parts:
    """What the ways out need of an engine, all real."""

    around: Installation
    journal: JournalFile
    plan: Any
    data: Path
    cards: Cards = field(default_factory=Cards)
    board: Any = field(
        default_factory=lambda: SimpleNamespace(
            names=Names({"4008000001": "客户服务热线"}, {"presale": "售前咨询"})
        )
    )


@pytest.fixture
async def crm(tmp_path: Path) -> AsyncIterator[tuple[int, Any]]:
    secret = secrets_for(tmp_path / "secrets.json", ["webhook-crm"])["webhook-crm"]
    runner = await serve(0, secret)
    yield runner.addresses[0][1], runner.app[RECEIVED]
    await runner.cleanup()


def around(folder: Path, port: int) -> Installation:
    env = {"YINGDA_PATHS_DATA": str(folder), "YINGDA_OUTSIDE_ON_SITE": f"127.0.0.1:{port}"}
    return open_installation(parse_settings("", env), real_clock())


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110  # the other side is another server
            await asyncio.sleep(0.002)


async def test_a_calls_webhooks_are_made_from_the_journal_alone(
    tmp_path: Path, crm: tuple[int, Any]
) -> None:
    port, received = crm
    journal = JournalFile.open(tmp_path / "journal" / "journal.db", 0)
    url = f"http://127.0.0.1:{port}/hooks"
    hook = Webhook(id="crm", url=url, events=EVENTS, secret_ref="file:webhook-crm")
    eyes = {"id": "eyes", "url": url, "events": ("call.ended",), "numbers": "masked"}
    masked = Webhook(**eyes, secret_ref="file:webhook-crm")
    missing = Webhook(id="other", url=url, events=EVENTS, secret_ref="env:NOT_SET_ANYWHERE")
    plan = SimpleNamespace(config=SimpleNamespace(webhooks=(hook, missing, masked)))
    engine: Any = Parts(around(tmp_path, port), journal, plan, tmp_path)
    box = webhooks(engine)
    running = asyncio.create_task(box.run())
    file = Deliveries(tmp_path / "journal" / "outbox.db")
    await until(lambda: file.cursor() == 0)
    facts = [(0.0, 1000 * n, event) for n, event in enumerate(STORY, 1)]
    for record in await journal.append(facts):
        box.wake(record)
    await until(lambda: len(received) == 5)
    await until(lambda: any("whsec_" in each.last_error for each in file.newest()))
    file.close()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    journal.close()
    told = {each["id"]: each["data"] for each in received}
    full = [each for each in received if each["id"].endswith("-crm")]
    assert [each["type"] for each in full] == list(EVENTS)
    assert [each["id"] for each in full] == ["5-crm", "6-crm", "7-crm", "10-crm"]
    assert told["10-eyes"]["caller"] == "138****8000"
    offered, ended = told["5-crm"], told["10-crm"]
    assert (offered["caller"], offered["agent"], offered["offer"]) == ("13800138000", "8001", 7)
    assert (offered["hotline_name"], offered["group_name"]) == ("客户服务热线", "售前咨询")
    assert offered["ivr"] == [{"node": "menu", "digits": "1", "meant": "订单查询"}]
    assert offered["customer"]["id"] == "C1001" and offered["customer_status"] == "found"
    assert offered["times"] == {"arrived": 1000, "entered": 4000, "offered": 5000}
    assert (ended["agent"], ended["cause"], ended["times"]["ended"]) == ("8001", 16, 10000)


async def test_the_crm_of_the_newest_configuration_is_asked(
    tmp_path: Path, crm: tuple[int, Any]
) -> None:
    port, _ = crm
    lookups = Lookups(around(tmp_path, port))
    asked = Lookup(url=f"http://127.0.0.1:{port}/customers?number={{number}}", budget_ms=3000)
    assert (await lookups.look_up(Crm(), "13800138000")).status == "off"
    looked = await lookups.look_up(Crm(lookup=asked), "13800138000")
    assert looked.status == "found" and looked.customer and looked.customer.name == "林女士"
    inside = asked.model_copy(update={"url": "http://127.0.0.1:1/{number}"})
    assert (await lookups.look_up(Crm(lookup=inside), "13800138000")).status == "down"
    assert (await lookups.look_up(Crm(lookup=asked), "13011112222")).status == "unknown"
    await lookups.close()
