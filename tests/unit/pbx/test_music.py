"""The music to wait to as samples: made once, whole, and never in the way."""

import asyncio
from pathlib import Path

from pbx.music import MUSIC, SAMPLES, lay_out_samples, samples_in

SILENT_FRAME = b"\xd0" + bytes(32)
"""20 ms of GSM 06.10."""
FRAMES, SAMPLE_BYTES = 5, 320


def music(share: Path, *names: str) -> Path:
    (share / MUSIC).mkdir(parents=True)
    for name in names:
        (share / MUSIC / f"{name}.gsm").write_bytes(SILENT_FRAME * FRAMES)
    return share


def test_every_piece_is_there_as_samples(tmp_path: Path) -> None:
    share = music(tmp_path, "one", "two")
    assert samples_in(share) is None
    asyncio.run(lay_out_samples(share))
    folder = samples_in(share)
    assert folder == share / SAMPLES
    sizes = {file.name: file.stat().st_size for file in folder.iterdir()}
    assert sizes == {"one.sln": FRAMES * SAMPLE_BYTES, "two.sln": FRAMES * SAMPLE_BYTES}
    assert sorted(file.name for file in share.iterdir()) == [MUSIC, SAMPLES]


def test_music_that_is_none_leaves_all_as_it_was(tmp_path: Path) -> None:
    share = music(tmp_path)
    asyncio.run(lay_out_samples(share))
    assert samples_in(share) is None and not (share / SAMPLES).exists()


def test_a_piece_that_came_later_is_missed(tmp_path: Path) -> None:
    share = music(tmp_path, "one")
    asyncio.run(lay_out_samples(share))
    (share / MUSIC / "two.gsm").write_bytes(SILENT_FRAME)
    assert samples_in(share) is None


def test_another_start_that_was_quicker_is_no_fault(tmp_path: Path) -> None:
    share = music(tmp_path, "one", "two")

    async def both() -> None:
        await asyncio.gather(lay_out_samples(share), lay_out_samples(share))

    asyncio.run(both())
    assert samples_in(share) is not None
    assert sorted(file.name for file in share.iterdir()) == [MUSIC, SAMPLES]
