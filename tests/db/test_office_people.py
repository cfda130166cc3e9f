"""People, sessions and the audit trail on a real database, by an injected clock."""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete, select, update

import office.rows as rows
from domain.clock import Clock
from domain.errors import Conflict, Refused
from domain.ids import Instant
from office import audit
from office.cli_audit import verify
from office.cli_world import OfficeWorld
from office.errors import SignedOut, TooManyTries, WrongLogin
from office.first import first_run
from office.folder import read
from office.model import Config
from office.passwords import Passwords
from office.people import NewPerson, People
from office.sessions import IDLE_MS, WHOLE_MS, Sessions, csrf_fits
from store import Base, Database

pytestmark = pytest.mark.db


@dataclass
class Office:
    """People and sessions over one database, and a clock that moves by hand."""

    db: Database
    now: int = 1_790_000_000_000
    people: People = field(init=False)
    sessions: Sessions = field(init=False)

    def __post_init__(self) -> None:
        clock = Clock(lambda: Instant(self.now / 1000), lambda: self.now)
        passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.people = People(self.db, clock, passwords)
        self.sessions = Sessions(self.db, clock, passwords)


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    """An office without anybody."""
    tables = [Base.metadata.tables[name] for name in ("user", "session", "audit")]
    assert {table.name for table in tables} <= {
        rows.User.__tablename__,
        rows.Session.__tablename__,
        rows.Audit.__tablename__,
    }
    async with database.write() as connection:
        await connection.run_sync(Base.metadata.create_all, tables=tables)
    yield Office(database)


def demo() -> Config:
    """The demo's configuration; its flows are checked elsewhere."""
    folder = Path(__file__).parents[2] / "demo" / "config"
    return read(folder, lambda name, text, names: [])


AGENTS = [("8001", "林小雨"), ("8002", "周明")]


