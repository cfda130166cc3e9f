"""The people who may sign in: added, disabled, given roles and passwords; every act is audited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Select, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.clock import Clock
from domain.errors import Conflict, Fault, NotFound, Refused
from office import audit
from office.backoff import Backoff
from office.errors import TooManyTries, WrongLogin
from office.passwords import Passwords, check_password, made_password
from office.remit import LIMITED, Remit, read, written
from office.roles import ROLES
from office.rows import Session, User
from office.texts import both
from store.database import Database

LANGUAGES = ("zh", "en")
"""The languages of the pages."""
_STAFF = (("admin", "系统管理员"), ("manager", "客服经理"), ("supervisor", "现场主管"))


@dataclass(frozen=True, slots=True)
class Person:
    """A user as others may see them; `agent` is the number they work under, "" for none.

    `remit` is the part of the work that they look after, None = all of it.
    """

    id: int
    login: str
    name: str
    role: str
    agent: str
    language: str
    disabled: bool
    must_change: bool
    remit: Remit | None = None


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Who is to be added; the password is made, never chosen by somebody else."""

    login: str
    name: str
    role: str
    agent: str = ""
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class FirstLogin:
    """A login with its made password: shown once, kept nowhere but as a hash."""

    login: str
    name: str
    role: str
    password: str


def login_key(login: str) -> str:
    """Write a login the one way it is stored.

    >>> login_key(" Admin ")
    'admin'
    """
    return login.strip().casefold()


def person(row: Any) -> Person:
    """Make a person of a row of `user`."""
    return Person(
        row.id,
        row.login,
        row.name,
        row.role,
        row.agent or "",
        row.language,
        bool(row.disabled),
        bool(row.must_change),
        read(row.remit),
    )


def check_person(new: NewPerson) -> None:
    """Refuse a login, role or language that cannot be, every fault at once."""
    key, faults = login_key(new.login), []
    if not (2 <= len(key) <= 64 and key.isprintable() and " " not in key):
        text = both("账号应为 2–64 个字符，不含空格", "must have 2-64 letters and no space")
        faults.append(Fault("", 0, "login", text))
    if not (1 <= len(new.name.strip()) <= 60 and new.name.isprintable()):
        faults.append(Fault("", 0, "name", both("姓名应为 1–60 个字", "must have 1-60 letters")))
    for where, value, known in (("role", new.role, ROLES), ("language", new.language, LANGUAGES)):
        if value not in known:
            listed = ", ".join(known)
            text = both(f"只能是 {listed}", f"must be one of {listed}")
            faults.append(Fault("", 0, where, text))
    if (new.role == "agent") != bool(new.agent):
        text = both("座席要有工号，其他角色没有", "an agent needs a number, other roles have none")
        faults.append(Fault("", 0, "agent", text))
    if faults:
        raise Refused(*faults)


