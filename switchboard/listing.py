"""Every sentence that callers may hear, as a list to read aloud. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import speech
from domain.errors import NotFound
from office import Config
from office.model import Hotline
from office.spoken import Sentence

Kind = Literal["own", "sentence", "piece"]
WAITING = ("place_", "wait_", "nobody")
"""What the engine says by itself to whoever waits."""
NOT_SPOKEN = ("beep", "pause")
"""Made by rule: nobody reads them aloud."""


@dataclass(frozen=True, slots=True)
class Line:
    """One prompt: its texts by language, and the firm's own entry if there is one."""

    id: str
    kind: Kind
    texts: dict[str, str]
    own: Sentence | None


def script(config: Config) -> list[Line]:
    """List the firm's own sentences, the shipped ones, then the pieces of numbers and dates."""
    own = {sentence.id: sentence for sentence in config.prompts}
    return [*_own(own), *_shipped(own, pieces=False), *_shipped(own, pieces=True)]


def heard_on(config: Config, hotline: Hotline) -> list[str]:
    """Name the shipped sentences that this hotline's callers hear: its flow's and the waiting's."""
    words = set(re.findall(r"[a-z0-9_]+", config.flows.get(hotline.flow, "")))
    return [
        name
        for name in speech.prompt_order()
        if "/" not in name and (name in words or name.startswith(WAITING))
    ]


def _own(own: dict[str, Sentence]) -> Iterator[Line]:
    for name, sentence in own.items():
        texts = {language: _text(name, language, sentence) for language in ("zh", "en")}
        yield Line(name, "own", {key: text for key, text in texts.items() if text}, sentence)


def _shipped(own: dict[str, Sentence], *, pieces: bool) -> Iterator[Line]:
    for name in speech.prompt_order():
        if name in own or name in NOT_SPOKEN or ("/" in name) is not pieces:
            continue
        texts = {language: _text(name, language, None) for language in ("zh", "en")}
        kept = {key: text for key, text in texts.items() if text}
        yield Line(name, "piece" if pieces else "sentence", kept, None)


def _text(name: str, language: str, own: Sentence | None) -> str:
    if own and own.said(language):
        return own.said(language)
    try:
        return speech.text_of(name, language)
    except NotFound:
        return ""