async def test_first_run_makes_everybody_once(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "first-run-logins.txt"
    made = await first_run(office.people, demo(), file)
    assert [one.login for one in made[:3]] == ["admin", "manager", "supervisor"]
    assert [one.login for one in made[3:]] == [f"800{n}" for n in range(1, 7)]
    assert len({one.password for one in made}) == 9
    assert file.stat().st_mode & 0o777 == 0o600
    assert all(one.password in file.read_text(encoding="utf-8") for one in made)
    assert await first_run(office.people, demo(), file) == []
    more = await office.people.add_agents([*AGENTS, ("8007", "钱多")])
    assert [one.login for one in more] == ["8007"]
    for one in made[:4]:
        signed = await office.sessions.sign_in(one.login, one.password, "10.0.0.1")
        assert (signed.person.role, signed.person.must_change) == (one.role, False)


async def test_who_imports_a_configuration_first_still_gets_an_admin(
    office: Office, tmp_path: Path
) -> None:
    await office.people.add_agents(AGENTS)
    made = await first_run(office.people, demo(), tmp_path / "first-run-logins.txt")
    assert [one.login for one in made[:3]] == ["admin", "manager", "supervisor"]
    assert {one.login for one in made[3:]}.isdisjoint(dict(AGENTS))


async def test_a_session_lives_12_hours_or_2_idle(office: Office) -> None:
    made = await office.people.add(NewPerson("Anna", "安娜", "manager"), "admin")
    signed = await office.sessions.sign_in(" ANNA ", made.password, "10.0.0.1")
    assert signed.person.must_change and len(signed.token) >= 43
    start = office.now
    assert csrf_fits(await office.sessions.who(signed.token), signed.csrf)
    assert not csrf_fits(signed, "x")
    while office.now + IDLE_MS - 1 < start + WHOLE_MS:
        office.now += IDLE_MS - 1
        assert (await office.sessions.who(signed.token)).person.login == "anna"
    office.now = start + WHOLE_MS
    with pytest.raises(SignedOut):
        await office.sessions.who(signed.token)
    again = await office.sessions.sign_in("anna", made.password, "10.0.0.1")
    office.now += IDLE_MS
    with pytest.raises(SignedOut):
        await office.sessions.who(again.token)
    assert await office.sessions.sweep() == 2


async def test_the_token_is_not_in_the_database(office: Office) -> None:
    made = await office.people.add(NewPerson("anna", "安娜", "manager"), "admin")
    signed = await office.sessions.sign_in("anna", made.password, "10.0.0.1")
    async with office.db.read() as connection:
        kept = [
            str(tuple(row))
            for table in (rows.User, rows.Session, rows.Audit)
            for row in await connection.execute(select(table.__table__))
        ]
    assert len(kept) == 4
    for secret in (signed.token, made.password):
        assert not any(secret in row for row in kept)
    await office.sessions.sign_out(signed.token)
    with pytest.raises(SignedOut):
        await office.sessions.who(signed.token)


async def test_guessing_gets_slow_by_login_and_by_address(office: Office) -> None:
    made = await office.people.add(NewPerson("anna", "安娜", "manager"), "admin")
    for n in range(5):
        with pytest.raises(WrongLogin):
            await office.sessions.sign_in("anna", "wrong", f"10.0.0.{n}")
    with pytest.raises(TooManyTries) as tries:
        await office.sessions.sign_in("anna", made.password, "10.0.0.9")
    assert tries.value.wait_s == 1
    office.now += 1000
    await office.sessions.sign_in("anna", made.password, "10.0.0.9")
    for n in range(5):
        with pytest.raises(WrongLogin):
            await office.sessions.sign_in(f"nobody{n}", "wrong", "10.0.0.7")
    with pytest.raises(TooManyTries):
        await office.sessions.sign_in("anna", made.password, "10.0.0.7")
    await office.sessions.sign_in("anna", made.password, "10.0.0.8")


async def test_a_burst_of_guesses_gets_no_more_tries(office: Office) -> None:
    """Tries that came in together are held to the same rule, two at most on their way."""
    await office.people.add(NewPerson("anna", "安娜", "manager"), "admin")
    tries = (office.sessions.sign_in("anna", "wrong", "10.0.0.1") for _ in range(30))
    answers = await asyncio.gather(*tries, return_exceptions=True)
    wrong = [answer for answer in answers if isinstance(answer, WrongLogin)]
    assert 5 <= len(wrong) <= 7
    assert all(isinstance(answer, WrongLogin | TooManyTries) for answer in answers)


async def test_an_unknown_login_is_answered_alike_and_not_written_down(office: Office) -> None:
    await office.people.add(NewPerson("anna", "安娜", "manager"), "admin")
    said = set()
    for login in ("anna", "my-password-by-mistake"):
        with pytest.raises(WrongLogin) as wrong:
            await office.sessions.sign_in(login, "wrong", "10.0.0.1")
        said.add(str(wrong.value))
    assert len(said) == 1
    assert not any("mistake" in str(entry) for entry in await audit.trail(office.db))


async def test_change_of_password(office: Office) -> None:
    made = await office.people.add(NewPerson("anna", "安娜", "manager"), "admin")
    signed = await office.sessions.sign_in("anna", made.password, "10.0.0.1")
    me = signed.person.id
    with pytest.raises(WrongLogin):
        await office.people.change_password(me, "wrong", "another good one")
    for _ in range(4):
        with pytest.raises(WrongLogin):
            await office.people.change_password(me, "wrong", "another good one")
    with pytest.raises(TooManyTries):
        await office.people.change_password(me, made.password, "another good one")
    office.now += 1000
    for bad in ("short", "anna", made.password):
        with pytest.raises(Refused):
            await office.people.change_password(me, made.password, bad)
    await office.people.change_password(me, made.password, "another good one")
    with pytest.raises(SignedOut):
        await office.sessions.who(signed.token)
    again = await office.sessions.sign_in("anna", "another good one", "10.0.0.1")
    assert not again.person.must_change


async def test_disable_shuts_out_at_once(office: Office) -> None:
    made = await office.people.add(NewPerson("anna", "安娜", "manager"), "admin")
    signed = await office.sessions.sign_in("anna", made.password, "10.0.0.1")
    await office.people.disable(signed.person.id, "admin")
    with pytest.raises(SignedOut):
        await office.sessions.who(signed.token)
    with pytest.raises(WrongLogin):
        await office.sessions.sign_in("anna", made.password, "10.0.0.2")
    await office.people.enable(signed.person.id, "admin")
    reset = await office.people.reset_password(signed.person.id, "admin")
    assert (await office.sessions.sign_in("anna", reset.password, "10.0.0.3")).person.must_change


async def test_an_agent_who_comes_back_gets_the_old_login_and_a_new_password(
    office: Office,
) -> None:
    first = await office.people.welcome_agent("8001", "林小雨", "admin")
    with pytest.raises(Conflict):
        await office.people.welcome_agent("8001", "林小雨", "admin")
    old = await office.people.find("8001")
    await office.people.disable(old.id, "admin")
    assert await office.people.add_agents(AGENTS[:1]) == []
    again = await office.people.welcome_agent("8001", "林晓雨", "admin")
    signed = await office.sessions.sign_in("8001", again.password, "10.0.0.1")
    assert (signed.person.id, signed.person.name) == (old.id, "林晓雨")
    assert first.password != again.password and signed.person.must_change


async def test_the_last_admin_stays(office: Office) -> None:
    await office.people.add(NewPerson("root", "管理员", "admin"), "system")
    root = await office.people.find("root")
    for change in (
        office.people.disable(root.id, "root"),
        office.people.set_role(root.id, "manager", "root"),
    ):
        with pytest.raises(Conflict):
            await change
    assert await office.people.find("root") == root
    await office.people.add(NewPerson("second", "管理员", "admin"), "root")
    await office.people.set_role(root.id, "manager", "second")
    assert (await office.people.find("root")).role == "manager"


async def test_logins_and_numbers_are_taken_once_and_checked(office: Office) -> None:
    await office.people.add(NewPerson("8001", "林小雨", "agent", "8001"), "admin")
    for twice in (NewPerson("8001", "x", "manager"), NewPerson("lin", "x", "agent", "8001")):
        with pytest.raises(Conflict):
            await office.people.add(twice, "admin")
    await office.people.add(NewPerson("bob", "鲍勃", "manager"), "admin")
    with pytest.raises(Refused) as refused:
        await office.people.add(NewPerson("a b", "", "boss", "", "fr"), "admin")
    keys = [fault.key for fault in refused.value.faults]
    assert keys == ["login", "name", "role", "language"]
    lin = await office.people.find("8001")
    with pytest.raises(Refused):
        await office.people.set_role(lin.id, "admin", "admin")
    await office.people.set_language(lin.id, "en")
    assert (await office.people.get(lin.id)).language == "en"


async def test_the_trail_is_chained_and_a_change_is_found(office: Office) -> None:
    for n in range(6):
        act = audit.Act("admin", "recording.listen", f"call-{n}")
        async with office.db.write() as connection:
            await audit.note(connection, office.now, act, {"n": n, "token": "canary"})
    assert await audit.broken_at(office.db) == 0
    newest = await audit.trail(office.db, limit=2)
    assert [entry.object for entry in newest] == ["call-5", "call-4"]
    assert [entry.seq for entry in await audit.trail(office.db, before=3)] == [2, 1]
    assert "canary" not in str(newest)
    async with office.db.write() as connection:
        changed = update(rows.Audit).where(rows.Audit.seq == 3).values(who="somebody")
        await connection.execute(changed)
    assert await audit.broken_at(office.db) == 3
    async with office.db.write() as connection:
        await connection.execute(delete(rows.Audit).where(rows.Audit.seq == 3))
    assert await audit.broken_at(office.db) == 3


async def test_the_command_finds_a_cut_tail_by_the_head_noted_before(office: Office) -> None:
    async def add(n: int) -> None:
        async with office.db.write() as connection:
            await audit.note(connection, office.now, audit.Act("admin", "x", str(n)))

    world = OfficeWorld(cast(Any, None), office.people, office.people.clock)
    for n in range(3):
        await add(n)
    head = (await verify(Namespace(head=""), world)).data["head"]
    assert (
        head.startswith("3:") and (await verify(Namespace(head=head), world)).data["entries"] == 3
    )
    async with office.db.write() as connection:
        await connection.execute(delete(rows.Audit).where(rows.Audit.seq == 3))
    assert (await verify(Namespace(head=""), world)).data["entries"] == 2, "no gap is left"
    with pytest.raises(Conflict, match="head"):
        await verify(Namespace(head=head), world)
    await add(4)
    with pytest.raises(Conflict, match="head"):
        await verify(Namespace(head=head), world)
    with pytest.raises(Refused):
        await verify(Namespace(head="3"), world)
    async with office.db.write() as connection:
        await connection.execute(update(rows.Audit).where(rows.Audit.seq == 1).values(who="b"))
    with pytest.raises(Conflict, match="entry 1"):
        await verify(Namespace(head=""), world)


async def test_entries_written_at_the_same_time_stay_one_chain(office: Office) -> None:
    async def write(n: int) -> None:
        async with office.db.write() as connection:
            await audit.note(connection, office.now, audit.Act("admin", "x", str(n)))

    await asyncio.gather(*(write(n) for n in range(12)))
    assert await audit.broken_at(office.db) == 0
    assert len(await audit.trail(office.db)) == 12
