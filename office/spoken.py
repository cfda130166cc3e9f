"""What callers hear, as the firm says it: its own sentences, and recordings in force."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from office.kinds import fits
from office.part import Part
from office.texts import both

PromptId = Annotated[
    str,
    fits(
        r"[a-z0-9][a-z0-9_-]{0,47}(?:/[a-z0-9_-]{1,16})?",
        "应为提示音名字（小写字母、数字、- 和 _）",
        "must be a name of a prompt (lower-case letters, digits, - and _)",
    ),
]
Text = Annotated[
    str,
    Field(max_length=500),
    fits(r"[^\x00-\x1f\x7f]*", "不能含换行或控制字符", "must not hold control characters"),
]
Note = Annotated[str, fits(r"[^\x00-\x1f\x7f]{0,200}", "最多 200 字", "at most 200 letters")]


class Sentence(Part):
    """A sentence of the firm's own (prompts.yaml); a shipped name says it anew.

    A language without text has none. `note` is for whoever reads it aloud.
    """

    id: PromptId
    zh: Text = ""
    en: Text = ""
    note: Note = ""

    @model_validator(mode="after")
    def _says_something(self) -> "Sentence":
        if not (self.zh.strip() or self.en.strip()):
            raise ValueError(
                both("至少要有一种语言的文字", "needs a text in one language at least")
            )
        return self

    def said(self, language: str) -> str:
        """Give the text in a language, "" for none."""
        return (self.en if language[:2].lower() == "en" else self.zh).strip()


class Take(Part):
    """A recording in force (takes.yaml): `audio` names the sound, for one hotline or ("") all."""

    prompt: PromptId
    language: Literal["zh", "en"]
    audio: Annotated[
        str, fits(r"[0-9a-f]{16}", "应为 16 位录音编号", "must be the 16 digits of a recording")
    ]
    hotline: Annotated[
        str, fits(r"(?:\+?[0-9]{2,20})?", "应为热线号码", "must be the number of a hotline")
    ] = ""

    @property
    def place(self) -> tuple[str, str, str]:
        """Tell what it replaces: hotline, language, prompt."""
        return self.hotline, self.language, self.prompt
