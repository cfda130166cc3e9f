"""Admin: a hotline's own greeting, uploaded as wav or mp3 and turned into what Asterisk plays."""

import asyncio
import tempfile
from hashlib import sha256
from pathlib import Path

from domain.errors import NotFound, Refused
from office import edit
from office.model import Hotline
from office.texts import both
from recording import RecordingBroken, normalise
from web.errors import Said
from web.publishing import change
from web.schema_admin import Published
from web.table import Ask, Nothing, table
from web.upload import uploaded

media = table("admin: greetings")

LARGEST = 10 * 1024 * 1024


@media.route(
    "POST ./admin/hotlines/{number}/greeting", "admin.hotlines", takes="multipart/form-data"
)
async def upload_greeting(ask: Ask[Nothing, Nothing]) -> Published:
    """Replace a hotline's greeting by the uploaded file (wav or mp3, 10 MB, 2 minutes)."""
    number = ask.path("number")
    hotline = _hotline(ask, number)
    _, sound = await uploaded(ask, LARGEST)
    name = f"greeting-{sha256(sound).hexdigest()[:10]}"
    place = ask.world.data / "prompts" / number / f"{name}.wav"
    await _convert(sound, place)
    entry = hotline.model_dump(mode="json", by_alias=True) | {"greeting": name}
    return await change(
        ask, f"hotlines {number} greeting", lambda now: edit.put_hotline(now, entry)
    )


def _hotline(ask: Ask[Nothing, Nothing], number: str) -> Hotline:
    for hotline in ask.world.config.now.hotlines:
        if hotline.number == number:
            return hotline
    raise NotFound(both(f"没有热线 {number}", f"there is no hotline {number}"))


async def _convert(sound: bytes, place: Path) -> None:
    """Write what Asterisk plays, whole or not at all."""
    await asyncio.to_thread(place.parent.mkdir, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        given = Path(folder, "given")
        await asyncio.to_thread(given.write_bytes, sound)
        try:
            await normalise(given, place)
        except (RecordingBroken, Refused) as error:
            raise Said("bad_audio", field="file") from error
