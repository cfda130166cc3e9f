"""The floor as one picture, for a first paint and for programs without a socket."""

from web.floor import part
from web.schema_board import Board
from web.scope import scope_of
from web.table import Ask, Nothing, table

board = table("board")


@board.route("GET ./board", "board.see", "board.own_groups")
async def show_board(ask: Ask[Nothing, Nothing]) -> Board:
    """Give groups, agents and calls now, as far as the role sees them, and how old that is."""
    engine = ask.world.engine
    seen = part(engine.floor.whole(), scope_of(ask.world, ask.me))
    return Board.model_validate(
        {"pbx": engine.floor.pbx, "engine": engine.up, "told": engine.floor.told} | seen
    )
