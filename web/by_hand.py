"""What people decide by hand: pick, move and prioritise waiting calls, set another's state.

Each is written into the audit trail, and into the journal with the login of who did it.
"""

from typing import Any

from web.desk import WORK, agent_of
from web.errors import Said
from web.schema_desk import Done
from web.schema_hand import Force, Move, Priority, Waits
from web.scope import check_agent, check_group, check_live
from web.table import Ask, Nothing, table
from web.world import World

by_hand = table("by hand")

STEER = "floor.steer"


async def _do(ask: Ask[Any, Any], do: str, about: str, **args: Any) -> Done:
    await ask.world.engine.ask(do, by=ask.me.login, **args)
    told = {name: each for name, each in args.items() if each != about}
    await ask.world.note(ask.me.login, do, about, told)
    return Done()


@by_hand.route("POST ./calls/{call}/pick", WORK)
async def pick_call(ask: Ask[Nothing, Nothing]) -> Done:
    """Take a certain waiting call of an own group, out of its turn; the own phone rings."""
    call = ask.path("call")
    return await _do(ask, "call.pick", call, call=call, agent=agent_of(ask.me))


@by_hand.route("POST ./calls/{call}/move", STEER)
async def move_call(ask: Ask[Nothing, Move]) -> Done:
    """Let a waiting call wait for another group or for one agent; it keeps its place."""
    call, body = ask.path("call"), ask.body
    check_live(ask.world, ask.me, call)
    check = check_group if body.to_kind == "group" else check_agent
    check(ask.world, ask.me, body.to)
    return await _do(ask, "call.move", call, call=call, to_kind=body.to_kind, to=body.to)


@by_hand.route("PUT ./calls/{call}/priority", STEER)
async def set_priority(ask: Ask[Nothing, Priority]) -> Done:
    """Have a waiting call served earlier (a lower number) or later."""
    call = ask.path("call")
    check_live(ask.world, ask.me, call)
    return await _do(ask, "call.priority", call, call=call, priority=ask.body.priority)


@by_hand.route("POST ./calls/{call}/cancel-callback", STEER)
async def cancel_callback(ask: Ask[Nothing, Nothing]) -> Done:
    """Strike a callback that waits off the list: its customer will not be rung."""
    call = ask.path("call")
    check_live(ask.world, ask.me, call)
    return await _do(ask, "call.cancel_callback", call, call=call)


@by_hand.route("GET ./calls/{call}/why", "board.see")
async def why_it_waits(ask: Ask[Nothing, Nothing]) -> Waits:
    """Say why a call still waits: everybody who could take it, and what keeps each from it."""
    check_live(ask.world, ask.me, ask.path("call"))
    told = await ask.world.engine.ask("call.why", call=ask.path("call"))
    if not told:
        raise Said("not_found")
    return Waits.model_validate(told)


@by_hand.route("PUT ./agents/{agent}/state", STEER)
async def force_state(ask: Ask[Nothing, Force]) -> Done:
    """Set an agent ready, on break or offline; during a talk it holds for afterwards."""
    agent, body = ask.path("agent"), ask.body
    check_agent(ask.world, ask.me, agent)
    _check_reason(ask.world, body)
    reason = body.reason if body.state == "break" else ""
    return await _do(ask, "agent.force", agent, agent=agent, state=body.state, reason=reason)


def _check_reason(world: World, body: Force) -> None:
    """See that a break has one of the firm's reasons."""
    known = {reason.id for reason in world.config.now.firm.break_reasons}
    if body.state == "break" and body.reason not in known:
        raise Said(
            "refused", field="reason", zh="请选择小休原因。", en="Choose a reason for the break."
        )
