"""What browsers are told of where we are: ICE knows only the candidates that Asterisk names."""

import pytest

from pbx.render import _ice_hosts

CARDS = ("10.1.0.2", "192.0.2.2", "fd00::2")


def test_the_public_address_stands_beside_every_own_one_of_its_kind() -> None:
    assert _ice_hosts("198.51.100.10", CARDS).splitlines() == [
        "[ice_host_candidates]",
        "10.1.0.2 => 198.51.100.10,include_local_address",
        "192.0.2.2 => 198.51.100.10,include_local_address",
    ]


@pytest.mark.parametrize("public", ["", "pbx.example", "10.1.0.2"])
def test_nothing_is_said_without_an_address_of_another_kind(public: str) -> None:
    assert _ice_hosts(public, CARDS[:1]) == ""
