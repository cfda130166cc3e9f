"""The SIP of one call, for who leads: every number in it is masked."""

import asyncio
from dataclasses import asdict
from typing import Any

from domain.places import JOURNAL, TRACE
from lines.causes import WORDS, word_of
from tracing import Rung, mask_numbers
from tracing.of_call import Files, trace_of
from web.schema_signalling import Signalling
from web.scope import check_call
from web.table import Ask, Nothing, table

signalling = table("signalling")


@signalling.route("GET ./calls/{call}/signalling", "signalling.see")
async def show_signalling(ask: Ask[Nothing, Nothing]) -> Signalling:
    """Give the SIP ladder of both legs and their RTP; no rungs when the buffer let go of it."""
    await check_call(ask.world, ask.me, ask.path("call"))
    data = ask.world.data
    files = Files(data / JOURNAL, data / TRACE)
    found = await asyncio.to_thread(trace_of, files, ask.path("call"), cause_words)
    return Signalling.model_validate(
        {
            "call": found.call,
            "keep_h": ask.world.settings.trace.keep_h,
            "rungs": [_row(rung) for rung in found.rungs],
            "media": [asdict(leg) for leg in found.media],
        }
    )


def cause_words(cause: int, sip: int) -> tuple[str, str]:
    """Say a Q.850 cause and a SIP status in both languages; nothing of a normal end."""
    if cause in (0, 16) and not sip:
        return "", ""
    said = WORDS[word_of(cause, sip)]
    return said.zh, said.en


def _row(rung: Rung) -> dict[str, Any]:
    row = asdict(rung)
    return row | {name: mask_numbers(row[name]) for name in ("far", "label", "text")}
