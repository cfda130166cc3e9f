"""Every word that a call out may end with has its column, and is counted once."""

from lines.causes import WORDS
from reports.metrics import UNREACHED


def test_every_reason_is_counted_in_one_column() -> None:
    counted = [word for _, _, words in UNREACHED.values() for word in words]
    assert sorted([*counted, "not_reached"]) == sorted(WORDS)
