"""What a waiting caller is told beside place and time: tips in turn, and that there are callbacks.

Never over an announcement: whatever is said leaves the next one room, in both directions.
"""

from collections.abc import Callable
from typing import Any

from acd.floor import Call, Floor, Stage
from acd.rules import GroupRules
from acd.turn import Turn
from domain import commands as do, events as ev

SAY_S = 10.0
"""So long something that is said may take; nothing else is said meanwhile, seconds."""
SLACK_S = 0.001
TIP, PLACE = "tip", "place"
OFFER = "callback_offer"
STAGES = (Stage.WAITING, Stage.OFFERED)


def told(rules: GroupRules) -> tuple[str, ...]:
    """List the prompts that are told in turn."""
    return ((OFFER,) if rules.callback else ()) + rules.tips


def begin(turn: Turn, call: Call, rules: GroupRules) -> None:
    """Come to the first tip of a call that waits in time, unless it is on its way already."""
    tells = (rules.tips or rules.callback) and rules.tip_s > 0
    if tells and call.more.tip_at <= turn.now:
        _wake(turn, call, rules.tip_s)


def say(turn: Turn, call: Call, what: str) -> bool:
    """Tell whether this may be said now; then nothing of another kind is for a while."""
    if call.more.said != what and turn.now + SLACK_S < call.more.quiet_until:
        return False
    call.more.said, call.more.quiet_until = what, turn.now + SAY_S
    return True


def _wake(turn: Turn, call: Call, after_s: float) -> None:
    call.more.tip_at = turn.now + after_s
    turn.wake(after_s, ev.TipDue(call.id))


def _due(turn: Turn, event: ev.TipDue) -> None:
    call = turn.floor.calls.get(event.call)
    if call is None or turn.now + SLACK_S < call.more.tip_at:
        return  # of an earlier wait
    rules = turn.floor.rules(call)
    names = told(rules)
    if not names or call.stage is not Stage.WAITING:
        _wake(turn, call, max(rules.tip_s, SAY_S))
    elif not say(turn, call, TIP):
        _wake(turn, call, call.more.quiet_until - turn.now)
    else:
        turn.commands.append(do.Say(call.id, names[call.more.tip % len(names)]))
        call.more.tip += 1
        _wake(turn, call, max(rules.tip_s, SAY_S))


def wants(floor: Floor, event: ev.TipDue) -> bool:
    """Tell whether this call may wait still."""
    call = floor.calls.get(event.call)
    return call is not None and call.stage in STAGES


RULES: dict[type[Any], Callable[[Turn, Any], None]] = {ev.TipDue: _due}
WANTED: dict[type[Any], Callable[[Floor, Any], bool]] = {ev.TipDue: wants}
