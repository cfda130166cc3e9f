"""Which hotline a call is for, and who calls, from what carriers really send."""

import pytest
from hypothesis import given, strategies as st

from lines.called import Match, Owned, called, caller, match, on_trunk

ONE, TWO, LANDLINE, OTHER = "4000000001", "4000000002", "02860000001", "02860001234"
OWNED = (
    Owned(ONE, ONE),
    Owned(ONE, LANDLINE),
    Owned(TWO, TWO),
    Owned(TWO, LANDLINE),
    Owned("4000000003", "4000000003"),
    Owned("4000000003", OTHER),
    Owned("4000000004", "60000004", "north"),
)
ALL = ("uri", "to", "pcpid", "diversion", "history")


@pytest.mark.parametrize(
    ("headers", "hotline"),
    [
        ({"uri": f"sip:{OTHER}@10.0.0.1:5060"}, "4000000003"),
        ({"uri": "sip:+862860001234@10.0.0.1;user=phone"}, "4000000003"),
        ({"uri": "sip:60001234@10.0.0.1"}, "4000000003"),
        ({"uri": "sip:1234@10.0.0.1"}, "4000000003"),
        ({"uri": "sip:s@10.0.0.1", "to": f'"x" <sip:{OTHER}@ims.example>'}, "4000000003"),
        ({"uri": "sip:4000000003@10.0.0.1"}, "4000000003"),
        (
            {"uri": f"sip:{LANDLINE}@h", "diversion": f"<sip:{TWO}@h>;reason=unconditional"},
            TWO,
        ),
        ({"uri": "sip:60000001@h", "diversion": f"<tel:{LANDLINE}>, <tel:400-000-0002>"}, TWO),
        (
            {"uri": f"sip:{LANDLINE}@h", "history": f"<sip:{TWO}@h>;index=1,<sip:x@h>;index=1.1"},
            TWO,
        ),
        ({"uri": f"sip:{LANDLINE}@h", "pcpid": f"<sip:{TWO}@h>"}, TWO),
        ({"uri": f"sip:{LANDLINE}@h"}, ONE),
        ({"uri": f"sip:{LANDLINE}@h", "diversion": "<sip:13900000001@h>"}, ONE),
        ({"uri": "sip:02860000004@h"}, "4000000004"),
        ({"uri": "sip:02869999999@h"}, ""),
        ({"uri": "sip:000@h"}, ""),
        ({"uri": "sip:001@h"}, ""),
        ({"uri": "sip:0001@h"}, ""),
        ({}, ""),
    ],
)
def test_the_hotline_that_was_meant(headers: dict[str, str], hotline: str) -> None:
    found = match(called(headers, ALL, "028"), OWNED, "028")
    assert (found.hotline if found else "") == hotline


def test_the_order_of_the_sources_decides() -> None:
    headers = {"uri": f"sip:{OTHER}@h", "diversion": f"<sip:{TWO}@h>"}
    assert match(called(headers, ("uri", "diversion")), OWNED) == Match("4000000003", OTHER)
    assert match(called(headers, ("diversion", "uri")), OWNED) == Match(TWO, TWO)
    assert match(called(headers, ("diversion",)), OWNED) == Match(TWO, TWO)


def test_a_number_of_one_trunk_counts_on_no_other() -> None:
    assert {each.hotline for each in on_trunk(OWNED, "south")} == {ONE, TWO, "4000000003"}
    assert len(on_trunk(OWNED, "north")) == len(OWNED)


@pytest.mark.parametrize(
    ("headers", "key", "name", "withheld"),
    [
        (
            {"pai": "<tel:+8613900000001>", "from": '"张三" <sip:01@h>'},
            "13900000001",
            "张三",
            False,
        ),
        ({"from": "<sip:61234567@h>"}, "02861234567", "", False),
        ({"pai": "<sip:x@h>, <tel:+8613900000001>", "from": "<sip:2@h>"}, "13900000001", "", False),
        ({"pai": "<sip:13900000001@h>", "privacy": "id"}, "13900000001", "", True),
        ({"pai": "<sip:13900000001@h>", "privacy": "none"}, "13900000001", "", False),
        (
            {
                "pai": "<sip:13900000001@h>",
                "from": '"Anonymous" <sip:anonymous@anonymous.invalid>',
            },
            "13900000001",
            "Anonymous",
            True,
        ),
        ({"from": "<sip:anonymous@anonymous.invalid>"}, "", "", True),
        ({"from": "<sip:Restricted@h>"}, "", "", True),
        ({"from": "<sip:unavailable@h>"}, "", "", False),
        ({"rpid": "<sip:13900000001@h>;party=calling;privacy=full"}, "", "", True),
        ({}, "", "", False),
    ],
)
def test_who_calls(headers: dict[str, str], key: str, name: str, withheld: bool) -> None:
    found = caller(headers, ("pai", "from"), "028")
    assert (found.key, found.name, found.withheld) == (key, name, withheld)


@given(st.dictionaries(st.sampled_from((*ALL, "from", "pai", "rpid", "privacy")), st.text()))
def test_nothing_that_comes_disturbs(headers: dict[str, str]) -> None:
    caller(headers, ("pai", "rpid", "from"), "028")
    match(called(headers, ALL, "028"), OWNED, "028")
