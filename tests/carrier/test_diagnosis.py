"""What a broken line does is named by doctor and shown on the board; the other lines go on."""

import asyncio
import json
from collections import defaultdict

import pytest

from tests.carrier.house import Bench, House
from tests.carrier.profiles import (
    EARLY,
    FORMS,
    G729_ONLY,
    GONE,
    IMS,
    STRICT,
    STRICT_REL,
    TCP,
    TWO_SBCS,
    UNKNOWN_ID,
    WRONG,
    Profile,
)
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
    told: dict[str, str] = {}

    def all_named() -> bool:
        told.update(_told(house))
        return all(text in told[name] for name, text in NAMED.items())

    await soon(all_named, 120, lambda: {name: told[name] for name in NAMED})
    for name, text in MENDS.items():
        assert text in told[name]
    assert "registered" in told["ims"]
    assert "127.0.1.66" in told["strangers"]
    shown = {(each["kind"], each["about"]) for each in house.board()["incidents"]}
    assert shown >= {
        ("trunk_unregistered", WRONG.name),
        ("trunk_silent", GONE.name),
        ("no_common_codec", G729_ONLY.name),
        ("caller_id_refused", UNKNOWN_ID.name),
        ("prack", STRICT_REL.name),
        ("address_unknown", "127.0.1.66"),
    }
    well = {IMS.name, TWO_SBCS.name, FORMS.name, EARLY.name, STRICT.name, TCP.name}
    assert not {about for _, about in shown} & well
    assert len(house.wrong.asked) <= 2, "a carrier that says 403 is not hammered"


async def _refused_in(house: House, profile: Profile, audio: Audio, status: str) -> None:
    bench = Bench(house, profile)
    caller = bench.line(audio)
    with pytest.raises(Exception, match=status):
        await caller.phone.dial(profile.landline, 40)
    await bench.close()


async def _refused_out(house: House, profile: Profile, status: str, *more: tuple[str, str]) -> None:
    bench = Bench(house, profile)
    agent, customer = await bench.agent(), bench.line()
    await bench.dials(agent, customer.number)
    await customer.phone.taken(40)
    await customer.phone.refuse(status, *more)
    await agent.phone.wait_end(40)
    await bench.close()


async def _stranger(house: House) -> None:
    bench = Bench(house, G729_ONLY)
    caller = bench.line(sbc=house.sbcs["127.0.1.66"])
    with pytest.raises(Exception, match=r"401|403|404"):
        await caller.phone.dial(G729_ONLY.landline, 40)
    await bench.close()


def _told(house: House) -> dict[str, str]:
    """Give all that doctor says of each trunk."""
    found: dict[str, str] = defaultdict(str)
    for row in json.loads(house.yingda("doctor", "trunk", "--json").stdout)["findings"]:
        found[row["name"].removeprefix("trunk ")] += f"{row['en']} {row['mend']} "
    return found
