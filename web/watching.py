"""The alarms of this web process: what they look at, and through what they speak. Wiring."""

import os
import socket

from domain.settings import Settings
from outside import GuardedHttp
from watch.alarms import FILE, AlarmKeeper, Around
from watch.look import House, Look
from watch.receivers import Ways
from web.world import World

ANYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  # compared with, not bound


def keeper_of(world: World) -> AlarmKeeper:
    """Make the alarms; they begin with `run`."""
    house = House(world.engine, world.engine.floor.whole, world.db, world.data, world.clock)
    return AlarmKeeper(
        Around(
            Look(house),
            lambda: world.config.now,
            ways_of(world.settings, world),
            world.clock,
            url_of(world.settings),
            world.data / FILE,
        )
    )


def ways_of(settings: Settings, world: World) -> Ways:
    """Give the ways out of this installation."""
    http = GuardedHttp(settings.outside.on_site)
    return Ways(http, settings.mail, world.data / "secrets.json", os.environ, world.clock)


def url_of(settings: Settings) -> str:
    """Name the pages as people reach them; a set name goes before the machine's own."""
    web = settings.web
    host = next(iter(web.names), "" if web.host in ANYWHERE else web.host)
    scheme = "http" if web.tls == "off" else "https"
    return f"{scheme}://{host or socket.gethostname()}:{web.port}"
