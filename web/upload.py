"""The one file of an upload, held in memory up to a limit."""

from typing import Any

from aiohttp import BodyPartReader
from aiohttp.http_exceptions import HttpProcessingError

from web.errors import Said
from web.table import Ask


async def uploaded(ask: Ask[Any, Any], largest: int) -> tuple[str, bytes]:
    """Give the name and the bytes of the uploaded file; too large, or none, is said."""
    if not ask.request.content_type.startswith("multipart/"):
        raise Said("bad_request")
    try:
        return await _first(ask, largest)
    except (HttpProcessingError, ValueError) as error:  # no boundary, headers that are none
        raise Said("bad_request", field="file") from error


async def _first(ask: Ask[Any, Any], largest: int) -> tuple[str, bytes]:
    async for part in await ask.request.multipart():
        if isinstance(part, BodyPartReader) and part.filename:
            return part.filename[:100], await _limited(part, largest)
    raise Said("bad_request", field="file")


async def _limited(part: BodyPartReader, largest: int) -> bytes:
    held = bytearray()
    while chunk := await part.read_chunk():
        held += chunk
        if len(held) > largest:
            raise Said("too_large")
    return bytes(held)
