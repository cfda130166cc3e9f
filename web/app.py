"""The whole application: every table of routes behind the one guard, and what lives with it."""

from collections.abc import AsyncIterator

from aiohttp import web

from office.backoff import Backoff
from reports import Apart
from web.admin_alarms import admin_alarms
from web.admin_callers import callers
from web.admin_firm import firm
from web.admin_keys import keys
from web.admin_lists import lists
from web.admin_media import media
from web.admin_numbers import numbers
from web.admin_people import people
from web.admin_person import person
from web.admin_prompts import prompts
from web.admin_sheets import sheets
from web.admin_system import system
from web.admin_takes import takes
from web.admin_webhooks import webhooks
from web.alarms import alarms
from web.board import board
from web.by_hand import by_hand
from web.calls import calls
from web.desk import desk
from web.dialling import dialling
from web.errors import errors
from web.flow_counts import flow_counts
from web.flow_edit import bench
from web.flow_sim import simulator
from web.flows import flows
from web.guard import guarded
from web.headers import add_headers
from web.health import health
from web.live import Hub, live
from web.messages import boxes
from web.meta import meta
from web.metrics import metrics
from web.openapi import spec
from web.opening import opening
from web.pages import pages
from web.phones import phones
from web.proxies import behind_proxies
from web.recordings import recordings
from web.reports import figures
from web.session import session
from web.signalling import signalling
from web.sip import Desks, sip
from web.switches import switches
from web.table import PUBLIC, Table
from web.testcaller import Callers, testcaller
from web.trust import trust
from web.watching import keeper_of
from web.world import ALARMS, CALLERS, DESKS, FETCHES, LIVE, REPORTS, WORLD, World

TABLES: tuple[Table, ...] = (
    session,
    meta,
    desk,
    dialling,
    board,
    by_hand,
    switches,
    live,
    calls,
    signalling,
    recordings,
    boxes,
    figures,
    flow_counts,
    firm,
    lists,
    opening,
    sheets,
    callers,
    media,
    prompts,
    takes,
    numbers,
    people,
    person,
    system,
    keys,
    webhooks,
    alarms,
    admin_alarms,
    bench,
    simulator,
    flows,
    testcaller,
    sip,
    phones,
    health,
    metrics,
    trust,
    spec,
    pages,
)
"""Every route there is, by subject; `pages` comes last because it takes any path."""
UPLOAD_LIMIT = 20 * 1024 * 1024


def build(world: World) -> web.Application:
    """Make the application; it starts and stops the engine link with itself."""
    app = web.Application(middlewares=[behind_proxies, errors], client_max_size=UPLOAD_LIMIT)
    app[WORLD] = world
    app[LIVE] = Hub(world.engine, world.clock)
    app[DESKS] = Desks()
    app[CALLERS] = Callers(world.clock)
    app[FETCHES] = Backoff()
    app[ALARMS] = keeper_of(world)
    app[REPORTS] = Apart(world.data)
    for table in TABLES:
        for route in table.routes:
            app.router.add_route(route.method, route.path, guarded(route))
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(_linked)
    return app


def build_for_phones(world: World) -> web.Application:
    """Make the small application of `web.phones_port`: desk phones' own files, nothing else."""
    app = web.Application(middlewares=[behind_proxies, errors])
    app[WORLD], app[FETCHES] = world, Backoff()
    for route in phones.routes:
        if PUBLIC in route.needs:
            app.router.add_route(route.method, route.path, guarded(route))
    app.on_response_prepare.append(add_headers)
    return app


async def _linked(app: web.Application) -> AsyncIterator[None]:
    engine = app[WORLD].engine
    engine.start()
    yield
    await engine.stop()
    await app[REPORTS].close()
