"""Where the words are that callers hear: shipped prompts, and what a hotline uploaded instead."""

from pathlib import Path

import speech
from office.model import Hotline


class Voices:
    """Finds prompt files; paths come without their ending, as Asterisk wants them."""

    def __init__(self, uploads: Path) -> None:
        self._uploads = uploads

    def path_for(self, hotline: Hotline, name: str) -> str:
        """Find a flow's prompt in the hotline's language; an uploaded one wins."""
        own = self._uploads / hotline.number / f"{name}.wav"
        if own.exists():
            return str(own.with_suffix(""))
        return str(speech.path_of(name, hotline.language))

    def place(self, place: int, language: str) -> list[str]:
        """Say a place in the line."""
        return [str(speech.path_of(name, language)) for name in speech.say_place(place, language)]
