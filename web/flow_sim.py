"""The flow page's simulator: the keys so far in, the walk out. Nothing is kept between questions.

The very `ivr.step` that runs live walks; calendars and prompts are those in force.
"""

import asyncio
from dataclasses import replace
from typing import Any

from ivr import calendar_from, day_kind_cn
from ivr.load import load
from ivr.model import Given
from ivr.show import shown
from ivr.simulate import CALL, read_keys, walk
from office.model import Config
from switchboard.flows import known_of, shapes
from web.flow_text import words_in
from web.flows import SEE
from web.schema_flows import Simulate, Simulated
from web.table import Ask, Nothing, table

simulator = table("flows: the simulator")


@simulator.route("POST ./flows/simulate", SEE)
async def simulate_call(ask: Ask[Nothing, Simulate]) -> Simulated:
    """Walk through a text with the keys so far, up to the first question they do not answer."""
    config = ask.world.config.now
    return Simulated.model_validate(await asyncio.to_thread(_walked, config, ask.body))


def _walked(config: Config, wish: Simulate) -> dict[str, Any]:
    known = known_of(config)
    flows = shapes({**config.flows, wish.name: wish.text})
    flow = load(wish.name, wish.text, replace(known, flows=flows))
    calendars = {one.id: calendar_from(one.model_dump(by_alias=True)) for one in config.calendars}
    hotline = next((one for one in config.hotlines if one.flow == wish.name), None)
    given = wish.given
    if hotline and not given.calendar:
        given = given.model_copy(update={"calendar": hotline.calendar})
    start = Given(
        CALL,
        calendar=given.calendar,
        priorities={group.id: group.priority for group in config.groups},
        flows=flows,
    )
    scene = given.scene(calendars, day_kind_cn)
    done = walk(flow, read_keys(wish.keys), scene, start, patient=True)
    return shown(done, words_in(config), given.language)
