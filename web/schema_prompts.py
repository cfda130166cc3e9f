"""What the prompts page sends and gets: sentences, where their sound comes from, long takes."""

from typing import Annotated, Literal

from pydantic import Field

from office.spoken import PromptId, Sentence
from web.schema_admin import Base, Published
from web.table import Schema

Tongue = Literal["zh", "en"]
HotlineNumber = Annotated[str, Field(pattern=r"^(\+?[0-9]{2,20})?$")]
Mark = Annotated[str, Field(pattern=r"^([0-9a-f]{16})?$")]
Seconds = Annotated[float, Field(ge=0, le=7200)]


class PromptsQuery(Schema):
    """For which hotline the page is shown, "" = for the firm."""

    hotline: HotlineNumber = ""


class Voiced(Schema):
    """One prompt in one language: its text, and where its sound comes from.

    `hotline` and `firm` are recordings, `said` was spoken by the engine, `shipped` is the demo's
    voice. `audio` names the recording in force here.
    """

    text: str
    source: Literal["hotline", "firm", "shipped", "said", "missing"]
    seconds: float
    audio: str = ""


class PromptRow(Schema):
    """A sentence, or a piece of numbers and dates; `own` is the firm's own entry."""

    id: str
    kind: Literal["own", "sentence", "piece"]
    zh: Voiced | None
    en: Voiced | None
    own: Sentence | None = None


class DemoVoice(Schema):
    """A hotline whose callers still hear the demo's voice, and in how many prompts."""

    number: str
    name: str
    language: str
    prompts: int


class PromptList(Schema):
    """Every sentence, and the hotlines that are still on the demo's voice."""

    version: int
    engine: str
    demo: list[DemoVoice]
    rows: list[PromptRow]


class SentenceEntry(Schema):
    """A sentence of the firm's own, and the version it was made from."""

    entry: Sentence
    base: Base = 0


class PlaceQuery(Schema):
    """One prompt in one language, for a hotline or ("") the firm."""

    prompt: PromptId
    language: Tongue = "zh"
    hotline: HotlineNumber = ""


class TakeRow(Schema):
    """A recording that was once in force; `here` says whether its file is on this machine."""

    audio: str
    seconds: float
    file: str
    batch: int
    at: int
    by: str
    current: bool
    here: bool


class TakeList(Schema):
    """The recordings of one place, the newest first."""

    rows: list[TakeRow]


class TakeChoice(Schema):
    """The recording to play from now on; "" = none, as before anybody recorded."""

    prompt: PromptId
    language: Tongue = "zh"
    hotline: HotlineNumber = ""
    audio: Mark = ""


class Recorded(Schema):
    """A recording is in force."""

    audio: str
    seconds: float
    published: Published


class ScriptQuery(Schema):
    """Which script to read aloud."""

    language: Tongue = "zh"
    kind: Literal["all", "own", "sentence", "piece"] = "all"


class LongQuery(Schema):
    """How many sentences the take holds; 0 s = find the silence that fits."""

    wanted: Annotated[int, Field(ge=0, le=1000)] = 0
    min_silence_s: Annotated[float, Field(ge=0, le=10)] = 0


class LongPiece(Schema):
    """A stretch of the long take."""

    start_s: Seconds
    end_s: Seconds


class LongTake(Schema):
    """A long take as it was cut; nothing is in force yet."""

    draft: str
    seconds: float
    min_silence_s: float
    pieces: list[LongPiece]


class SliceQuery(Schema):
    """Which stretch of the long take to play."""

    start_s: Seconds = 0
    end_s: Seconds = 7200


class LongChoice(Schema):
    """A stretch and the prompt that it is."""

    prompt: PromptId
    start_s: Seconds
    end_s: Seconds


class LongUse(Schema):
    """Every stretch with its prompt: all of them become one version."""

    language: Tongue = "zh"
    hotline: HotlineNumber = ""
    pieces: Annotated[list[LongChoice], Field(min_length=1, max_length=1000)]


class LongUsed(Schema):
    """So many recordings are in force."""

    takes: int
    published: Published
