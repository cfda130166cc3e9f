"""How good the quoted waits were: each caller's first quote in a group against what came. Pure.

A quote counts as kept when the caller was answered within the range told; a wait includes ringing.
Callers who were told the place only, because nobody was there, are not among them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from domain import events as ev


@dataclass(slots=True)
class Row:
    """The quotes of one group: quoted = within + sooner + later + left + waiting."""

    group: str
    quoted: int = 0
    within: int = 0
    sooner: int = 0
    later: int = 0
    left: int = 0
    waiting: int = 0
    squares: float = 0.0

    @property
    def served(self) -> int:
        """Count those whose wait is known."""
        return self.within + self.sooner + self.later

    @property
    def within_rate(self) -> float | None:
        """Give the share of the served who were served within their range, percent."""
        return round(100 * self.within / self.served, 2) if self.served else None

    @property
    def rmse_s(self) -> float | None:
        """Give the error of what was expected, root of the mean square, seconds."""
        return round(sqrt(self.squares / self.served), 1) if self.served else None

    def to_data(self) -> dict[str, Any]:
        """Give the JSON form."""
        names = ("group", "quoted", "within", "sooner", "later", "left", "waiting")
        counts: dict[str, Any] = {name: getattr(self, name) for name in names}
        return counts | {"within_rate": self.within_rate, "rmse_s": self.rmse_s}


@dataclass(slots=True)
class Calibration:
    """The fold over records of the journal."""

    rows: dict[str, Row] = field(default_factory=dict)
    _open: dict[str, tuple[ev.WaitQuoted, int]] = field(default_factory=dict)

    def take(self, record: ev.Record) -> None:
        """Take in one record."""
        event = record.event
        if isinstance(event, ev.WaitQuoted):
            self._quoted(event, record.utc_ms)
        elif isinstance(event, ev.OfferAnswered):
            self._served(event.call, record.utc_ms)
        elif isinstance(event, ev.CallEnded | ev.CallLost | ev.CallMoved):
            quote, _ = self._open.pop(event.call, (None, 0))
            if quote is not None:
                self._row(quote).left += 1

    def finish(self) -> list[Row]:
        """Give the rows; who has not been answered yet still waits."""
        for quote, _ in self._open.values():
            self._row(quote).waiting += 1
        self._open.clear()
        return [self.rows[name] for name in sorted(self.rows)]

    def _row(self, quote: ev.WaitQuoted) -> Row:
        return self.rows.setdefault(quote.group, Row(quote.group))

    def _quoted(self, quote: ev.WaitQuoted, at: int) -> None:
        if quote.agents and quote.call not in self._open:
            self._open[quote.call] = quote, at
            self._row(quote).quoted += 1

    def _served(self, call: str, at: int) -> None:
        quote, since = self._open.pop(call, (None, 0))
        if quote is None:
            return
        row, wait_s = self._row(quote), (at - since) / 1000
        row.squares += (wait_s - quote.about_s) ** 2
        if wait_s < quote.low_s:
            row.sooner += 1
        elif wait_s > quote.high_s:
            row.later += 1
        else:
            row.within += 1


def calibrated(records: Iterable[ev.Record]) -> list[Row]:
    """Compare every quote of a stretch of the journal with what came of it."""
    found = Calibration()
    for record in records:
        found.take(record)
    return found.finish()
