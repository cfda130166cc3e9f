"""Whose rows a person sees: the whole floor, the groups they work in, or what they look after."""

from domain.errors import NotFound
from office.remit import API, LIMITED, Remit
from reports.calls import one_call
from reports.reach import Reach
from web.errors import Said
from web.floor import Scope
from web.guard import Who
from web.world import World

EVERYTHING = Scope(None)


def scope_of(world: World, who: Who) -> Scope:
    """Give a person's view of the floor by role, remit and, for an agent, by their groups."""
    if not who.may("board.see"):
        return Scope(frozenset(own_groups(world, who)), who.agent)
    given = remit_of(who)
    if given is None:
        return EVERYTHING
    return Scope(given.groups, "", given.hotlines, of_sites(world, given), leads=True)


def remit_of(who: Who) -> Remit | None:
    """Give what a person is held to; None = the whole firm. Only some roles are held at all."""
    return who.remit if who.role in (*LIMITED, API) else None


def of_sites(world: World, given: Remit) -> frozenset[str]:
    """Name the agents of a remit's sites, by the published configuration."""
    agents = world.config.now.agents
    return frozenset(each.number for each in agents if each.site in given.sites)


def reach_of(world: World, who: Who) -> Reach | None:
    """Give what a person sees of the past; None = everything that the role may see."""
    given = remit_of(who)
    if given is None:
        return None
    agents = world.config.now.agents
    there = frozenset(each.number for each in agents if not given.groups.isdisjoint(each.groups))
    sites = of_sites(world, given)
    return Reach(given.groups, given.hotlines, sites, there | sites)


async def check_call(world: World, who: Who, call: str) -> None:
    """Hide a call out of reach as if it did not exist: neither live nor in the past."""
    reach = reach_of(world, who)
    if reach is None:
        return
    row = world.engine.floor.call(call)
    if row is not None and scope_of(world, who).sees("calls", row):
        return
    try:
        await one_call(world.db, call, reach)
    except NotFound:
        raise Said("not_found") from None


def check_live(world: World, who: Who, call: str) -> None:
    """Hide a call of the floor that is out of sight; who sees everything may name any."""
    scope = scope_of(world, who)
    row = world.engine.floor.call(call)
    if scope.groups is not None and (row is None or not scope.sees("calls", row)):
        raise Said("not_found")


def check_agent(world: World, who: Who, number: str) -> None:
    """Hide an agent who is out of reach."""
    reach = reach_of(world, who)
    if reach is not None and number not in reach.staff:
        raise Said("not_found")


def check_group(world: World, who: Who, group: str) -> None:
    """Hide a group that is out of reach."""
    reach = reach_of(world, who)
    if reach is not None and group not in reach.groups:
        raise Said("not_found")


def check_hotline(who: Who, number: str) -> None:
    """Hide a hotline that is not looked after; "" (all of them) is for who is held to nothing."""
    given = remit_of(who)
    if given is not None and number not in given.hotlines:
        raise Said("not_found")


def own_groups(world: World, who: Who) -> tuple[str, ...]:
    """Name the skill groups that a person works in, by the published configuration."""
    for agent in world.config.now.agents:
        if agent.number == who.agent:
            return tuple(agent.groups)
    return ()
