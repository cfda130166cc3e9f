"""Reports over HTTP: the same figures as the command, as JSON, CSV and xlsx."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from reports import Asked, Filters, days, run
from web.schema_desk import Id, Today
from web.scope import reach_of
from web.table import Ask, Nothing, Ready, Schema, table
from web.world import REPORTS

figures = table("reports")

Moment = Annotated[
    str, Field(max_length=40, description="today, yesterday, 2026-11-22 or 2026-11-22T09:30")
]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"


class ReportQuery(Schema):
    """Of which time, cut by what, of which part of the work. A date as `to` is that whole day."""

    start: Annotated[Moment, Field(alias="from")] = "today"
    end: Annotated[Moment, Field(alias="to")] = ""
    by: Annotated[str, Field(max_length=20)] = ""
    hotline: Id | None = None
    group: Id | None = None
    agent: Id | None = None


class ReportColumn(Schema):
    """One column; `unit` is "" for names."""

    id: str
    zh: str
    en: str
    unit: str


class ReportData(Schema):
    """Figures with their formulas; `from` and `to` are UTC ms."""

    kind: str
    start: Annotated[int, Field(alias="from")]
    end: Annotated[int, Field(alias="to")]
    by: str
    formula: dict[str, str]
    columns: list[ReportColumn]
    rows: list[dict[str, Any]]
    total: dict[str, Any]


def _asked(ask: Ask[ReportQuery, Nothing], form: str) -> Asked:
    query, world = ask.query, ask.world
    start, end = days.span(query.start, query.end, world.clock.utc_ms())
    filters = Filters(
        hotline=query.hotline or "",
        group=query.group or "",
        agent=query.agent or "",
        levels={group.id: group.service_level_s for group in world.config.now.groups},
        reach=reach_of(world, ask.me),
    )
    kind, database = ask.path("kind"), world.settings.database_url
    return Asked(database, kind, start, end, query.by, filters, form, ask.me.language)


async def _made(ask: Ask[ReportQuery, Nothing], asked: Asked) -> bytes:
    transport = ask.request.transport
    return await ask.request.app[REPORTS].made(
        asked, lambda: transport is not None and not transport.is_closing()
    )


@figures.route("GET ./reports/{kind:[a-z_]+}", "reports.see")
async def show_report(ask: Ask[ReportQuery, Nothing]) -> Ready[ReportData]:
    """Work out a report of a kind: hotline, group, agent, interval … ivr, flow."""
    return Ready(await _made(ask, _asked(ask, "json")))


@figures.route(r"GET ./reports/{kind:[a-z_]+}.csv", "reports.see", gives=CSV)
async def report_csv(ask: Ask[ReportQuery, Nothing]) -> web.StreamResponse:
    """Give the same figures as CSV; cells that look like formulas are text."""
    return await _file(ask, "csv", CSV)


@figures.route(r"GET ./reports/{kind:[a-z_]+}.xlsx", "reports.see", gives=XLSX)
async def report_xlsx(ask: Ask[ReportQuery, Nothing]) -> web.StreamResponse:
    """Give the same figures as an Excel file."""
    return await _file(ask, "xlsx", XLSX)


async def _file(ask: Ask[ReportQuery, Nothing], form: str, content_type: str) -> web.Response:
    asked = _asked(ask, form)
    body = await _made(ask, asked)
    time = {"from": asked.start, "to": asked.end}
    await ask.world.note(ask.me.login, "report.export", f"{asked.kind}.{form}", time)
    name = f"{asked.kind}-{days.day_of(asked.start)}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    charset = "utf-8" if form == "csv" else None
    return web.Response(body=body, content_type=content_type, charset=charset, headers=headers)


@figures.route("GET ./me/today", "desk.work")
async def my_today(ask: Ask[Nothing, Nothing]) -> Today:
    """Give the agent's own day: answered, missed, seconds of talk and wrap-up, % satisfied."""
    world, agent = ask.world, ask.me.agent
    now = world.clock.utc_ms()
    start = days.midnight(days.day_of(now))
    filters = Filters(agent=agent)
    work = (await run(world.db, "agent", start, now + 1, "", filters)).total
    rated = (await run(world.db, "survey", start, now + 1, "", filters)).total
    return _today(work, rated)


def _today(work: dict[str, Any], rated: dict[str, Any]) -> Today:
    def figure(name: str) -> float:
        return work.get(name) or 0

    return Today(
        answered=int(figure("answered")),
        missed=int(figure("rona") + figure("declined")),
        talk_s=figure("t_talking") + figure("t_holding"),
        wrap_s=figure("t_wrapping"),
        avg_talk_s=figure("avg_talk"),
        csat=rated.get("csat"),
    )
