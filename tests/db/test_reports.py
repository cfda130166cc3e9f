"""Reports: SQL and a plain count over folded records agree on any day; sums close."""

import io
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from cdr.fold import fold
from cdr.project import AgentProjection, write_calls, write_steps
from cdr.record import CallRecord, Segment
from cdr.rows import AgentSpan, Call, FlowStep, SegmentRow
from cdr.spans import Spans
from cdr.steps import steps
from domain.clock import DAY_MS
from domain.errors import NotFound, Refused
from domain.events import Record
from reports.agent_times import STATES
from reports.calls import MISSED, UNSERVED, CallFilters, list_calls, one_call, repeats
from reports.days import borders, day_of, label
from reports.export import to_csv, to_xlsx
from reports.flow_counts import OfFlow, counts
from reports.metrics import UNREACHED
from reports.queries import run
from reports.reach import Reach
from reports.reconcile import reconcile
from reports.report import Filters, figures
from reports.sources import KINDS
from store.base import Base
from store.database import Database
from survey.project import SurveyProjection
from survey.rows import SurveyAnswer
from tests.unit.cdr.stories import DAY_MS as START, by_call, day, day_of_calls_out

pytestmark = pytest.mark.db
END = START + DAY_MS
TABLES: list[Any] = [row.__table__ for row in (Call, SegmentRow, FlowStep, AgentSpan, SurveyAnswer)]


async def filled(database: Database, seed: int) -> list[CallRecord]:
    return await kept(database, day(seed, 60))


async def kept(database: Database, records: list[Record]) -> list[CallRecord]:
    calls = [fold(facts) for facts in by_call(records)]
    async with database.write() as connection:
        await connection.run_sync(Base.metadata.drop_all, tables=TABLES)
        await connection.run_sync(Base.metadata.create_all, tables=TABLES)
        await write_calls(connection, calls)
        walked = {each[0].call: steps(each) for each in by_call(records)}
        await write_steps(connection, walked)
        await AgentProjection().apply(connection, records)
        await SurveyProjection().apply(connection, records)
    return calls


def queue_sums(calls: list[CallRecord], wanted: Callable[[Segment], bool]) -> dict[str, float]:
    """Count queue entries the plain way, from the records alone."""
    entries = [(c, s) for c in calls for s in c.segments if s.kind == "queue" and wanted(s)]
    results = [s.result for _, s in entries]
    gone = [s for _, s in entries if s.result in ("abandoned", "abandoned_ring")]
    answered = [s for _, s in entries if s.result == "answered"]
    work = [
        w
        for c, q in entries
        if q.result == "answered"
        for w in c.segments
        if w.offer == q.offer and w.kind in ("talk", "hold", "wrap")
    ]
    return {
        "entered": len(entries),
        "answered": len(answered),
        "abandoned": len(gone),
        "abandoned_ring": results.count("abandoned_ring"),
        "short_abandon": sum(s.ms <= 5000 for s in gone),
        "fallback": results.count("fallback"),
        "lost": results.count("lost"),
        "waiting": sum(s.ended is None for _, s in entries),
        "returned": results.count(""),
        "within": sum(s.ms <= 20_000 for s in answered),
        "abandoned_within": sum(s.ms <= 20_000 for s in gone),
        "wait_answered_ms": sum(s.ms for s in answered),
        "wait_abandoned_ms": sum(s.ms for s in gone),
        "wait_all_ms": sum(s.ms for _, s in entries),
        "max_wait_ms": max((s.ms for _, s in entries), default=0),
        **{f"{k}_ms": sum(w.ms for w in work if w.kind == k) for k in ("talk", "hold", "wrap")},
    }


def _in_group(group: str, segment: Segment) -> bool:
    return segment.group == group


def _in_hour(begin: int, segment: Segment) -> bool:
    return begin <= segment.started < begin + 3_600_000


@pytest.mark.parametrize("seed", range(6))
async def test_sql_and_plain_counting_agree(database: Database, seed: int) -> None:
    calls = await filled(database, seed)
    report = await run(database, "group", START, END)
    for row in report.rows:
        group = row["group"]
        plain = figures("group", queue_sums(calls, partial(_in_group, group)))
        assert {name: row[name] for name in plain} == plain
    assert report.total == figures("group", queue_sums(calls, lambda s: True))
    hours = await run(database, "interval", START, END, "hour")
    assert len(hours.rows) == 24
    for n, row in enumerate(hours.rows):
        begin = START + n * 3_600_000
        plain = figures("interval", queue_sums(calls, partial(_in_hour, begin)))
        assert {name: row[name] for name in plain} == plain
    whole = await run(database, "hotline", START, END)
    assert whole.total["calls_in"] == len(calls)
    assert whole.total["answered"] == sum(c.outcome == "answered" for c in calls)
    reach = [c.answered - c.started for c in calls if c.answered and c.outcome == "answered"]
    assert whole.total["time_to_human"] == round(sum(reach) / len(reach) / 1000, 1)
    rated = await run(database, "survey", START, END)
    scores = [c.score for c in calls if c.score]
    assert rated.total["csat_index"] == round(sum(scores) / len(scores), 2)


