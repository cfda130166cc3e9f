"""The engine's ways out: whom the CRM says is calling, and webhooks about calls. Wiring only.

A webhook's body is made from the journal, so that it is the same after a restart; the live card
adds what is not written there (the customer's name, earlier calls).
"""

import logging
import os
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crm import Breaker, Looked, event_of, look_up, payload_of, times_of
from domain import events as ev
from domain.errors import YingdaError
from domain.extensions import extensions
from domain.places import OUTBOX
from domain.ports import Customer, Lookup as CrmLookup
from office.model import Crm, Lookup, Webhook
from office.secrets import resolve
from outside import Endpoint, GuardedHttp, Outbox, Sources
from switchboard.cards import Cards
from switchboard.installation import Installation

if TYPE_CHECKING:
    from switchboard.engine import Engine

log = logging.getLogger("yingda.hooks")

_LIVE_ONLY = ("customer", "customer_status", "nth_48h", "last_agent")


class Lookups:
    """Asks the CRM that the configuration names; a new address gets a new breaker."""

    def __init__(self, installation: Installation) -> None:
        self._clock = installation.clock
        self._http = GuardedHttp(installation.settings.outside.on_site)
        self._asks: Lookup | None = None
        self._lookup: CrmLookup | None = None
        self._breaker = Breaker(self._clock)

    async def look_up(self, crm: Crm, number: str) -> Looked:
        """Say who calls, or why we do not know; never raises, never over the budget."""
        if crm.lookup != self._asks:
            self._asks = crm.lookup
            self._lookup = None if crm.lookup is None else self._to(crm.lookup)
            self._breaker = Breaker(self._clock)
        budget_ms = 0 if crm.lookup is None else crm.lookup.budget_ms
        return await look_up(self._lookup, number, budget_ms, self._breaker)

    async def close(self) -> None:
        """Let go of kept connections."""
        await self._http.close()

    def _to(self, wanted: Lookup) -> CrmLookup:
        secret = os.environ.get(wanted.secret_env, "") if wanted.secret_env else ""
        made: CrmLookup = extensions("yingda.lookup")[wanted.kind](wanted.url, self._http, secret)
        return made


class Webhooks:
    """The outbox of an engine, with its own way out."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._http = GuardedHttp(engine.around.settings.outside.on_site)
        self._made_of: Sequence[Webhook] = ()
        self._made: list[Endpoint] = []
        self._outbox = Outbox(
            engine.data / OUTBOX,
            Sources(engine.journal, self._endpoints, event_of, self._payload),
            self._http,
            engine.around.clock,
            lambda: secrets.randbelow(1001) / 1000,
        )

    def wake(self, record: ev.Record) -> None:
        """There is something new in the journal; it is looked at where somebody hears of it."""
        if self._engine.plan.config.webhooks and event_of(record):
            self._outbox.wake()

    async def run(self) -> None:
        """Deliver until cancelled."""
        try:
            await self._outbox.run()
        finally:
            await self._http.close()

    def _endpoints(self) -> Sequence[Endpoint]:
        hooks = self._engine.plan.config.webhooks
        if hooks is not self._made_of:  # secrets are read from disk: once per configuration
            self._made_of = hooks
            self._made = [self._endpoint(each) for each in hooks]
        return self._made

    def _endpoint(self, hook: Webhook) -> Endpoint:
        try:
            secret = resolve(hook.secret_ref, self._engine.data / "secrets.json", os.environ)
        except YingdaError:
            secret = ""  # each try fails with this reason, and the deliveries page shows it
        return Endpoint(hook.id, hook.url, frozenset(hook.events), secret, hook.numbers == "masked")

    def _payload(self, record: ev.Record, endpoint: Endpoint) -> Mapping[str, Any]:
        past = [each for each in self._engine.journal.read_call(record.call) if _upto(each, record)]
        names = self._engine.board.names
        cards = Cards()
        for each in past:
            _grow(cards, each)
        card = cards.show(record.call, names) or {"call": record.call}
        live = self._engine.cards.show(record.call, names)
        if live is not None:
            card |= {name: live[name] for name in _LIVE_ONLY}
        return payload_of(record, card, times_of(past), masked=endpoint.masked)


def webhooks(engine: "Engine") -> Webhooks:
    """Give the engine's outbox: `run` delivers, `wake` tells of each new record."""
    return Webhooks(engine)


def _upto(each: ev.Record, record: ev.Record) -> bool:
    return each.seq <= record.seq


def _grow(cards: Cards, record: ev.Record) -> None:
    """Let a card grow, but never end it: the message about the end needs it."""
    match record.event:
        case ev.CallEnded() | ev.CallLost() | ev.DialEnded() | ev.WrapUpEnded():
            return
        case ev.CustomerLookedUp(call, status, _, customer):
            cards.found(call, status, Customer(customer, "") if customer else None)
        case _:
            cards.note(record)
