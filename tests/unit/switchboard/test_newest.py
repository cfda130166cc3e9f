"""What the projector keeps of the newest records is never a gap, and never out of order."""

from domain import events as ev
from switchboard.projector import Newest


def filled(*seqs: int, most: int = 5) -> Newest:
    newest = Newest(most)
    for seq in seqs:
        newest.add(ev.Record(seq, 0.0, 0, ev.PbxLeft("")))
    return newest


def after(newest: Newest, seq: int, limit: int = 10) -> list[int] | None:
    found = newest.after(seq, limit)
    return None if found is None else [record.seq for record in found]


def test_who_is_not_far_behind_gets_what_follows() -> None:
    newest = filled(3, 4, 5, 6)
    assert after(newest, 2) == [3, 4, 5, 6]
    assert after(newest, 4) == [5, 6]
    assert after(newest, 4, 1) == [5]
    assert after(newest, 6) == []


def test_who_is_further_behind_reads_the_journal() -> None:
    assert after(Newest(), 0) is None
    assert after(filled(3, 4), 1) is None
    assert after(filled(1, 2, 3, 4, 5, 6, 7), 1) is None  # only five are kept
    assert after(filled(1, 2, 3, 4, 5, 6, 7), 2) == [3, 4, 5, 6, 7]


def test_a_gap_is_read_from_the_journal() -> None:
    assert after(filled(3, 5, 6), 3) is None
