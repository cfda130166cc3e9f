"""espeak-ng as a `Voice`: always free, hardly pretty. For texts that nobody recorded yet."""

import asyncio
import shutil
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from domain.errors import SpeechUnavailable

_VOICES = {"zh": "cmn", "en": "en-us"}
_FILTER = "highpass=f=120,loudnorm=I=-20:TP=-3,aresample=8000"


class Espeak:
    """Speaks with the espeak-ng program and brings it to 8 kHz with ffmpeg."""

    def __init__(self, program: Path | None = None, timeout_s: float = 20.0) -> None:
        """`program`: where espeak-ng is, else it is looked up on the PATH."""
        self._program = program
        self._timeout_s = timeout_s

    async def speak(self, text: str, language: str, to: Path) -> None:
        """Write the text as an 8 kHz wav file, whole or not at all."""
        voice = _VOICES.get(language[:2].lower())
        if voice is None:
            raise SpeechUnavailable(f"espeak-ng is not set up for the language {language!r}")
        to.parent.mkdir(parents=True, exist_ok=True)
        raw, part = to.with_suffix(".raw.wav"), to.with_suffix(".part.wav")
        try:
            program = self._found()
            await self._run([program, "-v", voice, "-s", "150", "-w", str(raw), "--stdin"], text)
            convert = [get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", "-i", str(raw)]
            shape = ["-af", _FILTER, "-ac", "1", "-ar", "8000", "-c:a", "pcm_s16le", str(part)]
            await self._run(convert + shape)
            part.replace(to)
        finally:
            raw.unlink(missing_ok=True)
            part.unlink(missing_ok=True)

    def _found(self) -> str:
        program = str(self._program) if self._program else shutil.which("espeak-ng")
        if program is None or not Path(program).is_file():
            raise SpeechUnavailable("espeak-ng is not installed; install it or set its path")
        return program

    async def _run(self, command: list[str], text: str = "") -> None:
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=pipe, stdout=asyncio.subprocess.DEVNULL, stderr=pipe
            )
        except OSError as error:
            raise SpeechUnavailable(f"{command[0]} cannot be started: {error}") from error
        try:
            async with asyncio.timeout(self._timeout_s):
                _, said = await process.communicate(text.encode())
        except TimeoutError:
            raise SpeechUnavailable(f"{command[0]} took over {self._timeout_s:g} s") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise SpeechUnavailable(f"{command[0]} failed: {said.decode(errors='replace').strip()}")
