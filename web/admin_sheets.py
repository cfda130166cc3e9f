"""Admin: agents as a table, uploaded and looked at before it is applied, and downloaded."""

from aiohttp import web

from domain.errors import Fault
from office.agents_csv import Import, exported, imported, look
from office.model import Config
from office.texts import split
from web.publishing import change
from web.schema_firm import MadeLogin, SheetFault, SheetQuery, SheetRow, SheetSeen
from web.table import Ask, Nothing, table
from web.upload import uploaded

sheets = table("admin: tables of agents")

CSV = "text/csv"
LARGEST = 1_000_000


@sheets.route("GET ./admin/agents.csv", "admin.agents", gives=CSV)
async def export_agents(ask: Ask[Nothing, Nothing]) -> web.StreamResponse:
    """Download the agents as a table that Excel opens and `import` reads."""
    name = {"Content-Disposition": 'attachment; filename="agents.csv"'}
    data = exported(ask.world.config.now)
    return web.Response(body=data, headers=name, content_type=CSV, charset="utf-8")


@sheets.route("POST ./admin/agents/import", "admin.agents", takes="multipart/form-data")
async def import_agents(ask: Ask[SheetQuery, Nothing]) -> SheetSeen:
    """Look at a table of agents (UTF-8 or GBK, 1 MB), and with `apply` take it over.

    With one bad line nothing is applied; every bad line is in `faults`.
    """
    file, data = await uploaded(ask, LARGEST)
    config = ask.world.config
    found = look(config.now, file, data)
    if found.faults or not ask.query.apply:
        return _seen(config.version, found)

    def take(now: Config) -> Config:
        return imported(now, file, data)

    done = await change(ask, f"agents {file}", take, ask.query.base)
    fresh = [(row.number, row.name) for row in found.rows if row.act == "new"]
    made = await ask.world.people.add_agents(fresh)
    logins = [MadeLogin(login=one.login, name=one.name, password=one.password) for one in made]
    return _seen(done.version, found).model_copy(update={"published": done, "logins": logins})


def _seen(version: int, found: Import) -> SheetSeen:
    rows = [
        SheetRow(
            line=row.line,
            number=row.number,
            name=row.name,
            act=row.act,
            changes=list(row.changes),
        )
        for row in found.rows
    ]
    return SheetSeen(version=version, rows=rows, faults=[_fault(one) for one in found.faults])


def _fault(fault: Fault) -> SheetFault:
    zh, en = split(fault.text)
    return SheetFault(file=fault.file, line=fault.line, key=fault.key, zh=zh, en=en)
