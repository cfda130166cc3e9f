"""Walk a flow, one answer at a time. Pure: the same function runs live, in tests and simulated.

`begin` and `step` give acts to carry out in order; the last one is a question that wants exactly
one answer, or a `Leave`. A walk always ends: after `MOST_STEPS` it lets go by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.events import EdgeTaken, FlowEnded, StepEntered
from ivr.model import (
    Act,
    At,
    FactsSeen,
    Flow,
    Given,
    Heard,
    Leave,
    LookAtFacts,
    Play,
    Secret,
    Straight,
    TellFact,
    Turn,
)

MOST_STEPS = 200
"""Nodes entered and answers heard in one walk; only a robot presses that many keys."""
DEEPEST = 8
"""Sub-flows within each other; one more is passed over."""
CALLER = "caller"
"""The value that is there without being declared: the key of the caller's number, kept secret."""
STRAIGHT = "@straight"
"""Stands for a node in the fact that a caller went straight to a person."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The flow that called a sub-flow: its node that waits, and its menus so far."""

    flow: Flow
    node: str
    menus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """Where a walk stands; `over` when it has let go of the caller.

    `menus` are those on the way here, for `back`; node "" = before the start.
    """

    flow: Flow
    given: Given
    node: str
    values: Mapping[str, str]
    tries: int = 0
    outcome: str = ""
    steps: int = 0
    over: bool = False
    memo: str = ""
    menus: tuple[str, ...] = ()
    stack: tuple[Frame, ...] = ()

    def at(self) -> At:
        """Show a node what it may know."""
        return At(self.node, self.given, self.tries, self.outcome, self.values, self.memo)


Walked = tuple[State, tuple[Act, ...]]


def begin(flow: Flow, given: Given) -> Walked:
    """Start a walk; the acts reach up to the first question."""
    state = State(flow, given, "", {**flow.values, CALLER: Secret(given.caller)})
    asked = _asked_first(flow.straight)
    return (state, (LookAtFacts(asked),)) if asked else _go(state, flow.start)


def step(state: State, heard: Heard) -> Walked:
    """Take in one answer; an answer that nobody asked for changes nothing."""
    if state.over:
        return state, ()
    if not state.node:
        return _through_the_gate(state, heard)
    turn = state.flow.nodes[state.node].take(state.at(), heard)
    if turn.via or turn.acts:
        return _onward(*_after(replace(state, steps=state.steps + 1), turn))
    return state, ()


def resume(state: State) -> Walked:
    """Take up a walk that was let go with `out`, because nobody answered there."""
    edges = state.flow.nodes[state.node].edges()
    to = next((edge.to for edge in edges if edge.label == "otherwise"), "")
    state = replace(state, over=False, steps=state.steps + 1)
    return _onward(state, (_edge(state, "otherwise"),), to or state.flow.start)


def _asked_first(straight: Straight | None) -> tuple[str, ...]:
    """List the facts that decide whether a caller goes straight to a person."""
    if straight is None:
        return ()
    wanted = {
        "vip": straight.vip,
        "calls_24h": straight.calls_24h,
        "lists": straight.list,
        "tags": straight.list,
    }
    return tuple(name for name, needed in wanted.items() if needed)


def _through_the_gate(state: State, heard: Heard) -> Walked:
    straight = state.flow.straight
    if not isinstance(heard, FactsSeen) or straight is None:
        return state, ()
    why = _why_straight(straight, heard)
    if not why:
        return _go(state, state.flow.start)
    took = TellFact(EdgeTaken(state.given.call, STRAIGHT, why, state.flow.name))
    state, acts = _go(state, straight.to)
    return state, (took, *acts)


def _why_straight(straight: Straight, seen: FactsSeen) -> str:
    def figure(name: str) -> int:
        fact = seen.facts.get(name, 0)
        return fact if isinstance(fact, int) else 0

    listed = (seen.facts.get("lists", ()), seen.facts.get("tags", ()))
    reasons = {
        "vip": straight.vip is not None and figure("vip") >= straight.vip,
        "calls_24h": straight.calls_24h is not None and figure("calls_24h") >= straight.calls_24h,
        "list": bool(straight.list)
        and any(isinstance(each, tuple) and straight.list in each for each in listed),
    }
    return next((why for why, holds in reasons.items() if holds), "")


