"""A long take is cut where the reader pauses: noise, clicks and short pauses do not count."""

import pytest
from hypothesis import given, strategies as st

from speech.cut import Piece, best_silence, pieces

VOICE, CLICK = 0.1, 0.2


def take(*parts: tuple[float, float], noise: float = 0.0005) -> list[float]:
    """Make frames: (seconds of speech, seconds of silence after it), half a second before."""
    frames = [noise] * 50
    for speech_s, silence_s in parts:
        frames += [VOICE] * round(speech_s * 100) + [noise] * round(silence_s * 100)
    return frames


def test_every_pause_is_a_cut_and_keeps_a_margin() -> None:
    found = pieces(take((1.0, 1.0), (2.0, 1.0)), 0.7)
    assert found == [Piece(0.42, 1.58), Piece(2.42, 4.58)]


def test_a_breath_within_a_sentence_is_no_cut() -> None:
    assert len(pieces(take((1.0, 0.4), (1.0, 1.2), (0.5, 0.9)), 0.7)) == 2


def test_clicks_and_a_noisy_room_are_no_speech() -> None:
    frames = take((1.0, 1.0), (1.0, 1.0), noise=0.004)
    frames[120:122] = [CLICK, CLICK]
    frames += [CLICK] * 3 + [0.004] * 60
    assert len(pieces(frames, 0.6)) == 2


@pytest.mark.parametrize("frames", [[], [0.0] * 100, [0.0001] * 200])
def test_silence_has_no_pieces(frames: list[float]) -> None:
    assert pieces(frames, 0.5) == []


def test_the_silence_is_found_that_gives_as_many_pieces_as_sentences() -> None:
    frames = take((1.0, 0.45), (1.0, 1.0), (1.0, 0.45), (1.0, 1.0))
    assert len(pieces(frames, best_silence(frames, 2))) == 2
    assert len(pieces(frames, best_silence(frames, 4))) == 4
    assert len(pieces(frames, best_silence(frames, 9))) == 4


@given(
    st.lists(st.tuples(st.floats(0.3, 3), st.floats(0.9, 2)), min_size=1, max_size=12),
    st.floats(0, 0.005),
)
def test_whatever_is_read_comes_back_in_order(
    parts: list[tuple[float, float]], noise: float
) -> None:
    frames = take(*parts, noise=noise)
    found = pieces(frames, 0.7)
    assert len(found) == len(parts)
    ends = [0.0, *(edge for each in found for edge in (each.start_s, each.end_s))]
    assert ends == sorted(ends) and ends[-1] <= len(frames) / 100