@dataclass(frozen=True, slots=True)
class People:
    """The users of the firm. `by` is the login of who acts, `system` for ourselves."""

    db: Database
    clock: Clock
    passwords: Passwords = field(default_factory=Passwords)
    backoff: Backoff = field(default_factory=Backoff)

    async def everyone(self) -> list[Person]:
        """List everybody, by login."""
        async with self.db.read() as connection:
            rows = await connection.execute(select(User.__table__).order_by(User.login))
            return [person(row) for row in rows]

    async def get(self, person_id: int) -> Person:
        """Give one person by id."""
        return await self._one(select(User.__table__).where(User.id == person_id))

    async def find(self, login: str) -> Person:
        """Give one person by login."""
        return await self._one(select(User.__table__).where(User.login == login_key(login)))

    async def add(self, new: NewPerson, by: str) -> FirstLogin:
        """Add a person who must change the made password at once."""
        return await self._add(new, by, must_change=True)

    async def set_role(self, person_id: int, role: str, by: str) -> None:
        """Give another role; somebody with an agent's number stays an agent."""
        old = await self.get(person_id)
        check_person(NewPerson(old.login, old.name, role, old.agent, old.language))
        values = {"role": role, "remit": written(old.remit if role in LIMITED else None)}
        await self._change(old, values, audit.Act(by, "user.role", old.login))

    async def set_remit(self, person_id: int, remit: Remit | None, by: str) -> None:
        """Say what somebody looks after; None = the whole firm."""
        old = await self.get(person_id)
        if remit is not None and old.role not in LIMITED:
            text = both(
                "只有班组长、质检和审计可以限定范围",
                "only supervisors, QA and auditors have a remit",
            )
            raise Refused(Fault("", 0, "remit", text))
        act = audit.Act(by, "user.remit", old.login)
        await self._change(old, {"remit": written(remit)}, act)

    async def set_language(self, person_id: int, language: str) -> None:
        """Choose the language of one's pages."""
        old = await self.get(person_id)
        check_person(NewPerson(old.login, old.name, old.role, old.agent, language))
        act = audit.Act(old.login, "user.language", old.login)
        await self._change(old, {"language": language}, act)

    async def disable(self, person_id: int, by: str) -> None:
        """Shut a person out at once, sessions included; the last admin stays."""
        old = await self.get(person_id)
        act = audit.Act(by, "user.disable", old.login)
        await self._change(old, {"disabled": True}, act, out=True)

    async def enable(self, person_id: int, by: str) -> None:
        """Let a person in again."""
        old = await self.get(person_id)
        await self._change(old, {"disabled": False}, audit.Act(by, "user.enable", old.login))

    async def reset_password(self, person_id: int, by: str) -> FirstLogin:
        """Make a new password that must be changed at once; every session of theirs ends."""
        old = await self.get(person_id)
        made = made_password()
        values = {"password": await self.passwords.hash(made), "must_change": True}
        await self._change(old, values, audit.Act(by, "user.password_reset", old.login), out=True)
        return FirstLogin(old.login, old.name, old.role, made)

    async def change_password(self, person_id: int, old: str, new: str) -> None:
        """Change one's own password; every session ends, the caller opens a new one."""
        who = await self.get(person_id)
        async with self.db.read() as connection:
            stored = await connection.scalar(select(User.password).where(User.id == person_id))
        if not await self.passwords.fits(stored or "", old, lambda: self._check(who)):
            self.backoff.failed(who.login, self.clock.utc_ms())
            raise WrongLogin
        self.backoff.succeeded(who.login)
        check_password(new, who.login)
        if old == new:
            text = both("新密码不能与旧密码相同", "must differ from the old one")
            raise Refused(Fault("", 0, "password", text))
        values = {"password": await self.passwords.hash(new), "must_change": False}
        await self._change(who, values, audit.Act(who.login, "user.password", who.login), out=True)

    async def first_run(self, agents: Iterable[tuple[str, str]]) -> list[FirstLogin]:
        """Make admin, manager, supervisor and the agents (number, name), if only agents are known.

        These passwords need no change: nobody but the reader of the terminal ever saw them.
        """
        if any(not one.agent for one in await self.everyone()):
            return []
        staff = [NewPerson(role, name, role) for role, name in _STAFF]
        made = [await self._add(new, "system", must_change=False) for new in staff]
        return made + await self.add_agents(agents)

    async def add_agents(self, agents: Iterable[tuple[str, str]]) -> list[FirstLogin]:
        """Make a login for every agent (number, name) who has none, the number being the login."""
        there = {name for one in await self.everyone() for name in (one.agent, one.login)}
        missing = [(number, name) for number, name in agents if number not in there]
        return [
            await self._add(NewPerson(number, name, "agent", number), "system", must_change=False)
            for number, name in missing
        ]

    async def welcome_agent(self, number: str, name: str, by: str) -> FirstLogin:
        """Make a login for one new agent; who left and comes back gets the old one, a new password.

        `Conflict` when the number's login is in use.
        """
        old = next((one for one in await self.everyone() if one.agent == number), None)
        if old is None:
            return await self.add(NewPerson(number, name, "agent", number), by)
        if not old.disabled:
            raise Conflict(both(f"账号已存在：{number}", f"the login is taken: {number}"))
        made = await self.reset_password(old.id, by)
        await self._change(
            old, {"disabled": False, "name": name}, audit.Act(by, "user.enable", old.login)
        )
        return replace(made, name=name)

    async def _add(self, new: NewPerson, by: str, *, must_change: bool) -> FirstLogin:
        check_person(new)
        key, now, made = login_key(new.login), self.clock.utc_ms(), made_password()
        hashed = await self.passwords.hash(made)
        async with self.db.write() as connection:
            same = User.login == key
            if new.agent:
                same = or_(same, User.agent == new.agent)
            if await connection.scalar(select(User.id).where(same).limit(1)):
                text = both(f"账号或工号已存在：{key}", f"the login or number is taken: {key}")
                raise Conflict(text)
            values: dict[str, Any] = {"login": key, "name": new.name.strip(), "role": new.role}
            values |= {"agent": new.agent or None, "language": new.language, "password": hashed}
            states = {"disabled": False, "must_change": must_change, "created": now}
            await connection.execute(insert(User).values(**values, **states))
            act = audit.Act(by, "user.add", key)
            await audit.note(connection, now, act, {"role": new.role, "agent": new.agent})
        return FirstLogin(key, new.name.strip(), new.role, made)

    async def _change(
        self, old: Person, values: Mapping[str, Any], act: audit.Act, *, out: bool = False
    ) -> None:
        async with self.db.write() as connection:
            await connection.execute(update(User).where(User.id == old.id).values(**values))
            if old.role == "admin":
                await _keep_an_admin(connection)
            if out:
                await connection.execute(delete(Session).where(Session.user_id == old.id))
            await audit.note(connection, self.clock.utc_ms(), act, values)

    def _check(self, who: Person) -> None:
        """Slow down somebody who guesses the old password on a browser left open."""
        if wait := self.backoff.wait_s(who.login, self.clock.utc_ms()):
            raise TooManyTries(wait)

    async def _one(self, query: Select[Any]) -> Person:
        async with self.db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            raise NotFound(both("没有这个账号", "there is no such user"))
        return person(row)


async def _keep_an_admin(connection: AsyncConnection) -> None:
    """Undo (by raising in the transaction) what would leave nobody to administer."""
    left = select(func.count()).where(User.role == "admin", User.disabled.is_(False))
    if not await connection.scalar(left):
        raise Conflict(both("至少要保留一名可用的管理员", "the last admin must stay"))
