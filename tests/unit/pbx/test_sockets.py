"""Ports as the kernel prints them, for both families and both kinds."""

import sys

import pytest

from pbx.sockets import UNCONNECTED, Listener, listeners, open_to_others
from watch.checks import is_well
from watch.finding import Finding, fail, ok, warn

HEAD = "  sl  local_address rem_address   st\n"
little = pytest.mark.skipif(sys.byteorder != "little", reason="the samples are little-endian")


@little
@pytest.mark.parametrize(
    ("address", "host", "only_here"),
    [
        ("0100007F", "127.0.0.1", True),
        ("00000000", "0.0.0.0", False),
        ("0200A8C0", "192.168.0.2", False),
        ("00000000000000000000000001000000", "::1", True),
        ("00000000000000000000000000000000", "::", False),
        ("0000000000000000FFFF00000100007F", "127.0.0.1", True),
    ],
)
def test_an_address_is_read(address: str, host: str, only_here: bool) -> None:
    (found,) = listeners(f"{HEAD}   0: {address}:13F2 00000000:0000 0A 0")
    assert found == Listener(host, 5106)
    assert found.only_here is only_here


@little
def test_only_those_that_wait_are_listed() -> None:
    rows = "   0: 0100007F:0050 0100007F:C350 01 0\n   1: 0100007F:13C4 00000000:0000 07 0\n"
    assert list(listeners(HEAD + rows)) == []
    assert list(listeners(HEAD + rows, UNCONNECTED)) == [Listener("127.0.0.1", 5060)]
    assert list(listeners("")) == []


@pytest.mark.parametrize(
    ("found", "well"),
    [
        ([ok("a", "", "")], True),
        ([ok("a", "", ""), warn("b", "", "", "mend")], True),
        ([warn("b", "", "", "mend"), fail("c", "", "", "mend")], False),
    ],
)
def test_warnings_are_allowed_failures_are_not(found: list[Finding], well: bool) -> None:
    assert is_well(found) is well


def test_only_our_inner_ports_count_and_only_when_others_reach_them() -> None:
    here, wide = Listener("127.0.0.1", 4573), Listener("::", 5138)
    inner = {4573: "AGI", 5138: "AMI"}
    assert open_to_others([here, wide, Listener("0.0.0.0", 8080)], inner) == ["AMI :::5138"]
    assert open_to_others([here], inner) == []
