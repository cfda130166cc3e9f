"""The test caller: a one-time link that lets a browser dial a hotline, without an account."""

import itertools
import secrets
from dataclasses import dataclass

from domain.clock import Clock
from web.errors import Said
from web.guard import cookie_of
from web.schema_desk import HotlineChoice, SipLogin, TestCaller, TestLink
from web.table import PUBLIC, Answer, Ask, Nothing, table
from web.world import CALLERS, SIP_PATH

CALLER_COOKIE = "yingda_call"
LINK_S, VISIT_S = 600, 3600
"""How long a link waits for its visitor, and how long the visitor may dial."""
ENDPOINTS = ("caller1", "caller2", "caller3", "caller4")

testcaller = table("test caller")


@dataclass(frozen=True, slots=True)
class _Visit:
    cookie: str
    endpoint: str
    until: float


class Callers:
    """The links that were given out and who visits; lives in memory, a restart voids all."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._links: dict[str, float] = {}
        self._visits: dict[str, _Visit] = {}
        self._turn = itertools.cycle(ENDPOINTS)

    def link(self) -> str:
        """Make a link's token."""
        self._forget()
        token = secrets.token_urlsafe(24)
        self._links[token] = self._clock.mono() + LINK_S
        return token

    def visit(self, token: str, cookie: str) -> tuple[str, str]:
        """Use a link: (cookie, endpoint). The same visitor may reload; others get Said."""
        self._forget()
        visit = self._visits.get(token)
        if visit and cookie and secrets.compare_digest(visit.cookie, cookie):
            return visit.cookie, visit.endpoint
        if self._links.pop(token, None) is None:
            raise Said("link_used")
        made = _Visit(secrets.token_urlsafe(24), next(self._turn), self._clock.mono() + VISIT_S)
        self._visits[token] = made
        return made.cookie, made.endpoint

    def endpoint(self, cookie: str) -> str:
        """Name the endpoint that a visitor's cookie may speak for, "" for none."""
        self._forget()
        found = (visit.endpoint for visit in self._visits.values() if visit.cookie == cookie)
        return next(found, "") if cookie else ""

    def _forget(self) -> None:
        now = self._clock.mono()
        self._links = {token: until for token, until in self._links.items() if until > now}
        self._visits = {token: seen for token, seen in self._visits.items() if seen.until > now}


@testcaller.route("POST ./test-caller", "test.call")
async def make_test_link(ask: Ask[Nothing, Nothing]) -> TestLink:
    """Make a one-time link to the test caller's page, good for 10 minutes."""
    token = ask.request.app[CALLERS].link()
    await ask.world.note(ask.me.login, "test_caller.link", "")
    return TestLink(url=f"/call/{token}")


@testcaller.route("GET ./test-caller/{token}", PUBLIC)
async def visit_test_link(ask: Ask[Nothing, Nothing]) -> Answer[TestCaller]:
    """Use the link: a SIP login for this browser and the hotlines that can be dialled."""
    given = cookie_of(ask.request, CALLER_COOKIE)
    cookie, endpoint = ask.request.app[CALLERS].visit(ask.path("token"), given)
    login = SipLogin(
        username=endpoint,
        password=ask.world.secret(endpoint),
        domain=ask.world.settings.sip.host,
        ws=SIP_PATH,
    )
    hotlines = [
        HotlineChoice(number=hotline.number, name=hotline.name, brand=hotline.brand)
        for hotline in ask.world.config.now.hotlines
    ]
    data = TestCaller(sip=login, hotlines=hotlines)
    return Answer(data, ((CALLER_COOKIE, cookie),))
