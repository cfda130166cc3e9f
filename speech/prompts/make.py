"""Speaks the prompts of `texts.yaml` again where a text changed: python -m speech.prompts.make

It installs nothing. See VOICE.md for what it needs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from array import array
from pathlib import Path

from domain.errors import YingdaError
from speech import alaw, tone
from speech.prompts.kokoro import READINGS, SPEAKERS, Kokoro
from speech.prompts.lay import SUFFIX
from speech.prompts.polish import polish
from speech.prompts.texts import HERE, LANGUAGES, texts

MADE = HERE / "made.json"
"""Fingerprint of what each file was made from."""

_SENTENCES, _PIECES = "1", "2"
"""Raise one when the way these are spoken or polished changes, and all are spoken again."""


def main(arguments: list[str] | None = None) -> int:
    """Speak what changed, drop what is no longer listed; 1 if a needed package is missing."""
    parser = argparse.ArgumentParser(prog="python -m speech.prompts.make", description=__doc__)
    parser.add_argument("--voices", type=Path, required=True, help="folder voices/ of kokoro-js")
    parser.add_argument("--only", default="", help="only names that begin so")
    parser.add_argument("--force", action="store_true", help="speak again what did not change")
    chosen = parser.parse_args(arguments)
    made: dict[str, str] = json.loads(MADE.read_text("utf-8")) if MADE.exists() else {}
    due = [
        (name, language)
        for name, said in texts().items()
        for language in LANGUAGES
        if language in said and name.startswith(chosen.only)
        if chosen.force or not _is_made(made, name, language)
    ]
    try:
        _speak(due, made, chosen.voices)
    except YingdaError as error:
        print(error, file=sys.stderr)
        return 1
    _drop_unlisted(made)
    MADE.write_text(json.dumps(made, indent=0, sort_keys=True) + "\n", "utf-8")
    return 0


def fingerprint(name: str, language: str) -> str:
    """Tell what the audio of a prompt depends on, in short."""
    text = texts()[name][language]
    readings = (f"{word} {sound}" for word, sound in READINGS.items() if word in text)
    recipe = _PIECES if "/" in name else _SENTENCES
    parts = (recipe, SPEAKERS[language], text, *readings)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _speak(due: list[tuple[str, str]], made: dict[str, str], voices: Path) -> None:
    voice = Kokoro(voices) if any(name not in _GENERATED for name, _ in due) else None
    for at, (name, language) in enumerate(due, 1):
        generated = _GENERATED.get(name)
        if generated is not None:
            samples = generated
        else:
            assert voice is not None  # noqa: S101 - it is open when anything is spoken
            samples = _spoken(voice, name, language)
        path = HERE / language / f"{name}{SUFFIX}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(alaw.encode(samples))
        made[f"{language}/{name}"] = fingerprint(name, language)
        print(f"{at}/{len(due)} {language}/{name} {len(samples) / tone.RATE:.2f} s")


def _spoken(voice: Kokoro, name: str, language: str) -> array[int]:
    """Speak a sentence as it is, and a piece (its name has a `/`) out of a sentence."""
    text = texts()[name][language]
    if "/" in name:
        return polish(voice.speak_piece(text, language), margin_s=0.02)
    return polish(voice.speak(text, language), margin_s=0.06)


def _is_made(made: dict[str, str], name: str, language: str) -> bool:
    path = HERE / language / f"{name}{SUFFIX}"
    return path.exists() and made.get(f"{language}/{name}") == fingerprint(name, language)


def _drop_unlisted(made: dict[str, str]) -> None:
    listed = {f"{language}/{name}" for name, said in texts().items() for language in said}
    for language in LANGUAGES:
        for path in (HERE / language).rglob(f"*{SUFFIX}"):
            if str(path.relative_to(HERE).with_suffix("")) not in listed:
                path.unlink()
    for gone in set(made) - listed:
        del made[gone]


_GENERATED = {"beep": tone.beep(0.4, 1000.0), "pause": tone.silence(0.25)}

if __name__ == "__main__":
    sys.exit(main())
