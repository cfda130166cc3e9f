"""Whose rows a person sees: the whole floor, or the groups they work in."""

from web.floor import Scope
from web.guard import Who
from web.world import World

EVERYTHING = Scope(None)


def scope_of(world: World, who: Who) -> Scope:
    """Give a person's view of the floor by role and, for an agent, by their groups."""
    if who.may("board.see"):
        return EVERYTHING
    return Scope(frozenset(own_groups(world, who)), who.agent)


def own_groups(world: World, who: Who) -> tuple[str, ...]:
    """Name the skill groups that a person works in, by the published configuration."""
    for agent in world.config.now.agents:
        if agent.number == who.agent:
            return tuple(agent.groups)
    return ()