def sums_out(calls: list[CallRecord]) -> dict[str, float]:
    """Count calls out the plain way."""
    reached = [c for c in calls if c.outcome == "answered"]
    ends = [c.reason for c in calls if c.outcome == "not_reached"]
    whys = {name: sum(ends.count(w) for w in words) for name, (_, _, words) in UNREACHED.items()}
    return {
        **whys,
        "dialled": len(calls),
        "reached": len(reached),
        "other": len(ends) - sum(whys.values()),
        "lost": sum(c.outcome == "lost" for c in calls),
        "open": sum(c.outcome is None for c in calls),
        "dial_ms": sum(c.dial_ms for c in calls),
        "talk_ms": sum(c.talk_ms for c in reached),
    }


@pytest.mark.parametrize("seed", range(4))
async def test_calls_out_are_counted_as_plainly(database: Database, seed: int) -> None:
    calls = await kept(database, [*day(seed, 5), *day_of_calls_out(seed, 40)])
    calls = [c for c in calls if c.direction == "out"]
    for by, of in (("", "agent"), ("hotline", "hotline"), ("reason", "reason"), ("hour", "")):
        report = await run(database, "out", START, END, by)
        assert report.total == figures("out", sums_out(calls))
        for row in report.rows:
            mine = [c for c in calls if c.agent == row["agent"]]
            mine = [c for c in mine if not of or getattr(c, of) == row[of]]
            hour = f"{row.get('bucket', '')}"
            mine = [c for c in mine if not hour or _hour(c.started) == hour[-5:]]
            plain = figures("out", sums_out(mine))
            assert {name: row[name] for name in plain} == plain, (by, row)
    total = (await run(database, "out", START, END)).total
    assert total["dialled"] == 40 and total["open"] == 2 and total["other"]
    one = await run(database, "out", START, END, "", Filters(agent="8004"))
    assert [row["agent"] for row in one.rows] == ["8004"]
    assert (await run(database, "hotline", START, END)).total["calls_in"] <= 5


def _hour(started: int) -> str:
    return f"{(started - START) // 3_600_000:02}:00"


@pytest.mark.parametrize("seed", range(3))
async def test_every_identity_closes(database: Database, seed: int) -> None:
    await kept(database, [*day(seed, 60), *day_of_calls_out(seed)])
    checks = await reconcile(database, day_of(START), now_ms=END)
    assert len(checks) > 15
    assert [check for check in checks if not check.ok] == []


async def test_reconcile_finds_a_row_that_lies(database: Database) -> None:
    await filled(database, 1)
    async with database.write() as connection:
        await connection.execute(Call.__table__.update().values(talk_ms=1))  # type: ignore[attr-defined]
    wrong = [c for c in await reconcile(database, day_of(START), END) if not c.ok]
    assert [check.of for check in wrong] == ["talk ms"]


async def test_agents_time_is_cut_by_the_clock(database: Database) -> None:
    await filled(database, 2)
    filters = Filters(agent="8001", now_ms=END)
    whole = await run(database, "agent", START, END, "", filters)
    hours = await run(database, "agent", START, END, "hour", filters)
    assert whole.total["t_login"] == 85_999.5
    assert [row["t_login"] for row in hours.rows][1:23] == [3600.0] * 22
    assert round(sum(row["t_talking"] for row in hours.rows)) == round(whole.total["t_talking"])
    half = await run(
        database, "agent", START, END, "", Filters(agent="8001", now_ms=START + 10_000)
    )
    assert half.total["t_login"] == 9.5


