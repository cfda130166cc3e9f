"""Links for desk phones: used once, by one phone, within a day; every act in the audit trail."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from domain.clock import Clock
from domain.errors import NotFound
from domain.ids import Instant
from office import audit
from office.devices import GRACE_MS, LINK_MS, Device, Devices, Fetch, NewDevice
from store import Base, Database

pytestmark = pytest.mark.db

MAC, OTHER = "805ec0112233", "805ec0445566"
PHONE = Fetch(MAC, "Yealink SIP-T46U 108.86.0.45 80:5e:c0:11:22:33", "192.168.1.20")
SOME = Fetch("", "phone", "192.168.1.21")


@dataclass
class Shelf:
    """Devices over one database, and a clock that moves by hand."""

    db: Database
    now: int = 1_790_000_000_000

    @property
    def devices(self) -> Devices:
        return Devices(self.db, Clock(lambda: Instant(self.now / 1000), lambda: self.now))

    async def link(self, agent: str = "8001", mac: str = "") -> tuple[Device, str]:
        return await self.devices.link(NewDevice(agent, "yealink", "T46U", mac), "admin")

    async def refuses(self, token: str, fetch: Fetch = PHONE) -> None:
        with pytest.raises(NotFound):
            await self.devices.fetch(token, fetch)


@pytest.fixture
async def shelf(database: Database) -> AsyncIterator[Shelf]:
    tables = [Base.metadata.tables[name] for name in ("device", "audit")]
    async with database.write() as connection:
        await connection.run_sync(Base.metadata.create_all, tables=tables)
    yield Shelf(database)


async def test_the_first_fetch_binds_and_only_that_phone_may_come_again(shelf: Shelf) -> None:
    made, token = await shelf.link()
    assert len(token) >= 43 and (made.claimed, made.expires - made.made) == (0, LINK_MS)
    device, first = await shelf.devices.fetch(token, PHONE)
    assert (first, device.mac, device.address) == (True, MAC, "192.168.1.20")
    shelf.now += GRACE_MS - 1
    assert (await shelf.devices.fetch(token, PHONE))[1] is False
    await shelf.refuses(token, Fetch(OTHER, "Yealink", "192.168.1.20"))
    shelf.now += 1
    await shelf.refuses(token)
    assert [e.what for e in await audit.trail(shelf.db, 0, 9)] == ["phone.claim", "phone.link"]
    trail = "".join(e.detail for e in await audit.trail(shelf.db, 0, 9))
    assert token not in trail


async def test_a_phone_that_names_no_mac_is_known_by_name_and_address(shelf: Shelf) -> None:
    _, token = await shelf.link()
    assert (await shelf.devices.fetch(token, SOME))[1] is True
    assert (await shelf.devices.fetch(token, SOME))[1] is False
    await shelf.refuses(token, Fetch("", "phone", "192.168.1.99"))
    await shelf.refuses(token, Fetch("", "curl/8", "192.168.1.21"))


async def test_a_link_for_one_mac_is_for_nobody_else(shelf: Shelf) -> None:
    _, token = await shelf.link(mac=MAC)
    await shelf.refuses(token, Fetch(OTHER, "Yealink", "192.168.1.20"))
    await shelf.refuses(token, SOME)
    assert (await shelf.devices.fetch(token, PHONE))[1] is True


async def test_what_is_late_void_or_made_up_gets_nothing(shelf: Shelf) -> None:
    made, token = await shelf.link()
    await shelf.refuses("x" * 43)
    await shelf.refuses("")
    shelf.now += LINK_MS
    await shelf.refuses(token)
    with pytest.raises(NotFound):
        await shelf.devices.known(token)
    made, token = await shelf.link()
    await shelf.devices.revoke(made.id, "admin")
    await shelf.refuses(token)
    with pytest.raises(NotFound):
        await shelf.devices.revoke(99, "admin")


async def test_a_new_phone_takes_the_place_of_the_old_one(shelf: Shelf) -> None:
    assert await shelf.devices.of_agent("8001") is None
    _, old = await shelf.link()
    await shelf.devices.fetch(old, PHONE)
    _, other = await shelf.link("8002")
    await shelf.devices.fetch(other, PHONE)
    _, new = await shelf.link()
    device, _ = await shelf.devices.fetch(new, Fetch(OTHER, "Yealink", "192.168.1.22"))
    assert await shelf.devices.of_agent("8001") == device
    await shelf.refuses(old)
    assert [bool(each.revoked) for each in await shelf.devices.everyone()] == [False, False, True]
    before = await shelf.devices.revoke(device.id, "admin")
    assert before.claimed and not before.revoked
    assert await shelf.devices.of_agent("8001") is None
