"""The port behind which engines speak any text, and how one is chosen by name."""

from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol

from domain.errors import SpeechUnavailable

GROUP = "yingda.speech"
"""Entry-point group under which an engine, ours or another's, is announced."""


class Voice(Protocol):
    """Speaks a text."""

    async def speak(self, text: str, language: str, to: Path) -> None:
        """Write the text as a wav file (8 kHz, mono, 16 bit); `SpeechUnavailable` if it cannot."""
        ...


def open_voice(name: str, **settings: Any) -> Voice:
    """Open the engine announced under `name`; `SpeechUnavailable` if there is none."""
    for entry in entry_points(group=GROUP, name=name):
        voice: Voice = entry.load()(**settings)
        return voice
    known = ", ".join(sorted(entry_points(group=GROUP).names)) or "none"
    raise SpeechUnavailable(f"no speech engine {name!r} is installed (there is: {known})")
