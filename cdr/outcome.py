"""How a call ended, in one word, and who ended it. Pure; the first row that fits decides.

| outcome         | when                                                          |
|-----------------|---------------------------------------------------------------|
| (none)          | the call still goes on                                        |
| answered        | an agent talked with the caller                               |
| outside         | nobody of ours, but a number outside talked with the caller   |
| callback        | the caller will be called back in place of waiting            |
| not_reached     | a call out that nobody took                                   |
| lost            | the PBX no longer knew the call after a reconnect             |
| voicemail       | a message was left                                            |
| fallback        | the caller ended in the dialplan's own queue                  |
| abandoned_ring  | the caller left while a phone rang                            |
| abandoned_queue | the caller left while waiting                                 |
| overflowed      | the group sent the caller on to a message, or to a voicemail  |
|                 | without words                                                 |
| closed, nobody, | what the flow said when it let go; blocked: the caller stands |
| contained, …    | on the blacklist                                              |
| abandoned_ivr   | all else: left in the menu, no person asked for, no success   |
"""

from collections.abc import Callable

from cdr.pieces import Work

_OF_QUEUE = {
    "fallback": "fallback",
    "abandoned_ring": "abandoned_ring",
    "abandoned": "abandoned_queue",
    "overflowed": "overflowed",
}
_OF_FLOW = {"closed", "nobody", "voicemail", "contained", "blocked", "fallback"}


def _outside(work: Work) -> bool:
    return any(piece.kind == "outside" and piece.result == "answered" for piece in work.pieces)


_FIRST: tuple[tuple[str, Callable[[Work], bool]], ...] = (
    ("answered", lambda work: work.last("talk") is not None),
    ("outside", _outside),
    ("lost", lambda work: work.lost),
    ("not_reached", lambda work: work.facts.get("direction") == "out"),
    ("callback", lambda work: bool(work.facts.get("linked"))),
)
"""What goes before the words of queue and flow."""


def outcome(work: Work) -> str | None:
    """Name how the call ended; None while it goes on."""
    if work.over is None:
        return None
    if found := next((name for name, holds in _FIRST if holds(work)), ""):
        return found
    if work.facts.get("has_message"):
        return "voicemail"
    queue = work.last("queue")
    if queue is not None and queue.result in _OF_QUEUE:
        return _OF_QUEUE[queue.result]
    return work.flow_outcome if work.flow_outcome in _OF_FLOW else "abandoned_ivr"


def who_ended(work: Work) -> str:
    """Name who hung up first: caller, agent or system; "" while the call goes on."""
    if work.over is None:
        return ""
    if work.lost:
        return "system"
    talk = work.last("talk")
    said = talk.by if talk is not None and talk.by in ("caller", "agent", "system") else ""
    # a fault of the flow itself leaves no HungUp either: the leg ends after FlowEnded
    return work.first_hangup or said or ("system" if work.flow_outcome else "caller")
