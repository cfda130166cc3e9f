"""Where a call goes when waiting here makes no sense: a group's rules, tested in order.

Length and estimate count once, when the call enters a group and nobody idle takes it; waiting and
nobody being there count at any time. Who is being offered is never moved. The first entry time
goes along, and a call never comes back to a group that it overflowed from, so nobody goes round.
"""

from collections.abc import Callable
from typing import Any

from acd import tips
from acd.floor import PHONE_LOST, Agent, Call, Floor, Presence, Stage
from acd.moves import join, stand
from acd.quote import quote
from acd.rules import GroupRules, Overflow
from acd.turn import Turn
from domain import commands as do, events as ev
from domain.ids import GroupId, Instant

NOBODY_S = 15.0
"""How long nobody must be signed in before those who wait already are moved, seconds."""
CALLBACK_KEY = "1"
SLACK_S = 0.001
TIMED = ("wait_s", "max_wait_s")


def is_deserted(floor: Floor, group: GroupId) -> bool:
    """Tell whether nobody is signed in who may take calls of a group, at any step."""
    return not any(
        agent.presence is not Presence.OFFLINE and agent.reason != PHONE_LOST
        for agent in floor.serving_ever(group)
    )


def arrived(turn: Turn, call: Call, rules: GroupRules) -> None:
    """Test the rules for a call that stands on the hold music and was not offered."""
    if not rules.overflow or call.stage is not Stage.WAITING or call.line is None:
        return
    entering, call.more.judged = call.more.judged != call.group, call.group
    if entering:
        _wake(turn, call)
    _look(turn, call, entering=entering)


def renew(turn: Turn, call: Call) -> None:
    """Come again when the rules that changed while a call waits are due."""
    _wake(turn, call)


def agent_left(turn: Turn, agent: Agent) -> None:
    """Begin the grace of every group that nobody serves any more."""
    for group in {line.group for line in agent.lines}:
        rules = turn.floor.groups.get(group)
        if rules is None or not any(rule.when == "nobody" for rule in rules.overflow):
            continue
        if is_deserted(turn.floor, group):
            turn.floor.deserted[group] = turn.now
            for place in turn.floor.waiting.get(group, ()):
                turn.wake(NOBODY_S, ev.OverflowDue(place[-1]))


def wants(floor: Floor, event: ev.OverflowDue) -> bool:
    """Tell whether this call waits still; whether a rule holds is seen when it is decided."""
    call = floor.calls.get(event.call)
    waiting = call is not None and call.stage is Stage.WAITING and call.line is not None
    return waiting and call is not None and call.back is None


def take(turn: Turn, made: ev.CallOverflowed) -> None:
    """Move a call as was decided: just now, or read back from the journal."""
    call = turn.floor.calls[made.call]
    turn.floor.dequeue(call)
    call.preferred, call.more.passed = "", (*call.more.passed, call.group)
    if made.to_kind == "group":
        call.group = GroupId(made.to)
        join(turn, call)
        if call.confirmed:
            stand(turn, call)
            _arrived_anew(turn, call)
        return
    call.more.spent = (*call.more.spent, (call.group, made.rule))
    call.stage, call.since, call.confirmed = Stage.ASIDE, turn.now, False
    call.more.exit = (made.to_kind, made.to)
    turn.commands.append(do.TakeAside(call.id))


def _arrived_anew(turn: Turn, call: Call) -> None:
    if call.stage is Stage.WAITING:
        rules = turn.floor.rules(call)
        tips.begin(turn, call, rules)
        arrived(turn, call, rules)


def _look(turn: Turn, call: Call, *, entering: bool = False) -> None:
    if turn.floor.recalling:
        return  # read back as it was decided
    holds = AT_ONCE if entering else HOLDS
    for rule in turn.floor.rules(call).overflow:
        test = holds.get(rule.when)
        if test and _may(turn.floor, call, rule) and test(turn, call, rule.limit):
            send(turn, call, rule.when, rule.to_kind, rule.to)
            return


def send(turn: Turn, call: Call, rule: str, to_kind: str, to: str = "") -> None:
    """Send a waiting call on, and write down why."""
    made = ev.CallOverflowed(call.id, rule, to_kind, to, call.group)
    turn.facts.append(made)
    take(turn, made)


def _may(floor: Floor, call: Call, rule: Overflow) -> bool:
    """Leave out what was tried already, and groups that are gone or were left before."""
    if rule.to_kind != "group":
        return (call.group, rule.when) not in call.more.spent
    to = GroupId(rule.to)
    return to in floor.groups and to != call.group and to not in call.more.passed


def _wake(turn: Turn, call: Call) -> None:
    for rule in turn.floor.rules(call).overflow:
        if rule.when in TIMED:
            wait_s = max(0.0, rule.limit - (turn.now - call.began))
            turn.wake(wait_s, ev.OverflowDue(call.id))


def _waited(turn: Turn, call: Call, limit: float) -> bool:
    return turn.now - call.began + SLACK_S >= limit


def _is_long(turn: Turn, call: Call, limit: float) -> bool:
    """Count the others who wait in the group."""
    return len(turn.floor.waiting[call.group]) - 1 >= limit


def _is_slow(turn: Turn, call: Call, limit: float) -> bool:
    found = quote(turn.floor, call, Instant(turn.now))
    return found.agents > 0 and found.wait.about_s > limit


def _is_empty(turn: Turn, call: Call, limit: float) -> bool:
    return is_deserted(turn.floor, call.group)


def _stayed_empty(turn: Turn, call: Call, limit: float) -> bool:
    since = turn.floor.deserted.get(call.group)
    gone = since is not None and turn.now - since + SLACK_S >= NOBODY_S
    return gone and is_deserted(turn.floor, call.group)


Test = Callable[[Turn, Call, float], bool]
HOLDS: dict[str, Test] = {"wait_s": _waited, "max_wait_s": _waited, "nobody": _stayed_empty}
"""What is tested at any time."""
AT_ONCE: dict[str, Test] = HOLDS | {
    "length": _is_long,
    "max_length": _is_long,
    "estimate_s": _is_slow,
    "nobody": _is_empty,
}
"""What is tested when a call enters a group: the grace is for those who wait already."""


def _key_pressed(turn: Turn, event: ev.HoldKeyPressed) -> None:
    """Let a waiting caller ask to be called back, where the group offers it."""
    call = turn.floor.calls.get(event.call)
    if call is None or call.stage is not Stage.WAITING or not call.confirmed:
        return
    offered = turn.floor.rules(call).callback and not turn.floor.recalling
    if event.digit == CALLBACK_KEY and offered:
        send(turn, call, "key", "callback")


def _due(turn: Turn, event: ev.OverflowDue) -> None:
    call = turn.floor.calls.get(event.call)
    if call is not None and wants(turn.floor, event):
        _look(turn, call)


RULES: dict[type[Any], Callable[[Turn, Any], None]] = {
    ev.OverflowDue: _due,
    ev.HoldKeyPressed: _key_pressed,
}
WANTED: dict[type[Any], Callable[[Floor, Any], bool]] = {ev.OverflowDue: wants}
