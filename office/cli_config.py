"""`yingda config export|import|versions|rollback` and `yingda check`: configuration as a folder."""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from domain.errors import NotFound
from office import snapshot, versions
from office.cli_world import OfficeWorld, Outcome
from office.compile import compile_config
from office.diff import Change, changes
from office.first import login_lines
from office.folder import read_files, write_files
from office.model import Config
from office.publisher import Published
from office.texts import both
from office.versions import Request


async def export_config(args: Namespace, world: OfficeWorld) -> Outcome:
    """Write the version in force (or `--version N`) to a folder, byte for byte."""
    db = world.publisher.db
    edition = await (versions.get(db, args.version) if args.version else versions.current(db))
    if edition is None:
        raise NotFound(both("还没有发布过配置", "no configuration was published yet"))
    names = write_files(edition.files, Path(args.folder))
    number = edition.version.id
    line = both(
        f"已导出第 {number} 版到 {args.folder}，共 {len(names)} 个文件",
        f"version {number} is in {args.folder}, {len(names)} files",
    )
    return Outcome({"version": number, "folder": args.folder, "files": names}, (line,))


async def import_config(args: Namespace, world: OfficeWorld) -> Outcome:
    """Check a folder and publish it; with `--dry-run` only say what would change."""
    files = read_files(Path(args.folder))
    after = compile_config(files, world.publisher.check_flow, world.publisher.lines)
    found = changes(await _in_force(world), after)
    if args.dry_run:
        head = both(f"将有 {len(found)} 处变化", f"{len(found)} changes would be made")
        return Outcome(
            {"dry_run": True, "changes": [asdict(change) for change in found]},
            (head, *_said(found)),
        )
    request = Request(world.by, args.note, world.clock.utc_ms())
    return await went_live(world, await world.publisher.publish(files, request), found)


async def roll_back(args: Namespace, world: OfficeWorld) -> Outcome:
    """Put an earlier version in force again, as a new version."""
    before = await _in_force(world)
    note = both(f"回退到第 {args.version} 版", f"back to version {args.version}")
    request = Request(world.by, note, world.clock.utc_ms())
    published = await world.publisher.roll_back(args.version, request)
    return await went_live(world, published, changes(before, published.config))


async def list_versions(_args: Namespace, world: OfficeWorld) -> Outcome:
    """List the newest versions, newest first."""
    listed = await versions.history(world.publisher.db)
    lines = [f"{one.id:>5}  {one.by:<12} {one.digest[:12]}  {one.note}" for one in listed]
    return Outcome({"versions": [asdict(one) for one in listed]}, tuple(lines))


async def check(args: Namespace, world: OfficeWorld) -> Outcome:
    """Check a folder, or the version in force, and say where it differs from what is running."""
    if args.folder:
        files = read_files(Path(args.folder))
        config = compile_config(files, world.publisher.check_flow, world.publisher.lines)
        drift = changes(await _in_force(world), config)
        against = both("与已发布版本相比", "against the published version")
        return _advised(world, config, _checked(config, drift, against))
    published = await world.publisher.current(strict=True)
    try:
        running = snapshot.read(world.publisher.path)[0]
    except NotFound:
        running = published.config
    drift = changes(running, published.config)
    outcome = _checked(published.config, drift, both("与快照相比", "against the snapshot"))
    return _advised(world, published.config, outcome)


def _advised(world: OfficeWorld, config: Config, outcome: Outcome) -> Outcome:
    advice = world.advice(config, world.clock.utc_ms())
    return Outcome({**outcome.data, "advice": list(advice)}, (*outcome.lines, *advice))


def _checked(config: Config, drift: list[Change], against: str) -> Outcome:
    counts: Mapping[str, int] = {
        "hotlines": len(config.hotlines),
        "groups": len(config.groups),
        "agents": len(config.agents),
        "calendars": len(config.calendars),
        "flows": len(config.flows),
    }
    listed = ", ".join(f"{name} {count}" for name, count in counts.items())
    lines = [both("配置正确", f"the configuration is sound: {listed}")]
    if drift:
        lines += [f"{against}: {len(drift)}", *_said(drift)]
    data = {"ok": True, "counts": counts, "drift": [asdict(change) for change in drift]}
    return Outcome(data, tuple(lines))


async def _in_force(world: OfficeWorld) -> Config | None:
    try:
        return (await world.publisher.current()).config
    except NotFound:
        return None


async def went_live(world: OfficeWorld, published: Published, found: list[Change]) -> Outcome:
    """Tell a running engine, make the logins of new agents, and say what is in force now."""
    number = published.version.id
    made = await world.people.add_agents((one.number, one.name) for one in published.config.agents)
    taken = await world.announce(number)
    lines = [both(f"第 {number} 版已发布", f"version {number} is published"), *_said(found)]
    if not taken:
        lines.append(both("系统下次启动时生效", "the engine takes it at its next start"))
    if made:
        lines.append(login_lines(made))
    logins = [asdict(login) for login in made]
    shown = [asdict(change) for change in found]
    data = {"version": number, "changes": shown, "taken": taken, "logins": logins}
    return Outcome(data, tuple(lines))


def _said(found: list[Change]) -> list[str]:
    return [f"  {change}" for change in found]
