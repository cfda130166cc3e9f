"""Finishing recordings with real wavs and the real ffmpeg: sides, lengths, crashes, full disks."""

import asyncio
import hashlib
import json
import struct
from pathlib import Path

import pytest

from recording import RecordingBroken, clear, finish, finish_message, left_behind
from recording.finish import _plain
from recording.spool import settled

from .sounds import level, read, tone, write


def spool(folder: Path, caller: float | None, agent: float | None) -> Path:
    """Spool a call: a 440 Hz caller and a 1000 Hz agent, each so many seconds long."""
    stem = folder / "spool" / "01CALL"
    if caller is not None:
        write(stem.with_name("01CALL-caller.wav"), tone(440, caller))
    if agent is not None:
        write(stem.with_name("01CALL-agent.wav"), tone(1000, agent, 0.25))
    return stem


@pytest.mark.parametrize("fmt", ["mp3", "opus"])
async def test_the_customer_is_left_and_the_agent_right(tmp_path: Path, fmt: str) -> None:
    stem = spool(tmp_path, 1.5, 1.493)  # the sides differ by some samples
    write(stem.with_name("01CALL.wav"), tone(440, 0.1))
    to = tmp_path / "kept" / "2026/11/22" / f"01CALL.{fmt}"
    kept = await finish(stem, to, fmt)
    left, right = read(to, 2)
    assert level(left, 440) > 0.4 and level(left, 1000) < 0.02
    assert level(right, 1000) > 0.2 and level(right, 440) < 0.02
    assert abs(len(left) / 8000 - 1.5) < 0.3 and kept.seconds == pytest.approx(1.5)
    assert kept.sha256 == hashlib.sha256(to.read_bytes()).hexdigest()
    assert (kept.bytes, kept.channels) == (to.stat().st_size, 2)
    assert {each.name for each in to.parent.iterdir()} == {to.name, "01CALL.peaks.json"}
    assert len(list(stem.parent.iterdir())) == 3  # until the journal says that the file is there
    # a killed engine's ffmpeg may still write where this one does
    part = to.with_name(f"{to.name}.part")
    with part.open("wb") as old:
        again = await finish(stem, to, fmt)
        old.write(bytes(100_000))
    assert again.sha256 == hashlib.sha256(to.read_bytes()).hexdigest()
    clear(stem)
    assert list(stem.parent.iterdir()) == []


async def test_the_peaks_are_ten_a_second_and_true(tmp_path: Path) -> None:
    stem = tmp_path / "c"
    write(tmp_path / "c-caller.wav", tone(500, 0.3, 1.0) + tone(0, 0.2))
    write(tmp_path / "c-agent.wav", tone(500, 0.25, 0.5))
    await finish(stem, tmp_path / "c.mp3", "mp3")
    peaks = json.loads((tmp_path / "c.peaks.json").read_text())
    assert peaks["seconds"] == 0.5
    assert peaks["caller"] == pytest.approx([1, 1, 1, 0, 0], abs=0.01)
    assert peaks["agent"] == pytest.approx([0.5, 0.5, 0.5], abs=0.01)


