"""Two hundred conversations at once: what one caller types is never taken for another's."""

import asyncio
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from domain import events as ev
from tests.carrier.house import House
from tests.house.firm import ASKS, VOLUME
from tests.house.scene import Person, scene_on, soon
from tests.house.sipp import sipp

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

BY_INFO, BY_RTP = 180, 20
KEYS = 6
ENOUGH = 150
"""So many must be open together; a slow machine is still letting the last ones in."""


def typed(house: House, callers: Mapping[str, str]) -> dict[str, str]:
    """Read from the journal what each of these callers is said to have pressed."""
    records = house.journal()
    arrived = [each.event for each in records if isinstance(each.event, ev.CallArrived)]
    names = {each.call: each.caller for each in arrived if each.caller in callers}
    pressed = [each.event for each in records if isinstance(each.event, ev.KeyPressed)]
    return {names[each.call]: each.digits for each in pressed if each.call in names}


def at_once(house: House, callers: Mapping[str, str]) -> int:
    """Count the conversations that were open together at most."""
    mine: set[str] = set()
    most = 0
    for each in house.journal():
        match each.event:
            case ev.CallArrived(call=call, caller=caller) if caller in callers:
                mine.add(call)
            case ev.CallEnded(call=call):
                mine.discard(call)
        most = max(most, len(mine))
    return most


async def test_two_hundred_conversations_never_mix_their_keys(house: House, tmp_path: Path) -> None:
    chance = random.Random(5)
    keys = [f"{n:0{KEYS}}" for n in chance.sample(range(10**KEYS), BY_INFO + BY_RTP)]
    by_info = {f"1350000{n:04}": keys[n] for n in range(BY_INFO)}
    listed = tmp_path / "keys.csv"
    lines = [";".join((number, *digits)) for number, digits in by_info.items()]
    listed.write_text("\n".join(["SEQUENTIAL", *lines]) + "\n")
    options = ("-inf", str(listed), "-m", str(BY_INFO), "-l", str(BY_INFO), "-r", "20")
    async with scene_on(house, VOLUME) as scene:
        people = [await scene.caller() for _ in range(BY_RTP)]
        by_rtp = dict(zip((each.number for each in people), keys[BY_INFO:], strict=True))
        wanted = by_info | by_rtp

        async def calls(person: Person) -> None:
            await person.phone.dial(ASKS)
            await person.hears_a("speech", within_s=60)

        async def types(person: Person) -> None:
            await person.phone.press(by_rtp[person.number])
            await person.phone.wait_end(60)

        for person in people:
            await calls(person)
        others = asyncio.create_task(sipp("keys", house.sip, ASKS, *options))
        await soon(lambda: at_once(house, wanted) >= ENOUGH, 60, "so many at once")
        await asyncio.gather(others, *(types(person) for person in people))
        await soon(lambda: typed(house, wanted) == wanted, 30, "everybody's own keys")
        print(f"\n{len(wanted)} conversations, {at_once(house, wanted)} at once")
