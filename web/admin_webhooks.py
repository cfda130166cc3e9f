"""Admin: the addresses that are told of calls. Their secrets are references and stay so."""

from office.model import Webhook
from web.schema_admin import WebhookList
from web.table import Ask, Nothing, table

webhooks = table("admin: webhooks")


@webhooks.route("GET ./admin/webhooks", "admin.webhooks")
async def list_webhooks(ask: Ask[Nothing, Nothing]) -> WebhookList:
    """List the addresses, the events each hears, and where its secret is kept."""
    config = ask.world.config
    return WebhookList(version=config.version, rows=list[Webhook](config.now.webhooks))
