"""espeak-ng as a `Voice`: always free, hardly pretty. For texts that nobody recorded yet."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from domain.errors import SpeechUnavailable
from speech.convert import run, to_wav

VOICES: Mapping[str, str] = {"zh": "cmn", "en": "en-us"}


class Espeak:
    """Speaks with the espeak-ng program and brings it to 8 kHz with ffmpeg."""

    def __init__(
        self,
        program: Path | None = None,
        timeout_s: float = 20.0,
        voices: Mapping[str, str] = VOICES,
    ) -> None:
        """`program`: where espeak-ng is, else it is looked up on the PATH; `voices` by language."""
        self._program = program
        self._timeout_s = timeout_s
        self._voices = voices

    async def speak(self, text: str, language: str, to: Path) -> None:
        """Write the text as an 8 kHz wav file, whole or not at all."""
        short = language[:2].lower()
        voice = self._voices.get(short) or VOICES.get(short)
        if voice is None:
            raise SpeechUnavailable(f"espeak-ng is not set up for the language {language!r}")
        to.parent.mkdir(parents=True, exist_ok=True)
        raw, part = to.with_suffix(".raw.wav"), to.with_suffix(".part.wav")
        try:
            say = [self._found(), "-v", voice, "-s", "150", "-w", str(raw), "--stdin"]
            await run(say, text, limit_s=self._timeout_s)
            await to_wav(raw, part, limit_s=self._timeout_s)
            part.replace(to)
        finally:
            raw.unlink(missing_ok=True)
            part.unlink(missing_ok=True)

    def _found(self) -> str:
        program = str(self._program) if self._program else shutil.which("espeak-ng")
        if program is None or not Path(program).is_file():
            raise SpeechUnavailable("espeak-ng is not installed; install it or set its path")
        return program
