"""What follows when an agent may not work any more: off the floor, and the phone's line closed."""

from typing import Any

from domain.errors import YingdaError
from web.table import Ask
from web.world import DESKS


async def shut_out(ask: Ask[Any, Any], agent: str) -> None:
    """Sign an agent out and close their browser phone; who is in a call ends that call first."""
    try:
        await ask.world.engine.ask("agent.sign_out", agent=agent, why="disabled")
    except YingdaError:
        return
    ask.request.app[DESKS].shut(f"w{agent}")
