"""What the agent's own desk phone can be asked to do, by the links it was set up with."""

from domain.errors import YingdaError
from office.devices import Device
from phones import Features, features_of
from web.world import World


async def own_phone(world: World, agent: str) -> tuple[Device | None, Features]:
    """Find the phone of an agent and what it can; one set up by hand is unknown."""
    device = await world.devices.of_agent(agent)
    return device, features_of(device.vendor if device else "")


async def obeys(world: World, agent: str) -> bool:
    """Tell whether the phone takes a held call back when told; without the database: no."""
    try:
        return (await own_phone(world, agent))[1].talk
    except YingdaError:
        return False
