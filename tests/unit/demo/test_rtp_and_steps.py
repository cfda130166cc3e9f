"""Packets survive the wire, keys are pressed as RFC 4733 says, keys on a command line are read."""

import wave
from array import array
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from demo.audio import frames_of, read_wav, tone, wav_file
from demo.rtp import FRAME, KEYS, SILENT, Packet, key_ticks, pack, unpack
from demo.steps import Pause, Press, parse_steps
from domain.errors import Refused


@given(
    st.builds(
        Packet,
        st.integers(0, 127),
        st.booleans(),
        st.integers(0, 65535),
        st.integers(0, 2**32 - 1),
        st.integers(0, 2**32 - 1),
        st.binary(max_size=200),
    )
)
def test_a_packet_comes_back_as_it_was(packet: Packet) -> None:
    assert unpack(pack(packet)) == packet


@given(st.binary(max_size=64))
def test_no_datagram_breaks_the_reader(data: bytes) -> None:
    unpack(data)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_lasts_120_ms_and_its_end_is_told_three_times(key: str) -> None:
    events = [event for tick in key_ticks(key) for event in tick]
    assert {event[0] for event in events} == {KEYS.index(key)}
    assert [bool(event[1] & 0x80) for event in events] == [False] * 5 + [True] * 3
    assert int.from_bytes(events[-1][2:]) == 6 * FRAME


def test_steps_are_read_in_order() -> None:
    assert parse_steps("w1.5, 2 ,*#a") == (Pause(1.5), Press("2"), Press("*#A"))


@pytest.mark.parametrize("text", ["w", "1,x", "w-1", "1 2", "１"])
def test_wrong_steps_are_refused(text: str) -> None:
    with pytest.raises(Refused, match="--keys"):
        parse_steps(text)


def test_a_wav_file_is_said_once_then_silence(tmp_path: Path) -> None:
    file = tmp_path / "two.wav"
    with wave.open(str(file), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(16000)
        out.writeframes(array("h", [8000, 0] * 1600).tobytes())
    assert len(read_wav(file)) == 800
    said = list(islice(wav_file(file), 8))
    assert SILENT not in said[:5]
    assert said[5:] == [SILENT] * 3


def test_what_is_no_wav_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"RIFF nothing")
    with pytest.raises(Refused, match=r"x\.wav"):
        read_wav(tmp_path / "x.wav")


def test_a_tone_has_no_seam_between_seconds() -> None:
    frames = list(islice(tone(1000), 101))
    assert frames[0] == frames[50] == frames[100]
    assert [len(frame) for frame in frames_of(b"a" * 170)] == [FRAME, FRAME]
