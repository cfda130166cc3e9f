"""Where the words are that callers hear: shipped prompts, and what a hotline uploaded instead."""

from pathlib import Path

import speech
from domain.commands import Announce
from office.model import Hotline

WELCOME = "welcome_"
"""Prompts so named are a hotline's greeting, which an upload replaces."""


class Voices:
    """Finds prompt files; paths come without their ending, as Asterisk wants them."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path_for(self, hotline: Hotline, name: str) -> str:
        """Find a flow's prompt in the hotline's language; its own greeting wins."""
        own = self._root / hotline.number / f"{hotline.greeting}.wav"
        if name.startswith(WELCOME) and hotline.greeting and own.exists():
            return str(own.with_suffix(""))
        return str(speech.path_of(name, hotline.language, self._root))

    def seat(self, hotline: str, language: str) -> list[str]:
        """Say on an agent's mobile which hotline calls."""
        names = ["seat_call", *speech.say_phone(hotline, language)]
        return [str(speech.path_of(name, language, self._root)) for name in names]

    def wait(self, told: Announce, language: str) -> list[str]:
        """Say how long it will take, or that nobody is there; nothing where no time is told."""
        if told.nobody:
            names = ["nobody"]
        else:
            names = speech.say_wait(told.low_s, told.high_s, language) if told.high_s else []
        return [str(speech.path_of(name, language, self._root)) for name in names]

    def place(self, place: int, language: str) -> list[str]:
        """Say a place in the line."""
        names = speech.say_place(place - 1, language)
        return [str(speech.path_of(name, language, self._root)) for name in names]
