"""Speaks the firm's sentences before a configuration goes live; a publish waits for it.

What a recording says, or the shipped audio says word for word, need not be spoken.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import speech
from domain.errors import Fault, NotFound, Refused, SpeechUnavailable
from domain.settings import Settings, Speech
from office import Config
from office.texts import both
from outside import GuardedHttp
from speech.espeak import Espeak
from speech.http_voice import LARGEST, HttpVoice, Request
from speech.said import Said
from speech.voice import Voice
from switchboard.voices import LANGUAGES, Voices

log = logging.getLogger("yingda.speaking")

AT_ONCE = 3


def said_of(settings: Settings) -> Said:
    """Give where the sentences of this installation's engine are kept."""
    wanted = settings.speech
    engine = f"http {wanted.url} {wanted.body}" if wanted.engine == "http" else wanted.engine
    return Said(settings.data / "prompts", engine, _voices(wanted))


class Speaking:
    """Makes the sound of every sentence that has none (`ready`)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._said = said_of(settings)

    async def ready(self, config: Config) -> None:
        """Speak what is missing; `Refused` names each sentence that nobody can say."""
        due = list(self._due(config))
        if not due:
            return
        out = GuardedHttp(self._settings.outside.on_site, most=LARGEST)
        turns = asyncio.Semaphore(AT_ONCE)
        try:
            voice = voice_of(self._settings, out)
            told = await asyncio.gather(*(self._one(voice, turns, *each) for each in due))
        except SpeechUnavailable as error:
            told = [_fault(key, error) for key, _, _ in due]
        finally:
            await out.close()
        if faults := [fault for fault in told if fault]:
            raise Refused(*faults)

    async def attempt(self, texts: Iterable[tuple[str, str]]) -> None:
        """Speak texts (each with its language) that have no sound yet, as far as it goes."""
        due = [each for each in texts if not self._said.path(*each).is_file()]
        if not due:
            return
        out = GuardedHttp(self._settings.outside.on_site, most=LARGEST)
        turns = asyncio.Semaphore(AT_ONCE)
        try:
            voice = voice_of(self._settings, out)
            told = await asyncio.gather(*(self._one(voice, turns, "", *each) for each in due))
            missing = sum(fault is not None for fault in told)
        except SpeechUnavailable:
            missing = len(due)
        finally:
            await out.close()
        if missing:
            log.warning("%d of %d texts cannot be spoken, see [speech]", missing, len(due))

    def _due(self, config: Config) -> Iterator[tuple[str, str, str]]:
        """List what has neither sound nor recording: key, text, language."""
        voices = Voices(self._said.root, self._said)
        voices.take(config)
        for place, sentence in enumerate(config.prompts):
            for language in LANGUAGES:
                text = sentence.said(language)
                if not text or voices.source(sentence.id, language).kind in ("firm", "said"):
                    continue
                if not _ships(sentence.id, language, text):
                    yield f"[{place}].{language}", text, language

    async def _one(
        self, voice: Voice, turns: asyncio.Semaphore, key: str, text: str, language: str
    ) -> Fault | None:
        try:
            async with turns:
                await self._said.speak(voice, text, language)
        except SpeechUnavailable as error:
            return _fault(key, error)
        return None


def voice_of(settings: Settings, out: GuardedHttp) -> Voice:
    """Open the engine that the settings name; `SpeechUnavailable` if it is not there."""
    wanted = settings.speech
    if wanted.engine == "http":
        asked = Request(
            wanted.url,
            wanted.headers,
            wanted.body,
            wanted.answer,
            wanted.secret,
            _voices(wanted),
        )
        return HttpVoice(asked, out)
    if wanted.engine == "espeak":
        return Espeak(_private(settings.data), voices=_voices(wanted))
    return speech.open_voice(wanted.engine)


def _private(data: Path) -> Path | None:
    """Give the copy that the set-up unpacked; None = the machine's own."""
    program = data / "espeak" / "espeak-ng"
    return program if program.is_file() else None


def _voices(wanted: Speech) -> dict[str, str]:
    named = {"zh": wanted.voice_zh, "en": wanted.voice_en}
    return {language: voice for language, voice in named.items() if voice}


def _ships(name: str, language: str, text: str) -> bool:
    try:
        return speech.text_of(name, language) == text
    except NotFound:
        return False


def _fault(key: str, error: SpeechUnavailable) -> Fault:
    text = both(
        f"这句话没有录音，也无法合成（{error}）；请上传录音，或检查 [speech] 设置",
        f"has no recording and cannot be spoken ({error}); upload one, or mend [speech]",
    )
    return Fault("prompts.yaml", 0, key, text)
