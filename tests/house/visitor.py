"""Somebody at a running installation's HTTP port: signed in as a role, or a machine with a key."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, ClientTimeout, CookieJar

from tests.house.system import System

ANSWER_S = 60
ADDED = ("qa", "auditor")
"""Roles that a new installation has nobody for."""
CHOSEN = "Yunshan-2026-visitor"


@dataclass
class Visitor:
    """One visitor: own cookies, and the CSRF word; or a key."""

    http: ClientSession
    login: str
    csrf: str = ""
    key: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Give what every request of this visitor carries beside its cookies."""
        return {"Authorization": f"Bearer {self.key}"} if self.key else {"X-CSRF": self.csrf}

    async def ask(
        self, method: str, path: str, body: Any = None, params: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send one request; gives status and body."""
        async with self.http.request(
            method, path, json=body, params=params, headers=self.headers, allow_redirects=False
        ) as answer:
            return answer.status, await answer.read()

    async def told(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request that must work, and give what came; AssertionError otherwise."""
        async with self.http.request(method, path, json=body, headers=self.headers) as answer:
            assert answer.status < 300, f"{method} {path}: {answer.status} {await answer.text()}"
            return await answer.json() if answer.status != 204 else None

    async def enter(self, password: str) -> str:
        """Sign in; a password that must be changed is. Gives the one that holds now."""
        given = {"login": self.login, "password": password}
        me = await self.told("POST", "/api/v1/session", given)
        self.csrf = me["csrf"]
        if not me["must_change"]:
            return password
        given = {"old": password, "new": CHOSEN}
        self.csrf = (await self.told("PUT", "/api/v1/me/password", given))["csrf"]
        return CHOSEN


@dataclass
class Visitors:
    """Everybody who visits; leave with `async with`."""

    system: System
    everyone: dict[str, Visitor] = field(default_factory=dict)

    async def __aenter__(self) -> "Visitors":
        return self

    async def __aexit__(self, *_: object) -> None:
        for visitor in self.everyone.values():
            await visitor.http.close()

    def new(self, login: str) -> Visitor:
        """Let somebody come who is not signed in."""
        jar, patience = CookieJar(unsafe=True), ClientTimeout(ANSWER_S)
        http = ClientSession(self.system.url, cookie_jar=jar, timeout=patience)
        self.everyone[login] = visitor = Visitor(http, login)
        return visitor

    async def enter(self, login: str) -> Visitor:
        """Sign somebody in with the password that the installation made."""
        visitor = self.everyone.get(login) or self.new(login)
        logins = self.system.logins
        logins[login] = await visitor.enter(logins[login])
        return visitor

    async def all_roles(self, agent: str) -> None:
        """Sign one of every role in, an agent by number, and give a machine every scope."""
        admin = await self.enter("admin")
        for role in ADDED:
            if role not in self.system.logins:
                new = {"login": role, "name": role, "role": role, "language": "zh"}
                made = await admin.told("POST", "/api/v1/admin/users", new)
                self.system.logins[role] = made["password"]
        for login in ("manager", "supervisor", *ADDED, agent):
            await self.enter(login)
        scopes = ["calls", "recordings", "numbers", "reports", "webhooks"]
        new = {"name": "crm", "scopes": scopes, "days": 30}
        self.new("key").key = (await admin.told("POST", "/api/v1/admin/keys", new))["key"]
        self.new("nobody")
