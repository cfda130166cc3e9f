"""From channel variables to who calls which hotline."""

from dataclasses import replace
from pathlib import Path

import pytest

from office.folder import read
from office.model import Hotline
from switchboard.arrivals import SIP_ID, SOURCES, TRUNK, Arrival, Arrivals, Line
from switchboard.flows import check_flow, known_of
from switchboard.plan import Plan, plan_of

DEMO = Path(__file__).parents[3] / "demo" / "config"
ONE, TWO, LANDLINE = "4008000001", "4008000002", "02800000001"
LINES = Arrivals(
    {
        "north": Line(("pai", "from"), ("uri", "to"), "028"),
        "south": Line(("from",), ("diversion", "uri"), "028"),
    }
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    config = read(DEMO, check_flow)
    tails = config.hotlines[1].model_copy(update={"also_called": ("1234@south", LANDLINE)})
    firm = config.firm.model_copy(update={"default_hotline": TWO})
    hotlines: tuple[Hotline, ...] = (config.hotlines[0], tails)
    changed = config.model_copy(update={"hotlines": hotlines, "firm": firm})
    return plan_of(changed, 1, known_of(changed))


def arrived(plan: Plan, trunk: str, called: str = "", **headers: str) -> Arrival:
    seen = dict.fromkeys(LINES.asked, "") | {TRUNK: trunk, "CC_CALLED": called}
    seen |= {SOURCES[name][0]: text for name, text in headers.items()}
    return LINES.read(seen | {SIP_ID: "a,b@h"}, plan)


def test_the_trunks_own_sources_count(plan: Plan) -> None:
    diverted = {"uri": f"sip:{LANDLINE}@h", "diversion": f"<sip:{TWO}@h>;reason=unconditional"}
    assert arrived(plan, "trunk-north", **diverted).hotline.number == ONE
    assert arrived(plan, "trunk-south", **diverted).hotline.number == TWO
    assert arrived(plan, "trunk-south", uri="sip:1234@h").owned
    assert not arrived(plan, "trunk-north", uri="sip:1234@h").owned
    told = {"pai": "<tel:13900000001>", "from": "<sip:61234567@h>"}
    assert arrived(plan, "trunk-north", **told).caller.key == "13900000001"
    assert arrived(plan, "trunk-south", **told).caller.key == "02861234567"


def test_a_number_of_nobody_reaches_the_default_hotline(plan: Plan) -> None:
    found = arrived(plan, "trunk-north", uri="sip:+862869999999@h")
    assert (found.hotline.number, found.owned, found.called) == (TWO, False, "02869999999")
    found = arrived(plan, "trunk-north", "some.one", uri="sip:some.one@h")
    assert (found.owned, found.called) == (False, "some.one")
    first = replace(
        plan, config=plan.config.model_copy(update={"firm": read(DEMO, check_flow).firm})
    )
    assert arrived(first, "trunk-north", uri="sip:1@h").hotline.number == ONE


def test_what_agents_and_test_callers_dial_is_the_number(plan: Plan) -> None:
    assert arrived(plan, "caller1", ONE).hotline.number == ONE
    assert arrived(plan, "a8001", TWO).owned


def test_a_hotline_that_is_not_recorded_is_so_in_every_group(plan: Plan) -> None:
    quiet = plan.config.hotlines[1].model_copy(update={"recording": False})
    changed = plan.config.model_copy(update={"hotlines": (plan.config.hotlines[0], quiet)})
    for rules in replace(plan, config=changed).groups():
        assert (rules.records(ONE), rules.records(TWO)) == (True, False)


def test_privacy_and_the_id_on_the_wire_are_kept(plan: Plan) -> None:
    found = arrived(plan, "trunk-north", ONE, pai="<tel:13900000001>", privacy="id")
    assert (found.caller.key, found.caller.withheld) == ("13900000001", True)
    assert found.sip_id == "a,b@h"
