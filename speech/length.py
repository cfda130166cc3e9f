"""How long prompts play, for the check of flows: shipped audio by its size, sentences by estimate.

A-law at 8 kHz is 8,000 bytes a second. Who reads Mandarin prompts says about 4.5 signs a second,
who reads English ones about 17 letters (measured on the shipped prompts, within a fifth).
"""

from functools import cache

from speech.prompts.texts import HERE, short

BYTES_A_SECOND = 8000
_SIGNS_A_SECOND = {"zh": 4.5, "en": 17.0}


@cache
def shipped_seconds(name: str, language: str) -> float:
    """Tell how long a shipped prompt plays; 0 when it does not ship in this language."""
    file = HERE / short(language) / f"{name}.alaw"
    return file.stat().st_size / BYTES_A_SECOND if file.is_file() else 0.0


def guessed_seconds(text: str, language: str) -> float:
    """Guess from its length how long a sentence will play.

    >>> round(guessed_seconds("请输入您的订单号，按井号键结束。", "zh"), 1)
    3.6
    """
    return len(text) / _SIGNS_A_SECOND.get(short(language), 17.0)
