"""Where recordings lie, what rows they make, and greetings that people upload."""

import wave
from array import array
from pathlib import Path

import pytest
from pydub import AudioSegment

from domain import events as ev
from domain.errors import NotFound, Refused
from domain.events import Record
from domain.ids import CallId
from domain.ports import Storage
from recording import FolderStorage, call_file, message_file, normalise
from recording.project import row_of

from .sounds import export, level, read, tone, write


def test_the_day_is_the_day_in_china() -> None:
    new_year = 1767196800000  # 2025-12-31T16:00:00Z = midnight in Shanghai
    assert call_file("c", new_year, "opus") == "2026/01/01/c.opus"
    assert call_file("c", new_year - 1, "mp3") == "2025/12/31/c.mp3"
    assert message_file("c", new_year) == "2026/01/01/c-message.wav"


def test_rows_name_what_lies_on_the_disk() -> None:
    message = Record(3, 0.0, 7, ev.MessageLeft(CallId("c"), "box", "2026/01/01/c-message.wav", 4.5))
    row = row_of(message)
    assert row is not None
    assert (row["kind"], row["seconds"]) == ("message", 4.5)
    assert row["file"] == "2026/01/01/c-message.mp3"
    failed = row_of(Record(4, 0.0, 8, ev.RecordingFailed(CallId("c"), "x" * 999)))
    assert failed is not None and len(failed["reason"]) == 200
    assert row_of(Record(5, 0.0, 9, ev.CallEnded(CallId("c"), 16))) is None


def test_a_folder_keeps_recordings(tmp_path: Path) -> None:
    storage: Storage = FolderStorage(tmp_path / "kept")
    made = tmp_path / "made.mp3"
    made.write_bytes(b"sound")
    storage.put(made, "2026/01/01/c.mp3")
    assert storage.path("2026/01/01/c.mp3").read_bytes() == b"sound"
    assert not made.exists()
    storage.delete("2026/01/01/c.mp3")
    storage.delete("2026/01/01/c.mp3")
    with pytest.raises(NotFound):
        storage.path("2026/01/01/c.mp3")


@pytest.mark.parametrize("name", ["../secrets.json", "/etc/passwd", "", ".", "a/../../b"])
def test_a_name_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused):
        FolderStorage(tmp_path / "kept").path(name)


@pytest.mark.parametrize(("peak", "form"), [(0.02, "wav"), (0.9, "mp3"), (0.3, "ogg")])
async def test_a_greeting_is_made_evenly_loud(tmp_path: Path, peak: float, form: str) -> None:
    upload = export(tmp_path / f"greeting.{form}", tone(440, 1.0, peak))
    to = tmp_path / "prompts" / "g.wav"
    assert await normalise(upload, to) == pytest.approx(1.0, abs=0.1)
    with wave.open(str(to)) as made:
        assert (made.getframerate(), made.getnchannels(), made.getsampwidth()) == (8000, 1, 2)
    assert AudioSegment.from_wav(str(to)).dBFS == pytest.approx(-20, abs=0.5)
    assert level(read(to, 1)[0], 440) > 0.1
    assert list(to.parent.iterdir()) == [to]


async def test_a_loud_click_is_not_clipped(tmp_path: Path) -> None:
    quiet = tone(440, 1.0, 0.01)
    quiet[100] = 32000
    to = tmp_path / "g.wav"
    await normalise(write(tmp_path / "u.wav", quiet), to)
    assert AudioSegment.from_wav(str(to)).max_dBFS < -0.9


PLAYLIST = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no sound that we can read"),
        (b"<html>", "no sound that we can read"),
        (PLAYLIST, "no sound that we can read"),
        (b"ffconcat version 1.0\nfile '/etc/hostname'\n", "no sound that we can read"),
        (tone(0, 1.0), "holds no sound"),
        (tone(440, 0.1), "holds no sound"),
        (tone(440, 0.5) * 242, "longer than 120 s"),
    ],
)
async def test_what_is_no_greeting_is_refused(
    tmp_path: Path, content: bytes | array, said: str
) -> None:
    upload = tmp_path / "upload"
    if isinstance(content, bytes):
        upload.write_bytes(content)
    else:
        write(upload, content)
    to = tmp_path / "kept" / "g.wav"
    with pytest.raises(Refused, match=said):
        await normalise(upload, to)
    assert list(to.parent.iterdir()) == []
