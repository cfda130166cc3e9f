"""Admin: the addresses that are told of calls, what was delivered, a test and a replay.

The engine delivers; here the outbox's file is only looked at and asked. Secrets are references.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import Field

from domain.errors import NotFound
from office.model import Webhook
from office.texts import both
from outside import Deliveries, Delivery
from web.schema_admin import WebhookList
from web.table import Ask, Nothing, Schema, table
from web.world import World

webhooks = table("admin: webhooks")

NEEDS = "admin.webhooks"
T = TypeVar("T")


class DeliveryRow(Schema):
    """One message to one address: pending, delivered or dead; times UTC ms, `due` the next try."""

    id: str
    endpoint: str
    event: str
    call: str
    status: str
    attempts: int
    made: int
    at: int
    due: int
    last_error: str


class DeliveryList(Schema):
    """The newest messages, newest first."""

    rows: list[DeliveryRow]


class DeliveryQuery(Schema):
    """How many."""

    limit: Annotated[int, Field(ge=1, le=500)] = 50


class Queued(Schema):
    """The message that will be sent within seconds."""

    message: str


@webhooks.route("GET ./admin/webhooks", NEEDS)
async def list_webhooks(ask: Ask[Nothing, Nothing]) -> WebhookList:
    """List the addresses, the events each hears, and where its secret is kept."""
    config = ask.world.config
    return WebhookList(version=config.version, rows=list[Webhook](config.now.webhooks))


@webhooks.route("GET ./admin/webhooks/deliveries", NEEDS)
async def list_deliveries(ask: Ask[DeliveryQuery, Nothing]) -> DeliveryList:
    """List the newest messages and what came of them."""
    found = await _in_file(ask.world, lambda file: file.newest(ask.query.limit))
    return DeliveryList(rows=[_row(each) for each in found])


@webhooks.route("POST ./admin/webhooks/{id}/test", NEEDS)
async def test_webhook(ask: Ask[Nothing, Nothing]) -> Queued:
    """Send a test message to one address; its delivery is in the list."""
    name, now = ask.path("id"), ask.world.clock.utc_ms()
    if name not in {webhook.id for webhook in ask.world.config.now.webhooks}:
        raise NotFound(both(f"没有：{name}", f"there is no webhook {name}"))
    message = await _in_file(ask.world, lambda file: file.test(name, now))
    await ask.world.note(ask.me.login, "webhook.test", name)
    return Queued(message=message)


@webhooks.route("POST ./admin/webhooks/deliveries/{message}/replay", NEEDS)
async def replay_delivery(ask: Ask[Nothing, Nothing]) -> Queued:
    """Send a message again that was given up."""
    message, now = ask.path("message"), ask.world.clock.utc_ms()
    await _in_file(ask.world, lambda file: file.replay(message, now))
    await ask.world.note(ask.me.login, "webhook.replay", message)
    return Queued(message=message)


def _row(each: Delivery) -> DeliveryRow:
    return DeliveryRow(**{name: getattr(each, name) for name in DeliveryRow.model_fields})


async def _in_file(world: World, act: Callable[[Deliveries], T]) -> T:
    def work() -> T:
        file = Deliveries(world.outbox)
        try:
            return act(file)
        finally:
            file.close()

    return await asyncio.to_thread(work)
