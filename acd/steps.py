"""In which line a call waits: for the agent it prefers first, then step by step for more agents."""

from acd.floor import PREFERRED, Call, Floor, GroupRules, Presence, Stage
from acd.turn import Turn
from domain import events as ev
from domain.ids import AgentId

SLACK_S = 0.001
"""A timer may come this much early by rounding."""


def line_up(turn: Turn, call: Call) -> bool:
    """Put a confirmed call in the line where it belongs now; tell whether it went to another.

    A call that asks for less than before is a fact of its own.
    """
    before, rules = call.step, turn.floor.rules(call)
    if before == 0 and not rules.steps:
        return turn.floor.stand(call, 0)
    step = _step_now(turn, call, rules)
    new = turn.floor.stand(call, step)
    if step > before and call.line is not None:
        turn.facts.append(ev.CallWidened(call.id, step, call.line.needs))
    if new:
        _wake_for_next(turn, call, rules)
    return new


def renew(turn: Turn, call: Call) -> None:
    """Find the line and the next step of a call under rules that changed while it waited."""
    if not line_up(turn, call):
        _wake_for_next(turn, call, turn.floor.rules(call))


def _step_now(turn: Turn, call: Call, rules: GroupRules) -> int:
    """Work out the step of a call by the time it has waited in its group; it never goes back."""
    if (call.step >= 0 and not rules.steps) or call.group.startswith("@"):
        return 0
    waited = turn.now - call.began + SLACK_S
    if call.step == PREFERRED and waited < sticky_s(turn, call) and _is_there(turn, call):
        return PREFERRED
    reached = sum(1 for step in rules.steps if step.after_s <= waited)
    return min(max(reached, call.step, 0), len(rules.steps))


def sticky_s(turn: Turn, call: Call) -> float:
    """Tell how long a call waits for the agent it prefers: as it was told, or as its group says."""
    return turn.floor.rules(call).sticky_s if call.wait_for_s < 0 else call.wait_for_s


def _is_there(turn: Turn, call: Call) -> bool:
    agent = turn.floor.agents.get(AgentId(call.preferred))
    return (
        agent is not None
        and agent.presence is Presence.READY
        and agent.number not in (call.barred or ())
    )


def _wake_for_next(turn: Turn, call: Call, rules: GroupRules) -> None:
    if call.step >= len(rules.steps) or call.group.startswith("@"):
        return
    preferred = call.step == PREFERRED
    after_s = sticky_s(turn, call) if preferred else rules.steps[call.step].after_s
    turn.wake(max(0.0, after_s - (turn.now - call.began)), ev.StepDue(call.id, call.step + 1))


def wants(floor: Floor, event: ev.StepDue) -> bool:
    """Tell whether this step is still to come for a call that waits."""
    call = floor.calls.get(event.call)
    waits = call is not None and call.stage is Stage.WAITING and call.line is not None
    return waits and call is not None and event.step > call.step
