"""The music to wait to as plain samples beside Debian's own: see [record] in extensions.conf.

Music that Asterisk need not decode costs less, too. Only ever written into an Asterisk of our own.
"""

import logging
import shutil
import tempfile
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from domain.errors import SpeechUnavailable
from speech.convert import run

log = logging.getLogger("yingda.music")

MUSIC, SAMPLES = "moh", "moh-samples"


def samples_in(share: Path) -> Path | None:
    """Name the folder that has each piece of music as samples; None where one is missing."""
    made = {file.stem for file in (share / SAMPLES).glob("*.sln")}
    return share / SAMPLES if made and _pieces(share).keys() <= made else None


async def lay_out_samples(share: Path) -> None:
    """Make the samples unless they are there; without them all goes on, at a higher price."""
    if samples_in(share) or not _pieces(share):
        return
    try:
        draft = Path(tempfile.mkdtemp(prefix=f"{SAMPLES}.", dir=share))
    except OSError as error:
        log.info("music stays as it is: %s", error)
        return
    try:
        for name, file in _pieces(share).items():
            await _decode(file, draft / f"{name}.sln")
        _put(draft, share / SAMPLES)
    except (OSError, SpeechUnavailable) as error:  # another start may have been quicker
        log.info("music stays as it is: %s", error)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _put(draft: Path, place: Path) -> None:
    """Show the whole folder in one step; OSError where another one stands already."""
    draft.chmod(0o755)
    draft.rename(place)


def _pieces(share: Path) -> dict[str, Path]:
    return {file.stem: file for file in sorted((share / MUSIC).glob("*.gsm"))}


async def _decode(given: Path, to: Path) -> None:
    shape = ["-ac", "1", "-ar", "8000", "-c:a", "pcm_s16le", "-f", "s16le"]
    read = ["-nostdin", "-v", "error", "-y", "-f", "gsm", "-i", f"file:{given}"]
    await run([get_ffmpeg_exe(), *read, *shape, str(to)])
