"""A caller who is put through to a number outside: by a flow, or by a rule of the group.

The caller's own leg dials. Where nobody answers, a flow goes on, and who waited has the old place:
the dialplan takes the caller there, and the core believes it when it tells so.
"""

from collections.abc import Callable
from typing import Any

from acd.floor import Call, Stage
from acd.turn import Turn
from domain import events as ev

ANSWERED = "answered"
"""Why a number outside ended that was talked to."""


def _chosen(turn: Turn, event: ev.OutsideChosen) -> None:
    call = turn.floor.calls.get(event.call)
    if call is not None and call.stage in (Stage.IVR, Stage.AFTER):
        call.more.exit, call.more.outside_s = ("number", event.number), event.ring_s


def _dialled(turn: Turn, event: ev.OutsideDialled) -> None:
    call = turn.floor.calls.get(event.call)
    if call is not None and call.stage in (Stage.IVR, Stage.AFTER, Stage.ASIDE):
        _stands(turn, call, Stage.OUTSIDE)


def _ended(turn: Turn, event: ev.OutsideEnded) -> None:
    call = turn.floor.calls.get(event.call)
    if call is not None and call.stage is Stage.OUTSIDE:
        before = Stage.ASIDE if call.entered else Stage.IVR
        _stands(turn, call, Stage.AFTER if event.why == ANSWERED else before)


def _stands(turn: Turn, call: Call, stage: Stage) -> None:
    call.stage, call.since = stage, turn.now


RULES: dict[type[Any], Callable[[Turn, Any], None]] = {
    ev.OutsideChosen: _chosen,
    ev.OutsideDialled: _dialled,
    ev.OutsideEnded: _ended,
}