def _onward(state: State, acts: tuple[Act, ...], to: str) -> Walked:
    if state.over:
        return state, acts
    if to:
        state, more = _go(state, to)
        return state, acts + more
    if state.steps >= MOST_STEPS:
        return _give_up(state, acts)
    return state, acts


def _go(state: State, to: str) -> Walked:
    acts: tuple[Act, ...] = ()
    while to and not state.over:
        if state.steps >= MOST_STEPS:
            return _give_up(state, acts)
        node = state.flow.nodes[to]
        menus = (*_until(state.menus, to), to) if node.is_menu() else state.menus
        state = replace(state, node=to, tries=0, memo="", steps=state.steps + 1, menus=menus)
        entered = TellFact(StepEntered(state.given.call, to, node.kind, state.flow.name))
        state, more, to = _after(state, node.enter(state.at()))
        acts = (*acts, entered, *more)
    return state, acts


def _until(menus: tuple[str, ...], name: str) -> tuple[str, ...]:
    return menus[: menus.index(name)] if name in menus else menus


def _after(state: State, turn: Turn) -> tuple[State, tuple[Act, ...], str]:
    """Put a node's answer into the state; give the acts and the node to enter, "" for none."""
    over = bool(turn.acts) and isinstance(turn.acts[-1], Leave)
    edge = next((e for e in state.flow.nodes[state.node].edges() if e.label == turn.via), None)
    acts = _ended(state, turn, (_edge(state, turn.via),) if edge else ())
    state = replace(
        state,
        tries=turn.tries,
        memo=turn.memo,
        outcome=turn.outcome or state.outcome,
        values={**state.values, **turn.values},
        over=over,
    )
    if over:
        return state, acts, ""
    if turn.back:
        return state, acts, _before(state)
    if turn.returns:
        return _returned(state, acts)
    if turn.sub:
        return _entered(state, acts, turn.sub)
    return state, acts, edge.to if edge else ""


def _before(state: State) -> str:
    """Name the menu before this one; the first menu is said again."""
    before = _until(state.menus, state.node)
    return before[-1] if before else state.node


def _entered(state: State, acts: tuple[Act, ...], name: str) -> tuple[State, tuple[Act, ...], str]:
    """Go into a sub-flow; its own values hold where the caller's flow has none."""
    sub = state.given.flows.get(name)
    if sub is None or len(state.stack) >= DEEPEST:
        return state, (*acts, _edge(state, "next")), _next(state)
    frame = Frame(state.flow, state.node, state.menus)
    missing = {name: value for name, value in sub.values.items() if not state.values.get(name)}
    state = replace(
        state, flow=sub, values={**state.values, **missing}, menus=(), stack=(*state.stack, frame)
    )
    return state, acts, sub.start


def _returned(state: State, acts: tuple[Act, ...]) -> tuple[State, tuple[Act, ...], str]:
    """Come back from a sub-flow; where there is none to come back to, the walk ends."""
    if not state.stack:
        return *_give_up(state, acts), ""
    *below, frame = state.stack
    state = replace(state, flow=frame.flow, node=frame.node, menus=frame.menus, stack=tuple(below))
    return state, (*acts, _edge(state, "next")), _next(state)


def _next(state: State) -> str:
    return next(edge.to for edge in state.flow.nodes[state.node].edges() if edge.label == "next")


def _edge(state: State, label: str) -> TellFact:
    return TellFact(EdgeTaken(state.given.call, state.node, label, state.flow.name))


def _ended(state: State, turn: Turn, took: tuple[Act, ...]) -> tuple[Act, ...]:
    """Put the branch after what is played, before what is asked; and the end before leaving."""
    match turn.acts:
        case (*before, Leave(_, outcome) as leave) if outcome:
            return (*before, *took, TellFact(FlowEnded(state.given.call, outcome)), leave)
        case (*_, Play() | TellFact()) | ():
            return (*turn.acts, *took)
    return (*turn.acts[:-1], *took, turn.acts[-1])


def _give_up(state: State, acts: tuple[Act, ...]) -> Walked:
    before = acts[:-1] if acts and not isinstance(acts[-1], TellFact) else acts
    ended = TellFact(FlowEnded(state.given.call, "hang_up"))
    return replace(state, over=True), (*before, ended, Leave("hangup", "hang_up"))
