"""Any sound file → 8 kHz, mono, 16 bit wav, by ffmpeg; and a program run with a deadline."""

import asyncio
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from domain.errors import SpeechUnavailable

FILTER = "highpass=f=120,aresample=8000"
_FORMATS = "wav,mp3,ogg,flac,mov,aac,amr,matroska"
"""Plain sound only: a playlist among them could name other files of this machine."""


async def run(command: list[str], text: str = "", *, limit_s: float = 20.0) -> None:
    """Run a program that reads a text; `SpeechUnavailable` when it fails or takes too long."""
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=asyncio.subprocess.DEVNULL, stderr=pipe
        )
    except OSError as error:
        raise SpeechUnavailable(f"{command[0]} cannot be started: {error}") from error
    try:
        async with asyncio.timeout(limit_s):
            _, said = await process.communicate(text.encode())
    except TimeoutError:
        raise SpeechUnavailable(f"{command[0]} took over {limit_s:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise SpeechUnavailable(f"{command[0]} failed: {said.decode(errors='replace').strip()}")


async def to_wav(given: Path, to: Path, *, limit_s: float = 20.0) -> None:
    """Bring a sound file to what callers hear; `SpeechUnavailable` when it is none."""
    read = ["-format_whitelist", _FORMATS, "-protocol_whitelist", "file", "-i", f"file:{given}"]
    shape = ["-map", "0:a:0", "-af", FILTER, "-ac", "1", "-ar", "8000", "-c:a", "pcm_s16le"]
    command = [get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *read, *shape, "-f", "wav"]
    await run([*command, str(to)], limit_s=limit_s)
