"""`yingda agents import|export FILE.csv`: agents with groups, levels and skills as a table."""

import asyncio
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from domain.errors import Fault, Refused
from office.agents_csv import Arriving, exported, imported, look
from office.atomic import write_atomic
from office.cli_config import went_live
from office.cli_world import OfficeWorld, Outcome
from office.diff import changes
from office.texts import both
from office.versions import Request

LARGEST = 1_000_000
_ACTS = {
    "new": ("新增", "new"),
    "changed": ("修改", "changed"),
    "same": ("不变", "same"),
}


async def import_agents(args: Namespace, world: OfficeWorld) -> Outcome:
    """Add or change the agents of a table; one bad line and nothing is applied."""
    path = Path(args.file)
    data = await asyncio.to_thread(_bytes, path)
    before = (await world.publisher.current()).config
    found = look(before, path.name, data)
    if found.faults:
        raise Refused(*found.faults)
    if args.dry_run:
        rows = [asdict(row) for row in found.rows]
        return Outcome({"dry_run": True, "rows": rows}, tuple(map(_line, found.rows)))
    request = Request(world.by, args.note or f"agents {path.name}", world.clock.utc_ms())
    done = await world.publisher.edit(lambda now: imported(now, path.name, data), request)
    return await went_live(world, done, changes(before, done.config))


async def export_agents(args: Namespace, world: OfficeWorld) -> Outcome:
    """Write every agent to a table that Excel opens."""
    config = (await world.publisher.current()).config
    text = exported(config).decode("utf-8")  # its BOM stays: Excel asks for it
    await asyncio.to_thread(write_atomic, Path(args.file), text)
    count = len(config.agents)
    line = both(f"已导出 {count} 名座席到 {args.file}", f"{count} agents are in {args.file}")
    return Outcome({"file": args.file, "count": count}, (line,))


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        text = both("读不了这个文件", f"cannot be read: {error.strerror}")
        raise Refused(Fault(str(path), 0, "", text)) from error
    if len(data) > LARGEST:
        text = both("文件太大，最多 1 MB", "the file is larger than 1 MB")
        raise Refused(Fault(path.name, 0, "", text))
    return data


def _line(row: Arriving) -> str:
    told = f"  {'; '.join(row.changes)}" if row.changes else ""
    return f"{row.line:>5}  {row.number:<10} {row.name}  {both(*_ACTS[row.act])}{told}"
