"""Walk a flow, one answer at a time. Pure: the same function runs live, in tests and simulated.

`begin` and `step` give acts to carry out in order; the last one is a question that wants exactly
one answer, or a `Leave`. A walk always ends: after `MOST_STEPS` it lets go by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.events import FlowEnded, StepEntered
from ivr.model import Act, At, Flow, Given, Heard, Leave, TellFact, Took, Turn

MOST_STEPS = 200
"""Nodes entered and answers heard in one walk; only a robot presses that many keys."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a walk stands; `over` when it has let go of the caller."""

    flow: Flow
    given: Given
    node: str
    values: Mapping[str, str]
    tries: int = 0
    outcome: str = ""
    steps: int = 0
    over: bool = False

    def at(self) -> At:
        """Show a node what it may know."""
        return At(self.node, self.given, self.tries, self.outcome, self.values)


def begin(flow: Flow, given: Given) -> tuple[State, tuple[Act, ...]]:
    """Start a walk; the acts reach up to the first question."""
    return _go(State(flow, given, flow.start, flow.values), flow.start)


def step(state: State, heard: Heard) -> tuple[State, tuple[Act, ...]]:
    """Take in one answer; an answer that nobody asked for changes nothing."""
    if state.over:
        return state, ()
    turn = state.flow.nodes[state.node].take(state.at(), heard)
    if turn.via or turn.acts:
        state, acts, to = _after(replace(state, steps=state.steps + 1), turn)
        return _onward(state, acts, to)
    return state, ()


def _onward(state: State, acts: tuple[Act, ...], to: str) -> tuple[State, tuple[Act, ...]]:
    if state.over:
        return state, acts
    if to:
        state, more = _go(state, to)
        return state, acts + more
    if state.steps >= MOST_STEPS:
        return _give_up(state, acts)
    return state, acts


def _go(state: State, to: str) -> tuple[State, tuple[Act, ...]]:
    acts: tuple[Act, ...] = ()
    while to and not state.over:
        if state.steps >= MOST_STEPS:
            return _give_up(state, acts)
        node = state.flow.nodes[to]
        state = replace(state, node=to, tries=0, steps=state.steps + 1)
        entered = TellFact(StepEntered(state.given.call, to, node.kind))
        state, more, to = _after(state, node.enter(state.at()))
        acts = (*acts, entered, *more)
    return state, acts


def _after(state: State, turn: Turn) -> tuple[State, tuple[Act, ...], str]:
    """Put a node's answer into the state; give the acts and the node to enter, "" for none."""
    over = bool(turn.acts) and isinstance(turn.acts[-1], Leave)
    edge = next((e for e in state.flow.nodes[state.node].edges() if e.label == turn.via), None)
    took: tuple[Act, ...] = (Took(state.node, turn.via),) if edge else ()
    changed = replace(
        state,
        tries=turn.tries,
        outcome=turn.outcome or state.outcome,
        values={**state.values, **turn.values},
        over=over,
    )
    return changed, (*took, *_ended(state, turn)), "" if over or not edge else edge.to


def _ended(state: State, turn: Turn) -> tuple[Act, ...]:
    match turn.acts:
        case (*before, Leave(_, outcome) as leave) if outcome:
            return (*before, TellFact(FlowEnded(state.given.call, outcome)), leave)
    return turn.acts


def _give_up(state: State, acts: tuple[Act, ...]) -> tuple[State, tuple[Act, ...]]:
    before = acts[:-1] if acts and not isinstance(acts[-1], TellFact | Took) else acts
    ended = TellFact(FlowEnded(state.given.call, "hang_up"))
    return replace(state, over=True), (*before, ended, Leave("hangup", "hang_up"))
