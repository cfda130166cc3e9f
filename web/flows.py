"""The flow page: which flows there are, their texts and versions, publishing and going back.

A change conflicts only when this flow itself was changed meanwhile, not the firm around it.
"""

from domain.errors import Conflict, NotFound
from office import versions
from office.edit_flows import add_flow, drop_flow, flow_users, put_flow
from office.model import Config
from office.sections import flow_file
from office.texts import both
from web.flow_text import drawn, faults_of, picture_of, starter, take_name
from web.publishing import change
from web.schema_admin import Published
from web.schema_flows import (
    FlowBack,
    FlowList,
    FlowNew,
    FlowPublish,
    FlowQuery,
    FlowRow,
    FlowSeen,
    FlowVersion,
    FlowVersions,
)
from web.table import Ask, Nothing, table
from web.world import World

flows = table("flows")

SEE, EDIT = "flows.see", "flows.edit"


@flows.route("GET ./flows", SEE)
async def list_flows(ask: Ask[Nothing, Nothing]) -> FlowList:
    """List the flows (热线流程): who uses them, how large, last changed when and by whom."""
    config = ask.world.config
    changed = await versions.last_changes(
        ask.world.db, [flow_file(name) for name in config.now.flows]
    )
    rows = [
        _row(ask.world, config.now, name, changed.get(flow_file(name)))
        for name in sorted(config.now.flows)
    ]
    return FlowList(version=config.version, may_edit=ask.me.may(EDIT), rows=rows)


def _row(world: World, config: Config, name: str, changed: versions.Version | None) -> FlowRow:
    text = config.flows[name]
    seen = picture_of(text)
    return FlowRow(
        name=name,
        title=seen.title,
        hotlines=_hotlines(config, name),
        users=flow_users(config, name),
        nodes=len(seen.boxes),
        faults=len([one for one in faults_of(world, name, text) if not one.advice]),
        at=changed.at if changed else 0,
        by=changed.by if changed else "",
    )


def _hotlines(config: Config, name: str) -> list[str]:
    return [hotline.number for hotline in config.hotlines if hotline.flow == name]


@flows.route("POST ./flows", EDIT)
async def add_a_flow(ask: Ask[Nothing, FlowNew]) -> Published:
    """Add a flow: a copy of another under its own name, or the smallest that works."""
    body, now = ask.body, ask.world.config.now
    if body.copy_of and body.copy_of not in now.flows:
        raise _no_flow(body.copy_of)
    text = now.flows[body.copy_of] if body.copy_of else starter(now)
    named = take_name(text, body.name, body.title)
    return await change(ask, f"flows {body.name}", lambda now: add_flow(now, body.name, named))


@flows.route("GET ./flows/{name}", SEE)
async def show_flow(ask: Ask[FlowQuery, Nothing]) -> FlowSeen:
    """Show a flow's text and picture, as in force or as in an earlier version."""
    name, world = ask.path("name"), ask.world
    config, version = world.config.now, world.config.version
    text = config.flows.get(name, "")
    if ask.query.version:
        version = ask.query.version
        text = (await versions.get(world.db, version)).files.get(flow_file(name), "")
    if not text:
        raise _no_flow(name)
    return FlowSeen(
        name=name,
        version=version,
        may_edit=ask.me.may(EDIT),
        hotlines=_hotlines(config, name),
        drawn=drawn(world, name, text),
    )


@flows.route("PUT ./flows/{name}", EDIT)
async def publish_flow(ask: Ask[Nothing, FlowPublish]) -> Published:
    """Publish a flow's new text; calls under way end on the old one."""
    name, body = ask.path("name"), ask.body
    await _unchanged(ask.world, name, body.base)
    note = body.note.strip() or f"flows {name}"
    return await change(ask, note, lambda now: put_flow(now, name, body.text))


async def _unchanged(world: World, name: str, base: int) -> None:
    """See that nobody published this flow since version `base`, 0 = never mind."""
    if not base:
        return
    changes = await versions.of_file(world.db, flow_file(name))
    newest = changes[0][0] if changes else None
    if newest and newest.id > base:
        zh = f"这个流程已被 {newest.by} 在版本 {newest.id} 更新，请比较后再发布"
        en = f"{newest.by} published this flow in version {newest.id} meanwhile; compare first"
        raise Conflict(both(zh, en))


@flows.route("DELETE ./flows/{name}", EDIT)
async def drop_a_flow(ask: Ask[Nothing, Nothing]) -> Published:
    """Remove a flow that nothing leads to; the refusal lists what does."""
    name = ask.path("name")
    return await change(ask, f"flows -{name}", lambda now: drop_flow(now, name))


@flows.route("GET ./flows/{name}/versions", SEE)
async def list_flow_versions(ask: Ask[Nothing, Nothing]) -> FlowVersions:
    """List the versions in which this flow changed."""
    changes = await versions.of_file(ask.world.db, flow_file(ask.path("name")))
    rows = [
        FlowVersion(id=one.id, at=one.at, by=one.by, note=one.note, gone=not text)
        for one, text in changes
    ]
    if not rows:
        raise _no_flow(ask.path("name"))
    return FlowVersions(current=rows[0].id, rows=rows)


@flows.route("POST ./flows/{name}/rollback", EDIT)
async def roll_flow_back(ask: Ask[Nothing, FlowBack]) -> Published:
    """Publish this flow's text of an earlier version again; everything else stays as it is."""
    name, number = ask.path("name"), ask.body.version
    text = (await versions.get(ask.world.db, number)).files.get(flow_file(name), "")
    if not text:
        raise _no_flow(name)
    note = f"flows {name}: rollback to {number}"
    return await change(ask, note, lambda now: put_flow(now, name, text))


def _no_flow(name: str) -> NotFound:
    return NotFound(both(f"没有流程：{name}", f"there is no flow {name}"))