@pytest.mark.parametrize("by", ["half_hour", "week"])
async def test_each_stretch_counts_where_it_lies(database: Database, by: str) -> None:
    records = day(4, 60)[:-4]
    await kept(database, records)
    spans = Spans().feed(records)
    start, end = START + 7_300_000, START + 61_234_567
    plain: Counter[tuple[str, str, str]] = Counter()
    for from_ms, to_ms in borders(by, start, end):
        for span in spans:
            ms = min(span.ended or end, to_ms, end) - max(span.started, from_ms, start)
            if ms > 0:
                plain[span.agent, label(by, from_ms), f"t_{span.state}"] += ms
    filters = Filters(now_ms=end)
    found = await run(database, "agent", start, end + DAY_MS, by, filters)
    for row in found.rows:
        for name in (f"t_{state}" for state in STATES):
            assert row[name] == pytest.approx(
                plain[row["agent"], row["bucket"], name] / 1000, abs=0.06
            )
    assert found.total["t_login"] == pytest.approx(sum(plain.values()) / 1000, abs=0.06)


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_by_everything_in_every_format(database: Database, kind: str) -> None:
    await kept(database, [*day(3, 60), *day_of_calls_out(3)])
    for by in ("", "half_hour", "day", "week", "month", "hotline"):
        report = await run(database, kind, START, END, by)
        assert report.rows, (kind, by)
        ids = [column.id for column in report.columns]
        assert all(list(row) == ids for row in report.rows)
        assert set(report.formula) <= set(ids)
    lines = to_csv(report).decode("utf-8-sig").splitlines()
    assert len(lines) == len(report.rows) + (2 if len(report.rows) > 1 else 1)
    assert zipfile.ZipFile(io.BytesIO(to_xlsx(report, "en"))).testzip() is None


async def test_what_does_not_exist_is_refused(database: Database) -> None:
    await filled(database, 3)
    with pytest.raises(Refused, match="none of hotline"):
        await run(database, "weather", START, END)
    with pytest.raises(Refused, match="none of half_hour"):
        await run(database, "group", START, END, "moon")


async def test_pages_of_calls_cover_each_call_once(database: Database) -> None:
    calls = await filled(database, 4)
    seen, cursor = [], ""
    while True:
        page = await list_calls(database, CallFilters(), cursor, limit=7)
        seen += [row["call"] for row in page.rows]
        assert page.total == len(calls)
        if page.next is None:
            break
        cursor = page.next
    assert seen == [c.call for c in sorted(calls, key=lambda c: c.started, reverse=True)]
    some = calls[0]
    for filters in (
        CallFilters(number=some.caller),
        CallFilters(number=some.caller[-8:]),
        CallFilters(start=some.started, end=some.started + 1),
        CallFilters(hotline=some.hotline, outcome=some.outcome or ""),
    ):
        found = await list_calls(database, filters)
        assert some.call in [row["call"] for row in found.rows] and found.total < len(calls)
    assert (await list_calls(database, CallFilters(reach=Reach()))).total == 0
    with pytest.raises(Refused):
        await list_calls(database, CallFilters(), "x")


async def test_the_missed_are_who_got_nobody_or_were_cut_in_a_talk(database: Database) -> None:
    calls = await filled(database, 4)
    unserved = {c.call for c in calls if c.outcome in UNSERVED}
    cut = next(c.call for c in calls if c.outcome == "answered")
    async with database.write() as connection:
        await connection.execute(update(Call).where(Call.call == cut).values(by="system"))
    page = await list_calls(database, CallFilters(outcome=MISSED), limit=200)
    assert unserved and {row["call"] for row in page.rows} == unserved | {cut}


async def test_one_call_in_full(database: Database) -> None:
    calls = await filled(database, 5)
    answered = next(c for c in calls if c.score)
    found = await one_call(database, answered.call)
    assert found["call"]["talk_s"] == round(answered.talk_ms / 1000, 1)
    assert [s["kind"] for s in found["segments"]] == [s.kind for s in answered.segments]
    assert found["survey"]["score"] == answered.score
    assert found["summary"]["category"] == "订单"
    count, agent = await repeats(database, answered.caller, START)
    assert count >= 1 and agent
    with pytest.raises(NotFound):
        await one_call(database, "none")


async def test_a_drawing_of_a_flow_has_the_counts_of_its_passes(database: Database) -> None:
    records = day(5, 60)
    await kept(database, records)
    passes = [each for facts in by_call(records) for each in steps(facts)]
    found = await counts(database, OfFlow("service", START, END))
    assert set(found.nodes) == {each.node for each in passes if each.flow == "service"}
    for node, of in found.nodes.items():
        mine = [each for each in passes if (each.flow, each.node) == ("service", node)]
        assert of.hits == sum(each.fresh for each in mine)
        assert of.hangups == sum(each.result == "left" for each in mine)
    assert found.edges["menu.1"] == sum(each.edge == "1" for each in passes) > 0
    assert (await counts(database, OfFlow("service", START, END, arm="canary"))).nodes == {}
