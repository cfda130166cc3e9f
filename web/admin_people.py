"""Admin pages of people and of what was done: users, audit trail, configuration versions."""

from dataclasses import asdict
from typing import Any

from domain.errors import Conflict
from office import Remit, audit, versions
from office.people import NewPerson, Person
from office.remit import check, remit
from office.texts import both
from office.versions import Request
from web.publishing import announced
from web.schema_admin import (
    AuditPage,
    AuditQuery,
    AuditRow,
    NewUser,
    Published,
    Rollback,
    UserChange,
    UserChanged,
    UserList,
    UserRemit,
    UserRow,
    VersionList,
    VersionRow,
)
from web.shut_out import shut_out
from web.table import Ask, Nothing, table

people = table("admin: people")


def _row(person: Person) -> UserRow:
    return UserRow(
        id=person.id,
        login=person.login,
        name=person.name,
        role=person.role,
        agent=person.agent or None,
        language=person.language,
        disabled=person.disabled,
        must_change=person.must_change,
        remit=shown_remit(person.remit),
    )


def shown_remit(given: Remit | None) -> UserRemit | None:
    """Show what somebody is held to, as lists."""
    if given is None:
        return None
    lists = {name: sorted(ids) for name, ids in asdict(given).items()}
    return UserRemit.model_validate(lists)


@people.route("GET ./admin/users", "admin.users")
async def list_users(ask: Ask[Nothing, Nothing]) -> UserList:
    """List everybody who may sign in."""
    return UserList(rows=[_row(person) for person in await ask.world.people.everyone()])


@people.route("POST ./admin/users", "admin.users")
async def add_user(ask: Ask[Nothing, NewUser]) -> UserChanged:
    """Add a person; the made password is shown only in this answer."""
    body = ask.body
    new = NewPerson(body.login, body.name, body.role, body.agent, body.language)
    made = await ask.world.people.add(new, ask.me.login)
    return UserChanged(user=_row(await ask.world.people.find(made.login)), password=made.password)


@people.route("PUT ./admin/users/{id:[0-9]+}", "admin.users")
async def change_user(ask: Ask[Nothing, UserChange]) -> UserChanged:
    """Give another role or remit, shut out or let in, or make a new password."""
    number, by, office = int(ask.path("id")[:9]), ask.me.login, ask.world.people
    password = None
    if number == ask.me.id and (ask.body.disabled or ask.body.role):
        raise Conflict(
            both("不能停用自己或改自己的角色", "you cannot disable or change the role of yourself")
        )
    if ask.body.role is not None:
        await office.set_role(number, ask.body.role, by)
    if "remit" in ask.body.model_fields_set:
        await office.set_remit(number, known_remit(ask, ask.body.remit), by)
    if ask.body.disabled is not None:
        await (office.disable if ask.body.disabled else office.enable)(number, by)
        if ask.body.disabled and (agent := (await office.get(number)).agent):
            await shut_out(ask, agent)
    if ask.body.password is not None:
        password = (await office.reset_password(number, by)).password
    return UserChanged(user=_row(await office.get(number)), password=password)


def known_remit(ask: Ask[Any, Any], given: UserRemit | None) -> Remit | None:
    """Read a remit; what the firm does not have is refused."""
    found = None if given is None else remit(**given.model_dump())
    check(found, ask.world.config.now)
    return found


@people.route("GET ./admin/audit", "audit.see")
async def show_audit(ask: Ask[AuditQuery, Nothing]) -> AuditPage:
    """Read the audit trail; the newest page also says whether the chain is sound."""
    entries = await audit.trail(ask.world.db, ask.query.before, ask.query.limit)
    rows = [AuditRow(**_without_hashes(entry)) for entry in entries]
    more = len(rows) == ask.query.limit and rows[-1].seq > 1
    broken = 0 if ask.query.before else await audit.broken_at(ask.world.db)
    return AuditPage(rows=rows, next=rows[-1].seq if more else None, broken_at=broken)


def _without_hashes(entry: audit.Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in AuditRow.model_fields}


@people.route("GET ./admin/config/versions", "config.history")
async def list_versions(ask: Ask[Nothing, Nothing]) -> VersionList:
    """List the published configurations."""
    rows = [
        VersionRow(id=one.id, at=one.at, by=one.by, note=one.note, digest=one.digest)
        for one in await versions.history(ask.world.db)
    ]
    return VersionList(current=ask.world.config.version, rows=rows)


@people.route("POST ./admin/config/rollback", "admin.config")
async def roll_back(ask: Ask[Nothing, Rollback]) -> Published:
    """Publish the texts of an earlier version again, as a new version."""
    number = ask.body.version
    request = Request(ask.me.login, f"rollback to {number}", ask.world.clock.utc_ms())
    return await announced(ask, ask.world.publisher.roll_back(number, request))
