"""Where the words are that callers hear: recordings of the firm, shipped prompts, spoken sentences.

A name is looked for in the call's language: the hotline's own recording, the firm's, the shipped
audio if the firm says the same, what the engine spoke for the firm's own text, the shipped audio.
"""

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import speech
from domain.commands import Announce
from domain.errors import NotFound
from office.model import Config, Hotline
from office.spoken import Sentence
from speech.said import Said

log = logging.getLogger("yingda.voices")

WELCOME = "welcome_"
"""Prompts so named are a hotline's greeting, which an upload replaces."""
TAKES = "takes"
"""Folder of recordings below the prompts, each named by its content."""
LANGUAGES = ("zh", "en")
ENDINGS = (".wav", ".alaw")
VERSION_SIGNS = 12
"""So much of a sound's hash tells it from every other version of it."""

Kind = Literal["hotline", "firm", "shipped", "said", "missing"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a prompt's sound comes from; `file` has its ending, None when there is none."""

    kind: Kind
    file: Path | None


class Voices:
    """Finds prompt files; paths come without their ending, as Asterisk wants them."""

    def __init__(self, root: Path, said: Said | None = None) -> None:
        self._root = root
        self._said = said or Said(root, "espeak")
        self._takes: dict[tuple[str, str, str], str] = {}
        self._own: dict[str, Sentence] = {}
        self._greetings: dict[str, str] = {}
        self._versions: dict[tuple[str, int, int], str] = {}

    def take(self, config: Config) -> None:
        """Work by these sentences and recordings; calls in progress keep names that went."""
        self._takes = {take.place: take.audio for take in config.takes}
        self._own |= {sentence.id: sentence for sentence in config.prompts}
        self._greetings = {each.number: each.greeting for each in config.hotlines if each.greeting}

    def path_for(self, hotline: Hotline, name: str, language: str = "") -> str:
        """Find a flow's prompt in the call's language, "" = the hotline's."""
        return self.path(name, language or hotline.language, hotline.number)

    def path(self, name: str, language: str, hotline: str = "") -> str:
        """Find a prompt; one that has no sound in this language sounds in the other.

        `NotFound` when it has none at all: the publish should not have let it pass.
        """
        wanted = language[:2].lower()
        for each in (wanted, *(other for other in LANGUAGES if other != wanted)):
            if file := self.source(name, each, hotline).file:
                return str(file.with_suffix(""))
        raise NotFound(f"no prompt {name!r} in the language {language!r}")

    def version(self, path: str) -> str:
        """Name the sound behind a path that was given, by its content; "" where it went away."""
        for ending in ENDINGS:
            file = Path(path + ending)
            try:
                seen = file.stat()
                key = (str(file), seen.st_mtime_ns, seen.st_size)
                if key not in self._versions:
                    digest = hashlib.sha256(file.read_bytes()).hexdigest()
                    self._versions[key] = digest[:VERSION_SIGNS]
                return self._versions[key]
            except OSError:
                continue
        return ""

    def source(self, name: str, language: str, hotline: str = "") -> Source:
        """Tell where a prompt's sound in one language comes from."""
        recorded: tuple[tuple[Kind, Path | None], ...] = (
            ("hotline", self._take(name, language, hotline) if hotline else None),
            ("hotline", self._greeting(name, hotline)),
            ("firm", self._take(name, language, "")),
        )
        for kind, file in recorded:
            if file is not None and file.is_file():
                return Source(kind, file)
        return self._of_text(name, language)

    def _of_text(self, name: str, language: str) -> Source:
        shipped = self._shipped(name, language)
        own = self._own.get(name)
        text = own.said(language) if own else ""
        if text and not (shipped and speech.text_of(name, language) == text):
            said = self._said.path(text, language)
            if said.is_file():
                return Source("said", said)
        return Source("shipped", shipped) if shipped else Source("missing", None)

    def _shipped(self, name: str, language: str) -> Path | None:
        try:
            return speech.path_of(name, language, self._root).with_suffix(".alaw")
        except NotFound:
            return None

    def _take(self, name: str, language: str, hotline: str) -> Path | None:
        audio = self._takes.get((hotline, language, name))
        return self._root / TAKES / f"{audio}.wav" if audio else None

    def _greeting(self, name: str, hotline: str) -> Path | None:
        greeting = self._greetings.get(hotline, "")
        if not greeting or not name.startswith(WELCOME):
            return None
        return self._root / hotline / f"{greeting}.wav"

    def _paths(self, names: list[str], language: str) -> list[str]:
        return [self.path(name, language) for name in names]

    def seat(self, hotline: str, language: str) -> list[str]:
        """Say on an agent's mobile which hotline calls."""
        return self._paths(["seat_call", *speech.say_phone(hotline, language)], language)

    def wait(self, told: Announce, language: str) -> list[str]:
        """Say how long it will take, or that nobody is there; nothing where no time is told."""
        if told.nobody:
            names = ["nobody"]
        else:
            names = speech.say_wait(told.low_s, told.high_s, language) if told.high_s else []
        return self._paths(names, language)

    def tip(self, name: str, language: str, hotline: str) -> list[str]:
        """Say something to a waiting caller; nothing where there is no such prompt."""
        try:
            return [self.path(name, language, hotline)]
        except NotFound:
            log.warning("the prompt %s is not there", name)
            return []

    def place(self, place: int, language: str) -> list[str]:
        """Say a place in the line."""
        return self._paths(speech.say_place(place - 1, language), language)