@pytest.mark.parametrize(("caller", "agent"), [(0.5, None), (None, 0.5), (0.5, 0.0)])
async def test_a_side_that_nobody_wrote_is_silence(
    tmp_path: Path, caller: float | None, agent: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recording.spool.LOOK_AGAIN_S", 0.01)
    stem = spool(tmp_path, caller, agent)
    spooled = await settled(stem, wait_s=0.05)
    assert (spooled.caller is None, spooled.agent is None) == (not caller, not agent)
    if caller and agent is not None:  # both files are there: complete at once
        await finish(stem, tmp_path / "c.mp3", "mp3")
        left, right = read(tmp_path / "c.mp3", 2)
        assert level(left, 440) > 0.4 and level(right, 440) < 0.005


async def test_without_sound_it_says_so_and_tidies_up(tmp_path: Path) -> None:
    stem = spool(tmp_path, 0.0, 0.0)
    with pytest.raises(RecordingBroken, match="nothing was recorded"):
        await finish(stem, tmp_path / "c.mp3", "mp3")
    assert list(stem.parent.iterdir()) == [] and not (tmp_path / "c.mp3").exists()


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def _crash(path: Path) -> None:
    """Leave the header as it is while Asterisk still writes, and a torn last sample."""
    data = bytearray(path.read_bytes() + b"\x01")
    data[4:8] = data[40:44] = struct.pack("<I", 0)
    path.write_bytes(data)


async def test_a_talk_that_asterisk_never_closed_is_kept_whole(tmp_path: Path) -> None:
    stem = spool(tmp_path, 1.0, 1.0)
    for name in ("caller", "agent"):
        _crash(stem.with_name(f"01CALL-{name}.wav"))
    spooled = await settled(stem, wait_s=0.3)
    assert spooled.caller and spooled.agent
    kept = await finish(stem, tmp_path / "c.mp3", "mp3")
    assert kept.seconds == pytest.approx(1.0)
    left, _ = read(tmp_path / "c.mp3", 2)
    assert level(left, 440) > 0.4


async def test_it_waits_as_long_as_a_side_grows(tmp_path: Path) -> None:
    stem = spool(tmp_path, 0.2, 0.2)
    caller = stem.with_name("01CALL-caller.wav")
    _crash(caller)
    waiting = asyncio.create_task(settled(stem, wait_s=1.5))
    for _ in range(8):  # longer in all than wait_s
        done, _pending = await asyncio.wait([waiting], timeout=0.25)
        assert not done
        with caller.open("ab") as data:
            data.write(bytes(1600))
    write(caller, tone(440, 0.9))  # Asterisk lets go of it
    assert (await waiting).caller == caller


async def test_what_is_no_sound_is_broken_and_stays_for_a_look(tmp_path: Path) -> None:
    stem = spool(tmp_path, 0.2, 0.2)
    stem.with_name("01CALL-agent.wav").write_bytes(b"x" * 99)
    with pytest.raises(RecordingBroken):
        await settled(stem, wait_s=0.05)
    assert stem.with_name("01CALL-caller.wav").exists()


async def test_a_place_that_cannot_be_written_loses_nothing(tmp_path: Path) -> None:
    stem = spool(tmp_path, 0.2, 0.2)
    (tmp_path / "blocked").write_text("a file, not a folder")
    with pytest.raises(RecordingBroken, match="cannot be read or written"):
        await finish(stem, tmp_path / "blocked" / "c.mp3", "mp3")
    assert len(list(stem.parent.iterdir())) == 2
    await finish(stem, tmp_path / "c.mp3", "mp3")


def test_a_full_disk_is_called_so() -> None:
    assert "the disk is full" in _plain(OSError(28, "No space left on device"))


async def test_a_message_becomes_mono_mp3(tmp_path: Path) -> None:
    wav = write(tmp_path / "m-message.wav", tone(440, 1.0))
    to = wav.with_suffix(".mp3")
    await finish_message(wav, to)
    (sound,) = read(to, 1)
    assert level(sound, 440) > 0.4
    assert names(tmp_path) == sorted([to.name, wav.name])
    with pytest.raises(RecordingBroken, match="ffmpeg"):
        await finish_message(tmp_path / "none.wav", tmp_path / "none.mp3")
    assert names(tmp_path) == sorted([to.name, wav.name])


def test_left_behind_are_the_stems_that_no_live_call_owns(tmp_path: Path) -> None:
    for name in ("a-caller", "a-agent", "b-agent", "live-caller", "a"):
        write(tmp_path / f"{name}.wav", tone(440, 0.01))
    found = left_behind(tmp_path, {"live"})
    assert [stem.name for stem, _ in found] == ["a", "b"]
    newest = int((tmp_path / "b-agent.wav").stat().st_mtime * 1000)
    assert found[1][1] == newest
    assert left_behind(tmp_path / "none", set()) == []
