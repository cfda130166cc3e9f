"""The month of rows that benchmarks load: as many calls each day, and reports that add them up."""

from pathlib import Path

from bench import month
from reports import Filters, run
from store import Base, open_database

END = month.FIRST_MS + month.DAYS * month.A_DAY_MS


async def test_each_day_of_the_month_is_as_the_first(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'rows.db'}")
    try:
        async with database.write() as connection:
            await connection.run_sync(Base.metadata.create_all)
        calls = month.fill(tmp_path / "rows.db", teams=1)
        for kind, column in (("hotline", "calls_in"), ("agent", "offers"), ("ivr", "visits")):
            filters = Filters(now_ms=END)
            whole = await run(database, kind, month.FIRST_MS, END, "day", filters)
            a_day = month.FIRST_MS + month.A_DAY_MS
            first = await run(database, kind, month.FIRST_MS, a_day, "day", filters)
            assert whole.total[column] == month.DAYS * first.total[column] > 0
            if kind == "hotline":
                assert whole.total[column] == calls
    finally:
        await database.close()
