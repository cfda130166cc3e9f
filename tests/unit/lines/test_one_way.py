"""One-way audio by packet counts: who stands still for three seconds is not heard."""

from collections.abc import Sequence

import pytest

from lines.one_way import Count, look, silent_side

LOOKS = (0.0, 1.5, 3.0, 4.5)


def after(callers: Sequence[int], agents: Sequence[int]) -> str:
    talk: dict[str, Count] = {}
    for now, caller, agent in zip(LOOKS, callers, agents, strict=True):
        talk = look(talk, {"caller": caller, "agent": agent}, now)
    return silent_side(talk, LOOKS[-1])


@pytest.mark.parametrize(
    ("callers", "agents", "side"),
    [
        ((0, 75, 150, 225), (0, 75, 150, 225), ""),
        ((9, 9, 9, 9), (0, 75, 150, 225), "caller"),
        ((0, 75, 150, 225), (80, 80, 80, 80), "agent"),
        ((0, 0, 0, 0), (0, 0, 0, 0), "both"),
        ((0, 75, 75, 75), (0, 75, 150, 225), "caller"),
        ((0, 75, 150, 150), (0, 75, 150, 225), ""),
        ((500, 500, 500, 3), (0, 75, 150, 225), ""),
    ],
)
def test_who_is_not_heard(callers: list[int], agents: list[int], side: str) -> None:
    assert after(callers, agents) == side


def test_one_leg_alone_is_no_talk() -> None:
    assert silent_side({"caller": Count(1, 0.0)}, 100.0) == ""
