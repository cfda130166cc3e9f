"""Which sound a name means: recording of the hotline or the firm, shipped, spoken."""

from pathlib import Path

import pytest

from domain.errors import NotFound
from office.model import Config, Hotline
from office.spoken import Sentence, Take
from speech import text_of
from speech.said import Said
from switchboard.voices import Voices

SERVICE = Hotline(number="4008000001", name="热线", brand="b", flow="service", calendar="c")
OTHER = SERVICE.model_copy(update={"number": "4008000002", "language": "en"})


def config(sentences: list[Sentence] = [], takes: list[Take] = []) -> Config:  # noqa: B006
    return Config.model_construct(
        hotlines=(SERVICE, OTHER), prompts=tuple(sentences), takes=tuple(takes)
    )


def put(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"\xd5")
    return str(file.with_suffix(""))


def test_recordings_go_first_the_hotlines_own_before_the_firms(tmp_path: Path) -> None:
    voices = Voices(tmp_path)
    shipped = str(tmp_path / "zh" / "closed")
    assert voices.path_for(SERVICE, "closed") == shipped
    firm, own = "a" * 16, "b" * 16
    takes = [
        Take(prompt="closed", language="zh", audio=firm),
        Take(prompt="closed", language="zh", audio=own, hotline="4008000001"),
    ]
    voices.take(config(takes=takes))
    assert voices.path_for(SERVICE, "closed") == shipped  # the files are not on this machine
    of_firm = put(tmp_path / "takes" / f"{firm}.wav")
    assert voices.path_for(SERVICE, "closed") == of_firm
    of_hotline = put(tmp_path / "takes" / f"{own}.wav")
    assert voices.path_for(SERVICE, "closed") == of_hotline
    assert voices.path_for(OTHER, "closed", "zh") == of_firm
    assert voices.path_for(OTHER, "closed") == str(tmp_path / "en" / "closed")
    assert voices.source("closed", "en", "4008000001").kind == "shipped"


def test_the_firms_own_text_replaces_a_shipped_one(tmp_path: Path) -> None:
    said = Said(tmp_path, "hum")
    voices = Voices(tmp_path, said)
    same = Sentence(id="goodbye", zh=text_of("goodbye", "zh"))
    voices.take(config([same, Sentence(id="closed", zh="打烊了。"), Sentence(id="tea", zh="喝茶")]))
    assert voices.source("goodbye", "zh").kind == "shipped"
    assert voices.source("tea", "zh").kind == "missing"
    with pytest.raises(NotFound):
        voices.path_for(SERVICE, "tea")
    for text in ("打烊了。", "喝茶"):
        put(said.path(text, "zh"))
    assert voices.source("closed", "zh").kind == "said"
    assert voices.source("closed", "en").kind == "shipped"
    assert voices.path_for(OTHER, "tea", "en") == str(said.path("喝茶", "zh").with_suffix(""))
    voices.take(config())  # a call on the version before may still ask for it
    assert voices.source("tea", "zh").kind == "said"


def test_a_version_names_the_sound_and_changes_with_it(tmp_path: Path) -> None:
    voices = Voices(tmp_path)
    path = put(tmp_path / "zh" / "notice.wav")
    first = voices.version(path)
    assert len(first) == 12
    assert voices.version(path) == first
    (tmp_path / "zh" / "notice.wav").write_bytes(b"\xd5\xd5")
    assert voices.version(path) != first
    assert voices.version(str(tmp_path / "gone")) == ""
