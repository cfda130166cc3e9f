"""Everything a handler may reach, handed in from outside; nothing here is global."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from domain.clock import Clock
from domain.extensions import extensions
from domain.places import OUTBOX
from domain.ports import Storage
from domain.settings import Settings
from office import ApiKeys, Devices, People, Publisher, Sessions, audit, secrets_for
from office.backoff import Backoff
from recording import Keys, keys_of
from reports import Apart
from store import Database
from web.config import ConfigFile
from web.engine import EngineLink

if TYPE_CHECKING:
    from watch.alarms import AlarmKeeper
    from web.live import Hub
    from web.sip import Desks
    from web.testcaller import Callers

SIP_PATH = "/sip"


@dataclass(frozen=True, slots=True)
class World:
    """The web process's parts."""

    settings: Settings
    db: Database
    engine: EngineLink
    clock: Clock
    config: ConfigFile
    people: People
    sessions: Sessions
    publisher: Publisher

    @property
    def data(self) -> Path:
        """Name the folder of everything that is made at run time."""
        return self.settings.data

    @property
    def recordings(self) -> Path:
        """Name the folder below which every recording lies."""
        return self.data / "recordings"

    @property
    def storage(self) -> Storage:
        """Give where recordings lie that are not on this machine any more."""
        made: Storage = extensions("yingda.storage")[self.settings.extensions.storage](
            self.recordings
        )
        return made

    @property
    def keys(self) -> Keys:
        """Give what opens locked recordings."""
        return keys_of(self.settings)

    @property
    def devices(self) -> Devices:
        """Give the desk phones that set themselves up."""
        return Devices(self.db, self.clock)

    @property
    def api_keys(self) -> ApiKeys:
        """Give the keys of machines."""
        return ApiKeys(self.db, self.clock)

    @property
    def outbox(self) -> Path:
        """Name the file of webhook deliveries; the engine delivers from it."""
        return self.data / OUTBOX

    def secret(self, name: str) -> str:
        """Give the SIP secret of an endpoint, made on first use."""
        return secrets_for(self.data / "secrets.json", [name])[name]

    async def note(
        self, who: str, what: str, object: str, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Write into the audit trail."""
        async with self.db.write() as connection:
            act = audit.Act(who, what, object)
            await audit.note(connection, self.clock.utc_ms(), act, detail or {})


WORLD = web.AppKey("world", World)
LIVE: "web.AppKey[Hub]" = web.AppKey("live")
DESKS: "web.AppKey[Desks]" = web.AppKey("desks")
CALLERS: "web.AppKey[Callers]" = web.AppKey("callers")
ALARMS: "web.AppKey[AlarmKeeper]" = web.AppKey("alarms")
REPORTS = web.AppKey("reports", Apart)
FETCHES = web.AppKey("fetches", Backoff)
"""Addresses that asked for a phone's file that is not there."""
