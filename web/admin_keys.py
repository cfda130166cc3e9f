"""Admin: keys for machines. One is shown when it is made and never again; it opens no pages."""

from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import Field

from office import keys as office
from office.keys import LONGEST_DAYS, ApiKey
from web.admin_people import known_remit, shown_remit
from web.schema_admin import UserRemit
from web.table import Ask, Nothing, Schema, table

keys = table("admin: keys")

NEEDS = "admin.keys"
Scope = Literal["calls", "recordings", "numbers", "reports", "webhooks"]


class KeyRow(Schema):
    """A key, without itself; times UTC ms, `seen` and `revoked` 0 = not yet.

    `remit` null = it sees the whole firm.
    """

    id: int
    name: str
    scopes: list[str]
    by: str
    made: int
    expires: int
    seen: int
    revoked: int
    remit: UserRemit | None = None


class KeyList(Schema):
    """All keys, the newest first."""

    rows: list[KeyRow]


class NewKey(Schema):
    """What a key is to be called, may be used for and sees, and for how many days."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=10)]
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 365
    remit: UserRemit | None = None


class KeyMade(Schema):
    """The new key; `key` is shown only here."""

    row: KeyRow
    key: str


@keys.route("GET ./admin/keys", NEEDS)
async def list_keys(ask: Ask[Nothing, Nothing]) -> KeyList:
    """List the keys of machines."""
    return KeyList(rows=[_row(each) for each in await ask.world.api_keys.everyone()])


@keys.route("POST ./admin/keys", NEEDS)
async def make_key(ask: Ask[Nothing, NewKey]) -> KeyMade:
    """Make a key for a machine; send it as `Authorization: Bearer KEY`."""
    body = ask.body
    scopes, remit = tuple(str(scope) for scope in body.scopes), known_remit(ask, body.remit)
    new = office.NewKey(body.name, scopes, body.days, remit)
    made, key = await ask.world.api_keys.make(new, ask.me.login)
    return KeyMade(row=_row(made), key=key)


@keys.route("POST ./admin/keys/{id:[0-9]+}/revoke", NEEDS)
async def revoke_key(ask: Ask[Nothing, Nothing]) -> Nothing:
    """Void a key at once."""
    await ask.world.api_keys.revoke(int(ask.path("id")[:9]), ask.me.login)
    return Nothing()


def _row(key: ApiKey) -> KeyRow:
    own = {"scopes": list(key.scopes), "remit": shown_remit(key.remit)}
    return KeyRow.model_validate(asdict(key) | own)
