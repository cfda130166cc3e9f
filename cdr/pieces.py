"""The working state of a fold: one phase at a time, with pieces inside it. Pure, mutable.

A phase is ivr, queue, dial, talk, survey or none. Inside a queue lie offers and stretches of
fallback, inside a talk lies hold, inside the ivr lies a voicemail. Wrap-up stands beside the call.
"""

from dataclasses import dataclass, field

from cdr.record import Segment

PHASES = ("ivr", "queue", "dial", "talk", "survey", "fallback", "outside", "callback")


@dataclass(slots=True, eq=False)
class Piece:
    """A segment while it grows; `inside` is the time that pieces within it took, in ms."""

    kind: str
    started: int
    ended: int | None = None
    group: str = ""
    agent: str = ""
    node: str = ""
    keys: str = ""
    result: str = ""
    by: str = ""
    offer: int | None = None
    rang: int | None = None
    inside: int = 0

    def length(self, now: int) -> int:
        """Measure from start to end, or to now while open."""
        return max(0, (now if self.ended is None else self.ended) - self.started)

    def ring(self, now: int) -> int | None:
        """Measure how long the phone rang; None if it did not."""
        if self.rang is None:
            return None
        return max(0, (now if self.ended is None else self.ended) - self.rang)

    def segment(self, n: int, now: int) -> Segment:
        """Freeze into the form that is kept."""
        return Segment(
            n,
            self.kind,
            self.started,
            self.ended,
            max(0, self.length(now) - self.inside),
            self.group,
            self.agent,
            self.node,
            self.keys,
            self.result,
            self.by,
            self.offer,
            self.ring(now),
        )


@dataclass(slots=True)
class Work:
    """A call being folded."""

    facts: dict[str, object] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    phase: Piece | None = None
    rings: list[Piece] = field(default_factory=list)
    hold: Piece | None = None
    away: Piece | None = None
    first_hangup: str = ""
    flow_outcome: str = ""
    pressed: int = 0
    over: int | None = None
    lost: bool = False
    left: int | None = None
    """When the caller left by the dialplan's word, which an engine learns of later; UTC ms."""
    began: int = 0
    """When the caller came, where that was before the first record; UTC ms."""

    def end(self, now: int) -> int:
        """Tell when the call ended whose end is told now."""
        began = self.phase.started if self.phase else 0
        return now if self.left is None else min(now, max(began, self.left))

    def enter(self, now: int, kind: str, group: str = "", agent: str = "") -> Piece:
        """Begin a phase; the one before must have been left."""
        self.phase = Piece(kind, now, group=group, agent=agent)
        self.pieces.append(self.phase)
        return self.phase

    def leave(self, now: int, result: str = "") -> Piece | None:
        """End the current phase and what lies inside it."""
        if self.phase is None:
            return None
        self.end_offer(now, "cancelled")
        self.end_hold(now)
        self.end_away(now)
        left, self.phase = self.phase, None
        left.ended, left.result = now, result or left.result
        return left

    def ringing(self, offer: int) -> Piece | None:
        """Find an open offer by its number; several may be open at once."""
        return next((piece for piece in self.rings if piece.offer == offer), None)

    def end_ring(self, piece: Piece, now: int, result: str) -> None:
        """End one open offer."""
        piece.ended, piece.result = now, result
        self.rings.remove(piece)

    def end_offer(self, now: int, result: str) -> None:
        """End every open offer."""
        for piece in list(self.rings):
            self.end_ring(piece, now, result)

    def end_hold(self, now: int) -> None:
        """End the open hold, if there is one, and take it out of the talk."""
        if self.hold is not None and self.phase is not None:
            self.hold.ended = now
            self.phase.inside += self.hold.length(now)
            self.hold = None

    def end_away(self, now: int) -> None:
        """End the stretch in the dialplan's own queue, if the caller is there."""
        if self.away is not None:
            self.away.ended, self.away = now, None

    def inside(self, kind: str) -> bool:
        """Tell whether the call is in this phase now."""
        return self.phase is not None and self.phase.kind == kind

    def last(self, kind: str) -> Piece | None:
        """Find the newest piece of a kind."""
        return next((piece for piece in reversed(self.pieces) if piece.kind == kind), None)

    def ring_ms(self, now: int) -> int:
        """Measure how long any phone rang; phones that rang together count once."""
        rang = sorted(
            (piece.rang, piece.rang + (piece.ring(now) or 0))
            for piece in self.pieces
            if piece.kind == "offer" and piece.rang is not None
        )
        total = reached = 0
        for start, end in rang:
            total += max(0, end - max(start, reached))
            reached = max(reached, end)
        return total

    def total(self, kind: str, now: int) -> int:
        """Add up the net time of a kind, in ms."""
        return sum(
            max(0, piece.length(now) - piece.inside) for piece in self.pieces if piece.kind == kind
        )
