"""Check that the public holidays of the year, and in December of the next, are known."""

import asyncio
from datetime import UTC, datetime, timedelta

from domain.clock import real_clock
from domain.errors import NotFound
from ivr import year_known_cn
from ivr.calendar import overridden_years, year_missing
from office import snapshot
from office.model import Config
from watch.finding import OK, Finding, ok, warn
from watch.world import World

_NAME = "holidays"
_CHINA = timedelta(hours=8)


async def holidays(world: World) -> Finding:
    """Look whether calendars that keep holidays know the days of the year to come."""
    try:
        config, _ = await asyncio.to_thread(snapshot.read, world.data / "config" / "current.json")
    except NotFound:
        return ok(_NAME, "尚未发布配置", "no configuration is in force yet")
    return known(config, real_clock().utc_ms())


def known(config: Config, now_ms: int) -> Finding:
    """Say whether a year's holidays are missing at this instant."""
    if not any(calendar.holidays for calendar in config.calendars):
        return ok(_NAME, "没有服务时间按节假日", "no calendar keeps public holidays")
    own = overridden_years(config.firm.holiday_overrides.model_dump(by_alias=True))
    today = (datetime.fromtimestamp(now_ms / 1000, UTC) + _CHINA).date()
    year = year_missing(today, lambda wanted: wanted in own or year_known_cn(wanted))
    if not year:
        return ok(_NAME, "节假日与调休数据齐全", "public holidays and make-up days are known")
    mend = "firm.yaml holiday_overrides, or a newer `holidays` package"
    return warn(
        _NAME,
        f"缺少 {year} 年的节假日与调休安排，只知道法定假日",
        f"the make-up days of {year} are missing; only the days fixed by law are known",
        mend,
    )


def advice(config: Config, now_ms: int) -> tuple[str, ...]:
    """Give the warning of `known` as lines for `yingda check`, none when all is well."""
    found = known(config, now_ms)
    return (f"{found.zh} · {found.en}",) if found.level != OK else ()
