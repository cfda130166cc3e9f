"""Speech: the prompts a caller hears, and how numbers, dates, amounts and places are said.

Saying is pure and gives names of prompts; `lay_out` puts their audio where Asterisk reads it.
Engines that speak any other text stand behind `Voice` (entry points "yingda.speech").
"""

from speech.length import guessed_seconds, shipped_seconds
from speech.prompts import lay_out, path_of, prompt_names, prompt_order, text_of, wav_of
from speech.say import (
    say_amount,
    say_code,
    say_count,
    say_date,
    say_digits,
    say_duration,
    say_number,
    say_phone,
    say_place,
    say_time,
    say_wait,
    say_weekday,
)
from speech.tone import beep
from speech.voice import Voice, open_voice

__all__ = [
    "Voice",
    "beep",
    "guessed_seconds",
    "lay_out",
    "open_voice",
    "path_of",
    "prompt_names",
    "prompt_order",
    "say_amount",
    "say_code",
    "say_count",
    "say_date",
    "say_digits",
    "say_duration",
    "say_number",
    "say_phone",
    "say_place",
    "say_time",
    "say_wait",
    "say_weekday",
    "shipped_seconds",
    "text_of",
    "wav_of",
]
