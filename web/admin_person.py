"""Admin: one person's data by number: how much there is, a copy, taking the person out.

The number travels in the body, never in an address, which logs and browsers would keep.
"""

from dataclasses import asdict
from typing import Annotated

from aiohttp import web
from pydantic import Field

from switchboard.person import Outcome, areas_of, erase, key_of
from switchboard.person_export import export
from switchboard.person_kept import kept_of
from web.aside import TYPES, aside, send_made
from web.errors import Said
from web.table import Ask, Nothing, Schema, table

person = table("admin: one person")

NEEDS = "admin.person"
Number = Annotated[str, Field(min_length=1, max_length=40)]


class Whose(Schema):
    """A telephone number, as people write it."""

    number: Number


class PersonKept(Schema):
    """Counts of one number, masked; times UTC ms, 0 = none.

    `held` calls may not be erased yet: they go on, or the law keeps calls out and callbacks for 30
    days; `lists` are the firm's own that name the number.
    """

    number: str
    calls: int
    first: int
    last: int
    sounds: int
    ratings: int
    customers: int
    lists: list[str]
    held: int
    held_until: int


class Leave(Schema):
    """Whom to take out: the number twice, and why, which is audited."""

    number: Number
    again: Number
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]


class PersonErased(Schema):
    """What was done; `name` stands for the number from now on, `held` calls are left."""

    name: str
    calls: int
    sounds: int
    held: int
    held_until: int
    lists: list[str]


@person.route("POST ./admin/person/look", NEEDS)
async def look_at_person(ask: Ask[Nothing, Whose]) -> PersonKept:
    """Count what is kept of a number; audited."""
    key, by = _key(ask, ask.body.number), ask.me.login
    found = await aside(ask.world, lambda around: kept_of(around, key, by))
    return PersonKept.model_validate(asdict(found) | {"lists": list(found.lists)})


@person.route("POST ./admin/person/export", NEEDS, gives=TYPES[".zip"])
async def export_person(ask: Ask[Nothing, Whose]) -> web.StreamResponse:
    """Give a zip of all that is kept of a number, sound unlocked; audited."""
    key, by = _key(ask, ask.body.number), ask.me.login
    return await send_made(
        ask.request, ask.world, "person.zip", lambda around, file: export(around, key, file, by)
    )


@person.route("POST ./admin/person/erase", NEEDS)
async def erase_person(ask: Ask[Nothing, Leave]) -> PersonErased:
    """Take a number out of everything it may be taken out of, for good; the engine must run."""
    body, by = ask.body, ask.me.login
    key = _key(ask, body.number)
    if _key(ask, body.again) != key:
        zh, en = "两次输入的号码不同。", "The two numbers differ."
        raise Said("refused", field="again", zh=zh, en=en)
    return _erased(
        await aside(ask.world, lambda around: erase(around, key, by, body.reason, alone=False))
    )


def _key(ask: Ask[Nothing, Whose] | Ask[Nothing, Leave], number: str) -> str:
    return key_of(number, areas_of(ask.world.settings))


def _erased(done: Outcome) -> PersonErased:
    return PersonErased(
        name=done.name,
        calls=done.calls,
        sounds=done.sounds,
        held=len(done.held),
        held_until=max(done.held.values(), default=0),
        lists=list(done.lists),
    )
