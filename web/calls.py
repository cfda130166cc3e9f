"""Calls that were: the list, one call in full, and the number behind the mask."""

from collections.abc import Mapping
from typing import Any

from domain.errors import NotFound
from office.model import Config
from reports import days
from reports.calls import CallFilters, list_calls, one_call
from web.guard import Who
from web.masking import masked
from web.messages import RIGHT, own_message
from web.recordings import LISTEN, MESSAGE, TALK, sound
from web.schema_calls import (
    CallDetail,
    CallPage,
    CallRow,
    CallsQuery,
    MessageInfo,
    RecordingInfo,
    Revealed,
)
from web.scope import reach_of
from web.table import API, Ask, Nothing, table

calls = table("calls")

ALL, OWN = "calls.see", "calls.see_own"


class _Names:
    """What numbers and ids are called now; who is gone keeps the number."""

    def __init__(self, config: Config) -> None:
        self.hotlines = {line.number: line.name for line in config.hotlines}
        self.agents = {agent.number: agent.name for agent in config.agents}

    def row(self, row: Mapping[str, Any]) -> CallRow:
        named = {
            "hotline_name": self.hotlines.get(row["hotline"], row["hotline"]),
            "agent_name": self.agents.get(row["agent"], row["agent"]),
        }
        return CallRow.model_validate(masked(row) | named)


@calls.route("GET ./calls", ALL, OWN)
async def find_calls(ask: Ask[CallsQuery, Nothing]) -> CallPage:
    """List calls, newest first, a page at a time; agents get those they talked in last."""
    query, names = ask.query, _Names(ask.world.config.now)
    page = await list_calls(ask.world.db, _filters(ask), query.cursor or "", query.limit)
    return CallPage(rows=[names.row(row) for row in page.rows], next=page.next, total=page.total)


def _filters(ask: Ask[CallsQuery, Nothing]) -> CallFilters:
    query, start, end = ask.query, None, None
    if query.start or query.end:
        first, last = query.start or query.end or "", query.end or "today"
        start, end = days.span(first, last, ask.world.clock.utc_ms())
    return CallFilters(
        start=start,
        end=end,
        hotline=query.hotline or "",
        group=query.group or "",
        agent=(query.agent or "") if ask.me.may(ALL) else ask.me.agent,
        number=query.number or "",
        outcome=query.outcome or "",
        direction=query.direction or "",
        reach=reach_of(ask.world, ask.me),
    )


@calls.route("GET ./calls/{call}", ALL, OWN)
async def show_call(ask: Ask[Nothing, Nothing]) -> CallDetail:
    """Give one call in full: every stretch of it, recording, rating, filing."""
    found = await one_call(ask.world.db, ask.path("call"), reach_of(ask.world, ask.me))
    check_own(ask.me, found)
    listens = ask.me.may(LISTEN)
    return CallDetail.model_validate(
        {
            "call": _Names(ask.world.config.now).row(found["call"]),
            "segments": found["segments"],
            "recording": await _recording(ask) if listens else None,
            "message": await _message(ask) if ask.me.may(RIGHT) else None,
            "survey": found["survey"],
            "summary": found["summary"],
            "notice": found["notice"],
        }
    )


def check_own(who: Who, found: Mapping[str, Any]) -> None:
    """Hide others' calls from an agent as if they did not exist."""
    mine = {part["agent"] for part in found["segments"]} | {found["call"]["agent"]}
    if not who.may(ALL) and (not who.agent or who.agent not in mine):
        raise NotFound


async def _recording(ask: Ask[Nothing, Nothing]) -> RecordingInfo | None:
    call = ask.path("call")
    found = await sound(ask.world, call, TALK)
    if found is None or not (ask.world.recordings / found.file).is_file():
        return None
    url = f"{API}/recordings/{call}"
    return RecordingInfo(
        url=url, peaks=f"{url}/peaks", seconds=found.seconds, channels=found.channels
    )


async def _message(ask: Ask[Nothing, Nothing]) -> MessageInfo | None:
    call = ask.path("call")
    found = await sound(ask.world, call, MESSAGE)
    if found is None or await own_message(ask.world, ask.me, call) is None:
        return None
    return MessageInfo(url=f"{API}/messages/{call}", seconds=found.seconds)


@calls.route("POST ./calls/{call}/reveal", "number.reveal")
async def reveal_number(ask: Ask[Nothing, Nothing]) -> Revealed:
    """Show the caller's number in full; audited. Whoever asked for privacy stays unknown."""
    found = await one_call(ask.world.db, ask.path("call"), reach_of(ask.world, ask.me))
    if found["call"]["withheld"]:
        raise NotFound
    await ask.world.note(ask.me.login, "number.reveal", ask.path("call"))
    return Revealed(caller=found["call"]["caller"])
