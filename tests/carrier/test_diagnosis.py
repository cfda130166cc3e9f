"""What a broken line does is named by doctor and shown on the board; the other lines go on."""

import asyncio
import json

import pytest

from tests.carrier.house import Bench, House
from tests.carrier.profiles import G729_ONLY, GONE, STRICT_REL, UNKNOWN_ID, WRONG, Profile
from tests.carrier.sdp import G729, Audio
from tests.house.scene import soon

pytestmark = [pytest.mark.pbx, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

NAMED = {
    WRONG.name: "wrong credentials",
    GONE.name: "does not answer",
    G729_ONLY.name: "no audio codec in common",
    UNKNOWN_ID.name: "caller id",
    STRICT_REL.name: "100rel",
}
MENDS = {G729_ONLY.name: "PCMA", UNKNOWN_ID.name: "numbers", STRICT_REL.name: "prack"}


async def test_each_broken_line_is_named_with_its_mend(house: House) -> None:
    await asyncio.gather(
        _refused_in(house, G729_ONLY, Audio(codecs=(G729,)), "488"),
        _refused_out(house, UNKNOWN_ID, "403 Forbidden"),
        _refused_out(house, STRICT_REL, "421 Extension Required", ("Require", "100rel")),
        _stranger(house),
    )
    for name, text in NAMED.items():
        await soon(lambda n=name, t=text: t in _told(house, n), 30, lambda n=name: _told(house, n))
    for name, text in MENDS.items():
        assert text in _told(house, name)
    assert "registered" in _told(house, "ims")
    assert "127.0.1.66" in _told(house, "")
    assert len(house.wrong.asked) <= 2, "a carrier that says 403 is not hammered"


async def _refused_in(house: House, profile: Profile, audio: Audio, status: str) -> None:
    bench = Bench(house, profile)
    caller = bench.line(audio)
    with pytest.raises(Exception, match=status):
        await caller.phone.dial(profile.landline, 10)
    await bench.close()


async def _refused_out(house: House, profile: Profile, status: str, *more: tuple[str, str]) -> None:
    bench = Bench(house, profile)
    agent, customer = await bench.agent(), bench.line()
    await bench.dials(agent, customer.number)
    await customer.phone.taken(20)
    await customer.phone.refuse(status, *more)
    await agent.phone.wait_end(20)
    await bench.close()


async def _stranger(house: House) -> None:
    bench = Bench(house, G729_ONLY)
    caller = bench.line(sbc=house.sbcs["127.0.1.66"])
    with pytest.raises(Exception, match=r"401|403|404"):
        await caller.phone.dial(G729_ONLY.landline, 10)
    await bench.close()


def _told(house: House, name: str) -> str:
    done = house.yingda("doctor", "trunk", *([name] if name else []), "--json")
    return json.dumps(json.loads(done.stdout), ensure_ascii=False)
