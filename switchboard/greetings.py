"""What caller and agent hear at the answer, made ready as files before anybody calls.

"工号 N 为您服务" for each agent in both languages; for each hotline and each wish of a caller
(the intents of its flows) what is whispered to the agent, in the firm's language. Where nobody can
speak a hotline's name, the last digits of its number are said. Files are named by their content.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sys
from array import array
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from acd.people import Call
from domain import commands as do
from domain.errors import NotFound, SpeechUnavailable
from domain.settings import Settings
from pbx.hands import MOBILE, Says
from speech import alaw, say_digits
from speech.greet import Words, greeting, hurried, joined, whisper
from speech.said import Said, read_wav
from switchboard.plan import Plan
from switchboard.speaking import Speaking, said_of
from switchboard.voices import LANGUAGES, Voices

log = logging.getLogger("yingda.greetings")

FOLDER, READY = "greet", "ready"
"""The folder below the prompts, and the file in it that names the version which is ready."""
Speak = Callable[[Iterable[tuple[str, str]]], Awaitable[None]]
"""Makes the sound of texts, each with its language, as far as it can."""
TAIL = 4
"""How many digits of a hotline's number are said instead of its name."""


@dataclass(frozen=True, slots=True)
class _Made:
    """Files without their ending: by agent and language, by hotline and intent; who says what."""

    greetings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    whispers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    greets: frozenset[str] = frozenset()
    whispering: frozenset[str] = frozenset()


class Greetings:
    """Finds what is said at an answer (`says`); `run` makes it ready after each publish."""

    def __init__(self, voices: Voices, said: Said, root: Path, speak: Speak) -> None:
        """`root`: the prompts' folder."""
        self._voices, self._said, self._speak = voices, said, speak
        self._folder = root / FOLDER
        self._made = _Made()
        self._due = asyncio.Event()
        self._plan: Plan | None = None
        self._taken: frozenset[str] = frozenset()

    def take(self, plan: Plan) -> None:
        """Work by this configuration as soon as its sounds are there."""
        self._plan = plan
        self._taken = frozenset(each.id for each in plan.config.groups if each.auto_answer)
        self._due.set()

    async def run(self) -> None:
        """Make ready what a new configuration needs, until cancelled."""
        while True:
            await self._due.wait()
            self._due.clear()
            if self._plan is not None:
                await self.ready(self._plan)

    async def ready(self, plan: Plan) -> None:
        """Make every sound of this configuration; what cannot be made is left out, and told."""
        if any(group.whisper for group in plan.config.groups):
            await self._speak(dict.fromkeys(_texts(plan)))
        try:
            self._made = await asyncio.to_thread(self._make, plan)
        except (OSError, NotFound, SpeechUnavailable) as error:
            log.error("nothing is said at answers: %s", error)

    def says(self, ring: do.RingAgent, call: Call | None, language: str) -> Says:
        """Give what is said when somebody answers this call, which is in this language."""
        if call is None or ring.more or ring.endpoint.startswith(MOBILE):
            return Says()  # of several nobody knows yet who it will be; a mobile was told already
        made = self._made
        greets, whispers = call.group in made.greets, call.group in made.whispering
        greet = made.greetings.get((ring.agent, language[:2].lower()), "") if greets else ""
        taken = call.group in self._taken
        return Says(greet, self._whisper(call) if whispers else "", taken)

    def _whisper(self, call: Call) -> str:
        made = self._made.whispers
        return made.get((call.hotline, call.intent), "") or made.get((call.hotline, ""), "")

    def _make(self, plan: Plan) -> _Made:
        self._folder.mkdir(parents=True, exist_ok=True)
        groups = plan.config.groups
        greets = frozenset(group.id for group in groups if group.greet)
        whispering = frozenset(group.id for group in groups if group.whisper)
        made = _Made(
            dict(self._greetings(plan)) if greets else {},
            dict(self._whispers(plan)) if whispering else {},
            greets,
            whispering,
        )
        (self._folder / READY).write_text(f"{plan.version}\n")
        return made

    def _greetings(self, plan: Plan) -> Iterator[tuple[tuple[str, str], str]]:
        words = {language: Words(self._word(language)) for language in LANGUAGES}
        for agent, language in product(plan.config.agents, LANGUAGES):
            said, whole = greeting(agent.number, language, words[language])
            if not whole:
                log.warning("agent %s: too long to be said in full at answers", agent.number)
            yield (agent.number, language), self._kept(said)

    def _whispers(self, plan: Plan) -> Iterator[tuple[tuple[str, str], str]]:
        language = plan.config.firm.language
        intents = [(intent, self._spoken(intent, language)) for intent in _intents(plan)]
        words = Words(self._word(language))
        for hotline in plan.config.hotlines:
            called = self._spoken(hotline.name, language)
            first = called or _digits(hotline.number, language, words)
            yield (hotline.number, ""), self._kept(whisper([first]))
            for intent, sound in intents:
                if sound:
                    yield (hotline.number, intent), self._kept(whisper([first, sound]))

    def _word(self, language: str) -> Callable[[str], array[int]]:
        return lambda name: _read(self._voices.source(name, language).file)

    def _spoken(self, text: str, language: str) -> array[int] | None:
        file = self._said.path(text, language)
        return hurried(alaw.decode(file.read_bytes())) if file.is_file() else None

    def _kept(self, samples: array[int]) -> str:
        """Write a sound once; Asterisk's name for it is headerless `sln`, lowest byte first."""
        if sys.byteorder == "big":
            samples.byteswap()
        data = samples.tobytes()
        stem = self._folder / hashlib.sha256(data).hexdigest()[:32]
        file = stem.with_suffix(".sln")
        if not file.is_file():
            part = file.with_suffix(".part")
            part.write_bytes(data)
            part.replace(file)
        return str(stem)


def greetings_of(settings: Settings, voices: Voices) -> Greetings:
    """Give the greetings of this installation."""
    speak = Speaking(settings).attempt
    return Greetings(voices, said_of(settings), settings.data / "prompts", speak)


def _digits(number: str, language: str, words: Words) -> array[int]:
    names = say_digits(number[-TAIL:], language)
    return joined([words.ready(name) for name in names], 0.0)


def _texts(plan: Plan) -> Iterator[tuple[str, str]]:
    language = plan.config.firm.language
    yield from ((hotline.name, language) for hotline in plan.config.hotlines)
    yield from ((intent, language) for intent in _intents(plan))


def _intents(plan: Plan) -> tuple[str, ...]:
    """List what callers may want, as flows say it; what is put together at the call is not here."""
    nodes = (node for flow in plan.flows.values() for node in flow.nodes.values())
    found = (getattr(node, "intent", "") for node in nodes)
    return tuple(dict.fromkeys(text for text in found if text and "{" not in text))


def _read(file: Path | None) -> array[int]:
    if file is None:
        raise NotFound("a word of the greeting has no sound")
    return read_wav(file) if file.suffix == ".wav" else alaw.decode(file.read_bytes())
