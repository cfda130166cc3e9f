"""Puts the shipped audio where Asterisk reads it, and gives it as wav to those who want that."""

from pathlib import Path

from domain.errors import NotFound
from speech import alaw, tone
from speech.prompts.texts import HERE, LANGUAGES, short, text_of

SUFFIX = ".alaw"
"""Asterisk's name for headerless A-law at 8 kHz (its module is format_pcm)."""


def lay_out(to: Path) -> int:
    """Copy what is new or changed into `to`/zh and `to`/en; tell how many files that were.

    Files of the user's own beside them are left alone. A file is replaced in one step, so that
    a call which plays it hears the old one to its end.
    """
    written = 0
    for language in LANGUAGES:
        for source in sorted((HERE / language).rglob(f"*{SUFFIX}")):
            written += _bring(source, to / source.relative_to(HERE))
    return written


def wav_of(name: str, language: str) -> bytes:
    """Give a prompt as a 16-bit 8 kHz wav file, for browsers and test phones."""
    text_of(name, language)
    source = HERE / short(language) / f"{name}{SUFFIX}"
    try:
        data = source.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"prompt {name!r} has no audio in {language!r}; run make") from None
    return tone.as_wav(alaw.decode(data))


def _bring(source: Path, target: Path) -> bool:
    data = source.read_bytes()
    if target.is_file() and target.stat().st_size == len(data) and target.read_bytes() == data:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    part.write_bytes(data)
    part.replace(target)
    return True
